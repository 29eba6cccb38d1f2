"""Who reads, switches, contests and answers the early warning."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, body, cid, thing
from lms.tests.matrix.page_table import (
    READ_BY_STAFF,
    READERS,
    SENT,
    SENT_BY_MANAGERS,
    SENT_BY_STAFF,
    C,
    T,
    at,
    get,
    post,
)
from lms.tests.matrix.run import Row
from lms.tests.world import World


def person(world: World) -> dict[str, str]:
    """The id of the learner."""
    return {"id": world.people["learner"].public_id}


API = [
    Row(f"GET {V1}/analytics/risk/{{id}}/", p.staff(), person, query="?course={course}"),
    Row(
        f"GET {V1}/analytics/risk/contacts/",
        p.staff(),
        query="?course={course}&student={student}",
    ),
    Row(f"GET {V1}/analytics/early-warning/", p.staff(), query="?course={course}"),
    Row(f"GET {V1}/analytics/early-warning/mine/", p.members(), query="?course={course}"),
    Row(
        f"GET {V1}/analytics/early-warning/suggestions/",
        p.staff(),
        query="?course={course}&student={student}",
    ),
    Row(
        f"POST {V1}/analytics/early-warning/switch/", p.managers(), body=body(course=cid, on=False)
    ),
    Row(
        f"POST {V1}/analytics/early-warning/objections/",
        p.learners(201),
        body=body(course=cid, text="I was ill."),
    ),
    Row(
        f"POST {V1}/analytics/early-warning/objections/{{objection_id}}/answer/",
        p.staff(writes=True),
        thing("risk objection", "objection_id"),
        body=body(course=cid, answer="Noted."),
    ),
]

PAGES = [
    get(f"{C}/early-warning/", READERS),
    post(f"{C}/early-warning/", p.learners(SENT), text="I was ill."),
    get(f"{T}/analytics/early-warning/", READ_BY_STAFF),
    post(f"{T}/analytics/early-warning/switch/", SENT_BY_MANAGERS, on="0"),
    post(
        f"{T}/analytics/early-warning/objections/{{objection_id}}/",
        SENT_BY_STAFF,
        at(objection_id="risk objection"),
        answer="Noted.",
    ),
]

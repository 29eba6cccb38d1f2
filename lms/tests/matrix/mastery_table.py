"""Who reads the mastery of whom, and whose questions come back."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, body, thing
from lms.tests.matrix.page_table import READ_BY_STAFF, READERS, SENT, C, T, at, get, post
from lms.tests.matrix.run import Row
from lms.tests.world import World


def of_learner(world: World) -> dict[str, str]:
    """The slug, the learner and the outcome."""
    return {
        "slug": world.course.slug,
        "learner_id": world.people["learner"].public_id,
        "outcome_id": world.things["outcome"].public_id,
    }


def missed(world: World) -> str:
    """The public id of the question that comes back to the learner."""
    found: str = world.things["missed question"].public_id
    return found


API = [
    Row(f"GET {V1}/analytics/mastery/", p.staff(), query="?course={course}"),
    Row(f"GET {V1}/analytics/mastery/mine/", p.members(), query="?course={course}"),
    Row(f"GET {V1}/analytics/mastery/next-step/", p.members(), query="?course={course}"),
    Row(f"GET {V1}/analytics/mastery/totals/", p.totals(), query="?course={course}"),
    Row(
        f"GET {V1}/analytics/mastery/evidence/",
        p.members(),
        query="?course={course}&outcome={outcome}",
    ),
    Row(
        f"GET {V1}/analytics/mastery/evidence/",
        p.staff(),
        query="?course={course}&outcome={outcome}&student={student}",
        note="of a learner",
    ),
    Row(f"GET {V1}/review/", p.signed_in()),
    Row(f"GET {V1}/review/{{id}}/answer/", p.own("learner"), thing("missed question")),
    Row(
        f"POST {V1}/review/{{id}}/rate/",
        p.own("learner", reads=False) | {"staff token": 403, "preview": 403},
        thing("missed question"),
        body(recall="good", reps=0),
    ),
    Row(f"POST {V1}/review/undo/", p.signed_in(404, writes=True)),
    Row(f"POST {V1}/review/feed/", p.signed_in(201, writes=True)),
    Row(f"DELETE {V1}/review/feed/", p.signed_in(204, writes=True)),
]

PAGES = [
    get(f"{C}/mastery/", READERS),
    get(f"{C}/mastery/{{outcome_id}}/", READERS, at(outcome_id="outcome")),
    get(f"{T}/analytics/mastery/", READ_BY_STAFF),
    get(f"{T}/analytics/mastery/{{learner_id}}/", READ_BY_STAFF, of_learner),
    get(f"{T}/analytics/mastery/{{learner_id}}/{{outcome_id}}/", READ_BY_STAFF, of_learner),
    get("/me/review/", p.signed_in()),
    post(
        "/me/review/rate/",
        p.own("learner", SENT, reads=False) | {"preview": 403},
        question=missed,
        rating="3",
        reps="0",
    ),
    post("/me/review/undo/", p.signed_in(SENT, writes=True)),
    post("/me/review/feed/", p.signed_in(200, writes=True), act="make"),
    get("/calendars/reviews/{token}.ics", p.public(404), lambda _w: {"token": "nothing"}),
]

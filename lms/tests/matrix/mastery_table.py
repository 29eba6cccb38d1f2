"""Who reads the mastery of whom."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1
from lms.tests.matrix.page_table import READ_BY_STAFF, READERS, C, T, at, get
from lms.tests.matrix.run import Row
from lms.tests.world import World


def of_learner(world: World) -> dict[str, str]:
    """The slug, the learner and the outcome."""
    return {
        "slug": world.course.slug,
        "learner_id": world.people["learner"].public_id,
        "outcome_id": world.things["outcome"].public_id,
    }


API = [
    Row(f"GET {V1}/analytics/mastery/", p.staff(), query="?course={course}"),
    Row(f"GET {V1}/analytics/mastery/mine/", p.members(), query="?course={course}"),
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
]

PAGES = [
    get(f"{C}/mastery/", READERS),
    get(f"{C}/mastery/{{outcome_id}}/", READERS, at(outcome_id="outcome")),
    get(f"{T}/analytics/mastery/", READ_BY_STAFF),
    get(f"{T}/analytics/mastery/{{learner_id}}/", READ_BY_STAFF, of_learner),
    get(f"{T}/analytics/mastery/{{learner_id}}/{{outcome_id}}/", READ_BY_STAFF, of_learner),
]

"""The permission table of the sections of quizzes, their draws, and pages of attempts."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, Values, body, thing
from lms.tests.matrix.assessment_table import both, of_learner
from lms.tests.matrix.page_table import HIDDEN as NOT_SHOWN
from lms.tests.matrix.page_table import (
    SENT,
    SENT_BY_MANAGERS,
    STAFF_REFUSED,
    C,
    T,
    get,
    post,
)
from lms.tests.matrix.run import Row
from lms.tests.world import World

QUIZ = thing("drawn quiz")
SECTION, DRAW = thing("quiz section", "section_id"), thing("draw", "draw_id")


def here(**things: str) -> Values:
    """The quiz's place, and things of it by the name of their brace; `verb` is itself."""

    def values(world: World) -> dict[str, str]:
        known = {
            brace: name if brace == "verb" else world.things[name].public_id
            for brace, name in things.items()
        }
        lesson = world.things["drawn lesson"].public_id
        return {"slug": world.course.slug, "lesson_id": lesson, **known}

    return values


ROWS = [
    Row(f"GET {V1}/quizzes/{{id}}/sections/", p.seen_by_members(p.staff()), QUIZ),
    Row(
        f"POST {V1}/quizzes/{{id}}/sections/",
        p.seen_by_members(p.managers(201)),
        QUIZ,
        body(title="Second part"),
    ),
    Row(
        f"PATCH {V1}/quizzes/{{id}}/sections/{{section_id}}/",
        p.seen_by_members(p.managers()),
        both(QUIZ, SECTION),
        body(title="First part"),
    ),
    Row(
        f"DELETE {V1}/quizzes/{{id}}/sections/{{section_id}}/",
        p.seen_by_members(p.managers(204)),
        both(QUIZ, SECTION),
    ),
    Row(f"GET {V1}/quizzes/{{id}}/preparation/", p.seen_by_members(p.staff()), QUIZ),
    Row(f"POST {V1}/quizzes/{{id}}/preparation/", p.seen_by_members(p.managers(202)), QUIZ),
    Row(f"GET {V1}/quizzes/{{id}}/draws/", p.seen_by_members(p.staff()), QUIZ),
    Row(
        f"POST {V1}/quizzes/{{id}}/draws/",
        p.seen_by_members(p.managers(201)),
        QUIZ,
        body(count=1),
    ),
    Row(
        f"PATCH {V1}/quizzes/{{id}}/draws/{{draw_id}}/",
        p.seen_by_members(p.managers()),
        both(QUIZ, DRAW),
        body(points="2"),
    ),
    Row(
        f"DELETE {V1}/quizzes/{{id}}/draws/{{draw_id}}/",
        p.seen_by_members(p.managers(204)),
        both(QUIZ, DRAW),
    ),
    Row(
        f"POST {V1}/attempts/{{id}}/move/",
        of_learner(p.learners()),
        thing("moving attempt"),
        body(page=1),
    ),
]
PAGE_ROWS = [
    post(f"{T}/quizzes/{{lesson_id}}/{{verb}}/", SENT_BY_MANAGERS, here(verb="prepare")),
    post(f"{T}/quizzes/{{lesson_id}}/sections/", SENT_BY_MANAGERS, here(), title="Second part"),
    get(
        f"{T}/quizzes/{{lesson_id}}/sections/{{section_id}}/",
        p.managers(),
        here(section_id="quiz section"),
    ),
    post(
        f"{T}/quizzes/{{lesson_id}}/sections/{{section_id}}/{{verb}}/",
        SENT_BY_MANAGERS,
        here(section_id="quiz section", verb="up"),
    ),
    get(f"{T}/quizzes/{{lesson_id}}/draws/new/", p.managers(), here()),
    post(
        f"{T}/quizzes/{{lesson_id}}/draws/count/",
        p.managers(),
        here(),
        count="1",
        points="1",
    ),
    get(
        f"{T}/quizzes/{{lesson_id}}/draws/{{draw_id}}/",
        p.managers(),
        here(draw_id="draw"),
    ),
    post(
        f"{C}/learn/{{item}}/attempt/{{attempt_id}}/move/",
        p.only("learner", ok=SENT, others=NOT_SHOWN) | STAFF_REFUSED,
        lambda world: {
            "slug": world.course.slug,
            "item": world.things["drawn lesson"].public_id,
            "attempt_id": world.things["moving attempt"].public_id,
        },
        page="1",
    ),
]

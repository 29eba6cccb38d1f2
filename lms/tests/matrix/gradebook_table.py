"""The permission table of the gradebook, on the published course with one graded quiz."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, Values, body, tid
from lms.tests.matrix.run import Row
from lms.tests.world import World

BOOK = f"{V1}/gradebook/{{id}}"
CELL = f"{BOOK}/cells/{{item}}/{{learner}}"
ITEM = f"{BOOK}/items/{{item}}"
WRITERS = p.staff(writes=True)
REMOVERS = {who: 204 if status == 200 else status for who, status in p.managers().items()}
SETTINGS = {
    "rule": "mean",
    "ungraded": "zero",
    "show_totals": True,
    "levels": [{"label": "Pass", "least": "50"}, {"label": "Fail", "least": "0"}],
    "periods": [{"name": "Term", "starts": "2026-09-01", "ends": "2026-12-31"}],
}


def inside(**things: str) -> Values:
    """The course, the learner, and things by brace."""

    def found(world: World) -> dict[str, str]:
        ids = {brace: world.things[name].public_id for brace, name in things.items()}
        learner = world.people["learner"].public_id
        return {"id": world.course.public_id, "learner": learner, **ids}

    return found


QUIZ, TALK, CATEGORY, STATUS = (
    inside(item="quiz column"),
    inside(item="talk column"),
    inside(category="category"),
    inside(status="status"),
)


def filled(world: World) -> dict[str, Any]:
    """A file with a grade."""
    talk, learner = world.things["talk column"].public_id, world.people["learner"].public_id
    text = f"id,learner,Talk [{talk}]\n{learner},x,6.5\n"
    return {"file": SimpleUploadedFile("grades.csv", text.encode())}


TRANSCRIPT = p.only("learner", "token", "preview")
ROWS = [
    Row(f"GET {BOOK}/", p.staff(), inside()),
    Row(f"GET {BOOK}/export/", p.staff(), inside()),
    Row(f"GET {BOOK}/export/", p.staff(), inside(), query="?as=xlsx", note="as a workbook"),
    Row(f"POST {BOOK}/import/", WRITERS, inside(), filled, form=True),
    Row(f"GET {BOOK}/transcript/", TRANSCRIPT, inside()),
    Row(f"GET {BOOK}/mine/", p.members(), inside()),
    Row(f"POST {BOOK}/what-if/", p.members(), inside(), body(scores={})),
    Row(f"GET {CELL}/", p.staff(), QUIZ),
    Row(f"PUT {CELL}/", WRITERS, TALK, body(score="7.5", reason="Clear.")),
    Row(f"GET {CELL}/changes/", p.staff(), QUIZ),
    Row(f"POST {CELL}/follow/", WRITERS, QUIZ),
    Row(f"GET {BOOK}/totals/{{learner}}/", p.staff(), inside()),
    Row(
        f"PUT {BOOK}/totals/{{learner}}/",
        p.managers(),
        inside(),
        body(total="80", reason="Agreed in the board."),
    ),
    Row(f"PUT {BOOK}/settings/", p.managers(), inside(), body(**SETTINGS)),
    Row(f"POST {BOOK}/categories/", p.managers(201), inside(), body(name="Talks")),
    Row(
        f"PUT {BOOK}/categories/{{category}}/",
        p.managers(),
        CATEGORY,
        body(name="Quizzes", drop_lowest=1),
    ),
    Row(f"DELETE {BOOK}/categories/{{category}}/", REMOVERS, CATEGORY),
    Row(f"GET {BOOK}/statuses/", p.staff(), inside()),
    Row(f"POST {BOOK}/statuses/", p.managers(201), inside(), body(name="Withdrawn", sign="wd")),
    Row(f"GET {BOOK}/statuses/{{status}}/", p.staff(), STATUS),
    Row(
        f"PUT {BOOK}/statuses/{{status}}/",
        p.managers(),
        STATUS,
        body(name="Not done", sign="nd", effect="zero"),
    ),
    Row(f"DELETE {BOOK}/statuses/{{status}}/", REMOVERS, STATUS),
    Row(f"POST {BOOK}/items/", p.managers(201), inside(), body(title="Essay", max_score="20")),
    Row(f"PUT {ITEM}/", p.managers(), QUIZ, body(category=tid("category"), weight="2")),
    Row(f"DELETE {ITEM}/", REMOVERS, TALK),
    Row(f"POST {ITEM}/post/", p.managers(), QUIZ, body(released=False, group=tid("group"))),
    Row(f"POST {ITEM}/curve/", p.managers(), QUIZ, body(kind="flat", points="0.5")),
    Row(f"POST {ITEM}/uncurve/", p.managers(), inside(item="curved column")),
]

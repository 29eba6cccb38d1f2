"""Who opens which page of assignments and sends which form."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import Values, body
from lms.tests.matrix.page_table import HIDDEN, SENT, C, T, at, at_lesson, get, plus, post, unseen
from lms.tests.matrix.profiles import page
from lms.tests.matrix.run import Row
from lms.tests.world import World

LESSON = "published assignment"
# Nobody but the learner has begun this one.
NOT_BEGUN = dict.fromkeys(("assistant", "instructor", "admin", "observer", "preview"), HIDDEN)
LIST = at(assignment_id="assignment")
ONE = at(assignment_id="assignment", submission_id="submission")
DESK = f"{T}/marking/{{assignment_id}}/{{submission_id}}"
WORK = f"{C}/learn/{{item}}/submission"

PEER = f"{C}/learn/{{item}}/peer"
RUN = f"{T}/peer/{{assignment_id}}"
SENT_BACK = 400
ONLY_LEARNER = unseen(p.learners())


def in_lesson(**names: str) -> Values:
    """The slug, the lesson of the assignment, and things by brace."""
    return lambda world: at_lesson(LESSON, "item")(world) | at(**names)(world)


def dated(world: World) -> dict[str, str]:
    """The assignment, and somebody's own dates in it."""
    here = at_lesson(LESSON)(world)
    return here | {"override_id": world.things["assignment override"].public_id}


def at_file(world: World) -> dict[str, str]:
    """The slug, the lesson and the learner's file."""
    here = at_lesson(LESSON, "item")(world)
    return {**here, "file_id": world.things["submission file"].public_id}


ROWS = [
    post(f"{WORK}/", unseen(p.learners(SENT)), at_lesson(LESSON, "item"), text="More.", seq="1"),
    get(f"{WORK}/hand-in/", unseen(p.learners()), at_lesson(LESSON, "item")),
    get(f"{WORK}/files/{{file_id}}/", unseen(p.learners(SENT)) | NOT_BEGUN, at_file),
    Row(
        f"{WORK}/files/{{file_id}}/remove/",
        page(unseen(p.learners(SENT)) | NOT_BEGUN),
        at_file,
        body(),
        method="POST",
        form=True,
    ),
    get("/submission-files/{token}/", p.public(404), lambda _w: {"token": "nothing"}),
    get(f"{T}/assignments/", p.staff()),
    get(f"{T}/assignments/{{lesson_id}}/", p.staff(), at_lesson(LESSON)),
    post(
        f"{T}/assignments/{{lesson_id}}/{{verb}}/",
        p.managers(SENT),
        at_lesson(LESSON, verb="unpublish"),
    ),
    get(f"{T}/assignments/{{lesson_id}}/dates/", p.staff(), at_lesson(LESSON)),
    get(f"{T}/assignments/{{lesson_id}}/dates/new/", p.managers(), at_lesson(LESSON)),
    get(f"{T}/assignments/{{lesson_id}}/dates/{{override_id}}/", p.managers(), dated),
    post(
        f"{T}/assignments/{{lesson_id}}/dates/{{override_id}}/remove/",
        p.managers(SENT),
        dated,
    ),
    get(f"{T}/rubrics/", p.staff()),
    get(f"{T}/rubrics/new/{{kind}}/", p.managers(), plus(at(), kind="rubric")),
    get(f"{T}/rubrics/{{rubric_id}}/", p.staff(), at(rubric_id="rubric")),
    post(
        f"{T}/rubrics/{{rubric_id}}/{{verb}}/",
        p.managers(SENT),
        plus(at(rubric_id="rubric"), verb="retire"),
    ),
    get(f"{T}/marking/", p.staff()),
    get(f"{T}/marking/comments/", p.staff()),
    post(
        f"{T}/marking/comments/{{comment_id}}/forget/",
        p.only("assistant", ok=SENT) | {"instructor": HIDDEN, "admin": HIDDEN},
        at(comment_id="kept remark"),
    ),
    get(f"{T}/marking/{{assignment_id}}/", p.staff(), LIST),
    post(f"{T}/marking/{{assignment_id}}/release/", p.managers(SENT), LIST),
    get(f"{T}/marking/{{assignment_id}}/export.csv", p.staff(), LIST),
    get(f"{DESK}/", p.staff(), ONE),
    get(f"{DESK}/similar/", p.staff(), ONE),
    post(f"{T}/ai/marking/{{assignment_id}}/{{submission_id}}/", p.staff(SENT, writes=True), ONE),
    post(f"{DESK}/mark/", p.staff(SENT, writes=True), ONE, score="7", act="done"),
    post(f"{DESK}/agree/", p.managers(400), ONE, score="7", reason="Between both."),
    post(
        f"{DESK}/apart/",
        p.staff(400, writes=True),
        ONE,
        learner=lambda world: world.people["learner"].public_id,
        score="7",
        reason="Alone.",
    ),
    post(f"{DESK}/revise/", p.staff(SENT, writes=True), ONE),
    post(f"{DESK}/comment/", p.staff(SENT, writes=True), ONE, body="Why?"),
    post(
        f"{DESK}/comment/{{comment_id}}/remove/",
        p.only("assistant", ok=SENT) | {"instructor": HIDDEN, "admin": HIDDEN},
        at(assignment_id="assignment", submission_id="submission", comment_id="remark"),
    ),
    get(
        f"{DESK}/files/{{file_id}}/",
        p.staff(SENT),
        at(assignment_id="assignment", submission_id="submission", file_id="submission file"),
    ),
    get(f"{PEER}/", ONLY_LEARNER, at_lesson(LESSON, "item")),
    post(
        f"{PEER}/appeal/",
        ONLY_LEARNER | {"learner": SENT_BACK},
        at_lesson(LESSON, "item"),
        reason="It was not read.",
    ),
    post(
        f"{PEER}/examples/{{example_id}}/",
        ONLY_LEARNER | {"learner": SENT},
        in_lesson(example_id="example"),
        score="5",
    ),
    get(f"{PEER}/{{task_id}}/", ONLY_LEARNER, in_lesson(task_id="peer task")),
    get(
        f"{PEER}/{{task_id}}/files/{{file_id}}/",
        ONLY_LEARNER | {"learner": HIDDEN},
        in_lesson(task_id="peer task", file_id="submission file"),
    ),
    get(f"{RUN}/", p.staff(), LIST),
    post(f"{RUN}/phase/{{phase}}/", p.managers(SENT), plus(LIST, phase="closed")),
    post(f"{RUN}/more/", p.managers(SENT), LIST),
    post(f"{RUN}/examples/", p.managers(SENT), LIST, text="Another.", score="4"),
    post(
        f"{RUN}/appeals/{{appeal_id}}/",
        p.staff(SENT, writes=True),
        at(assignment_id="assignment", appeal_id="objection"),
        act="dismiss",
        answer="It was.",
    ),
]

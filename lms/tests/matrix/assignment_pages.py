"""Who opens which page of assignments and sends which form."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import body
from lms.tests.matrix.page_table import HIDDEN, SENT, C, T, at_lesson, get, post, unseen
from lms.tests.matrix.profiles import page
from lms.tests.matrix.run import Row
from lms.tests.world import World

LESSON = "published assignment"
# Nobody but the learner has begun this one.
NOT_BEGUN = dict.fromkeys(("assistant", "instructor", "admin", "observer", "preview"), HIDDEN)
WORK = f"{C}/learn/{{item}}/submission"


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
]

"""The permission table of assignments and submissions."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, lid, thing, tid, upload
from lms.tests.matrix.assessment_table import MINE, both, of_learner
from lms.tests.matrix.run import Row

ASSIGNMENT, SUBMISSION = thing("assignment"), thing("submission")
FILE = thing("submission file", "file_id")
AUTHOR = of_learner(p.learners())
READERS = of_learner(p.staff() | dict.fromkeys(MINE, 200))

ROWS = [
    Row(f"GET {V1}/assignments/", p.signed_in(), query="?course={course}"),
    Row(
        f"POST {V1}/assignments/",
        p.seen_by_members(p.managers(201)),
        body=body(lesson=lid("published assignment")),
        note="the one there is already",
    ),
    Row(f"GET {V1}/assignments/{{id}}/", p.members(others=HIDDEN), ASSIGNMENT),
    Row(
        f"PATCH {V1}/assignments/{{id}}/",
        p.seen_by_members(p.managers()),
        ASSIGNMENT,
        body(points="50"),
    ),
    Row(f"POST {V1}/assignments/{{id}}/publish/", p.seen_by_members(p.managers()), ASSIGNMENT),
    Row(f"POST {V1}/assignments/{{id}}/unpublish/", p.seen_by_members(p.managers()), ASSIGNMENT),
    Row(f"GET {V1}/submissions/", p.signed_in()),
    Row(
        f"POST {V1}/submissions/",
        p.seen_by_members(p.learners(201)),
        body=body(assignment=tid("assignment")),
    ),
    Row(f"GET {V1}/submissions/{{id}}/", READERS, SUBMISSION),
    Row(f"PUT {V1}/submissions/{{id}}/draft/", AUTHOR, SUBMISSION, body(text="More.", seq=9)),
    Row(f"POST {V1}/submissions/{{id}}/submit/", AUTHOR, SUBMISSION, body(number=2)),
    Row(
        f"POST {V1}/submissions/{{id}}/files/",
        of_learner(p.learners(201)),
        SUBMISSION,
        body(file=upload),
        form=True,
    ),
    Row(f"GET {V1}/submissions/{{id}}/files/{{file_id}}/", READERS, both(SUBMISSION, FILE)),
    Row(
        f"DELETE {V1}/submissions/{{id}}/files/{{file_id}}/",
        of_learner(p.learners(204)),
        both(SUBMISSION, FILE),
    ),
]

"""The permission table of assignments and submissions."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, cid, lid, thing, tid, upload
from lms.tests.matrix.assessment_table import MINE, both, of_learner
from lms.tests.matrix.run import Row

ASSIGNMENT, SUBMISSION = thing("assignment"), thing("submission")
FILE = thing("submission file", "file_id")
AUTHOR = of_learner(p.learners())
MARKERS = of_learner(p.staff(writes=True))
RUBRIC = thing("rubric")
CRITERION = {"title": "Weight", "points": "10"}
PEER = f"{V1}/assignments/{{id}}/peer"
TASK = thing("peer task", "task_id")
REVIEWER = p.seen_by_members(p.only("learner"))
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
        body(instructions="Build one, and say why it stands."),
    ),
    Row(f"POST {V1}/assignments/{{id}}/publish/", p.seen_by_members(p.managers()), ASSIGNMENT),
    Row(f"POST {V1}/assignments/{{id}}/unpublish/", p.seen_by_members(p.managers()), ASSIGNMENT),
    Row(f"GET {V1}/assignments/{{id}}/own-dates/", p.members(others=HIDDEN), ASSIGNMENT),
    Row(f"GET {V1}/assignments/{{id}}/dates/", p.seen_by_members(p.staff()), ASSIGNMENT),
    Row(f"GET {V1}/assignments/{{id}}/overrides/", p.seen_by_members(p.staff()), ASSIGNMENT),
    Row(
        f"PUT {V1}/assignments/{{id}}/overrides/",
        p.seen_by_members(p.managers()),
        ASSIGNMENT,
        body(
            person=lambda world: world.people["learner2"].public_id,
            due_at="2031-01-02T03:04:05Z",
        ),
    ),
    Row(
        f"DELETE {V1}/assignments/{{id}}/overrides/{{override_id}}/",
        p.seen_by_members(p.managers(204)),
        both(ASSIGNMENT, thing("assignment override", "override_id")),
    ),
    Row(f"GET {PEER}/", p.members(others=HIDDEN), ASSIGNMENT),
    Row(f"PUT {PEER}/", p.seen_by_members(p.managers()), ASSIGNMENT, body(each=1, least=1)),
    Row(
        f"POST {PEER}/phase/",
        p.seen_by_members(p.managers()),
        ASSIGNMENT,
        body(phase="closed"),
    ),
    Row(
        f"POST {PEER}/give-out/",
        p.seen_by_members(p.managers()),
        ASSIGNMENT,
    ),
    Row(
        f"POST {PEER}/examples/",
        p.seen_by_members(p.managers(201)),
        ASSIGNMENT,
        body(text="Another stone.", score="4"),
    ),
    Row(f"GET {PEER}/works/", p.seen_by_members(p.staff()), ASSIGNMENT),
    Row(
        f"POST {PEER}/appeals/{{appeal_id}}/",
        p.seen_by_members(p.staff(writes=True)),
        both(ASSIGNMENT, thing("objection", "appeal_id")),
        body(upheld=True, answer="Marked anew."),
    ),
    Row(f"GET {PEER}/mine/", p.seen_by_members(p.learners()), ASSIGNMENT),
    Row(
        f"POST {PEER}/examples/{{example_id}}/try/",
        p.seen_by_members(p.learners()),
        both(ASSIGNMENT, thing("example", "example_id")),
        body(score="5"),
    ),
    Row(f"GET {PEER}/tasks/{{task_id}}/", REVIEWER, both(ASSIGNMENT, TASK)),
    Row(
        f"PUT {PEER}/tasks/{{task_id}}/",
        REVIEWER,
        both(ASSIGNMENT, TASK),
        body(score="5", feedback="It stands."),
    ),
    Row(
        f"GET {PEER}/tasks/{{task_id}}/files/{{file_id}}/",
        p.seen_by_members(p.learners(404)),
        both(ASSIGNMENT, TASK, FILE),
        note="the file is of another work",
    ),
    Row(
        f"POST {PEER}/appeal/",
        p.seen_by_members(p.learners(409)),
        ASSIGNMENT,
        body(reason="Nobody weighed it."),
        note="the reviews are not closed",
    ),
    Row(f"GET {V1}/submissions/{{id}}/similar/", of_learner(p.staff()), SUBMISSION),
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
    Row(f"POST {V1}/assignments/{{id}}/release/", p.seen_by_members(p.managers()), ASSIGNMENT),
    Row(f"GET {V1}/submissions/{{id}}/marking/", of_learner(p.staff()), SUBMISSION),
    Row(
        f"PUT {V1}/submissions/{{id}}/marking/",
        MARKERS,
        SUBMISSION,
        body(score="7", done=True),
    ),
    Row(
        f"POST {V1}/submissions/{{id}}/agree/",
        of_learner(p.managers(409)),
        SUBMISSION,
        body(score="7", reason="Between both."),
        note="there is one marker",
    ),
    Row(f"POST {V1}/submissions/{{id}}/revise/", of_learner(p.staff(204, writes=True)), SUBMISSION),
    Row(f"GET {V1}/submissions/{{id}}/comments/", of_learner(p.staff()), SUBMISSION),
    Row(
        f"POST {V1}/submissions/{{id}}/comments/",
        of_learner(p.staff(201, writes=True)),
        SUBMISSION,
        body(body="Why?", version=1, start=0, end=2),
    ),
    Row(
        f"DELETE {V1}/submissions/{{id}}/comments/{{comment_id}}/",
        of_learner(p.only("assistant", ok=204) | {"instructor": 404, "admin": 404}),
        both(SUBMISSION, thing("remark", "comment_id")),
        note="the assistant's",
    ),
    Row(f"GET {V1}/submissions/{{id}}/returned/", READERS, SUBMISSION),
    Row(f"GET {V1}/rubrics/", p.staff(), query="?course={course}"),
    Row(
        f"POST {V1}/rubrics/",
        p.managers(201),
        body=body(course=cid, kind="guide", title="More", criteria=[CRITERION]),
    ),
    Row(f"GET {V1}/rubrics/{{id}}/", p.staff(others=HIDDEN), RUBRIC),
    Row(
        f"PUT {V1}/rubrics/{{id}}/",
        p.seen_by_staff(p.managers()),
        RUBRIC,
        body(title="Stones again", criteria=[CRITERION]),
    ),
    Row(f"POST {V1}/rubrics/{{id}}/copy/", p.seen_by_staff(p.managers(201)), RUBRIC),
    Row(f"POST {V1}/rubrics/{{id}}/retire/", p.seen_by_staff(p.managers()), RUBRIC),
    Row(f"POST {V1}/rubrics/{{id}}/restore/", p.seen_by_staff(p.managers()), RUBRIC),
]

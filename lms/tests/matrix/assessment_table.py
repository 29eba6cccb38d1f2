"""The permission table of questions, quizzes, attempts and grades."""

from django.core.files.uploadedfile import SimpleUploadedFile

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, Values, body, cid, lid, thing, tid, upload
from lms.tests.matrix.run import Row
from lms.tests.world import World

MINE = ("learner", "token")
TRUE_FALSE = {"kind": "true_false", "stem": "A cairn is a pile of stones.", "truth": True}


def both(*parts: Values) -> Values:
    """Several braces at once."""
    return lambda world: {brace: value for part in parts for brace, value in part(world).items()}


def grade(world: World) -> dict[str, str]:
    """The learner's grade."""
    from assessments.models import Grade

    return {"id": Grade.objects.filter(learner=world.people["learner"]).earliest("pk").public_id}


QUESTION, QUIZ, ATTEMPT = thing("question"), thing("quiz"), thing("attempt")
DONE = thing("submitted attempt")
PART = thing("attempt question", "question_id")
UPLOADING, UPLOADED = thing("upload attempt"), thing("upload answer", "question_id")


def bank(world: World) -> dict[str, str]:
    """The bank of the published course."""
    return {"id": world.things["question"].bank.public_id}


def of_learner(profile: p.Profile) -> p.Profile:
    """For an attempt: its learner and staff see it, it is missing to everybody else."""
    unseen = ("outsider", "other instructor", "observer", "preview")
    return profile | dict.fromkeys(unseen, HIDDEN)


def of_person(profile: p.Profile) -> p.Profile:
    """For extra time: to all but the person and their instructors it is missing.

    The one in preview teaches the learner in another course too, and only reads meanwhile.
    """
    unseen = ("outsider", "other instructor", "observer", "assistant")
    return profile | dict.fromkeys(unseen, HIDDEN)


def person(world: World) -> dict[str, str]:
    """The learner, who has extra time."""
    return {"id": world.people["learner"].public_id}


GIVERS = of_person(p.managers() | dict.fromkeys(MINE, HIDDEN))
ROWS = [
    Row(f"GET {V1}/accommodations/", p.signed_in()),
    Row(
        f"GET {V1}/accommodations/{{id}}/",
        of_person(p.managers() | dict.fromkeys((*MINE, "staff token", "preview"), 200)),
        person,
    ),
    Row(f"PUT {V1}/accommodations/{{id}}/", GIVERS, person, body(time_factor="1.5", note="")),
    Row(
        f"DELETE {V1}/accommodations/{{id}}/",
        {who: 204 if status == 200 else status for who, status in GIVERS.items()},
        person,
    ),
    Row(f"GET {V1}/question-banks/", p.signed_in()),
    Row(f"GET {V1}/question-banks/{{id}}/", p.staff(others=HIDDEN), bank),
    Row(
        f"POST {V1}/question-banks/{{id}}/import/",
        p.seen_by_staff(p.staff(201, writes=True)),
        bank,
        lambda _world: {"file": SimpleUploadedFile("q.txt", b"Chalk is made of shells. {T}")},
        form=True,
    ),
    Row(f"GET {V1}/question-banks/{{id}}/export/", p.staff(others=HIDDEN), bank),
    Row(f"GET {V1}/question-imports/", p.signed_in()),
    Row(f"GET {V1}/question-imports/{{id}}/", p.staff(others=HIDDEN), thing("import")),
    Row(
        f"POST {V1}/question-imports/{{id}}/undo/",
        p.seen_by_staff(p.managers()),
        thing("import"),
    ),
    Row(f"GET {V1}/questions/", p.staff(), query="?course={course}"),
    Row(
        f"POST {V1}/questions/",
        p.staff(201, writes=True),
        body=body(course=cid, **TRUE_FALSE),
    ),
    Row(f"GET {V1}/questions/{{id}}/", p.staff(others=HIDDEN), QUESTION),
    Row(
        f"PATCH {V1}/questions/{{id}}/",
        p.seen_by_staff(p.managers()),
        QUESTION,
        body(explanation="Because."),
    ),
    Row(
        f"POST {V1}/questions/{{id}}/duplicate/",
        p.seen_by_staff(p.staff(201, writes=True)),
        QUESTION,
    ),
    Row(f"POST {V1}/questions/{{id}}/retire/", p.seen_by_staff(p.managers()), QUESTION),
    Row(f"POST {V1}/questions/{{id}}/restore/", p.seen_by_staff(p.managers()), QUESTION),
    Row(
        f"POST {V1}/questions/{{id}}/try/",
        p.seen_by_staff(p.staff()),
        QUESTION,
        body(answer=None),
    ),
    Row(
        f"POST {V1}/questions/{{id}}/trials/",
        p.seen_by_staff(p.staff(409, writes=True)),
        QUESTION,
        body(code="print(1)"),
        note="no code question",
    ),
    Row(f"GET {V1}/questions/{{id}}/versions/", p.staff(others=HIDDEN), QUESTION),
    Row(f"GET {V1}/quizzes/", p.signed_in(), query="?course={course}"),
    Row(
        f"POST {V1}/quizzes/",
        p.seen_by_members(p.managers(201)),
        body=body(lesson=lid("published quiz")),
        note="the quiz there is already",
    ),
    Row(f"GET {V1}/quizzes/{{id}}/", p.members(others=HIDDEN), QUIZ),
    Row(
        f"PATCH {V1}/quizzes/{{id}}/",
        p.seen_by_members(p.managers()),
        QUIZ,
        body(instructions="Take your time."),
    ),
    Row(
        f"PUT {V1}/quizzes/{{id}}/access-code/",
        p.seen_by_members(p.managers()),
        QUIZ,
        body(code="basalt"),
    ),
    Row(f"GET {V1}/quizzes/{{id}}/own-dates/", p.members(others=HIDDEN), QUIZ),
    Row(f"GET {V1}/quizzes/{{id}}/dates/", p.seen_by_members(p.staff()), QUIZ),
    Row(f"GET {V1}/quizzes/{{id}}/overrides/", p.seen_by_members(p.staff()), QUIZ),
    Row(
        f"PUT {V1}/quizzes/{{id}}/overrides/",
        p.seen_by_members(p.managers()),
        QUIZ,
        body(
            person=lambda world: world.people["learner2"].public_id,
            attempts_allowed=3,
        ),
    ),
    Row(
        f"DELETE {V1}/quizzes/{{id}}/overrides/{{override_id}}/",
        p.seen_by_members(p.managers(204)),
        both(QUIZ, thing("override", "override_id")),
    ),
    Row(f"GET {V1}/quizzes/{{id}}/items/", p.seen_by_members(p.staff()), QUIZ),
    Row(
        f"POST {V1}/quizzes/{{id}}/items/",
        p.seen_by_members(p.managers(201)),
        QUIZ,
        body(question=tid("spare question")),
    ),
    Row(
        f"PATCH {V1}/quizzes/{{id}}/items/{{item_id}}/",
        p.seen_by_members(p.managers()),
        both(QUIZ, thing("item", "item_id")),
        body(points="3"),
    ),
    Row(
        f"DELETE {V1}/quizzes/{{id}}/items/{{item_id}}/",
        p.seen_by_members(p.managers(409)),
        both(QUIZ, thing("item", "item_id")),
        note="the last question of a published quiz",
    ),
    Row(
        f"PUT {V1}/quizzes/{{id}}/order/",
        p.seen_by_members(p.managers()),
        QUIZ,
        body(order=lambda world: [world.things["item"].public_id]),
    ),
    Row(f"POST {V1}/quizzes/{{id}}/publish/", p.seen_by_members(p.managers()), QUIZ),
    Row(f"POST {V1}/quizzes/{{id}}/unpublish/", p.seen_by_members(p.managers()), QUIZ),
    Row(f"POST {V1}/quizzes/{{id}}/release/", p.seen_by_members(p.managers()), QUIZ),
    Row(
        f"POST {V1}/quizzes/{{id}}/regrade/",
        p.seen_by_members(p.managers()),
        QUIZ,
        body(question=tid("question")),
    ),
    Row(f"GET {V1}/quizzes/{{id}}/results/", p.seen_by_members(p.staff()), QUIZ),
    Row(f"GET {V1}/quizzes/{{id}}/results/export/", p.seen_by_members(p.staff()), QUIZ),
    Row(f"GET {V1}/quizzes/{{id}}/marking/", p.seen_by_members(p.staff()), thing("written quiz")),
    Row(
        f"PUT {V1}/attempts/{{id}}/marks/{{question_id}}/",
        of_learner(p.staff(writes=True)),
        both(thing("waiting attempt"), thing("essay answer", "question_id")),
        body(score="1", comment="Well seen."),
    ),
    Row(f"GET {V1}/attempts/", p.signed_in()),
    Row(
        f"POST {V1}/attempts/",
        p.seen_by_members(p.learners(201)),
        body=body(quiz=tid("quiz")),
    ),
    Row(f"GET {V1}/attempts/{{id}}/", of_learner(p.staff() | dict.fromkeys(MINE, 200)), ATTEMPT),
    Row(
        f"PUT {V1}/attempts/{{id}}/answers/{{question_id}}/",
        of_learner(p.learners()),
        both(ATTEMPT, PART),
        body(answer=lambda world: world.things["attempt question"].option_order[1], seq=9),
    ),
    Row(
        f"POST {V1}/attempts/{{id}}/files/{{question_id}}/",
        of_learner(p.learners(201)),
        both(UPLOADING, UPLOADED),
        body(file=upload),
        form=True,
    ),
    Row(
        f"POST {V1}/attempts/{{id}}/runs/{{question_id}}/",
        of_learner(p.learners(409)),
        both(UPLOADING, UPLOADED),
        body(code="print(1)"),
        note="no worker has told of its sandbox",
    ),
    Row(
        f"GET {V1}/attempts/{{id}}/files/{{question_id}}/{{file_id}}/",
        of_learner(p.staff() | dict.fromkeys(MINE, 200)),
        both(UPLOADING, UPLOADED, thing("answer file", "file_id")),
    ),
    Row(
        f"POST {V1}/attempts/{{id}}/checks/{{question_id}}/",
        of_learner(p.learners() | {"learner": 409}),
        both(ATTEMPT, PART),
        body(answer=lambda world: world.things["attempt question"].option_order[1], seq=9),
    ),
    Row(
        f"GET {V1}/attempts/{{id}}/answers/",
        of_learner(p.staff() | dict.fromkeys(MINE, 200)),
        ATTEMPT,
    ),
    Row(
        f"PUT {V1}/attempts/{{id}}/flags/{{question_id}}/",
        of_learner(p.learners()),
        both(ATTEMPT, PART),
        body(flagged=True),
    ),
    Row(
        f"POST {V1}/attempts/{{id}}/submit/",
        of_learner(p.learners()),
        ATTEMPT,
    ),
    Row(
        f"POST {V1}/attempts/{{id}}/pause/",
        of_learner(p.learners(409)),
        ATTEMPT,
        note="this quiz has no time limit",
    ),
    Row(f"POST {V1}/attempts/{{id}}/resume/", of_learner(p.learners()), ATTEMPT),
    Row(
        f"POST {V1}/attempts/{{id}}/extend/",
        of_learner(p.staff(409, writes=True)),
        ATTEMPT,
        body(minutes=5, reason="A fire drill."),
        note="this quiz has no time limit",
    ),
    Row(
        f"POST {V1}/attempts/{{id}}/override/",
        of_learner(p.staff(writes=True)),
        DONE,
        body(score="1", reason="The stem was unclear."),
    ),
    Row(
        f"GET {V1}/attempts/{{id}}/review/",
        of_learner(p.staff() | dict.fromkeys(MINE, 200)),
        DONE,
    ),
    Row(f"GET {V1}/attempts/{{id}}/steps/", of_learner(p.staff()), DONE),
    Row(f"GET {V1}/grades/", p.signed_in()),
    Row(f"GET {V1}/grades/{{id}}/", of_learner(p.staff() | dict.fromkeys(MINE, 200)), grade),
    Row(f"GET {V1}/grades/{{id}}/changes/", of_learner(p.staff()), grade),
]

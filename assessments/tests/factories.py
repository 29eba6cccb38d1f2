"""A course with everybody in it, questions of every type, quizzes and attempts."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from PIL import Image

from accounts.models import User
from accounts.tests.factories import UserFactory
from assessments.enums import QuestionKind, RegionShape, Solutions
from assessments.models import (
    AnswerFile,
    Attempt,
    AttemptQuestion,
    Question,
    Quiz,
    SandboxReport,
)
from assessments.queries.content import version_content
from assessments.scoring.cloze import Blank, Blanks
from assessments.scoring.code import Code, CodeTest
from assessments.scoring.content import Option, QuestionContent
from assessments.scoring.essay import Essay
from assessments.scoring.file_upload import Uploads
from assessments.scoring.formula import Formula
from assessments.scoring.geometry import Region
from assessments.scoring.hotspot import Spots
from assessments.scoring.kinds import Marking
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.ordering import Item, Items
from assessments.scoring.registry import type_of
from assessments.scoring.review import plain_policy
from assessments.scoring.variables import Variable
from assessments.services.answer_file import add_answer_file
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import create_question
from assessments.services.closing import submit_attempt
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from courses.enums import CourseRole, CourseState, LessonKind
from courses.models import Attachment, Course, Enrolment, Lesson, Section
from courses.services.attachment import attach_file
from lms.kernel import actors, clock
from lms.kernel.actors import Actor

_numbers = count(1)
PLAIN = (
    QuestionKind.SINGLE_CHOICE,
    QuestionKind.MULTIPLE_CHOICE,
    QuestionKind.TRUE_FALSE,
    QuestionKind.SHORT_ANSWER,
    QuestionKind.NUMERIC,
)

CONTENTS = {
    QuestionKind.SINGLE_CHOICE: QuestionContent(
        kind=QuestionKind.SINGLE_CHOICE,
        stem="Which stone is **volcanic**?",
        options=(
            Option(text="Basalt", correct=True, feedback="It cooled from lava."),
            Option(text="Chalk", feedback="Chalk is made of shells."),
            Option(text="Slate"),
        ),
        explanation="Basalt is cooled lava: KEYWORD.",
    ),
    QuestionKind.MULTIPLE_CHOICE: QuestionContent(
        kind=QuestionKind.MULTIPLE_CHOICE,
        stem="Which numbers are prime?",
        options=(
            Option(text="2", correct=True),
            Option(text="3", correct=True),
            Option(text="4"),
            Option(text="9", feedback="Three times three."),
        ),
        partial_credit=True,
        points=Decimal(2),
        explanation="Four and nine are squares.",
    ),
    QuestionKind.TRUE_FALSE: QuestionContent(
        kind=QuestionKind.TRUE_FALSE, stem="A cairn is a pile of stones.", truth=True
    ),
    QuestionKind.SHORT_ANSWER: QuestionContent(
        kind=QuestionKind.SHORT_ANSWER,
        stem="What is the capital of Ecuador?",
        accepted=("Quito", "San Francisco de Quito"),
    ),
    QuestionKind.NUMERIC: QuestionContent(
        kind=QuestionKind.NUMERIC,
        stem="How tall is the tower, in metres?",
        value="324",
        tolerance="1",
        unit="m",
    ),
    QuestionKind.MATCHING: QuestionContent(
        kind=QuestionKind.MATCHING,
        stem="Which rock is of which kind?",
        detail=Pairs(
            pairs=(
                Pair(prompt="Basalt", choice="igneous"),
                Pair(prompt="Granite", choice="igneous"),
                Pair(prompt="**Chalk**", choice="sedimentary"),
                Pair(prompt="Slate", choice="metamorphic"),
            ),
            extra=(ExtraChoice(text="meteoric"),),
        ),
        partial_credit=True,
        points=Decimal(4),
    ),
    QuestionKind.ORDERING: QuestionContent(
        kind=QuestionKind.ORDERING,
        stem="Order these eras from old to young.",
        detail=Items(
            items=(
                Item(text="Cambrian"),
                Item(text="Devonian"),
                Item(text="**Jurassic**"),
                Item(text="Neogene"),
            )
        ),
        partial_credit=True,
        points=Decimal(3),
    ),
    QuestionKind.ESSAY: QuestionContent(
        kind=QuestionKind.ESSAY,
        stem="Why do people build cairns?",
        detail=Essay(min_words=3, max_words=50, markdown=True, notes="Look for **waymarks**."),
        points=Decimal(4),
    ),
    QuestionKind.CLOZE: QuestionContent(
        kind=QuestionKind.CLOZE,
        stem="Basalt is [[2]] lava; its *crystals* are [[1]].",
        detail=Blanks(
            blanks=(
                Blank(accepted=("small", "tiny"), wrong=("large", "missing")),
                Blank(accepted=("cooled", "solid"), weight=2),
            )
        ),
        partial_credit=True,
        points=Decimal(3),
    ),
    QuestionKind.DRAG_WORDS: QuestionContent(
        kind=QuestionKind.DRAG_WORDS,
        stem="A [[1]] is a pile of [[2]].",
        detail=Pairs(
            pairs=(Pair(prompt="1", choice="cairn"), Pair(prompt="2", choice="stones")),
            extra=(ExtraChoice(text="sticks"),),
        ),
        partial_credit=True,
        points=Decimal(2),
    ),
    QuestionKind.FORMULA: QuestionContent(
        kind=QuestionKind.FORMULA,
        stem="A triangle has base {a} m and height {h} m. How large is it?",
        explanation="Half of {a} times {h}.",
        detail=Formula((Variable("a", "2", "9"), Variable("h", "1", "5", "0.5")), "a * h / 2"),
        unit="m²",
    ),
    QuestionKind.HOTSPOT: QuestionContent(
        kind=QuestionKind.HOTSPOT,
        stem="Where is the summit?",
        detail=Spots(
            attachment="1" * 22,
            alt="A mountain with two ridges.",
            width=60,
            height=40,
            regions=(
                Region(RegionShape.CIRCLE, "50 30 10"),
                Region(RegionShape.POLYGON, "10 60 20 50 30 60"),
            ),
        ),
        points=Decimal(2),
    ),
    QuestionKind.FILE_UPLOAD: QuestionContent(
        kind=QuestionKind.FILE_UPLOAD,
        stem="Hand in your field notes.",
        detail=Uploads(kinds=("txt", "pdf"), most=2, max_mb=1, notes="Look for **dates**."),
        points=Decimal(5),
    ),
    QuestionKind.CODE: QuestionContent(
        kind=QuestionKind.CODE,
        stem="Write `add(a, b)`, and print the sum of two lines.",
        detail=Code(
            starter="def add(a, b):\n    ...\n",
            tests=(
                CodeTest(given="add(2, 3)", expected="5", call=True),
                CodeTest(given="4\n5\n", expected="9", weight=2),
                CodeTest(given="add(-1, 0.5)", expected="-0.5", call=True, hidden=True),
            ),
            solution=(
                "def add(a, b):\n    return a + b\n\n"
                "import sys\nlines = sys.stdin.read().split()\n"
                "if lines:\n    print(add(*map(int, lines)))\n"
            ),
        ),
        partial_credit=True,
        points=Decimal(4),
    ),
}


@dataclass
class School:
    """A published course and one person of every kind around it."""

    course: Course
    section: Section
    instructor: User
    assistant: User
    learner: User
    classmate: User
    observer: User
    outsider: User
    other_instructor: User
    admin: User

    def actor(self, name: str) -> Actor:
        """The actor of a person by the field's name; "anonymous" is nobody."""
        if name == "anonymous":
            return actors.ANONYMOUS
        return actors.for_user(getattr(self, name))

    @property
    def everyone(self) -> dict[str, Actor]:
        """Every actor of the matrix by name."""
        names = (
            "anonymous outsider learner classmate assistant instructor other_instructor observer"
        )
        found = {name: self.actor(name) for name in [*names.split(), "admin"]}
        found["previewing"] = self.actor("instructor").previewing(self.course.pk)
        found["reader"] = actors.for_token(self.learner, frozenset({"read"}))
        return found


def make_school(**course: Any) -> School:
    """A course with its people."""
    people: dict[str, Any] = {
        "instructor": UserFactory(instructor=True),
        "other_instructor": UserFactory(instructor=True),
        "admin": UserFactory(admin=True),
        **{
            name: UserFactory()
            for name in ("assistant", "learner", "classmate", "observer", "outsider")
        },
    }
    row = make_course(people["instructor"], **course)
    roles = {
        "assistant": CourseRole.ASSISTANT,
        "learner": CourseRole.LEARNER,
        "classmate": CourseRole.LEARNER,
        "observer": CourseRole.OBSERVER,
    }
    for name, role in roles.items():
        Enrolment.objects.create(course=row, user=people[name], role=role)
    make_course(people["other_instructor"])
    section = Section.objects.create(course=row, title="Part one", ordinal=1)
    return School(course=row, section=section, **people)


def make_course(instructor: User, **fields: Any) -> Course:
    """A published course taught by somebody."""
    number = next(_numbers)
    defaults = {"slug": f"stones-{number}", "title": f"Stones {number}", "created_by": instructor}
    row = Course.objects.create(**{**defaults, "state": CourseState.PUBLISHED, **fields})
    Enrolment.objects.create(course=row, user=instructor, role=CourseRole.INSTRUCTOR)
    return row


def make_lesson(school: School, **fields: Any) -> Lesson:
    """A published lesson of kind quiz."""
    number = next(_numbers)
    defaults = {"title": f"Quiz {number}", "ordinal": number, "kind": LessonKind.QUIZ}
    return Lesson.objects.create(
        course=school.course,
        section=school.section,
        **{**defaults, "published": True, **fields},
    )


def report_of_sandbox(reason: str = "", *, worker: str = "worker@here") -> SandboxReport:
    """What a worker says of its sandbox now; that it holds without a reason."""
    said = {"reason": reason, "at": clock.now()}
    return SandboxReport.objects.update_or_create(worker=worker, defaults=said)[0]


def make_question(
    school: School, kind: QuestionKind = QuestionKind.SINGLE_CHOICE, **changes: Any
) -> Question:
    """A question of the school's bank."""
    content = replace(CONTENTS[kind], **changes)
    if kind == QuestionKind.CODE:
        report_of_sandbox()
    if isinstance(content.detail, Spots):
        picture = make_picture(school).public_id
        content = replace(content, detail=replace(content.detail, attachment=picture))
    return create_question(actor=school.actor("instructor"), course=school.course, content=content)


def make_picture(school: School, *, width: int = 60, height: int = 40) -> Attachment:
    """A picture among the files of the course."""
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, format="PNG")
    file.seek(0)
    return attach_file(
        actor=school.actor("instructor"), course=school.course, name="hill.png", content=file
    )


def make_quiz(
    school: School,
    *kinds: QuestionKind,
    published: bool = True,
    lesson: Lesson | None = None,
    **settings: Any,
) -> Quiz:
    """A quiz that asks one question of each kind (the plain ones when none is named)."""
    actor = school.actor("instructor")
    quiz = create_quiz(
        actor=actor,
        lesson=lesson or make_lesson(school),
        settings=QuizSettings(**_with_review(settings)),
    )
    for kind in kinds or PLAIN:
        add_item(actor=actor, quiz=quiz, question=make_question(school, kind))
    if published:
        publish_quiz(actor=actor, quiz=quiz)
    quiz.refresh_from_db()
    return quiz


def _with_review(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings in which `show_review` and `solutions` are short words for a policy."""
    shown = settings.pop("show_review", True)
    solutions = settings.pop("solutions", Solutions.LAST_ATTEMPT)
    policy = plain_policy(show_review=shown, solutions=solutions)
    return {"review": policy, **settings}


def right_answer(version: Any) -> Any:
    """An answer worth all points, or one for a person to mark."""
    content = version_content(version)
    kind = type_of(content.kind)
    return "It marks the **way**." if kind.marking is Marking.PERSON else kind.solution(content)


def given_answer(attempt: Attempt, actor: Actor, question: AttemptQuestion) -> Any:
    """`right_answer`, with files brought where the answer is files."""
    if not type_of(question.version.question.kind).takes_files:
        return right_answer(question.version)
    file = bring_file(attempt, actor, question)
    return {"files": [{"id": file.public_id}]}


def bring_file(
    attempt: Attempt,
    actor: Actor,
    question: AttemptQuestion,
    *,
    name: str = "notes.txt",
    content: bytes = b"A cairn on the ridge.",
) -> AnswerFile:
    """A file that no answer names yet."""
    return add_answer_file(
        actor=actor, attempt=attempt, question=question, name=name, content=BytesIO(content)
    )


def answer_all(attempt: Attempt, actor: Actor, *, wrong: int = 0) -> None:
    """Answer every question right but the last `wrong` ones, which stay empty."""
    questions = list(attempt.questions.order_by("ordinal"))
    for question in questions[: len(questions) - wrong]:
        save_answer(
            actor=actor,
            attempt=attempt,
            question=question,
            answer=given_answer(attempt, actor, question),
            seq=question.seq + 1,
        )


def make_attempt(school: School, quiz: Quiz, who: str = "learner", *, wrong: int = 0) -> Attempt:
    """A submitted attempt."""
    actor = school.actor(who)
    attempt = start_attempt(actor=actor, quiz=quiz)
    answer_all(attempt, actor, wrong=wrong)
    return submit_attempt(actor=actor, attempt=attempt)


def tells(shown: str, secret: str) -> bool:
    """Whether a page or an answer says it, as a word: a number may stand in an id or a time."""
    return re.search(rf"(?<![\w.-]){re.escape(secret)}(?!\w)", shown) is not None

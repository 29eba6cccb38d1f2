"""A practice quiz of the demo: sections, draws by tag, outcome and lent bank, and a program.

The program is there only where this machine can build the sandbox that tests it.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from assessments.enums import Behaviour, Difficulty, Layout, QuestionKind
from assessments.models import Attempt, LearningOutcome, Question, QuestionBank, Quiz
from assessments.queries.content import version_content
from assessments.scoring.code import Code, CodeTest
from assessments.scoring.content import Option, QuestionContent
from assessments.scoring.kinds import Answer
from assessments.scoring.narrow import Narrow
from assessments.scoring.registry import type_of
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import add_question
from assessments.services.bank_share import open_own_bank
from assessments.services.closing import submit_attempt
from assessments.services.filing import Filing
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_category import add_category
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_draws import add_draw
from assessments.services.quiz_items import add_item
from assessments.services.quiz_sections import add_section, update_section
from assessments.services.sandbox_report import report_sandbox
from courses.models import Course, Enrolment, Lesson
from courses.services.lesson import publish_lesson
from lms.kernel import clock
from lms.kernel.actors import for_user
from lms.management.demo_timeline import Stage

ONE: Final = Decimal(1)
SHELF: Final = (
    QuestionContent(
        kind=QuestionKind.SINGLE_CHOICE,
        stem="A town counts its swifts from one bridge, every year in the same week. What can the "
        "counts tell best?",
        options=(
            Option(text="Whether there are more or fewer than last year", correct=True),
            Option(text="How many swifts live in the town"),
            Option(text="Why swifts leave"),
        ),
        explanation="The same place and week make years comparable. They do not make it all birds.",
        difficulty=Difficulty.MEDIUM,
    ),
    QuestionContent(
        kind=QuestionKind.NUMERIC,
        stem="Five parcels weigh 2, 3, 3, 4 and 18 kg. What is the median, in kg?",
        value="3",
        tolerance="0",
        explanation="The one in the middle, however heavy the heaviest is.",
        difficulty=Difficulty.EASY,
    ),
    QuestionContent(
        kind=QuestionKind.TRUE_FALSE,
        stem="A chart whose axis starts at 90 shows a change from 94 to 96 as larger than it is.",
        truth=True,
        explanation="Bars are read by their length, and theirs begin at 90.",
        difficulty=Difficulty.EASY,
    ),
)
PROGRAM: Final = """def mean_without_largest(numbers):
    rest = sorted(numbers)[:-1]
    return sum(rest) / len(rest)
"""
CODE: Final = QuestionContent(
    kind=QuestionKind.CODE,
    stem="Write a function `mean_without_largest(numbers)` that leaves out the largest number, "
    "once, and gives the mean of the others.",
    explanation="Sorting puts the largest at the end. A mean is a sum over how many there are.",
    points=Decimal(3),
    difficulty=Difficulty.HARD,
    partial_credit=True,
    hints=("`sorted(numbers)` has the largest number at the end.",),
    detail=Code(
        starter="def mean_without_largest(numbers):\n    ...\n",
        tests=(
            CodeTest("mean_without_largest([1, 2, 3, 90])", "2", call=True),
            CodeTest("mean_without_largest([5, 5])", "5", call=True),
            CodeTest("mean_without_largest([-4, -2, -6])", "-5", call=True, hidden=True),
        ),
        solution=PROGRAM,
    ),
)
FIRST_TRY: Final = """def mean_without_largest(numbers):
    rest = [n for n in numbers if n != max(numbers)]
    return sum(rest) / len(rest)
"""
TAKERS: Final = 4


def add_practice(stage: Stage, course: Course, lesson: Lesson) -> Quiz:
    """The quiz in its lesson, published; the instructor's own bank gets its questions."""
    actor = stage.actor("instructor@example.com")
    shelf = open_own_bank(actor=actor)
    for content in SHELF:
        add_question(actor=actor, bank=shelf, content=content, filing=Filing(tags=["field notes"]))
    settings = QuizSettings(
        instructions="As often as you like: the questions are drawn anew each time.",
        attempts_allowed=None,
        layout=Layout.SECTION,
        behaviour=Behaviour.DEFERRED,
    )
    quiz = create_quiz(actor=actor, lesson=lesson, settings=settings)
    first = quiz.sections.get()
    words = "Two quick ones from the whole course."
    update_section(actor=actor, section=first, title="Warm up", introduction=words, shuffle=True)
    warm = Narrow(tags=_tags(course, "warm-up"))
    add_draw(actor=actor, quiz=quiz, count=2, points=ONE, narrow=warm, section=first)
    words = "One on how sure a sample makes us, one from my field notes."
    second = add_section(actor=actor, quiz=quiz, title="Think twice", introduction=words)
    sure = LearningOutcome.objects.get(course=course, code="S1")
    narrow = Narrow(outcomes=(sure.public_id,), kinds=(QuestionKind.SINGLE_CHOICE,))
    add_draw(actor=actor, quiz=quiz, count=1, points=Decimal(2), narrow=narrow, section=second)
    lent = Narrow(banks=(shelf.public_id,))
    add_draw(actor=actor, quiz=quiz, count=1, points=Decimal(2), narrow=lent, section=second)
    program = _program(stage, course)
    if program is not None:
        words = "Run it against the examples as often as you like before you hand in."
        third = add_section(actor=actor, quiz=quiz, title="Write it down", introduction=words)
        add_item(actor=actor, quiz=quiz, question=program, section=third)
    quiz = publish_quiz(actor=actor, quiz=Quiz.objects.get(pk=quiz.pk))
    publish_lesson(actor=actor, lesson=lesson)
    return Quiz.objects.select_related("course", "lesson").get(pk=quiz.pk)


def _tags(course: Course, name: str) -> tuple[str, ...]:
    bank = QuestionBank.objects.get(course=course)
    return tuple(bank.tags.filter(name=name).values_list("public_id", flat=True))


def _program(stage: Stage, course: Course) -> Question | None:
    """The code question, in a category and under an outcome of its own; None without a sandbox."""
    if report_sandbox():
        return None
    actor = stage.actor("instructor@example.com")
    bank = QuestionBank.objects.get(course=course)
    outcome = add_outcome(
        actor=actor, course=course, fields=OutcomeFields(code="P1", title="Let a program count")
    )
    category = add_category(actor=actor, bank=bank, name="Programs")
    filing = Filing(category=category, tags=["exam"], outcomes=[outcome])
    return add_question(actor=actor, bank=bank, content=CODE, filing=filing)


def practise(quiz: Quiz, rows: list[Enrolment], now: datetime) -> None:
    """Learners take it, one after another, each with one answer that is not right."""
    for place, row in enumerate(rows[:TAKERS]):
        with clock.travel(now - timedelta(hours=30 + 17 * place)):
            report_sandbox()  # what is believed is what was said a moment ago
            attempt = start_attempt(actor=for_user(row.user), quiz=quiz)
            _answer(attempt, row, wrong=place)
            submit_attempt(actor=for_user(row.user), attempt=attempt)


def _answer(attempt: Attempt, row: Enrolment, *, wrong: int) -> None:
    parts = attempt.questions.select_related("version__question").order_by("ordinal")
    for place, part in enumerate(parts):
        content = version_content(part.version)
        answer = _right(content)
        if content.kind == QuestionKind.CODE and wrong % 2:
            answer = FIRST_TRY
        elif place == wrong and content.kind != QuestionKind.CODE:
            continue
        save_answer(actor=for_user(row.user), attempt=attempt, question=part, answer=answer, seq=1)


def _right(content: QuestionContent) -> Answer:
    return type_of(content.kind).solution(content)

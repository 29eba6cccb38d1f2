"""The question bank of the demo in order: categories, tags, outcomes, a draft, a lent bank."""

from typing import Final

from assessments.enums import BulkVerb, Difficulty, QuestionState, ShareLevel
from assessments.models import Question, QuestionBank, QuestionCategory, Quiz
from assessments.services.bank import set_state
from assessments.services.bank_share import open_own_bank, share_with_course
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_bulk import BulkChange, change_questions
from assessments.services.question_category import add_category
from courses.models import Course
from lms.management.demo_timeline import Stage

OUTCOMES: Final = (
    ("D1", "Choose an average that fits"),
    ("D2", "Read a chart with care"),
    ("S1", "Say how sure a sample makes us"),
    ("C1", "Keep causes and coincidence apart"),
)
TAGS: Final = {Difficulty.EASY: "warm-up", Difficulty.HARD: "exam"}


def put_bank_in_order(stage: Stage, course: Course) -> None:
    """File every question under the quiz that asks it, inside its section."""
    actor = stage.actor("instructor@example.com")
    bank = QuestionBank.objects.get(course=course)
    outcomes = [
        add_outcome(actor=actor, course=course, fields=OutcomeFields(code=code, title=title))
        for code, title in OUTCOMES
    ]
    sections: dict[int, QuestionCategory] = {}
    quizzes = Quiz.objects.filter(course=course).select_related("lesson__section")
    for place, quiz in enumerate(quizzes.order_by("lesson__section__ordinal", "pk")):
        section = quiz.lesson.section
        if section.pk not in sections:
            sections[section.pk] = add_category(actor=actor, bank=bank, name=section.title)
        inside = add_category(
            actor=actor, bank=bank, name=quiz.lesson.title, parent=sections[section.pk]
        )
        for row in Question.objects.filter(items__quiz=quiz).order_by("pk"):
            tag = TAGS.get(Difficulty(row.difficulty)) if row.difficulty else None
            filing = Filing(
                category=inside,
                tags=[tag] if tag else [],
                outcomes=[outcomes[place % len(outcomes)]],
            )
            file_question(actor=actor, question=row, filing=filing)
    loose = list(bank.questions.filter(use_count=0).order_by("pk"))
    change = BulkChange(verb=BulkVerb.TAG, tags=["spare"])
    change_questions(actor=actor, bank=bank, questions=loose, change=change)
    for row in loose[-1:]:
        set_state(actor=actor, question=row, state=QuestionState.DRAFT)
    share_with_course(
        actor=actor, bank=open_own_bank(actor=actor), course=course, level=ShareLevel.READ
    )

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from assessments import rules
from assessments.enums import QuestionKind
from assessments.models import (
    Accommodation,
    Attempt,
    BankShare,
    Grade,
    LearningOutcome,
    Question,
    QuestionBank,
    QuestionCategory,
    QuestionImport,
    QuestionTag,
    Quiz,
)
from assessments.services.accommodation import set_accommodation
from assessments.services.attempt import start_attempt
from assessments.services.question_import import QuestionFile, import_questions
from assessments.services.quiz import unpublish_quiz
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from courses.enums import CourseState
from lms.kernel.actors import Actor
from lms.kernel.testing import assert_rule_agrees

MODELS: dict[str, type[Any]] = {
    "VIEW_BANK": QuestionBank,
    "ADD_TO_BANK": QuestionBank,
    "EDIT_BANK": QuestionBank,
    "SEE_SHARES": QuestionBank,
    "SHARE_BANK": QuestionBank,
    "END_SHARE": BankShare,
    "VIEW_IMPORT": QuestionImport,
    "UNDO_IMPORT": QuestionImport,
    "VIEW_CATEGORY": QuestionCategory,
    "VIEW_TAG": QuestionTag,
    "VIEW_OUTCOME": LearningOutcome,
    "VIEW_QUESTION": Question,
    "EDIT_QUESTION": Question,
    "VIEW_QUIZ": Quiz,
    "EDIT_QUIZ": Quiz,
    "TAKE_QUIZ": Quiz,
    "SEE_RESULTS": Quiz,
    "VIEW_ATTEMPT": Attempt,
    "ANSWER_ATTEMPT": Attempt,
    "GRADE_ATTEMPT": Attempt,
    "VIEW_GRADE": Grade,
    "ACCOMMODATE": User,
    "VIEW_ACCOMMODATION": Accommodation,
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Actor]]:
    """Built once for all rules, which only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _world()
        transaction.set_rollback(True)


def _world() -> dict[str, Actor]:
    """Courses and lessons in every state, quizzes drafted and published, results held back."""
    school = make_school()
    actors = school.everyone
    for published, show_review in product((True, False), (True, False)):
        quiz = make_quiz(school, QuestionKind.TRUE_FALSE, show_review=show_review)
        make_attempt(school, quiz)
        if not published:
            unpublish_quiz(actor=school.actor("instructor"), quiz=quiz)
    for field in (
        {"published": False},
        {"free_preview": True},
        {"deleted_at": "2026-01-01T00:00Z"},
    ):
        lesson = make_quiz(school, QuestionKind.TRUE_FALSE).lesson
        type(lesson).objects.filter(pk=lesson.pk).update(**field)
    start_attempt(actor=school.actor("classmate"), quiz=make_quiz(school))
    set_accommodation(
        actor=school.actor("instructor"), person=school.learner, time_factor=Decimal(2)
    )
    import_questions(
        actor=school.actor("instructor"),
        bank=QuestionBank.objects.get(course=school.course),
        file=QuestionFile(b"Chalk is made of shells. {T}"),
    )
    _file(school)
    for course in (
        {"state": CourseState.DRAFT},
        {"state": CourseState.ARCHIVED},
        {"deleted_at": "2026-01-01T00:00Z"},
    ):
        other = make_school()
        make_attempt(other, make_quiz(other, QuestionKind.TRUE_FALSE))
        _file(other)
        _lend(school, other)
        type(other.course).objects.filter(pk=other.course.pk).update(**course)
        actors.update({f"{name} {course}": one for name, one in other.everyone.items()})
    return actors


def _lend(school: School, other: School) -> None:
    """Banks of a course and of a person, lent to read and to write."""
    bank = QuestionBank.objects.get(course=school.course)
    own = QuestionBank.objects.create(owner=other.instructor, title="My questions")
    QuestionBank.objects.create(owner=other.assistant, title="My questions")
    for row, level in ((bank, "write"), (own, "read")):
        BankShare.objects.create(bank=row, course=other.course, level=level)
    for person, level in ((school.assistant, "read"), (school.learner, "write")):
        BankShare.objects.create(bank=own, person=person, level=level)


def _file(school: School) -> None:
    bank = QuestionBank.objects.get(course=school.course)
    QuestionCategory.objects.create(bank=bank, name="Rocks", folded="rocks")
    QuestionTag.objects.create(bank=bank, name="lava", folded="lava")
    LearningOutcome.objects.create(course=school.course, code="G1", folded="g1", title="Tell")


@pytest.mark.django_db
@pytest.mark.parametrize("name", MODELS)
def test_predicate_and_rows_agree(world: dict[str, Actor], name: str) -> None:
    assert_rule_agrees(getattr(rules, name), world, MODELS[name].objects.all())

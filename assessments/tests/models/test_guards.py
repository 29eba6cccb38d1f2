from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from assessments.models import (
    Attempt,
    AttemptQuestion,
    AttemptStep,
    GradeChange,
    QuestionVersion,
)
from assessments.services.attempt import start_attempt
from assessments.tests.factories import make_attempt, make_question, make_quiz, make_school

pytestmark = pytest.mark.django_db
HISTORIES: list[type[Any]] = [AttemptStep, GradeChange]


@pytest.fixture
def attempt() -> Attempt:
    school = make_school()
    return make_attempt(school, make_quiz(school, attempts_allowed=None))


@pytest.mark.parametrize("model", HISTORIES)
def test_history_cannot_be_rewritten_or_removed(model: type[Any], attempt: Attempt) -> None:  # D3
    rows = model.objects.all()
    kept = list(rows.values())
    assert kept
    acts = [
        lambda: rows.update(attempt=attempt.pk + 1),
        lambda: rows.update(actor=None),
        lambda: rows.update(at="2020-01-01T00:00Z"),
        rows.delete,
    ]
    if model is GradeChange:
        acts += [
            lambda: rows.update(after=0),
            lambda: rows.update(reason="rewritten"),
            lambda: rows.update(status_after="excused"),
            lambda: rows.update(released_after=None),
            lambda: rows.update(source="hand"),
        ]
    else:
        acts += [lambda: rows.update(data={"answer": "x"}), lambda: rows.update(seq=9)]
    for act in acts:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert list(rows.values()) == kept


def test_erasure_may_empty_what_a_person_wrote(attempt: Attempt) -> None:  # V2
    AttemptStep.objects.update(data={})
    GradeChange.objects.update(reason="")
    assert set(AttemptStep.objects.values_list("data__answer", flat=True)) == {None}


def test_a_version_is_fixed_once_attempted(attempt: Attempt) -> None:  # D5
    part = attempt.questions.get(ordinal=1)
    rows = QuestionVersion.objects.filter(pk=part.version_id)
    changes: tuple[dict[str, object], ...] = (
        {"stem": "x"},
        {"key": {}},
        {"body": {}},
        {"points": 5},
        {"number": 9},
        {"explanation": "x"},
    )
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    assert rows.update(stem_html="<p>rendered again</p>", pipeline_version="9") == 1


def test_a_version_nobody_attempted_can_still_be_mended(attempt: Attempt) -> None:
    school = make_school()
    version = make_question(school).latest
    assert QuestionVersion.objects.filter(pk=version.pk).update(stem="Mended") == 1  # type: ignore[union-attr]


def test_an_attempted_version_cannot_be_deleted(attempt: Attempt) -> None:
    part = attempt.questions.get(ordinal=1)
    rows = QuestionVersion.objects.filter(pk=part.version_id)
    with pytest.raises(IntegrityError):
        rows.delete()
    assert rows.exists()


def test_triggers_survive_the_migrations() -> None:
    tables = ["attemptstep", "gradechange", "questionversion"]
    query = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    assert {f"assessments_{table}" for table in tables} <= found


@pytest.mark.parametrize(
    "change",
    [
        {"state": "open"},
        {"score": Decimal(7)},
        {"score": Decimal(-1)},
        {"submitted_at": None},
    ],
)
def test_attempt_invariants_hold_in_the_database(
    attempt: Attempt, change: dict[str, object]
) -> None:  # D2
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(**change)


def test_the_database_keeps_numbers_and_open_attempts_unique(attempt: Attempt) -> None:  # D2
    fields = {
        "quiz": attempt.quiz,
        "course": attempt.course,
        "learner": attempt.learner,
        "max_score": 1,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(**fields, number=1)
    Attempt.objects.create(**fields, number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(**fields, number=3)


def test_a_question_scores_within_its_points(attempt: Attempt) -> None:  # D2
    with pytest.raises(IntegrityError), transaction.atomic():
        AttemptQuestion.objects.filter(attempt=attempt).update(score=99)


def test_step_numbers_are_unique_per_question_and_attempt() -> None:  # D2
    school = make_school()
    attempt = start_attempt(actor=school.actor("learner"), quiz=make_quiz(school))
    part = attempt.questions.get(ordinal=1)
    AttemptStep.objects.create(attempt=attempt, question=part, kind="flagged", seq=1)
    for question, seq in ((part, 1), (None, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            AttemptStep.objects.create(attempt=attempt, question=question, kind="flagged", seq=seq)

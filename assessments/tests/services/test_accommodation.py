from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection

from assessments.enums import ReviewPreset, StepKind
from assessments.models import Accommodation
from assessments.queries.accommodation import accommodations
from assessments.queries.dates import last_close
from assessments.scoring.review import PRESETS
from assessments.services.accommodation import remove_accommodation, set_accommodation
from assessments.services.attempt import extend_attempt, start_attempt
from assessments.services.quiz import QuizSettings, settings_of, update_quiz
from assessments.tests.factories import School, make_quiz, make_school
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600
pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def give(school: School, factor: str = "1.5") -> Accommodation:
    return set_accommodation(
        actor=school.actor("instructor"),
        person=school.learner,
        time_factor=Decimal(factor),
        note=" Letter of 1 March. ",
    )


def test_factor_and_a_half_on_an_hour_that_closes_in_an_hour_ends_after_ninety_minutes(
    school: School,
) -> None:
    quiz = make_quiz(school, time_limit_seconds=HOUR, closes_at=NINE + timedelta(hours=1))
    give(school)
    with clock.travel(NINE):
        mine = start_attempt(actor=school.actor("learner"), quiz=quiz)
        theirs = start_attempt(actor=school.actor("classmate"), quiz=quiz)
    assert mine.deadline == NINE + timedelta(minutes=90)
    assert theirs.deadline == NINE + timedelta(minutes=60)
    assert last_close(quiz) == NINE + timedelta(minutes=90)


def test_running_attempts_get_the_time_at_once_and_never_lose_any(school: School) -> None:
    quiz = make_quiz(school, time_limit_seconds=HOUR)
    with clock.travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        give(school)
        attempt.refresh_from_db()
        assert attempt.deadline == NINE + timedelta(minutes=90)
        step = attempt.steps.get(kind=StepKind.EXTENDED)
        assert step.data["reason"] == "Extra time of the person."
        staff = school.actor("instructor")
        extend_attempt(actor=staff, attempt=attempt, minutes=30, reason="A fire drill.")
        give(school, "1.75")
        give(school, "1.1")
        assert remove_accommodation(actor=staff, person=school.learner)
        attempt.refresh_from_db()
    assert attempt.deadline == NINE + timedelta(minutes=120)
    assert not remove_accommodation(actor=staff, person=school.learner)


def test_extra_time_that_no_attempt_could_be_given_is_not_there_either(school: School) -> None:
    def break_down(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "assessments_attemptstep" in sql:
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    quiz = make_quiz(school, time_limit_seconds=HOUR)
    with clock.travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        with connection.execute_wrapper(break_down), pytest.raises(DatabaseError):
            give(school)
        attempt.refresh_from_db()
    assert attempt.deadline == NINE + timedelta(minutes=60)
    assert not Accommodation.objects.exists()


def test_an_attempt_whose_time_is_up_is_not_revived(school: School) -> None:
    quiz = make_quiz(school, time_limit_seconds=HOUR)
    with clock.travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    with clock.travel(NINE + timedelta(minutes=61)):
        give(school)
    attempt.refresh_from_db()
    assert attempt.deadline == NINE + timedelta(minutes=60)


def test_note_is_kept_and_the_last_word_stands(school: School) -> None:
    give(school)
    row = give(school, "2")
    assert Accommodation.objects.get() == row
    assert (row.time_factor, row.note) == (Decimal(2), "Letter of 1 March.")
    assert row.set_by == school.instructor


@pytest.mark.parametrize("factor", ["0.99", "5.01", "1.005", "NaN"])
def test_odd_factors_are_refused(school: School, factor: str) -> None:
    with pytest.raises(Invalid) as refused:
        give(school, factor)
    assert list(refused.value.errors) == ["time_factor"]


@pytest.mark.parametrize("name", ["learner", "classmate", "assistant", "other_instructor"])
def test_only_instructors_of_the_person_give_time(school: School, name: str) -> None:
    with pytest.raises(NotFound):
        set_accommodation(actor=school.actor(name), person=school.learner, time_factor=Decimal(2))


def test_nobody_gives_time_to_themselves(school: School) -> None:
    Enrolment.objects.filter(user=school.instructor).update(role="learner")
    with pytest.raises(NotFound):
        set_accommodation(
            actor=school.actor("instructor"), person=school.instructor, time_factor=Decimal(2)
        )


def test_lists_are_for_the_person_and_their_instructors(school: School) -> None:
    row = give(school)
    assert list(accommodations(school.actor("learner"))) == [row]
    assert list(accommodations(school.actor("instructor"), course=school.course)) == [row]
    assert list(accommodations(school.actor("assistant"))) == []
    with pytest.raises(Denied):
        accommodations(school.actor("assistant"), course=school.course)


def test_quiz_opens_and_closes_when_it_says(school: School) -> None:
    quiz = make_quiz(school, opens_at=NINE, closes_at=NINE + timedelta(hours=1))
    for moment, code in (
        (timedelta(seconds=-1), "not_open_yet"),
        (timedelta(hours=1), "quiz_closed"),
    ):
        with clock.travel(NINE + moment), pytest.raises(Conflict) as refused:
            start_attempt(actor=school.actor("learner"), quiz=quiz)
        assert refused.value.code == code
    with clock.travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert attempt.deadline == NINE + timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_at": NINE, "closes_at": NINE}, "closes_at"),
        ({"review": PRESETS[ReviewPreset.TEST]}, "review"),
    ],
)
def test_impossible_dates_are_refused(school: School, changes: dict[str, Any], field: str) -> None:
    quiz = make_quiz(school)
    known = settings_of(quiz)
    settings = QuizSettings(**{name: getattr(known, name) for name in known.__slots__} | changes)
    with pytest.raises(Invalid) as refused:
        update_quiz(actor=school.actor("instructor"), quiz=quiz, settings=settings)
    assert list(refused.value.errors) == [field]

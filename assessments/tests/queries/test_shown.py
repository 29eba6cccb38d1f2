"""What a learner may see of many attempts is what each one's own review says."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import QuestionKind, ReviewPreset
from assessments.models import Attempt, Quiz
from assessments.queries.facts import facts_of, shown_of
from assessments.queries.shown import facts_of_learner, shown_to_learner
from assessments.scoring.dates import Change
from assessments.scoring.review import PRESETS
from assessments.services.accommodation import set_accommodation
from assessments.services.attempt import start_attempt
from assessments.services.override import set_override
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from assessments.tests.factories import (
    School,
    make_attempt,
    make_lesson,
    make_question,
    make_school,
)
from assessments.tests.handed_in import make_group
from lms.kernel import clock
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def quiz_of(school: School, preset: ReviewPreset, **settings: Any) -> Quiz:
    actor = school.actor("instructor")
    filled = QuizSettings(review=PRESETS[preset], **settings)
    row = create_quiz(actor=actor, lesson=make_lesson(school), settings=filled)
    add_item(actor=actor, quiz=row, question=make_question(school, QuestionKind.TRUE_FALSE))
    publish_quiz(actor=actor, quiz=row)
    row.refresh_from_db()
    return row


def rows_of(school: School) -> list[Attempt]:
    rows = Attempt.objects.filter(learner=school.learner).select_related("quiz", "learner")
    return list(rows.order_by("pk"))


def furnish(school: School) -> None:
    """Quizzes of every policy: with and without dates, for a person, a group, with relief."""
    now, teacher = clock.now(), school.actor("instructor")
    for preset in PRESETS:
        if preset != ReviewPreset.TEST:  # it shows what it shows after it closes
            quiz_of(school, preset)
            quiz_of(school, preset, attempts_allowed=None)
        quiz_of(school, preset, closes_at=now + DAY)
        own = quiz_of(school, preset, closes_at=now + DAY, attempts_allowed=2)
        set_override(
            actor=teacher, work=own, change=Change(closes_at=now + 3 * DAY), person=school.classmate
        )
        grouped = quiz_of(school, preset, closes_at=now + DAY)
        group = make_group(school, "learner", name=f"Masons {preset}")
        set_override(
            actor=teacher, work=grouped, change=Change(closes_at=now + 5 * DAY), group=group
        )


def test_facts_of_many_quizzes_are_those_of_each(school_with_attempts: School) -> None:
    school = school_with_attempts
    for later in (timedelta(0), timedelta(minutes=5), 2 * DAY, 4 * DAY, 9 * DAY):
        with clock.travel(clock.now() + later):
            rows = rows_of(school)
            assert len(rows) == 18
            assert facts_of_learner(school.learner.pk, rows) == {
                row.pk: facts_of(row) for row in rows
            }
            shown = shown_to_learner(school.learner.pk, rows)
            actor = school.actor("learner")
            assert shown == {row.pk: shown_of(actor, row) for row in rows}


def test_facts_take_as_many_queries_for_all_quizzes_as_for_one(
    school_with_attempts: School,
) -> None:
    rows = rows_of(school_with_attempts)
    with clock.travel(clock.now() + 2 * DAY):
        closed = next(row for row in rows if row.quiz.date_overrides.exists())
        learner = school_with_attempts.learner.pk
        one = count_queries(lambda: facts_of_learner(learner, [closed]))
        every = count_queries(lambda: facts_of_learner(learner, rows))
    assert every <= one + 1
    assert every <= 6


@pytest.fixture
def school_with_attempts() -> School:
    school = make_school()
    furnish(school)
    teacher = school.actor("instructor")
    set_accommodation(
        actor=teacher, person=school.classmate, time_factor=Decimal("1.5"), extra_days=6
    )
    quizzes = list(Quiz.objects.order_by("pk"))
    for quiz in quizzes:
        make_attempt(school, quiz)
    start_attempt(actor=school.actor("classmate"), quiz=quizzes[2])
    return school

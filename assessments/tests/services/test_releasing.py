from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from assessments.enums import AttemptState, GradeSource, QuestionKind, ReviewItem, ReviewPreset
from assessments.models import Attempt, AttemptQuestion, Grade, GradeChange
from assessments.queries.facts import facts_of, facts_of_many, is_closed_for_all, shown_of
from assessments.queries.withheld import questions, steps
from assessments.scoring.dates import Change
from assessments.scoring.review import PRESETS, ReviewPolicy
from assessments.services.attempt import extend_attempt, start_attempt
from assessments.services.closing import submit_attempt
from assessments.services.grade import item_of_quiz
from assessments.services.override import set_override
from assessments.services.posting import post_grades
from assessments.services.releasing import release_due
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel import actors
from lms.kernel.clock import travel
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CLOSES = NOON + timedelta(hours=1)
NOTHING: frozenset[ReviewItem] = frozenset()
EXAM = PRESETS[ReviewPreset.EXAM]
CLOSED = replace(EXAM, by_hand=False, after=NOTHING, later=NOTHING)


@pytest.fixture
def school() -> School:
    return make_school()


def taken(school: School, policy: ReviewPolicy, **settings: Any) -> Attempt:
    with travel(NOON):
        quiz = make_quiz(school, QuestionKind.TRUE_FALSE, review=policy, **settings)
        return make_attempt(school, quiz)


def test_a_score_is_released_when_the_quiz_has_closed(school: School) -> None:
    attempt = taken(school, CLOSED, closes_at=CLOSES)
    actor = school.actor("learner")
    with travel(CLOSES - timedelta(seconds=1)):
        assert (release_due(), attempt.state) == (0, AttemptState.SCORED)
        assert shown_of(actor, attempt) == NOTHING
        assert not Grade.objects.get(attempt=attempt).released
    with travel(CLOSES):
        assert release_due() == 1
        assert release_due() == 0
        attempt.refresh_from_db()
        assert attempt.state == AttemptState.RELEASED
        assert Grade.objects.get(attempt=attempt).released
        assert shown_of(actor, attempt) == frozenset(ReviewItem)


def test_a_score_that_waits_for_the_last_attempt_is_released_with_it(school: School) -> None:
    score = frozenset({ReviewItem.SCORE})
    first = taken(
        school,
        ReviewPolicy(after=NOTHING, later=NOTHING, spent=score, closed=score),
        attempts_allowed=2,
        closes_at=CLOSES,
    )
    with travel(NOON + timedelta(minutes=5)):
        assert release_due() == 0
        make_attempt(school, first.quiz)
        assert release_due() == 2


def test_what_staff_hid_is_not_released_by_the_clock(school: School) -> None:
    attempt = taken(school, CLOSED, closes_at=CLOSES)
    item, teacher = item_of_quiz(attempt.quiz), school.actor("instructor")
    with travel(CLOSES):
        assert release_due() == 1
        assert post_grades(actor=teacher, item=item, released=False) == 1
        assert release_due() == 0
    assert GradeChange.objects.filter(source=GradeSource.POSTING).count() == 1


@pytest.mark.parametrize("policy", [EXAM, ReviewPolicy()])
def test_by_hand_and_at_once_are_not_the_clocks_business(
    school: School, policy: ReviewPolicy
) -> None:
    taken(school, policy)
    with travel(NOON + timedelta(days=9)):
        assert release_due() == 0


def test_nobody_gets_a_key_while_somebody_still_answers(school: School) -> None:  # Z7
    attempt = taken(school, CLOSED, closes_at=CLOSES, attempts_allowed=1)
    with travel(NOON):
        other = start_attempt(actor=school.actor("classmate"), quiz=attempt.quiz)
        extend_attempt(actor=school.actor("assistant"), attempt=other, minutes=90, reason="Fire.")
    with travel(CLOSES):
        assert release_due() == 1
        attempt.refresh_from_db()
        assert not is_closed_for_all(attempt.quiz)
        shown = shown_of(school.actor("learner"), attempt)
        assert shown == {ReviewItem.ATTEMPT, ReviewItem.SCORE, ReviewItem.COMMENT}


def test_a_copy_of_ones_data_keeps_back_what_the_review_does(school: School) -> None:  # Z7 V2
    attempt = taken(school, PRESETS[ReviewPreset.TEST], closes_at=CLOSES)
    parts, log = attempt.questions.all(), attempt.steps.all()
    with travel(NOON + timedelta(minutes=5)):
        assert attempt.state == AttemptState.RELEASED  # the score is told, not what was right
        assert questions(parts) == set(parts.values_list("pk", flat=True))
        assert {log.get(pk=pk).kind for pk in steps(log)} == {"scored"}
    with travel(CLOSES):
        assert (questions(parts), steps(log)) == (set(), set())


def test_looking_for_what_is_due_costs_the_same_for_any_number_of_attempts(school: School) -> None:
    attempt = taken(school, CLOSED, closes_at=CLOSES)
    with travel(CLOSES - timedelta(minutes=1)):
        # Somebody's own earlier closing makes the clock look, and nothing is due for the others.
        override = Change(closes_at=CLOSES - timedelta(minutes=2))
        set_override(
            actor=school.actor("instructor"),
            work=attempt.quiz,
            change=override,
            person=comer(school),
        )
        spent = [count_queries(release_due)]
        make_attempt(school, attempt.quiz, "classmate")
        for _ in range(2):
            actor = actors.for_user(comer(school))
            row = start_attempt(actor=actor, quiz=attempt.quiz)
            submit_attempt(actor=actor, attempt=row)
        spent.append(count_queries(release_due))
    assert spent[0] == spent[1]
    assert Attempt.objects.filter(state=AttemptState.SCORED).count() == 4


def comer(school: School) -> User:
    """One more learner of the course."""
    person: User = UserFactory()
    Enrolment.objects.create(course=school.course, user=person, role=CourseRole.LEARNER)
    return person


def test_a_copy_of_ones_data_costs_the_same_for_any_number_of_attempts(school: School) -> None:
    first = taken(school, PRESETS[ReviewPreset.TEST], closes_at=CLOSES, attempts_allowed=None)
    mine = Attempt.objects.filter(learner=school.learner)
    with travel(NOON + timedelta(minutes=5)):
        rows = AttemptQuestion.objects.filter(attempt__in=mine)
        spent = [count_queries(lambda: questions(rows))]
        for _ in range(2):
            make_attempt(school, first.quiz)
        spent.append(count_queries(lambda: questions(rows.all())))
        assert len(questions(rows.all())) == 3
    assert spent[0] == spent[1]


@pytest.mark.parametrize("minutes", [1, 5, 61])
def test_facts_of_many_are_the_facts_of_each(school: School, minutes: int) -> None:
    allowed = {"closes_at": CLOSES, "attempts_allowed": 2}
    first = taken(school, PRESETS[ReviewPreset.TEST], **allowed)
    other = taken(school, CLOSED, **allowed)
    with travel(NOON):
        make_attempt(school, first.quiz, "classmate")
        make_attempt(school, first.quiz)
        start_attempt(actor=school.actor("classmate"), quiz=other.quiz)
    with travel(NOON + timedelta(minutes=minutes)):
        rows = list(Attempt.objects.select_related("quiz", "learner"))
        assert len(rows) == 5
        assert facts_of_many(rows) == {row.pk: facts_of(row) for row in rows}

"""The reminder of due cards: at one's own hour, through the same mail, and only when it helps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from analytics.queries.review import review_queue
from analytics.scoring.spacing import Recall
from analytics.services.review import rate_card
from analytics.tests.mastery import answer, make_skill_quiz
from assessments.enums import Solutions
from assessments.models import Question
from assessments.tests.factories import School, make_school
from lms.kernel import clock
from lms.kernel.testing import count_queries, run_jobs
from realtime.enums import Frequency, NotificationKind
from realtime.models import Notification, NotificationTimes
from realtime.queries.notifications import words_of
from realtime.services.preferences import set_digests, set_preference
from realtime.services.review_occasions import JOB, queue_reviews, tell_review
from realtime.tests.deliver import deliver
from realtime.tests.factories import person

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
REVIEW = NotificationKind.REVIEW_DUE


@pytest.fixture
def school() -> School:
    """Whose learner missed two questions, and wants to be told at eight in Berlin."""
    school = make_school()
    with clock.travel(MORNING - timedelta(days=1)):
        quiz = make_skill_quiz(school, count=3, solutions=Solutions.AT_ONCE)
        answer(quiz, school.learner, "001")
    school.learner.time_zone = "Europe/Berlin"
    school.learner.save()
    with clock.travel(MORNING):
        set_digests(actor=school.actor("learner"), hour=7, weekday=0, review_hour=8)
    return school


def sweep(at: datetime) -> int:
    with clock.travel(at):
        queued = queue_reviews()
        run_jobs(JOB)
    return queued


def rate_all(school: School, at: datetime) -> None:
    actor = school.actor("learner")
    with clock.travel(at):
        for due in review_queue(actor).questions:
            question = Question.objects.get(pk=due.candidate.question)
            rate_card(actor=actor, item_id=question.public_id, recall=Recall.EASY, reps=0)


def test_cards_are_told_of_at_the_hour_once_a_day(school: School) -> None:
    eight = MORNING + timedelta(hours=2)
    assert [sweep(eight - timedelta(minutes=1)), sweep(eight), sweep(eight)] == [0, 1, 0]
    row = Notification.objects.get(kind=REVIEW)
    assert (row.user, row.url, words_of(row).title) == (
        school.learner,
        "/me/review/",
        "2 cards are due",
    )
    deliver(eight + timedelta(minutes=3))
    assert [message.subject for message in mail.outbox] == ["2 cards are due"]
    assert sweep(eight + timedelta(hours=23)) == 0
    assert sweep(eight + timedelta(hours=24)) == 1
    assert Notification.objects.filter(kind=REVIEW).count() == 2
    with clock.travel(eight + timedelta(hours=25)):
        assert tell_review(user_id=school.learner.pk) == 0


def test_nobody_is_told_who_has_begun_or_has_nothing_due(school: School) -> None:
    rate_all(school, MORNING)
    assert sweep(MORNING + timedelta(hours=2)) == 1
    assert sweep(MORNING + timedelta(hours=26)) == 1
    assert not Notification.objects.filter(kind=REVIEW).exists()


def test_nobody_is_told_unasked_or_after_taking_it_back(school: School) -> None:
    actor = school.actor("learner")
    with clock.travel(MORNING):
        set_digests(actor=actor, hour=7, weekday=0, review_hour=None)
    assert sweep(MORNING + timedelta(days=2)) == 0
    assert NotificationTimes.objects.get().review_next is None
    school.learner.is_active = False
    school.learner.save()
    assert tell_review(user_id=school.learner.pk) == 0
    assert not Notification.objects.filter(kind=REVIEW).exists()


def test_a_mail_that_waits_is_not_sent_when_the_cards_were_reviewed(school: School) -> None:
    eight = MORNING + timedelta(hours=2)
    set_preference(
        actor=school.actor("learner"),
        kind=REVIEW,
        in_app=True,
        mail=True,
        frequency=Frequency.DAILY,
    )
    sweep(eight)
    rate_all(school, eight + timedelta(hours=3))
    deliver(eight + timedelta(days=2))
    assert mail.outbox == []
    assert not Notification.objects.get(kind=REVIEW).mail


def test_many_are_queued_in_the_same_queries(
    school: School, django_assert_num_queries: Any
) -> None:
    def more(count: int) -> None:
        NotificationTimes.objects.update(review_next=MORNING)
        for _ in range(count):
            NotificationTimes.objects.create(user=person(), review_hour=8, review_next=MORNING)

    more(0)
    with clock.travel(MORNING + timedelta(hours=2)):
        few = count_queries(queue_reviews)
        more(5)
        assert count_queries(queue_reviews) == few

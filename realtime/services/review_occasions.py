"""The occasion of the review queue: cards that are due, at the hour that somebody chose."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from analytics.queries.review import rated_since, rated_today, review_queue
from lms.kernel import actors, clock
from lms.kernel.db.locks import lock
from lms.kernel.jobs import enqueue
from realtime.enums import NotificationKind
from realtime.models import NotificationTimes
from realtime.queries.times import hours_of
from realtime.scoring.hours import next_at
from realtime.services.notify import notify

JOB: Final = "realtime.tell_reviews"
MOST_PEOPLE: Final = 1_000
PEOPLE_PER_JOB: Final = 50


@transaction.atomic
def queue_reviews() -> int:
    """Queue those whose hour has come, and note their next one; returns how many people."""
    now = clock.now()
    due = NotificationTimes.objects.filter(review_next__lte=now).order_by("pk")
    rows = list(lock(due, skip_locked=True)[:MOST_PEOPLE])
    hours = hours_of(row.user_id for row in rows)
    for row in rows:
        row.review_next = (
            None
            if row.review_hour is None
            else next_at(now, hours[row.user_id].zone, row.review_hour)
        )
    NotificationTimes.objects.bulk_update(rows, ["review_next"], batch_size=200)
    people = [row.user_id for row in rows]
    for start in range(0, len(people), PEOPLE_PER_JOB):
        enqueue(
            JOB,
            actor=actors.system("realtime.reviews"),
            params={"people": people[start : start + PEOPLE_PER_JOB]},
        )
    return len(people)


def tell_review(*, user_id: int) -> int:
    """Tell somebody how many cards are due; 0 when none is or they reviewed today already."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        return 0
    with timezone.override(clock.zone_named(person.time_zone)):
        asker = actors.for_user(person)
        today = timezone.localtime(clock.now()).date()
        count = 0 if rated_today(asker) else len(review_queue(asker).due)
    if not count:
        return 0
    return notify(
        actor=actors.system("realtime.reviews"),
        kind=NotificationKind.REVIEW_DUE,
        recipients=[user_id],
        course=None,
        key=f"review:{today}",
        args={"count": str(count)},
        url=reverse("review-queue"),
    )


def reviewed_since(person: User, moment: datetime) -> bool:
    """Whether somebody rated a card after a moment."""
    return rated_since(actors.for_user(person), moment) > 0

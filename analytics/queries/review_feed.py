"""The calendar behind a private address: on which day how many cards come back."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import ReviewFeed
from analytics.queries.review import due_by_day
from analytics.scoring.ical import DayEntry, calendar
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound

DAYS = 30


def feed_of(actor: Actor) -> ReviewFeed | None:
    """The asker's feed, None without one."""
    return ReviewFeed.objects.filter(learner=actor.user_id).first()


def feed_address(token: str) -> str:
    """The whole address of a feed."""
    return f"{settings.PUBLIC_URL}{reverse('review-calendar', args=[token])}"


def calendar_of(digest: str) -> str:
    """The calendar of a token's digest, in the zone and the language of its person.

    Raises NotFound, also where they are locked out.
    """
    rows = ReviewFeed.objects.filter(digest=digest, learner__is_active=True)
    row = rows.filter(learner__erased_at=None).select_related("learner").first()
    if row is None:
        raise NotFound
    person = row.learner
    with (
        timezone.override(clock.zone_named(person.time_zone)),
        translation.override(person.language),
    ):
        return _calendar(row)


def _calendar(row: ReviewFeed) -> str:
    now = clock.now()
    counted = due_by_day(actors.for_user(row.learner), DAYS)
    today = timezone.localtime(now).date()
    entries = [
        DayEntry(
            uid=f"{row.public_id}-{today + timedelta(days=day):%Y%m%d}@cairn",
            day=today + timedelta(days=day),
            title=ngettext("%(count)d card to review", "%(count)d cards to review", count)
            % {"count": count},
            url=f"{settings.PUBLIC_URL}/me/review/",
        )
        for day, count in sorted(counted.items())
    ]
    return calendar(entries, name=_("Reviews"), at=now)

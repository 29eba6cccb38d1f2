"""Private addresses of calendars: made, replaced and ended."""

import secrets
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from courses.models import Course
from courses.rules import OPEN_COURSE
from interop.enums import MOST_FEEDS, FeedScope
from interop.events import CalendarFeedEnded, CalendarFeedMade
from interop.models import CalendarFeed
from interop.rules import END_FEED
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, SignInRequired
from lms.kernel.events import publish
from lms.kernel.rules import require, require_write


@transaction.atomic
def make_feed(
    *, actor: Actor, course: Course | None = None, scope: FeedScope = FeedScope.DATES
) -> tuple[CalendarFeed, str]:
    """A new private address of the asker's calendar, and its token, which is told once.

    Of all courses, or of one that they may open, or of their reviews alone; an older address of
    the same ends. Raises SignInRequired, Denied, NotFound, Invalid, and Conflict `too_many_feeds`.
    """
    require_write(actor)
    if actor.user_id is None:
        raise SignInRequired
    if course is not None and scope == FeedScope.REVIEWS:
        raise Invalid(_("Reviews are told across all courses."), field="course")
    if course is not None:
        require(actor, OPEN_COURSE, course)
    person = lock(User.objects.filter(pk=actor.user_id or 0)).get()
    CalendarFeed.objects.filter(person=person, course=course, scope=scope).delete()
    if CalendarFeed.objects.filter(person=person).count() >= MOST_FEEDS:
        raise Conflict(_("End another calendar address first."), code="too_many_feeds")
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        person=person, course=course, scope=scope, digest=digest_of(token)
    )
    publish(CalendarFeedMade(feed_id=feed.pk, course_id=course.pk if course else None), actor=actor)
    return feed, token


@transaction.atomic
def end_feed(*, actor: Actor, feed: CalendarFeed) -> None:
    """End an address of the asker's calendar. Raises NotFound, Denied."""
    require(actor, END_FEED, feed)
    CalendarFeed.objects.filter(pk=feed.pk).delete()
    publish(CalendarFeedEnded(feed_id=feed.pk, course_id=feed.course_id), actor=actor)


def forget_feeds(*, user_id: int) -> None:
    """Whoever loses their other ways in loses these, too (A3)."""
    CalendarFeed.objects.filter(person=user_id).delete()


def digest_of(token: str) -> str:
    """Under what a token is kept."""
    return sha256(token.encode()).hexdigest()

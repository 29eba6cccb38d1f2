"""The calendar behind a private address: whose it is, and which lines stand in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from courses.enums import EnrolmentState
from courses.models import Enrolment, LearnerGroupMember
from courses.rules import OPEN_COURSE
from interop.enums import EntryKind, FeedScope
from interop.models import CalendarFeed
from interop.queries.calendar import Span, entries, my_courses
from interop.rules import VIEW_FEED
from interop.scoring.entry import Entry
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound, SignInRequired

BACK, AHEAD = timedelta(days=60), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class FeedLines:
    """What a feed says: its name, its lines, and when it was made."""

    name: str
    lines: list[Entry]
    at: datetime


def own_feeds(actor: Actor) -> QuerySet[CalendarFeed]:
    """The asker's feeds, that of all courses first, that of reviews last. Raises SignInRequired."""
    if not actor.signed_in:
        raise SignInRequired
    rows = VIEW_FEED.rows(actor).select_related("course")
    return rows.order_by("scope", "course__title", "pk")


def feed_address(token: str) -> str:
    """The whole address of a feed."""
    return f"{settings.PUBLIC_URL}{reverse('calendar-feed', args=[token])}"


def review_feed(actor: Actor) -> CalendarFeed | None:
    """The asker's address of their reviews alone, None without one."""
    return VIEW_FEED.rows(actor).filter(scope=FeedScope.REVIEWS).first()


def feed_of(digest: str) -> CalendarFeed:
    """The feed of a token's digest. Raises NotFound, also where its person is locked out."""
    rows = CalendarFeed.objects.filter(
        digest=digest, person__is_active=True, person__erased_at=None
    )
    found = rows.select_related("person", "course").first()
    if found is None:
        raise NotFound
    return found


def stamp_of(feed: CalendarFeed) -> str:
    """What must be the same for a kept copy to be told again: roles, groups, zone and language.

    Raises NotFound where the feed is of a course that its person can no longer open.
    """
    actor = _reader(feed)
    course = feed.course
    if course is not None and not OPEN_COURSE.rows(actor).filter(pk=course.pk).exists():
        raise NotFound
    opened = Enrolment.objects.filter(
        user=feed.person, state=EnrolmentState.ACTIVE, course__in=OPEN_COURSE.rows(actor)
    )
    roles = list(opened.order_by("course").values_list("course", "role"))
    groups = LearnerGroupMember.objects.filter(learner=feed.person).order_by("group")
    inside = list(groups.values_list("group", flat=True))
    return f"{feed.pk}:{feed.person.language}:{feed.person.time_zone}:{roles}:{inside}"


def lines_of(feed: CalendarFeed) -> FeedLines:
    """The lines of a feed, in the zone and the language of its person."""
    with _at_home(feed.person) as span:
        actor, course = _reader(feed), feed.course
        if feed.scope == FeedScope.REVIEWS:
            found = entries(actor, span, courses=(), kinds=[EntryKind.REVIEW])
            return FeedLines(_("Reviews"), found, clock.now())
        courses = my_courses(actor) if course is None else [course]
        found = entries(actor, span, courses=courses, own=course is None)
        name = _("Cairn") if course is None else course.title
        return FeedLines(name, found, clock.now())


@contextmanager
def _at_home(person: User) -> Iterator[Span]:
    """The days of a feed, in the zone and the language of its person."""
    now, zone = clock.now(), clock.zone_named(person.time_zone)
    with timezone.override(zone), translation.override(person.language):
        yield Span(
            (now - BACK).astimezone(zone).date(), (now + AHEAD).astimezone(zone).date(), zone
        )


def _reader(feed: CalendarFeed) -> Actor:
    return actors.for_token(feed.person, frozenset({actors.READ}))

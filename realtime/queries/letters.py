"""What waits to be mailed, to whom, and in which order a mail tells it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from courses.enums import EnrolmentState
from courses.models import Course, Enrolment
from lms.kernel import clock
from realtime.enums import NotificationKind, RestrictionKind
from realtime.models import Mailbox, Notification, RoomRestriction
from realtime.queries.notifications import words_of
from realtime.queries.times import window

# A digest of a week and the quiet hours after it lie within.
MAIL_WITHIN: Final = timedelta(days=9)
MOST_LINES: Final = 20
MOST_THINGS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """One thing, or several that read the same: its words, its link, how often."""

    title: str
    link: str
    times: int


@dataclass(slots=True)
class Group:
    """What is new of one kind in one course."""

    kind: NotificationKind
    count: int = 0
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Chapter:
    """What is new in one course, or outside of all ("")."""

    course: str
    groups: list[Group] = field(default_factory=list)


def waiting_mail(now: datetime) -> QuerySet[Notification]:
    """Everything that waits to be mailed, also what is not due."""
    return Notification.objects.filter(
        mail=True,
        mailed_at=None,
        read_at=None,
        created_at__gt=now - MAIL_WITHIN,
        user__is_active=True,
    )


def due_mail(now: datetime) -> Q:
    """What of it may leave. Without a time are rows that an earlier version wrote."""
    earlier = Q(mail_due=None, created_at__lte=now - window())
    return Q(mail_due__lte=now) | (earlier & Q(created_at__gt=now - timedelta(days=1)))


def people_with_mail(now: datetime, limit: int) -> list[int]:
    """Whose mail is due, those left out who are queued already or must wait."""
    busy = Mailbox.objects.filter(Q(queued_until__gt=now) | Q(not_before__gt=now))
    rows = waiting_mail(now).filter(due_mail(now)).exclude(user__in=busy.values("user"))
    return list(rows.order_by("user_id").values_list("user_id", flat=True).distinct()[:limit])


def courses_left(user_id: int, courses: Iterable[int | None]) -> set[int]:
    """Which of these courses somebody is in no more, and which are deleted."""
    ids = {key for key in courses if key is not None}
    mine = Enrolment.objects.filter(user=user_id, course__in=ids)
    left = mine.exclude(state=EnrolmentState.ACTIVE).values_list("course_id", flat=True)
    deleted = Course.objects.filter(pk__in=ids).exclude(deleted_at=None)
    return {*left, *deleted.values_list("pk", flat=True)}


def courses_banned(user_id: int, courses: Iterable[int | None]) -> set[int]:
    """From the rooms of which of these courses staff keep somebody out; they are members still."""
    ids = {key for key in courses if key is not None}
    lasting = Q(until=None) | Q(until__gt=clock.now())
    rows = RoomRestriction.objects.filter(lasting, kind=RestrictionKind.BAN, user=user_id)
    return set(rows.filter(course__in=ids).values_list("course_id", flat=True))


def link_to(row: Notification) -> str:
    """The whole address of what a notification leads to."""
    return f"{settings.PUBLIC_URL}{row.url or '/me/'}"


def chapters_of(rows: Iterable[Notification]) -> tuple[list[Chapter], int]:
    """Things by course and kind, the course first of which is most new; how many have no line."""
    by_place: dict[tuple[str, NotificationKind], list[Notification]] = {}
    size: Counter[str] = Counter()
    for row in rows:
        title = row.course.title if row.course is not None else ""
        by_place.setdefault((title, NotificationKind(row.kind)), []).append(row)
        size[title] += 1
    chapters = {title: Chapter(title) for title, _count in size.most_common()}
    left, hidden = MOST_LINES, 0
    for (title, kind), things in sorted(by_place.items(), key=lambda one: -size[one[0][0]]):
        lines = _lines(things)[:left]
        left -= len(lines)
        hidden += len(things) - sum(line.times for line in lines)
        chapters[title].groups.append(Group(kind, len(things), lines))
    return list(chapters.values()), hidden


def _lines(things: list[Notification]) -> list[Line]:
    """Newest first; what reads the same is one line that leads to the newest."""
    found: dict[str, Line] = {}
    for row in sorted(things, key=lambda one: -one.pk):
        title = " ".join(words_of(row).title.split())
        known = found.get(title)
        times = known.times + 1 if known else 1
        found[title] = Line(title, known.link if known else link_to(row), times)
    return list(found.values())


def heading_of(chapters: list[Chapter]) -> str:
    """The course that a mail is about, "" for several."""
    return chapters[0].course if len(chapters) == 1 else ""


def chapter_title(chapter: Chapter) -> str:
    """Above a chapter."""
    return chapter.course or _("Everything else")

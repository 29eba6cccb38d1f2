"""Everything dated that somebody may know of, as lines of a calendar."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.queries.review import due_by_day
from assessments.queries.calendar import DatedWork, dated_work, grading_periods
from courses.models import Course
from courses.rules import OPEN_COURSE, course_ids
from interop.enums import EntryKind
from interop.models import CalendarEvent
from interop.rules import VIEW_EVENT
from interop.scoring.entry import CourseName, Entry, order
from interop.scoring.recurrence import meetings
from lms.kernel import clock
from lms.kernel.actors import Actor

REVIEW_DAYS = 30
DAY = timedelta(days=1)
LAST_DAY = date.max - DAY


@dataclass(frozen=True, slots=True)
class Span:
    """The days asked for, the last one included, in the zone of whoever asks."""

    first: date
    last: date
    zone: tzinfo

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The moment after its last one."""
        return datetime.combine(self.last + DAY, time(), self.zone).astimezone(UTC)

    def touches(self, entry: Entry) -> bool:
        """Whether a line lies in it."""
        # Moments first: work may be due in the years 1 and 9999, which some zones cannot say.
        if entry.start >= self.end + DAY or entry.end < self.start - DAY:
            return False
        return entry.first_day(self.zone) <= self.last and entry.last_day(self.zone) >= self.first


def my_courses(actor: Actor) -> list[Course]:
    """The courses whose dates are in the asker's calendar: those they belong to, by title."""
    mine = Q(pk__in=course_ids(actor)) | Q(pk=actor.preview_course_id or 0)
    return list(OPEN_COURSE.rows(actor).filter(mine, deleted_at=None).order_by("title", "pk"))


def entries(
    actor: Actor,
    span: Span,
    *,
    courses: Collection[Course],
    kinds: Collection[str] | None = None,
    own: bool = True,
) -> list[Entry]:
    """The lines of these days in order; with `own` private events and cards to review as well.

    The same number of queries however much is planned.
    """
    names = {row.pk: name_of(row) for row in courses}
    found = [
        *_course_lines(courses),
        *_work_lines(actor, names),
        *_period_lines(actor, names),
        *_planned(actor, span, names, own=own),
        *(_review_lines(actor, span) if own else ()),
    ]
    wanted = [one for one in found if span.touches(one) and (not kinds or one.kind in kinds)]
    return sorted(wanted, key=order)


def name_of(course: Course) -> CourseName:
    """A course as lines name it."""
    return CourseName(id=course.public_id, slug=course.slug, title=course.title)


def uid_of(*parts: str) -> str:
    """The name under which calendar programs know a line for ever."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "cairn"
    return f"{'-'.join(parts)}@{host}"


def _course_lines(courses: Collection[Course]) -> Iterator[Entry]:
    for row in courses:
        for word, at, title in (
            ("start", row.starts_at, _("The course starts")),
            ("end", row.ends_at, _("The course ends")),
        ):
            if at is not None:
                yield Entry(
                    uid=uid_of("course", row.public_id, word),
                    kind=EntryKind.COURSE,
                    title=title,
                    start=at,
                    end=at,
                    changed_at=row.updated_at,
                    path=reverse("course", args=[row.slug]),
                    course=name_of(row),
                )


def _work_lines(actor: Actor, names: dict[int, CourseName]) -> Iterator[Entry]:
    for work in dated_work(actor, list(names)) if names else ():
        for kind, at, words in _moments(work):
            yield Entry(
                uid=uid_of(work.kind.replace("_", "-"), work.id, kind),
                kind=kind,
                title=words % {"title": work.title},
                start=at,
                end=at,
                changed_at=work.changed_at,
                path=work.path,
                course=names[work.course.pk],
            )


def _moments(work: DatedWork) -> Iterator[tuple[EntryKind, datetime, str]]:
    if work.kind == "peer_review":
        if work.due_at is not None:
            yield EntryKind.PEER_REVIEW, work.due_at, _("Reviews due: %(title)s")
        return
    if work.opens_at is not None:
        yield EntryKind.OPENS, work.opens_at, _("Opens: %(title)s")
    if work.due_at is not None:
        yield EntryKind.DUE, work.due_at, _("Due: %(title)s")
    if work.closes_at is not None and work.closes_at != work.due_at:
        yield EntryKind.CLOSES, work.closes_at, _("Closes: %(title)s")


def _period_lines(actor: Actor, names: dict[int, CourseName]) -> Iterator[Entry]:
    for row in grading_periods(actor, list(names)) if names else ():
        yield Entry(
            uid=uid_of("period", row.course.public_id, row.key),
            kind=EntryKind.PERIOD,
            title=_("Grading period: %(name)s") % {"name": row.name},
            start=datetime.combine(row.starts, time(), UTC),
            end=datetime.combine(min(row.ends, LAST_DAY) + DAY, time(), UTC),
            all_day=True,
            changed_at=row.changed_at,
            path=reverse("teach-gradebook", args=[row.course.slug]),
            course=names[row.course.pk],
        )


def _planned(
    actor: Actor, span: Span, names: dict[int, CourseName], *, own: bool
) -> Iterator[Entry]:
    whose = Q(course__in=list(names))
    if own and actor.user_id is not None:
        whose |= Q(owner=actor.user_id)
    # A day on each side, for days that begin earlier or later than UTC's.
    ends = Q(repeat_until=None, ends_at__gte=span.start - DAY) | Q(
        repeat_until__gte=span.first - DAY - timedelta(days=366)
    )
    rows = VIEW_EVENT.rows(actor).filter(whose, ends, starts_at__lt=span.end + DAY)
    for row in rows.order_by("starts_at", "pk"):
        yield from event_lines(row, names.get(row.course_id or 0), span)


def event_lines(row: CalendarEvent, course: CourseName | None, span: Span) -> Iterator[Entry]:
    """The times of a planned event in the days asked for, with a day more on each side."""
    zone = clock.zone_named("UTC" if row.all_day else row.time_zone)
    since, until = span.start - DAY, span.end + DAY
    for one in meetings(row.starts_at, row.ends_at, zone, row.repeat_until, since):
        if one.start >= until:
            return
        part = [f"{one.number}"] if one.number else []
        yield Entry(
            uid=uid_of("event", row.public_id, *part),
            kind=EntryKind.EVENT if row.course_id else EntryKind.OWN,
            title=row.title,
            start=one.start,
            end=one.end,
            all_day=row.all_day,
            changed_at=row.updated_at,
            path=reverse("calendar-event", args=[row.public_id]),
            course=course,
            place=row.place,
            url=row.url,
            text=row.text,
            sequence=row.version - 1,
            event=row.public_id,
            mine=row.owner_id is not None,
        )


def _review_lines(actor: Actor, span: Span) -> Iterator[Entry]:
    today = clock.now().astimezone(span.zone).date()
    if actor.user_id is None or span.last < today or span.first > today + REVIEW_DAYS * DAY:
        return
    changed = datetime.combine(today, time(), UTC)
    for number, count in sorted(due_by_day(actor, REVIEW_DAYS).items()):
        day = datetime.combine(today + number * DAY, time(), UTC)
        words = ngettext("%(count)d card to review", "%(count)d cards to review", count)
        yield Entry(
            uid=uid_of("review", f"{day:%Y%m%d}"),
            kind=EntryKind.REVIEW,
            title=words % {"count": count},
            start=day,
            end=day + DAY,
            all_day=True,
            changed_at=changed,
            path=reverse("review-queue"),
        )

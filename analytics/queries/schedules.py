"""Reports by mail: one's own, and the figures that stand in them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from analytics.models import ReportSchedule
from analytics.queries.overview import Overview, Week, course_overview
from analytics.queries.risk import is_on, latest_chances, level_of
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Digest:
    """What a mail says of a course: figures alone, nobody's name."""

    overview: Overview
    last: Week | None
    before: Week | None
    need_help: int
    high: int
    raised: int
    warning_on: bool

    @property
    def hours(self) -> float | None:
        """Hours spent in the last full week."""
        return round((self.last.seconds or 0) / HOUR, 1) if self.last else None


def own_schedule(actor: Actor, course: Course) -> ReportSchedule | None:
    """The asker's report by mail of a course. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    return ReportSchedule.objects.filter(course=course, user_id=actor.user_id or 0).first()


def own_schedules(actor: Actor) -> QuerySet[ReportSchedule]:
    """The asker's reports by mail that are on, of courses that they staff, by title."""
    courses = STAFF_COURSE.rows(actor)
    rows = ReportSchedule.objects.filter(user_id=actor.user_id or 0, on=True, course__in=courses)
    return rows.select_related("course").order_by("course__title", "pk")


def schedule_of(actor: Actor, public_id: str) -> ReportSchedule:
    """One of them. Raises NotFound."""
    row = own_schedules(actor).filter(public_id=public_id[:40]).first()
    if row is None:
        raise NotFound
    return row


def digest_of(actor: Actor, course: Course, need_help: int) -> Digest:
    """The figures of a course for its mail. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    overview = course_overview(actor, course)
    levels = [level_of(chance) for chance in latest_chances(course.pk).values()]
    full = overview.weeks[:-1]
    return Digest(
        overview=overview,
        last=full[-1] if full else None,
        before=full[-2] if len(full) > 1 else None,
        need_help=need_help,
        high=levels.count("high"),
        raised=levels.count("raised"),
        warning_on=is_on(course),
    )

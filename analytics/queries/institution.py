"""The institution for administrators and analysts: counted tables alone, counts of people alone."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from analytics.models import CourseGlance, InstitutionDay
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, SignInRequired

DAYS = 90
MONTH = 30
# What the courses can be ordered by, each with the column.
ORDERS = {
    "title": "course__title",
    "learners": "learners",
    "active": "active",
    "completed": "completed",
    "completion": "completion",
    "need_help": "need_help",
    "warned": "warned",
}


@dataclass(frozen=True, slots=True)
class Institution:
    """Days oldest first, and sums: of courses now, of days over the last thirty."""

    days: list[InstitutionDay]
    courses: int
    need_help: int
    warned: int
    enrolments: int
    completions: int

    @property
    def active_week(self) -> int | None:
        """People active in seven days up to the newest day counted, None before the first count."""
        return self.today.active_week if self.today else None

    @property
    def today(self) -> InstitutionDay | None:
        """The newest day counted."""
        return self.days[-1] if self.days else None


def sees_institution(actor: Actor) -> bool:
    """Whether its figures are the asker's to see: administrators and analysts."""
    return (actor.is_admin or actor.is_analyst) and actor.preview_course_id is None


def require_institution(actor: Actor) -> None:
    """Raises SignInRequired, or Denied for anybody but administrators and analysts."""
    if not actor.signed_in and not actor.is_system:
        raise SignInRequired
    if not sees_institution(actor):
        raise Denied


def require_administrator(actor: Actor) -> None:
    """The same for administrators alone."""
    require_institution(actor)
    if not actor.is_admin:
        raise Denied


def institution(actor: Actor) -> Institution:
    """All but the list of courses, in three queries. Raises what `require_institution` raises."""
    require_institution(actor)
    days = list(institution_days(actor).filter(day__gt=_today() - timedelta(days=DAYS)))
    sums = CourseGlance.objects.aggregate(need_help=Sum("need_help"), warned=Sum("warned"))
    month = [one for one in days if one.day > _today() - timedelta(days=MONTH)]
    return Institution(
        days=days,
        courses=CourseGlance.objects.count(),
        need_help=sums["need_help"] or 0,
        warned=sums["warned"] or 0,
        enrolments=sum(one.enrolments for one in month),
        completions=sum(one.completions for one in month),
    )


def institution_days(actor: Actor) -> QuerySet[InstitutionDay]:
    """All counted days, oldest first. Raises what `require_institution` raises."""
    require_institution(actor)
    return InstitutionDay.objects.order_by("day")


def glances_of(actor: Actor, order: str = "-learners") -> QuerySet[CourseGlance]:
    """Every published course in one row, ordered by a key of `ORDERS`, with - from the most.

    An order that is not known is that by learners. Raises what `require_institution` raises.
    """
    require_institution(actor)
    down, name = order.startswith("-"), order.removeprefix("-")
    column = ORDERS.get(name)
    if column is None:
        down, column = True, "learners"
    rows = CourseGlance.objects.select_related("course")
    return rows.order_by(f"{'-' if down else ''}{column}", "pk")


def _today() -> date:
    return clock.now().date()

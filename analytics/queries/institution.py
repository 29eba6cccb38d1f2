"""The institution for administrators and analysts: counted tables alone, counts of people alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Case, F, Q, QuerySet, Sum, When

from analytics.models import CourseGlance, InstitutionDay
from analytics.queries.overview import LEAST
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, SignInRequired

DAYS = 90
MONTH = 30
COUNTS: Final = ("learners", "active", "completed", "need_help", "warned")
# What the courses can be ordered by.
ORDERS: Final = ("title", "learners", "active", "completed", "completion", "need_help", "warned")


@dataclass(frozen=True, slots=True)
class Institution:
    """Days oldest first, and sums: of courses now, of days over the last thirty.

    What is withheld of a course is in no sum either, or a subtraction would tell it.
    """

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
    rows = CourseGlance.objects.annotate(**_seen(actor))
    sums = rows.aggregate(need_help=Sum("seen_need_help"), warned=Sum("seen_warned"))
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


def glances_of(actor: Actor, order: str = "-learners") -> QuerySet[Any]:
    """Every published course in one row, ordered by one of `ORDERS`, with - from the most.

    Each with `seen_` and the name of a figure: None where it tells an analyst of fewer than five
    people, or of all but so few, as observers are told; administrators see all. An order that is
    not known is that by learners. Raises what `require_institution` raises.
    """
    require_institution(actor)
    down, name = order.startswith("-"), order.removeprefix("-")
    if name not in ORDERS:
        down, name = True, "learners"
    rows = CourseGlance.objects.select_related("course").annotate(**_seen(actor))
    if actor.is_admin or name == "title":  # plain columns, which an index can serve
        column = "course__title" if name == "title" else name
        return rows.order_by(f"{'-' if down else ''}{column}", "pk")
    # By what is seen: a place in the list would tell what a dash does not.
    seen = F(f"seen_{name}")
    by = seen.desc(nulls_last=True) if down else seen.asc(nulls_last=True)
    return rows.order_by(by, "course__title", "pk")


def _seen(actor: Actor) -> dict[str, Any]:
    names = (*COUNTS, "completion")
    if actor.is_admin:
        return {f"seen_{name}": F(name) for name in names}
    few = {name: _tells(name) for name in COUNTS} | {"completion": Q(learners__lt=LEAST)}
    return {f"seen_{name}": Case(When(few[name], then=None), default=F(name)) for name in names}


def _tells(name: str) -> Q:
    """Whether a count is of one to four learners, or of all but so few."""
    few = Q(**{f"{name}__gt": 0, f"{name}__lt": LEAST})
    return few | Q(learners__gt=F(name), learners__lt=F(name) + LEAST)


def _today() -> date:
    return clock.now().date()

"""What AI cost: by purpose and course, and how much of each budget is used."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import number_format

from ai.enums import BudgetScope, Period, Purpose
from ai.models import Budget, Window
from ai.queries.budget import MILLION, Cap, starts_of
from ai.queries.consent import ai_site
from ai.rules import VIEW_CALL
from ai.scoring.money import digits_of, whole_units
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls of one purpose in one course; `money` in minor units, exact."""

    purpose: str
    course: str
    calls: int
    tokens: int
    money: Decimal
    cost: str
    saved_tokens: int
    saved_money: Decimal


@dataclass(frozen=True, slots=True)
class Filled:
    """One budget and how much of its present window is used, in percent of the nearer cap."""

    scope: str
    whom: str
    period: str
    tokens: int
    cost: str
    cap: Budget
    cap_cost: str
    share: int

    @property
    def used_words(self) -> str:
        """Tokens used, grouped in threes."""
        return number_format(self.tokens, force_grouping=True)

    @property
    def cap_words(self) -> str:
        """Tokens that may be used, in the same way; empty without a cap in tokens."""
        most = self.cap.tokens
        return "" if most is None else number_format(most, force_grouping=True)


@dataclass(frozen=True, slots=True)
class Spend:
    """Everything of the page: rows, their sums, budgets."""

    days: int
    currency: str
    rows: tuple[Spent, ...]
    budgets: tuple[Filled, ...]

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(row.calls for row in self.rows)

    @property
    def tokens(self) -> int:
        """All tokens."""
        return sum(row.tokens for row in self.rows)

    @property
    def cost(self) -> str:
        """All money in words."""
        return cost_words(sum((row.money for row in self.rows), Decimal(0)), self.currency)

    @property
    def saved_tokens(self) -> int:
        """Tokens that the cache saved."""
        return sum(row.saved_tokens for row in self.rows)


def spend(actor: Actor, *, course: Course | None = None, days: int = 30) -> Spend:
    """Of the last days: everything for admins, one course for its staff. Raises Denied.

    Without a course admins alone; who may see the course is the caller's to check.
    """
    if course is None and not actor.is_admin:
        raise Denied
    rows = VIEW_CALL.rows(actor).filter(created_at__gte=clock.now() - timedelta(days=days))
    if course is not None:
        rows = rows.filter(course=course)
    sums = (
        rows.order_by()
        .values("purpose", "course__title")
        .annotate(
            calls=Count("pk"),
            tokens=Coalesce(Sum("tokens_in"), 0) + Coalesce(Sum("tokens_out"), 0),
            cost_sum=Coalesce(Sum("cost"), 0),
            saved=Coalesce(Sum("saved_tokens"), 0),
            saved_sum=Coalesce(Sum("saved_cost"), 0),
        )
        .order_by("-cost_sum", "-tokens", "purpose")[:MOST_ROWS]
    )
    currency = ai_site().currency
    budgets = tuple(_filled(currency, course))
    return Spend(days, currency, tuple(_spent({**row}, currency) for row in sums), budgets)


def _spent(row: dict[str, Any], currency: str) -> Spent:
    return Spent(
        purpose=str(Purpose(row["purpose"]).label),
        course=row["course__title"] or "",
        calls=row["calls"],
        tokens=row["tokens"],
        money=minor(row["cost_sum"]),
        cost=cost_words(minor(row["cost_sum"]), currency),
        saved_tokens=row["saved"],
        saved_money=minor(row["saved_sum"]),
    )


def minor(cost: int) -> Decimal:
    """Millionths of a minor unit as minor units."""
    return Decimal(cost) / MILLION


def cost_words(minor_units: Decimal, currency: str) -> str:
    """An amount with its currency; below one whole unit with two digits more: calls are cheap."""
    whole, digits = whole_units(minor_units, currency), digits_of(currency)
    digits += 2 if 0 < whole < 1 else 0
    return f"{number_format(whole, decimal_pos=digits, force_grouping=True)} {currency}"


def _filled(currency: str, course: Course | None) -> list[Filled]:
    """Budgets of one thing; those of "each person" and "each course" have no single window.

    With a course its own, be they for it or for each course.
    """
    rows = Budget.objects.select_related("course", "person")
    if course is not None:
        here = Q(course=None) | Q(course=course)
        rows = rows.filter(here, scope=BudgetScope.COURSE)
    named = {row: key for row in rows if (key := _key(row, course))}
    now = clock.now()
    present = {starts_of(period, now) for period in Period}
    windows = {
        (row.key, row.period, row.starts): row
        for row in Window.objects.filter(key__in=set(named.values()), starts__in=present)
    }
    found = []
    for row, key in named.items():
        starts = starts_of(Period(row.period), now)
        window = windows.get((key, row.period, starts)) or Window()
        cap = Cap(row.tokens, row.money * MILLION if row.money is not None else None)
        share = cap.share(window.tokens, window.cost)
        whom = str(row.course or row.person or row.get_role_display() or "")
        scope, period = row.get_scope_display(), row.get_period_display()
        used = cost_words(minor(window.cost), currency)
        most = cost_words(Decimal(row.money or 0), currency)
        found.append(Filled(scope, whom, period, window.tokens, used, row, most, share))
    return sorted(found, key=lambda item: -item.share)


def _key(row: Budget, course: Course | None) -> str:
    course_id = row.course_id or (course.pk if course is not None else None)
    keys = {
        BudgetScope.SITE: "site",
        BudgetScope.ROLE: f"role:{row.role}",
        BudgetScope.COURSE: f"course:{course_id}" if course_id else "",
        BudgetScope.PERSON: f"person:{row.person_id}" if row.person_id else "",
    }
    return keys[BudgetScope(row.scope)]

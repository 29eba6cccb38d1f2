"""Which caps hold for a call, and which windows count it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from ai.enums import AiRole, BudgetScope, Period
from ai.models import AiCall, Budget, Price, Window
from courses.models import Course
from courses.queries.roles import role_in
from lms.kernel import clock
from lms.kernel.actors import Actor

MILLION = 1_000_000
# The order in which windows are locked, for every call the same.
ORDER = (BudgetScope.PERSON, BudgetScope.COURSE, BudgetScope.ROLE, BudgetScope.SITE)


@dataclass(frozen=True, slots=True)
class Cap:
    """Most tokens, and most money in millionths of a minor unit; None is no cap."""

    tokens: int | None = None
    cost: int | None = None

    def share(self, tokens: int, cost: int) -> int:
        """How much of the nearer cap is used, in percent, rounded down."""
        pairs = ((tokens, self.tokens), (cost, self.cost))
        shares = [100 * used // cap if cap else 100 for used, cap in pairs if cap is not None]
        return max(shares, default=0)


@dataclass(frozen=True, slots=True)
class Counted:
    """One scope of a call in one period, with its cap."""

    scope: BudgetScope
    key: str
    period: Period
    starts: date
    cap: Cap
    person_id: int | None = None
    course_id: int | None = None


def role_of(actor: Actor, course: Course | None) -> AiRole:
    """As what somebody asks: admin, their role in the course, else what they are on the site."""
    if actor.user_id is None:
        return AiRole.SYSTEM
    previewed = course is not None and actor.preview_course_id == course.pk
    if actor.is_admin and not previewed:
        return AiRole.ADMIN
    found = role_in(actor, course.pk) if course is not None else None
    if found is not None:
        return AiRole(found.value)
    return AiRole.INSTRUCTOR if actor.is_instructor else AiRole.LEARNER


def starts_of(period: Period, moment: datetime) -> date:
    """First day (UTC) of the day or month of a moment."""
    day = moment.date()
    return day.replace(day=1) if period == Period.MONTH else day


def counted(actor: Actor, course: Course | None, role: AiRole) -> list[Counted]:
    """Everything that a call of the actor's counts in, in the order of locking."""
    rows = list(_fitting(actor, course, role))
    now = clock.now()
    found = []
    for scope in ORDER:
        key, person_id, course_id = _whom(scope, actor, course, role)
        if not key:
            continue
        for period in (Period.DAY, Period.MONTH):
            cap = _cap(rows, scope, period)
            starts = starts_of(period, now)
            found.append(Counted(scope, key, period, starts, cap, person_id, course_id))
    return found


def _whom(
    scope: BudgetScope, actor: Actor, course: Course | None, role: AiRole
) -> tuple[str, int | None, int | None]:
    if scope == BudgetScope.PERSON:
        return (f"person:{actor.user_id}" if actor.user_id else "", actor.user_id, None)
    if scope == BudgetScope.COURSE:
        return (f"course:{course.pk}", None, course.pk) if course else ("", None, None)
    return (f"role:{role}" if scope == BudgetScope.ROLE else "site", None, None)


def _fitting(actor: Actor, course: Course | None, role: AiRole) -> list[Budget]:
    mine = Q(scope=BudgetScope.PERSON) & (
        Q(person_id=actor.user_id) | Q(person=None, role__in=["", role])
    )
    here = Q(scope=BudgetScope.COURSE) & (Q(course=None) | Q(course=course))
    shared = Q(scope=BudgetScope.ROLE, role=role) | Q(scope=BudgetScope.SITE)
    return list(Budget.objects.filter(mine | here | shared).order_by("pk"))


def _cap(rows: list[Budget], scope: BudgetScope, period: Period) -> Cap:
    """The most specific row of a scope and period; the last saved of equals."""
    fit = [row for row in rows if row.scope == scope and row.period == period]
    if not fit:
        daily = scope == BudgetScope.PERSON and period == Period.DAY
        return Cap(int(settings.AI["daily_tokens"])) if daily else Cap()
    best = max(fit, key=lambda row: (bool(row.person_id or row.course_id), bool(row.role), row.pk))
    return Cap(best.tokens, best.money * MILLION if best.money is not None else None)


def used_before(item: Counted) -> tuple[int, int]:
    """Tokens and cost in the ledger since the window's start: what a new window begins with."""
    since = datetime.combine(item.starts, time.min, tzinfo=UTC)
    rows = AiCall.objects.filter(created_at__gte=since)
    if item.scope == BudgetScope.PERSON:
        rows = rows.filter(person_id=item.person_id)
    elif item.scope == BudgetScope.COURSE:
        rows = rows.filter(course__in=[item.course_id] if item.course_id else [])
    elif item.scope == BudgetScope.ROLE:
        rows = rows.filter(role=item.key.removeprefix("role:"))
    sums = rows.aggregate(
        tokens=Coalesce(Sum("tokens_in"), 0) + Coalesce(Sum("tokens_out"), 0),
        cost=Coalesce(Sum("cost"), 0),
    )
    return int(sums["tokens"]), int(sums["cost"])


def windows_of(items: list[Counted]) -> dict[tuple[str, str, date], Window]:
    """The rows that exist, by key, period and start."""
    keys = {item.key for item in items}
    starts = {item.starts for item in items}
    rows = Window.objects.filter(key__in=keys, starts__in=starts)
    return {(row.key, row.period, row.starts): row for row in rows}


def price_of(provider: str, model: str) -> tuple[int, int]:
    """Minor units for a million tokens in and out today; zero when nobody entered a price."""
    return known_price(provider, model) or (0, 0)


def known_price(provider: str, model: str) -> tuple[int, int] | None:
    """The same, None when nobody entered a price."""
    rows = Price.objects.filter(model=model, valid_from__lte=clock.now().date())
    fit = rows.filter(Q(provider=None) | Q(provider__name=provider))
    best = max(fit, key=lambda row: (row.provider_id is not None, row.valid_from), default=None)
    return (best.per_million_in, best.per_million_out) if best else None


@dataclass(frozen=True, slots=True)
class Left:
    """What all budgets of a call leave: tokens, and money in millionths of a minor unit.

    None is no cap. `tokens_of` and `cost_of` are the budgets that leave least.
    """

    tokens: int | None = None
    cost: int | None = None
    tokens_of: Counted | None = None
    cost_of: Counted | None = None


def left_of(actor: Actor, course: Course | None) -> Left:
    """What somebody may still spend here, now; what running calls hold is not left."""
    items = [
        item
        for item in counted(actor, course, role_of(actor, course))
        if item.cap.tokens is not None or item.cap.cost is not None
    ]
    there = windows_of(items)
    tokens, costs = list[tuple[int, Counted]](), list[tuple[int, Counted]]()
    for item in items:
        row = there.get((item.key, item.period, item.starts))
        used = (row.tokens, row.cost) if row else used_before(item)
        if item.cap.tokens is not None:
            tokens.append((max(0, item.cap.tokens - used[0]), item))
        if item.cap.cost is not None:
            costs.append((max(0, item.cap.cost - used[1]), item))
    first, second = _least(tokens), _least(costs)
    return Left(first[0], second[0], first[1], second[1])


def _least(found: list[tuple[int, Counted]]) -> tuple[int | None, Counted | None]:
    return min(found, key=lambda one: one[0]) if found else (None, None)

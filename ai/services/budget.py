"""Budget is held before a call and settled after it, so that parallel calls never pass a cap (I7).

`reserve` adds what a call may cost at most to every window that counts it, each by one conditional
update: the database refuses the call that would pass the cap. `settle` replaces it by what the call
did cost and writes the ledger, once: whoever deletes the reservation is the one who settles.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ai.enums import AiRole, BudgetScope, CallOutcome, Purpose
from ai.events import BudgetReached
from ai.gateway.provider import Usage
from ai.models import AiCall, Reservation, Window
from ai.queries.budget import (
    Counted,
    counted,
    price_of,
    role_of,
    used_before,
    windows_of,
)
from ai.services.routes import Line, NoModel
from lms.kernel import clock
from lms.kernel.actors import Actor, system
from lms.kernel.events import publish

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=60)
# Calls that somebody waits for in a web process, and how many of them one person may have running:
# more would keep everybody else waiting, whatever budget is left.
WAITED_FOR = frozenset({Purpose.TUTOR})
MOST_AT_ONCE = 2
LEVELS = (100, 80)
_REFUSED = {
    "person day": gettext_lazy("Today's budget of model tokens is used up."),
    "person month": gettext_lazy("This month's budget of model tokens is used up."),
    "course day": gettext_lazy("The course's AI budget of today is used up."),
    "course month": gettext_lazy("The course's AI budget of this month is used up."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is about to be called: provider, model, prompt, and its most tokens in and out."""

    provider: str
    model: str
    prompt_version: str
    tokens_in: int
    tokens_out: int
    seconds: float


class _Refused(Exception):
    def __init__(self, item: Counted) -> None:
        super().__init__(item.key)
        self.item = item


def reserve(line: Line, asked: Asked) -> Reservation:
    """Hold what a call may cost.

    Raises NoModel `over_budget` when a cap would be passed, `busy` when the person waits for as
    many answers as they may.
    """
    role = role_of(line.actor, line.course)
    items = counted(line.actor, line.course, role)
    price = price_of(asked.provider, asked.model)
    tokens = asked.tokens_in + asked.tokens_out
    cost = asked.tokens_in * price[0] + asked.tokens_out * price[1]
    # In a transaction of its own: a refused call leaves its windows, to be told of.
    windows = _windows(items)
    try:
        with transaction.atomic():
            for item, window_id in zip(items, windows, strict=True):
                _hold(item, window_id, tokens, cost)
            _require_turn(line)
            return _held(line, asked, role, windows, price)
    except _Refused as refused:
        _tell_refused(refused.item, line.actor)
        raise NoModel("over_budget", _words(refused.item)) from None


def _require_turn(line: Line) -> None:
    """Raise NoModel `busy` for one call too many; the person's windows are locked by now."""
    if line.purpose not in WAITED_FOR or line.actor.user_id is None:
        return
    running = Reservation.objects.filter(
        person_id=line.actor.user_id, purpose__in=WAITED_FOR, expires_at__gt=clock.now()
    )
    if running.count() >= MOST_AT_ONCE:
        raise NoModel("busy", _("Wait for the answers that you have asked for already."))


def _held(
    line: Line, asked: Asked, role: AiRole, windows: list[int], price: tuple[int, int]
) -> Reservation:
    return Reservation.objects.create(
        actor_kind=line.actor.kind,
        person_id=line.actor.user_id,
        course=line.course,
        job_id=line.job_id,
        role=role,
        purpose=line.purpose,
        provider=asked.provider,
        model=asked.model[:120],
        prompt_version=asked.prompt_version,
        windows=windows,
        per_million_in=price[0],
        per_million_out=price[1],
        tokens=asked.tokens_in + asked.tokens_out,
        cost=asked.tokens_in * price[0] + asked.tokens_out * price[1],
        seen_in=asked.tokens_in,
        expires_at=clock.now() + timedelta(seconds=asked.seconds) + GRACE,
    )


def extend(held: Reservation, line: Line, tokens_in: int, tokens_out: int) -> None:
    """Hold more for the same call, such as a repair. Raises NoModel `over_budget`."""
    cost = tokens_in * held.per_million_in + tokens_out * held.per_million_out
    items = counted(line.actor, line.course, role_of(line.actor, line.course))
    there = windows_of(items)
    caps = {there[at].pk: item for item in items if (at := _at(item)) in there}
    try:
        with transaction.atomic():
            for window_id in held.windows:
                # A day that ended meanwhile has no cap to hold any more.
                item = caps.get(window_id)
                if item is not None:
                    _hold(item, window_id, tokens_in + tokens_out, cost)
                else:
                    _move(window_id, tokens_in + tokens_out, cost)
            held.tokens += tokens_in + tokens_out
            held.cost += cost
            held.seen_in += tokens_in
            held.save(update_fields=["tokens", "cost", "seen_in"])
    except _Refused as refused:
        raise NoModel("over_budget", _words(refused.item)) from None


def note(held: Reservation, usage: Usage) -> None:
    """Remember what a running call has cost so far, for the case that its process ends."""
    rows = Reservation.objects.filter(pk=held.pk)
    rows.update(seen_in=usage.tokens_in, seen_out=usage.tokens_out)


def settle(held: Reservation, usage: Usage, outcome: CallOutcome) -> AiCall | None:
    """Book what a call did cost and give back the rest; None when it was booked already."""
    cost = usage.tokens_in * held.per_million_in + usage.tokens_out * held.per_million_out
    with transaction.atomic():
        # Two deletes of one row: the second waits for the first and then finds nothing.
        if not Reservation.objects.filter(pk=held.pk).delete()[0]:
            log.warning("AI call %s was settled before it ended", held.pk)
            return None
        call = _booked(held, usage, cost, outcome)
        spent = usage.tokens_in + usage.tokens_out
        for window_id in held.windows:
            _move(window_id, spent - held.tokens, cost - held.cost)
    return call


def _booked(held: Reservation, usage: Usage, cost: int, outcome: CallOutcome) -> AiCall:
    return AiCall.objects.create(
        actor_kind=held.actor_kind,
        person_id=held.person_id,
        course_id=held.course_id,
        job_id=held.job_id,
        role=held.role,
        purpose=held.purpose,
        provider=held.provider,
        model=held.model,
        prompt_version=held.prompt_version,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        cost=cost,
        exact=usage.exact,
        milliseconds=usage.milliseconds,
        attempts=usage.attempts,
        outcome=outcome,
    )


def sweep() -> int:
    """Settle the calls whose process ended, at what was known of them; returns how many.

    A call that told nothing is charged its prompt: it was sent.
    """
    found = 0
    for held in Reservation.objects.filter(expires_at__lt=clock.now()).order_by("pk")[:500]:
        usage = Usage(held.seen_in, held.seen_out, exact=False)
        found += settle(held, usage, CallOutcome.LOST) is not None
    return found


def alert(line: Line) -> None:
    """Tell of every budget of a call that passed 80 or 100 percent, once a level and window."""
    items = counted(line.actor, line.course, role_of(line.actor, line.course))
    rows = windows_of(items)
    for item in items:
        row = rows.get(_at(item))
        if row is None:
            continue
        share = item.cap.share(row.tokens, row.cost)
        level = next((level for level in LEVELS if share >= level), 0)
        if level > row.told:
            _tell(item, level, line.actor)


def _windows(items: list[Counted]) -> list[int]:
    """Ids of the windows of a call, made where they are new, in the order of locking."""
    there = windows_of(items)
    missing = [item for item in items if _at(item) not in there]
    if missing:
        Window.objects.bulk_create([_fresh(item) for item in missing], ignore_conflicts=True)
        there = windows_of(items)
    return [there[_at(item)].pk for item in items]


def _fresh(item: Counted) -> Window:
    tokens, cost = used_before(item)
    return Window(
        key=item.key,
        period=item.period,
        starts=item.starts,
        person_id=item.person_id,
        course_id=item.course_id,
        tokens=tokens,
        cost=cost,
    )


def _hold(item: Counted, window_id: int, tokens: int, cost: int) -> None:
    """Add to a window unless that passes its cap: one statement, decided by the database."""
    rows = Window.objects.filter(pk=window_id)
    if item.cap.tokens is not None:
        rows = rows.filter(tokens__lte=item.cap.tokens - tokens)
    if item.cap.cost is not None:
        rows = rows.filter(cost__lte=item.cap.cost - cost)
    if not rows.update(tokens=F("tokens") + tokens, cost=F("cost") + cost):
        raise _Refused(item)


def _move(window_id: int, tokens: int, cost: int) -> None:
    Window.objects.filter(pk=window_id).update(tokens=F("tokens") + tokens, cost=F("cost") + cost)


def _at(item: Counted) -> tuple[str, str, date]:
    return (item.key, item.period, item.starts)


def _words(item: Counted) -> str:
    words = _REFUSED.get(f"{item.scope.value} {item.period.value}")
    return str(words or _("The AI budget of this site is used up."))


def _tell_refused(item: Counted, actor: Actor) -> None:
    """A cap that refuses counts as reached, however little of it was left."""
    _tell(item, LEVELS[0], actor)


def _tell(item: Counted, level: int, actor: Actor) -> None:
    with transaction.atomic():
        rows = Window.objects.filter(key=item.key, period=item.period, starts=item.starts)
        if not rows.filter(told__lt=level).update(told=level):
            return
        publish(
            BudgetReached(
                scope=item.scope.value,
                period=item.period.value,
                percent=level,
                starts=item.starts.isoformat(),
                person_id=item.person_id,
                course_id=item.course_id,
                role=item.key.removeprefix("role:") if item.scope == BudgetScope.ROLE else "",
            ),
            actor=actor if actor.signed_in else system("ai.budget"),
        )

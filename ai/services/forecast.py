"""What a big job would cost: calls, tokens and money as a range, beside what is left of budgets.

The upper ends are what would be held of a budget; the lower ends assume short answers without a
repair. Nothing is called and nothing written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ai.enums import BudgetScope, Period, Use
from ai.queries.budget import Counted, Left, known_price, left_of
from ai.queries.consent import ai_site
from ai.queries.spend import cost_words, minor
from ai.services.endpoints import words_of
from ai.services.routes import Line, NoModel, Route, connected, require_on
from lms.kernel.errors import Invalid

# What a short answer has of the longest one, and a plain text of our upper estimate of its tokens.
LEAST_OUT, LEAST_IN = 6, 2
_BUDGETS = {
    (BudgetScope.PERSON, Period.DAY): gettext_lazy("Your AI budget of today"),
    (BudgetScope.PERSON, Period.MONTH): gettext_lazy("Your AI budget of this month"),
    (BudgetScope.COURSE, Period.DAY): gettext_lazy("The course's AI budget of today"),
    (BudgetScope.COURSE, Period.MONTH): gettext_lazy("The course's AI budget of this month"),
    (BudgetScope.ROLE, Period.DAY): gettext_lazy("Your role's AI budget of today"),
    (BudgetScope.ROLE, Period.MONTH): gettext_lazy("Your role's AI budget of this month"),
    (BudgetScope.SITE, Period.DAY): gettext_lazy("The site's AI budget of today"),
    (BudgetScope.SITE, Period.MONTH): gettext_lazy("The site's AI budget of this month"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """One call: most tokens of its prompt and of its answer, each without the one repair.

    `again` is how often it may be asked at most; `sure` is false for a call that may not happen.
    `repair_held`: budget for the repair is held with the call, not when it comes to it.
    """

    tokens_in: int
    tokens_out: int
    again: int = 1
    sure: bool = True
    repair_held: bool = False

    @property
    def most(self) -> tuple[int, int]:
        """Tokens in and out with one repair, which reads prompt and answer again."""
        return 2 * self.tokens_in + self.tokens_out, 2 * self.tokens_out

    @property
    def held(self) -> tuple[int, int]:
        """Tokens in and out that are held before it."""
        return self.most if self.repair_held else (self.tokens_in, self.tokens_out)

    @property
    def least(self) -> tuple[int, int]:
        """Tokens in and out of a short answer at the first try."""
        return self.tokens_in // LEAST_IN, max(1, self.tokens_out // LEAST_OUT)


@dataclass(frozen=True, slots=True)
class Between:
    """The least and the most of something."""

    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Before a job: `model` is empty when rules alone would do it.

    `cost` is in millionths of a minor unit of `currency`; None where nobody entered a price.
    `left` is what remains of the budgets that would count it, `shown` what of it the asker may
    know: figures of the site and of roles are for admins (`sees_all`). `short` says of what there
    is too little, tokens or cost; empty: it fits.
    """

    model: str
    calls: Between
    tokens: Between
    cost: Between | None
    currency: str
    left: Left
    short: str = ""
    notes: tuple[str, ...] = field(default=())
    sees_all: bool = False

    @property
    def shown(self) -> Left:
        """What is left of budgets whose figures the asker may know."""
        left = self.left
        tokens, cost = self._known(left.tokens_of), self._known(left.cost_of)
        return Left(left.tokens if tokens else None, left.cost if cost else None, tokens, cost)

    def _known(self, item: Counted | None) -> Counted | None:
        own = item is not None and item.scope in {BudgetScope.PERSON, BudgetScope.COURSE}
        return item if own or self.sees_all else None

    @property
    def token_words(self) -> str:
        """The range of tokens for people, grouped in threes."""
        ends = [
            number_format(end, force_grouping=True) for end in (self.tokens.least, self.tokens.most)
        ]
        return _("%(least)s to %(most)s") % {"least": ends[0], "most": ends[1]}

    @property
    def cost_words(self) -> str:
        """The range of money for people; empty where no price is known."""
        if self.cost is None:
            return ""
        ends = [cost_words(minor(end), self.currency) for end in (self.cost.least, self.cost.most)]
        both = _("%(least)s to %(most)s") % {"least": ends[0], "most": ends[1]}
        return ends[0] if ends[0] == ends[1] else both

    @property
    def fits(self) -> bool:
        """Whether it can be done; else it would be refused."""
        return not self.short

    @property
    def left_money(self) -> str:
        """What is left in money, for people; empty without a cap in money that they may know."""
        cost = self.shown.cost
        return "" if cost is None else cost_words(minor(cost), self.currency)


def forecast(line: Line, use: Use, sizes: Callable[[Route], Sequence[Size]]) -> Forecast:
    """What calls of these sizes would cost at the first model of the line's profile.

    `sizes` is asked only when there is a model; what rules do costs nothing.
    """
    why, routes = _routes(line, use)
    left, currency = left_of(line.actor, line.course), ai_site().currency
    if not routes:
        nothing = Between()
        sees_all = line.actor.is_admin
        return Forecast("", nothing, nothing, nothing, currency, left, notes=why, sees_all=sees_all)
    route = routes[0]
    planned = sizes(route)
    price = known_price(route.provider, route.model)
    return Forecast(
        model=words_of(route.endpoint),
        calls=Between(sum(one.sure for one in planned), sum(one.again for one in planned)),
        tokens=_sum(planned, (1, 1)),
        cost=None if price is None else _sum(planned, price),
        currency=currency,
        left=left,
        short=_short(planned, price or (0, 0), left),
        notes=tuple(_notes(len(routes), priced=price is not None)),
        sees_all=line.actor.is_admin,
    )


def require_fit(found: Forecast) -> None:
    """Refuse in words what the budget cannot hold. Raises Invalid `over_budget` for `use`."""
    if not found.fits:
        raise Invalid(refusal_words(found), field="use", code="over_budget")


def refusal_words(found: Forecast) -> str:
    """Why it would be refused, for people; empty when it fits."""
    if found.fits:
        return ""
    known = [row for row in left_rows(found) if row.what == found.short]
    if not known:
        of = found.left.tokens_of if found.short == "tokens" else found.left.cost_of
        words = _("%(budget)s has too little left for this. Ask for less, or for rules only.")
        return words % {"budget": _budget(of) if of else ""}
    (left,) = known
    words = _("%(budget)s has %(left)s left; this needs more. Ask for less, or for rules only.")
    return words % {"budget": left.budget, "left": left.left}


@dataclass(frozen=True, slots=True)
class LeftRow:
    """What one budget leaves, in words; `what` is tokens or cost."""

    what: str
    budget: str
    left: str


def left_rows(found: Forecast) -> list[LeftRow]:
    """What the budgets leave, for people: tokens and money, each of the one that leaves least."""
    rows, left = [], found.shown
    if left.tokens is not None and left.tokens_of is not None:
        # Grouped in threes: these are large.
        words = ngettext("%(shown)s token", "%(shown)s tokens", left.tokens)
        shown = words % {"shown": number_format(left.tokens, force_grouping=True)}
        rows.append(LeftRow("tokens", _budget(left.tokens_of), shown))
    if left.cost_of is not None:
        rows.append(LeftRow("cost", _budget(left.cost_of), found.left_money))
    return rows


def _budget(item: Counted) -> str:
    return str(_BUDGETS[item.scope, item.period])


def _routes(line: Line, use: Use) -> tuple[tuple[str, ...], list[Route]]:
    """Models that would be asked, or why there are none."""
    if use == Use.RULES:
        return (_("Rules do it: nothing leaves this server, and it costs nothing."),), []
    try:
        require_on(line)
    except NoModel as off:
        return (off.reason,), []
    found = connected(line)
    return (() if found else (_("No AI model is connected."),)), found


def _sum(planned: Sequence[Size], price: tuple[int, int]) -> Between:
    least = most = 0
    for one in planned:
        low, high = one.least, one.most
        least += (low[0] * price[0] + low[1] * price[1]) if one.sure else 0
        most += one.again * (high[0] * price[0] + high[1] * price[1])
    return Between(least, most)


def _short(planned: Sequence[Size], price: tuple[int, int], left: Left) -> str:
    """Of what too little is left for the least of it, or for the most of its first call.

    What a call may cost at most is held before it: with less than that it could not begin.
    """
    held = planned[0].held
    tokens = max(_sum(planned, (1, 1)).least, sum(held))
    if left.tokens is not None and tokens > left.tokens:
        return "tokens"
    cost = max(_sum(planned, price).least, held[0] * price[0] + held[1] * price[1])
    return "cost" if left.cost is not None and cost > left.cost else ""


def _notes(models: int, *, priced: bool) -> list[str]:
    notes = []
    if not priced:
        notes.append(_("Nobody entered a price for this model, so its cost is not known."))
    if models > 1:
        notes.append(_("If the first model fails, others are asked; that comes on top."))
    return notes

"""What a question is, apart from any table.

`QuestionContent` holds what all types share and the fields of the first five; a type with more to
say has a frozen dataclass of its own in `detail`. What can be done with content is in the type's
own file; `registry` finds it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from assessments.enums import Difficulty, DigitsRule, QuestionKind, ToleranceKind, UnitRule
from assessments.scoring.units import Unit
from lms.kernel.errors import Invalid
from lms.kernel.text import require_text

MAX_STEM = 20_000
MAX_TEXT = 2_000
MAX_OPTIONS = 20
MAX_ACCEPTED = 50
MAX_ACCEPTED_LENGTH = 200
MAX_HINTS = 10
MAX_POINTS = Decimal(500)
POINT_DECIMALS = 4

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `text` and `feedback` are Markdown; an empty `id` is filled when it is stored."""

    text: str
    correct: bool = False
    feedback: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A short answer that earns `share` per cent of the points, 0..100. `feedback` is Markdown."""

    text: str
    share: Decimal = Decimal(100)
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """A question of any type.

    `stem` and `explanation` are Markdown. `options` serve the choice types, `penalty` multiple
    choice (the share of a right choice that a wrong one costs, 0..100 %), `partial_credit` all
    types with parts, `truth` serves true_false, `accepted` (each worth all points), `answers` (each
    with its share), `match_case`, `match_accents`, `wildcards` and `spelling` serve short_answer,
    `value`, `tolerance`, `tolerance_kind`, `unit` and what follows them serve numeric. A relative
    tolerance is a share: 0.05 means five per cent of the value. `unit_cost` and `digits_cost` are
    the per cent of the points that a wrong unit and a wrong number of digits take. `hints` are
    Markdown, from the first that is given to the last; they are kept with the key. `detail` is the
    frozen dataclass of the other types.
    """

    kind: QuestionKind
    stem: str
    options: tuple[Option, ...] = ()
    partial_credit: bool = False
    penalty: Decimal = Decimal(100)
    truth: bool | None = None
    accepted: tuple[str, ...] = ()
    match_case: bool = False
    match_accents: bool = True
    answers: tuple[Accepted, ...] = ()
    wildcards: bool = False
    spelling: bool = False
    value: str = ""
    tolerance: str = "0"
    tolerance_kind: ToleranceKind = ToleranceKind.ABSOLUTE
    unit: str = ""
    units: tuple[Unit, ...] = ()
    unit_rule: UnitRule = UnitRule.SHOWN
    unit_cost: Decimal = Decimal(100)
    digits_rule: DigitsRule = DigitsRule.ANY
    digits: int = 0
    digits_cost: Decimal = Decimal(100)
    explanation: str = ""
    hints: tuple[str, ...] = ()
    points: Decimal = Decimal(1)
    difficulty: Difficulty | None = None
    detail: object | None = None

    def option(self, option_id: str) -> Option | None:
        """The option of that id, if there is one."""
        return next((o for o in self.options if o.id == option_id), None)


def detail_of(content: QuestionContent, shape: type[D]) -> D:
    """The content's detail, which must be of the type's own shape; raises Invalid."""
    if not isinstance(content.detail, shape):
        raise Invalid(_("Say what is asked and what is right."), field="detail")
    return content.detail


def check_shared(content: QuestionContent) -> None:
    """Raise Invalid for what no type allows: no stem, odd points or hints, control characters."""
    if not content.stem.strip():
        raise Invalid(_("Write the question."), field="stem")
    check_text(content.stem, field="stem", limit=MAX_STEM)
    check_text(content.explanation, field="explanation", limit=MAX_STEM)
    check_hints(content.hints)
    check_points(content.points)


def check_points(points: Decimal, *, field: str = "points") -> None:
    """Raise Invalid unless 0 < points <= 500 with at most four decimals."""
    exponent = points.as_tuple().exponent
    if not points.is_finite() or not 0 < points <= MAX_POINTS:
        raise Invalid(_("Points lie above 0 and go up to 500."), field=field)
    if isinstance(exponent, int) and exponent < -POINT_DECIMALS:
        raise Invalid(_("Points have at most four decimals."), field=field)


def check_hints(hints: tuple[str, ...]) -> None:
    """Raise Invalid for too many hints, and for one that is empty or too long."""
    if len(hints) > MAX_HINTS:
        raise Invalid(_("A question has at most 10 hints."), field="hints")
    for hint in hints:
        check_text(hint, field="hints")
        if not hint.strip():
            raise Invalid(_("Write the hint, or remove it."), field="hints")


def check_text(text: str, *, field: str, limit: int = MAX_TEXT) -> None:
    """Raise Invalid for text that is too long or that a database cannot hold (C4)."""
    require_text(text, field=field, max_length=limit)

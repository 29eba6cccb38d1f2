"""Arithmetic expressions of our own making: read once, worked out with values, never run (C5).

    expression := term (("+" | "-") term)*
    term       := signed (("*" | "/") signed)*
    signed     := ("+" | "-") signed | power
    power      := atom ("^" signed)?          to the right: 2^3^2 is 2^9, -2^2 is -4
    atom       := number | name | function "(" expression ("," expression)* ")" | "(" expression ")"

Numbers are double precision; whoever states a result rounds it with `stated`. Length, depth and
magnitude are bounded, so that no expression takes long.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

MAX_LENGTH: Final = 500
MAX_DEPTH: Final = 30
LARGEST: Final = 1e30
SMALLEST: Final = 1e-30
FIGURES: Final = 12
MAX_NAME: Final = 20
LARGEST_FACTORIAL: Final = 25
CONSTANTS: Final[Mapping[str, float]] = {"pi": math.pi, "e": math.e}
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<mark>\*\*|[-+*/^(),]))",
    re.ASCII,
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def _round(value: float, digits: float = 0) -> float:
    """Rounded half away from zero, as the rest of the house does."""
    if digits != int(digits) or not 0 <= digits <= FIGURES:
        raise ValueError
    step = Decimal(1).scaleb(-int(digits))
    return float(Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP, context=Context(60)))


def _factorial(value: float) -> float:
    if value != int(value) or not 0 <= value <= LARGEST_FACTORIAL:
        raise ValueError
    return float(math.factorial(int(value)))


@dataclass(frozen=True, slots=True)
class _Function:
    work: Callable[..., float]
    fewest: int = 1
    most: int = 1


FUNCTIONS: Final[Mapping[str, _Function]] = {
    "sqrt": _Function(math.sqrt),
    "abs": _Function(abs),
    "exp": _Function(math.exp),
    "ln": _Function(math.log),
    "log": _Function(math.log10),
    "log2": _Function(math.log2),
    "sin": _Function(math.sin),
    "cos": _Function(math.cos),
    "tan": _Function(math.tan),
    "asin": _Function(math.asin),
    "acos": _Function(math.acos),
    "atan": _Function(math.atan),
    "atan2": _Function(math.atan2, 2, 2),
    "deg": _Function(math.degrees),
    "rad": _Function(math.radians),
    "floor": _Function(lambda value: float(math.floor(value))),
    "ceil": _Function(lambda value: float(math.ceil(value))),
    "round": _Function(_round, 1, 2),
    "min": _Function(min, 2, 10),
    "max": _Function(max, 2, 10),
    "fact": _Function(_factorial),
}
RESERVED: Final = frozenset({*CONSTANTS, *FUNCTIONS})


@dataclass(frozen=True, slots=True)
class Expression:
    """A read expression: a tree of operations, the names it needs, what was written."""

    source: str
    root: "_Node"
    names: frozenset[str]

    def work_out(self, values: Mapping[str, Decimal]) -> float:
        """Its value; raises Invalid where it has none or leaves the bounds."""
        given = {name: float(value) for name, value in values.items()}
        try:
            return self.root.work_out(given)
        except (ValueError, ZeroDivisionError, OverflowError, TypeError) as problem:
            words = _("“%(source)s” has no value for some of the numbers drawn.")
            raise Invalid(words % {"source": self.source}, field="expression") from problem


def stated(value: float) -> Decimal:
    """A result as a decimal of twelve significant figures, halves away from zero."""
    if not value:
        return Decimal(0)
    return Context(prec=FIGURES, rounding=ROUND_HALF_UP).create_decimal(repr(value)).normalize()


def is_name(text: str) -> bool:
    """Whether a variable may be called so."""
    return bool(_NAME.fullmatch(text)) and len(text) <= MAX_NAME and text not in RESERVED


def read_expression(source: str, *, field: str = "expression") -> Expression:
    """The expression; raises Invalid naming the first place that cannot be read."""
    if not source.strip():
        raise Invalid(_("Write an expression, for example a * b / 2."), field=field)
    if len(source) > MAX_LENGTH:
        words = _("An expression has at most %(most)s characters.")
        raise Invalid(words % {"most": MAX_LENGTH}, field=field)
    reader = _Reader(source, field)
    root = reader.whole()
    return Expression(source.strip(), root, frozenset(reader.names))


# ---------------------------------------------------------------- the tree


@dataclass(frozen=True, slots=True)
class _Node:
    """An operation on nodes; `value` of a number, `name` of a variable."""

    kind: str
    parts: tuple["_Node", ...] = ()
    value: float = 0.0
    name: str = ""

    def work_out(self, given: Mapping[str, float]) -> float:
        if self.kind == "number":
            return self.value
        if self.kind == "name":
            return given[self.name]
        worked = [part.work_out(given) for part in self.parts]
        work = FUNCTIONS[self.name].work if self.kind == "call" else _OPERATIONS[self.kind]
        return _bounded(work(*worked))


def _bounded(result: float) -> float:
    if not math.isfinite(result) or abs(result) > LARGEST:
        raise OverflowError
    return 0.0 if abs(result) < SMALLEST else result


def _power(base: float, exponent: float) -> float:
    if not base and exponent < 0:
        raise ZeroDivisionError
    if base < 0 and exponent != int(exponent):
        raise ValueError
    return math.pow(base, exponent)


_OPERATIONS: Final[Mapping[str, Callable[..., float]]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
    "^": _power,
    "minus": lambda one: -one,
}


# ---------------------------------------------------------------- the reader


class _Reader:
    def __init__(self, source: str, field: str) -> None:
        self.source, self.field = source, field
        self.names: set[str] = set()
        self.depth = 0
        self.tokens = self._tokens()
        self.place = 0

    def whole(self) -> _Node:
        root = self._sum()
        if self.place < len(self.tokens):
            raise self._odd()
        return root

    def _tokens(self) -> list[tuple[str, str, int]]:
        tokens: list[tuple[str, str, int]] = []
        text = self.source.rstrip()
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                place += len(text[place:]) - len(text[place:].lstrip())
                raise self._refusal(place + 1, text[place])
            kind = str(found.lastgroup)
            tokens.append((kind, found[kind].replace("**", "^"), found.start(kind)))
            place = found.end()
        return tokens

    def _peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def _take(self, *marks: str) -> str:
        """The next mark if it is one of these, else nothing."""
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "mark":
            mark = self.tokens[self.place][1]
            if mark in marks:
                self.place += 1
                return mark
        return ""

    def _sum(self) -> _Node:
        self._deeper()
        node = self._product()
        while mark := self._take("+", "-"):
            node = _Node(mark, (node, self._product()))
        self.depth -= 1
        return node

    def _product(self) -> _Node:
        node = self._signed()
        while mark := self._take("*", "/"):
            node = _Node(mark, (node, self._signed()))
        return node

    def _signed(self) -> _Node:
        mark = self._take("+", "-")
        if not mark:
            return self._raised()
        self._deeper()
        node = self._signed()
        self.depth -= 1
        return _Node("minus", (node,)) if mark == "-" else node

    def _raised(self) -> _Node:
        base = self._atom()
        if not self._take("^"):
            return base
        self._deeper()
        exponent = self._signed()
        self.depth -= 1
        return _Node("^", (base, exponent))

    def _atom(self) -> _Node:
        if self._take("("):
            node = self._sum()
            self._close()
            return node
        if self.place >= len(self.tokens) or self.tokens[self.place][0] == "mark":
            raise self._odd()
        kind, text, _start = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return _Node("number", value=self._number(text))
        return self._named(text)

    def _named(self, name: str) -> _Node:
        if name in FUNCTIONS:
            return self._call(name)
        if name in CONSTANTS:
            return _Node("number", value=CONSTANTS[name])
        self.names.add(name)
        return _Node("name", name=name)

    def _call(self, name: str) -> _Node:
        if not self._take("("):
            raise Invalid(
                _("Write %(name)s with its value in parentheses, for example %(name)s(2).")
                % {"name": name},
                field=self.field,
            )
        parts = [self._sum()]
        while self._take(","):
            parts.append(self._sum())
        self._close()
        function = FUNCTIONS[name]
        if not function.fewest <= len(parts) <= function.most:
            words = _("%(name)s has another number of values in its parentheses.")
            raise Invalid(words % {"name": name}, field=self.field)
        return _Node("call", tuple(parts), name=name)

    def _close(self) -> None:
        if not self._take(")"):
            raise self._odd()

    def _number(self, text: str) -> float:
        value = float(text)
        if value > LARGEST:
            raise Invalid(_("A number in it is too large."), field=self.field)
        return value

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Invalid(_("The expression is nested too deeply."), field=self.field)

    def _odd(self) -> Invalid:
        if self.place < len(self.tokens):
            _kind, text, start = self.tokens[self.place]
            return self._refusal(start + 1, text)
        return Invalid(_("The expression ends too early."), field=self.field)

    def _refusal(self, place: int, text: str) -> Invalid:
        words = _("“%(text)s” at place %(place)s does not fit there.")
        return Invalid(words % {"text": text, "place": place}, field=self.field)

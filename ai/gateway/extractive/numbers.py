"""Numbers in running text: reading them, and writing wrong ones in the same form."""

import random
import re
from decimal import Decimal

from ai.gateway.extractive.lexicon import ONES, TENS

WORDS: dict[str, int] = {word: value for value, word in enumerate(ONES)}
WORDS |= {word: 20 + 10 * at for at, word in enumerate(TENS)}
WORDS |= {"hundred": 100, "thousand": 1000, "dozen": 12}
_BY_VALUE = {value: word for word, value in WORDS.items() if word != "dozen"}
_DIGITS = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^\d+(?:\.\d+)?$")
YEAR = re.compile(r"^(?:1[0-9]|20)\d\d$")


def value_of(text: str) -> Decimal | None:
    """The value of "17,000", "2.5", "twelve" or "twenty-one"; None for anything else."""
    lowered = text.strip().lower()
    if _DIGITS.match(lowered):
        return Decimal(lowered.replace(",", ""))
    tens, _, ones = lowered.partition("-")
    if lowered in WORDS:
        return Decimal(WORDS[lowered])
    if tens in TENS and ones in ONES[1:10]:
        return Decimal(WORDS[tens] + WORDS[ones])
    return None


def written_like(model: str, value: Decimal) -> str:
    """A value in the form of `model`: digits, digits with thousands commas, or a word."""
    if not model[0].isdigit():
        whole = int(value)
        if whole in _BY_VALUE:
            return _BY_VALUE[whole]
        if 20 < whole < 100:
            return f"{TENS[whole // 10 - 2]}-{ONES[whole % 10]}"
        return str(whole)
    decimals = len(model.partition(".")[2])
    return f"{value:,.{decimals}f}" if "," in model else f"{value:.{decimals}f}"


def wrong_numbers(model: str, *, count: int, rng: random.Random) -> list[str]:
    """Distinct wrong values 10 to 50 % away from the right one, as round as it, in its form.

    Years move by 2 to 60 instead. Fewer than `count` come back only when there is no room.
    """
    right = value_of(model)
    if right is None:
        return []
    year = bool(YEAR.match(model))
    step = Decimal(1) if year else _roundness(right)
    found: list[Decimal] = []
    for _ in range(60):
        moved = right + rng.choice((-1, 1)) * _distance(right, step, rng, year=year)
        near = any(abs(moved - other) < step for other in [right, *found])
        if moved > 0 and not near:
            found.append(moved)
        if len(found) == count:
            break
    return [written_like(model, value) for value in found]


def _distance(right: Decimal, step: Decimal, rng: random.Random, *, year: bool) -> Decimal:
    if year:
        return Decimal(rng.choice((2, 3, 5, 7, 10, 12, 15, 20, 25, 30, 40, 60)))
    raw = right * Decimal(rng.randint(10, 50)) / 100
    steps = max(Decimal(1), (raw / step).to_integral_value())
    # Small counts have no room within 50 %: 2 needs 1, 3 and 4.
    return (steps if right / step > 6 else Decimal(rng.randint(1, 3))) * step


def _roundness(value: Decimal) -> Decimal:
    """The place of the last digit that is not zero, at most a tenth of the value."""
    exponent = value.normalize().as_tuple().exponent
    step = Decimal(10) ** int(exponent)
    while step * 8 > value and step > 1:
        step /= 10
    return step

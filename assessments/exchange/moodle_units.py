"""Units in Moodle XML: https://docs.moodle.org/en/Numerical_question_type.

Moodle's multiplier says how many of a unit make one of the first; our factor is the other way
round. `unitgradingtype` is 0 where the unit does not count, `unitpenalty` what a wrong one costs,
`showunits` 3 where nobody writes a unit.
"""

from decimal import Context, Decimal
from typing import Any, Final
from xml.sax.saxutils import escape

from assessments.enums import UnitRule
from assessments.exchange.xml_tree import Node
from assessments.scoring.content import QuestionContent
from assessments.scoring.numbers import number_or_none, rounded
from assessments.scoring.numeric import FACTOR_DIGITS
from assessments.scoring.units import Unit

HUNDRED: Final = Decimal(100)
_EXACT: Final = Context(prec=34)
_KEPT: Final = Context(prec=FACTOR_DIGITS)
_SHOWS: Final = {UnitRule.SHOWN: "3", UnitRule.OPTIONAL: "0", UnitRule.REQUIRED: "0"}


def units_of(node: Node) -> dict[str, Any]:
    """The fields of a numerical question that speak of units."""
    listed = [unit for units in node.all("units") for unit in units.all("unit")]
    if not listed:
        return {}
    if node.said("unitgradingtype") in {"1", "2"}:
        rule = UnitRule.REQUIRED
    elif len(listed) > 1 and node.said("showunits") != _SHOWS[UnitRule.SHOWN]:
        rule = UnitRule.OPTIONAL
    else:
        rule = UnitRule.SHOWN
    penalty = number_or_none(node.said("unitpenalty"))
    cost = HUNDRED if penalty is None else min(max(penalty, Decimal(0)), Decimal(1)) * HUNDRED
    first = _multiplier(listed[0])
    others = [
        Unit(unit.said("unit_name"), _factor(_multiplier(unit) / first)) for unit in listed[1:]
    ]
    return {
        "unit": listed[0].said("unit_name"),
        "units": tuple(others) if rule != UnitRule.SHOWN else (),
        "unit_rule": rule,
        "unit_cost": rounded(cost) if rule == UnitRule.REQUIRED else HUNDRED,
    }


def written_units(content: QuestionContent) -> list[str]:
    """The elements that say which units count, and how."""
    if not content.unit:
        return []
    listed = [Unit(content.unit), *content.units]
    elements = "".join(
        f"<unit><multiplier>{_plain(_EXACT.divide(Decimal(1), one.amount))}</multiplier>"
        f"<unit_name>{escape(one.name)}</unit_name></unit>"
        for one in listed
    )
    graded = content.unit_rule == UnitRule.REQUIRED
    return [
        f"<units>{elements}</units>",
        f"<unitgradingtype>{int(graded)}</unitgradingtype>",
        f"<unitpenalty>{_plain(content.unit_cost / HUNDRED)}</unitpenalty>",
        f"<showunits>{_SHOWS[content.unit_rule]}</showunits>",
    ]


def _multiplier(unit: Node) -> Decimal:
    """How many of the unit make one of the first; 1 for what is no number."""
    number = number_or_none(unit.said("multiplier"))
    return number if number is not None and number > 0 else Decimal(1)


def _factor(multiplier: Decimal) -> str:
    return _plain(_KEPT.divide(Decimal(1), multiplier))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"

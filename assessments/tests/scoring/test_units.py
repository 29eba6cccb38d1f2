from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.figures import (
    decimals_of,
    figures_of,
    rounded_to_decimals,
    rounded_to_figures,
)
from assessments.scoring.units import Unit, find_unit, split_number


@pytest.mark.parametrize(
    ("typed", "number", "unit"),
    [
        ("9.81 m/s^2", "9.81", "m/s^2"),
        ("-5km", "-5", "km"),
        ("1 234,5 m", "1 234,5", "m"),
        ("$ 12", "12", "$"),
        ("2 eV", "2", "eV"),
        ("2e3 m", "2e3", "m"),
        ("2e\u22123", "2e\u22123", ""),
        ("12", "12", ""),
        ("m", "", "m"),
        ("5 °C", "5", "°C"),
        ("about 5 m", "", "about 5 m"),
        (".5 l", ".5", "l"),
        ("50 %", "50", "%"),
        ("", "", ""),
    ],
)
def test_a_unit_stands_on_either_side_of_the_number(*, typed: str, number: str, unit: str) -> None:
    assert split_number(typed) == (number, unit)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("m/s²", "m/s^2"),
        ("m / s^2", "m/s^2"),
        ("N·m", "N m"),
        ("µm", "\u03bcm"),
        ("mw", None),
        ("MW", None),
        ("mW", "mW"),
    ],
)
def test_units_are_found_as_people_write_them(*, typed: str, found: str | None) -> None:
    units = [Unit("m/s^2"), Unit("N m"), Unit("\u03bcm"), Unit("mW", "0.001")]
    unit = find_unit(typed, units)
    assert (unit.name if unit else None) == found


@pytest.mark.parametrize(
    ("typed", "decimals", "figures"),
    [
        ("12.50", 2, (4, 4)),
        ("1200", 0, (2, 4)),
        ("1200.", 0, (4, 4)),
        ("1.200e3", 0, (4, 4)),
        ("1.5e-3", 4, (2, 2)),
        ("0,0050", 4, (2, 2)),
        ("-0.00", 2, (0, 3)),
        ("10", 0, (1, 2)),
        ("1 234.5", 1, (5, 5)),
    ],
)
def test_figures_and_decimals_are_those_that_were_typed(
    *, typed: str, decimals: int, figures: tuple[int, int]
) -> None:
    assert decimals_of(typed) == decimals
    assert figures_of(typed) == figures


@pytest.mark.parametrize(
    ("value", "figures", "rounded"),
    [("3.14159", 3, "3.14"), ("0.0025", 1, "0.003"), ("-2.5", 1, "-3"), ("9.996", 3, "10.0")],
)
def test_halves_are_rounded_away_from_zero(*, value: str, figures: int, rounded: str) -> None:
    assert rounded_to_figures(Decimal(value), figures) == Decimal(rounded)
    assert rounded_to_decimals(Decimal("2.345"), 2) == Decimal("2.35")


@given(
    value=st.decimals(min_value=Decimal("0.001"), max_value=10**6, places=3),
    figures=st.integers(min_value=1, max_value=10),
)
def test_rounding_to_figures_is_off_by_half_a_unit_at_most(value: Decimal, figures: int) -> None:
    unit = Decimal(1).scaleb(value.adjusted() - figures + 1)
    assert abs(rounded_to_figures(value, figures) - value) <= unit / 2

import numpy as np
import pytest

from analytics.scoring.risk.fairness import (
    LEAST,
    Share,
    difference,
    fairness,
    shown_groups,
)


def test_wilson_interval_is_that_of_the_literature() -> None:
    # Newcombe 1998 (Statistics in Medicine 17:857-872), table I, method 3.
    for count, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = Share(count, of).interval
        assert found == pytest.approx((low, high), abs=5e-5)


def test_interval_of_a_difference_is_that_of_the_literature() -> None:
    # Newcombe 1998 (Statistics in Medicine 17:873-890), table II, method 10.
    for one, other, low, high in (
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
    ):
        found = difference(one, other)
        assert found is not None
        assert found["interval"] == pytest.approx([low, high], abs=5e-5)
    assert difference(Share(0, 0), Share(1, 2)) is None


def test_rates_are_counted_by_hand() -> None:
    # 40 of a: 10 failed, 8 of them listed, 3 others listed. 40 of b: 20 failed, all told .5.
    failed = np.array([1] * 10 + [0] * 30 + [1] * 20 + [0] * 20, dtype=float)
    told = np.array([0.7] * 8 + [0.1] * 2 + [0.7] * 3 + [0.1] * 27 + [0.5] * 40)
    found = fairness(failed, told, {"kind": ["a"] * 40 + ["b"] * 40}, thresholds=(0.6,))
    first, second = found["attributes"]["kind"]["groups"]
    at = first["at"]["0.6"]
    assert (first["group"], first["n"], first["observed"]["value"]) == ("a", 40, 0.25)
    assert (at["tpr"]["value"], at["fpr"]["value"]) == (0.8, 0.1)
    assert (at["precision"]["value"], at["precision"]["of"]) == (pytest.approx(8 / 11), 11)
    assert at["listed"]["value"] == pytest.approx(11 / 40)
    predicted = (11 * 0.7 + 29 * 0.1) / 40
    assert first["calibration_gap"]["value"] == pytest.approx(predicted - 0.25)
    assert second["auc"] == 0.5
    assert second["at"]["0.6"]["precision"] == {"value": None, "of": 0, "interval": None}
    gap = found["attributes"]["kind"]["gaps"]["0.6"]
    assert (gap["tpr"]["most"], gap["tpr"]["least"], gap["tpr"]["value"]) == ("a", "b", 0.8)
    assert gap["precision"] is None


@pytest.mark.parametrize(
    ("sizes", "shown", "hidden"),
    [
        ({"a": 50, "b": 40}, ["a", "b"], []),
        # One small group alone could be had by subtraction from all.
        ({"a": 90, "b": 50, "c": 5}, ["a"], ["b", "c"]),
        ({"a": 90, "b": 50, "c": 5, "d": 6}, ["a"], ["b", "c", "d"]),
        ({"a": 90, "b": 50, "c": 25, "d": 6}, ["a", "b"], ["c", "d"]),
        ({"a": 29}, [], ["a"]),
        ({}, [], []),
    ],
)
def test_small_groups_cannot_be_had_by_subtraction(
    sizes: dict[str, int], shown: list[str], hidden: list[str]
) -> None:  # V6
    assert LEAST == 30
    values = [name for name, size in sizes.items() for _ in range(size)]
    assert shown_groups(values) == (shown, hidden)


def test_unknown_values_are_a_group_of_their_own() -> None:
    assert shown_groups([""] * 30 + ["a"] * 30) == (["a", "unknown"], [])


def test_nothing_that_learns_reads_who_belongs_to_which_group() -> None:
    import subprocess
    import sys

    code = (
        "import sys, analytics.scoring.risk.learning, analytics.scoring.risk.figures,"
        " analytics.scoring.risk.records;"
        "print([m for m in sys.modules if m.endswith(('oulad_groups', '.fairness', '.audit'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

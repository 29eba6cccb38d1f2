"""Bins of scores."""

import pytest

from analytics.scoring.distribution import Distribution, bin_of


@pytest.mark.parametrize(
    ("share", "number"),
    [(0.0, 0), (0.0999, 0), (0.1, 1), (0.3, 3), (0.6, 6), (0.7, 7), (0.95, 9), (1.0, 9)],
)
def test_bin_holds_its_lower_edge(share: float, number: int) -> None:
    assert bin_of(share) == number


def test_distribution_counts_and_means() -> None:
    counted = Distribution()
    assert counted.mean is None
    for share in (0.25, 0.75, 1.0):
        counted.add(share)
    assert counted.n == 3
    assert counted.mean == pytest.approx(2 / 3)
    assert counted.bins == [0, 0, 1, 0, 0, 0, 0, 1, 0, 1]

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.score import mean_score

SCORES = st.decimals(min_value=0, max_value=500, places=4)


def test_a_mean_is_of_shares_and_rounded_once() -> None:
    one, two, three = Decimal(1), Decimal(2), Decimal(3)
    assert mean_score([(one, three)], three) == 1
    assert mean_score([(one, one), (one, three), (one, three)], three) == Decimal("1.6667")
    assert mean_score([(one, two), (two, two)], two) == Decimal("1.5")


@given(st.lists(SCORES, min_size=1, max_size=6))
def test_a_mean_of_equal_sums_is_their_mean(scores: list[Decimal]) -> None:
    most = Decimal(500)
    mean = mean_score([(score, most) for score in scores], most)
    assert min(scores) <= mean <= max(scores)
    assert abs(mean - sum(scores, Decimal(0)) / len(scores)) <= Decimal("0.00005")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.spelling import distance, is_close, slips_allowed

FAR = 99


def reference(one: str, other: str) -> int:
    """The textbook distance, every cell of it."""
    most = len(one) + len(other)
    table = {(-1, -1): most}
    for row in range(len(one) + 1):
        table[row, -1], table[row, 0] = most, row
    for column in range(len(other) + 1):
        table[-1, column], table[0, column] = most, column
    last_row: dict[str, int] = {}
    for row in range(1, len(one) + 1):
        last_column = 0
        for column in range(1, len(other) + 1):
            near, same_at = last_row.get(other[column - 1], 0), last_column
            cost = 1
            if one[row - 1] == other[column - 1]:
                cost, last_column = 0, column
            table[row, column] = min(
                table[row - 1, column - 1] + cost,
                table[row, column - 1] + 1,
                table[row - 1, column] + 1,
                table[near - 1, same_at - 1] + (row - near - 1) + 1 + (column - same_at - 1),
            )
        last_row[one[row - 1]] = row
    return table[len(one), len(other)]


letters = st.text(alphabet="abc", max_size=7)


@given(one=letters, other=letters, most=st.integers(min_value=0, max_value=3))
def test_distance_is_the_textbook_one_as_far_as_it_looks(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(reference(one, other), most + 1)


@pytest.mark.parametrize(
    ("given_text", "accepted", "close"),
    [
        ("pari", "pari", True),
        ("prai", "pari", False),  # four letters: exactly
        ("sugra", "sugar", True),  # neighbours swapped
        ("sugarr", "sugar", True),
        ("suggarr", "sugar", False),
        ("chloropyhl", "chlorophyll", True),  # two slips in eleven letters
        ("chlropyhl", "chlorophyll", False),
        ("ca", "abc", False),
    ],
)
def test_slips_allowed_by_length(*, given_text: str, accepted: str, close: bool) -> None:
    assert is_close(given_text, accepted) is close


def test_the_borders_of_length() -> None:
    assert [slips_allowed("x" * n) for n in (4, 5, 8, 9)] == [0, 1, 1, 2]


def test_long_answers_are_compared_along_the_diagonal() -> None:
    assert distance("ab" * 250, "ba" * 250, 2) == 2

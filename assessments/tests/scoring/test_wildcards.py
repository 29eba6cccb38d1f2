import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.folding import fold
from assessments.scoring.wildcards import escaped, has_star, matches, unescaped, without_stars


def accepts(pattern: str, answer: str) -> bool:
    return matches(pattern, fold(answer), case=True, accents=False)


@pytest.mark.parametrize(
    ("pattern", "answer", "fits"),
    [
        ("photo*", "Photosynthesis", True),
        ("photo*", "a photo", False),
        ("*light*water*", "It needs light and water.", True),
        ("*light*water*", "water and light", False),
        ("*", "anything", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("ab*ba", "aba", False),
        ("ab*ab*ab", "abab", False),
        ("New *York", "new  york", True),
        ("2\\*3", "2*3", True),
        ("2\\*3", "2 times 3", False),
        ("a\\b", "a\\b", True),
        ("a\\", "a\\", True),
        ("STRASSE*", "Straßenbahn", True),
    ],
)
def test_a_star_stands_for_any_characters(*, pattern: str, answer: str, fits: bool) -> None:
    assert accepts(pattern, answer) is fits


@given(
    pattern=st.text(alphabet="ab*", max_size=8),
    answer=st.text(alphabet="ab", max_size=10),
)
def test_matches_like_a_shell_does(*, pattern: str, answer: str) -> None:
    assert accepts(pattern, answer) is fnmatchcase(answer, pattern)


@given(text=st.text(max_size=20))
def test_an_escaped_text_accepts_itself_and_has_no_star(text: str) -> None:
    assert not has_star(escaped(text))
    if "\ufdd0" not in text:
        assert accepts(escaped(text), text)
        assert unescaped(escaped(text)) == text


def test_what_a_pattern_says_without_its_stars() -> None:
    assert without_stars("*light*and water*") == "light and water"
    assert without_stars("2\\*3") == "2*3"


def test_the_worst_pattern_takes_no_time() -> None:  # C5
    began = time.perf_counter()
    assert not accepts("*a" * 100 + "b", "a" * 500)
    assert time.perf_counter() - began < 0.1

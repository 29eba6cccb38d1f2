from hypothesis import given
from hypothesis import strategies as st

from assessments.gateway.originality import Document
from assessments.gateway.shingles import ShingleFinder

FIRST = "The quick brown fox jumps over the lazy dog while nine stones stand still in the rain."
COPY = "In short: the Quick, brown fox jumps over the lazy dog while nine stones fell!"
OTHER = "A bridge carries its load by pushing and pulling, never by magic or by paint alone."
WORDS = ("stone", "arch", "load", "rain", "tower", "mason", "rope", "wall")
words = st.lists(
    st.sampled_from(WORDS),
    max_size=40,
)


def test_a_copied_passage_is_found_whatever_its_case_and_punctuation() -> None:
    found = ShingleFinder().compare(FIRST, [Document(1, OTHER), Document(2, COPY)])
    assert [match.key for match in found] == [2]
    passage = found[0].passages[0]
    assert FIRST[passage.start : passage.end] == (
        "The quick brown fox jumps over the lazy dog while nine stones"
    )
    assert COPY[passage.other_start : passage.other_end] == (
        "the Quick, brown fox jumps over the lazy dog while nine stones"
    )
    # 8 of the 13 runs of five words here, 8 of 11 there: 8 / (13 + 11 - 8).
    assert (round(found[0].shared, 4), round(found[0].jaccard, 4)) == (
        round(8 / 13, 4),
        0.5,
    )


def test_the_same_text_is_wholly_the_same() -> None:
    (match,) = ShingleFinder().compare(FIRST, [Document(7, FIRST)])
    assert (match.jaccard, match.shared, len(match.passages)) == (1.0, 1.0, 1)


def test_a_text_too_short_to_tell_matches_nothing() -> None:
    assert ShingleFinder().compare("Four words are few", [Document(1, FIRST)]) == []
    assert ShingleFinder().compare("", [Document(1, "")]) == []


@given(words, words)
def test_passages_say_the_same_words_in_both(first: list[str], second: list[str]) -> None:
    here, there = " ".join(first), " ".join(second)
    for match in ShingleFinder().compare(here, [Document(1, there)]):
        assert 0 < match.jaccard <= match.shared <= 1
        end = 0
        for one in match.passages:
            assert one.start >= end
            assert here[one.start : one.end] == there[one.other_start : one.other_end]
            end = one.end

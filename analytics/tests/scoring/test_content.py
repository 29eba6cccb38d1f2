"""Which courses are about the same, by their words."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from analytics.scoring.content import KEPT, LEAST, likenesses

TEXTS = {
    1: "Botany: an introduction to plants, roots and leaves",
    2: "Mosses and ferns, the small plants: roots, leaves and spores",
    3: "Accounting for beginners: an introduction to ledgers and balance sheets",
    4: "Balance sheets and ledgers of banks and insurers",
    5: "История искусства: an introduction to the paintings of the north",
    6: "История живописи: the paintings of the south, искусства и люди",
}


def test_courses_of_the_same_words_are_alike_in_both_directions() -> None:
    best = {one.course: one.other for one in reversed(likenesses(TEXTS))}
    assert best == {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5}
    pairs = {(one.course, one.other): one.similarity for one in likenesses(TEXTS)}
    assert all(pairs[other, one] == pytest.approx(value) for (one, other), value in pairs.items())
    assert all(LEAST <= value <= 1 for value in pairs.values())


def test_likeness_is_the_cosine_of_weighted_words() -> None:
    words = TfidfVectorizer(
        token_pattern=r"[^\W\d_]{3,}", sublinear_tf=True, use_idf=False, norm=None
    )
    table = words.fit_transform(list(TEXTS.values())).toarray()
    spread = (table > 0).sum(axis=0)
    table = table * np.log(1 + len(TEXTS) / spread)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    shared = table[:, (spread >= 2) & (spread <= len(TEXTS) / 2)]
    cosine = shared @ shared.T
    found = likenesses(TEXTS)
    assert found
    for one in found:
        assert one.similarity == pytest.approx(cosine[one.course - 1, one.other - 1])


def test_few_or_empty_courses_are_like_none() -> None:
    assert likenesses({}) == []
    assert likenesses({1: TEXTS[1], 2: TEXTS[2]}) == []
    assert likenesses(dict.fromkeys(range(6), "")) == []
    assert likenesses(dict.fromkeys(range(6), "the very same words")) == []


def test_each_course_keeps_its_most_alike_alone() -> None:
    texts = {at: f"geology rocks strata fossils word{chr(97 + at)}" for at in range(20)}
    texts |= {at: f"other matter entirely {chr(97 + at % 26)}xyz" for at in range(20, 60)}
    found = likenesses(texts)
    assert max(sum(one.course == at for one in found) for at in texts) == KEPT

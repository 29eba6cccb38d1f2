import pytest

from ai.scoring.lexical import Bm25, LexicalIndex, Passage, Weights
from ai.scoring.stems import stem
from ai.scoring.support import Signs, answerability, coverage, is_supported, support
from ai.scoring.words import sentences, terms


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        # Porter's own examples, one of each step.
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("cats", "cat"),
        ("agreed", "agre"),
        ("plastered", "plaster"),
        ("motoring", "motor"),
        ("sing", "sing"),
        ("conflated", "conflat"),
        ("hopping", "hop"),
        ("falling", "fall"),
        ("filing", "file"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("relational", "relat"),
        ("triplicate", "triplic"),
        ("hopefulness", "hope"),
        ("adoption", "adopt"),
        ("controll", "control"),
        # What no rule of suffixes finds.
        ("went", "go"),
        ("brought", "bring"),
        ("wolves", "wolf"),
        ("42", "42"),
        ("straße", "straße"),
    ],
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_terms_leave_out_what_only_asks_and_ties() -> None:
    assert terms("Why did the King's daughters go home, and what were they doing?") == [
        "king",
        "daughter",
        "go",
        "home",
    ]
    assert terms("Warum ging die Königin?", "de") == ["warum", "ging", "die", "königin"]


def test_sentences_are_parts_of_the_text_as_it_stands() -> None:
    text = 'He said: "Wait!" Then she left. It cost 3.5 marks… Nobody knew\nA line'
    parts = sentences(text)
    assert parts == [
        'He said: "Wait!"',
        "Then she left.",
        "It cost 3.5 marks…",
        "Nobody knew",
        "A line",
    ]
    assert all(part in text for part in parts)


def test_bm25_prefers_rare_words_and_short_texts() -> None:
    index = Bm25([["stone", "stone", "wall"], ["stone"], ["wall", "a", "b", "c", "d", "e"]])
    stones = index.scores(["stone"])
    assert stones[2] == 0
    assert stones[0] > stones[1] > 0
    walls = index.scores(["wall"])
    assert walls[0] > walls[2] > 0
    assert index.idf("never") > index.idf("stone") > 0
    assert index.scores(["stone", "stone"]) == stones
    assert Bm25([]).scores(["stone"]) == []


def test_a_lesson_speaks_for_its_blocks() -> None:
    passages = [
        Passage(("basalt",), "rocks", 1),
        Passage(("lava", "cool"), "rocks", 1),
        Passage(("lava",), "films", 2),
    ]
    index = LexicalIndex(passages)
    alone = index.scores(["lava", "basalt"], Weights(lesson=0, section=0))
    together = index.scores(["lava", "basalt"], Weights(lesson=1, section=0))
    assert alone[2] > alone[1]
    assert together[1] > together[2]


def test_coverage_weighs_words_by_rarity() -> None:
    idf = {"rare": 3.0, "plain": 1.0}.__getitem__
    assert coverage(["rare", "plain", "plain"], {"plain"}, idf) == 0.25
    assert coverage(["rare", "plain"], {"rare", "plain"}, idf) == 1.0
    assert coverage([], {"plain"}, idf) == 0.0


def test_a_claim_needs_the_words_and_the_numbers_of_its_block() -> None:
    block = "Basalt is a volcanic rock that cools from lava in 3 days."
    assert is_supported("Basalt cools from lava.", block)
    assert support("Basalt cools from lava in 4 days.", block) == 0.0
    assert not is_supported("Napoleon was born on Corsica.", block)
    assert not is_supported("Is it?", block)


def test_the_decision_grows_with_every_sign() -> None:
    weak = Signs(coverage=0.2, strength=0.2, likeness=0.2, count=2, mean=0.05)
    strong = Signs(coverage=1.0, strength=1.5, likeness=0.8, count=5, mean=0.5)
    assert answerability(weak) < 0 < answerability(strong)
    without = [Signs(s.coverage, s.strength, None, s.count, s.mean) for s in (weak, strong)]
    assert answerability(without[0]) < 0 < answerability(without[1])
    assert answerability(Signs(1.0, 1.0, 1.0, 0, 1.0)) < 0

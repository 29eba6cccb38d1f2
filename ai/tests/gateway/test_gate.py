"""The gate on questions written by hand: faults are kept out, good questions pass."""

import pytest

from ai.enums import QuestionKind
from ai.gateway.checks import Known, Surroundings, acceptable, examine
from ai.gateway.embeddings import Embedder
from ai.gateway.provider import GeneratedQuestion, Option
from ai.tests import planted
from ai.tests.passages import ALL

CAUGHT, PASSED = 0.9, 0.85


def stopped(passage: str, question: GeneratedQuestion, embedder: Embedder, *known: Known) -> bool:
    around = Surroundings(ALL[passage], known, embedder)
    return not acceptable(examine(question, around))


def test_the_corpus_is_as_large_as_it_says() -> None:
    bad = sum(len(planted.read(text)) for text in planted.SETS.values())
    assert bad + len(planted.DUPLICATES) >= 60
    assert len(planted.read(planted.GOOD)) >= 60


@pytest.mark.parametrize("name", planted.SETS)
def test_planted_faults_are_kept_out(name: str, embedder: Embedder) -> None:
    items = planted.read(planted.SETS[name])
    through = [one.stem for at, one in items if not stopped(at, one, embedder)]
    assert 1 - len(through) / len(items) >= CAUGHT, through


def test_duplicates_are_kept_out(embedder: Embedder) -> None:
    through = []
    for at, stem in planted.DUPLICATES:
        passage, first, second = planted.duplicate(at, stem)
        known = Known(first.stem, first.answer, first.evidence)
        if not stopped(passage, second, embedder, known):
            through.append(stem)
    assert 1 - len(through) / len(planted.DUPLICATES) >= CAUGHT, through


def test_duplicates_of_the_bank_are_kept_out_without_their_evidence(embedder: Embedder) -> None:
    through = []
    for at, stem in planted.DUPLICATES:
        passage, first, second = planted.duplicate(at, stem)
        if not stopped(passage, second, embedder, Known(first.stem, first.answer)):
            through.append(stem)
    assert 1 - len(through) / len(planted.DUPLICATES) >= CAUGHT, through


def test_good_questions_pass(embedder: Embedder) -> None:
    items = planted.read(planted.GOOD)
    kept_out = [one.stem for at, one in items if stopped(at, one, embedder)]
    assert 1 - len(kept_out) / len(items) >= PASSED, kept_out


def test_good_questions_pass_beside_each_other(embedder: Embedder) -> None:
    items = planted.read(planted.GOOD)
    kept_out = []
    for at, one in items:
        known = [Known(o.stem, o.answer, o.evidence) for p, o in items if p == at and o is not one]
        if stopped(at, one, embedder, *known):
            kept_out.append(one.stem)
    assert 1 - len(kept_out) / len(items) >= PASSED, kept_out


def test_a_batch_whose_longest_options_are_right_is_stopped_from_the_third_on(
    embedder: Embedder,
) -> None:
    """No key is far longer by itself; together they are a pattern."""
    names = ("copper and tin", "zinc and lead", "iron and coal", "salt and sand", "clay and oil")
    source = " ".join(f"The town number {at} traded in {name}." for at, name in enumerate(names))
    batch: list[GeneratedQuestion] = []
    verdicts = []
    for at, name in enumerate(names):
        line = GeneratedQuestion(
            QuestionKind.SINGLE_CHOICE,
            f"In what did the town number {at} trade?",
            name,
            (f"The town number {at} traded in {name}.",),
            options=(
                Option(name, right=True),
                Option("wool", right=False),
                Option("silver", right=False),
            ),
        )
        failed = [
            check.name
            for check in examine(line, Surroundings(source, (), embedder, batch))
            if not check.passed
        ]
        verdicts.append("length_balance" in failed)
        batch.append(line)
    assert verdicts == [False, False, True, True, True]

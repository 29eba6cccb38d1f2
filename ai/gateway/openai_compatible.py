"""Any endpoint that speaks OpenAI's chat completions: OpenAI, Azure, Ollama, vLLM, llama.cpp.

The SDK's own retries are off; `retrying` is the only layer that tries again. Replies are asked for
as JSON of a schema and validated all the same, since not every server enforces it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ai.gateway.answers import read_reply, reply_schema
from ai.gateway.chat import Chat, Endpoint, Meter, Say, tokens_in, tokens_of
from ai.gateway.echo import REPEATED, repeats
from ai.gateway.prompts import questions as prompt
from ai.gateway.provider import (
    BadAnswer,
    GeneratedQuestion,
    ProviderAnswer,
    ProviderError,
    QuestionRequest,
    Usage,
)
from ai.gateway.redaction import Redaction
from ai.gateway.retrying import Budget
from ai.gateway.text import clean_source

__all__ = ["Endpoint", "OpenAiCompatible", "size_of"]

TOKENS_PER_QUESTION, SPARE_TOKENS, MOST_TOKENS = 260, 200, 4_000


@dataclass(slots=True)
class _Talk:
    """One exchange with the endpoint: what was said and what it cost so far."""

    chat: Chat
    schema: dict[str, Any]
    bounded_schema: dict[str, Any]
    messages: list[dict[str, Any]]
    limit: int
    meter: Meter = field(default_factory=Meter)
    notes: list[str] = field(default_factory=list)

    @property
    def usage(self) -> Usage:
        budget = self.chat.budget
        return Usage(
            self.meter.tokens_in,
            self.meter.tokens_out,
            budget.milliseconds,
            max(1, budget.attempts),
            self.meter.exact,
        )


class OpenAiCompatible:
    """Questions from a chat model. Raises ProviderError kinds with the usage so far."""

    name = "openai_compatible"
    prompt_version = prompt.PROMPT_VERSION
    spare = 0

    def __init__(
        self,
        endpoint: Endpoint,
        make_budget: Callable[[float], Budget] = Budget,
        *,
        names: Sequence[str] = (),
    ) -> None:
        self._endpoint = endpoint
        self._names = names
        self._make_budget = make_budget
        self._without = set(endpoint.without)

    @property
    def model(self) -> str:
        """The model's name at the endpoint."""
        return self._endpoint.model

    @property
    def window(self) -> int:
        """Most characters of source per call."""
        return self._endpoint.window

    def estimate(self, request: QuestionRequest) -> tuple[int, int]:
        """Most tokens in and out that a request may cost, its one repair included."""
        once, limit = size_of(request)
        schema = reply_schema(request.kind, request.count)
        return 2 * once + limit + tokens_of(str(schema)), 2 * limit

    def generate_questions(self, request: QuestionRequest) -> ProviderAnswer:
        """Questions as the model wrote them; one repair is tried when the reply does not fit."""
        hidden = Redaction(self._names)
        text = hidden.hide(clean_source(request.text))
        # Names were put back into what was made before; they must not leave with it either.
        request = replace(
            request,
            avoid=tuple(hidden.hide(stem) for stem in request.avoid),
            outcome=hidden.hide(request.outcome),
        )
        schema = reply_schema(request.kind, request.count)
        talk = _Talk(
            chat=Chat(
                self._endpoint, self._make_budget(self._endpoint.timeout), without=self._without
            ),
            schema=schema,
            bounded_schema=reply_schema(request.kind, request.count, lengths=True),
            messages=prompt.messages(request, text, schema),
            limit=_limit(request.count),
        )
        try:
            found = self._converse(talk, request, text)
        except ProviderError as problem:
            problem.usage = talk.usage
            raise
        return ProviderAnswer(
            questions=tuple(_restored(question, hidden) for question in found),
            usage=talk.usage,
            provider=self.name,
            model=self.model,
            prompt_version=self.prompt_version,
            notes=tuple(talk.notes),
        )

    def _converse(
        self, talk: _Talk, request: QuestionRequest, text: str
    ) -> list[GeneratedQuestion]:
        """Ask, and ask once more with the error when the reply is unusable."""

        def understood(reply: str) -> list[GeneratedQuestion]:
            if repeats(reply, prompt.SYSTEM):
                raise BadAnswer(REPEATED)
            return read_reply(
                reply, request.kind, count=request.count, source=text, seed=request.seed
            )

        reply = self._ask(talk)
        try:
            return understood(reply)
        except BadAnswer as problem:
            talk.notes.append("repaired once")
            talk.messages += [
                {"role": "assistant", "content": reply[:2_000] or "{}"},
                prompt.repair(problem.detail, talk.schema),
            ]
        return understood(self._ask(talk))

    def _ask(self, talk: _Talk) -> str:
        """One reply's text."""
        say = Say(talk.messages, talk.limit, schema=talk.bounded_schema, loose_schema=talk.schema)
        return talk.chat.complete(say, talk.meter)


def size_of(request: QuestionRequest) -> tuple[int, int]:
    """Most tokens in and out of a request, without a repair."""
    schema = reply_schema(request.kind, request.count)
    messages = prompt.messages(request, request.text, schema)
    return tokens_in(messages), _limit(request.count)


def _limit(count: int) -> int:
    """Most tokens of a reply with so many questions."""
    return min(MOST_TOKENS, SPARE_TOKENS + TOKENS_PER_QUESTION * count)


def _restored(question: GeneratedQuestion, hidden: Redaction) -> GeneratedQuestion:
    back = hidden.restore
    return replace(
        question,
        stem=back(question.stem),
        answer=back(question.answer),
        evidence=tuple(back(text) for text in question.evidence),
        options=tuple(replace(option, text=back(option.text)) for option in question.options),
        accepted=tuple(back(text) for text in question.accepted),
        unit=back(question.unit),
    )

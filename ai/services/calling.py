"""One call to one model: breaker, repair, ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ai.enums import CallOutcome
from ai.gateway.chat import Chat, Meter, Say
from ai.gateway.generation import Call
from ai.gateway.provider import BadAnswer, ProviderError, ProviderUnavailable, Usage
from ai.gateway.redaction import Redaction
from ai.gateway.retrying import Budget
from ai.gateway.structured import read, schema_of
from ai.gateway.talk import Prompt, render, repair
from ai.services.ledger import record_calls
from ai.services.providers import BREAKER
from ai.services.routes import Line, Route

if TYPE_CHECKING:
    import pydantic

MOST_REPLY = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt that may leave, the shape of its answer, and what was hidden in it."""

    prompt: Prompt
    schema: "type[pydantic.BaseModel] | None"
    max_tokens: int
    hidden: Redaction

    def say(self, temperature: float) -> Say:
        """The request for it."""
        schema = schema_of(self.schema) if self.schema is not None else None
        return Say(render(self.prompt, schema), self.max_tokens, schema, temperature=temperature)

    def understood(self, reply: str) -> Any:
        """The reply with its names back: validated, or text. Raises BadAnswer."""
        if self.schema is not None:
            return restored(read(reply, self.schema), self.hidden)
        if not reply.strip():
            raise BadAnswer("The reply is empty.")
        return self.hidden.restore(reply)


@dataclass(frozen=True, slots=True)
class Got:
    """A value with what it cost."""

    value: Any
    usage: Usage
    cached: bool = False
    notes: tuple[str, ...] = field(default=())


@dataclass(slots=True)
class _Open:
    """A call under way."""

    line: Line
    route: Route
    label: str
    chat: Chat
    meter: Meter = field(default_factory=Meter)

    @property
    def usage(self) -> Usage:
        budget = self.chat.budget
        return Usage(
            self.meter.tokens_in,
            self.meter.tokens_out,
            budget.milliseconds,
            max(1, budget.attempts),
        )

    def close(self, outcome: CallOutcome, detail: str = "") -> None:
        """Book it."""
        if outcome == CallOutcome.ANSWERED:
            BREAKER.succeeded(self.route.key)
        elif outcome in {CallOutcome.UNAVAILABLE, CallOutcome.CUT}:
            BREAKER.failed(self.route.key)
        route, line = self.route, self.line
        call = Call(route.provider, route.model, self.label, self.usage, outcome, detail)
        record_calls(
            [call],
            actor=line.actor,
            purpose=line.purpose,
            course=line.course,
            job_id=line.job_id,
        )


def answered(line: Line, route: Route, question: Question) -> Got:
    """A whole answer; one repair is tried. Raises ProviderError kinds with the call booked."""
    opened = _open(line, route, question)
    outcome = CallOutcome.LEFT
    notes: list[str] = []
    try:
        value = _converse(opened, question, notes)
        outcome = CallOutcome.ANSWERED
    except ProviderError as problem:
        outcome = problem.outcome
        raise
    finally:
        opened.close(outcome)
    return Got(value, opened.usage, notes=tuple(notes))


def pieces(line: Line, route: Route, question: Question) -> Iterator[tuple[str, Usage | None]]:
    """Text in pieces with names restored, then an empty one with the usage."""
    opened = _open(line, route, question)
    outcome, begun = CallOutcome.LEFT, False
    running = opened.chat.stream(question.say(route.temperature), opened.meter)
    try:
        for text in question.hidden.restored(running):
            begun = True
            yield text, None
        outcome = CallOutcome.ANSWERED
    except ProviderError as problem:
        outcome = CallOutcome.CUT if begun else problem.outcome
        raise
    finally:
        running.close()  # type: ignore[attr-defined]
        opened.close(outcome)
    yield "", opened.usage


def _open(line: Line, route: Route, question: Question) -> _Open:
    if not BREAKER.allows(route.key):
        raise ProviderUnavailable("The AI endpoint failed several times; it is left alone.")
    chat = Chat(route.endpoint, Budget(route.endpoint.timeout))
    return _Open(line, route, question.prompt.label, chat)


def _converse(opened: _Open, question: Question, notes: list[str]) -> Any:
    """Ask, and once more with the problem in words when the reply does not fit the schema."""
    say = question.say(opened.route.temperature)
    reply = opened.chat.complete(say, opened.meter)
    try:
        return question.understood(reply)
    except BadAnswer as problem:
        if say.schema is None:
            raise
        notes.append("repaired once")
        say.messages.append({"role": "assistant", "content": reply[:MOST_REPLY] or "{}"})
        say.messages.append(repair(problem.detail, say.schema))
    return question.understood(opened.chat.complete(say, opened.meter))


def restored(value: Any, hidden: Redaction) -> Any:
    """A validated model with the names back in every string of it."""
    if isinstance(value, str):
        return hidden.restore(value)
    if isinstance(value, list):
        return [restored(item, hidden) for item in value]
    if isinstance(value, tuple):
        return tuple(restored(item, hidden) for item in value)
    if isinstance(value, dict):
        return {key: restored(item, hidden) for key, item in value.items()}
    if hasattr(value, "model_copy"):
        names = type(value).model_fields
        changed = {name: restored(getattr(value, name), hidden) for name in names}
        return value.model_copy(update=changed)
    return value

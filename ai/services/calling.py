"""One call to one model: breaker, budget, repair, cache, ledger."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ai.enums import CallOutcome, Purpose
from ai.gateway.chat import Chat, Meter, Say, tokens_in
from ai.gateway.echo import REPEATED, repeats
from ai.gateway.provider import BadAnswer, ProviderError, ProviderUnavailable, Usage
from ai.gateway.redaction import Redaction
from ai.gateway.retrying import Budget
from ai.gateway.structured import read, schema_of
from ai.gateway.talk import RULE, Prompt, render, repair
from ai.models import Reservation
from ai.services.budget import Asked, alert, extend, note, reserve, settle
from ai.services.cache import digest_of, from_cache, into_cache
from ai.services.endpoints import BREAKER
from ai.services.routes import Line, NoModel, Route
from ai.services.texts import keep_text

if TYPE_CHECKING:
    import pydantic

MOST_REPLY = 2_000
NOTE_SECONDS = 1.0
# Seconds of silence after which somebody who waits for an answer gets one without a model, and a
# job goes on without a remark.
PATIENCE = {Purpose.TUTOR: 9.0, Purpose.CHECKING: 20.0}


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt that may leave, the shape of its answer, and what was hidden in it."""

    prompt: Prompt
    schema: "type[pydantic.BaseModel] | None"
    max_tokens: int
    hidden: Redaction

    @property
    def json_schema(self) -> dict[str, Any] | None:
        """The schema of the answer."""
        return schema_of(self.schema) if self.schema is not None else None

    def say(self, temperature: float, limit: int) -> Say:
        """The request for it."""
        schema = self.json_schema
        return Say(render(self.prompt, schema), limit, schema, temperature=temperature)

    def understood(self, reply: str) -> Any:
        """The reply with its names back: validated, or text. Raises BadAnswer.

        What repeats our instructions is no answer: whoever reads it must not see them.
        """
        if repeats(reply, f"{self.prompt.system}\n{RULE}"):
            raise BadAnswer(REPEATED)
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
    """A call under way, with its budget held."""

    line: Line
    route: Route
    held: Reservation
    chat: Chat
    meter: Meter = field(default_factory=Meter)
    noted: float = 0.0

    @property
    def usage(self) -> Usage:
        budget, meter = self.chat.budget, self.meter
        attempts = max(1, budget.attempts)
        return Usage(meter.tokens_in, meter.tokens_out, budget.milliseconds, attempts, meter.exact)

    def note(self) -> None:
        """Keep what is known of the cost, at the first piece and then once a second."""
        if not self.noted or time.monotonic() - self.noted >= NOTE_SECONDS:
            note(self.held, self.usage)
            self.noted = time.monotonic()

    def close(self, question: Question, outcome: CallOutcome, reply: str) -> None:
        """Book it."""
        if outcome == CallOutcome.ANSWERED:
            BREAKER.succeeded(self.route.key)
        elif outcome in {CallOutcome.UNAVAILABLE, CallOutcome.CUT}:
            BREAKER.failed(self.route.key)
        call = settle(self.held, self.usage, outcome)
        if call is not None:
            keep_text(call, self.line, question.prompt, reply, hidden=len(question.hidden))
        alert(self.line)


def answered(line: Line, route: Route, question: Question) -> Got:
    """A whole answer; one repair is tried.

    Raises ProviderError kinds with the call booked, NoModel when the budget does not hold it.
    """
    digest = digest_of(line, route, question)
    if digest:
        cached = from_cache(digest, line, route, question.prompt.label)
        if cached is not None:
            return Got(question.understood(cached), Usage(attempts=0), cached=True)
    opened = _open(line, route, question)
    outcome, notes, replies = CallOutcome.LEFT, list[str](), list[str]()
    try:
        value = _converse(opened, question, notes, replies)
        outcome = CallOutcome.ANSWERED
    except ProviderError as problem:
        outcome = problem.outcome
        raise
    finally:
        opened.close(question, outcome, replies[-1] if replies else "")
    if digest:
        into_cache(digest, line, opened.held, replies[-1], opened.usage)
    return Got(value, opened.usage, notes=tuple(notes))


def pieces(line: Line, route: Route, question: Question) -> Iterator[tuple[str, Usage | None]]:
    """Text in pieces with names restored, then an empty one with the usage."""
    opened = _open(line, route, question)
    outcome, begun, said = CallOutcome.LEFT, False, list[str]()
    running = opened.chat.stream(_say(route, question), opened.meter)
    try:
        for text in question.hidden.restored(_watched(running, opened, said)):
            begun = True
            yield text, None
        outcome = CallOutcome.ANSWERED
    except ProviderError as problem:
        outcome = CallOutcome.CUT if begun else problem.outcome
        raise
    finally:
        running.close()
        opened.close(question, outcome, "".join(said))
    yield "", opened.usage


def _watched(running: Iterator[str], opened: _Open, said: list[str]) -> Iterator[str]:
    """The pieces as they come, remembered and their cost noted."""
    for text in running:
        said.append(text)
        opened.note()
        yield text


def _say(route: Route, question: Question) -> Say:
    limit = min(question.max_tokens, route.most or question.max_tokens)
    return question.say(route.temperature, limit)


def _open(line: Line, route: Route, question: Question) -> _Open:
    if not BREAKER.allows(route.key):
        raise ProviderUnavailable(_("The AI endpoint failed several times; it is left alone."))
    say, seconds = _say(route, question), route.endpoint.timeout
    label = question.prompt.label
    asked = Asked(route.provider, route.model, label, tokens_in(say.messages), say.limit, seconds)
    held = reserve(line, asked)
    chat = Chat(route.endpoint, Budget(seconds), patience=PATIENCE.get(line.purpose))
    return _Open(line, route, held, chat)


def _converse(opened: _Open, question: Question, notes: list[str], replies: list[str]) -> Any:
    """Ask, and once more with the problem in words when the reply does not fit the schema."""
    say = _say(opened.route, question)
    replies.append(opened.chat.complete(say, opened.meter))
    try:
        return question.understood(replies[-1])
    except BadAnswer as problem:
        if say.schema is None:
            raise
        say.messages.append({"role": "assistant", "content": replies[-1][:MOST_REPLY] or "{}"})
        say.messages.append(repair(problem.detail, say.schema))
        try:
            extend(opened.held, opened.line, tokens_in(say.messages), say.limit)
        except NoModel:
            # What is left does not hold a second try; the first was no use.
            raise problem from None
    notes.append("repaired once")
    replies.append(opened.chat.complete(say, opened.meter))
    return question.understood(replies[-1])


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

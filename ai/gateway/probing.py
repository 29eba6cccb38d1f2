"""What an endpoint can do, seen by asking it: four small calls, each of a few tokens."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ai.gateway.chat import Chat, Endpoint, Meter, Say, told
from ai.gateway.provider import ProviderError, Usage
from ai.gateway.retrying import Budget

LIMIT = 60
SECONDS = 20.0
SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
TOOL = {
    "type": "function",
    "function": {"name": "look_up", "description": "Looks a word up.", "parameters": SCHEMA},
}


@dataclass(slots=True)
class Found:
    """What was seen: each true, false, or None when the endpoint did not answer at all."""

    able: dict[str, bool | None] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    problem: str = ""
    usage: Usage = field(default_factory=Usage)


def probe(endpoint: Endpoint) -> Found:
    """Ask for JSON of a schema against its words, a stream, a tool call and a vector."""
    chat = Chat(endpoint, Budget(min(SECONDS * 3, endpoint.timeout)))
    meter, found = Meter(), Found()
    tries: dict[str, Callable[[Chat, Meter], bool]] = {
        "schema": _schema,
        "stream_usage": _stream,
        "tools": _tools,
        "embeddings": _embeddings,
    }
    for name, attempt in tries.items():
        try:
            found.able[name] = attempt(chat, meter)
        except ProviderError as problem:
            found.able[name] = None if name == "schema" else False
            found.problem = found.problem or problem.detail
            if name == "schema":
                break
    found.without = frozenset(chat.without)
    spent = chat.budget.milliseconds
    found.usage = Usage(meter.tokens_in, meter.tokens_out, spent, exact=meter.exact)
    return found


def _schema(chat: Chat, meter: Meter) -> bool:
    """Enforced is only what holds against words that ask for something else."""
    words = 'Reply with the JSON object {"colour": "purple"} and nothing else.'
    text = chat.complete(Say([{"role": "user", "content": words}], LIMIT, SCHEMA), meter)
    if "response_format" in chat.without:
        return False
    try:
        return json.loads(text)["colour"] in {"red", "green"}
    except (ValueError, TypeError, LookupError):
        return False


def _stream(chat: Chat, meter: Meter) -> bool:
    own = Meter()
    try:
        for _ in chat.stream(Say([{"role": "user", "content": "Say yes."}], LIMIT), own):
            pass
    finally:
        meter.add(own.tokens_in, own.tokens_out, exact=own.exact)
    return own.exact


def _tools(chat: Chat, meter: Meter) -> bool:
    def call(client: Any) -> bool:
        answer = client.chat.completions.create(
            model=chat.endpoint.model,
            messages=[{"role": "user", "content": "Look up the word red."}],
            tools=[TOOL],
            tool_choice="required",
        )
        usage = answer.usage
        if usage is not None:
            meter.add(*told(usage), exact=True)
        return bool(answer.choices[0].message.tool_calls)

    return _tried(chat, call)


def _embeddings(chat: Chat, _meter: Meter) -> bool:
    def call(client: Any) -> bool:
        answer = client.embeddings.create(model=chat.endpoint.model, input=["red"])
        return len(answer.data[0].embedding) > 1

    return _tried(chat, call)


def _tried(chat: Chat, call: Callable[[Any], bool]) -> bool:
    """Whether it works; what fails in whatever way is not there."""
    import openai

    with chat.client(min(SECONDS, max(1.0, chat.budget.left))) as client:
        try:
            return call(client)
        except (openai.OpenAIError, ValueError, AttributeError, TypeError, LookupError):
            return False

"""Chat completions of any endpoint that speaks OpenAI's protocol, whole or as a stream.

The SDK's own retries are off; `retrying` is the only layer that tries again. A call ends in bytes
and in time (`bounded`). What it cost is on its `Meter`, also when it fails half-way.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from ai.gateway.provider import BadAnswer, ProviderRefused, ProviderUnavailable
from ai.gateway.refusals import NOT_A_COMPLETION, TOO_LATE, sorted_error, words_of
from ai.gateway.retrying import Budget, with_retries
from ai.gateway.structured import without_bounds

if TYPE_CHECKING:
    import openai

DEFAULT_BASE_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
TEMPERATURE = 0.3
# Bytes of UTF-8 that make one token at least: English has above four, dense scripts about three.
BYTES_PER_TOKEN = 2.5
TOKENS_PER_MESSAGE = 8
# More tokens than any call has. What an endpoint tells is not believed beyond it.
MOST_TOLD = 10_000_000
CUT = gettext_lazy("The model's answer broke off.")
# What an endpoint may reject with 400, and what the request does without it.
ADAPTABLE = (
    "maxLength",
    "response_format",
    "json_schema",
    "max_tokens",
    "temperature",
    "stream_options",
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is. `window` is the most characters of course text in one call.

    `without` names parameters that it is known to refuse. The key is in no representation.
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str
    timeout: float = 60.0
    window: int = 6_000
    without: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """The address, OpenAI's own when none is set."""
        return self.base_url or DEFAULT_BASE_URL


@dataclass(frozen=True, slots=True)
class Say:
    """One request: messages, most tokens of the answer, and the schema of a JSON answer."""

    messages: list[dict[str, Any]]
    limit: int
    schema: dict[str, Any] | None = None
    loose_schema: dict[str, Any] | None = None
    temperature: float = TEMPERATURE


@dataclass(slots=True)
class Meter:
    """Tokens so far. `exact` is false once a figure is an estimate of ours."""

    tokens_in: int = 0
    tokens_out: int = 0
    exact: bool = True

    def add(self, tokens_in: int, tokens_out: int, *, exact: bool) -> None:
        """Count one call."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        self.exact = self.exact and exact


def tokens_in(messages: list[dict[str, Any]]) -> int:
    """An upper estimate of what messages cost to read, in tokens."""
    return sum(TOKENS_PER_MESSAGE + tokens_of(_text(message["content"])) for message in messages)


def tokens_of(text: str) -> int:
    """An upper estimate of a text's tokens."""
    return int(len(text.encode()) / BYTES_PER_TOKEN) + 1


def told(usage: Any) -> tuple[int, int]:
    """Tokens in and out as an endpoint tells them, never less than none.

    Figures below zero would fill budgets up again, and beyond sense no column holds them. Raises
    AttributeError, TypeError, ValueError for what are no figures.
    """
    figures = (int(usage.prompt_tokens), int(usage.completion_tokens))
    tokens_in, tokens_out = (min(max(0, figure), MOST_TOLD) for figure in figures)
    return tokens_in, tokens_out


def storable(text: str) -> str:
    """The text without what no database holds: NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content)


class Chat:
    """Talks to one endpoint within one time budget. Raises ProviderError kinds."""

    def __init__(
        self,
        endpoint: Endpoint,
        budget: Budget,
        without: set[str] | None = None,
        *,
        patience: float | None = None,
    ) -> None:
        """`patience` is how many seconds of silence, retries included, somebody waits for."""
        self.endpoint = endpoint
        self.budget = budget
        self.without = set(endpoint.without) if without is None else without
        self.patience = patience

    def complete(self, say: Say, meter: Meter) -> str:
        """The whole answer's text. Nothing about the reply's form is certain, so all is checked."""
        try:
            completion = self._begun(say, stream=False)
        except BadAnswer:
            # It answered with something; what that cost is not said, so the prompt is charged.
            meter.add(tokens_in(say.messages), 0, exact=False)
            raise
        try:
            message = completion.choices[0].message
            refusal, content = message.refusal, storable(str(message.content or ""))
        except (AttributeError, TypeError, LookupError) as problem:
            _count(meter, completion, say, "")
            raise BadAnswer(NOT_A_COMPLETION) from problem
        _count(meter, completion, say, content)
        if refusal:
            raise ProviderRefused(gettext_lazy("The model declined to answer."))
        return content

    def stream(self, say: Say, meter: Meter) -> Generator[str]:
        """The answer's text in pieces as they come.

        Raises ProviderUnavailable when it breaks off. The meter moves with every piece, so that it
        is right whenever the reader stops; close the iterator to stop the endpoint.
        """
        opened = self._begun(say, stream=True)
        counter = _Counter(meter, say)
        try:
            with closing(opened):
                yield from self._pieces(opened, counter)
        finally:
            counter.settle()

    def _pieces(self, opened: Any, counter: "_Counter") -> Iterator[str]:
        import httpx2
        import openai

        finished = False
        try:
            for chunk in opened:
                text, ended = counter.take(chunk)
                finished = finished or ended
                if text:
                    yield text
        except (openai.APIError, httpx2.HTTPError) as problem:
            late = isinstance(problem, httpx2.TimeoutException | openai.APITimeoutError)
            raise ProviderUnavailable(TOO_LATE if late else CUT) from None
        except (ValueError, AttributeError, TypeError, LookupError) as problem:
            raise BadAnswer(NOT_A_COMPLETION) from problem
        if not finished:
            raise ProviderUnavailable(CUT)

    def _begun(self, say: Say, *, stream: bool) -> Any:
        """A call that was answered, after retries that end with the patience of who waits."""
        if self.patience is None:
            return with_retries(lambda: self._send(say, stream=stream), self.budget)
        waiting = Budget(min(self.patience, self.budget.left))
        try:
            return with_retries(lambda: self._send(say, stream=stream), waiting)
        finally:
            self.budget.attempts += waiting.attempts

    def _send(self, say: Say, *, stream: bool) -> Any:
        """One HTTP call, its errors sorted; parameters the endpoint does not know are left out."""
        import openai

        seconds = self.budget.left
        if seconds <= 0:
            raise ProviderUnavailable(TOO_LATE)
        try:
            return self._create(seconds, self._arguments(say, stream=stream))
        except openai.BadRequestError as problem:
            if self._adapt(str(problem)):
                return self._send(say, stream=stream)
            words = words_of(gettext_lazy("The AI endpoint rejected the request"), problem)
            raise ProviderRefused(words) from None
        except openai.OpenAIError as problem:
            raise sorted_error(problem) from None
        except (ValueError, AttributeError, TypeError) as problem:
            # The SDK builds its objects without validation; garbage surfaces as these.
            raise BadAnswer(NOT_A_COMPLETION) from problem

    def _create(self, seconds: float, arguments: dict[str, Any]) -> Any:
        """The SDK's answer; its client is closed with it, for a stream when that is closed."""
        client = self.client(seconds)
        if not arguments.get("stream"):
            with client:
                return client.chat.completions.create(**arguments)
        try:
            return _Closing(client, client.chat.completions.create(**arguments))
        except BaseException:
            client.close()
            raise

    def client(self, seconds: float) -> "openai.OpenAI":
        """The SDK for this endpoint, its answers bounded; whoever asks for it closes it."""
        import httpx2
        import openai

        from ai.gateway.bounded import BoundedTransport

        silence = min(seconds, self.patience or seconds)
        timeout = httpx2.Timeout(silence, connect=min(CONNECT_SECONDS, silence))
        return openai.OpenAI(
            base_url=self.endpoint.url,
            api_key=self.endpoint.api_key or "none",
            max_retries=0,
            timeout=timeout,
            http_client=httpx2.Client(
                transport=BoundedTransport(seconds), timeout=timeout, follow_redirects=False
            ),
        )

    def _arguments(self, say: Say, *, stream: bool) -> dict[str, Any]:
        limit = "max_completion_tokens" if "max_tokens" in self.without else "max_tokens"
        arguments: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": say.messages,
            limit: say.limit,
        }
        if "temperature" not in self.without:
            arguments["temperature"] = say.temperature
        if say.schema is not None and "response_format" not in self.without:
            arguments["response_format"] = self._format(say)
        if stream:
            arguments["stream"] = True
            if "stream_options" not in self.without:
                arguments["stream_options"] = {"include_usage": True}
        return arguments

    def _format(self, say: Say) -> dict[str, Any]:
        schema = say.schema
        if "maxLength" in self.without:
            schema = say.loose_schema or without_bounds(say.schema)
        named = {"name": "reply", "schema": schema, "strict": True}
        return {"type": "json_schema", "json_schema": named}

    def _adapt(self, problem: str) -> bool:
        """Whether the endpoint named a parameter that can be left out; it is from now on."""
        for parameter in ADAPTABLE:
            canonical = "response_format" if parameter == "json_schema" else parameter
            if parameter in problem and canonical not in self.without:
                self.without.add(canonical)
                return True
        return False


class _Closing:
    """A stream that closes its client, too."""

    def __init__(self, client: "openai.OpenAI", opened: Any) -> None:
        self._client, self._opened = client, opened

    def __iter__(self) -> Iterator[Any]:
        return iter(self._opened)

    def close(self) -> None:
        self._opened.close()
        self._client.close()


class _Counter:
    """What a stream cost: the endpoint's own figures where it gives them, else one token a piece.

    Some endpoints tell usage in every chunk, some in the last, some never. The last figure told
    wins; pieces that came after it are counted on top.
    """

    def __init__(self, meter: Meter, say: Say) -> None:
        self._meter, self._say = meter, say
        self._base = (meter.tokens_in, meter.tokens_out)
        self._told: tuple[int, int] | None = None
        self._pieces = 0
        self._show()

    def take(self, chunk: Any) -> tuple[str, bool]:
        """A chunk's text, and whether it said that the answer is complete."""
        text, ended = "", False
        if chunk.choices:
            choice = chunk.choices[0]
            text = storable(str(choice.delta.content or ""))
            ended = choice.finish_reason is not None
        if text:
            self._pieces += 1
        if chunk.usage is not None:
            self._told = told(chunk.usage)
            self._pieces = 0
        self._show()
        return text, ended

    def settle(self) -> None:
        """Mark the figures as estimated when the endpoint's own do not cover the end."""
        if self._told is None or self._pieces:
            self._meter.exact = False

    def _show(self) -> None:
        told_in, told_out = self._told or (tokens_in(self._say.messages), 0)
        self._meter.tokens_in = self._base[0] + told_in
        self._meter.tokens_out = self._base[1] + told_out + self._pieces


def _count(meter: Meter, completion: Any, say: Say, text: str) -> None:
    """Count a whole answer, by estimate when the endpoint tells no usage."""
    usage: Any = getattr(completion, "usage", None)
    try:
        meter.add(*told(usage), exact=True)
    except (AttributeError, TypeError, ValueError):
        meter.add(tokens_in(say.messages), tokens_of(text) if text else 0, exact=False)

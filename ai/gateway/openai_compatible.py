"""Any endpoint that speaks OpenAI's chat completions: OpenAI, Azure, Ollama, vLLM, llama.cpp.

The SDK's own retries are off; `retrying` is the only layer that tries again. Replies are asked for
as JSON of a schema and validated all the same, since not every server enforces it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ai.gateway.answers import read_reply, reply_schema
from ai.gateway.prompts import questions as prompt
from ai.gateway.provider import (
    BadAnswer,
    GeneratedQuestion,
    ProviderAnswer,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    QuestionRequest,
    Usage,
)
from ai.gateway.redaction import Redaction
from ai.gateway.retrying import Budget, TransientError, with_retries
from ai.gateway.text import clean_source

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletion

DEFAULT_BASE_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
TOKENS_PER_QUESTION, SPARE_TOKENS, MOST_TOKENS = 260, 200, 4_000
TEMPERATURE = 0.3
# What an endpoint may reject with 400, and what the request does without it.
_ADAPTABLE = ("maxLength", "response_format", "json_schema", "max_tokens", "temperature")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is. `window` is the most characters of course text in one call."""

    base_url: str
    api_key: str
    model: str
    timeout: float = 60.0
    window: int = 6_000

    @property
    def url(self) -> str:
        """The address, OpenAI's own when none is set."""
        return self.base_url or DEFAULT_BASE_URL


@dataclass(slots=True)
class _Talk:
    """One exchange with the endpoint: what was said and what it cost so far."""

    budget: Budget
    schema: dict[str, Any]
    bounded_schema: dict[str, Any]
    messages: list[dict[str, Any]]
    limit: int
    tokens_in: int = 0
    tokens_out: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def usage(self) -> Usage:
        return Usage(
            self.tokens_in, self.tokens_out, self.budget.milliseconds, max(1, self.budget.attempts)
        )


class OpenAiCompatible:
    """Questions from a chat model. Raises ProviderError kinds with the usage so far."""

    name = "openai_compatible"
    prompt_version = prompt.PROMPT_VERSION
    spare = 0

    def __init__(self, endpoint: Endpoint, make_budget: Callable[[float], Budget] = Budget) -> None:
        self._endpoint = endpoint
        self._make_budget = make_budget
        self._without: set[str] = set()

    @property
    def model(self) -> str:
        """The model's name at the endpoint."""
        return self._endpoint.model

    @property
    def window(self) -> int:
        """Most characters of source per call."""
        return self._endpoint.window

    def generate_questions(self, request: QuestionRequest) -> ProviderAnswer:
        """Questions as the model wrote them; one repair is tried when the reply does not fit."""
        hidden = Redaction()
        text = hidden.hide(clean_source(request.text))
        schema = reply_schema(request.kind, request.count)
        talk = _Talk(
            budget=self._make_budget(self._endpoint.timeout),
            schema=schema,
            bounded_schema=reply_schema(request.kind, request.count, lengths=True),
            messages=prompt.messages(request, text, schema),
            limit=min(MOST_TOKENS, SPARE_TOKENS + TOKENS_PER_QUESTION * request.count),
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
        """One reply's text. The SDK does not validate, so nothing about its form is certain."""
        completion = with_retries(lambda: self._send(talk), talk.budget)
        try:
            if completion.usage is not None:
                talk.tokens_in += int(completion.usage.prompt_tokens)
                talk.tokens_out += int(completion.usage.completion_tokens)
            message = completion.choices[0].message
            refusal, content = message.refusal, message.content or ""
        except (AttributeError, TypeError, ValueError, LookupError) as problem:
            raise BadAnswer("The AI endpoint's answer is not a chat completion.") from problem
        if refusal:
            raise ProviderRefused("The model declined to answer.")
        return str(content)

    def _send(self, talk: _Talk) -> "ChatCompletion":
        """One HTTP call, its errors sorted; parameters the endpoint does not know are left out."""
        import openai

        seconds = talk.budget.left
        if seconds <= 0:
            raise ProviderUnavailable("The model did not answer in time.")
        try:
            with self._client(seconds) as client:
                completion: ChatCompletion = client.chat.completions.create(**self._arguments(talk))
                return completion
        except openai.BadRequestError as problem:
            if self._adapt(str(problem)):
                return self._send(talk)
            raise ProviderRefused(_words("The AI endpoint rejected the request", problem)) from None
        except openai.OpenAIError as problem:
            raise _sorted(problem) from None
        except (ValueError, AttributeError, TypeError) as problem:
            # The SDK builds its objects without validation; garbage surfaces as these.
            raise BadAnswer("The AI endpoint's answer is not a chat completion.") from problem

    def _client(self, seconds: float) -> "openai.OpenAI":
        import httpx2
        import openai

        from ai.gateway.bounded import BoundedTransport

        timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        return openai.OpenAI(
            base_url=self._endpoint.url,
            api_key=self._endpoint.api_key or "none",
            max_retries=0,
            timeout=timeout,
            http_client=httpx2.Client(
                transport=BoundedTransport(seconds), timeout=timeout, follow_redirects=False
            ),
        )

    def _arguments(self, talk: _Talk) -> dict[str, Any]:
        limit = "max_completion_tokens" if "max_tokens" in self._without else "max_tokens"
        arguments: dict[str, Any] = {
            "model": self.model,
            "messages": talk.messages,
            limit: talk.limit,
        }
        if "temperature" not in self._without:
            arguments["temperature"] = TEMPERATURE
        if "response_format" not in self._without:
            schema = talk.schema if "maxLength" in self._without else talk.bounded_schema
            arguments["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "questions", "schema": schema, "strict": True},
            }
        return arguments

    def _adapt(self, problem: str) -> bool:
        """Whether the endpoint named a parameter that can be left out; it is from now on."""
        for parameter in _ADAPTABLE:
            canonical = "response_format" if parameter == "json_schema" else parameter
            if parameter in problem and canonical not in self._without:
                self._without.add(canonical)
                return True
        return False


def _sorted(problem: "openai.OpenAIError") -> Exception:
    """The SDK's errors as ours: what may pass is TransientError, the rest is final."""
    import openai

    if isinstance(problem, openai.APITimeoutError):
        return ProviderUnavailable("The model did not answer in time.")
    if isinstance(problem, openai.APIResponseValidationError):
        return BadAnswer("The AI endpoint's answer is not a chat completion.")
    if isinstance(problem, openai.APIConnectionError):
        return TransientError("The AI endpoint cannot be reached.")
    if isinstance(problem, openai.APIStatusError):
        return _sorted_status(problem)
    return ProviderUnavailable("The AI endpoint failed.")


def _sorted_status(problem: "openai.APIStatusError") -> Exception:
    if problem.status_code == 429 and problem.code == "insufficient_quota":
        return ProviderRefused("The account at the AI endpoint has no credit left.")
    if problem.status_code in {408, 409, 429} or problem.status_code >= 500:
        return TransientError(
            f"The AI endpoint is overloaded or failing (status {problem.status_code}).",
            retry_after=_retry_after(problem),
        )
    return ProviderRefused(_words("The AI endpoint refused the request", problem))


def _words(opening: str, problem: "openai.APIStatusError") -> str:
    """Status and code only: an endpoint's own words may repeat keys or course text."""
    return f"{opening} (status {problem.status_code}{f', {problem.code}' if problem.code else ''})."


def _retry_after(problem: "openai.APIStatusError") -> float | None:
    """Seconds from Retry-After; dates and nonsense count as not said."""
    try:
        seconds = float(problem.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


def _restored(question: GeneratedQuestion, hidden: Redaction) -> GeneratedQuestion:
    back = hidden.restore
    return replace(
        question,
        stem=back(question.stem),
        answer=back(question.answer),
        evidence=tuple(back(text) for text in question.evidence),
        options=tuple(replace(option, text=back(option.text)) for option in question.options),
        accepted=tuple(back(text) for text in question.accepted),
    )

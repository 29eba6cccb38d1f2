"""A question provider whose calls hold budget before and are in the ledger after."""

from dataclasses import replace

from ai.enums import CallOutcome
from ai.gateway.openai_compatible import OpenAiCompatible
from ai.gateway.provider import (
    ProviderAnswer,
    ProviderError,
    ProviderRefused,
    QuestionRequest,
    Usage,
)
from ai.queries.roster import names_around
from ai.services.budget import Asked, alert, reserve, settle
from ai.services.routes import Line, NoModel, Route


class Booked:
    """Questions from one route. Refuses in words when the budget does not hold the call."""

    booked = True
    spare = OpenAiCompatible.spare
    prompt_version = OpenAiCompatible.prompt_version

    def __init__(self, line: Line, route: Route) -> None:
        self._line, self._route = line, route
        names = names_around(line.actor, line.course)
        self._model = OpenAiCompatible(route.endpoint, names=names)

    @property
    def name(self) -> str:
        """The provider's name."""
        return self._route.provider

    @property
    def model(self) -> str:
        """The model's name at the endpoint."""
        return self._model.model

    @property
    def window(self) -> int:
        """Most characters of source per call."""
        return self._model.window

    def generate_questions(self, request: QuestionRequest) -> ProviderAnswer:
        """Questions as the model wrote them, unchecked."""
        tokens_in, tokens_out = self._model.estimate(request)
        seconds = self._route.endpoint.timeout
        asked = Asked(self.name, self.model, self.prompt_version, tokens_in, tokens_out, seconds)
        try:
            held = reserve(self._line, asked)
        except NoModel as over:
            raise ProviderRefused(over.reason) from over
        usage, outcome = Usage(tokens_in=tokens_in, exact=False), CallOutcome.LEFT
        try:
            answer = self._model.generate_questions(request)
            usage, outcome = answer.usage, CallOutcome.ANSWERED
        except ProviderError as problem:
            usage, outcome = problem.usage, problem.outcome
            raise
        finally:
            settle(held, usage, outcome)
            alert(self._line)
        return replace(answer, provider=self.name)

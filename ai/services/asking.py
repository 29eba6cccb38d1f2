"""The one way to a model: `ask` for a whole answer, `stream` for one in pieces.

Both check exam mode and switches, redact names, choose the model, keep to the budget, write every
call into the ledger and fall back in order. Call them outside a transaction: what was spent must
stay written when the work it was for is undone.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from django.utils.translation import gettext as _

from ai.enums import Purpose, Use
from ai.gateway.provider import ProviderError, Usage
from ai.gateway.redaction import Redaction
from ai.gateway.talk import Prompt
from ai.gateway.text import clean_source
from ai.queries.roster import names_around
from ai.services.calling import PATIENCE, Question, answered, pieces
from ai.services.early import Early, is_coming
from ai.services.routes import MAX_TOKENS, Line, NoModel, Route, routes_for
from courses.models import Course
from lms.kernel.actors import Actor

if TYPE_CHECKING:
    import pydantic

__all__ = ["MAX_TOKENS", "Answer", "CutOff", "NoModel", "Piece", "ask", "stream"]

Model = TypeVar("Model", bound="pydantic.BaseModel")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Value]):
    """What a model answered.

    `value` is the validated model, or text when no schema was given; its names are restored.
    `notes` are remarks in words, such as which model failed before.
    """

    value: Value
    provider: str
    model: str
    prompt_version: str
    usage: Usage
    cached: bool = False
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a streamed answer. The last has no text and carries the usage."""

    text: str
    provider: str
    model: str
    prompt_version: str
    usage: Usage | None = None


class CutOff(NoModel):
    """A stream broke off after its first words; what came so far stands."""


@overload
def ask(
    *,
    actor: Actor,
    purpose: Purpose,
    prompt: Prompt,
    schema: type[Model],
    course: Course | None = None,
    job_id: int | None = None,
    max_tokens: int = MAX_TOKENS,
    use: Use = Use.AUTO,
    about: int | None = None,
) -> Answer[Model]: ...


@overload
def ask(
    *,
    actor: Actor,
    purpose: Purpose,
    prompt: Prompt,
    schema: None = None,
    course: Course | None = None,
    job_id: int | None = None,
    max_tokens: int = MAX_TOKENS,
    use: Use = Use.AUTO,
    about: int | None = None,
) -> Answer[str]: ...


def ask(
    *,
    actor: Actor,
    purpose: Purpose,
    prompt: Prompt,
    schema: "type[pydantic.BaseModel] | None" = None,
    course: Course | None = None,
    job_id: int | None = None,
    max_tokens: int = MAX_TOKENS,
    use: Use = Use.AUTO,
    about: int | None = None,
) -> Answer[Any]:
    """One answer of at most `max_tokens` tokens, as `schema` or as text.

    Rights on course and texts are the caller's to check. `about` is the id of whoever wrote the
    text or is judged by it, when that is not the actor: their off switch counts as well. Raises
    NoModel when no model may be asked or none answers, Denied `exam_mode` while an exam of the
    actor's forbids AI.
    """
    line = Line(actor, purpose, course, job_id, about)
    routes = _routes(line, use)
    hidden = Redaction(names_around(actor, course))
    return _first_answer(line, routes, Question(_safe(prompt, hidden), schema, max_tokens, hidden))


def _routes(line: Line, use: Use) -> list[Route]:
    """The models to ask; whoever waits for an answer does not wait for a library as well."""
    found = routes_for(line, use)
    if line.purpose in PATIENCE and is_coming(Early.CLIENT):
        raise NoModel("unavailable", _("Cairn has just started; no model can be asked yet."))
    return found


def _first_answer(line: Line, routes: list[Route], question: Question) -> Answer[Any]:
    """The answer of the first route that gives one. Raises NoModel."""
    notes: list[str] = []
    over: NoModel | None = None
    for route in _in_time(line, routes):
        try:
            got = answered(line, route, question)
        except ProviderError as problem:
            notes.append(problem.detail)
            continue
        except NoModel as problem:
            over = problem
            notes.append(problem.reason)
            continue
        return Answer(
            value=got.value,
            provider=route.provider,
            model=route.model,
            prompt_version=question.prompt.label,
            usage=got.usage,
            cached=got.cached,
            notes=(*notes, *got.notes),
        )
    raise over or _all_failed(notes)


def stream(
    *,
    actor: Actor,
    purpose: Purpose,
    prompt: Prompt,
    schema: "type[pydantic.BaseModel] | None" = None,
    course: Course | None = None,
    job_id: int | None = None,
    max_tokens: int = MAX_TOKENS,
    use: Use = Use.AUTO,
    about: int | None = None,
) -> Iterator[Piece]:
    """The same in pieces. Raises what `ask` raises, before the first piece.

    With a schema the pieces are those of its JSON, for the caller to validate. Raises CutOff when
    the answer breaks off after its first words. Closing the iterator ends the call; it is booked.
    """
    line = Line(actor, purpose, course, job_id, about)
    routes = _routes(line, use)
    hidden = Redaction(names_around(actor, course))
    question = Question(_safe(prompt, hidden), schema, max_tokens, hidden)
    return _opened(line, routes, question)


def _opened(line: Line, routes: list[Route], question: Question) -> Iterator[Piece]:
    """The stream of the first route that gives a first piece; that piece is fetched here."""
    notes: list[str] = []
    over: NoModel | None = None
    for route in _in_time(line, routes):
        running = _told(line, route, question)
        try:
            first = next(running)
        except ProviderError as problem:
            notes.append(problem.detail)
        except NoModel as problem:
            over = problem
        else:
            return _rest(first, running)
    raise over or _all_failed(notes)


def _in_time(line: Line, routes: list[Route]) -> Iterator[Route]:
    """The routes, while whoever waits is not tired of it after the first."""
    patience, started = PATIENCE.get(line.purpose), time.monotonic()
    for at, route in enumerate(routes):
        # What is left must be worth a try, not a second full silence.
        if at and patience is not None and time.monotonic() - started > patience / 2:
            return
        yield route


def _rest(first: Piece, running: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces after the first; a failure is told as CutOff."""
    try:
        yield first
        yield from running
    except ProviderError as problem:
        raise CutOff("unavailable", problem.detail) from problem


def _told(line: Line, route: Route, question: Question) -> Iterator[Piece]:
    label = question.prompt.label
    for text, usage in pieces(line, route, question):
        yield Piece(text, route.provider, route.model, label, usage)


def _safe(prompt: Prompt, hidden: Redaction) -> Prompt:
    """The prompt as it may leave: no hidden characters, names and addresses replaced."""
    return prompt.through(lambda text: hidden.hide(clean_source(text)))


def _all_failed(notes: list[str]) -> NoModel:
    return NoModel("unavailable", " ".join(dict.fromkeys(notes)))

"""Asking providers in order until enough questions pass the checks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ai.enums import CallOutcome
from ai.gateway.breaker import Breaker
from ai.gateway.checks import Check, Judge, Known, Surroundings, acceptable, examine
from ai.gateway.embeddings import Embedder
from ai.gateway.provider import (
    GeneratedQuestion,
    Provider,
    ProviderAnswer,
    ProviderError,
    QuestionRequest,
    Usage,
)
from ai.gateway.text import clean_source, overlap, sentences, verbatim

NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Call:
    """One call for the ledger."""

    provider: str
    model: str
    prompt_version: str
    usage: Usage
    outcome: CallOutcome
    detail: str = ""
    # Whether the provider wrote it into the ledger itself.
    booked: bool = False


@dataclass(frozen=True, slots=True)
class CheckedQuestion:
    """A question that passed, with its checks and where it comes from."""

    question: GeneratedQuestion
    checks: tuple[Check, ...]
    provider: str
    model: str
    prompt_version: str
    notes: tuple[str, ...]


@dataclass(slots=True)
class Batch:
    """What came of a request: questions, the calls that were made, and remarks in words."""

    items: list[CheckedQuestion] = field(default_factory=list)
    dropped: list[CheckedQuestion] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    # How many questions failed, by the first blocking check that they did not pass.
    rejected: Counter[str] = field(default_factory=Counter)


def generate(
    request: QuestionRequest,
    providers: Sequence[Provider],
    *,
    known: Sequence[Known] = (),
    embedder: Embedder | None = None,
    breaker: Breaker | None = None,
    judge: Judge | None = None,
) -> Batch:
    """Up to `request.count` questions that pass. Later providers fill what earlier ones leave.

    Never raises for a provider's failure: the batch says in words what went wrong.
    """
    batch = Batch()
    request = replace(request, text=clean_source(request.text))
    for provider in providers:
        missing = request.count - len(batch.items)
        if missing == 0:
            break
        answer = _call(provider, _narrowed(request, provider, batch, missing), batch, breaker)
        if answer is not None:
            _keep_good(answer, request, batch, known=known, embedder=embedder, judge=judge)
    return batch


def _narrowed(
    request: QuestionRequest, provider: Provider, batch: Batch, missing: int
) -> QuestionRequest:
    """The request as this provider gets it: what is missing, and one window of a long text."""
    avoid = (*request.avoid, *(item.question.stem for item in batch.items))
    skip = (*request.skip, *(text for item in batch.items for text in item.question.evidence))
    wanted = request.wanting(missing + provider.spare, avoid=avoid, skip=skip)
    windows = list(windows_of(request.text, provider.window))
    if len(windows) > 1:
        wanted = replace(wanted, text=windows[(request.seed + len(avoid)) % len(windows)])
    return wanted


def windows_of(text: str, size: int) -> Iterator[str]:
    """A text cut at paragraphs into pieces of at most `size` characters."""
    held = ""
    for paragraph in text.split("\n"):
        for start in range(0, max(1, len(paragraph)), size):
            piece = paragraph[start : start + size]
            if held and len(held) + len(piece) + 1 > size:
                yield held
                held = ""
            held = f"{held}\n{piece}" if held else piece
    if held.strip():
        yield held


def _call(
    provider: Provider, request: QuestionRequest, batch: Batch, breaker: Breaker | None
) -> ProviderAnswer | None:
    """One call, written down whatever comes of it; None when it gave nothing."""
    key = f"{provider.name}:{provider.model}"
    if breaker is not None and not breaker.allows(key):
        batch.remarks.append(
            _("The AI endpoint failed several times and is left alone for a minute.")
        )
        return None
    try:
        answer = provider.generate_questions(request)
    except ProviderError as problem:
        if breaker is not None and problem.outcome == CallOutcome.UNAVAILABLE:
            breaker.failed(key)
        batch.remarks.append(problem.detail)
        batch.calls.append(_entry(provider, problem.usage, problem.outcome, problem.detail))
        return None
    if breaker is not None:
        breaker.succeeded(key)
    batch.calls.append(_entry(provider, answer.usage, CallOutcome.ANSWERED, ""))
    return answer


def _entry(provider: Provider, usage: Usage, outcome: CallOutcome, detail: str) -> Call:
    version, booked = provider.prompt_version, getattr(provider, "booked", False)
    return Call(provider.name, provider.model, version, usage, outcome, detail, booked)


def _keep_good(
    answer: ProviderAnswer,
    request: QuestionRequest,
    batch: Batch,
    *,
    known: Sequence[Known],
    embedder: Embedder | None,
    judge: Judge | None,
) -> None:
    """Add the questions that pass, up to the count asked for; say how many did not."""
    dropped = 0
    for made in answer.questions:
        if len(batch.items) == request.count:
            return
        question = grounded(made, request.text)
        there = [item.question for item in batch.items]
        kept = [Known(one.stem, one.answer, one.evidence) for one in there]
        checks = examine(
            question, Surroundings(request.text, [*known, *kept], embedder, there, judge)
        )
        source = (answer.provider, answer.model, answer.prompt_version, answer.notes)
        item = CheckedQuestion(question, checks, *source)
        if not acceptable(checks):
            dropped += 1
            batch.dropped.append(item)
            batch.rejected[next(c.name for c in checks if c.blocking and not c.passed)] += 1
            continue
        batch.items.append(item)
    if dropped:
        words = ngettext(
            "%(n)d question from %(provider)s did not pass the checks.",
            "%(n)d questions from %(provider)s did not pass the checks.",
            dropped,
        )
        batch.remarks.append(words % {"n": dropped, "provider": answer.provider})


def grounded(question: GeneratedQuestion, source: str) -> GeneratedQuestion:
    """The question with its evidence exactly as the source writes it, also for a near copy."""
    evidence = tuple(verbatim(source, text) or _nearest(text, source) for text in question.evidence)
    return replace(question, evidence=evidence)


def _nearest(text: str, source: str) -> str:
    """The source's sentence most like a citation, or the citation itself when none is near."""
    best = max(sentences(source), key=lambda sentence: overlap(text, sentence), default=text)
    return best if overlap(text, best) >= NEAR else text

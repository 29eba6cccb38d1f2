"""Drafts of marks beside the marks of a person, on invented work."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lms.management.intervals import as_json, bootstrap

if TYPE_CHECKING:
    from ai.gateway.corpus import MarkedWork
    from ai.gateway.embeddings import Embedder
    from ai.gateway.marking import CriterionDraft
    from assessments.scoring.rubric import Criterion
    from lms.kernel.actors import Actor

Pair = tuple[float, float]


def evaluate_likeness(embedder: "Embedder") -> dict[str, Any]:
    """Short answers, by likeness to the accepted ones and without a model."""
    from ai.gateway.corpus import marked_answers
    from ai.gateway.short_answers import PROVIDER, VERSION, draft

    items = marked_answers()
    drafts = [draft(one.answer, one.references, Decimal(1), embedder) for one in items]
    pairs = [
        (float(made.points), float(one.right))
        for one, made in zip(items, drafts, strict=True)
        if made.points is not None
    ]
    quoted = [(made, one) for one, made in zip(items, drafts, strict=True) if made.quote]
    spans = sum(one.answer[made.start : made.end] == made.quote for made, one in quoted)
    return {
        "provider": PROVIDER,
        "model": embedder.name,
        "prompt_version": VERSION,
        "answers": len(items),
        "decided": as_json(len(pairs), len(items)),
        "as_the_person": as_json(sum(one == other for one, other in pairs), len(pairs)),
        "kappa": bootstrap(pairs, _kappa),
        "spans_occur": as_json(spans, len(quoted)),
    }


def evaluate_readings(actor: "Actor") -> dict[str, Any]:
    """Works read by a rubric, by the connected model; each call is booked and held to budgets."""
    from ai.gateway.corpus import marked_works
    from ai.services.routes import NoModel

    criteria, works = marked_works()
    read: list[tuple[MarkedWork, tuple[CriterionDraft, ...]]] = []
    quotes, problem, model = 0, "", dict[str, str]()
    for work in works:
        try:
            drafts, said, model = _read(actor, criteria, work)
        except NoModel as none:
            problem = none.reason
            break
        read.append((work, drafts))
        quotes += said
    by_work = [_pairs(work, drafts, criteria) for work, drafts in read]
    pairs = [pair for some in by_work for pair in some]
    kept = [(one, work) for work, drafts in read for one in drafts if one.quote]
    spans = sum(work.text[one.start : one.end] == one.quote for one, work in kept)
    judgements = sum(len(work.levels) for work, _drafts in read)
    return {
        **model,
        "works": len(read),
        "problem": problem,
        "decided": as_json(len(pairs), judgements),
        "as_the_person": as_json(sum(one == other for one, other in pairs), len(pairs)),
        "kappa": bootstrap(by_work, lambda some: _kappa([p for pairs in some for p in pairs])),
        "with_a_quote": as_json(len(kept), quotes),
        "spans_occur": as_json(spans, len(kept)),
    }


def _read(
    actor: "Actor", criteria: "Sequence[Criterion]", work: "MarkedWork"
) -> "tuple[tuple[CriterionDraft, ...], int, dict[str, str]]":
    """Two readings as one, how many quotes the agreed one could have had, and who read."""
    from ai.enums import Purpose
    from ai.gateway.marking import agreed, marking_prompt, read_marks
    from ai.gateway.replies.marks import MarkReply
    from ai.services.asking import ask

    answers = [
        ask(
            actor=actor,
            purpose=Purpose.MARKING,
            prompt=marking_prompt(criteria, work.text, backwards=backwards),
            schema=MarkReply,
            max_tokens=1_500,
        )
        for backwards in (False, True)
    ]
    readings = [read_marks(one.value, criteria, work.text) for one in answers]
    first = answers[0]
    who = {"provider": first.provider, "model": first.model, "prompt_version": first.prompt_version}
    return agreed(readings[0], readings[1], work.text), len(criteria), who


def _pairs(
    work: "MarkedWork", drafts: "Sequence[CriterionDraft]", criteria: "Sequence[Criterion]"
) -> list[Pair]:
    """Places of the levels from 0 to 1: the draft's beside the person's."""
    found = []
    by = {one.criterion: one.level for one in drafts}
    for criterion in criteria:
        levels = [level.id for level in criterion.levels]
        drafted, given = by.get(criterion.id, ""), work.levels[criterion.id]
        if drafted in levels:
            last = len(levels) - 1
            found.append((levels.index(drafted) / last, levels.index(given) / last))
    return found


def _kappa(pairs: Sequence[Pair]) -> float | None:
    from ai.scoring.agreement import agreement

    return agreement(pairs).kappa

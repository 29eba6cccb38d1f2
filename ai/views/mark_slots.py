"""Drafts of marks on the pages where people mark."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from ai.forms.mark_draft import answer_line
from ai.models import AnswerDraft
from ai.queries.answer_draft import SHORT, answer_drafts, unfinished_answer_drafts
from assessments.models import Attempt
from lms.kernel.web.middleware import actor_of


def answer_draft(request: HttpRequest, context: dict[str, Any]) -> str:
    """What likeness says of a short answer, beside the score by hand."""
    attempt, one = context.get("attempt"), context.get("one")
    if attempt is None or one is None or one.sheet.kind != SHORT:
        return ""
    draft = _drafts(request, attempt).get(one.part_id)
    if draft is None:
        return ""
    shown = {"draft": draft, "line": answer_line(draft), "points": one.sheet.points}
    return render_to_string("ai/marking/answer.html", shown, request=request)


def answer_drafts_card(request: HttpRequest, context: dict[str, Any]) -> str:
    """The button that compares the short answers, where some missed a point."""
    attempt, review = context.get("attempt"), context.get("review")
    if attempt is None or review is None:
        return ""
    missed = [one for one in review.questions if one.sheet.kind == SHORT and _missed(one.sheet)]
    if not missed:
        return ""
    shown = {
        "course": context["course"],
        "attempt": attempt,
        "many": len(missed),
        "made": bool(_drafts(request, attempt)),
        "running": unfinished_answer_drafts(attempt) is not None,
    }
    return render_to_string("ai/marking/answers_card.html", shown, request=request)


def _missed(sheet: Any) -> bool:
    return bool(sheet.answer) and (sheet.score is None or sheet.score < sheet.points)


def _drafts(request: HttpRequest, attempt: Attempt) -> dict[str, AnswerDraft]:
    """Asked once for a page."""
    known: dict[str, AnswerDraft] | None = getattr(request, "_answer_drafts", None)
    if known is None:
        known = answer_drafts(actor_of(request), attempt)
        request._answer_drafts = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known

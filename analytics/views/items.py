"""How the questions of a quiz worked: on the results of a quiz, and beside questions."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from analytics.models import ItemStatistics
from analytics.queries.items import (
    CHOICES,
    Glance,
    glances,
    item_statistics,
    quiz_analysis,
    running_count,
)
from analytics.scoring.item_analysis import LEAST
from analytics.scoring.item_words import FLAGS, SHORT_FLAGS, alpha_words, reason_words
from analytics.services.items import start_count
from analytics.views import charts
from analytics.views.latent import latent_of
from assessments.enums import QuestionKind
from assessments.models import QuestionVersion
from assessments.queries.content import version_content
from assessments.queries.quiz import quiz as find_quiz
from assessments.rules import SEE_RESULTS
from assessments.scoring.registry import type_of
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.views.doors import find_course
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows
from lms.kernel.text import plain_text
from lms.kernel.web.middleware import actor_of

MOST_QUIZZES = 10
FIGURES = ("facility", "corrected", "discrimination", "alpha_if_deleted")


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An option as its row reads; `right` is None for no answer."""

    label: str
    right: bool | None
    count: int
    share: float | None
    mean: float | None
    upper: float | None
    lower: float | None
    unused: bool


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A question of the quiz as its row reads; `missing` says in words why figures are missing."""

    row: ItemStatistics
    enough: bool
    text: str
    flags: list[tuple[str, str]]
    missing: list[str]
    options: list[OptionLine]


@require_POST
def count(request: HttpRequest, slug: str, quiz_id: str) -> HttpResponse:
    """Count a quiz now."""
    actor = actor_of(request)
    course = find_course(request, slug, STAFF_COURSE)
    quiz = find_quiz(actor, quiz_id)
    if quiz.course_id != course.pk:
        raise NotFound
    start_count(actor=actor, quiz=quiz)
    return redirect("teach-quiz-results", slug=slug, quiz_id=quiz_id)


def of_quiz(request: HttpRequest, context: dict[str, Any]) -> str:
    """The item analysis below the results of a quiz."""
    actor, quiz = actor_of(request), context["quiz"]
    if not allows(actor, SEE_RESULTS, quiz):
        return ""
    found = quiz_analysis(actor, quiz)
    rows = list(item_statistics(actor, quiz=quiz)) if found else []
    more = {
        **context,
        "analysis": found,
        "lines": [line_of(row) for row in rows],
        "chart": charts.items(rows) if rows else None,
        "reliability": alpha_words(found.alpha) if found and found.alpha is not None else "",
        "no_reliability": reason_words(found.reasons.get("alpha", "")) if found else "",
        "latent": latent_of(found.latent, rows) if found else None,
        "least": LEAST,
        "job": running_count(actor, quiz),
        "may_count": allows(actor, ASSIST_COURSE, quiz.course),
    }
    return render_to_string("analytics/items/of_quiz.html", more, request)


def jump(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way from the head of the results to the item analysis, which stands below them."""
    if not allows(actor_of(request), SEE_RESULTS, context["quiz"]):
        return ""
    return render_to_string("analytics/items/_jump.html", {}, request)


def beside_question(request: HttpRequest, context: dict[str, Any]) -> str:
    """The figures of a question in its row of the bank; one query for all rows of the page."""
    page, row = context.get("page"), context["row"]
    kept: dict[int, Glance] | None = getattr(request, "item_glances", None)
    if kept is None:
        kept = glances(actor_of(request), list(page) if page is not None else [row])
        request.item_glances = kept  # type: ignore[attr-defined]
    glance = kept.get(row.pk)
    flags = (
        [str(SHORT_FLAGS[flag]) for flag in glance.flags if flag in SHORT_FLAGS] if glance else []
    )
    enough = glance is not None and glance.n >= LEAST
    shown = {"glance": glance, "flags": flags, "least": LEAST, "enough": enough}
    return render_to_string("analytics/items/beside_question.html", shown)


def of_question(request: HttpRequest, context: dict[str, Any]) -> str:
    """How a question worked in each quiz, on its own page."""
    question = context.get("question")
    if question is None:
        return ""
    rows = item_statistics(actor_of(request), question=question)[:MOST_QUIZZES]
    lines = [line_of(row) for row in rows]
    shown = {"lines": lines, "course": context.get("course"), "least": LEAST}
    return render_to_string("analytics/items/of_question.html", shown)


def line_of(row: ItemStatistics) -> ItemLine:
    """A row with its words."""
    enough = row.n >= LEAST
    reasons = dict.fromkeys(
        reason_words(row.reasons[name]) for name in FIGURES if name in row.reasons
    )
    return ItemLine(
        row=row,
        enough=enough,
        text=row.version.question.text,
        flags=[(str(SHORT_FLAGS[f]), str(FLAGS[f])) for f in row.flags if f in FLAGS],
        missing=[words for words in reasons if words],
        options=_options(row, enough=enough),
    )


def _options(row: ItemStatistics, *, enough: bool) -> list[OptionLine]:
    if not row.options:
        return []
    labels, right = _labels(row.version), _right(row.version)
    return [
        OptionLine(
            label=labels.get(one["id"], one["id"]) if one["id"] else _("No answer"),
            right=one["id"] in right if one["id"] else None,
            count=one["count"],
            share=one["count"] / row.n if row.n else None,
            mean=one["mean"],
            upper=one["upper"],
            lower=one["lower"],
            unused=bool(one["id"]) and enough and not one["count"],
        )
        for one in [*row.options[1:], row.options[0]]
    ]


def _labels(version: QuestionVersion) -> dict[str, str]:
    if version.question.kind == QuestionKind.TRUE_FALSE:
        return {"true": _("True"), "false": _("False")}
    return {one["id"]: plain_text(one["text"]) for one in version.body.get("options", ())}


def _right(version: QuestionVersion) -> set[str]:
    """The right options by the newest key that knows the options shown."""
    kind = QuestionKind(version.question.kind)
    shown = {one["id"] for one in version.body.get("options", ())}
    newest = version.question.latest
    if kind in CHOICES and newest is not None:
        known = {one["id"] for one in newest.body.get("options", ())}
        version = newest if shown <= known else version
    solution = type_of(kind).solution(version_content(version))
    if isinstance(solution, bool):
        return {"true" if solution else "false"}
    return set(solution) if isinstance(solution, list) else {str(solution)}

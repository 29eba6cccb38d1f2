"""The gradebook of a course for its staff: the grid, its plain twin, one cell."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.enums import Aggregate, GradeSource, GradeStatus
from assessments.forms.gradebook import CellForm
from assessments.models import Grade, GradeChange
from assessments.queries.book import settings_of, status_words
from assessments.queries.gradebook import (
    Grid,
    cell,
    cell_history,
    grid,
    item_in,
    learner_in,
    total_of,
)
from assessments.scoring.gradebook_statuses import statuses_from
from assessments.services.cells import set_cell
from courses.models import Course
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.web.middleware import actor_of

PLAIN_SIZE = 25
WORDS = {
    "anonymous": gettext_lazy("Learner %s"),
    "byHand": gettext_lazy("Set by hand"),
    "categories": gettext_lazy("All categories"),
    "changed": gettext_lazy("Meanwhile this became %(theirs)s. You wrote %(mine)s."),
    "conflict": gettext_lazy("Not saved"),
    "course": gettext_lazy("Course"),
    "edit": gettext_lazy("%(column)s of %(learner)s"),
    "everyone": gettext_lazy("Everybody"),
    "extra": gettext_lazy("extra credit"),
    "failed": gettext_lazy("That did not work. Try again."),
    "follow": gettext_lazy("Follow the work again"),
    "hidden": gettext_lazy("hidden, does not count"),
    "itself": gettext_lazy("scored by itself"),
    "keepMine": gettext_lazy("Keep mine"),
    "learner": gettext_lazy("Learner"),
    "noHistory": gettext_lazy("Nothing has happened here yet."),
    "notUnderstood": gettext_lazy("Write a number, “7l” for late, “m” for missing, “ex” or “-”."),
    "nothing": gettext_lazy("Nothing to take back."),
    "over": gettext_lazy("set over its work"),
    "pasted": gettext_lazy("%s cells written."),
    "pasteRefused": gettext_lazy("Nothing was pasted: %s values are no grades."),
    "periods": gettext_lazy("All periods"),
    "posted": gettext_lazy("Posted"),
    "reason": gettext_lazy("Why"),
    "save": gettext_lazy("Save"),
    "saved": gettext_lazy("Saved."),
    "score": gettext_lazy("Score"),
    "shown": gettext_lazy("%s learners"),
    "status": gettext_lazy("Status"),
    "total": gettext_lazy("Total"),
    "undo": gettext_lazy("Taken back"),
    "unposted": gettext_lazy("not posted"),
    "weight": gettext_lazy("weight"),
    "why": gettext_lazy("Why this total?"),
}
NOTES = {
    "missing": gettext_lazy("missing, counts as it is scored"),
    "late": gettext_lazy("late"),
    "as_zero": gettext_lazy("empty, counts as 0"),
    "status_as_given": gettext_lazy("counts as it is scored"),
    "status_zero": gettext_lazy("counts as 0"),
    "status_percent": gettext_lazy("counts as a percentage of the points"),
}
LEFT_OUT = {
    "excused": gettext_lazy("excused, does not count"),
    "ungraded": gettext_lazy("not graded yet, does not count"),
    "dropped_lowest": gettext_lazy("dropped as the lowest"),
    "dropped_highest": gettext_lazy("dropped as the highest"),
    "weightless": gettext_lazy("weight 0, does not count"),
    "empty": gettext_lazy("nothing to count yet"),
    "status_left_out": gettext_lazy("does not count"),
}


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The grid; its cells come through the API. `view=plain` is a table page by page."""
    course = find_course(request, slug, STAFF_COURSE)
    if request.GET.get("view") == "plain":
        return _plain(request, course)
    context = teach_context(
        request,
        course,
        "gradebook",
        url=reverse("gradebook-detail", args=[course.public_id]),
        words=json.dumps(words_of(), default=str),
        statuses=GradeStatus.choices,
    )
    return render(request, "assessments/gradebook/index.html", context)


def words_of() -> dict[str, Any]:
    """All words of the grid's scripts in the asker's language."""
    return {
        **WORDS,
        "statuses": dict(GradeStatus.choices),
        "rules": dict(Aggregate.choices),
        "origins": dict(GradeSource.choices),
        "notes": NOTES,
        "leftOut": LEFT_OUT,
    }


def _plain(request: HttpRequest, course: Course) -> HttpResponse:
    found = grid(actor_of(request), course)
    page = Paginator(found.rows, PLAIN_SIZE).get_page(request.GET.get("page"))
    lines = [(row, _cells(found, row.cells)) for row in page]
    context = teach_context(request, course, "gradebook", page=page, lines=lines, items=found.items)
    return render(request, "assessments/gradebook/plain.html", context)


def _cells(found: Grid, text: str) -> list[tuple[Any, str]]:
    """A row's cells by column: the score or the status in words, empty when there is none."""
    names = list(found.statuses.values())
    shown = {
        place: f"{score:g}" if score is not None else names[status]
        for place, score, status, *_more in json.loads(text)
    }
    return [(item, shown.get(place, "")) for place, item in enumerate(found.items)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_cell(request: HttpRequest, slug: str, item_id: str, learner_id: str) -> HttpResponse:
    """One cell with its history, to read and to write without the grid."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    item = item_in(actor, course, item_id)
    learner = learner_in(actor, course, learner_id)
    grade = cell(actor, item, learner)
    book = settings_of(course.pk)
    own = statuses_from(book.statuses).values()
    form = CellForm(request.POST or None, own=own, initial=_initial(grade))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals(request, form):
            set_cell(
                actor=actor,
                item=item,
                learner=learner,
                score=data["score"],
                status=data["status"],
                reason=data["reason"],
                expected=data["version"],
            )
            messages.success(request, _("The grade is saved."))
            return redirect("teach-gradebook-cell", slug, item_id, learner_id)
    context = teach_context(
        request,
        course,
        "gradebook",
        item=item,
        learner=learner,
        grade=grade,
        form=form,
        changes=_told(cell_history(actor, item, learner)[:50], status_words(book)),
        total=total_of(actor, course, learner),
    )
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/gradebook/cell.html", context, status=status)


def _told(rows: Iterable[GradeChange], words: dict[str, str]) -> list[dict[str, Any]]:
    """Changes with their statuses in words."""
    return [
        {
            "row": row,
            "before": words.get(row.status_before, row.status_before),
            "after": words.get(row.status_after, row.status_after),
            "status_changed": row.status_before != row.status_after,
        }
        for row in rows
    ]


def _initial(grade: Grade | None) -> dict[str, Any]:
    if grade is None:
        return {"status": GradeStatus.GRADED, "version": 0}
    score = None if grade.score is None else grade.score.normalize()
    return {"score": score, "status": grade.status, "version": grade.version}

"""Who has which dates in a quiz or an assignment, and giving people and groups other ones."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.override import OverrideForm
from assessments.models import DateOverride, PeerReview
from assessments.queries.assignment import assignment_of
from assessments.queries.dates import (
    Work,
    dates_of,
    dates_of_learners,
    learner_rows,
    override,
    overrides,
    review_dates_of,
)
from assessments.queries.peer import review_of
from assessments.queries.quiz import quiz_of
from assessments.scoring.dates import Dates
from assessments.services.override import remove_override, require_edit, set_override
from assessments.views.assignment import find_assignment
from assessments.views.quiz import find_place
from courses.models import Course, Lesson
from courses.queries.group import group, groups, learners_by_id, learners_of
from courses.views.doors import refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """The quiz or the assignment of an address: `kind` says which, `review` its peer review."""

    kind: str
    course: Course
    lesson: Lesson
    work: Work
    review: PeerReview | None


@never_cache
@require_safe
def index(request: HttpRequest, slug: str, lesson_id: str, kind: str) -> HttpResponse:
    """The dates of each learner, and what was set for groups and people."""
    place = _place(request, slug, lesson_id, kind)
    actor = actor_of(request)
    search = request.GET.get("search", "")[:200].strip()
    page = Paginator(learner_rows(actor, place.work, search=search), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    more = {
        "page": page,
        "search": search,
        "lines": dates_of_learners(place.work, list(page)),
        "overrides": list(overrides(actor, place.work)),
    }
    return render(request, "assessments/dates/index.html", _context(request, place, **more))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str, lesson_id: str, kind: str) -> HttpResponse:
    """Give a learner or a group other dates."""
    return _edit(request, _place(request, slug, lesson_id, kind), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(
    request: HttpRequest, slug: str, lesson_id: str, override_id: str, kind: str
) -> HttpResponse:
    """Change what was set."""
    return _edit(request, _place(request, slug, lesson_id, kind), override_id)


@require_POST
def remove(
    request: HttpRequest, slug: str, lesson_id: str, override_id: str, kind: str
) -> HttpResponse:
    """Take it back."""
    place = _place(request, slug, lesson_id, kind)
    actor = actor_of(request)
    require_edit(actor, place.work)
    remove_override(actor=actor, override=override(actor, place.work, override_id))
    messages.success(request, _("The usual dates hold again."))
    return redirect(f"teach-{kind}-dates", slug=slug, lesson_id=lesson_id)


def _edit(request: HttpRequest, place: Place, override_id: str | None) -> HttpResponse:
    actor = actor_of(request)
    require_edit(actor, place.work)
    row = override(actor, place.work, override_id) if override_id else None
    choices = [(_whose(row), _name(row))] if row else _choices(request, place.course)
    form = OverrideForm(
        request.POST or None,
        choices=choices,
        initial=OverrideForm.initial_of(row, _whose(row)) if row else None,
        fields=_fields(place),
    )
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            _save(request, place, form)
            target = f"teach-{place.kind}-dates"
            return redirect(target, slug=place.course.slug, lesson_id=place.lesson.public_id)
    status = 400 if request.method == "POST" else 200
    context = _context(request, place, form=form, row=row)
    return render(request, "assessments/dates/edit.html", context, status=status)


def _save(request: HttpRequest, place: Place, form: OverrideForm) -> None:
    actor, course = actor_of(request), place.course
    kind, _colon, public_id = form.cleaned_data["whose"].partition(":")
    whose: dict[str, Any] = (
        {"group": group(actor, public_id, course=course)}
        if kind == "group"
        else {"person": learners_by_id(actor, course, [public_id])[0]}
    )
    change, reviews = form.change(), form.reviews()
    set_override(actor=actor, work=place.work, change=change, reviews=reviews, **whose)
    words = {
        "quiz": _("The dates are saved. Open attempts get more time at once."),
        "assignment": _("The dates are saved. Marks follow them and wait to be released."),
    }
    messages.success(request, words[place.kind])


def _fields(place: Place) -> tuple[str, ...]:
    """What may be different in a work, beside its dates."""
    if place.kind == "quiz":
        return ("minutes", "attempts_allowed")
    return ("reviews_due_at", "appeal_until") if place.review else ()


def _context(request: HttpRequest, place: Place, **more: Any) -> dict[str, Any]:
    tab = "quizzes" if place.kind == "quiz" else "assignments"
    dates = dates_of(place.work)
    return teach_context(
        request,
        place.course,
        tab,
        lesson=place.lesson,
        kind=place.kind,
        work=place.work,
        review=place.review,
        dates=dates,
        has_dates=dates != Dates() or _has_review_dates(place),
        names={
            "list": "teach-quizzes" if place.kind == "quiz" else "teach-assignments",
            "work": f"teach-{place.kind}",
            "dates": f"teach-{place.kind}-dates",
            "new": f"teach-{place.kind}-dates-new",
            "edit": f"teach-{place.kind}-dates-edit",
            "remove": f"teach-{place.kind}-dates-remove",
        },
        **more,
    )


def _has_review_dates(place: Place) -> bool:
    return place.review is not None and review_dates_of(place.review) != Dates()


def _place(request: HttpRequest, slug: str, lesson_id: str, kind: str) -> Place:
    if kind == "quiz":
        course, lesson = find_place(request, slug, lesson_id)
        quiz = quiz_of(lesson)
        if quiz is None:
            raise NotFound
        return Place(kind, course, lesson, quiz, None)
    course, lesson = find_assignment(request, slug, lesson_id)
    asked = assignment_of(lesson)
    if asked is None:
        raise NotFound
    return Place(kind, course, lesson, asked, review_of(asked))


def _choices(request: HttpRequest, course: Course) -> list[tuple[str, Any]]:
    grouped = [
        (f"group:{row.public_id}", row.name) for row in groups(actor_of(request), course=course)
    ]
    people = [(f"person:{row.public_id}", row.display_name) for row in learners_of(course.pk)]
    return [("", _("Choose")), (_("Groups"), grouped), (_("Learners"), people)]


def _whose(row: DateOverride) -> str:
    if row.group is not None:
        return f"group:{row.group.public_id}"
    return f"person:{row.person.public_id}" if row.person else ""


def _name(row: DateOverride) -> str:
    return row.group.name if row.group else row.person.display_name if row.person else ""

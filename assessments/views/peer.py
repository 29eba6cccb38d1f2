"""Reviewing one's peers: examples, tasks, what came back, objections."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import PeerPhase
from assessments.forms.marking import posted_picks
from assessments.forms.peer import AppealForm, ReviewForm, TryForm
from assessments.models import Assignment, PeerReview, PeerTask
from assessments.queries.anonymity import neutral_name
from assessments.queries.assignment import assignment_of
from assessments.queries.peer import (
    example_in,
    own_task,
    peer_desk,
    review_of,
    reviews_received,
)
from assessments.queries.submission import own_submission, versions_of
from assessments.rules import VIEW_ASSIGNMENT
from assessments.scoring.rubric import criteria_of, picks_of, points_of
from assessments.services import peer
from assessments.services.private_file import grant_file
from courses.models import Course, Lesson
from courses.rules import LEARN_COURSE, VIEW_LESSON
from courses.views.doors import find_course, refusals
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of

Place = tuple[Course, Lesson, PeerReview]


@never_cache
@require_safe
def desk(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """One's tasks and examples; once closed, what came back."""
    course, lesson, review = _place(request, slug, item)
    return _desk(request, course, lesson, review)


@require_POST
def judge(request: HttpRequest, slug: str, item: str, example_id: str) -> HttpResponse:
    """Score an example, once."""
    course, lesson, review = _place(request, slug, item)
    example = example_in(review, example_id)
    form = TryForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            peer.try_example(actor=actor_of(request), example=example, **form.cleaned_data)
            words = _("The instructor gave %(score)s.")
            messages.success(request, words % {"score": f"{example.score.normalize():f}"})
            return redirect("peer", slug=slug, item=item)
    return _desk(request, course, lesson, review, 400, refused=form, refused_for=example_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, slug: str, item: str, task_id: str) -> HttpResponse:
    """One work of a peer, without a name, and one's review of it."""
    course, lesson, review = _place(request, slug, item)
    row = own_task(actor_of(request), review.assignment, task_id)
    rubric = review.assignment.rubric
    criteria = criteria_of(rubric.criteria) if rubric else ()
    form = ReviewForm(request.POST or None, initial={"feedback": row.feedback})
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            picks = posted_picks(criteria, request.POST)
            peer.write_review(actor=actor_of(request), task=row, picks=picks, **form.cleaned_data)
            messages.success(request, _("Your review is saved."))
            return redirect("peer", slug=slug, item=item)
    context = {
        "course": course,
        "lesson": lesson,
        "assignment": review.assignment,
        "review": review,
        "task": row,
        "form": form,
        "criteria": _criteria(criteria, row),
        **_work(row),
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/peer/task.html", context, status=status)


@require_safe
@cache_control(no_store=True)
def file(
    request: HttpRequest, slug: str, item: str, task_id: str, file_id: str
) -> HttpResponseBase:
    """A file of the work under review, under a neutral name."""
    _course, _lesson, review = _place(request, slug, item)
    row = own_task(actor_of(request), review.assignment, task_id)
    files = {one["row"].public_id: one for one in _work(row)["files"]}
    if file_id not in files:
        raise NotFound
    one = files[file_id]
    return redirect(grant_file(file=one["row"], name=one["name"]).url)


@require_POST
def appeal(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Object to the reviews of one's own work."""
    course, lesson, review = _place(request, slug, item)
    actor, form = actor_of(request), AppealForm(request.POST)
    mine = own_submission(actor, review.assignment)
    if mine is None:
        raise NotFound
    if form.is_valid():
        with refusals(request, form):
            peer.object_to_reviews(actor=actor, submission=mine, **form.cleaned_data)
            messages.success(request, _("Staff read your objection and answer it here."))
            return redirect("peer", slug=slug, item=item)
    return _desk(request, course, lesson, review, 400, appeal_form=form)


def _desk(
    request: HttpRequest,
    course: Course,
    lesson: Lesson,
    review: PeerReview,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    actor = actor_of(request)
    mine = own_submission(actor, review.assignment)
    context = {
        "course": course,
        "lesson": lesson,
        "assignment": review.assignment,
        "review": review,
        "phases": PeerPhase.choices,
        "desk": peer_desk(actor, review),
        "mine": mine,
        "received": reviews_received(actor, mine) if mine else [],
        "appeal": getattr(mine, "peer_appeal", None) if mine else None,
        "try_form": TryForm(),
        "appeal_form": AppealForm(),
        **more,
    }
    return render(request, "assessments/peer/desk.html", context, status=status)


def _place(request: HttpRequest, slug: str, item: str) -> Place:
    course = find_course(request, slug)
    actor = actor_of(request)
    select = ("section", "course")
    lesson = fetch(actor, VIEW_LESSON, select=select, public_id=item, course=course)
    asked: Assignment | None = assignment_of(lesson)
    review = review_of(asked) if asked else None
    if asked is None or review is None:
        raise NotFound
    require(actor, VIEW_ASSIGNMENT, asked)
    require(actor, LEARN_COURSE, course)
    return course, lesson, review


def _work(row: PeerTask) -> dict[str, Any]:
    versions = list(versions_of(row.submission))
    if not versions:
        raise Conflict(_("This work is gone."), code="empty_submission")
    files = [
        {"row": one, "name": neutral_name(one, place)}
        for place, one in enumerate(versions[-1].files.all(), start=1)
    ]
    return {"work": versions[-1], "files": files}


def _criteria(criteria: Any, row: PeerTask) -> list[dict[str, Any]]:
    picks = picks_of(row.picks)
    return [
        {
            "row": one,
            "pick": picks.get(one.id),
            "points": points_of(one, picks[one.id]) if one.id in picks else None,
        }
        for one in criteria
    ]

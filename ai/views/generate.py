"""Generate questions from a lesson or a text, and follow the work."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ai.enums import Bloom, Difficulty, DraftState, Purpose, QuestionKind, Use
from ai.forms.generate import GenerateForm
from ai.queries.content import KIND as CONTENT
from ai.queries.draft import own_jobs, waiting_count
from ai.queries.ledger import usage
from ai.services.forecast import Forecast
from ai.services.generation import Wish, estimate_questions, request_questions
from ai.services.providers import connected_words
from ai.views.forecast import forecast_context, is_asked_first
from assessments.queries.filing import outcome, outcomes
from courses.models import Course
from courses.queries.teaching import builder_outline
from courses.rules import ASSIST_COURSE, STAFF_COURSE, VIEW_LESSON, VIEW_SECTION
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.actors import Actor
from lms.kernel.errors import Throttled
from lms.kernel.jobs import cancel_job
from lms.kernel.jobs.access import CANCEL_JOB
from lms.kernel.rest.throttles import hit
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of

SHOWN_JOBS = 8
# Values of the field `lesson` that are no lesson.
WHOLE, SECTION = "course", "section:"


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, the jobs that run and ran; a POST starts one, or says first what it would take."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    connected = connected_words(actor, course, Purpose.QUESTIONS)
    told: Forecast | None = None
    form = GenerateForm(
        request.POST or None,
        places=_places(course),
        outcomes=outcomes(actor, course),
        connected=bool(connected),
        initial={"lesson": request.GET.get("lesson", "")},
    )
    if request.method == "POST":
        require(actor, ASSIST_COURSE, course)
        if form.is_valid():
            with refusals(request, form):
                told = _start(request, course, form)
            if not form.errors and told is None:
                return redirect("teach-ai", slug=slug)
    context = teach_context(
        request,
        course,
        "ai",
        form=form,
        connected=connected,
        **forecast_context(told),
        jobs=own_jobs(actor, course)[:SHOWN_JOBS],
        waiting=waiting_count(actor, course),
        usage=usage(actor, course=course),
        done_url=reverse("teach-ai-drafts", args=[slug]) + f"?state={DraftState.DRAFT}",
    )
    return render(request, "ai/generate/index.html", context, status=400 if form.errors else 200)


def _places(course: Course) -> list[tuple[str, Any]]:
    """The whole course, its sections, and under each its lessons."""
    found: list[tuple[str, Any]] = [(WHOLE, _("The whole course"))]
    for part in builder_outline(course):
        lessons = [(one.public_id, one.title) for one in part.lessons]
        if lessons:
            whole = _("All of %(title)s") % {"title": part.section.title}
            place = f"{SECTION}{part.section.public_id}"
            found.append((part.section.title, [(place, whole), *lessons]))
    return found


def _start(request: HttpRequest, course: Course, form: GenerateForm) -> Forecast | None:
    """Start the job, or tell what it would take; too many at once is said on the form."""
    actor, data = actor_of(request), form.cleaned_data
    if not data["lesson"] and not data["content"].strip():
        form.add_error("content", _("Choose a place in the course, or paste a text."))
        return None
    if hit("ai", str(actor.user_id)) is not None:
        form.add_error(None, _("Too many requests. Wait a moment and try again."))
        return None
    wish = _wish(actor, course, data)
    found = estimate_questions(actor=actor, wish=wish)
    if is_asked_first(request, found):
        return found
    try:
        request_questions(actor=actor, wish=wish)
    except Throttled as problem:
        form.add_error(None, problem.detail)
    return None


def _wish(actor: Actor, course: Course, data: dict[str, Any]) -> Wish:
    """The form's fields as a wish; what they name is looked up inside the course."""
    place, lesson, section = data["lesson"], None, None
    if place.startswith(SECTION):
        named = place.removeprefix(SECTION)
        section = fetch(actor, VIEW_SECTION, public_id=named, course=course)
    elif place and place != WHOLE:
        lesson = fetch(actor, VIEW_LESSON, public_id=place, course=course)
    aim = data.get("outcome")
    return Wish(
        kind=QuestionKind(data["kind"]),
        count=data["count"],
        difficulty=Difficulty(data["difficulty"]),
        use=Use(data.get("use") or Use.AUTO),
        content="" if place else data["content"],
        lesson=lesson,
        section=section,
        course=course,
        bloom=Bloom(data.get("bloom") or Bloom.REMEMBER),
        outcome=outcome(actor, aim, course=course) if aim else None,
    )


@require_POST
def cancel(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    """Cancel a job without scripts; it stops at its next step and keeps its drafts."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    job = fetch(actor, CANCEL_JOB, public_id=job_id, course_id=course.pk)
    require(actor, CANCEL_JOB, job)
    with refusals(request):
        cancel_job(actor=actor, job=job)
        messages.success(request, _("The job stops at its next step."))
    if job.kind == CONTENT:
        return redirect("teach-content-job", slug, job.public_id)
    return redirect("teach-ai", slug=slug)

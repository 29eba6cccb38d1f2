"""Make teaching material, follow the work, and read what came of a job."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ai.enums import ContentKind, Purpose, Use
from ai.forms.content import ContentForm
from ai.gateway.documents.reading import READABLE
from ai.queries.content import (
    content_job,
    content_jobs,
    course_files,
    pieces,
    waiting_pieces,
)
from ai.queries.narrowing import Narrow
from ai.queries.stale import stale_count
from ai.services.content import ContentWish, estimate_content, request_content
from ai.services.forecast import Forecast
from ai.services.providers import connected_words
from ai.views.forecast import forecast_context, is_asked_first
from ai.views.pieces import cards_of
from courses.models import Course
from courses.queries.teaching import builder_outline
from courses.rules import (
    ASSIST_COURSE,
    STAFF_COURSE,
    VIEW_ATTACHMENT,
    VIEW_LESSON,
    VIEW_SECTION,
)
from courses.views.doors import find_course, is_partial, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Throttled
from lms.kernel.jobs.access import CANCEL_JOB
from lms.kernel.models import Job
from lms.kernel.rest.throttles import hit
from lms.kernel.rules import Rule, allows, fetch, require
from lms.kernel.web.middleware import actor_of

SHOWN_JOBS = 8
MAX_PIECES = 100
_RULES: dict[str, Rule[Any]] = {
    "lesson": VIEW_LESSON,
    "section": VIEW_SECTION,
    "attachment": VIEW_ATTACHMENT,
}


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, the jobs that run and ran; a POST starts one, or says first what it would take."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    connected = connected_words(actor, course, Purpose.CONTENT)
    told: Forecast | None = None
    form = _form(request, course, connected=bool(connected))
    if request.method == "POST":
        require(actor, ASSIST_COURSE, course)
        came = _started(request, course, form) if form.is_valid() else None
        if isinstance(came, Job):
            return redirect(_next(course, came))
        told = came
    context = teach_context(
        request,
        course,
        "ai",
        form=form,
        connected=connected,
        **forecast_context(told),
        jobs=_named(list(content_jobs(course)[:SHOWN_JOBS])),
        waiting=waiting_pieces(actor, course),
        stale=stale_count(course),
    )
    return render(request, "ai/content/index.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, course: Course, *, connected: bool) -> ContentForm:
    outline = builder_outline(course)
    lesson = request.GET.get("lesson", "")[:22]
    return ContentForm(
        request.POST or None,
        lessons=[lesson for part in outline for lesson in part.lessons],
        sections=[part.section for part in outline],
        files=course_files(course, READABLE),
        connected=connected,
        initial={
            "source": f"lesson:{lesson}" if lesson else "",
            "into": lesson,
            "kind": ContentKind.SUMMARY,
        },
    )


def _started(request: HttpRequest, course: Course, form: ContentForm) -> Job | Forecast | None:
    """The job that was started, or what it would take; the form says why there is neither."""
    actor = actor_of(request)
    if hit("ai", str(actor.user_id)) is not None:
        form.add_error(None, _("Too many requests. Wait a moment and try again."))
        return None
    with refusals(request, form):
        wish = _wish(request, course, form.cleaned_data)
        found = estimate_content(actor=actor, wish=wish)
        if is_asked_first(request, found):
            return found
        try:
            return request_content(actor=actor, wish=wish)
        except Throttled as problem:
            form.add_error(None, problem.detail)
    return None


def _wish(request: HttpRequest, course: Course, data: dict[str, Any]) -> ContentWish:
    """The form's fields as a wish; what the source names is looked up inside the course."""
    actor = actor_of(request)
    kind, _colon, public_id = data["source"].partition(":")
    sources: dict[str, Any] = {"whole": kind == "whole"}
    if kind in _RULES:
        sources[kind] = fetch(actor, _RULES[kind], public_id=public_id, course=course)
    if data["into"]:
        sources["into"] = fetch(actor, VIEW_LESSON, public_id=data["into"], course=course)
    return ContentWish(
        kind=ContentKind(data["kind"]),
        course=course,
        content=data["content"],
        url=data["url"],
        title=data.get("title") or "",
        language=data.get("language") or "",
        level=data.get("level") or "",
        use=Use(data.get("use") or Use.AUTO),
        **sources,
    )


def _next(course: Course, started: Job) -> str:
    """Where the pieces will be shown."""
    return reverse("teach-content-job", args=[course.slug, started.public_id])


def _named(jobs: list[Job]) -> list[tuple[Job, str]]:
    return [(job, str(ContentKind(job.params["kind"]).label)) for job in jobs]


@require_safe
def job(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    """A job's progress and the pieces that it has made so far."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    found = content_job(course, job_id)
    rows = list(pieces(actor, Narrow(job=job_id), course=course)[:MAX_PIECES])
    context = teach_context(
        request,
        course,
        "ai",
        job=found,
        title=ContentKind(found.params["kind"]).label,
        cards=cards_of(rows),
        lessons=[one for part in builder_outline(course) for one in part.lessons],
        back=request.path,
        live=reverse("teach-content-job", args=[slug, job_id]),
        may_cancel=not found.finished and allows(actor, CANCEL_JOB, found),
    )
    name = "_job" if is_partial(request) else "job"
    return render(request, f"ai/content/{name}.html", context)

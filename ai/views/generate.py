"""Generate questions from a lesson or a text, and follow the work."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ai.enums import Difficulty, DraftState, QuestionKind, Use
from ai.forms.generate import GenerateForm
from ai.queries.draft import own_jobs, waiting_count
from ai.queries.ledger import usage
from ai.services.generation import Wish, request_questions
from ai.services.providers import connected_words
from courses.models import Course, Lesson
from courses.queries.teaching import builder_outline
from courses.rules import ASSIST_COURSE, STAFF_COURSE, VIEW_LESSON
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Throttled
from lms.kernel.jobs import cancel_job
from lms.kernel.jobs.access import CANCEL_JOB
from lms.kernel.rest.throttles import hit
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of

SHOWN_JOBS = 8


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, the jobs that run and ran; a POST starts one."""
    course = find_course(request, slug, STAFF_COURSE)
    connected = connected_words()
    form = GenerateForm(
        request.POST or None,
        lessons=_lessons(course),
        connected=bool(connected),
        initial={"lesson": request.GET.get("lesson", "")},
    )
    if request.method == "POST":
        require(actor_of(request), ASSIST_COURSE, course)
        if form.is_valid():
            with refusals(request, form):
                _start(request, course, form)
            if not form.errors:
                return redirect("teach-ai", slug=slug)
    actor = actor_of(request)
    context = teach_context(
        request,
        course,
        "ai",
        form=form,
        connected=connected,
        jobs=own_jobs(actor, course)[:SHOWN_JOBS],
        waiting=waiting_count(actor, course),
        usage=usage(actor, course=course),
        done_url=reverse("teach-ai-drafts", args=[slug]) + f"?state={DraftState.DRAFT}",
    )
    return render(request, "ai/generate/index.html", context, status=400 if form.errors else 200)


def _lessons(course: Course) -> list[Lesson]:
    return [lesson for part in builder_outline(course) for lesson in part.lessons]


def _start(request: HttpRequest, course: Course, form: GenerateForm) -> None:
    """Start the job; too many at once is said on the form."""
    actor, data = actor_of(request), form.cleaned_data
    lesson = None
    if data["lesson"]:
        lesson = fetch(actor, VIEW_LESSON, public_id=data["lesson"], course=course)
    wish = Wish(
        kind=QuestionKind(data["kind"]),
        count=data["count"],
        difficulty=Difficulty(data["difficulty"]),
        use=Use(data.get("use") or Use.AUTO),
        content="" if lesson else data["content"],
        lesson=lesson,
        course=course,
    )
    if hit("ai", str(actor.user_id)) is not None:
        form.add_error(None, _("Too many requests. Wait a moment and try again."))
        return
    try:
        request_questions(actor=actor, wish=wish)
    except Throttled as problem:
        form.add_error(None, problem.detail)


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
    return redirect("teach-ai", slug=slug)

"""Working on an assignment as pages: draft, files, handing in. All works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.assignment import WorkForm, sent_files
from assessments.models import Assignment, Submission
from assessments.queries.assignment import assignment_of
from assessments.queries.marking import posted_grade, shown_to_authors
from assessments.queries.peer import review_of
from assessments.queries.submission import file_of, own_submission, standing_in, submission
from assessments.rules import DO_ASSIGNMENT, EDIT_ASSIGNMENT, SEE_SUBMISSIONS, VIEW_ASSIGNMENT
from assessments.services import submission as services
from assessments.services.private_file import file_by_token, grant_file
from courses.models import Course, Lesson
from courses.rules import VIEW_LESSON
from courses.views.doors import find_course, refusals
from courses.views.files import send_file
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, fetch, require
from lms.kernel.web.middleware import actor_of

FRAMED = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def working_context(request: HttpRequest, row: Assignment | None) -> dict[str, Any]:
    """What the place to work shows; nothing of an assignment that the asker may not see."""
    actor = actor_of(request)
    if row is None or not allows(actor, VIEW_ASSIGNMENT, row):
        return {"assignment": None}
    standing = standing_in(actor, row)
    mine = standing.submission
    initial = {
        "text": mine.draft_text if mine else "",
        "url": mine.draft_url if mine else "",
        "seq": mine.draft_seq if mine else 0,
    }
    return {
        "assignment": row,
        "standing": standing,
        "peer_review": review_of(row),
        "returned": shown_to_authors(mine) if mine else None,
        "counts": posted_grade(actor, row),
        "form": WorkForm(initial=initial),
        "may_edit": allows(actor, EDIT_ASSIGNMENT, row),
        "may_see_submissions": allows(actor, SEE_SUBMISSIONS, row),
    }


@require_POST
def save(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Keep what was typed and chosen; `act=check` goes on to handing in."""
    course, _lesson, row = _place(request, slug, item)
    actor = actor_of(request)
    require(actor, DO_ASSIGNMENT, row)
    form = WorkForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect("learn", slug=course.slug, item=item)
    kept = False
    with refusals(request):
        mine = services.open_submission(actor=actor, assignment=row)
        _keep_text(request, mine, form)
        kept = _keep_files(request, mine)
    if kept and request.POST.get("act") == "check":
        return redirect("submission-hand-in", slug=slug, item=item)
    if kept:
        messages.success(request, _("Your draft is saved. Nobody else sees it yet."))
    return redirect("learn", slug=slug, item=item)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Show what would be handed in, then hand it in."""
    course, lesson, row = _place(request, slug, item)
    actor = actor_of(request)
    require(actor, DO_ASSIGNMENT, row)
    mine = _own(request, row)
    if request.method == "POST":
        typed = request.POST.get("number", "")[:9]
        number = int(typed) if typed.isascii() and typed.isdigit() else None
        with refusals(request):
            services.submit(actor=actor, submission=mine, number=number)
            messages.success(request, _("Handed in. You find what you sent on this page."))
        return redirect("learn", slug=slug, item=item)
    standing = standing_in(actor, row)
    if standing.refused is not None:
        messages.error(request, services.refused(standing.refused).detail)
        return redirect("learn", slug=slug, item=item)
    context = {"course": course, "lesson": lesson, "assignment": row, "standing": standing}
    number = mine.version_count + 1
    return render(request, "assessments/assignment/hand_in.html", {**context, "number": number})


@require_safe
@cache_control(no_store=True)
def file(request: HttpRequest, slug: str, item: str, file_id: str) -> HttpResponseBase:
    """Check the access of this person and lead to an address that works for five minutes."""
    _course, _lesson, row = _place(request, slug, item)
    mine = _own(request, row)
    return redirect(grant_file(file=file_of(actor_of(request), mine, file_id)).url)


@require_POST
def remove_file(request: HttpRequest, slug: str, item: str, file_id: str) -> HttpResponse:
    """Take a file out of the draft."""
    _course, _lesson, row = _place(request, slug, item)
    actor = actor_of(request)
    mine = _own(request, row)
    found = file_of(actor, mine, file_id)
    with refusals(request):
        services.remove_submission_file(actor=actor, submission=mine, file=found)
        messages.success(request, _("The file was taken out."))
    return redirect("learn", slug=slug, item=item)


@require_safe
@cache_control(private=True, max_age=300)
def signed_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes behind such an address; whoever holds it within its time may read."""
    served = file_by_token(token)
    answer = send_file(request, served.file.file, served.name, served.file.content_type)
    if served.framed and "Content-Disposition" in answer:
        # A sandboxed frame shows no PDF; the browser's own reader runs nothing of the file here.
        answer["Content-Disposition"] = "inline"
        answer["Content-Security-Policy"] = FRAMED
        answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _keep_text(request: HttpRequest, mine: Submission, form: WorkForm) -> None:
    text = form.cleaned_data["text"].replace("\r\n", "\n")
    url = form.cleaned_data["url"].strip()
    if (text, url) == (mine.draft_text, mine.draft_url):
        return
    seq = (form.cleaned_data["seq"] or 0) + 1
    services.save_draft(actor=actor_of(request), submission=mine, text=text, url=url, seq=seq)


def _keep_files(request: HttpRequest, mine: Submission) -> bool:
    for sent in sent_files(request.FILES):
        services.add_submission_file(
            actor=actor_of(request), submission=mine, name=sent.name or "file", content=sent
        )
    return True


def _place(request: HttpRequest, slug: str, item: str) -> tuple[Course, Lesson, Assignment]:
    course = find_course(request, slug)
    select = ("section", "course")
    actor = actor_of(request)
    lesson = fetch(actor, VIEW_LESSON, select=select, public_id=item, course=course)
    row = assignment_of(lesson)
    if row is None:
        raise NotFound
    require(actor, VIEW_ASSIGNMENT, row)
    return course, lesson, row


def _own(request: HttpRequest, row: Assignment) -> Submission:
    actor = actor_of(request)
    mine = own_submission(actor, row)
    if mine is None:
        raise NotFound
    return submission(actor, mine.public_id)

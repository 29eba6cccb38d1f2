"""What a marker does at the desk: mark, comment, agree, ask to revise, release."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.marking import (
    AgreeForm,
    ApartForm,
    CommentForm,
    MarkForm,
    posted_picks,
)
from assessments.models import Submission
from assessments.queries.anonymity import is_nameless, neutral_name
from assessments.queries.marking import (
    comment_on,
    handed_in,
    kept_comment,
    kept_comments,
    marking_lines,
    member_of,
    own_mark,
    to_mark,
)
from assessments.queries.submission import file_of, versions_of
from assessments.rules import EDIT_ASSIGNMENT, MARK_SUBMISSION
from assessments.services import comments, marking
from assessments.services.private_file import grant_file
from assessments.services.returning import ask_revision, release_marks
from assessments.views.marking import criteria_for, desk_page, marked_place, narrow_of
from courses.models import Course
from courses.rules import ASSIST_COURSE, MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of

RISKY = ("=", "+", "-", "@", "\t", "\r")
MAX_EXPORT = 10_000


@require_POST
def mark(request: HttpRequest, slug: str, assignment_id: str, submission_id: str) -> HttpResponse:
    """Keep the mark as a draft, or hand it over (`act=done`)."""
    course, row = _place(request, slug, assignment_id, submission_id)
    actor, form = actor_of(request), MarkForm(request.POST)
    require(actor, MARK_SUBMISSION, row)
    if form.is_valid():
        with refusals(request, form):
            criteria = criteria_for(row.assignment, own_mark(actor, row))
            marking.save_mark(
                actor=actor,
                submission=row,
                judgement=form.judgement(posted_picks(criteria, request.POST)),
                done=request.POST.get("act") == "done",
                expected=form.cleaned_data["version"],
            )
            messages.success(request, _("The mark is saved. Learners see it when it is released."))
            return _back(request, slug, row)
    return desk_page(request, course, row, 400, form=form)


@require_POST
def agree(request: HttpRequest, slug: str, assignment_id: str, submission_id: str) -> HttpResponse:
    """The mark that counts where two differ."""
    course, row = _place(request, slug, assignment_id, submission_id)
    require(actor_of(request), MANAGE_COURSE, course)
    form = AgreeForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            marking.agree_mark(actor=actor_of(request), submission=row, **form.cleaned_data)
            messages.success(request, _("The agreed mark counts."))
            return _back(request, slug, row)
    return desk_page(request, course, row, 400, agree_form=form)


@require_POST
def apart(request: HttpRequest, slug: str, assignment_id: str, submission_id: str) -> HttpResponse:
    """Another score for one member of a group."""
    course, row = _place(request, slug, assignment_id, submission_id)
    require(actor_of(request), MARK_SUBMISSION, row)
    form = ApartForm(request.POST)
    if form.is_valid():
        member = member_of(row, form.cleaned_data["learner"])
        with refusals(request, form):
            marking.grade_apart(
                actor=actor_of(request),
                member=member,
                score=form.cleaned_data["score"],
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("It counts from the next release on."))
            return _back(request, slug, row)
    return desk_page(request, course, row, 400, apart_form=form)


@require_POST
def revise(request: HttpRequest, slug: str, assignment_id: str, submission_id: str) -> HttpResponse:
    """Give the work back to be revised."""
    _course, row = _place(request, slug, assignment_id, submission_id)
    with refusals(request):
        ask_revision(actor=actor_of(request), submission=row)
        messages.success(request, _("Its authors are asked to revise it and see your comments."))
    return _back(request, slug, row)


@require_POST
def comment(
    request: HttpRequest, slug: str, assignment_id: str, submission_id: str
) -> HttpResponse:
    """Remark on a place of the work."""
    course, row = _place(request, slug, assignment_id, submission_id)
    actor, form = actor_of(request), CommentForm(request.POST)
    require(actor, MARK_SUBMISSION, row)
    if form.is_valid():
        named = request.POST.get("file", "")[:22]
        numbers = {name: form.cleaned_data[name] for name in ("start", "end", "page", "x", "y")}
        place = comments.Place(file=file_of(actor, row, named) if named else None, **numbers)
        with refusals(request, form):
            comments.add_comment(
                actor=actor,
                work=_work(request, row),
                body=form.cleaned_data["body"],
                place=place,
                keep=form.cleaned_data["keep"],
            )
            return _back(request, slug, row)
    return desk_page(request, course, row, 400, comment_form=form)


@require_POST
def remove(
    request: HttpRequest, slug: str, assignment_id: str, submission_id: str, comment_id: str
) -> HttpResponse:
    """Take one's own remark back."""
    _course, row = _place(request, slug, assignment_id, submission_id)
    actor = actor_of(request)
    require(actor, MARK_SUBMISSION, row)
    comments.remove_comment(actor=actor, comment=comment_on(actor, row, comment_id))
    return _back(request, slug, row)


@require_safe
@cache_control(no_store=True)
def file(
    request: HttpRequest, slug: str, assignment_id: str, submission_id: str, file_id: str
) -> HttpResponseBase:
    """Check the access of this person and lead to an address that works for five minutes."""
    _course, row = _place(request, slug, assignment_id, submission_id)
    found = file_of(actor_of(request), row, file_id)
    name = neutral_name(found, 1) if is_nameless(row) else ""
    framed = request.GET.get("show") == "1"
    return redirect(grant_file(file=found, name=name, framed=framed).url)


@require_POST
def release(request: HttpRequest, slug: str, assignment_id: str) -> HttpResponse:
    """Give back the chosen work, or everything that is marked."""
    _course, asked = marked_place(request, slug, assignment_id)
    actor = actor_of(request)
    require(actor, EDIT_ASSIGNMENT, asked)
    named = request.POST.getlist("submission")
    chosen = to_mark(actor, asked).filter(public_id__in=named) if named else None
    with refusals(request):
        count = release_marks(actor=actor, assignment=asked, submissions=chosen)
        words = ngettext("%(n)s submission returned.", "%(n)s submissions returned.", count)
        messages.success(request, words % {"n": count})
    return redirect("teach-marking-list", slug=slug, assignment_id=assignment_id)


@require_safe
def export(request: HttpRequest, slug: str, assignment_id: str) -> HttpResponse:
    """The same list as a CSV (C7); codes stand for names while they are hidden (Z7)."""
    _course, asked = marked_place(request, slug, assignment_id)
    actor = actor_of(request)
    rows = list(to_mark(actor, asked, narrow_of(request))[:MAX_EXPORT])
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="marking-{asked.public_id}.csv"'
    response["Cache-Control"] = "no-store"
    table = csv.writer(response)
    table.writerow(["who", "state", "version", "submitted", "late_seconds", "score", "of"])
    for line in marking_lines(actor, rows):
        when = line.row.submitted_at.isoformat() if line.row.submitted_at else ""
        late = int(line.late.total_seconds())
        cells = [line.who, str(line.state), line.row.version_count, when, late]
        cells += ["" if line.score is None else line.score, asked.points]
        table.writerow([_safe(str(cell)) for cell in cells])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own kept remarks of a course; a post adds one."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    form = CommentForm(request.POST or None)
    if request.method == "POST":
        require(actor, ASSIST_COURSE, course)
        if form.is_valid():
            with refusals(request, form):
                body = form.cleaned_data["body"]
                comments.keep_comment(actor=actor, course=course, body=body)
                return redirect("teach-kept-comments", slug=slug)
    rows = list(kept_comments(actor, course))
    context = teach_context(request, course, "marking", kept=rows, form=form)
    status = 400 if form.errors else 200
    return render(request, "assessments/marking/kept.html", context, status=status)


@require_POST
def forget(request: HttpRequest, slug: str, comment_id: str) -> HttpResponse:
    """Throw a kept remark away."""
    course = find_course(request, slug, ASSIST_COURSE)
    actor = actor_of(request)
    comments.forget_comment(actor=actor, comment=kept_comment(actor, course, comment_id))
    return redirect("teach-kept-comments", slug=slug)


def _place(
    request: HttpRequest, slug: str, assignment_id: str, submission_id: str
) -> tuple[Course, Submission]:
    course, asked = marked_place(request, slug, assignment_id)
    return course, handed_in(actor_of(request), asked, submission_id)


def _work(request: HttpRequest, row: Submission) -> Any:
    versions = list(versions_of(row))
    asked_for = request.POST.get("version", "")
    return next((one for one in versions if str(one.number) == asked_for), versions[-1])


def _back(request: HttpRequest, slug: str, row: Submission) -> HttpResponse:
    """The desk again, in the same list."""
    answer = redirect(
        "teach-marking-desk",
        slug=slug,
        assignment_id=row.assignment.public_id,
        submission_id=row.public_id,
    )
    query = request.GET.urlencode()
    if query:
        answer["Location"] += f"?{query}"
    return answer


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(RISKY) else cell

"""The review queue: source on one side, the question on the other, a person decides."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ai.enums import DraftState, QuestionKind
from ai.forms.draft import DraftForm
from ai.models import Draft
from ai.queries.draft import draft, drafts, waiting_count
from ai.queries.narrowing import Narrow
from ai.rules import REVIEW_DRAFT
from ai.services.review import (
    accept_draft,
    accept_drafts,
    edit_draft,
    reject_draft,
    reject_drafts,
    reopen_drafts,
)
from assessments.enums import QuestionState
from courses.models import Course
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.views.doors import find_course, is_partial, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of

PAGE = 10
MOST_AT_ONCE = 50
# Where the session remembers what was decided together last, by course.
UNDO = "ai_undo"
STATES = {"accept": QuestionState.READY, "accept-draft": QuestionState.DRAFT}


@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """Drafts of the course by state and kind; those that wait come first."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    narrow = _narrow(request.GET)
    page = Paginator(drafts(actor, narrow, course=course), PAGE).get_page(request.GET.get("page"))
    context = teach_context(
        request,
        course,
        "ai",
        page=page,
        cards=[
            (row, DraftForm(row), number)
            for number, row in enumerate(page.object_list, start=page.start_index())
        ],
        narrow=narrow,
        states=DraftState.choices,
        kinds=QuestionKind.choices,
        waiting=waiting_count(actor, course),
        back=request.get_full_path(),
        undo=request.session.get(UNDO, {}).get(slug, []),
    )
    return render(request, "ai/review/queue.html", context)


@require_POST
def decide(request: HttpRequest, slug: str, draft_id: str) -> HttpResponse:
    """Save, accept or reject one draft (`act`); unsaved changes are saved with an acceptance."""
    course = find_course(request, slug, STAFF_COURSE)
    row = draft(actor_of(request), draft_id, course=course)
    require(actor_of(request), REVIEW_DRAFT, row)
    form = DraftForm(row, request.POST)
    if request.POST.get("act") == "reject":
        with refusals(request):
            row = reject_draft(
                actor=actor_of(request), draft=row, reason=request.POST.get("reason", "")
            )
            _tell(request, _("Rejected. The reason is kept with it."))
    elif form.is_valid():
        with refusals(request, form):
            row = _save(request, row, form)
    if form.is_bound and form.errors and request.POST.get("act") != "reject":
        return _card(request, course, row, form, status=400)
    if is_partial(request):
        return _card(request, course, row, DraftForm(row))
    return redirect(_back(request, course))


def _save(request: HttpRequest, row: Draft, form: DraftForm) -> Draft:
    actor, expected = actor_of(request), form.cleaned_data["version"]
    if form.changed_fields():
        row = edit_draft(actor=actor, draft=row, changes=form.changes(), expected=expected)
        expected = row.version
    if request.POST.get("act") in STATES:
        state = STATES[request.POST["act"]]
        row = accept_draft(actor=actor, draft=row, expected=expected, state=state)
        _tell(request, _("Accepted: the question is in the bank."))
    else:
        _tell(request, _("Saved; the checks ran again."))
    return row


def _tell(request: HttpRequest, words: str) -> None:
    """Say what was done on the next page; the swapped card shows it by itself."""
    if not is_partial(request):
        messages.success(request, words)


@require_POST
def several(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept or reject all ticked drafts, as they are stored."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    require(actor, ASSIST_COURSE, course)
    chosen = request.POST.getlist("draft")[:MOST_AT_ONCE]
    if not chosen:
        messages.error(request, _("Tick the questions first."))
        return redirect(_back(request, course))
    rows = list(drafts(actor, course=course).filter(public_id__in=chosen))
    if request.POST.get("act") == "reject":
        done, problems = reject_drafts(
            actor=actor, drafts=rows, reason=request.POST.get("reason", "")
        )
        words = ngettext("%(n)d question rejected.", "%(n)d questions rejected.", len(done))
    else:
        state = STATES.get(request.POST.get("act", ""), QuestionState.READY)
        done, problems = accept_drafts(actor=actor, drafts=rows, state=state)
        words = ngettext("%(n)d question accepted.", "%(n)d questions accepted.", len(done))
    if done:
        request.session[UNDO] = {slug: [row.public_id for row in done]}
    _tell_all(request, len(done), words, problems)
    return redirect(_back(request, course))


@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the last decision about several back; questions that a quiz asks by now stay."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    require(actor, ASSIST_COURSE, course)
    chosen = request.session.pop(UNDO, {}).get(slug, [])
    rows = drafts(actor, course=course).filter(public_id__in=chosen).exclude(state=DraftState.DRAFT)
    done, problems = reopen_drafts(actor=actor, drafts=list(rows))
    words = ngettext("%(n)d question waits again.", "%(n)d questions wait again.", len(done))
    _tell_all(request, len(done), words, problems)
    return redirect(_back(request, course))


def _tell_all(request: HttpRequest, many: int, words: str, problems: list[str]) -> None:
    if many or not problems:
        messages.success(request, words % {"n": many})
    for problem in dict.fromkeys(problems):
        messages.error(request, problem)


def _card(
    request: HttpRequest, course: Course, row: Draft, form: DraftForm, status: int = 200
) -> HttpResponse:
    """One draft alone: the fragment for htmx, a page for browsers without scripts."""
    given = request.POST.get("number", "")[:4]
    number = given if given.isascii() and given.isdigit() else ""
    context = teach_context(
        request, course, "ai", row=row, form=form, number=number, back=_back(request, course)
    )
    name = "_card" if is_partial(request) else "one"
    return render(request, f"ai/review/{name}.html", context, status=status)


def _narrow(query: QueryDict) -> Narrow:
    """Filters from the address; what is not in the allow lists counts as not given."""
    state, kind = query.get("state", DraftState.DRAFT), query.get("kind", "")
    return Narrow(
        job=query.get("job", "")[:22].replace("\x00", ""),
        state=state if state in DraftState.values else "",
        kind=kind if kind in QuestionKind.values else "",
    )


def _back(request: HttpRequest, course: Course) -> str:
    """The queue as it was filtered; only an address inside it is believed."""
    home = reverse("teach-ai-drafts", args=[course.slug])
    back = request.POST.get("back", "")
    return back if back.startswith(f"{home}?") else home

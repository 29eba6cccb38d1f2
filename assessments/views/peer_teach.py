"""Running a peer review: settings, phases, examples, objections."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.enums import PeerPhase
from assessments.forms.peer import DecisionForm, ExampleForm, PeerForm
from assessments.models import Assignment, PeerReview
from assessments.queries.anonymity import is_nameless
from assessments.queries.marking import marking_lines
from assessments.queries.peer import appeal_in, peer_lines, review_of
from assessments.queries.peer_workflow import BACK, NEXT
from assessments.rules import EDIT_ASSIGNMENT
from assessments.services import peer
from assessments.views.marking import marked_place
from courses.models import Course
from courses.views.doors import refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str, assignment_id: str) -> HttpResponse:
    """How far the peer review is; a post changes its settings, or begins one."""
    course, asked = marked_place(request, slug, assignment_id)
    review = review_of(asked)
    form = PeerForm(request.POST or None, initial=_initial(review))
    if request.method == "POST":
        require(actor_of(request), EDIT_ASSIGNMENT, asked)
        if form.is_valid():
            with refusals(request, form):
                peer.set_up_peer_review(
                    actor=actor_of(request), assignment=asked, settings=form.settings()
                )
                messages.success(request, _("The peer review is saved."))
                return redirect("teach-peer", slug=slug, assignment_id=assignment_id)
    return _page(request, course, asked, review, 400 if form.errors else 200, form=form)


@require_POST
def move(request: HttpRequest, slug: str, assignment_id: str, phase: str) -> HttpResponse:
    """Go a phase on or back."""
    _course, asked = marked_place(request, slug, assignment_id)
    review = _review(asked)
    if phase not in PeerPhase.values:
        raise NotFound
    with refusals(request):
        peer.move_phase(actor=actor_of(request), review=review, to=PeerPhase(phase))
    return redirect("teach-peer", slug=slug, assignment_id=assignment_id)


@require_POST
def more(request: HttpRequest, slug: str, assignment_id: str) -> HttpResponse:
    """Give out what came late, and what people left behind."""
    _course, asked = marked_place(request, slug, assignment_id)
    review = _review(asked)
    with refusals(request):
        count = peer.give_out_more(actor=actor_of(request), review=review)
        words = ngettext("%(n)s review given out.", "%(n)s reviews given out.", count)
        messages.success(request, words % {"n": count})
    return redirect("teach-peer", slug=slug, assignment_id=assignment_id)


@require_POST
def example(request: HttpRequest, slug: str, assignment_id: str) -> HttpResponse:
    """Add an example to judge by."""
    course, asked = marked_place(request, slug, assignment_id)
    review = _review(asked)
    require(actor_of(request), EDIT_ASSIGNMENT, asked)
    form = ExampleForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            peer.add_example(actor=actor_of(request), review=review, **form.cleaned_data)
            return redirect("teach-peer", slug=slug, assignment_id=assignment_id)
    return _page(request, course, asked, review, 400, example_form=form)


@require_POST
def decide(request: HttpRequest, slug: str, assignment_id: str, appeal_id: str) -> HttpResponse:
    """Answer an objection."""
    course, asked = marked_place(request, slug, assignment_id)
    review = _review(asked)
    row = appeal_in(actor_of(request), review, appeal_id)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            peer.decide_appeal(
                actor=actor_of(request),
                appeal=row,
                upheld=request.POST.get("act") == "uphold",
                answer=form.cleaned_data["answer"],
            )
            return redirect("teach-peer", slug=slug, assignment_id=assignment_id)
    return _page(request, course, asked, review, 400, decision_form=form)


def _review(asked: Assignment) -> PeerReview:
    found = review_of(asked)
    if found is None:
        raise NotFound
    return found


def _initial(review: PeerReview | None) -> dict[str, Any]:
    if review is None:
        return {}
    names = ("each", "least", "due_at", "appeal_until", "show_reviewers")
    return {name: getattr(review, name) for name in names}


def _page(
    request: HttpRequest,
    course: Course,
    asked: Assignment,
    review: PeerReview | None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    actor = actor_of(request)
    lines = peer_lines(actor, review) if review else []
    named = marking_lines(actor, [line.submission for line in lines])
    phase = PeerPhase(review.phase) if review else PeerPhase.SETUP
    context = {
        "assignment": asked,
        "lesson": asked.lesson,
        "review": review,
        "phases": PeerPhase.choices,
        "forward": NEXT.get(phase),
        "back": BACK.get(phase),
        "lines": [(line, who.who) for line, who in zip(lines, named, strict=True)],
        "examples": list(review.examples.order_by("id")) if review else [],
        "nameless": any(is_nameless(line.submission) for line in lines),
        "form": PeerForm(initial=_initial(review)),
        "example_form": ExampleForm(),
        "decision_form": DecisionForm(),
        **more,
    }
    page = teach_context(request, course, "marking", **context)
    return render(request, "assessments/peer/teach.html", page, status=status)

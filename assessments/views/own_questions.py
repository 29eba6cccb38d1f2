"""One's own questions, on a page outside any course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments.enums import (
    Difficulty,
    QuestionKind,
    QuestionOrigin,
    QuestionState,
)
from assessments.forms.filing import ShareForm
from assessments.forms.own_questions import BringForm
from assessments.queries.bank import (
    CURRENT,
    ORDERINGS,
    bank_questions,
    own_bank,
    share,
    shares,
)
from assessments.queries.filing import category_tree, tags
from assessments.services.bank_share import (
    end_share,
    open_own_bank,
)
from assessments.services.own_bank import bring_into_course
from assessments.views.bank_bulk import chosen_questions, tell_refused
from assessments.views.bank_filter import DEFAULT, filter_of, query_of
from assessments.views.bank_list import ORDER_WORDS, PAGE_SIZE, Shelf, chips
from assessments.views.bank_share import lent
from courses.rules import STAFF_COURSE
from courses.views.doors import refusals
from lms.kernel.rules import require_write
from lms.kernel.web import flash
from lms.kernel.web.middleware import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from assessments.models import Question, QuestionBank
    from courses.models import Course
    from lms.kernel.actors import Actor

MAX_COURSES = 200


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The questions of one's own bank, narrowed by what stands in the address."""
    actor = actor_of(request)
    courses = _courses(actor)
    choices = [(one.public_id, one.title) for one in courses]
    return _shown(request, courses, BringForm(courses=choices), ShareForm(courses=choices))


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Open one's own bank and write a question of a type, in the frame of a course."""
    actor = actor_of(request)
    bank = open_own_bank(actor=actor)
    kind, courses = request.POST.get("kind", ""), _courses(actor)[:1]
    if kind not in QuestionKind.values:
        kind = QuestionKind.SINGLE_CHOICE.value
    if not courses:
        messages.info(request, _("Create a course first: questions are written beside one."))
        return redirect("own-questions")
    address = reverse("teach-question-new", args=[courses[0].slug, kind])
    return redirect(f"{address}?bank={bank.public_id}")


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Copy the ticked questions into the bank of a course, with a way back."""
    actor = actor_of(request)
    courses = _courses(actor)
    choices = [(one.public_id, one.title) for one in courses]
    form = BringForm(request.POST, courses=choices)
    bank = own_bank(actor)
    require_write(actor)
    chosen = chosen_questions(actor, bank, request.POST) if bank else []
    if bank is None or not chosen:
        messages.error(request, _("Tick the questions first."))
        return redirect("own-questions")
    if form.is_valid():
        with refusals(request, form):
            course = next(one for one in courses if one.public_id == form.cleaned_data["course"])
            retire = form.cleaned_data["here"] == "retire"
            _bring(request, bank, chosen, course, retire=retire)
            return redirect("own-questions")
    return _shown(request, courses, form, ShareForm(courses=choices))


@require_POST
def lend(request: HttpRequest) -> HttpResponse:
    """Lend one's own bank to a course or a colleague."""
    actor = actor_of(request)
    courses = _courses(actor)
    choices = [(one.public_id, one.title) for one in courses]
    own_bank(actor)
    require_write(actor)
    form = ShareForm(request.POST, courses=choices)
    if form.is_valid():
        with refusals(request, form):
            lent(actor, open_own_bank(actor=actor), form.cleaned_data)
            messages.success(request, _("The bank is shared."))
            return redirect("own-questions")
    return _shown(request, courses, BringForm(courses=choices), form)


@require_POST
def end(request: HttpRequest, share_id: str) -> HttpResponse:
    """Take one's bank back from a course or a colleague."""
    actor = actor_of(request)
    own_bank(actor)
    with refusals(request):
        end_share(actor=actor, share=share(actor, share_id))
        words = _("It is shared no more. Quizzes keep the questions that they ask.")
        messages.success(request, words)
    return redirect("own-questions")


def _shown(
    request: HttpRequest, courses: list[Course], bring_form: BringForm, share_form: ShareForm
) -> HttpResponse:
    actor, narrow = actor_of(request), filter_of(request)
    bank = own_bank(actor)
    shelf = _shelf(actor, bank)
    page = Paginator(bank_questions(actor, bank, narrow), PAGE_SIZE)
    context = {
        "bank": bank,
        "page": page.get_page(request.GET.get("page")),
        "narrow": narrow,
        "narrowed": narrow != DEFAULT,
        "query": query_of(narrow),
        "list_url": reverse("own-questions"),
        "folders": True,
        "shelf": shelf,
        "chips": chips(narrow, shelf, ""),
        "kinds": QuestionKind.choices,
        "states": [(CURRENT, _("Drafts and ready ones")), *QuestionState.choices],
        "difficulties": Difficulty.choices,
        "origins": QuestionOrigin.choices,
        "orderings": [(name, ORDER_WORDS[name]) for name in ORDERINGS],
        "courses": courses,
        "frame": courses[0] if courses else None,
        "shares": shares(actor, bank) if bank else [],
        "bring": bring_form,
        "share_form": share_form,
        "chosen": set(request.POST.getlist("id")),
        "may_create": actor.is_instructor or actor.is_admin,
    }
    status = 400 if bring_form.errors or share_form.errors else 200
    return render(request, "assessments/own/index.html", context, status=status)


def _courses(actor: Actor) -> list[Course]:
    """The courses one works in, the last changed first."""
    rows = STAFF_COURSE.rows(actor).filter(deleted_at=None)
    return list(rows.order_by("-updated_at", "-id")[:MAX_COURSES])


def _shelf(actor: Actor, bank: QuestionBank | None) -> Shelf:
    if bank is None:
        return Shelf([], [], [], [])
    return Shelf(category_tree(actor, bank), list(tags(actor, bank)), [], [])


def _bring(
    request: HttpRequest,
    bank: QuestionBank,
    chosen: list[Question],
    course: Course,
    *,
    retire: bool,
) -> None:
    actor = actor_of(request)
    done = bring_into_course(actor=actor, bank=bank, questions=chosen, course=course, retire=retire)
    if done.edit is not None:
        words = ngettext(
            "%(n)s question was copied into %(course)s.",
            "%(n)s questions were copied into %(course)s.",
            done.changed,
        ) % {"n": done.changed, "course": course.title}
        if retire:
            words += " " + _("Here they are retired.")
        undo = reverse("teach-bank-bulk-undo", args=[course.slug, done.edit.public_id])
        flash.undoable(request, words, undo)
    tell_refused(request, done)

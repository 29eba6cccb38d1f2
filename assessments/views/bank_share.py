"""Lend a bank to courses and colleagues, and take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.enums import ShareLevel
from assessments.forms.filing import ShareForm
from assessments.queries.bank import share, shares
from assessments.rules import SHARE_BANK
from assessments.services.bank_share import end_share, share_with_course, share_with_person
from assessments.views.bank_place import Place, bank_context, place_of
from courses.models import Course
from courses.rules import STAFF_COURSE
from courses.views.doors import refusals
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch, require

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from assessments.models import QuestionBank
    from lms.kernel.actors import Actor


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """With whom a bank is shared; a post lends it to somebody else."""
    place = place_of(request, slug)
    if place.bank is None:
        raise NotFound
    rows = list(shares(place.actor, place.bank))
    form = ShareForm(request.POST or None, courses=_courses(place))
    if request.method == "POST":
        require(place.actor, SHARE_BANK, place.bank)
        if form.is_valid():
            with refusals(request, form):
                lent(place.actor, place.bank, form.cleaned_data)
                messages.success(request, _("The bank is shared."))
                return redirect(place.url("teach-bank-shares"))
    context = bank_context(request, place, rows=rows, form=form)
    status = 400 if form.errors else 200
    return render(request, "assessments/bank/shares.html", context, status=status)


@require_POST
def end(request: HttpRequest, slug: str, share_id: str) -> HttpResponse:
    """Take a bank back."""
    place = place_of(request, slug)
    row = share(place.actor, share_id)
    with refusals(request):
        end_share(actor=place.actor, share=row)
        words = _("It is shared no more. Quizzes keep the questions that they ask.")
        messages.success(request, words)
    if place.bank is not None and place.may_share:
        return redirect(place.url("teach-bank-shares"))
    return redirect("teach-bank", slug=slug)


def _courses(place: Place) -> list[tuple[str, str]]:
    rows = STAFF_COURSE.rows(place.actor).filter(deleted_at=None)
    if place.bank is not None and place.bank.course is not None:
        rows = rows.exclude(pk=place.bank.course.pk)
    return [(row.public_id, row.title) for row in rows.order_by("title", "id")[:200]]


def lent(actor: Actor, bank: QuestionBank | None, data: dict[str, Any]) -> None:
    """Lend a bank to whom a valid form names."""
    if bank is None:
        raise NotFound
    level = ShareLevel(data["level"])
    if data["course"]:
        course: Course = fetch(actor, STAFF_COURSE, public_id=data["course"])
        share_with_course(actor=actor, bank=bank, course=course, level=level)
    else:
        share_with_person(actor=actor, bank=bank, email=data["email"], level=level)

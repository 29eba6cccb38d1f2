"""Change many questions at once: choose the value, see what would change, do it, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.enums import BulkVerb
from assessments.forms.filing import BulkForm
from assessments.queries.bank import QuestionFilter, bank_questions, bulk_edit
from assessments.rules import ADD_TO_BANK, EDIT_BANK, VIEW_BANK
from assessments.services.bulk_undo import undo_change
from assessments.services.question_bulk import MAX_BULK, change_questions, preview_bulk
from assessments.views.bank_filter import filter_in, query_of
from assessments.views.bank_list import shelf_of
from assessments.views.bank_place import Place, bank_context, place_of
from courses.views.doors import refusals
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, require
from lms.kernel.web import flash

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from assessments.models import Question, QuestionBank
    from assessments.services.question_bulk import BulkResult
    from lms.kernel.actors import Actor


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at a change of the chosen questions, or do it."""
    place = place_of(request, slug)
    given = request.POST if request.method == "POST" else request.GET
    verb = given.get("verb", "")
    if place.bank is None or verb not in BulkVerb.values:
        raise NotFound
    require(place.actor, VIEW_BANK if verb == BulkVerb.COPY else EDIT_BANK, place.bank)
    chosen = chosen_questions(place.actor, place.bank, given)
    if not chosen:
        messages.error(request, _("Tick the questions first."))
        return redirect(_back(place, given))
    form = _form(place, BulkVerb(verb), request.POST if request.method == "POST" else None)
    result = None
    if form.is_bound and form.is_valid():
        with refusals(request, form):
            act = change_questions if request.POST.get("act") == "do" else preview_bulk
            result = act(actor=place.actor, bank=place.bank, questions=chosen, change=form.change())
    if result is not None and result.edit is not None:
        return _done(request, place, given, result)
    context = bank_context(
        request,
        place,
        form=form,
        verb=BulkVerb(verb),
        chosen=chosen,
        given=given,
        result=result,
        tags=shelf_of(place).tags,
        back=_back(place, given),
    )
    status = 400 if form.errors else 200
    return render(request, "assessments/bank/bulk.html", context, status=status)


@require_POST
def undo(request: HttpRequest, slug: str, edit_id: str) -> HttpResponse:
    """Take a change back."""
    place = place_of(request, slug)
    edit = bulk_edit(place.actor, edit_id)
    with refusals(request):
        done = undo_change(actor=place.actor, edit=edit)
        words = ngettext(
            "%(n)s question is as it was.", "%(n)s questions are as they were.", done.changed
        )
        messages.success(request, words % {"n": done.changed})
        tell_refused(request, done)
    return redirect(place.url("teach-bank"))


def chosen_questions(actor: Actor, bank: QuestionBank, given: QueryDict) -> list[Question]:
    """The ticked questions, or all that the list shows, at most as many as can be changed."""
    if given.get("all") == "1":
        narrow = filter_in(QueryDict(given.get("narrow", "")[:4000]))
    else:
        narrow = QuestionFilter(ids=filter_in(given).ids)
        if not narrow.ids:
            return []
    return list(bank_questions(actor, bank, narrow)[: MAX_BULK + 1])


def _form(place: Place, verb: BulkVerb, data: Any) -> BulkForm:
    shelf = shelf_of(place)
    banks = [
        (one, place.named(one))
        for one in place.banks
        if one != place.bank and allows(place.actor, ADD_TO_BANK, one)
    ]
    return BulkForm(data, verb=verb, tree=shelf.tree, outcomes=shelf.outcomes, banks=banks)


def _done(request: HttpRequest, place: Place, given: QueryDict, result: BulkResult) -> HttpResponse:
    words = ngettext("%(n)s question changed.", "%(n)s questions changed.", result.changed)
    if result.edit is not None:
        if result.edit.verb == BulkVerb.COPY:
            words = ngettext("%(n)s question copied.", "%(n)s questions copied.", result.changed)
        undo_url = place.url("teach-bank-bulk-undo", result.edit.public_id)
        flash.undoable(request, words % {"n": result.changed}, undo_url)
    tell_refused(request, result)
    return redirect(_back(place, given))


def tell_refused(request: HttpRequest, result: BulkResult) -> None:
    """Name the first of those that stay, with the reason."""
    for one in result.refused[:5]:
        messages.warning(request, f"{one.title}: {one.reason}")
    more = len(result.refused) - 5
    if more > 0:
        words = ngettext("%(n)s more stays as it was.", "%(n)s more stay as they were.", more)
        messages.warning(request, words % {"n": more})


def _back(place: Place, given: QueryDict) -> str:
    query = filter_in(QueryDict(given.get("narrow", "")[:4000]))
    address = place.url("teach-bank").partition("?")[0]
    return f"{address}?{query_of(query, place.key)}"

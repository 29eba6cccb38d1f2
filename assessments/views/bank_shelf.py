"""Put a bank in order: its categories, its tags, and the outcomes of the course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms.filing import CategoryForm, OutcomeForm, TagForm
from assessments.queries.filing import category, category_tree, outcome, outcomes, tag
from assessments.rules import EDIT_BANK
from assessments.services import learning_outcome, question_category, question_tag
from assessments.views.bank_list import shelf_of
from assessments.views.bank_place import Place, bank_context, place_of
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from assessments.models import QuestionCategory
    from courses.models import Course


@require_http_methods(["GET", "HEAD", "POST"])
def shelf(request: HttpRequest, slug: str) -> HttpResponse:
    """The tree and the tags of a bank; a post adds a category."""
    place = place_of(request, slug)
    found = shelf_of(place)
    form = CategoryForm(request.POST or None, tree=found.tree)
    if request.method == "POST":
        if place.bank is not None:
            require(place.actor, EDIT_BANK, place.bank)
        else:
            require(place.actor, MANAGE_COURSE, place.course)
        if form.is_valid():
            with refusals(request, form):
                question_category.add_category(
                    actor=place.actor,
                    bank=place.needed(),
                    name=form.cleaned_data["name"],
                    parent=form.nodes.get(form.cleaned_data["parent"]),
                )
                messages.success(request, _("The category is there."))
                return redirect(place.url("teach-bank-shelf"))
    context = bank_context(request, place, shelf=found, form=form)
    status = 400 if form.errors else 200
    return render(request, "assessments/bank/shelf.html", context, status=status)


@require_POST
def change_category(request: HttpRequest, slug: str, category_id: str, verb: str) -> HttpResponse:
    """Rename, move, merge or delete a category."""
    place = place_of(request, slug)
    row = category(place.actor, category_id, bank=_bank(place))
    require(place.actor, EDIT_BANK, row.bank)
    with refusals(request):
        words = CATEGORY_ACTS[verb](request, place, row)
        messages.success(request, words)
    return redirect(place.url("teach-bank-shelf"))


@require_POST
def change_tag(request: HttpRequest, slug: str, tag_id: str, verb: str) -> HttpResponse:
    """Rename, merge or delete a tag."""
    place = place_of(request, slug)
    row = tag(place.actor, tag_id, bank=_bank(place))
    require(place.actor, EDIT_BANK, row.bank)
    with refusals(request):
        if verb == "rename":
            form = TagForm(request.POST)
            name = form.cleaned_data["name"] if form.is_valid() else ""
            question_tag.rename_tag(actor=place.actor, tag=row, name=name)
            words = _("The tag is renamed.")
        elif verb == "merge":
            into = tag(place.actor, request.POST.get("into", ""), bank=_bank(place))
            count = question_tag.merge_tag(actor=place.actor, tag=row, into=into)
            words = _counted(count)
        else:
            words = _counted(question_tag.delete_tag(actor=place.actor, tag=row))
        messages.success(request, words)
    return redirect(place.url("teach-bank-shelf"))


@require_http_methods(["GET", "HEAD", "POST"])
def outcome_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The learning outcomes of the course; a post adds one."""
    course = find_course(request, slug, STAFF_COURSE)
    form = OutcomeForm(request.POST or None, there=outcomes(actor_of(request), course))
    if request.method == "POST":
        require(actor_of(request), MANAGE_COURSE, course)
        if form.is_valid():
            with refusals(request, form):
                learning_outcome.add_outcome(
                    actor=actor_of(request), course=course, fields=form.values()
                )
                messages.success(request, _("The outcome is there."))
                return redirect("teach-outcomes", slug=slug)
    return _outcomes(request, course, form)


@require_POST
def change_outcome(request: HttpRequest, slug: str, outcome_id: str, verb: str) -> HttpResponse:
    """Change, move or delete an outcome."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = outcome(actor, outcome_id, course=course)
    require(actor, MANAGE_COURSE, course)
    with refusals(request):
        if verb == "save":
            form = OutcomeForm(
                request.POST,
                there=outcomes(actor, course),
                auto_id=f"id_%s_{row.public_id}",
            )
            if form.is_valid():
                with refusals(request, form):
                    learning_outcome.update_outcome(actor=actor, outcome=row, fields=form.values())
                    messages.success(request, _("The outcome is saved."))
            if form.errors:
                return _outcomes(request, course, OutcomeForm(), wrong=(row.public_id, form))
        elif verb == "delete":
            learning_outcome.delete_outcome(actor=actor, outcome=row)
            messages.success(request, _("The outcome is gone."))
        else:
            order = [one.public_id for one in outcomes(actor, course)]
            _shift(order, row.public_id, -1 if verb == "up" else 1)
            learning_outcome.reorder_outcomes(actor=actor, course=course, order=order)
    return redirect("teach-outcomes", slug=slug)


def _outcomes(
    request: HttpRequest,
    course: Course,
    form: OutcomeForm,
    wrong: tuple[str, OutcomeForm] | None = None,
) -> HttpResponse:
    lines = [
        (row, wrong[1] if wrong and wrong[0] == row.public_id else _of(row))
        for row in outcomes(actor_of(request), course)
    ]
    context = teach_context(request, course, "bank", lines=lines, form=form, wrong=wrong)
    status = 400 if form.errors or wrong else 200
    return render(request, "assessments/bank/outcomes.html", context, status=status)


def _of(row: Any) -> OutcomeForm:
    values = {
        "code": row.code,
        "title": row.title,
        "description": row.description,
        "prerequisites": ", ".join(one.code for one in row.prerequisites.all()),
    }
    return OutcomeForm(initial=values, auto_id=f"id_%s_{row.public_id}")


def _rename(request: HttpRequest, place: Place, row: QuestionCategory) -> str:
    name = request.POST.get("name", "")
    question_category.rename_category(actor=place.actor, category=row, name=name)
    return _("The category is renamed.")


def _move(request: HttpRequest, place: Place, row: QuestionCategory) -> str:
    parent = _asked(request, place, "parent")
    question_category.move_category(actor=place.actor, category=row, parent=parent)
    return _("The category is moved.")


def _up(request: HttpRequest, place: Place, row: QuestionCategory) -> str:
    return _step(place, row, -1)


def _down(request: HttpRequest, place: Place, row: QuestionCategory) -> str:
    return _step(place, row, 1)


def _step(place: Place, row: QuestionCategory, by: int) -> str:
    tree = category_tree(place.actor, row.bank)
    order = [one.row.pk for one in tree if one.row.parent_id == row.parent_id]
    at = max(order.index(row.pk) + by, 0)
    question_category.move_category(actor=place.actor, category=row, parent=row.parent, place=at)
    return _("The category is moved.")


def _merge(request: HttpRequest, place: Place, row: QuestionCategory) -> str:
    into = _asked(request, place, "into")
    if into is None:
        raise NotFound
    return _counted(question_category.merge_category(actor=place.actor, category=row, into=into))


def _delete(request: HttpRequest, place: Place, row: QuestionCategory) -> str:
    into = _asked(request, place, "into")
    return _counted(question_category.delete_category(actor=place.actor, category=row, into=into))


CATEGORY_ACTS = {
    "rename": _rename,
    "move": _move,
    "up": _up,
    "down": _down,
    "merge": _merge,
    "delete": _delete,
}


def _asked(request: HttpRequest, place: Place, name: str) -> QuestionCategory | None:
    wanted = request.POST.get(name, "")
    return category(place.actor, wanted, bank=_bank(place)) if wanted else None


def _bank(place: Place) -> Any:
    if place.bank is None:
        raise NotFound
    return place.bank


def _counted(count: int) -> str:
    words = ngettext(
        "Done; %(n)s question is filed anew.", "Done; %(n)s questions are filed anew.", count
    )
    return words % {"n": count}


def _shift(order: list[str], public_id: str, by: int) -> None:
    at = order.index(public_id)
    order.insert(max(0, min(at + by, len(order) - 1)), order.pop(at))

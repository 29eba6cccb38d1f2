"""How a course counts, page by page: settings, categories, one column with posting and curve."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments.enums import GradeItemKind
from assessments.forms.gradebook import (
    CategoryForm,
    ColumnForm,
    CurveForm,
    PostForm,
    SettingsForm,
    column_initial,
)
from assessments.models import Gradebook, GradeCategory, GradeItem
from assessments.queries.book import items_of, settings_of
from assessments.queries.grade_status import course_statuses
from assessments.queries.gradebook import categories_of, category_in, item_in, standing_of_item
from assessments.services.curve import CurveWish, apply_curve, undo_curve
from assessments.services.gradebook import (
    CategoryFields,
    GradebookSettings,
    ItemFields,
    create_category,
    create_manual_item,
    delete_category,
    delete_item,
    update_category,
    update_gradebook,
    update_item,
)
from assessments.services.posting import post_grades
from courses.models import Course
from courses.queries.group import group, groups
from courses.rules import MANAGE_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Invalid
from lms.kernel.web.middleware import actor_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, slug: str) -> HttpResponse:
    """The settings; below them categories and columns."""
    course = find_course(request, slug, MANAGE_COURSE)
    book = settings_of(course.pk)
    form = SettingsForm(request.POST or None, initial=_settings_initial(book))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        expected = data.pop("version")
        with refusals(request, form):
            update_gradebook(
                actor=actor_of(request),
                course=course,
                settings=GradebookSettings(**data),
                expected=expected,
            )
            messages.success(request, _("Saved. The totals follow in a moment."))
            return redirect("teach-gradebook-setup", slug)
    context = teach_context(
        request,
        course,
        "gradebook",
        form=form,
        categories=categories_of(actor_of(request), course),
        items=items_of(course.pk),
        statuses=course_statuses(actor_of(request), course)[1],
    )
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/gradebook/setup.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, slug: str, category_id: str = "") -> HttpResponse:
    """A new category, or one to change or remove."""
    course = find_course(request, slug, MANAGE_COURSE)
    actor = actor_of(request)
    row = category_in(actor, course, category_id) if category_id else None
    if row is not None and "remove" in request.POST:
        delete_category(actor=actor, category=row)
        messages.success(request, _("The category is removed; its columns moved up."))
        return redirect("teach-gradebook-setup", slug)
    others = [one for one in categories_of(actor, course) if row is None or one.pk != row.pk]
    form = CategoryForm(request.POST or None, categories=others, initial=_category_initial(row))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        inside = data.pop("parent")
        with refusals(request, form):
            parent = category_in(actor, course, inside) if inside else None
            fields = CategoryFields(parent=parent, **data)
            if row is None:
                create_category(actor=actor, course=course, fields=fields)
            else:
                update_category(actor=actor, category=row, fields=fields)
            messages.success(request, _("Saved. The totals follow in a moment."))
            return redirect("teach-gradebook-setup", slug)
    context = teach_context(request, course, "gradebook", form=form, row=row)
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/gradebook/category.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def column(request: HttpRequest, slug: str, item_id: str = "") -> HttpResponse:
    """A new column that is graded by hand, or one to change, post, curve."""
    course = find_course(request, slug, MANAGE_COURSE)
    actor = actor_of(request)
    row = item_in(actor, course, item_id) if item_id else None
    form = _column_form(request, course, row)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            fields = _item_fields(actor, course, dict(form.cleaned_data))
            if row is None:
                row = create_manual_item(actor=actor, course=course, fields=fields)
            else:
                update_item(actor=actor, item=row, fields=fields)
            messages.success(request, _("Saved. The totals follow in a moment."))
            return redirect("teach-gradebook-column", slug, row.public_id)
    more: dict[str, Any] = {}
    if row is not None:
        more = {
            "standing": standing_of_item(actor, row),
            "post_form": PostForm(groups=groups(actor, course=course)),
            "curve_form": CurveForm(),
        }
    context = teach_context(request, course, "gradebook", form=form, row=row, **more)
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/gradebook/column.html", context, status=status)


@require_POST
def change_column(request: HttpRequest, slug: str, item_id: str, verb: str) -> HttpResponse:
    """Post, hide, curve, take a curve back, remove."""
    course = find_course(request, slug, MANAGE_COURSE)
    row = item_in(actor_of(request), course, item_id)
    with refusals(request):
        messages.success(request, ACTS[verb](request, course, row))
        if verb == "remove":
            return redirect("teach-gradebook-setup", slug)
    return redirect("teach-gradebook-column", slug, item_id)


def _post(request: HttpRequest, course: Course, row: GradeItem, *, released: bool = True) -> str:
    actor = actor_of(request)
    named = request.POST.get("group", "")
    of_group = group(actor, named, course=course) if named else None
    count = post_grades(actor=actor, item=row, released=released, group=of_group)
    if released:
        return ngettext("%(n)s grade posted.", "%(n)s grades posted.", count) % {"n": count}
    return ngettext("%(n)s grade hidden.", "%(n)s grades hidden.", count) % {"n": count}


def _hide(request: HttpRequest, course: Course, row: GradeItem) -> str:
    return _post(request, course, row, released=False)


def _curve(request: HttpRequest, _course: Course, row: GradeItem) -> str:
    form = CurveForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Say which curve, with numbers that are numbers."), field="kind")
    data = dict(form.cleaned_data)
    reason = data.pop("reason")
    apply_curve(actor=actor_of(request), item=row, wish=CurveWish(**data), reason=reason)
    return _("The scores are curved. You can take it back here.")


def _uncurve(request: HttpRequest, _course: Course, row: GradeItem) -> str:
    undo_curve(actor=actor_of(request), item=row)
    return _("Every score is what it was before the curve.")


def _remove(request: HttpRequest, _course: Course, row: GradeItem) -> str:
    delete_item(actor=actor_of(request), item=row)
    return _("The column is removed.")


ACTS = {"post": _post, "hide": _hide, "curve": _curve, "uncurve": _uncurve, "remove": _remove}


def _column_form(request: HttpRequest, course: Course, row: GradeItem | None) -> ColumnForm:
    return ColumnForm(
        request.POST or None,
        categories=categories_of(actor_of(request), course),
        settings=settings_of(course.pk),
        by_hand=row is None or row.kind == GradeItemKind.MANUAL,
        initial=column_initial(row) if row else None,
    )


def _item_fields(actor: Any, course: Course, data: dict[str, Any]) -> ItemFields:
    inside = data.pop("category")
    found = category_in(actor, course, inside) if inside else None
    return ItemFields(category=found, **data)


def _settings_initial(book: Gradebook) -> dict[str, Any]:
    periods = [
        "; ".join([one["name"], one["starts"], one["ends"], *(["closed"] if one["closed"] else [])])
        for one in book.periods
    ]
    return {
        "rule": book.rule,
        "ungraded": book.ungraded,
        "show_totals": book.show_totals,
        "levels": "\n".join(f"{one['label']} {one['least']}" for one in book.levels),
        "periods": "\n".join(periods),
        "known": book.periods,
        "version": book.version,
    }


def _category_initial(row: GradeCategory | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "name": row.name,
        "rule": row.rule,
        "weight": row.weight,
        "drop_lowest": row.drop_lowest,
        "drop_highest": row.drop_highest,
        "extra": row.extra,
        "parent": row.parent.public_id if row.parent else "",
    }

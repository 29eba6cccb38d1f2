"""Groups of a course's learners: the list, one group, dealing out."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.forms.group import DealForm, GroupForm
from courses.models import Course, LearnerGroup
from courses.queries.group import group, groups, learners_by_id, learners_of, member_ids, names_in
from courses.rules import EDIT_GROUP, MANAGE_COURSE, STAFF_COURSE
from courses.services.group import change_group, create_group, deal_out, delete_group
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 30
NAMES_SHOWN = 8


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The groups of a course with the names in them."""
    course = find_course(request, slug, STAFF_COURSE)
    return _list(request, course, DealForm())


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """A new group."""
    course = find_course(request, slug, MANAGE_COURSE)
    return _edit(request, course, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, group_id: str) -> HttpResponse:
    """Name and members of a group."""
    course = find_course(request, slug, STAFF_COURSE)
    row = group(actor_of(request), group_id, course=course)
    require(actor_of(request), EDIT_GROUP, row)
    return _edit(request, course, row)


@require_POST
def delete(request: HttpRequest, slug: str, group_id: str) -> HttpResponse:
    """Delete a group; the page asked before."""
    course = find_course(request, slug, STAFF_COURSE)
    row = group(actor_of(request), group_id, course=course)
    delete_group(actor=actor_of(request), group=row)
    messages.success(request, _("“%(name)s” was deleted.") % {"name": row.name})
    return redirect("teach-groups", slug=slug)


@require_POST
def deal(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody into new groups at random."""
    course = find_course(request, slug, MANAGE_COURSE)
    form = DealForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            made = deal_out(actor=actor_of(request), course=course, **form.cleaned_data)
            words = ngettext("%(n)s group was made.", "%(n)s groups were made.", len(made))
            messages.success(request, words % {"n": len(made)})
            return redirect("teach-groups", slug=slug)
    return _list(request, course, form, status=400)


def _list(request: HttpRequest, course: Course, form: DealForm, status: int = 200) -> HttpResponse:
    rows = groups(actor_of(request), course=course)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    people = names_in(page.object_list)
    lines = [(row, people[row.pk], people[row.pk][:NAMES_SHOWN]) for row in page]
    context = teach_context(
        request,
        course,
        "people",
        page=page,
        lines=lines,
        deal=form,
        learner_count=learners_of(course.pk).count(),
    )
    return render(request, "courses/groups/index.html", context, status=status)


def _edit(request: HttpRequest, course: Course, row: LearnerGroup | None) -> HttpResponse:
    sent = request.method == "POST"
    known = {"name": row.name, "version": row.version} if row else None
    form = GroupForm(request.POST if sent else None, initial=known)
    chosen = set(request.POST.getlist("learner")) if sent else None
    if sent and form.is_valid():
        with refusals(request, form):
            _save(request, course, row, form)
            messages.success(request, _("The group is saved."))
            return redirect("teach-groups", slug=course.slug)
    inside = member_ids(row) if row else frozenset()
    people = [
        (person, person.public_id in chosen if chosen is not None else person.pk in inside)
        for person in learners_of(course.pk)
    ]
    context = teach_context(request, course, "people", group=row, form=form, people=people)
    status = 400 if sent else 200
    return render(request, "courses/groups/edit.html", context, status=status)


def _save(request: HttpRequest, course: Course, row: LearnerGroup | None, form: GroupForm) -> None:
    actor, name = actor_of(request), form.cleaned_data["name"]
    learners = learners_by_id(actor, course, request.POST.getlist("learner"))
    if row is None:
        create_group(actor=actor, course=course, name=name, learners=learners)
        return
    expected = form.cleaned_data["version"]
    change_group(actor=actor, group=row, name=name, learners=learners, expected=expected)

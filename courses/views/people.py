"""People of a course: members, invitations, the join link."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from courses.enums import CourseRole
from courses.forms.people import InviteForm, RoleForm, TableForm
from courses.models import Course, Enrolment
from courses.queries.teaching import members_of, open_invitations
from courses.rules import MANAGE_COURSE, STAFF_COURSE, VIEW_ENROLMENT, VIEW_INVITATION
from courses.services import invitation as invitations
from courses.services.enrolment import change_role, remove_member
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import allows, fetch
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 30


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Members with search and role in the URL; instructors also see invitations and the link."""
    course = find_course(request, slug, STAFF_COURSE)
    return _page(request, course)


def _page(request: HttpRequest, course: Course, status: int = 200, **more: Any) -> HttpResponse:
    search, role = request.GET.get("search", "")[:100].replace("\x00", ""), request.GET.get("role")
    role = role if role in CourseRole.values else ""
    page = Paginator(members_of(course, search=search, role=role or ""), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    manages = allows(actor_of(request), MANAGE_COURSE, course)
    context = {
        "page": page,
        "search": search,
        "role": role,
        "roles": CourseRole.choices,
        "invite": InviteForm(initial={"role": CourseRole.LEARNER}),
        "table": TableForm(),
        "invitations": open_invitations(course) if manages else [],
        "join_link": request.build_absolute_uri(f"/join/{course.join_code}/"),
        **more,
    }
    return render(
        request,
        "courses/people/index.html",
        teach_context(request, course, "people", **context),
        status=status,
    )


@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the typed addresses; what could not be done is listed."""
    course = find_course(request, slug, STAFF_COURSE)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, course, 400, invite=form, open_dialog="invite")
    with refusals(request):
        report = invitations.invite_people(
            actor=actor_of(request), course=course, people=form.people()
        )
        _tell(request, report)
    return redirect("teach-people", slug=slug)


@require_POST
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """A CSV: first a preview of what each row would do, then, confirmed, the same as a report."""
    course = find_course(request, slug, MANAGE_COURSE)
    actor = actor_of(request)
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, course, 400, table=form)
    people = form.cleaned_data["people"]
    sent = request.POST.get("confirmed") == "1"
    if sent:
        report = invitations.invite_people(actor=actor, course=course, people=people)
    else:
        report = invitations.preview_invitations(actor=actor, course=course, people=people)
    counts = {name: sum(row.status == name for row in report) for name in ("invite", "invited")}
    context = teach_context(
        request,
        course,
        "people",
        report=report,
        sent=sent,
        ready=counts["invite"] + counts["invited"],
        source=form.cleaned_data["table"],
    )
    return render(request, "courses/people/report.html", context)


@require_POST
def change(request: HttpRequest, slug: str, enrolment_id: str, verb: str) -> HttpResponse:
    """Another role for a member, or their removal."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row: Enrolment = fetch(
        actor, VIEW_ENROLMENT, select=("course", "user"), public_id=enrolment_id, course=course
    )
    with refusals(request):
        if verb == "remove":
            remove_member(actor=actor, enrolment=row)
            messages.success(request, _("%(name)s was removed.") % {"name": row.user.display_name})
        else:
            form = RoleForm(request.POST)
            role = form.cleaned_data["role"] if form.is_valid() else ""
            change_role(actor=actor, enrolment=row, role=role)
            messages.success(request, _("The role was changed."))
    return redirect("teach-people", slug=slug)


@require_POST
def revoke(request: HttpRequest, slug: str, invitation_id: str) -> HttpResponse:
    """Make an invitation useless."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = fetch(actor, VIEW_INVITATION, public_id=invitation_id, course=course)
    with refusals(request):
        invitations.revoke_invitation(actor=actor, invitation=row)
        messages.success(request, _("The invitation no longer works."))
    return redirect("teach-people", slug=slug)


@require_POST
def join_link(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Switch the join link on or off, or replace it."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    if verb == "renew":
        invitations.rotate_join_link(actor=actor, course=course)
        messages.success(request, _("The join link is new. The old one no longer works."))
    else:
        invitations.set_join_link(actor=actor, course=course, on=verb == "on")
    return redirect("teach-people", slug=slug)


def _tell(request: HttpRequest, report: list[invitations.Outcome]) -> None:
    asked = sum(row.status == "invited" for row in report)
    if asked:
        words = ngettext("%(count)d person was invited.", "%(count)d people were invited.", asked)
        messages.success(request, words % {"count": asked})
    for row in report:
        if row.status == "invalid":
            messages.error(request, f"{row.email}: {row.problem}")
        elif row.status == "member":
            messages.info(request, _("%(email)s is in the course.") % {"email": row.email})
        elif row.status == "already_invited":
            messages.info(request, _("%(email)s was asked before.") % {"email": row.email})

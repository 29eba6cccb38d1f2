"""The early warning: what a course's staff switch and answer, what a learner reads and contests."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.forms.course import AnswerForm, ObjectionForm
from analytics.queries.risk import (
    drift_of,
    is_on,
    open_objections,
    own_objections,
    own_warning,
    told_up_to,
)
from analytics.queries.risk_card import card
from analytics.services.risk import answer_objection, object_to_warning, switch_warning
from courses.models import Course
from courses.rules import LEARN_COURSE, MANAGE_COURSE, OPEN_COURSE, STAFF_COURSE
from courses.views.doors import course_context, find_course, refusals
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of


@require_safe
def teach(request: HttpRequest, slug: str) -> HttpResponse:
    """For staff: its switch, the model's card, drift, and objections that wait."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    context = {
        "course": course,
        "tab": "analytics",
        "may_manage": allows(actor, MANAGE_COURSE, course),
        "on": is_on(course),
        "told_at": told_up_to(course),
        "card": card(),
        "drift": drift_of(course),
        "objections": [
            (row, AnswerForm(auto_id=f"id_{row.public_id}_%s"))
            for row in open_objections(actor, course)
        ],
    }
    return render(request, "analytics/warning/teach.html", context)


@require_POST
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch it on or off (`on` is 1 or 0)."""
    course = find_course(request, slug, STAFF_COURSE)
    on = request.POST.get("on") == "1"
    switch_warning(actor=actor_of(request), course=course, on=on)
    if on:
        messages.success(request, _("The early warning is on. It tells the first risks soon."))
    else:
        messages.success(request, _("The early warning is off, and what it said is deleted."))
    return redirect("teach-early-warning", slug=slug)


@require_POST
def answer(request: HttpRequest, slug: str, objection_id: str) -> HttpResponse:
    """Answer an objection."""
    course = find_course(request, slug, STAFF_COURSE)
    with refusals(request):
        answer_objection(
            actor=actor_of(request),
            course=course,
            objection_id=objection_id,
            answer=request.POST.get("answer", ""),
        )
        messages.success(request, _("Answered. The learner reads it on their page."))
    return redirect("teach-early-warning", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """For a learner: what it says of them and why, and a way to contest it."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            object_to_warning(actor=actor, course=course, text=form.cleaned_data["text"])
        if not form.errors:
            messages.success(request, _("Sent. The course's staff answer on this page."))
            return redirect("early-warning", slug=slug)
    objections = own_objections(actor, course)
    context = course_context(
        request,
        course,
        "",
        on=is_on(course),
        warned=own_warning(actor, course),
        card=card(),
        objections=objections,
        form=form,
        may_object=allows(actor, LEARN_COURSE, course)
        and all(row.answered_at for row in objections),
    )
    return render(request, "analytics/warning/mine.html", context)


def overview(request: HttpRequest, context: dict[str, object]) -> str:
    """On a course's page, for its learners: that there is an early warning, and where it is."""
    course, actor = context.get("course"), actor_of(request)
    if course is None or not actor.signed_in or context.get("may_staff"):
        return ""

    if not isinstance(course, Course) or not allows(actor, LEARN_COURSE, course):
        return ""
    if not is_on(course):
        return ""
    return render_to_string("analytics/slots/early_warning.html", {"course": course})

"""The tutor for those who teach: how it helps, what learners passed on, what it may cite."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ai.enums import TutorStyle
from ai.queries.tutor import faqs, sent_on
from ai.rules import MANAGE_FAQ, SETTLE_SENT_ON, VIEW_FAQ, VIEW_SENT_ON
from ai.services.exchanges import remove_faq, settle_exchange
from ai.services.tutor_help import set_style, style_of
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of

SHOWN = 50
PAGE_SIZE = 20


@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, what the tutor cites, and how far it goes."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    settled = request.GET.get("show") == "settled"
    rows = sent_on(actor, course, settled=settled)
    context = teach_context(
        request,
        course,
        "ai",
        page=Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        settled=settled,
        faqs=list(faqs(actor, course)[:SHOWN]),
        style=style_of(course),
        styles=TutorStyle.choices,
    )
    return render(request, "ai/tutor/queue.html", context)


@require_POST
def setting(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose how the tutor helps."""
    course = find_course(request, slug, MANAGE_COURSE)
    with refusals(request):
        set_style(actor=actor_of(request), course=course, style=request.POST.get("style", ""))
        messages.success(request, _("Saved."))
    return redirect("teach-tutor", slug=slug)


@require_POST
def settle(request: HttpRequest, slug: str, exchange_id: str) -> HttpResponse:
    """Answer, close, or make an answer for everybody."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = fetch(
        actor, VIEW_SENT_ON, select=("course", "conversation"), public_id=exchange_id, course=course
    )
    require(actor, SETTLE_SENT_ON, row)
    with refusals(request):
        settle_exchange(
            actor=actor,
            exchange=row,
            reply=request.POST.get("reply", ""),
            for_all=request.POST.get("act") == "for-all",
            question=request.POST.get("question", ""),
        )
        if request.POST.get("reply", "").strip():
            messages.success(request, _("Done. The learner sees your answer beside the question."))
        else:
            messages.success(request, _("Closed without an answer."))
    return redirect("teach-tutor", slug=slug)


@require_POST
def forget(request: HttpRequest, slug: str, faq_id: str) -> HttpResponse:
    """Take an answered question away."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = fetch(actor, VIEW_FAQ, select=("course",), public_id=faq_id, course=course)
    require(actor, MANAGE_FAQ, row)
    remove_faq(actor=actor, faq=row)
    messages.success(request, _("The tutor no longer cites this answer."))
    return redirect("teach-tutor", slug=slug)

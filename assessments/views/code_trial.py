"""Trying a program against all tests of a code question in its editor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.forms.answer import answer_field
from assessments.queries.code import Trial, trial_of
from assessments.scoring.code import Code
from assessments.scoring.content import QuestionContent, detail_of
from assessments.services.code_trial import try_code
from assessments.views.bank_place import Place
from assessments.views.preview import shown
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course, is_partial
from courses.views.outline import teach_context
from lms.kernel.web.middleware import actor_of


def started_trial(request: HttpRequest, place: Place, content: QuestionContent) -> Trial:
    """Start to run what was posted: the right program, or with "try" the tried answer.

    Raises what `try_code` raises.
    """
    if request.POST.get("act") == "run":
        program, field = detail_of(content, Code).solution, "solution"
    else:
        program, field = answer_field(request.POST, "answer-preview", shown(content)) or "", ""
    job = try_code(
        actor=place.actor, course=place.course, content=content, program=program, field=field
    )
    return Trial(job, [])


@require_safe
def show(request: HttpRequest, slug: str, job_id: str) -> HttpResponse:
    """How an own trial went: a part of the editor, or a page of its own without scripts."""
    course = find_course(request, slug, STAFF_COURSE)
    trial = trial_of(actor_of(request), course.pk, job_id)
    name = "_trial" if is_partial(request) else "trial"
    context = teach_context(request, course, "bank", run=trial)
    return render(request, f"assessments/bank/{name}.html", context)

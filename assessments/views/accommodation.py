"""The page that gives a learner extra time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assessments.forms.accommodation import AccommodationForm
from assessments.queries.accommodation import person_taught, time_of
from assessments.services.accommodation import remove_accommodation, set_accommodation
from courses.models import Enrolment
from courses.rules import MANAGE_COURSE, VIEW_ENROLMENT
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import fetch
from lms.kernel.web.middleware import actor_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Set it, change it or take it back."""
    course = find_course(request, slug, MANAGE_COURSE)
    actor = actor_of(request)
    member: Enrolment = fetch(
        actor, VIEW_ENROLMENT, select=("user",), user__public_id=person_id, course=course
    )
    person = person_taught(actor, member.user.public_id)
    row = time_of(actor, person)
    if request.method == "POST" and "remove" in request.POST:
        with refusals(request):
            remove_accommodation(actor=actor, person=person)
            words = _("%(name)s has the usual time again.") % {"name": person.display_name}
            messages.success(request, words)
        return redirect("teach-people", slug=slug)
    known = {name: getattr(row, name) for name in AccommodationForm.base_fields} if row else None
    form = AccommodationForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            set_accommodation(actor=actor, person=person, **form.relief())
            words = _("%(name)s has more time from now on, in every course.")
            messages.success(request, words % {"name": person.display_name})
            return redirect("teach-people", slug=slug)
    context = teach_context(
        request,
        course,
        "people",
        person=person,
        row=row,
        form=form,
    )
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/accommodation/edit.html", context, status=status)

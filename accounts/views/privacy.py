"""A copy of one's data, and its erasure."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import BadCredentials
from accounts.forms.privacy import EraseForm
from accounts.queries.people import own_person
from accounts.services.privacy import erase_person, export_person
from accounts.services.sign_in import confirm_password
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.kernel.web.address import address_of
from lms.kernel.web.middleware import actor_of


@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything held about oneself as a ZIP, after a recent password (A9)."""
    own_person(actor_of(request))
    answer: HttpResponseBase = _export(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _export(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    archive = export_person(actor=actor, person=own_person(actor))
    name = f"cairn-my-data-{clock.now():%Y-%m-%d}.zip"
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")


@never_cache
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Erase one's account: the page names what is lost and asks for the password (A9)."""
    actor = actor_of(request)
    person = own_person(actor)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_password(
                person=person,
                password=form.cleaned_data["password"],
                address=address_of(request),
            )
            erase_person(actor=actor, person=person)
        except BadCredentials:
            form.add_error("password", _("This is not your password."))
        except Conflict as problem:
            form.add_error(None, problem.detail)
        else:
            logout(request)
            messages.success(request, _("Your account is erased. Goodbye."))
            return redirect("/")
    status = 422 if form.errors else 200
    return render(request, "accounts/privacy/erase.html", {"form": form}, status=status)

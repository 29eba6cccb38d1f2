"""One's own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms.profile import ProfileForm
from accounts.queries.people import own_person
from accounts.queries.tokens import live_tokens
from accounts.services.people import edit_profile
from lms.kernel.errors import Invalid
from lms.kernel.web.middleware import actor_of
from lms.kernel.web.tags import THEME_COOKIE


@never_cache
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Profile, language and theme; the ways to password, address, tokens and one's data."""
    actor = actor_of(request)
    person = own_person(actor)
    form = ProfileForm.of(person) if request.method == "GET" else ProfileForm(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            edit_profile(actor=actor, person=person, **form.cleaned_data)
        except Invalid as problem:
            form.add_error("name", problem.detail)
        else:
            with override(person.language):
                messages.success(request, _("Saved."))
            response = redirect("settings")
            # The choice made in this browser before gives way to the saved one.
            response.delete_cookie(THEME_COOKIE)
            return response
    context = {"form": form, "person": person, "token_count": live_tokens(actor).count()}
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/profile/settings.html", context, status=status)

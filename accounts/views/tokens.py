"""One's own API tokens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.tokens import TokenForm
from accounts.queries.people import own_person
from accounts.queries.tokens import live_tokens, own_token
from accounts.services.tokens import issue_token, revoke_token
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.web.middleware import actor_of


@never_cache
@require_http_methods(["GET", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """The list with a form; a new token is in the answer to the form alone, never stored (A7)."""
    actor = actor_of(request)
    person = own_person(actor)
    form, issued = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            issued = issue_token(
                actor=actor,
                person=person,
                name=form.cleaned_data["name"],
                scopes=form.scopes(),
                days=form.cleaned_data["days"],
            )
            form = TokenForm()
        except (Invalid, Conflict) as problem:
            words = problem.errors.get("name") if isinstance(problem, Invalid) else None
            form.add_error("name" if words else None, words or problem.detail)
    context = {"form": form, "tokens": live_tokens(actor), "issued": issued}
    status = 422 if form.errors else 200
    return render(request, "accounts/tokens/list.html", context, status=status)


@require_POST
def token_revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    """Revoke one."""
    actor = actor_of(request)
    token = own_token(actor, token_id)
    revoke_token(actor=actor, token=token)
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("tokens")

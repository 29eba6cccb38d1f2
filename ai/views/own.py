"""One's own AI settings: agreeing, turning AI off, and what AI saw."""

from collections.abc import Callable
from contextlib import suppress

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ai.enums import Purpose
from ai.queries.consent import ai_site, own_consent, own_switch
from ai.queries.seen import own_texts
from ai.services.consent import give_consent, switch_person, withdraw_consent
from ai.services.providers import connected_words
from ai.services.texts import delete_text, delete_texts
from ai.services.tutor_help import require_seen
from assessments.enums import AiHelp
from assessments.queries.exam import ai_help
from courses.views.doors import refusals
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The page; a POST does one of its acts and comes back."""
    actor = actor_of(request)
    if request.method == "POST":
        with refusals(request):
            _act(request, actor)
            if request.POST.get("act") == "agree" and (onward := _onward(request)):
                return redirect(onward)
        return redirect("own-ai")
    rows = own_texts(actor)
    shut = ai_help(actor) != AiHelp.FULL and rows.exists()
    if shut:
        rows = rows.none()
        # The page stands and says why; that the texts were sought is kept all the same.
        with suppress(Denied):
            require_seen(actor)
    person_id = actor.user_id or 0
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "consent": own_consent(person_id),
        "switch": own_switch(person_id),
        "site": ai_site(),
        "connected": connected_words(actor, None, Purpose.TUTOR),
        "onward": _onward(request),
        "shut": shut,
    }
    return render(request, "ai/own/index.html", context)


@require_POST
def forget(request: HttpRequest, text_id: str) -> HttpResponse:
    """Delete one text."""
    delete_text(actor=actor_of(request), text_id=text_id)
    messages.success(request, _("Deleted."))
    return redirect("own-ai")


def _onward(request: HttpRequest) -> str:
    """The page of ours that sent somebody here to agree; empty for an address elsewhere."""
    wished = request.POST.get("next", request.GET.get("next", ""))
    known = url_has_allowed_host_and_scheme(wished, allowed_hosts={request.get_host()})
    return wished if known and wished.startswith("/") else ""


def _act(request: HttpRequest, actor: Actor) -> None:
    acts: dict[str, Callable[[], str]] = {
        "agree": lambda: _agree(request, actor),
        "withdraw": lambda: _withdraw(actor),
        "off": lambda: _switch(actor, off=True),
        "on": lambda: _switch(actor, off=False),
        "forget": lambda: _forget_all(actor),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise Invalid(_("Choose one of the buttons."), field="act")
    messages.success(request, act())


def _agree(request: HttpRequest, actor: Actor) -> str:
    give_consent(actor=actor, of_age=request.POST.get("of_age") == "on")
    return _("Thank you. AI may answer you now.")


def _withdraw(actor: Actor) -> str:
    withdraw_consent(actor=actor)
    return _("Taken back. AI does not answer you any more.")


def _switch(actor: Actor, *, off: bool) -> str:
    try:
        switch_person(actor=actor, off=off)
    except Denied as problem:
        # Who may not write at all is told so; a switch of an administrator is a refusal in words.
        if not actor.can_write:
            raise
        raise Invalid(problem.detail) from None
    return _("AI is off for you.") if off else _("AI is on for you.")


def _forget_all(actor: Actor) -> str:
    delete_texts(actor=actor)
    return _("All texts are deleted.")

"""Reading the trial's mail. These pages exist in the trial and in tests alone."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.queries.trial_mail import all_mail
from lms.kernel.errors import NotFound


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "mail"


@never_cache
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """Every mail that the trial would have sent."""
    return render(request, "accounts/trial_mail/list.html", {"mails": all_mail(_folder())})


@never_cache
@require_safe
def mail_show(request: HttpRequest, number: int) -> HttpResponse:
    """One mail, its links live."""
    found = next((mail for mail in all_mail(_folder()) if mail.number == number), None)
    if found is None:
        raise NotFound
    return render(request, "accounts/trial_mail/show.html", {"mail": found})

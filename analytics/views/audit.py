"""For administrators and analysts: whether the early warning serves groups of people alike."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from analytics.exchange.audit_file import MAX_BYTES
from analytics.forms.audit import AuditForm
from analytics.models import FairnessReport
from analytics.queries.audits import fairness_reports, running_audit, waiting_table
from analytics.queries.institution import require_administrator
from analytics.services.audits import start_audit
from analytics.views.charts import rounded
from courses.views.doors import refusals
from lms.kernel.web.middleware import actor_of

# The threshold shown: from here a risk is called high.
AT = "0.6"
RATES = ("tpr", "fpr", "precision")


@dataclass(frozen=True, slots=True)
class AttributeTable:
    """An attribute with a line of words for each group, and which are too small to show."""

    name: str
    lines: list[list[str]]
    hidden: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Read the newest report of each model; administrators bring attributes for another."""
    actor = actor_of(request)
    reports = fairness_reports(actor)
    if request.method == "POST":
        require_administrator(actor)
    form = AuditForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            start_audit(actor=actor, data=form.cleaned_data["file"].read(MAX_BYTES + 1))
        if not form.errors:
            messages.success(request, _("The audit is being made."))
            return redirect("institution-fairness")
    context = {
        "may_audit": actor.is_admin,
        "form": form,
        "job": running_audit(actor),
        "table": waiting_table(actor),
        "reports": [(row, _tables(row)) for row in reports],
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/institution/fairness.html", context, status=status)


def _tables(row: FairnessReport) -> list[AttributeTable]:
    found = (row.body or {}).get("attributes", {})
    return [
        AttributeTable(name, [_line(group) for group in one["groups"]], one["hidden"])
        for name, one in found.items()
    ]


def _line(group: dict[str, Any]) -> list[str]:
    gap = group["calibration_gap"]
    rates = [_interval(group["at"][AT][name]) for name in RATES]
    seen = _interval(group["observed"])
    return [group["group"], number_format(group["n"]), seen, _interval(gap), *rates]


def _interval(one: dict[str, Any]) -> str:
    if one["value"] is None or one["interval"] is None:
        return "—"
    low, high = one["interval"]
    return f"{rounded(one['value'])} [{rounded(low)}, {rounded(high)}]"

"""Who may need help: the few shown on a course's analytics, and the list of every learner."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from analytics.queries.risk import is_on, objections_waiting, told_up_to
from analytics.scoring.help import HelpState
from analytics.services.help import LearnerHelp, completed, in_words, needs_help, standing
from courses.models import Course
from courses.rules import STAFF_COURSE, VIEW_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of

SHOWN, PAGE = 5, 25
AT_RISK, EVERYBODY = "at_risk", "all"
LABELS = {
    EVERYBODY: gettext_lazy("Everybody"),
    HelpState.NEEDS_HELP.value: gettext_lazy("May need help"),
    HelpState.WATCH.value: gettext_lazy("Keep an eye on"),
    AT_RISK: gettext_lazy("Early warning"),
    HelpState.FINE.value: gettext_lazy("Fine"),
    HelpState.UNKNOWN.value: gettext_lazy("Not enough data"),
}
Key = Callable[[LearnerHelp], Any]
# The entries come by points, then by who is away longest; sorting keeps that among equals.
ORDERS: dict[str, tuple[Any, Key]] = {
    "points": (gettext_lazy("Most points first"), lambda one: -one.assessment.points),
    "risk": (gettext_lazy("Highest risk first"), lambda one: -(one.chance or 0.0)),
    "away": (
        gettext_lazy("Longest away first"),
        lambda one: (one.learner.last_seen or one.learner.enrolled_at).timestamp(),
    ),
    "name": (gettext_lazy("By name"), lambda one: one.learner.name.casefold()),
}


def at_a_glance(actor: Actor, course: Course) -> dict[str, Any]:
    """What the page shows: how many there are of each kind, and those to look at first."""
    entries = standing(actor=actor, course=course)
    states = Counter(entry.assessment.state for entry in entries)
    flagged = entries[: min(SHOWN, states[HelpState.NEEDS_HELP])]
    warned = sorted((e for e in entries if e.at_risk), key=ORDERS["risk"][1])
    told = any(entry.told for entry in entries)
    shown = completed(course, [*flagged, *warned[:SHOWN]])
    return {
        "flagged": shown[: len(flagged)],
        "need_help": states[HelpState.NEEDS_HELP],
        "watched": states[HelpState.WATCH],
        "unknown": states[HelpState.UNKNOWN],
        "warned": shown[len(flagged) :],
        "at_risk": len(warned),
        "warning_on": told or is_on(course),
        "told": told or told_up_to(course) is not None,
        "objections": objections_waiting(actor, course),
    }


@require_safe
def learners(request: HttpRequest, slug: str) -> HttpResponse:
    """Every active learner with the rule's answer and the early warning's, to search and sort."""
    actor = actor_of(request)
    course = fetch(actor, VIEW_COURSE, slug=slug)
    require(actor, STAFF_COURSE, course)
    show, order, search = _wish(request)
    everybody = needs_help(actor=actor, course=course)
    named = [one for one in everybody if search.casefold() in one.learner.name.casefold()]
    counts = Counter(entry.assessment.state.value for entry in named)
    counts[AT_RISK] = sum(entry.at_risk for entry in named)
    counts[EVERYBODY] = len(named)
    found = sorted((one for one in named if _fits(one, show)), key=ORDERS[order][1])
    warning_on = any(entry.told for entry in everybody) or is_on(course)
    hidden = set() if warning_on else {AT_RISK, "risk"}
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "course": course,
        "tab": "analytics",
        "page": page,
        "entries": in_words(course, list(page.object_list)),
        "show": show,
        "order": order,
        "search": search,
        "kinds": [(key, label, counts[key]) for key, label in LABELS.items() if key not in hidden],
        "orders": [(key, label) for key, (label, _by) in ORDERS.items() if key not in hidden],
        "warning_on": warning_on,
        "title": _("Learners"),
    }
    return render(request, "analytics/course/learners.html", context)


def _wish(request: HttpRequest) -> tuple[str, str, str]:
    """Which learners, in which order, by which words; what does not exist is the first of each."""
    show, order = request.GET.get("show", ""), request.GET.get("order", "")
    search = " ".join(request.GET.get("search", "").split())[:100]
    return (
        show if show in LABELS else EVERYBODY,
        order if order in ORDERS else "risk" if show == AT_RISK else "points",
        search,
    )


def _fits(entry: LearnerHelp, show: str) -> bool:
    if show == AT_RISK:
        return entry.at_risk
    return show in {EVERYBODY, entry.assessment.state.value}

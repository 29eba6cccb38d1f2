"""The card of the risk model in use: from what it was learnt, and how well it tells."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import RiskModelVersion
from analytics.queries.risk import model_in_use
from analytics.scoring.risk.default import shipped_card
from analytics.scoring.risk.figures import NAMES


def card() -> dict[str, Any]:
    """`own`, `kind`, `learnt_from` in words, `learners`, `figures`, held-out `measures`, `notes`.

    Not of a course: the site has one model in use.
    """
    version = model_in_use()
    return _own(version) if version else _shipped()


def _own(version: RiskModelVersion) -> dict[str, Any]:
    words = ngettext(
        "%(count)d ended course of this site, from %(start)s to %(end)s.",
        "%(count)d ended courses of this site, from %(start)s to %(end)s.",
        version.courses,
    )
    window = {
        "count": version.courses,
        "start": f"{version.window_from:%Y-%m-%d}",
        "end": f"{version.window_to:%Y-%m-%d}",
    }
    return {
        "own": True,
        "kind": version.kind,
        "learnt_from": words % window,
        "learners": version.learners,
        "figures": list(NAMES),
        "measures": version.held_out.get("own") or {},
        "notes": version.notes,
    }


def _shipped() -> dict[str, Any]:
    found = shipped_card()
    words = _(
        "Courses of the Open University in %(runs)s: adults at a distance, eight to nine months,"
        " few and large tasks. Elsewhere the order of learners is worth more than the percentages."
    )
    return {
        "own": False,
        "kind": found["kind"],
        "learnt_from": words % {"runs": ", ".join(found["presentations"])},
        "learners": found["learners"],
        "figures": list(NAMES),
        "measures": found["held_out_runs"],
        "notes": found["notes"],
    }

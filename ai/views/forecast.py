"""What a job would take, said on the page before it starts."""

from typing import Any

from django.http import HttpRequest

from ai.services.forecast import Forecast, left_rows, refusal_words

# A job of so many calls is said before it starts, asked for or not.
BIG_CALLS = 3


def is_asked_first(request: HttpRequest, found: Forecast) -> bool:
    """Whether to show the forecast instead of starting: it was asked for, or the job is big."""
    act = request.POST.get("act", "")
    return act == "estimate" or (act != "start" and found.calls.least >= BIG_CALLS)


def forecast_context(found: Forecast | None) -> dict[str, Any]:
    """What the panel needs; nothing without a forecast."""
    if found is None:
        return {}
    return {"forecast": found, "left": left_rows(found), "refusal": refusal_words(found)}

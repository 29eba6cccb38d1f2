"""What a job would cost, as JSON."""

from typing import Any

from rest_framework import serializers

from ai.queries.spend import minor
from ai.services.forecast import Between, Forecast, refusal_words


class BetweenOut(serializers.Serializer[Any]):
    """The least and the most."""

    least = serializers.IntegerField()
    most = serializers.IntegerField()


class CostOut(serializers.Serializer[Any]):
    """The least and the most, in minor units of the currency, as decimals."""

    least = serializers.CharField()
    most = serializers.CharField()


class ForecastOut(serializers.Serializer[Any]):
    """Before a job: `model` is empty when rules do it for nothing.

    `cost` is null where nobody entered a price. `left_tokens` and `left_cost` (minor units) are
    what the budgets leave, null without a cap and, for all but admins, where a cap of the site
    or of a role leaves least. With `fits` false the job is refused with
    `over_budget`, and `refusal` says why.
    """

    model = serializers.CharField(allow_blank=True)
    calls = BetweenOut()
    tokens = BetweenOut()
    cost = CostOut(allow_null=True)
    currency = serializers.CharField()
    left_tokens = serializers.IntegerField(allow_null=True)
    left_cost = serializers.CharField(allow_null=True)
    fits = serializers.BooleanField()
    refusal = serializers.CharField(allow_blank=True)
    notes = serializers.ListField(child=serializers.CharField())


def forecast_data(found: Forecast) -> dict[str, Any]:
    """The public shape of a forecast."""
    return {
        "model": found.model,
        "calls": _between(found.calls),
        "tokens": _between(found.tokens),
        "cost": None
        if found.cost is None
        else {"least": _minor(found.cost.least), "most": _minor(found.cost.most)},
        "currency": found.currency,
        "left_tokens": found.shown.tokens,
        "left_cost": None if found.shown.cost is None else _minor(found.shown.cost),
        "fits": found.fits,
        "refusal": refusal_words(found),
        "notes": list(found.notes),
    }


def _between(both: Between) -> dict[str, int]:
    return {"least": both.least, "most": both.most}


def _minor(cost: int) -> str:
    return f"{minor(cost):f}"

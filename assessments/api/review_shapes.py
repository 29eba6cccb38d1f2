"""The JSON of a review policy: what learners see of an attempt, and when."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from assessments.enums import ReviewItem, ReviewMoment, ReviewPreset, Solutions
from assessments.scoring.review import (
    PRESETS,
    ReviewPolicy,
    plain_policy,
    plain_words,
    policy_from,
    policy_json,
    preset_of,
)


def _items(**more: Any) -> serializers.MultipleChoiceField:
    return serializers.MultipleChoiceField(choices=ReviewItem.choices, **more)


class ReviewPolicyOut(serializers.Serializer[Any]):
    """What is shown at each moment; `spent` comes on top once no attempt is left.

    With `by_hand` nothing is shown before an instructor releases the results.
    """

    preset = serializers.ChoiceField(choices=ReviewPreset.choices)
    during = serializers.ListField(child=serializers.ChoiceField(choices=ReviewItem.choices))
    after = serializers.ListField(child=serializers.ChoiceField(choices=ReviewItem.choices))
    later = serializers.ListField(child=serializers.ChoiceField(choices=ReviewItem.choices))
    spent = serializers.ListField(child=serializers.ChoiceField(choices=ReviewItem.choices))
    closed = serializers.ListField(child=serializers.ChoiceField(choices=ReviewItem.choices))
    by_hand = serializers.BooleanField()


class ReviewPolicyField(serializers.Serializer[Any]):
    """A policy: a named one, or what is shown at each moment; what is left out is as usual."""

    preset = serializers.ChoiceField(choices=ReviewPreset.choices, required=False)
    during = _items(required=False)
    after = _items(required=False)
    later = _items(required=False)
    spent = _items(required=False)
    closed = _items(required=False)
    by_hand = serializers.BooleanField(required=False)


def with_plain_words(fields: Mapping[str, Any], known: ReviewPolicy) -> dict[str, Any]:
    """Fields of a quiz with `review` as a policy, also of the short words alone."""
    given = dict(fields)
    words = {name: given.pop(name) for name in ("show_review", "solutions") if name in given}
    if "review" in given:
        given["review"] = _policy(given["review"])
    elif words:
        shown, solutions = plain_words(known)
        given["review"] = plain_policy(
            show_review=words.get("show_review", shown),
            solutions=Solutions(words.get("solutions", solutions)),
        )
    return given


def plain_data(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A quiz's policy in both its forms."""
    policy = policy_from(stored)
    shown, solutions = plain_words(policy)
    review = {"preset": preset_of(policy), **policy_json(policy)}
    return {"review": review, "show_review": shown, "solutions": solutions}


def _policy(sent: Mapping[str, Any]) -> ReviewPolicy:
    named = ReviewPreset(sent.get("preset", ReviewPreset.CUSTOM))
    if named in PRESETS:
        return PRESETS[named]
    rows = {moment.value: list(sent[moment]) for moment in ReviewMoment if moment in sent}
    return policy_from({**rows, "by_hand": sent.get("by_hand", False)})

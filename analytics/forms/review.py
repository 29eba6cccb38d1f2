"""Input of the review queue."""

from django import forms

from analytics.scoring.spacing import Recall


class RatingForm(forms.Form):
    """How well a question was remembered; `reps` is how often it was rated before."""

    question = forms.CharField(max_length=22)
    rating = forms.TypedChoiceField(coerce=int, choices=Recall.choices)
    reps = forms.IntegerField(min_value=0, max_value=1_000_000)

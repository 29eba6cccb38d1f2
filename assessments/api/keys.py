"""The only place where answer keys become JSON (Z5): questions for staff, reviews once released.

`api.attempts` may not import this module; a contract of `make lint` says so.
"""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from assessments.api.contents import AcceptedIn, UnitField
from assessments.api.details import DetailField, TestLineOut, detail_data
from assessments.api.fields import percent_field, score_field
from assessments.enums import (
    DigitsRule,
    QuestionKind,
    QuestionOrigin,
    QuestionState,
    ReviewItem,
    ToleranceKind,
    UnitRule,
    Verdict,
)
from assessments.models import Question, QuestionVersion
from assessments.queries.review import AttemptReview, QuestionReview
from assessments.scoring.content import (
    QuestionContent,
)
from assessments.scoring.score import Scored


class OptionOut(serializers.Serializer[Any]):
    """A choice with its worth."""

    id = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()
    correct = serializers.BooleanField()
    feedback = serializers.CharField(allow_blank=True)


class QuestionOut(serializers.Serializer[Any]):
    """A question with its key, for staff; `number` counts its versions."""

    id = serializers.CharField()
    bank = serializers.CharField()
    course = serializers.CharField(allow_null=True, help_text="Null in a person's own bank.")
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    state = serializers.ChoiceField(choices=QuestionState.choices)
    difficulty = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(choices=QuestionOrigin.choices)  # type: ignore[assignment]
    category = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    outcomes = serializers.ListField(child=serializers.CharField())
    hints = serializers.ListField(child=serializers.CharField())
    number = serializers.IntegerField()
    version = serializers.IntegerField()
    use_count = serializers.IntegerField()
    stem = serializers.CharField()
    stem_html = serializers.CharField()
    options = OptionOut(many=True)
    partial_credit = serializers.BooleanField()
    truth = serializers.BooleanField(allow_null=True)
    accepted = serializers.ListField(child=serializers.CharField())
    answers = AcceptedIn(many=True)
    match_case = serializers.BooleanField()
    match_accents = serializers.BooleanField()
    wildcards = serializers.BooleanField()
    spelling = serializers.BooleanField()
    value = serializers.CharField(allow_blank=True)
    tolerance = serializers.CharField()
    tolerance_kind = serializers.ChoiceField(choices=ToleranceKind.choices)
    unit = serializers.CharField(allow_blank=True)
    units = UnitField(many=True)
    unit_rule = serializers.ChoiceField(choices=UnitRule.choices)
    unit_cost = percent_field()
    digits_rule = serializers.ChoiceField(choices=DigitsRule.choices)
    digits = serializers.IntegerField()
    digits_cost = percent_field()
    penalty = serializers.DecimalField(max_digits=5, decimal_places=2)
    detail = DetailField(allow_null=True)
    explanation = serializers.CharField(allow_blank=True)
    explanation_html = serializers.CharField(allow_blank=True)
    points = score_field()
    provenance = serializers.DictField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TryIn(serializers.Serializer[Any]):
    """An answer to try against the key."""

    answer = serializers.JSONField(allow_null=True)


class ScoredOut(serializers.Serializer[Any]):
    """What an answer is worth; the score is null where a person has to say."""

    score = score_field(allow_null=True)
    points = score_field()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    feedback = serializers.ListField(child=serializers.CharField())


class OptionReviewOut(serializers.Serializer[Any]):
    """A choice with what was chosen, and what was right unless that is not shown yet (null)."""

    id = serializers.CharField()
    html = serializers.CharField()
    chosen = serializers.BooleanField()
    correct = serializers.BooleanField(allow_null=True)
    feedback_html = serializers.CharField(allow_blank=True)


class PieceOut(serializers.Serializer[Any]):
    """What an answer says of one part; `right` is null while the right answers are not shown."""

    part = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    choice = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True)
    right = serializers.BooleanField(allow_null=True)
    expected = serializers.CharField(allow_blank=True)


class QuestionReviewOut(serializers.Serializer[Any]):
    """A question of an attempt, with its key unless that is not shown yet.

    `solution` is null then, `accepted`, `feedback_html` and `explanation_html` are empty. `pieces`
    is the answer part by part, `summary` all of it on one line. `reason` explains a score set by
    hand.
    """

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    stem_html = serializers.CharField()
    options = OptionReviewOut(many=True)
    answer = serializers.JSONField(allow_null=True)
    solution = serializers.JSONField(allow_null=True)
    accepted = serializers.ListField(child=serializers.CharField())
    feedback_html = serializers.ListField(child=serializers.CharField())
    answer_html = serializers.CharField(allow_blank=True)
    comment_html = serializers.CharField(allow_blank=True)
    pieces = PieceOut(many=True)
    summary = serializers.CharField(allow_blank=True)
    explanation_html = serializers.CharField(allow_blank=True)
    points = score_field()
    score = score_field(allow_null=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_blank=True)
    overridden = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    tests = TestLineOut(many=True)


class ReviewOut(serializers.Serializer[Any]):
    """An attempt with what is `shown` of it; the questions are left out where they are not."""

    id = serializers.CharField()
    score = score_field(allow_null=True)
    max_score = score_field()
    shown = serializers.ListField(child=serializers.ChoiceField(choices=ReviewItem.choices))
    solutions_shown = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    questions = QuestionReviewOut(many=True)


def question_data(row: Question, content: QuestionContent) -> dict[str, Any]:
    """The shape of `QuestionOut`."""
    version = row.latest
    html = {o["id"]: o["html"] for o in version.body.get("options", ())} if version else {}
    return {
        "id": row.public_id,
        "bank": row.bank.public_id,
        "course": row.bank.course.public_id if row.bank.course else None,
        "kind": row.kind,
        "state": row.state,
        "difficulty": row.difficulty,
        "source": row.origin,
        "category": row.category.public_id if row.category else None,
        "tags": [one.name for one in row.tags.all()],
        "outcomes": [one.public_id for one in row.outcomes.all()],
        "hints": list(content.hints),
        "version": row.version,
        "use_count": row.use_count,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        **_version_data(version),
        "options": [
            {
                "id": option.id,
                "text": option.text,
                "html": html.get(option.id, ""),
                "correct": option.correct,
                "feedback": option.feedback,
            }
            for option in content.options
        ],
        **_key_data(content),
    }


def scored_data(scored: Scored) -> dict[str, Any]:
    """The shape of `ScoredOut`."""
    return {
        "score": scored.score,
        "points": scored.points,
        "verdict": scored.verdict,
        "feedback": list(scored.feedback),
    }


def review_data(review: AttemptReview) -> dict[str, Any]:
    """The shape of `ReviewOut`."""
    attempt = review.sheet.attempt
    return {
        "id": attempt.public_id,
        "score": review.sheet.score,
        "max_score": attempt.max_score,
        "shown": [item for item in ReviewItem if item in review.shown],
        "solutions_shown": review.solutions_shown,
        "reason": review.reason,
        "questions": [question_review_data(one) for one in review.questions],
    }


def _version_data(version: QuestionVersion | None) -> dict[str, Any]:
    if version is None:
        return {}
    return {
        "number": version.number,
        "stem": version.stem,
        "stem_html": version.stem_html,
        "explanation": version.explanation,
        "explanation_html": version.explanation_html,
        "points": version.points,
        "provenance": version.provenance,
    }


def _key_data(content: QuestionContent) -> dict[str, Any]:
    return {
        "partial_credit": content.partial_credit,
        "truth": content.truth,
        "accepted": list(content.accepted),
        "answers": [asdict(one) for one in content.answers],
        "match_case": content.match_case,
        "match_accents": content.match_accents,
        "wildcards": content.wildcards,
        "spelling": content.spelling,
        "value": content.value,
        "tolerance": content.tolerance,
        "tolerance_kind": content.tolerance_kind,
        "unit": content.unit,
        "units": [asdict(one) for one in content.units],
        "unit_rule": content.unit_rule,
        "unit_cost": content.unit_cost,
        "digits_rule": content.digits_rule,
        "digits": content.digits,
        "digits_cost": content.digits_cost,
        "penalty": content.penalty,
        "detail": detail_data(content),
    }


def question_review_data(one: QuestionReview) -> dict[str, Any]:
    """The shape of `QuestionReviewOut`."""
    return {
        "id": one.sheet.id,
        "kind": one.sheet.kind,
        "stem_html": one.sheet.stem_html,
        "options": [
            {
                "id": option.id,
                "html": option.html,
                "chosen": option.chosen,
                "correct": option.correct,
                "feedback_html": option.feedback_html,
            }
            for option in one.options
        ],
        "answer": one.sheet.answer,
        "solution": one.solution,
        "accepted": one.solution_words,
        "feedback_html": one.feedback_html,
        "answer_html": one.answer_html,
        "comment_html": one.comment_html,
        "pieces": [asdict(piece) for piece in one.pieces],
        "summary": one.summary,
        "explanation_html": one.explanation_html,
        "points": one.sheet.points,
        "score": one.sheet.score,
        "verdict": one.sheet.verdict,
        "overridden": one.overridden,
        "reason": one.reason,
        "tests": [asdict(line) for line in one.tests],
    }

"""The shapes of attempts in the API. Nothing here knows an answer key (Z5)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from assessments.api.fields import LARGEST, percent_field, score_field
from assessments.enums import AttemptState, Behaviour, Certainty, QuestionKind, StepKind
from assessments.models import Attempt, AttemptStep, QuizSection
from assessments.queries.attempt import AttemptSheet, QuestionSheet, result_line
from assessments.scoring.kinds import ShownImage, ShownOption, ShownPart
from assessments.services.access import MAX_CODE
from assessments.services.attempt import MAX_EXTRA_MINUTES, MAX_REASON, MAX_SEQ
from assessments.services.quiz_entries import MAX_ITEMS


class AttemptIn(serializers.Serializer[Any]):
    """Which quiz to take, with its code where it `asks_code`."""

    quiz = serializers.CharField(max_length=22)
    access_code = serializers.CharField(
        max_length=MAX_CODE, allow_blank=True, required=False, default=""
    )


class OptionSheetOut(serializers.Serializer[Any]):
    """A choice as shown."""

    id = serializers.CharField()
    html = serializers.CharField()


class PartSheetOut(serializers.Serializer[Any]):
    """A prompt or blank. `options` are its own choices; without, those of the question or text.

    In `stem_html`, `[[label]]` stands where a blank belongs.
    """

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    html = serializers.CharField(allow_blank=True)
    options = OptionSheetOut(many=True)


class ImageOut(serializers.Serializer[Any]):
    """An image to put a marker on: where it is, what is on it, its size in pixels."""

    url = serializers.CharField()
    alt = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class QuestionSheetOut(serializers.Serializer[Any]):
    """A question as its learner sees it; `seq` is the number of its last step.

    `rule` says in words how it is scored, `settings` what its inputs need to know besides, such as
    the limits of an essay. `score` and `verdict` are null and empty until the
    results are released.
    """

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    ordinal = serializers.IntegerField()
    page = serializers.IntegerField()
    section = serializers.CharField(allow_null=True)
    stem = serializers.CharField()
    stem_html = serializers.CharField()
    options = OptionSheetOut(many=True)
    parts = PartSheetOut(many=True)
    image = ImageOut(allow_null=True)
    rule = serializers.CharField(allow_blank=True)
    settings = serializers.DictField()
    unit = serializers.CharField(allow_blank=True)
    points = score_field()
    answer = serializers.JSONField(allow_null=True)
    seq = serializers.IntegerField()
    flagged = serializers.BooleanField()
    certainty = serializers.IntegerField(allow_null=True)
    tries = serializers.IntegerField()
    final = serializers.BooleanField()
    score = score_field(allow_null=True)
    verdict = serializers.CharField(allow_blank=True)


class SectionSheetOut(serializers.Serializer[Any]):
    """A section with what is said at its start."""

    id = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    introduction_html = serializers.CharField(allow_blank=True)


class AttemptOut(serializers.Serializer[Any]):
    """An attempt with its questions, none while its clock stands (`paused_at`).

    With `forward_only` its learner gets the questions of `page` alone, one of `page_count`; pages
    before it are left for good. `score` is null until the results are released.
    `behaviour` says whether answers are checked
    before, `tries_allowed` how often where that is limited.
    """

    id = serializers.CharField()
    quiz = serializers.CharField()
    course = serializers.CharField()
    learner = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AttemptState.choices)
    behaviour = serializers.ChoiceField(choices=Behaviour.choices)
    tries_allowed = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    break_seconds_left = serializers.IntegerField()
    forward_only = serializers.BooleanField()
    page = serializers.IntegerField()
    page_count = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_by_clock = serializers.BooleanField()
    late_percent = percent_field()
    score = score_field(allow_null=True)
    max_score = score_field()
    sections = SectionSheetOut(many=True)
    questions = QuestionSheetOut(many=True)


class AttemptLineOut(serializers.Serializer[Any]):
    """An attempt in a list."""

    id = serializers.CharField()
    quiz = serializers.CharField()
    course = serializers.CharField()
    learner = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AttemptState.choices)
    started_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_by_clock = serializers.BooleanField()
    late_percent = percent_field()
    score = score_field(allow_null=True)
    max_score = score_field()


class ResultOut(serializers.Serializer[Any]):
    """Somebody's attempt in a list of results."""

    id = serializers.CharField()
    learner_id = serializers.CharField()
    learner = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AttemptState.choices)
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    score = score_field(allow_null=True)
    max_score = score_field()
    closed_by_clock = serializers.BooleanField()
    late_percent = percent_field()


class SeqField(serializers.IntegerField):
    """The client's number of a step, rising per question."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_SEQ, **kwargs)


class AnswerIn(serializers.Serializer[Any]):
    """An answer by the question's kind; null clears.

    `single_choice`: an option id. `multiple_choice`: a list of option ids. `true_false`: a boolean.
    `short_answer`: a text. `numeric`: a number as text. `matching`: an object from part id to
    option id. `ordering`: all option ids in their order. `cloze`: an object from part id to text,
    or to an option id of that part. `drag_words`: an object from part id to option id.
    `hotspot`: `{"x", "y"}`, thousandths of the image from the left and from the top.
    `file_upload`: `{"files": [{"id"}]}` of files that were uploaded for it.
    `code`: a Python program as text.

    `certainty` is how sure one is, where the attempt's `behaviour` asks for it.
    """

    answer = serializers.JSONField(allow_null=True)
    seq = SeqField()
    certainty = serializers.ChoiceField(choices=Certainty.choices, required=False, allow_null=True)


class FlagIn(serializers.Serializer[Any]):
    """Whether to come back to a question."""

    flagged = serializers.BooleanField()
    seq = SeqField(required=False)


class MoveIn(serializers.Serializer[Any]):
    """The page to leave for good."""

    page = serializers.IntegerField(min_value=1, max_value=MAX_ITEMS)


class SavedOut(serializers.Serializer[Any]):
    """An acknowledged step, and the deadline as it stands."""

    seq = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)


class OverrideIn(serializers.Serializer[Any]):
    """A score by hand: of one question of the attempt, or of the whole."""

    score = score_field(min_value=0, max_value=LARGEST)
    reason = serializers.CharField(max_length=MAX_REASON)
    question = serializers.CharField(max_length=22, required=False, allow_null=True)


class ExtendIn(serializers.Serializer[Any]):
    """More time."""

    minutes = serializers.IntegerField(min_value=1, max_value=MAX_EXTRA_MINUTES)
    reason = serializers.CharField(max_length=MAX_REASON)


class StepOut(serializers.Serializer[Any]):
    """A line of the log; `question` is null for steps of the whole attempt."""

    kind = serializers.ChoiceField(choices=StepKind.choices)
    question = serializers.CharField(allow_null=True)
    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]


def attempt_data(row: Attempt, *, told: bool) -> dict[str, Any]:
    """The shape of `AttemptLineOut`; `told` includes the score."""
    return {
        "id": row.public_id,
        "quiz": row.quiz.public_id,
        "course": row.course.public_id,
        "learner": row.learner.public_id,
        "number": row.number,
        "state": row.state,
        "started_at": row.started_at,
        "deadline": row.deadline,
        "submitted_at": row.submitted_at,
        "closed_by_clock": row.closed_by_clock,
        "late_percent": row.late_percent,
        "score": row.score if told else None,
        "max_score": row.max_score,
    }


def sheet_data(found: AttemptSheet) -> dict[str, Any]:
    """The shape of `AttemptOut`."""
    line = attempt_data(found.attempt, told=found.knows_score)
    row = found.attempt
    line |= {"paused_at": row.paused_at, "break_seconds_left": row.break_left}
    line |= {"behaviour": row.behaviour, "tries_allowed": row.tries_allowed}
    line |= {"forward_only": row.forward_only, "page": row.page, "page_count": row.page_count}
    sections = {one.section.pk: one.section for one in found.questions if one.section}
    return {
        **line,
        "sections": [_section(section) for section in sections.values()],
        "questions": [_question(one) for one in found.questions],
    }


def result_data(row: Attempt) -> dict[str, Any]:
    """The shape of `ResultOut`."""
    return asdict(result_line(row))


def _section(row: QuizSection) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": row.title,
        "introduction_html": row.introduction_html,
    }


def _question(one: QuestionSheet) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "ordinal": one.ordinal,
        "page": one.page,
        "section": one.section.public_id if one.section else None,
        "stem": one.stem,
        "stem_html": one.stem_html,
        "options": options_data(one.options),
        "parts": parts_data(one.parts),
        "image": _image(one.shown.image),
        "rule": one.shown.rule,
        "settings": dict(one.shown.settings),
        "unit": one.unit,
        "points": one.points,
        "answer": one.answer,
        "seq": one.seq,
        "flagged": one.flagged,
        "certainty": one.certainty,
        "tries": one.tries,
        "final": one.final,
        "score": one.score,
        "verdict": one.verdict,
    }


def _image(image: ShownImage | None) -> dict[str, Any] | None:
    if image is None:
        return None
    return {
        "url": f"/pictures/{image.attachment}/",
        "alt": image.alt,
        "width": image.width,
        "height": image.height,
    }


def options_data(options: Sequence[ShownOption]) -> list[dict[str, Any]]:
    """The shape of `OptionSheetOut`, for each option."""
    return [{"id": option.id, "html": option.html} for option in options]


def parts_data(parts: Sequence[ShownPart]) -> list[dict[str, Any]]:
    """The shape of `PartSheetOut`, for each part."""
    return [
        {
            "id": part.id,
            "label": part.label,
            "html": part.html,
            "options": options_data(part.options),
        }
        for part in parts
    ]


def step_data(row: AttemptStep) -> dict[str, Any]:
    """The shape of `StepOut`."""
    return {
        "kind": row.kind,
        "question": row.question.public_id if row.question else None,
        "seq": row.seq,
        "at": row.at,
        "actor": row.actor.public_id if row.actor else None,
        "data": row.data,
    }

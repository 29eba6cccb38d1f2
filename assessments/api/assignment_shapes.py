"""The JSON of assignments and submissions."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from assessments.api.fields import score_field
from assessments.enums import AssignmentState, LateUnit, Resubmission, SubmissionState
from assessments.models import Assignment, Submission, SubmissionFile, SubmissionVersion
from assessments.queries.anonymity import hides_from, neutral_name
from assessments.services.assignment import (
    HUNDRED,
    MAX_FILE_MB,
    MAX_FILES,
    MAX_INSTRUCTIONS,
    MAX_POINTS,
    MAX_TIMES,
)
from assessments.services.submission import MAX_SEQ, MAX_TEXT, MAX_URL
from lms.kernel.actors import Actor


def percent_field(**kwargs: Any) -> serializers.DecimalField:
    """A number from 0 to 100."""
    return serializers.DecimalField(
        max_digits=7,
        decimal_places=4,
        min_value=Decimal(0),
        max_value=HUNDRED,
        required=False,
        **kwargs,
    )


class AssignmentSettingsIn(serializers.Serializer[Any]):
    """What is asked and taken; null is without border."""

    instructions = serializers.CharField(
        max_length=MAX_INSTRUCTIONS, required=False, allow_blank=True
    )
    takes_text = serializers.BooleanField(required=False)
    takes_files = serializers.BooleanField(required=False)
    takes_url = serializers.BooleanField(required=False)
    file_kinds = serializers.ListField(
        child=serializers.CharField(max_length=10), required=False, max_length=40
    )
    max_files = serializers.IntegerField(min_value=1, max_value=MAX_FILES, required=False)
    max_file_mb = serializers.IntegerField(min_value=1, max_value=MAX_FILE_MB, required=False)
    points = serializers.DecimalField(
        max_digits=9,
        decimal_places=4,
        min_value=Decimal(0),
        max_value=MAX_POINTS,
        required=False,
    )
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    cutoff_at = serializers.DateTimeField(required=False, allow_null=True)
    late_unit = serializers.ChoiceField(choices=LateUnit.choices, required=False)
    late_percent = percent_field()
    late_cap = percent_field()
    missing_percent = percent_field(allow_null=True)
    resubmit = serializers.ChoiceField(choices=Resubmission.choices, required=False)
    resubmit_times = serializers.IntegerField(min_value=1, max_value=MAX_TIMES, required=False)
    group_work = serializers.BooleanField(required=False)
    rubric = serializers.CharField(max_length=22, required=False, allow_blank=True)
    anonymous = serializers.BooleanField(required=False)
    two_markers = serializers.BooleanField(required=False)
    threshold = percent_field()


class AssignmentIn(AssignmentSettingsIn):
    """The lesson of kind assignment, and settings."""

    lesson = serializers.CharField(max_length=22)


class AssignmentOut(serializers.Serializer[Any]):
    """An assignment; `instructions` is the source for those who may change it, else null."""

    id = serializers.CharField()
    lesson = serializers.CharField()
    course = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    instructions = serializers.CharField(allow_null=True, allow_blank=True)
    instructions_html = serializers.CharField(allow_blank=True)
    takes_text = serializers.BooleanField()
    takes_files = serializers.BooleanField()
    takes_url = serializers.BooleanField()
    file_kinds = serializers.ListField(child=serializers.CharField())
    max_files = serializers.IntegerField()
    max_file_mb = serializers.IntegerField()
    points = score_field()
    opens_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    cutoff_at = serializers.DateTimeField(allow_null=True)
    late_unit = serializers.ChoiceField(choices=LateUnit.choices)
    late_percent = serializers.DecimalField(max_digits=7, decimal_places=4)
    late_cap = serializers.DecimalField(max_digits=7, decimal_places=4)
    missing_percent = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    resubmit = serializers.ChoiceField(choices=Resubmission.choices)
    resubmit_times = serializers.IntegerField()
    group_work = serializers.BooleanField()
    rubric = serializers.CharField(allow_blank=True)
    anonymous = serializers.BooleanField()
    two_markers = serializers.BooleanField()
    threshold = serializers.DecimalField(max_digits=7, decimal_places=4)
    version = serializers.IntegerField()


class SubmissionIn(serializers.Serializer[Any]):
    """Which assignment to begin."""

    assignment = serializers.CharField(max_length=22)


class SubmissionDraftIn(serializers.Serializer[Any]):
    """What is typed so far; `seq` rises with every save."""

    text = serializers.CharField(
        max_length=MAX_TEXT, allow_blank=True, trim_whitespace=False, default=""
    )
    url = serializers.CharField(max_length=MAX_URL, allow_blank=True, default="")
    seq = serializers.IntegerField(min_value=1, max_value=MAX_SEQ)


class DraftSavedOut(serializers.Serializer[Any]):
    """The number that was kept, and when."""

    seq = serializers.IntegerField()
    saved_at = serializers.DateTimeField()


class SubmitIn(serializers.Serializer[Any]):
    """`number` is the version that is meant, 1 for the first; the next one without it."""

    number = serializers.IntegerField(min_value=1, max_value=MAX_SEQ, required=False)


class SubmissionFileIn(serializers.Serializer[Any]):
    """A file for the draft."""

    file = serializers.FileField()


class SubmissionFileOut(serializers.Serializer[Any]):
    """A file; `size` in bytes."""

    id = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()


class FileAccessOut(SubmissionFileOut):
    """A file with an address that serves it until `expires_at`, at most five minutes (U3)."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class SubmissionVersionOut(serializers.Serializer[Any]):
    """What was handed in at one time."""

    number = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    files = SubmissionFileOut(many=True)
    submitted_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    asked = serializers.BooleanField()


class SubmissionLineOut(serializers.Serializer[Any]):
    """A submission in a list. `learner` is null for a group's work and while it is hidden."""

    id = serializers.CharField()
    assignment = serializers.CharField()
    course = serializers.CharField()
    learner = serializers.CharField(allow_null=True)
    group = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=SubmissionState.choices)
    version_count = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    revision_asked = serializers.BooleanField()


class SubmissionDraftOut(serializers.Serializer[Any]):
    """What its authors are writing."""

    text = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    seq = serializers.IntegerField()
    saved_at = serializers.DateTimeField(allow_null=True)
    files = SubmissionFileOut(many=True)


class SubmissionOut(SubmissionLineOut):
    """A submission with its versions; `draft` is null to all but its authors."""

    draft = SubmissionDraftOut(allow_null=True)
    versions = SubmissionVersionOut(many=True)


SETTINGS = tuple(AssignmentSettingsIn().fields)


def assignment_data(row: Assignment, *, instructions: str | None) -> dict[str, Any]:
    """The JSON of an assignment."""
    return {
        "id": row.public_id,
        "lesson": row.lesson.public_id,
        "course": row.course.public_id,
        "title": row.lesson.title,
        "state": row.state,
        **{name: getattr(row, name) for name in SETTINGS if name != "rubric"},
        "rubric": row.rubric.rubric.public_id if row.rubric else "",
        "instructions": instructions,
        "instructions_html": row.instructions_html,
        "version": row.version,
    }


def submission_line(actor: Actor, row: Submission) -> dict[str, Any]:
    """A submission in a list; without names for markers who must not know them (Z7)."""
    hidden = hides_from(actor, row)
    return {
        "id": row.public_id,
        "assignment": row.assignment.public_id,
        "course": row.course.public_id,
        "learner": row.learner.public_id if row.learner and not hidden else None,
        "group": row.group.public_id if row.group and not hidden else None,
        "state": row.state,
        "version_count": row.version_count,
        "submitted_at": row.submitted_at,
        "revision_asked": row.revision_asked,
    }


def file_data(row: SubmissionFile, *, name: str = "") -> dict[str, Any]:
    """A file without its bytes, under another name when one is given."""
    return {
        "id": row.public_id,
        "name": name or row.name,
        "content_type": row.content_type,
        "size": row.size,
    }


def version_data(row: SubmissionVersion, *, hidden: bool = False) -> dict[str, Any]:
    """One version; its files should be prefetched. `hidden` leaves out what tells the sender."""
    files = [
        file_data(file, name=neutral_name(file, place) if hidden else "")
        for place, file in enumerate(row.files.all(), start=1)
    ]
    return {
        "number": row.number,
        "text": row.text,
        "url": row.url,
        "files": files,
        "submitted_at": row.submitted_at,
        "due_at": None if hidden else row.due_at,
        "asked": row.asked,
    }

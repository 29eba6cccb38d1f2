"""What categories, tags, outcomes, shares and changes of many questions look like in JSON."""

from typing import Any

from rest_framework import serializers

from assessments.api.fields import points_field
from assessments.enums import (
    BulkVerb,
    Difficulty,
    QuestionKind,
    QuestionOrigin,
    QuestionState,
    ShareLevel,
)
from assessments.models import BankShare, LearningOutcome, Question, QuestionTag
from assessments.models.filing import MAX_CODE, MAX_NAME, MAX_OUTCOME_TITLE, MAX_TAG
from assessments.queries.filing import CategoryNode
from assessments.services.learning_outcome import MAX_DESCRIPTION, MAX_PREREQUISITES
from assessments.services.question_bulk import MAX_BULK, BulkResult

ID_LENGTH = 22


def _id(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=ID_LENGTH, **kwargs)


class FolderIn(serializers.Serializer[Any]):
    """A category of questions; `parent` null is the top, `place` counts from 0 among siblings."""

    name = serializers.CharField(max_length=MAX_NAME)
    parent = _id(required=False, allow_null=True)  # type: ignore[assignment]
    place = serializers.IntegerField(min_value=0, max_value=1000, required=False)


class FolderOut(serializers.Serializer[Any]):
    """A category in its tree: `count` questions in it, `total` with those further inside."""

    id = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    path = serializers.ListField(child=serializers.CharField())
    depth = serializers.IntegerField()
    count = serializers.IntegerField()
    total = serializers.IntegerField()
    version = serializers.IntegerField()


class IntoIn(serializers.Serializer[Any]):
    """Where the questions go."""

    into = _id()


class MovedOut(serializers.Serializer[Any]):
    """How many questions are filed anew."""

    moved = serializers.IntegerField()


class QuestionTagIn(serializers.Serializer[Any]):
    """The name of a tag."""

    name = serializers.CharField(max_length=MAX_TAG)


class QuestionTagOut(serializers.Serializer[Any]):
    """A tag and how many questions carry it."""

    id = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class OutcomeIn(serializers.Serializer[Any]):
    """What learners should be able to do; `description` is Markdown.

    `code` is short and has no comma. `prerequisites` are ids of outcomes of the course that it
    builds on, without a circle.
    """

    code = serializers.CharField(max_length=MAX_CODE)
    title = serializers.CharField(max_length=MAX_OUTCOME_TITLE)
    description = serializers.CharField(
        max_length=MAX_DESCRIPTION, default="", allow_blank=True, trim_whitespace=False
    )
    prerequisites = serializers.ListField(child=_id(), required=False, max_length=MAX_PREREQUISITES)


class NewOutcomeIn(OutcomeIn):
    """A new outcome of a course."""

    course = _id()


class OutcomeOut(serializers.Serializer[Any]):
    """A learning outcome, the ids of those it builds on, and how many questions serve it."""

    id = serializers.CharField()
    course = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    prerequisites = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    version = serializers.IntegerField()


class OutcomeOrderIn(serializers.Serializer[Any]):
    """Every outcome of a course once, in their new order."""

    course = _id()
    order = serializers.ListField(child=_id(), max_length=500)


class FilingIn(serializers.Serializer[Any]):
    """Where a question is filed; what is left out, it loses. Tags are made when first used."""

    category = _id(required=False, allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=MAX_TAG), required=False, max_length=20
    )
    outcomes = serializers.ListField(child=_id(), required=False, max_length=20)


class FiledOut(serializers.Serializer[Any]):
    """Where a question is filed; ids, and tags by name."""

    category = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    outcomes = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField()


class ShareIn(serializers.Serializer[Any]):
    """Whom a bank is lent to: a course by id, or somebody who teaches by address."""

    course = _id(required=False)
    email = serializers.EmailField(required=False)
    level = serializers.ChoiceField(choices=ShareLevel.choices, default=ShareLevel.READ)


class ShareOut(serializers.Serializer[Any]):
    """With whom a bank is shared; either a course or a person."""

    id = serializers.CharField()
    bank = serializers.CharField()
    course = serializers.CharField(allow_null=True)
    person = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    level = serializers.ChoiceField(choices=ShareLevel.choices)


class NarrowIn(serializers.Serializer[Any]):
    """A filter over a bank, as the list takes it."""

    search = serializers.CharField(max_length=200, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=QuestionKind.choices, default="", allow_blank=True)
    state = serializers.ChoiceField(choices=QuestionState.choices, default="", allow_blank=True)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, default="", allow_blank=True)
    category = serializers.CharField(max_length=ID_LENGTH, default="", allow_blank=True)
    tag = serializers.CharField(max_length=ID_LENGTH, default="", allow_blank=True)
    outcome = serializers.CharField(max_length=ID_LENGTH, default="", allow_blank=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=QuestionOrigin.choices, default="", allow_blank=True
    )
    author = serializers.CharField(max_length=ID_LENGTH, default="", allow_blank=True)
    unused = serializers.BooleanField(default=False)


class BulkIn(serializers.Serializer[Any]):
    """A change of many questions, by `questions` or by `where`; each verb uses its own field.

    `dry_run` only tells what would change.
    """

    verb = serializers.ChoiceField(choices=BulkVerb.choices)
    questions = serializers.ListField(child=_id(), required=False, max_length=MAX_BULK)
    where = NarrowIn(required=False)
    category = _id(required=False, allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=MAX_TAG), required=False, max_length=20
    )
    outcomes = serializers.ListField(child=_id(), required=False, max_length=20)
    state = serializers.ChoiceField(choices=QuestionState.choices, required=False)
    difficulty = serializers.ChoiceField(
        choices=Difficulty.choices, required=False, allow_blank=True
    )
    points = points_field(required=False)
    bank = _id(required=False, help_text="Where copies go.")
    dry_run = serializers.BooleanField(default=False)


class RefusedOut(serializers.Serializer[Any]):
    """A question that stays as it is, and why."""

    question = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class BulkOut(serializers.Serializer[Any]):
    """How many change, how many are so already, which cannot; `edit` to take it back."""

    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = RefusedOut(many=True)
    edit = serializers.CharField(allow_null=True)


def folder_data(node: CategoryNode) -> dict[str, Any]:
    """The shape of `FolderOut`."""
    return {
        "id": node.row.public_id,
        "name": node.row.name,
        "parent": node.parent,
        "path": list(node.path),
        "depth": node.depth,
        "count": node.count,
        "total": node.total,
        "version": node.row.version,
    }


def tag_data(row: QuestionTag) -> dict[str, Any]:
    """The shape of `QuestionTagOut`; counts where the query did not."""
    return {"id": row.public_id, "name": row.name, "count": held(row)}


def outcome_data(row: LearningOutcome) -> dict[str, Any]:
    """The shape of `OutcomeOut`."""
    return {
        "id": row.public_id,
        "course": row.course.public_id,
        "code": row.code,
        "title": row.title,
        "description": row.description,
        "prerequisites": [one.public_id for one in row.prerequisites.all()],
        "count": held(row),
        "version": row.version,
    }


def held(row: QuestionTag | LearningOutcome) -> int:
    """How many questions that are not retired are filed so."""
    found: int | None = getattr(row, "held", None)
    return row.questions.exclude(state=QuestionState.RETIRED).count() if found is None else found


def filed_data(row: Question) -> dict[str, Any]:
    """The shape of `FiledOut`."""
    return {
        "category": row.category.public_id if row.category else None,
        "tags": [one.name for one in row.tags.all()],
        "outcomes": [one.public_id for one in row.outcomes.all()],
        "version": row.version,
    }


def share_data(row: BankShare) -> dict[str, Any]:
    """The shape of `ShareOut`."""
    return {
        "id": row.public_id,
        "bank": row.bank.public_id,
        "course": row.course.public_id if row.course else None,
        "person": row.person.public_id if row.person else None,
        "name": row.course.title if row.course else str(row.person and row.person.display_name),
        "level": row.level,
    }


def bulk_data(done: BulkResult) -> dict[str, Any]:
    """The shape of `BulkOut`."""
    return {
        "changed": done.changed,
        "same": done.same,
        "refused": [
            {"question": one.question, "title": one.title, "reason": one.reason}
            for one in done.refused
        ],
        "edit": done.edit.public_id if done.edit else None,
    }

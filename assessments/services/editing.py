"""What every change of an editable object does: compare versions, write fields, count up."""

from typing import Any, TypeVar

from assessments.models import (
    Assignment,
    Gradebook,
    GradeCategory,
    GradeItem,
    LearningOutcome,
    Question,
    QuestionCategory,
    Quiz,
    Rubric,
)
from lms.kernel import clock
from lms.kernel.db.locks import lock
from lms.kernel.errors import NotFound, Stale

Editable = TypeVar(
    "Editable",
    Question,
    Quiz,
    Assignment,
    Gradebook,
    GradeCategory,
    GradeItem,
    LearningOutcome,
    QuestionCategory,
    Rubric,
)


def locked(row: Editable, *, expected: int | None = None) -> Editable:
    """Read a row again under a lock; raises NotFound when gone, Stale when it moved on.

    `expected` is the version the asker saw (If-Match), None when they do not care.
    """
    fresh = lock(type(row)._default_manager.filter(pk=row.pk)).first()
    if fresh is None:
        raise NotFound
    if expected is not None and fresh.version != expected:
        raise Stale
    return fresh


def save_changes(row: Editable, **fields: Any) -> Editable:
    """Write the fields, the time and the next version of a locked row."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = clock.now()
    row.save(update_fields=[*fields, "version", "updated_at"])
    return row

"""Rubrics and marking guides: write, revise, copy, retire."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import RubricKind
from assessments.models import Rubric, RubricVersion
from assessments.rules import EDIT_RUBRIC, VIEW_RUBRIC
from assessments.scoring.rubric import (
    Criterion,
    checked_criteria,
    criteria_json,
    total_points,
)
from assessments.services.editing import locked, save_changes
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rules import require
from lms.kernel.text import require_line

MAX_TITLE: Final = 150


@transaction.atomic
def create_rubric(
    *, actor: Actor, course: Course, kind: str, title: str, criteria: Sequence[Criterion]
) -> Rubric:
    """A rubric or guide with its first version. Raises Invalid naming the field."""
    require(actor, MANAGE_COURSE, course)
    if kind not in RubricKind.values:
        raise Invalid(_("This is a rubric or a guide."), field="kind")
    row = Rubric.objects.create(course=course, kind=kind, title=_title(title))
    row.latest = _write(actor, row, criteria, number=1)
    row.save(update_fields=["latest"])
    return row


@transaction.atomic
def revise_rubric(
    *,
    actor: Actor,
    rubric: Rubric,
    title: str,
    criteria: Sequence[Criterion],
    expected: int | None = None,
) -> Rubric:
    """Change it; what has judged work already stays, and a new version is written beside it.

    Assignments keep the version they have. Raises Invalid naming the field, Stale.
    """
    require(actor, EDIT_RUBRIC, rubric)
    row = locked(rubric, expected=expected)
    latest = lock(RubricVersion.objects.filter(rubric=row).order_by("-number")).first()
    if latest is None:
        raise NotFound
    if latest.locked_at is not None:
        latest = _write(actor, row, criteria, number=latest.number + 1)
    else:
        kept = checked_criteria(row.kind, criteria)
        latest.criteria, latest.points = criteria_json(kept), total_points(kept)
        latest.save(update_fields=["criteria", "points"])
    return save_changes(row, title=_title(title), latest=latest)


@transaction.atomic
def copy_rubric(*, actor: Actor, rubric: Rubric) -> Rubric:
    """A second one in the same course that says the same, as a start for another."""
    require(actor, VIEW_RUBRIC, rubric)
    require(actor, MANAGE_COURSE, rubric.course)
    title = _("Copy of %(title)s") % {"title": rubric.title}
    made = Rubric.objects.create(
        course_id=rubric.course_id, kind=rubric.kind, title=title[:MAX_TITLE]
    )
    latest = rubric.latest
    if latest is not None:
        made.latest = RubricVersion.objects.create(
            rubric=made,
            number=1,
            criteria=latest.criteria,
            points=latest.points,
            created_by_id=actor.user_id,
        )
        made.save(update_fields=["latest"])
    return made


@transaction.atomic
def retire_rubric(*, actor: Actor, rubric: Rubric, retired: bool = True) -> Rubric:
    """Offer it no more, or again; work that it judged keeps it. Idempotent."""
    require(actor, EDIT_RUBRIC, rubric)
    row = locked(rubric)
    return row if row.retired == retired else save_changes(row, retired=retired)


def lock_version(version: RubricVersion) -> None:
    """From now on it has judged work and stays as it is; the caller is in a transaction."""
    rows = RubricVersion.objects.filter(pk=version.pk, locked_at=None)
    rows.update(locked_at=clock.now())


def _write(
    actor: Actor, row: Rubric, criteria: Sequence[Criterion], *, number: int
) -> RubricVersion:
    kept = checked_criteria(row.kind, criteria)
    return RubricVersion.objects.create(
        rubric=row,
        number=number,
        criteria=criteria_json(kept),
        points=total_points(kept),
        created_by_id=actor.user_id,
        created_at=clock.now(),
    )


def _title(title: str) -> str:
    if not title.strip():
        raise Invalid(_("Write a title."), field="title")
    return require_line(title.strip(), field="title", max_length=MAX_TITLE)

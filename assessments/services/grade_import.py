"""Grades from a file: first a plan that says what would change, then all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import GradeSource
from assessments.exchange.grade_csv import Typed, shown, understood
from assessments.models import Grade, GradeItem
from assessments.queries.book import items_of, points_of, settings_of
from assessments.scoring.gradebook_statuses import Statuses, signs_of, statuses_from
from assessments.services.cells import set_cell
from assessments.services.log import take_turns
from assessments.services.totals import recount_learners
from courses.models import Course
from courses.queries.group import learners_of
from courses.rules import ASSIST_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, KernelError
from lms.kernel.rules import require

MAX_CHANGES = 2_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A cell that would change, by keys, with the version that the plan saw (0: empty)."""

    item: str
    learner: str
    score: str | None
    status: str
    version: int


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A planned change in words: the learner, the column, before and after."""

    learner: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell of the file cannot be used."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do; with problems it does nothing."""

    changes: list[Planned]
    lines: list[PlanLine]
    problems: list[Problem]
    unchanged: int


def plan_import(*, actor: Actor, course: Course, cells: Sequence[Typed]) -> Plan:
    """Compare a file with the gradebook; stores nothing. Raises what `require` raises."""
    require(actor, ASSIST_COURSE, course)
    items = {item.public_id: item for item in items_of(course.pk)}
    people = {person.public_id: person for person in learners_of(course.pk)}
    rows = Grade.objects.filter(item__course=course)
    grades = {(row.item_id, row.learner_id): row for row in rows}
    own = statuses_from(settings_of(course.pk).statuses)
    signs = signs_of(own)
    plan = Plan([], [], [], 0)
    unchanged = 0
    for cell in cells:
        item, person = items.get(cell.item), people.get(cell.learner)
        meant = understood(cell.text, signs)
        words = _problem(cell, item, person, meant)
        if words or item is None or person is None or meant is None:
            plan.problems.append(Problem(cell.line, words))
            continue
        grade = grades.get((item.pk, person.pk))
        if grade is not None and (grade.score, grade.status) == meant:
            unchanged += 1
            continue
        words = _archived(grade, meant[1], own)
        if words:
            plan.problems.append(Problem(cell.line, words))
            continue
        score, status = meant
        version = grade.version if grade else 0
        text = None if score is None else str(score)
        plan.changes.append(Planned(cell.item, cell.learner, text, status, version))
        before = shown(grade.score, grade.status, signs) if grade else ""
        plan.lines.append(PlanLine(person.display_name, item.name, before, cell.text))
    if len(plan.changes) > MAX_CHANGES:
        plan.problems.append(Problem(0, _("A file may change 2,000 cells at a time.")))
    return Plan(plan.changes, plan.lines, plan.problems, unchanged)


@transaction.atomic
def apply_import(
    *, actor: Actor, course: Course, changes: Sequence[Planned], reason: str = ""
) -> int:
    """Write every planned cell, or none; returns how many.

    Raises Conflict `import_changed` naming the cells that changed since the plan, or whatever else
    now refuses them.
    """
    require(actor, ASSIST_COURSE, course)
    if len(changes) > MAX_CHANGES:
        raise Invalid(_("A file may change 2,000 cells at a time."))
    items = {item.public_id: item for item in items_of(course.pk).select_related("course")}
    people = {person.public_id: person for person in learners_of(course.pk)}
    learners = {people[one.learner].pk for one in changes if one.learner in people}
    take_turns(course.pk, learners)
    refused = []
    for one in changes:
        item, person = items.get(one.item), people.get(one.learner)
        if item is None or person is None:
            refused.append(one.learner if person is None else one.item)
            continue
        try:
            set_cell(
                actor=actor,
                item=item,
                learner=person,
                score=None if one.score is None else Decimal(one.score),
                status=one.status,
                reason=reason,
                expected=one.version,
                source=GradeSource.IMPORT,
                recount=False,
            )
        except KernelError as problem:
            refused.append(f"{person.display_name}, {item.name}: {problem.detail}")
    if refused:
        words = _("Nothing was imported. %(cells)s") % {"cells": "; ".join(refused[:10])}
        raise Conflict(words, code="import_changed")
    recount_learners(course.pk, learners)
    return len(changes)


def _archived(grade: Grade | None, status: str, own: Statuses) -> str:
    """Why a cell cannot get a status that is archived; one that bears it may keep it."""
    found = own.get(status)
    if found is None or not found.archived or (grade is not None and grade.status == status):
        return ""
    return _("The status “%(name)s” is archived.") % {"name": found.name}


def _problem(
    cell: Typed,
    item: GradeItem | None,
    person: User | None,
    meant: tuple[Decimal | None, str] | None,
) -> str:
    if person is None:
        return _("Nobody with the id %(id)s learns here.") % {"id": cell.learner[:22]}
    if item is None:
        return _("There is no column with the id %(id)s.") % {"id": cell.item}
    if meant is None:
        return _("“%(text)s” is no grade.") % {"text": cell.text[:40]}
    most = points_of(item)
    if meant[0] is not None and meant[0] > most:
        return _("%(name)s, %(column)s: %(text)s is more than %(most)s.") % {
            "name": person.display_name,
            "column": item.name,
            "text": cell.text,
            "most": f"{most.normalize():f}",
        }
    return ""

"""Columns that are graded by hand, in the form that a risk model reads."""

from collections import defaultdict
from datetime import datetime

from analytics.scoring.risk.records import Handed, Task
from assessments.enums import GradeStatus, StatusEffect
from assessments.models import GradeChange
from assessments.queries.book import items_of, points_of, settings_of
from courses.models import Course

DAY_SECONDS = 86_400
ByHand = list[tuple[Task, Handed | None]]


def columns_by_hand(course: Course, started: datetime, at: datetime) -> dict[int, ByHand]:
    """By learner, the columns graded by hand for them strictly before a moment; two queries.

    Such a column has no date: it is due when something was first written into it. A score then is
    work that came; a cell that says missing is work that did not. Who is excused has no task.
    """
    found = items_of(course.pk).filter(quiz=None, assignment=None)
    items = {item.pk: item for item in found}
    if not items:
        return {}
    rows = GradeChange.objects.filter(grade__item__in=items, at__lt=at).order_by("at", "pk")
    fields = ("grade__learner_id", "grade__item_id", "after", "max_score", "status_after", "at")
    first: dict[tuple[int, int], datetime] = {}
    last: dict[tuple[int, int], tuple[float | None, str]] = {}
    for learner, item, after, most, status, moment in rows.values_list(*fields):
        full = most or items[item].max_score
        score = None if after is None or not full else float(100 * after / full)
        if score is not None or status == GradeStatus.MISSING:
            first.setdefault((learner, item), moment)
        last[learner, item] = (score, status)
    left_out = left_out_of(course)
    told: dict[int, ByHand] = defaultdict(list)
    for (learner, item), moment in first.items():
        score, status = last[learner, item]
        if status in left_out or (score is None and status != GradeStatus.MISSING):
            continue
        row = items[item]
        due = (moment - started).total_seconds() / DAY_SECONDS
        weight = 0.0 if row.extra else float(points_of(row) * row.weight)
        came = status != GradeStatus.MISSING
        told[learner].append(
            (Task(row.public_id, due, weight), Handed(due, score) if came else None)
        )
    return told


def left_out_of(course: Course) -> set[str]:
    """The statuses of grades that leave a column out of account."""
    own = settings_of(course.pk).statuses
    left_out = {one["key"] for one in own if one["effect"] == StatusEffect.LEFT_OUT}
    return left_out | {GradeStatus.EXCUSED.value}

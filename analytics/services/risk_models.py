"""Risk models learnt from the site's own ended courses, and which of them is in use."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from analytics.enums import RiskModelState
from analytics.models import RiskModelVersion
from analytics.queries.outcomes import outcomes_of
from analytics.queries.records import cohort_of
from analytics.queries.risk import model_in_use
from analytics.scoring.measures import measures
from analytics.scoring.risk.default import DAYS, shipped_model
from analytics.scoring.risk.evaluate import rows_of
from analytics.scoring.risk.learning import LEAST_LABELLED, Learnt, Rows, learn
from analytics.scoring.risk.model import RiskModel
from courses.models import Course
from lms.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

# The newest courses tell most of the next ones, and years of them would take hours.
COURSES = 100
# So many more learners with an outcome are worth learning again.
MORE = 30


def retrain_due() -> RiskModelVersion | None:
    """Learn again when enough learners ended a course since the last time; the new model or None.

    The new model is used from then on if its chances on held-out learners are better (Brier score)
    than those of the model in use; otherwise it is kept as a candidate with its figures.
    """
    courses = ended_courses()
    last = RiskModelVersion.objects.first()
    fresh = [one for one in courses if not last or (one.ends_at and one.ends_at > last.window_to)]
    if _known(fresh) < (MORE if last else LEAST_LABELLED):
        return None
    return train(courses)


def ended_courses() -> list[Course]:
    """The courses that ended last and have dates, by their end."""
    now = clock.now()
    dated = Q(starts_at__isnull=False, ends_at__lte=now)
    rows = Course.objects.filter(dated, deleted_at=None).order_by("-ends_at", "-pk")
    return list(rows[:COURSES])[::-1]


def train(courses: "Sequence[Course]") -> RiskModelVersion | None:
    """Learn from ended courses; None where they tell too little."""
    rows = own_rows(courses)
    learnt = learn(rows)
    if learnt.model is None:
        return None
    before = model_in_use()
    old = RiskModel.of_json(before.body) if before else shipped_model()
    known = [at for at, value in enumerate(rows.failed) if value in {0.0, 1.0}]
    rival = measures(rows.failed[known], old.chances(rows.table[known]))
    better = _brier(learnt.held_out) < _brier(rival)
    return _keep(courses, learnt, {**rival}, better=better)


def own_rows(courses: "Sequence[Course]") -> Rows:
    """The figures of the learners of ended courses on the days a model is learnt for.

    Each day is seen as it was: scores that came later, and work handed in later, are not in it.
    """
    import numpy as np

    parts = []
    for course in courses:
        if course.starts_at is None or course.ends_at is None:
            continue
        outcome = outcomes_of(course)
        for day in DAYS:
            at = course.starts_at + timedelta(days=day)
            if at >= course.ends_at:
                break
            members = cohort_of(course, at).members
            told = [replace(one, failed=outcome.get(key)) for key, one in members.items()]
            parts.append(rows_of(told, [day]))
    if not parts:
        return rows_of([], [])
    return Rows(
        table=np.vstack([part.table for part in parts]),
        failed=np.concatenate([part.failed for part in parts]),
        runs=[run for part in parts for run in part.runs],
        learners=[one for part in parts for one in part.learners],
        days=[day for part in parts for day in part.days],
    )


def _known(courses: "Sequence[Course]") -> int:
    return sum(
        outcome is not None for course in courses for outcome in outcomes_of(course).values()
    )


def _brier(found: Any) -> float:
    value = found["brier"] if found else None
    return 1.0 if value is None else float(value)


@transaction.atomic
def _keep(
    courses: "Sequence[Course]", learnt: Learnt, rival: dict[str, Any], *, better: bool
) -> RiskModelVersion:
    if better:
        RiskModelVersion.objects.filter(state=RiskModelState.ACTIVE).update(
            state=RiskModelState.RETIRED
        )
    model = learnt.model
    assert model is not None  # noqa: S101 - the caller has looked
    moments: list[datetime] = [
        moment for course in courses for moment in (course.starts_at, course.ends_at) if moment
    ]
    return RiskModelVersion.objects.create(
        kind=model.kind,
        state=RiskModelState.ACTIVE if better else RiskModelState.CANDIDATE,
        body=model.as_json(),
        courses=len(courses),
        learners=learnt.labelled,
        window_from=min(moments),
        window_to=max(moments),
        days=list(DAYS),
        held_out={"own": learnt.held_out, "before": rival, "by_course": learnt.by_run},
        notes=learnt.notes,
    )

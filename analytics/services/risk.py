"""The early warning of a course: told every day, switched off, objected to, acted on by people."""

import logging
from datetime import date, datetime, timedelta
from math import isnan
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from analytics.models import EarlyWarning, LearnerRisk, RiskModelVersion, RiskObjection
from analytics.queries.records import Cohort, cohort_of
from analytics.queries.risk import model_in_use
from analytics.scoring.risk.default import shipped_model
from analytics.scoring.risk.model import RiskModel
from analytics.scoring.risk.reasons import Told, tell
from courses.enums import CourseState
from courses.models import Course, Enrolment
from courses.rules import ASSIST_COURSE, LEARN_COURSE, MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import require

_log = logging.getLogger(__name__)

EVERY = timedelta(hours=20)
AT_ONCE = 50
# Kept as long as the events that activity is folded from.
KEPT = timedelta(days=760)
MAX_WORDS = 1000


def tell_risks(course: Course) -> int:
    """Tell the risk of every learner of a course as of now; how many rows were written.

    The week's rows are written anew, so that it may run twice or at the same time. A course that
    switched the early warning off, or that is over, is told nothing.
    """
    now = clock.now()
    if not due_courses(now).filter(pk=course.pk).exists():
        return 0
    version = model_in_use()
    model = RiskModel.of_json(version.body) if version else shipped_model()
    cohort = cohort_of(course, now)
    people = {key: one for key, one in cohort.members.items() if one.left is None}
    told = tell(model, list(people.values()), cohort.day)
    rows = [
        _row(course, key, one, cohort, now, version) for key, one in zip(people, told, strict=True)
    ]
    return len(rows) if _write(course, rows) else 0


@transaction.atomic
def _write(course: Course, rows: list[LearnerRisk]) -> bool:
    """Write unless it was switched off meanwhile; the switch takes the same lock."""
    lock(Course.objects.filter(pk=course.pk)).get()
    if EarlyWarning.objects.filter(course=course, on=False).exists():
        return False
    LearnerRisk.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["course", "learner", "week"],
        update_fields=["day", "chance", "told", "model", "told_at"],
    )
    return True


def tell_due_risks(*, limit: int = AT_ONCE) -> int:
    """Tell the risks of courses that were told nothing for most of a day; how many courses."""
    now = clock.now()
    found = list(due_courses(now - EVERY)[:limit])
    for course in found:
        try:
            tell_risks(course)
        except Exception:  # noqa: BLE001 - one course must not keep the others from theirs
            _log.exception("the risks of course %s could not be told", course.pk)
    LearnerRisk.objects.filter(week__lt=(now - KEPT).date()).delete()
    return len(found)


def due_courses(told_before: datetime) -> Any:
    """Courses that run, have learners, and were told nothing since a moment."""
    now = clock.now()
    running = Q(ends_at=None) | Q(ends_at__gt=now)
    begun = Q(starts_at=None) | Q(starts_at__lte=now)
    mine = LearnerRisk.objects.filter(course=OuterRef("pk"), told_at__gt=told_before)
    off = EarlyWarning.objects.filter(course=OuterRef("pk"), on=False)
    return (
        Course.objects.filter(
            running, begun, state=CourseState.PUBLISHED, deleted_at=None, learner_count__gt=0
        )
        .exclude(Exists(mine))
        .exclude(Exists(off))
        .order_by("pk")
    )


@transaction.atomic
def switch_warning(*, actor: Actor, course: Course, on: bool) -> EarlyWarning:
    """Switch the early warning of a course on or off; off forgets what was said in it.

    Raises what `require` raises.
    """
    require(actor, MANAGE_COURSE, course)
    lock(Course.objects.filter(pk=course.pk)).get()
    row, _made = EarlyWarning.objects.update_or_create(
        course=course,
        defaults={"on": on, "changed_by_id": actor.user_id, "changed_at": clock.now()},
    )
    if not on:
        LearnerRisk.objects.filter(course=course).delete()
    return row


@transaction.atomic
def object_to_warning(*, actor: Actor, course: Course, text: str) -> RiskObjection:
    """Say that what is said of oneself is wrong. One may wait at a time.

    Raises what `require` raises, Invalid without words or with too many, Conflict while another
    waits.
    """
    require(actor, LEARN_COURSE, course)
    words = _words(text, "text")
    learner = (
        lock(Enrolment.objects.filter(course=course, user_id=actor.user_id or 0)).get().user_id
    )
    mine = RiskObjection.objects.filter(course=course, learner_id=learner)
    if mine.filter(answered_at=None).exists():
        raise Conflict(_("Your last objection still waits for an answer."), code="objection_open")
    return RiskObjection.objects.create(course=course, learner_id=learner, text=words)


@transaction.atomic
def answer_objection(
    *, actor: Actor, course: Course, objection_id: str, answer: str
) -> RiskObjection:
    """Answer a learner's objection, by its public id.

    Raises what `require` raises, NotFound, Invalid without words, Conflict when it was answered.
    """
    require(actor, ASSIST_COURSE, course)
    words = _words(answer, "answer")
    row = lock(RiskObjection.objects.filter(course=course, public_id=objection_id)).first()
    if row is None:
        raise NotFound(_("There is no such objection in this course."))
    if row.answered_at is not None:
        raise Conflict(_("Somebody has answered this objection."), code="objection_answered")
    row.answer, row.answered_by_id, row.answered_at = words, actor.user_id, clock.now()
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    return row


def _words(text: str, field: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid(_("Write a sentence or two."), field=field)
    if len(words) > MAX_WORDS:
        text = _("At most %(count)d characters.") % {"count": MAX_WORDS}
        raise Invalid(text, field=field)
    return words


def _row(
    course: Course,
    learner_id: int,
    told: Told,
    cohort: Cohort,
    now: datetime,
    version: RiskModelVersion | None,
) -> LearnerRisk:
    return LearnerRisk(
        course=course,
        learner_id=learner_id,
        week=monday_of(now),
        day=cohort.day,
        chance=told.chance,
        told=_plain(told),
        model=version,
        told_at=now,
    )


def _plain(told: Told) -> dict[str, Any]:
    if told.unknown:
        return {"unknown": told.unknown.value}
    return {
        "base": told.base,
        "rest": told.rest,
        "reasons": [[one.theme.value, one.log_odds] for one in told.reasons],
        "figures": {name: None if isnan(value) else value for name, value in told.figures.items()},
    }


def monday_of(moment: datetime) -> date:
    """The Monday of a moment's week (UTC)."""
    day = moment.date()
    return day - timedelta(days=day.weekday())

"""Cells of the gradebook: a grade by hand, with its status, over the work or without any."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import GradeItemKind, GradeSource, GradeStatus
from assessments.models import Grade, Gradebook, GradeItem
from assessments.queries.book import points_of, settings_of
from assessments.scoring.content import POINT_DECIMALS
from assessments.scoring.gradebook_statuses import statuses_from
from assessments.services.grade import Origin, write_grade
from assessments.services.grading import refresh_grade
from assessments.services.log import take_turn
from courses.rules import ASSIST_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound, Stale
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_REASON = 500


@transaction.atomic
def set_cell(
    *,
    actor: Actor,
    item: GradeItem,
    learner: User,
    score: Decimal | None,
    status: str = GradeStatus.GRADED,
    reason: str = "",
    expected: int | None = None,
    source: GradeSource = GradeSource.HAND,
    recount: bool = True,
) -> Grade:
    """Give a learner a grade in a column by hand; over a quiz it stands until `follow_work`.

    Its posting stays as it is. Without `recount` the caller counts the totals. Raises Stale when
    the cell moved on from version `expected` (0: empty), Conflict `period_closed`, Invalid for a
    score that does not fit range, four decimals or status, also for a status that the course does
    not have or has archived, and what `require` raises.
    """
    require(actor, ASSIST_COURSE, item.course)
    require_open(item)
    _check_decimals(score)
    reason = require_text(reason.strip(), field="reason", max_length=MAX_REASON)
    take_turn(item.course_id, learner.pk)
    found = Grade.objects.filter(item=item, learner=learner).first()
    _check_status(item, status, found)
    by_hand = item.kind == GradeItemKind.MANUAL
    return write_grade(
        actor=actor,
        item=item,
        learner=learner,
        score=score,
        max_score=points_of(item) or (found.max_score if found else Decimal(0)),
        status=status,
        reason=reason,
        origin=Origin(
            source, found.attempt if found else None, overridden=not by_hand, bulk=not recount
        ),
        expected=expected,
    )


@transaction.atomic
def follow_work(*, actor: Actor, grade: Grade, reason: str = "", expected: int | None) -> Grade:
    """Let a grade that was set over its quiz follow the attempts again.

    Raises Conflict `no_work` when there are none, Stale when it moved on.
    """
    require(actor, ASSIST_COURSE, grade.item.course)
    require_open(grade.item)
    take_turn(grade.item.course_id, grade.learner_id)
    row = lock(Grade.objects.select_related("item__quiz").filter(pk=grade.pk)).first()
    if row is None:
        raise NotFound
    if expected is not None and row.version != expected:
        raise Stale
    attempts = row.item.quiz.attempts if row.item.quiz else None
    done = attempts.filter(learner_id=row.learner_id).exclude(state="open") if attempts else None
    last = done.select_related("quiz", "learner").order_by("number").last() if done else None
    if last is None:
        raise Conflict(_("There is no attempt to take the grade from."), code="no_work")
    row.overridden = False
    row.save(update_fields=["overridden"])
    return refresh_grade(actor=actor, attempt=last, reason=reason, by_hand=True)


def require_open(item: GradeItem) -> None:
    """Raise Conflict when the column belongs to a grading period that is closed."""
    periods = settings_of(item.course_id).periods if item.period else []
    if any(period["key"] == item.period and period["closed"] for period in periods):
        raise Conflict(_("Its grading period is closed."), code="period_closed")


def _check_status(item: GradeItem, status: str, found: Grade | None) -> None:
    """Refuse a status that is none here; an archived one only where it is not borne already.

    The gradebook stays locked until the grade is written: a status cannot be removed meanwhile.
    """
    if status in GradeStatus.values:
        return
    book = lock(Gradebook.objects.filter(course=item.course_id)).first()
    own = statuses_from(book.statuses).get(status) if book else None
    if own is None:
        raise Invalid(_("This is not a status."), field="status")
    if own.archived and (found is None or found.status != status):
        words = _("The status “%(name)s” is archived.") % {"name": own.name}
        raise Invalid(words, field="status")


def _check_decimals(score: Decimal | None) -> None:
    exponent = None if score is None else score.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -POINT_DECIMALS:
        raise Invalid(_("The score has at most four decimals."), field="score")

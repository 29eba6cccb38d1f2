"""The one way a grade is written, from whatever source, with its history and its event."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import CurveKind, GradeItemKind, GradeSource, GradeStatus
from assessments.events import GradeChanged
from assessments.models import Assignment, Attempt, Grade, GradeChange, GradeItem, Quiz
from assessments.scoring.gradebook_curves import Curve, curved
from assessments.services.log import take_turn
from assessments.services.totals import recount_learner
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid, Stale
from lms.kernel.events import publish

EXACT = Decimal("0.0001")
WITH_SCORE = frozenset({GradeStatus.GRADED})
WITHOUT_SCORE = frozenset({GradeStatus.EXCUSED, GradeStatus.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the history compares: a grade's values at one time; no status means no grade yet."""

    status: str = ""
    score: Decimal | None = None
    max_score: Decimal | None = None
    released: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a grade comes from: what kind of act, and the quiz attempt that counts.

    What is `overridden` no longer follows its work. `raw` is the score before a curve. With `bulk`
    the caller counts the totals itself, once for many. `known` holds the grade, or None, where the
    caller took the learner's turn and read it under a lock.
    """

    source: GradeSource = GradeSource.WORK
    attempt: Attempt | None = None
    overridden: bool = False
    raw: Decimal | None = None
    bulk: bool = False
    known: tuple[Grade | None] | None = None


@transaction.atomic
def write_grade(
    *,
    actor: Actor,
    item: GradeItem,
    learner: User,
    score: Decimal | None,
    max_score: Decimal,
    status: str = GradeStatus.GRADED,
    released: bool | None = None,
    reason: str = "",
    origin: Origin = Origin(),
    expected: int | None = None,
) -> Grade:
    """Give a learner's grade these values; without `released` its posting stays as it is.

    The caller has checked the rule. Takes the learner's turn, locks the grade, appends a change and
    tells of it, but only when something changed. `expected` is the version the asker saw, 0 for no
    grade yet. Raises Stale when it moved on, Invalid for a score outside 0..`max_score` or at odds
    with the status.
    """
    check_score(score, max_score, status)
    found = _found(item, learner, origin)
    if expected is not None and expected != (found.version if found else 0):
        raise Stale
    grade = found or Grade(item=item, learner=learner, version=0)
    before = standing_of(found)
    grade.item, grade.attempt, grade.overridden = item, origin.attempt, origin.overridden
    grade.status, grade.max_score = status, max_score
    grade.score = None if score is None else score.quantize(EXACT)
    grade.raw_score = origin.raw
    if released is not None:
        grade.released = released
    if _save(grade, before, actor, reason, origin.source) and not origin.bulk:
        recount_learner(item.course_id, learner.pk)
    return grade


@transaction.atomic
def set_posted(*, actor: Actor, grade: Grade, released: bool, reason: str = "") -> bool:
    """Post a locked grade or hide it again; the caller took the turn and counts the totals.

    Returns whether that changed anything.
    """
    if grade.released == released:
        return False
    before = standing_of(grade)
    grade.released = released
    return _save(grade, before, actor, reason, GradeSource.POSTING)


def item_of_quiz(quiz: Quiz) -> GradeItem:
    """The column of a quiz, made when there is none yet."""
    return _column(GradeItemKind.QUIZ, quiz.course_id, quiz=quiz)


def through_curve(
    item: GradeItem, score: Decimal, max_score: Decimal
) -> tuple[Decimal, Decimal | None]:
    """A score from the work after the column's curve, and before it: None without a curve."""
    row = item.curves.filter(undone_at=None).first()
    if row is None:
        return score, None
    return curved(Curve(CurveKind(row.kind), row.slope, row.shift), score, max_score), score


def item_of_assignment(assignment: Assignment) -> GradeItem:
    """The column of an assignment, made when there is none yet."""
    return _column(GradeItemKind.ASSIGNMENT, assignment.course_id, assignment=assignment)


def _column(kind: GradeItemKind, course_id: int, **source: Quiz | Assignment) -> GradeItem:
    # Its place is asked for only when it is made.
    fresh: dict[str, Any] = {
        "course_id": course_id,
        "kind": kind,
        "ordinal": lambda: next_ordinal(course_id),
    }
    item, _fresh = GradeItem.objects.get_or_create(**source, defaults=fresh)
    return item


def next_ordinal(course_id: int) -> int:
    """The place after the last column of a course."""
    last = GradeItem.objects.filter(course_id=course_id).aggregate(last=Max("ordinal"))["last"]
    return int(last or 0) + 1


def _found(item: GradeItem, learner: User, origin: Origin) -> Grade | None:
    """The grade under a lock, in the learner's turn."""
    if origin.known is not None:
        return origin.known[0]
    take_turn(item.course_id, learner.pk)
    return lock(Grade.objects.filter(item=item, learner=learner)).first()


def standing_of(grade: Grade | None) -> Standing:
    """A grade's values as the history compares them."""
    if grade is None:
        return Standing()
    return Standing(grade.status, grade.score, grade.max_score, grade.released)


def check_score(score: Decimal | None, max_score: Decimal, status: str) -> None:
    """Raise Invalid for a score out of range or at odds with the status."""
    if score is None and status in WITH_SCORE:
        raise Invalid(_("Give a score."), field="score")
    if score is not None and status in WITHOUT_SCORE:
        raise Invalid(_("There is no score with this status."), field="score")
    if score is not None and (not score.is_finite() or not 0 <= score <= max_score):
        words = _("The score lies between 0 and %(most)s.") % {"most": f"{max_score.normalize():f}"}
        raise Invalid(words, field="score")


def _save(grade: Grade, before: Standing, actor: Actor, reason: str, source: GradeSource) -> bool:
    after = standing_of(grade)
    changed = before != after
    if changed:
        grade.version += 1
    grade.updated_at = clock.now()
    grade.save()
    if not changed:
        return False
    GradeChange.objects.create(
        grade=grade,
        attempt=grade.attempt,
        source=source,
        before=before.score,
        after=after.score,
        max_score=after.max_score,
        status_before=before.status,
        status_after=after.status,
        released_before=before.released,
        released_after=after.released,
        reason=reason,
        actor_id=actor.user_id,
        at=clock.now(),
    )
    _tell(grade, before, actor, by_hand=source != GradeSource.WORK)
    return True


def _tell(grade: Grade, before: Standing, actor: Actor, *, by_hand: bool) -> None:
    told = GradeChanged(
        course_id=grade.item.course_id,
        grade_id=grade.pk,
        attempt_id=grade.attempt_id,
        quiz_id=grade.item.quiz_id,
        learner_id=grade.learner_id,
        before=None if before.score is None else str(before.score),
        after=None if grade.score is None else str(grade.score),
        max_score=str(grade.max_score),
        released=grade.released,
        by_hand=by_hand,
        item_id=grade.item_id,
        status=str(grade.status),
    )
    publish(told, actor=actor)

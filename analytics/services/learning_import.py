"""Bring learning from elsewhere into courses of its own, in pieces, and take it away again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.pseudonyms import forget_pseudonyms
from analytics.models import (
    CourseTotals,
    CourseWeek,
    DailyActivity,
    LearnerFeature,
    LearningImport,
)
from analytics.scoring.acts import Act, Refused
from analytics.services.imported_piece import Dates, Piece
from courses.enums import EnrolmentState
from courses.models import Course, Enrolment
from courses.services.course import delete_course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid
from lms.kernel.models import EventRecord

PIECE = 1_000
MOST_PROBLEMS = 100
Line = Act | Refused


@dataclass(frozen=True, slots=True)
class Work:
    """What one transaction writes, and for whose courses."""

    teacher: User
    dates: Dates
    piece: list[Line]


def import_learning(
    *,
    actor: Actor,
    teacher: User,
    source: str,
    fingerprint: str,
    lines: Iterable[Line],
    dates: Dates | None = None,
    told: Callable[[LearningImport], None] | None = None,
) -> LearningImport:
    """Write what a source tells, a piece of 1,000 lines in each transaction.

    Each course of the source becomes an archived course of `teacher`, each learner somebody
    without a name whom no mail reaches. The same `fingerprint` is brought in once: an import that
    stopped goes on after its last piece, a finished one is given back. `told` hears after each
    piece. Raises Denied for anybody but administrators, Invalid for a teacher who does not teach.
    """
    _require_admin(actor)
    if not (teacher.may_teach and teacher.is_active):
        raise Invalid(_("The courses need somebody who teaches."), field="teacher")
    row, _made = LearningImport.objects.get_or_create(
        fingerprint=fingerprint, undone_at=None, defaults={"source": source, "teacher": teacher}
    )
    if row.finished_at is not None:
        return row
    place = 0
    for piece in _pieces(lines):
        if place >= row.done:
            row = _write(actor, row.pk, Work(teacher, dates or {}, piece), place)
            if told is not None:
                told(row)
        place += len(piece)
    return _finish(row)


@transaction.atomic
def undo_import(*, actor: Actor, row: LearningImport) -> int:
    """Take an import away; returns how many events went. Twice is once.

    Events, figures and people go and the courses are deleted. The history of grades cannot be
    deleted: it stays in the deleted courses, about nobody. Raises Denied for anybody but
    administrators.
    """
    _require_admin(actor)
    row = lock(LearningImport.objects.filter(pk=row.pk)).get()
    if row.undone_at is not None:
        return 0
    keys = list(row.courses.values_list("course", flat=True))
    for course in Course.objects.filter(pk__in=keys):
        delete_course(actor=actor, course=course)
    Enrolment.objects.filter(course__in=keys).exclude(user=row.teacher).update(
        state=EnrolmentState.REMOVED
    )
    gone, _kinds = EventRecord.objects.filter(course_id__in=keys).delete()
    for model in (DailyActivity, LearnerFeature, CourseWeek, CourseTotals):
        model.objects.filter(course__in=keys).delete()
    forget_pseudonyms(actor=actor, prefix=f"{row.public_id.lower()}-")
    row.undone_at = clock.now()
    row.save(update_fields=["undone_at"])
    return gone


def _require_admin(actor: Actor) -> None:
    if not (actor.is_admin and actor.can_write):
        raise Denied


def _pieces(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while piece := list(islice(rest, PIECE)):
        yield piece


@transaction.atomic
def _write(actor: Actor, key: int, given: Work, place: int) -> LearningImport:
    row = lock(LearningImport.objects.filter(pk=key)).get()
    if row.done != place or row.undone_at is not None:
        raise Conflict(_("This import is running elsewhere."), code="running")
    work = Piece(actor, row, given.teacher, given.dates)
    refused = [one for one in given.piece if isinstance(one, Refused)]
    refused += work.write([one for one in given.piece if isinstance(one, Act)])
    row.done += len(given.piece)
    row.events += work.events
    row.grades += work.grades
    row.refused += len(refused)
    words = [[one.line, one.words] for one in sorted(refused, key=lambda one: one.line)]
    row.problems = (row.problems + words)[:MOST_PROBLEMS]
    row.save()
    return row


@transaction.atomic
def _finish(row: LearningImport) -> LearningImport:
    row.finished_at = clock.now()
    row.save(update_fields=["finished_at"])
    return row

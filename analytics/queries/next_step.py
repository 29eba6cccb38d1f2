"""The next step in a course, with its reason: one thing, by a rule that a learner can check.

In this order: an attempt that is under way; work that is overdue or due within three days;
practice of the outcome that needs it most; the next lesson; work due later; questions to review.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.enums import StepKind
from analytics.queries.mastery import MasteryCell, own_map
from analytics.queries.practice import recommended_practice
from analytics.queries.review import review_queue
from analytics.scoring.mastery.cells import Level
from assessments.enums import AttemptState
from assessments.models import Attempt
from assessments.queries.agenda import DueLine, due_lines
from assessments.rules import TAKE_QUIZ
from courses.models import Course
from courses.queries.contents import own_enrolment, where_to_go_on
from courses.rules import LEARN_COURSE, OPEN_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.rules import require

SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next and why; `lesson` is where, by public id, empty for the review queue."""

    kind: StepKind
    title: str
    reason: str
    lesson: str = ""


def next_step(actor: Actor, course: Course) -> NextStep | None:
    """The asker's next step in a course, None when nothing is left or they do not learn in it.

    Raises what `require` raises.
    """
    require(actor, OPEN_COURSE, course)
    if actor.preview_course_id == course.pk or not LEARN_COURSE.may(actor, course):
        return None
    return next(_steps(actor, course), None)


def _steps(actor: Actor, course: Course) -> Iterator[NextStep]:
    """Each is looked up when those before it are not there."""
    yield from _under_way(actor, course)
    due = [line for line in due_lines(actor) if line.course.pk == course.pk and _is_open(line)]
    soon = clock.now() + SOON
    yield from (_due(line) for line in due if line.at <= soon)
    yield from _practice(actor, course)
    item = where_to_go_on(actor, course, own_enrolment(actor, course))
    if item is not None and not item.done:
        begun = item.mark != ""
        reason = _("You stopped here.") if begun else _("It comes next in the course.")
        yield NextStep(StepKind.LESSON, item.title, reason, item.id)
    yield from (_due(line) for line in due if line.at > soon)
    yield from _review(actor, course)


def _under_way(actor: Actor, course: Course) -> Iterator[NextStep]:
    rows = Attempt.objects.filter(
        course=course,
        learner_id=actor.user_id or 0,
        state=AttemptState.OPEN,
        quiz__in=TAKE_QUIZ.rows(actor).values("pk"),
    )
    first = F("deadline").asc(nulls_last=True)
    for row in rows.select_related("quiz__lesson").order_by(first, "pk")[:1]:
        lesson = row.quiz.lesson
        if row.deadline is None:
            reason = _("You began it and have not handed it in.")
        else:
            reason = _("You began it; it ends on %(when)s.") % {"when": _when(row.deadline)}
        yield NextStep(StepKind.ATTEMPT, lesson.title, reason, lesson.public_id)


def _due(line: DueLine) -> NextStep:
    if line.overdue:
        words = _("It was due on %(when)s and can still be handed in.")
    elif line.kind == "peer_review":
        words = _("Reviews of others' work are due on %(when)s.")
    else:
        words = _("It is due on %(when)s.")
    reason = words % {"when": _when(line.at)}
    lesson = line.lesson.public_id if line.lesson else ""
    return NextStep(StepKind.DUE, line.title, reason, lesson)


def _practice(actor: Actor, course: Course) -> Iterator[NextStep]:
    cells = own_map(actor, course).cells
    wanted = _shaky_and_before(cells)
    for one in recommended_practice(actor, course, cells, limit=len(cells)) if wanted else ():
        if one.lesson is not None and one.cell.outcome.pk in wanted:
            words = _("“%(outcome)s” needs practice. %(why)s")
            reason = words % {"outcome": one.cell.outcome.title, "why": one.reason}
            yield NextStep(StepKind.PRACTICE, one.lesson.title, reason, one.lesson.public_id)


def _shaky_and_before(cells: Sequence[MasteryCell]) -> set[int]:
    """Outcomes that need practice, and those that are not secure and that these build on."""
    there = {one.outcome.pk: one for one in cells if one.level != Level.SECURE}
    ahead = [one for one in there.values() if one.level == Level.SHAKY]
    found: set[int] = set()
    while ahead:
        cell = ahead.pop()
        found.add(cell.outcome.pk)
        before = {one.pk for one in cell.builds_on} & there.keys() - found
        ahead.extend(there[key] for key in before)
    return found


def _review(actor: Actor, course: Course) -> Iterator[NextStep]:
    here = [one for one in review_queue(actor).due if one.course == course.pk]
    if here:
        reason = _("Everything is done; what you learnt comes back before you forget it.")
        yield NextStep(StepKind.REVIEW, _("Review"), reason)


def _is_open(line: DueLine) -> bool:
    """Whether it can be done now, inside the course's outline: discussions have no lesson."""
    opened = line.opens_at is None or line.opens_at <= clock.now()
    return line.lesson is not None and opened


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")

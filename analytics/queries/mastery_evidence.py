"""The answers behind one figure of the mastery map, as whoever asks may see them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from analytics.queries.mastery import MasteryCell, cell_of, own_answers, skill_of
from analytics.queries.mastery_answers import Given, given_answers
from analytics.scoring.mastery.cells import begin, step
from assessments.models import AttemptQuestion, LearningOutcome
from assessments.queries.exam import exam_of
from courses.models import Course
from courses.rules import OPEN_COURSE, STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied
from lms.kernel.rules import require
from lms.kernel.text import plain_text


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One counted answer: of which question and attempt, and the estimate before and after it."""

    question: str
    quiz: str
    lesson: str
    attempt: str
    at: datetime
    right: bool
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A cell with its answers, the newest first. No key and no answer is among them."""

    cell: MasteryCell
    lines: list[EvidenceLine]


def own_evidence(actor: Actor, course: Course, outcome: LearningOutcome) -> Evidence:
    """The asker's own answers of an outcome that they may know of.

    Raises Denied `exam_mode` while an exam of theirs runs, and what `require` raises.
    """
    require(actor, OPEN_COURSE, course)
    if exam_of(actor) is not None:
        raise Denied(_("Your answers are closed to you while your exam runs."), code="exam_mode")
    return _evidence(outcome, own_answers(actor, course))


def learner_evidence(
    actor: Actor, course: Course, outcome: LearningOutcome, learner: User
) -> Evidence:
    """A learner's scored answers of an outcome, for staff. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    return _evidence(outcome, given_answers(course.pk, learners=[learner.pk]))


def _evidence(outcome: LearningOutcome, found: list[Given]) -> Evidence:
    counted = sorted((one for one in found if one.outcome == outcome.pk), key=lambda one: one.place)
    rows = AttemptQuestion.objects.filter(pk__in=[one.answer for one in counted])
    columns = (
        "pk",
        "version__stem",
        "attempt__quiz__lesson__title",
        "attempt__quiz__lesson__public_id",
        "attempt__public_id",
    )
    named = {pk: (plain_text(stem), *rest) for pk, stem, *rest in rows.values_list(*columns)}
    skill = skill_of(outcome)
    trace, lines = begin(skill), []
    for one in counted:
        before = trace.mastery
        trace = step(skill, trace, right=one.right, place=one.place)
        question, quiz, lesson, attempt = named[one.answer]
        lines.append(
            EvidenceLine(
                question=question,
                quiz=quiz,
                lesson=lesson,
                attempt=attempt,
                at=one.place[0],
                right=one.right,
                before=before,
                after=trace.mastery,
            )
        )
    return Evidence(cell_of(outcome, trace), lines[::-1])

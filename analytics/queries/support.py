"""What staff could do about each reason of the early warning; people decide, nothing acts (I6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.enums import SupportDoor
from analytics.queries.mastery import class_lines, outcomes_of
from analytics.queries.risk import Part
from analytics.scoring.mastery.cells import Level
from analytics.scoring.risk.figures import Theme
from assessments.enums import AttemptState, SubmissionState
from assessments.models import Assignment, Attempt, Quiz, SubmissionMember
from assessments.queries.dates import found_dates
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.rules import require

# So many of the works whose date is over are looked at for one that this learner has missed.
LOOKED_AT = 5
W = TypeVar("W", Quiz, Assignment)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to do about a reason. `work` is set for another date, `outcome` for practice."""

    theme: str
    text: str
    door: SupportDoor
    work: Quiz | Assignment | None = None
    outcome: str = ""


def suggestions(
    actor: Actor, course: Course, learner: User, reasons: Iterable[Part]
) -> list[Suggestion]:
    """One suggestion for each way to help, in the order of the reasons that raise the risk.

    Raises what `require` raises.
    """
    require(actor, STAFF_COURSE, course)
    found: dict[SupportDoor, Suggestion] = {}
    for part in reasons:
        if part.log_odds <= 0:
            continue
        one = _suggestion(actor, course, learner, Theme(part.theme))
        if one is not None:
            found.setdefault(one.door, one)
    return list(found.values())


def _suggestion(actor: Actor, course: Course, learner: User, theme: Theme) -> Suggestion | None:
    if theme in {Theme.WORK, Theme.TIMING}:
        return _another_date(course, learner, theme)
    if theme is Theme.SCORES:
        return _practice(actor, course, learner)
    if theme in {Theme.SILENCE, Theme.JOINING}:
        return _write(theme)
    return None


def _write(theme: Theme) -> Suggestion:
    if theme is Theme.JOINING:
        text = _("Ask how they found in: who joined late may not know where to begin.")
    elif theme is Theme.SILENCE:
        text = _(
            "Write a few words: ask how they are getting on, and whether something stops them."
        )
    else:
        text = _("Write a few words: ask what keeps them from handing in.")
    return Suggestion(theme.value, text, SupportDoor.WRITE)


def _another_date(course: Course, learner: User, theme: Theme) -> Suggestion:
    work = missed_work(course, learner)
    if work is None:
        return _write(theme)
    words = _("“%(title)s” was not handed in and its date is over: offer another one.")
    text = words % {"title": work.lesson.title}
    return Suggestion(theme.value, text, SupportDoor.DATES, work=work)


def _practice(actor: Actor, course: Course, learner: User) -> Suggestion:
    (line,) = class_lines(actor, course, [learner], outcomes_of(course))
    known = [one for one in line.cells if one.mastery is not None and one.level != Level.SECURE]
    if not known:
        text = _("Look at the last answers together: no single outcome stands out.")
        return Suggestion(Theme.SCORES.value, text, SupportDoor.PRACTICE)
    weakest = min(known, key=lambda one: one.mastery or 0.0)
    words = _("Propose practice on “%(title)s”: %(words)s, the estimate is %(share)d%%.")
    figures = {
        "title": weakest.outcome.title,
        "words": weakest.words,
        "share": round(100 * (weakest.mastery or 0.0)),
    }
    return Suggestion(
        Theme.SCORES.value,
        words % figures,
        SupportDoor.PRACTICE,
        outcome=weakest.outcome.public_id,
    )


def missed_work(course: Course, learner: User) -> Quiz | Assignment | None:
    """The work that a learner missed last by their own dates; the caller has checked who asks."""
    now = clock.now()
    attempts = Attempt.objects.filter(quiz=OuterRef("pk"), learner=learner)
    handed = SubmissionMember.objects.filter(assignment=OuterRef("pk"), learner=learner)
    quizzes = _published(Quiz.objects.filter(course=course, due_at__lte=now)).exclude(
        Exists(attempts.exclude(state=AttemptState.OPEN))
    )
    works = _published(Assignment.objects.filter(course=course, due_at__lte=now)).exclude(
        Exists(handed.exclude(submission__state=SubmissionState.DRAFT))
    )
    both: list[Quiz | Assignment] = [
        *quizzes.order_by("-due_at", "-pk")[:LOOKED_AT],
        *works.order_by("-due_at", "-pk")[:LOOKED_AT],
    ]
    both.sort(key=lambda one: one.due_at or now, reverse=True)
    for one in both[:LOOKED_AT]:
        due = found_dates(one, [learner.pk])[learner.pk].dates.due_at
        if due is not None and due <= now:
            return one
    return None


def _published(rows: QuerySet[W]) -> QuerySet[W]:
    return rows.filter(
        state="published",
        lesson__published=True,
        lesson__deleted_at=None,
        lesson__section__deleted_at=None,
    ).select_related("lesson")

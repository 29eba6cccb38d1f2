"""Other dates for one learner or one group of learners."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import Attempt, DateOverride, Quiz
from assessments.queries.dates import dates_of
from assessments.rules import EDIT_QUIZ
from assessments.scoring.dates import Change, effective_dates
from assessments.services.quiz_settings import MAX_ATTEMPTS, MAX_SECONDS, MIN_SECONDS
from assessments.services.stretch import stretch_attempts
from courses.models import LearnerGroup
from courses.queries.group import learners_of
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require


def set_override(
    *,
    actor: Actor,
    quiz: Quiz,
    change: Change,
    person: User | None = None,
    group: LearnerGroup | None = None,
) -> DateOverride:
    """Give a learner or a group other dates; what there was for them is replaced.

    Attempts that are open end later if that gives them more time, on the record; never earlier.
    Raises Invalid unless exactly one learner or group of the course is named, for an empty change,
    and for borders that contradict each other or the quiz's; and what `require` raises.
    """
    require(actor, EDIT_QUIZ, quiz)
    _check_whose(quiz, person, group)
    _check_change(quiz, change)
    with transaction.atomic():
        row, _made = DateOverride.objects.update_or_create(
            quiz=quiz,
            person=person,
            group=group,
            defaults={
                "opens_at": change.opens_at,
                "due_at": change.due_at,
                "closes_at": change.closes_at,
                "time_limit_seconds": change.limit_seconds,
                "attempts_allowed": change.attempts_allowed,
                "set_by_id": actor.user_id,
                "updated_at": clock.now(),
            },
        )
    _stretch(actor, row)
    return row


def remove_override(*, actor: Actor, override: DateOverride) -> None:
    """Take an override back; attempts that are open keep what they were given."""
    if override.quiz is not None:
        require(actor, EDIT_QUIZ, override.quiz)
        DateOverride.objects.filter(pk=override.pk).delete()


def _stretch(actor: Actor, row: DateOverride) -> None:
    mine = Attempt.objects.filter(quiz=row.quiz)
    if row.person_id is not None:
        mine = mine.filter(learner_id=row.person_id)
    else:
        mine = mine.filter(learner__group_memberships__group_id=row.group_id)
    stretch_attempts(actor=actor, attempts=mine, reason=_("Other dates for the learner."))


def _check_whose(quiz: Quiz, person: User | None, group: LearnerGroup | None) -> None:
    if (person is None) == (group is None):
        raise Invalid(_("Name either a learner or a group."), field="person")
    if person is not None and not learners_of(quiz.course_id).filter(pk=person.pk).exists():
        raise Invalid(_("This person does not learn in the course."), field="person")
    if group is not None and group.course_id != quiz.course_id:
        raise Invalid(_("This group belongs to another course."), field="group")


def _check_change(quiz: Quiz, change: Change) -> None:
    if change == Change():
        raise Invalid(_("Give at least one other date or number."), field="closes_at")
    seconds, attempts = change.limit_seconds, change.attempts_allowed
    if seconds is not None and not MIN_SECONDS <= seconds <= MAX_SECONDS:
        words = _("A time limit lies between 10 seconds and 7 days.")
        raise Invalid(words, field="time_limit_seconds")
    if attempts is not None and not 1 <= attempts <= MAX_ATTEMPTS:
        raise Invalid(_("Allow between 1 and 1000 attempts."), field="attempts_allowed")
    result = effective_dates(dates_of(quiz), person=change)
    if not _rise((result.opens_at, result.closes_at), strict=True):
        raise Invalid(_("It would close before it opens."), field="closes_at")
    if not _rise((result.opens_at, result.due_at), strict=True):
        raise Invalid(_("It would be due before it opens."), field="due_at")
    if not _rise((result.due_at, result.closes_at), strict=False):
        raise Invalid(_("It would close before it is due."), field="closes_at")


def _rise(pair: Iterable[datetime | None], *, strict: bool) -> bool:
    known = [date for date in pair if date is not None]
    if len(known) < 2:
        return True
    first, second = known
    return bool(first < second or (first == second and not strict))

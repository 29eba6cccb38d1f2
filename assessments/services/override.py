"""Other dates for one learner or one group of learners."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import (
    Assignment,
    Attempt,
    DateOverride,
    PeerReview,
    Quiz,
    Submission,
)
from assessments.queries.dates import Work, dates_of, overrides_of
from assessments.rules import EDIT_ASSIGNMENT, EDIT_QUIZ
from assessments.scoring.dates import Change, effective_dates
from assessments.services.moved_dates import moving_dates
from assessments.services.quiz_settings import MAX_ATTEMPTS, MAX_SECONDS, MIN_SECONDS
from assessments.services.stretch import stretch_attempts
from courses.models import LearnerGroup
from courses.queries.group import learners_of
from courses.services.moments import require_moments
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require

NOTHING: Final = Change()


def set_override(
    *,
    actor: Actor,
    work: Work,
    change: Change,
    reviews: Change = NOTHING,
    person: User | None = None,
    group: LearnerGroup | None = None,
) -> DateOverride:
    """Give a learner or a group other dates; what there was for them is replaced.

    `reviews` are the dates of an assignment's peer review: `due_at` for the reviews and `closes_at`
    for objections. Attempts that are open end later if that gives them more time, on the record;
    never earlier. Marks of work that was handed in are worked out anew as drafts, and what was
    missing and may come after all is no longer missing. Raises Invalid unless exactly one learner
    or group of the course is named, for an empty change, for what the work does not have, and for
    borders that contradict each other or the work's; and what `require` raises.
    """
    require_edit(actor, work)
    _check_whose(work, person, group)
    _check_change(work, change, reviews)
    with transaction.atomic(), _moving(actor, work):
        row, _made = overrides_of(work).update_or_create(
            quiz=work if isinstance(work, Quiz) else None,
            assignment=work if isinstance(work, Assignment) else None,
            person=person,
            group=group,
            defaults={
                **_fields(change, reviews),
                "set_by_id": actor.user_id,
                "updated_at": clock.now(),
            },
        )
    _stretch(actor, row)
    return row


def _fields(change: Change, reviews: Change) -> dict[str, Any]:
    return {
        "opens_at": change.opens_at,
        "due_at": change.due_at,
        "closes_at": change.closes_at,
        "time_limit_seconds": change.limit_seconds,
        "attempts_allowed": change.attempts_allowed,
        "reviews_due_at": reviews.due_at,
        "appeal_until": reviews.closes_at,
    }


def remove_override(*, actor: Actor, override: DateOverride) -> None:
    """Take an override back; attempts that are open keep what they were given."""
    if override.work is not None:
        require_edit(actor, override.work)
        with transaction.atomic(), _moving(actor, override.work):
            DateOverride.objects.filter(pk=override.pk).delete()


def require_edit(actor: Actor, work: Work) -> None:
    """Raise unless the actor may change the dates of a quiz or an assignment."""
    if isinstance(work, Assignment):
        require(actor, EDIT_ASSIGNMENT, work)
    else:
        require(actor, EDIT_QUIZ, work)


def _moving(actor: Actor, work: Work) -> AbstractContextManager[None]:
    if isinstance(work, Assignment):
        return moving_dates(actor, Submission.objects.filter(assignment=work), assignment=work)
    return nullcontext()


def _stretch(actor: Actor, row: DateOverride) -> None:
    if row.quiz_id is None:
        return
    mine = Attempt.objects.filter(quiz=row.quiz)
    if row.person_id is not None:
        mine = mine.filter(learner_id=row.person_id)
    else:
        mine = mine.filter(learner__group_memberships__group_id=row.group_id)
    stretch_attempts(actor=actor, attempts=mine, reason=_("Other dates for the learner."))


def _check_whose(work: Work, person: User | None, group: LearnerGroup | None) -> None:
    if (person is None) == (group is None):
        raise Invalid(_("Name either a learner or a group."), field="person")
    if person is not None and not learners_of(work.course_id).filter(pk=person.pk).exists():
        raise Invalid(_("This person does not learn in the course."), field="person")
    if group is not None and group.course_id != work.course_id:
        raise Invalid(_("This group belongs to another course."), field="group")


def _check_change(work: Work, change: Change, reviews: Change) -> None:
    if NOTHING == change == reviews:
        raise Invalid(_("Give at least one other date or number."), field="closes_at")
    _check_fits(work, change, reviews)
    for one in (change, reviews):
        require_moments(opens_at=one.opens_at, due_at=one.due_at, closes_at=one.closes_at)
    seconds, attempts = change.limit_seconds, change.attempts_allowed
    if seconds is not None and not MIN_SECONDS <= seconds <= MAX_SECONDS:
        words = _("A time limit lies between 10 seconds and 7 days.")
        raise Invalid(words, field="time_limit_seconds")
    if attempts is not None and not 1 <= attempts <= MAX_ATTEMPTS:
        raise Invalid(_("Allow between 1 and 1000 attempts."), field="attempts_allowed")
    result = effective_dates(dates_of(work), person=change)
    if not _rise((result.opens_at, result.closes_at), strict=True):
        raise Invalid(_("It would close before it opens."), field="closes_at")
    if not _rise((result.opens_at, result.due_at), strict=True):
        raise Invalid(_("It would be due before it opens."), field="due_at")
    if not _rise((result.due_at, result.closes_at), strict=False):
        raise Invalid(_("It would close before it is due."), field="closes_at")


def _check_fits(work: Work, change: Change, reviews: Change) -> None:
    if isinstance(work, Assignment):
        if change.limit_seconds is not None:
            raise Invalid(_("An assignment has no time limit."), field="time_limit_seconds")
        if change.attempts_allowed is not None:
            raise Invalid(_("An assignment has no attempts."), field="attempts_allowed")
    if reviews == NOTHING:
        return
    if isinstance(work, Quiz) or not PeerReview.objects.filter(assignment=work).exists():
        field = "reviews_due_at" if reviews.due_at else "appeal_until"
        raise Invalid(_("Peers do not review this."), field=field)


def _rise(pair: Iterable[datetime | None], *, strict: bool) -> bool:
    known = [date for date in pair if date is not None]
    if len(known) < 2:
        return True
    first, second = known
    return bool(first < second or (first == second and not strict))

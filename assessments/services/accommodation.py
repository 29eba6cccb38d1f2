"""Giving a person extra time everywhere, and taking it back."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import AttemptState
from assessments.models import Accommodation, Attempt, Submission
from assessments.models.accommodation import (
    LEAST,
    MAX_BREAK,
    MAX_DAYS,
    MAX_EARLY,
    MAX_NOTE,
    MOST,
)
from assessments.rules import ACCOMMODATE
from assessments.services.moved_dates import moving_dates
from assessments.services.stretch import stretch_attempts
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require
from lms.kernel.text import require_text

SECONDS_A_MINUTE = 60


def set_accommodation(
    *,
    actor: Actor,
    person: User,
    time_factor: Decimal = Decimal(1),
    break_minutes: int = 0,
    extra_days: int = 0,
    early_minutes: int = 0,
    note: str = "",
) -> Accommodation:
    """Give a person `time_factor` times every time limit, breaks and other dates, in every course.

    Attempts that are open end later if that gives them more time, and get the breaks, on the
    record; never earlier. Marks of late work follow extra days. All of it holds, or nothing.
    Raises Invalid for a factor outside 1 to 5 or with more than two places and for other numbers
    out of range, and what `require` raises.
    """
    require(actor, ACCOMMODATE, person)
    if not _in_range(time_factor):
        raise Invalid(_("Give a factor from 1 to 5, such as 1.25."), field="time_factor")
    _check_number(break_minutes, MAX_BREAK, "break_minutes")
    _check_number(extra_days, MAX_DAYS, "extra_days")
    _check_number(early_minutes, MAX_EARLY, "early_minutes")
    require_text(note, field="note", max_length=MAX_NOTE)
    written = {
        "time_factor": time_factor,
        "break_minutes": break_minutes,
        "extra_days": extra_days,
        "early_minutes": early_minutes,
        "note": note.strip(),
        "set_by_id": actor.user_id,
        "updated_at": clock.now(),
    }
    works = Submission.objects.filter(members__learner=person)
    with transaction.atomic():
        with moving_dates(actor, works, learner=person):
            row, _made = Accommodation.objects.update_or_create(person=person, defaults=written)
        _stretch(actor, person, break_minutes * SECONDS_A_MINUTE)
    return row


def _stretch(actor: Actor, person: User, seconds: int) -> None:
    """Open attempts end later, and get so many seconds of breaks."""
    mine = Attempt.objects.filter(learner=person)
    stretch_attempts(actor=actor, attempts=mine, reason=_("Extra time of the person."))
    running = mine.filter(state=AttemptState.OPEN, break_seconds__lt=seconds)
    running.exclude(deadline=None).update(break_seconds=seconds)


def remove_accommodation(*, actor: Actor, person: User) -> bool:
    """Take the extra time back; whether there was any. Open attempts keep what they were given."""
    require(actor, ACCOMMODATE, person)
    works = Submission.objects.filter(members__learner=person)
    with transaction.atomic(), moving_dates(actor, works, learner=person):
        removed, _by_table = Accommodation.objects.filter(person=person).delete()
    return removed > 0


def _in_range(factor: Decimal) -> bool:
    return factor.is_finite() and LEAST <= factor <= MOST and factor == round(factor, 2)


def _check_number(number: int, most: int, field: str) -> None:
    if not 0 <= number <= most:
        raise Invalid(_("Give a number from 0 to %(most)s.") % {"most": most}, field=field)

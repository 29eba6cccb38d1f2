"""Giving a person extra time everywhere, and taking it back."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import AttemptState, StepKind
from assessments.models import Accommodation, Attempt
from assessments.models.accommodation import LEAST, MAX_NOTE, MOST
from assessments.queries.dates import dates_for, deadline_of
from assessments.rules import ACCOMMODATE
from assessments.services.log import add_step, take_turn
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid
from lms.kernel.rules import require
from lms.kernel.text import require_text


def set_accommodation(
    *, actor: Actor, person: User, time_factor: Decimal, note: str = ""
) -> Accommodation:
    """Give a person `time_factor` times every time limit, in every course, from now on.

    Attempts that are open end later if that gives them more time, on the record; never earlier.
    Raises Invalid for a factor outside 1 to 5 or with more than two places, and what `require`
    raises.
    """
    require(actor, ACCOMMODATE, person)
    if not _in_range(time_factor):
        raise Invalid(_("Give a factor from 1 to 5, such as 1.25."), field="time_factor")
    require_text(note, field="note", max_length=MAX_NOTE)
    written = {
        "time_factor": time_factor,
        "note": note.strip(),
        "set_by_id": actor.user_id,
        "updated_at": clock.now(),
    }
    with transaction.atomic():
        row, _made = Accommodation.objects.update_or_create(person=person, defaults=written)
    _stretch(actor, person)
    return row


def remove_accommodation(*, actor: Actor, person: User) -> bool:
    """Take the extra time back; whether there was any. Open attempts keep what they were given."""
    require(actor, ACCOMMODATE, person)
    removed, _by_table = Accommodation.objects.filter(person=person).delete()
    return removed > 0


def _in_range(factor: Decimal) -> bool:
    return factor.is_finite() and LEAST <= factor <= MOST and factor == round(factor, 2)


def _stretch(actor: Actor, person: User) -> None:
    mine = Attempt.objects.filter(learner=person, state=AttemptState.OPEN).exclude(deadline=None)
    for course_id, attempt_id in mine.order_by("course_id", "pk").values_list("course_id", "pk"):
        with transaction.atomic():
            take_turn(course_id, person.pk)
            rows = mine.filter(pk=attempt_id, deadline__gte=clock.now()).select_related("quiz")
            row = lock(rows).first()
            if row is not None:
                _stretch_one(actor, row)


def _stretch_one(actor: Actor, row: Attempt) -> None:
    ends = deadline_of(row.started_at, dates_for(row.quiz, row.learner_id)).at
    if row.deadline is None or (ends is not None and ends <= row.deadline):
        return
    row.deadline = ends
    row.save(update_fields=["deadline"])
    data = {"reason": _("Extra time of the person."), "deadline": ends and ends.isoformat()}
    add_step(row, StepKind.EXTENDED, actor=actor, data=data)

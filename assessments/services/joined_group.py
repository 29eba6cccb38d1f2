"""Who comes into a group or leaves it may have more time in what is open or was missing."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Assignment, Attempt
from assessments.services.moved_dates import reopen_missing
from assessments.services.stretch import stretch_attempts
from lms.kernel.actors import Actor


def follow_group(actor: Actor, group_id: int) -> None:
    """Give everybody the time they have since a group changed; doing it twice changes nothing.

    Open attempts whose learner has more time end later, and missing work that may come after all is
    in progress again. Marks that are there stay until they are saved again. The caller has checked
    the rule.
    """
    for row in Assignment.objects.filter(date_overrides__group=group_id).order_by("pk"):
        with transaction.atomic():
            reopen_missing(actor, row, None)
    attempts = Attempt.objects.filter(quiz__date_overrides__group=group_id)
    stretch_attempts(actor=actor, attempts=attempts, reason=_("Other dates for the learner."))

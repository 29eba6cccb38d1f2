"""Which moments may be written down: those that a clock of every zone can show."""

from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def odd_moment(moment: datetime | None) -> str:
    """What is wrong with a moment in words, empty for nothing."""
    if moment is None or FIRST <= moment < LAST:
        return ""
    return _("Choose a time between 1970 and 2100.")


def require_moments(**moments: datetime | None) -> None:
    """Raise Invalid with the name of the first moment that cannot be shown everywhere."""
    for field, moment in moments.items():
        if words := odd_moment(moment):
            raise Invalid(words, field=field)

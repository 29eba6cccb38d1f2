"""The rows of a learning-pattern request: read strictly, refused by the name of the field."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

MAX_ROWS = 5_000
MIN_CLUSTERS = 2
MAX_CLUSTERS = 8
DEFAULT_CLUSTERS = 3
MAX_STUDENT_LENGTH = 200
# Far above any real figure, far below where squares overflow a double.
MAX_NUMBER = 1e12
_FIELDS = frozenset({"student", "time_spent", "completion_rate", "performance"})


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One learner.

    `time_spent` >= 0 in any one unit, `completion_rate` a share 0..1, `performance` a score in
    any one unit or None where nobody has scored anything yet.
    """

    student: str
    time_spent: float
    completion_rate: float
    performance: float | None


def parse_clusters(value: object) -> int:
    """The number of groups, `DEFAULT_CLUSTERS` where none is asked for.

    Raises Invalid on `k` unless it is a whole number from 2 to 8.
    """
    if value is None:
        return DEFAULT_CLUSTERS
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(_("The number of groups must be a whole number."), field="k")
    if not MIN_CLUSTERS <= value <= MAX_CLUSTERS:
        text = _("The number of groups must be between %(low)d and %(high)d.")
        raise Invalid(text % {"low": MIN_CLUSTERS, "high": MAX_CLUSTERS}, field="k")
    return value


def parse_rows(value: object) -> list[PatternRow]:
    """Rows as sent by a client, in their order.

    Raises Invalid naming the field (`rows`, `rows[3]`, `rows[3].time_spent`) on the first thing
    that cannot be used: a wrong type, a missing or unknown key, a number that is not finite,
    negative time, a completion rate outside 0..1, more than `MAX_ROWS` rows.
    """
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise Invalid(_("Rows must be a list."), field="rows")
    if len(value) > MAX_ROWS:
        text = _("At most %(limit)d rows can be sent at once.")
        raise Invalid(text % {"limit": MAX_ROWS}, field="rows")
    return [_parse_row(index, row) for index, row in enumerate(value)]


def _parse_row(index: int, row: object) -> PatternRow:
    path = f"rows[{index}]"
    if not isinstance(row, Mapping):
        raise Invalid(_("Each row must be an object."), field=path)
    for key in row:
        if key not in _FIELDS:
            raise Invalid(_("This field is not known."), field=f"{path}.{key}"[:300])
    return PatternRow(
        student=_parse_student(row.get("student"), f"{path}.student"),
        time_spent=_parse_time(row.get("time_spent"), f"{path}.time_spent"),
        completion_rate=_parse_rate(row.get("completion_rate"), f"{path}.completion_rate"),
        performance=_parse_performance(row.get("performance"), f"{path}.performance"),
    )


def _parse_student(value: object, field: str) -> str:
    if value is None:
        raise Invalid(_("This field is required."), field=field)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid(_("A student is named by text or a whole number."), field=field)
    try:
        text = str(value)
    except ValueError:  # An integer of thousands of digits.
        text = ""
    if not 0 < len(text) <= MAX_STUDENT_LENGTH:
        words = _("A student's name must have 1 to %(limit)d characters.")
        raise Invalid(words % {"limit": MAX_STUDENT_LENGTH}, field=field)
    return text


def _parse_time(value: object, field: str) -> float:
    number = _parse_number(value, field)
    if number < 0:
        raise Invalid(_("Time spent cannot be negative."), field=field)
    return number


def _parse_rate(value: object, field: str) -> float:
    number = _parse_number(value, field)
    if 0 <= number <= 1:
        return number
    if 1 < number <= 100:
        text = _("A completion rate is a share from 0 to 1. Divide a percentage by 100.")
        raise Invalid(text, field=field)
    raise Invalid(_("A completion rate is a share from 0 to 1."), field=field)


def _parse_performance(value: object, field: str) -> float | None:
    return None if value is None else _parse_number(value, field)


def _parse_number(value: object, field: str) -> float:
    if value is None:
        raise Invalid(_("This field is required."), field=field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid(_("This must be a number."), field=field)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Invalid(_("This must be a finite number."), field=field)
    if abs(number) > MAX_NUMBER:
        raise Invalid(_("This number is too large."), field=field)
    return number

"""A table of people's attributes as it is uploaded for an audit: person, attribute, value."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 100_000
MAX_ATTRIBUTES, MAX_VALUES = 10, 40
LONGEST_NAME, LONGEST_VALUE = 40, 60
COLUMNS = ("person", "attribute", "value")


@dataclass(frozen=True, slots=True)
class Said:
    """A row: an e-mail address or public id, an attribute, its value."""

    person: str
    attribute: str
    value: str


def read_audit(data: bytes) -> list[Said]:
    """The rows of the file. Raises Invalid on `file` for what is no such table or too much."""
    if len(data) > MAX_BYTES:
        raise _refused(_("The file is larger than 4 MB."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _refused(_("The file is no CSV in UTF-8.")) from problem
    if "\x00" in text:
        raise _refused(_("The file is no CSV in UTF-8."))
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as problem:
        raise _refused(_("The file is no CSV in UTF-8.")) from problem
    if not rows or any(name not in rows[0] for name in COLUMNS):
        raise _refused(_("The file needs the columns person, attribute and value."))
    if len(rows) > MAX_ROWS:
        raise _refused(_("The file has more than 100,000 rows."))
    said = [_row(number, row) for number, row in enumerate(rows, start=2)]
    _check_groups(said)
    return said


def _row(number: int, row: dict[str, str | None]) -> Said:
    person, attribute, value = ((row.get(name) or "").strip() for name in COLUMNS)
    long = len(attribute) > LONGEST_NAME or len(value) > LONGEST_VALUE or len(person) > 254
    if not person or not attribute or long:
        text = _(
            "Row %(row)d: give a person, an attribute of up to 40 and a value of up to 60 signs."
        )
        raise _refused(text % {"row": number})
    return Said(person, attribute, value)


def _check_groups(said: list[Said]) -> None:
    values: dict[str, set[str]] = defaultdict(set)
    for one in said:
        values[one.attribute].add(one.value)
    if len(values) > MAX_ATTRIBUTES or any(len(found) > MAX_VALUES for found in values.values()):
        raise _refused(_("At most 10 attributes with 40 values each can be audited."))


def _refused(words: str) -> Invalid:
    return Invalid(words, field="file")

"""The demographic columns of the Open University tables, for the audit of a model alone.

Nothing that learns imports this: `oulad.py` reads no such column.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from analytics.scoring.risk.oulad import student_rows
from analytics.scoring.risk.records import Member
from lms.kernel.errors import Invalid

ATTRIBUTES = ("gender", "age_band", "disability", "imd_band", "region", "highest_education")
Groups = Mapping[tuple[str, str], Mapping[str, str]]


def read_groups(folder: Path, attributes: Sequence[str]) -> Groups:
    """The values of each (run, student). Raises Invalid for an attribute that is none or not there.

    What is missing or a question mark is empty.
    """
    for name in attributes:
        if name not in ATTRIBUTES:
            text = _("%(name)s is none of %(known)s.")
            words = text % {"name": name, "known": ", ".join(ATTRIBUTES)}
            raise Invalid(words, field="fairness")
    found = {}
    for key, row in student_rows(folder):
        missing = [name for name in attributes if name not in row]
        if missing:
            text = _("The students' table has no %(column)s.")
            raise Invalid(text % {"column": missing[0]}, field="fairness")
        found[key] = {name: _value(row[name]) for name in attributes}
    return found


def groups_of(
    groups: Groups, attributes: Sequence[str], members: Sequence[Member]
) -> dict[str, list[str]]:
    """The values of members by attribute, in their order."""
    nothing: Mapping[str, str] = {}
    return {
        name: [groups.get((one.run.key, one.key), nothing).get(name, "") for one in members]
        for name in attributes
    }


def _value(text: str) -> str:
    clean = text.strip()
    return "" if clean == "?" else clean

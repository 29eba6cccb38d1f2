"""The personal data map, kept in code: every model says what it holds about people and why."""

from dataclasses import dataclass
from typing import Literal

from django.apps import apps
from django.db.models import Model, Q

Erase = Literal["delete", "anonymise", "keep"]
Kind = Literal[
    "identity",
    "contact",
    "activity",
    "content",
    "assessment",
    "health",
    "sensitive",
    "security",
    "none",
]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What a model holds.

    `subject` is the lookup path from the row to the person's primary key (`user_id`,
    `enrolment__user_id`), None where a row is about nobody. `erase` says what erasure does with
    rows of that person; `anonymise` needs `blank`, the fields that are emptied. `retention` is in
    words a data protection officer can check. `hidden` fields are in no copy of one's own data,
    `withheld` fields are empty there in rows for which `withheld_while` holds: what a release rule
    still holds back (Z7). Where a rule is more than a lookup, `withheld_by` is the dotted name of a
    function that takes such rows and returns the keys of those that are held back.
    """

    kind: Kind
    purpose: str
    retention: str = "until the account is erased"
    subject: str | None = None
    erase: Erase = "keep"
    export: bool = True
    blank: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    withheld_while: Q | None = None
    withheld_by: str = ""


NOTHING_PERSONAL = PersonalData(kind="none", purpose="Holds nothing about a person.", export=False)

_foreign: dict[str, PersonalData] = {}


def declare(model_label: str, data: PersonalData) -> None:
    """Declare the map entry of a model that another project defines ("account.EmailAddress")."""
    _foreign[model_label.lower()] = data


def entry_of(model: type[Model]) -> PersonalData | None:
    """The declared entry of a model, or None when nobody declared it."""
    own = model.__dict__.get("personal_data") or getattr(model, "personal_data", None)
    if isinstance(own, PersonalData):
        return own
    return _foreign.get(model._meta.label_lower)


def data_map() -> dict[type[Model], PersonalData | None]:
    """Every concrete model of the installation with its entry."""
    return {
        model: entry_of(model)
        for model in apps.get_models(include_auto_created=False)
        if not model._meta.proxy
    }

from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from lms.kernel.privacy import PersonalData, data_map


def cases() -> list[Any]:
    return [pytest.param(m, e, id=m._meta.label) for m, e in data_map().items()]


def test_every_model_is_in_the_map() -> None:  # V1
    assert [m._meta.label for m, entry in data_map().items() if entry is None] == []


@pytest.mark.parametrize(("model", "entry"), cases())
def test_entry_can_be_carried_out(model: type[Model], entry: PersonalData | None) -> None:  # V1
    assert entry is not None
    assert entry.purpose
    assert entry.retention
    if entry.subject is not None:
        model._default_manager.filter(**{entry.subject: 0}).query.__str__()
    if entry.kind != "none":
        assert entry.subject is not None or not entry.export, "who is it about?"
    if entry.erase == "anonymise":
        assert entry.blank, "what is emptied?"
    for name in (*entry.blank, *entry.hidden):
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            assert name.removesuffix("_id") in {f.name for f in model._meta.get_fields()}

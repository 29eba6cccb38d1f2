"""Migrations of large tables: writers do not wait for them, and they can be run again."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.state import ModelState, ProjectState

from lms.kernel.testing.queries import captured_queries

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
NAME = "0008_messages_indexed"


def test_the_index_of_messages_is_built_beside_those_who_write() -> None:
    migration = import_module(f"realtime.migrations.{NAME}").Migration(NAME, "realtime")
    before = ProjectState()
    key: list[tuple[str, Any]] = [("id", models.BigAutoField(primary_key=True))]
    before.add_model(ModelState("realtime", "Message", key))

    def run() -> None:  # over what is there, as after a run that was interrupted
        with connection.schema_editor(atomic=migration.atomic) as editor:
            migration.apply(before, editor)

    said = [str(one) for one in captured_queries(run)]
    built = [one for one in said if "CREATE INDEX" in one]
    assert len(built) == 1
    assert "message_not_indexed" in built[0]
    if connection.vendor == "postgresql":
        assert "CONCURRENTLY" in built[0]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "realtime_message")
    assert "message_not_indexed" in found

"""Times of PostgreSQL read by Python's own parser, fourteen times as fast as psycopg's in Python.

Django puts a loader of its own on top of psycopg's, which keeps psycopg from using the one in C:
7.6 µs a time on the machine where it was measured, .56 with this one. A page over the learners of
a course reads a thousand.
"""

from datetime import UTC, datetime
from typing import Any

_parse = datetime.fromisoformat


def quicken() -> None:
    """Have every connection to PostgreSQL that Django opens read its times like this."""
    from django.db.backends.postgresql import psycopg_any

    class QuickLoader(psycopg_any.BaseTzLoader):  # type: ignore[misc]  # untyped
        """In UTC as the server writes it; what Python cannot read is left to psycopg."""

        timezone = UTC

        def load(self, data: Any) -> Any:
            try:
                found = _parse(str(data, "ascii"))
            except ValueError:
                return super().load(data)
            return found if found.tzinfo is UTC else super().load(data)

    psycopg_any.get_adapters_template(True, UTC).register_loader("timestamptz", QuickLoader)

"""`manage.py import_learning ACTS.csv --mapping map.json --teacher ADDRESS`."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from analytics.scoring.acts import read_acts, read_mapping
from analytics.services.learning_import import import_learning
from lms.kernel import clock
from lms.kernel.errors import KernelError
from lms.management.importing import ACTOR, ImportCommand


class Command(ImportCommand):
    """Bring a table of acts in, each course of it as a course of its own."""

    help = "Import what learners did elsewhere from a CSV table; --undo takes it away again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the table and its mapping."""
        super().add_arguments(parser)
        parser.add_argument("table", type=Path, nargs="?")
        parser.add_argument("--mapping", type=Path, help="JSON that says which column is what")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, telling of each piece. Raises CommandError for what cannot be used."""
        if not self.ready(options):
            return
        table, mapping = options["table"], options["mapping"]
        if table is None or mapping is None:
            msg = "Name the table and its --mapping."
            raise CommandError(msg)
        teacher = self.teacher(options["teacher"])
        try:
            told = mapping.read_text(encoding="utf-8")
            digest = hashlib.sha256(told.encode())
            with table.open("rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
            row = import_learning(
                actor=ACTOR,
                teacher=teacher,
                source=table.name[:200],
                fingerprint=digest.hexdigest(),
                lines=read_acts(table, read_mapping(told), clock.now()),
                told=self.tell,
            )
        except (KernelError, OSError) as error:
            raise CommandError(str(error)) from error
        self.close(row)

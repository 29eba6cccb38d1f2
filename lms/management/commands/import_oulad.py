"""`manage.py import_oulad DIR --presentation 2013J --teacher ADDRESS [--module AAA]`."""

import hashlib
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from analytics.scoring.oulad_acts import oulad_acts, start_of
from analytics.scoring.risk.oulad import presentation_of, read_oulad
from analytics.services.learning_import import import_learning
from lms.kernel.errors import KernelError
from lms.management.importing import ACTOR, ImportCommand


class Command(ImportCommand):
    """Bring presentations of the Open University's data in, each module as a course."""

    help = "Import Open University tables (CC BY 4.0); no demographics are read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, the presentations and the modules."""
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, nargs="?")
        parser.add_argument("--presentation", default="", help="as in 2013J; several by comma")
        parser.add_argument("--module", default="", help="as in AAA; several by comma, else all")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, telling of each piece. Raises CommandError for what cannot be used."""
        if not self.ready(options):
            return
        if options["folder"] is None or not options["presentation"]:
            msg = "Name the folder and the --presentation."
            raise CommandError(msg)
        teacher = self.teacher(options["teacher"])
        wanted = set(options["presentation"].split(","))
        modules = set(filter(None, options["module"].split(",")))
        try:
            members = [
                one
                for one in read_oulad(options["folder"])
                if presentation_of(one) in wanted
                and (not modules or one.run.key.partition("/")[0] in modules)
            ]
            if not members:
                msg = "No student of these presentations is in the tables."
                raise CommandError(msg)
            runs = {one.run.key: one.run for one in members}
            starts = {key: start_of(key.partition("/")[2]) for key in runs}
            words = f"oulad {sorted(runs)} {len(members)}"
            row = import_learning(
                actor=ACTOR,
                teacher=teacher,
                source=f"OULAD {', '.join(sorted(wanted))}"[:200],
                fingerprint=hashlib.sha256(words.encode()).hexdigest(),
                lines=oulad_acts(members),
                dates={
                    key: (starts[key], starts[key] + timedelta(days=run.days))
                    for key, run in runs.items()
                },
                told=self.tell,
            )
        except (KernelError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.close(row)

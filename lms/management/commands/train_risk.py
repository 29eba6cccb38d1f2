"""`manage.py train_risk DIR --presentations 2013B,2013J,2014B`: learn the model that is shipped."""

import gzip
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.scoring.risk.default import CARD, DAYS, MODEL
from analytics.scoring.risk.evaluate import rows_of
from analytics.scoring.risk.learning import learn
from analytics.scoring.risk.oulad import presentation_of, read_oulad
from lms.kernel.errors import KernelError


class Command(BaseCommand):
    """Learn the default risk model from Open University tables and write it with its card."""

    help = "Learn the shipped risk model anew; the same tables give the same file."
    # Neither pages nor the database are used, so nothing of them is loaded and checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder of tables, the presentations and where to write."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--presentations", default="2013B,2013J,2014B")
        parser.add_argument("--out", type=Path, default=MODEL)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files. Raises CommandError where nothing can be learnt."""
        names = options["presentations"].split(",")
        try:
            members = [
                one for one in read_oulad(options["folder"]) if presentation_of(one) in names
            ]
        except KernelError as error:
            raise CommandError(str(error)) from error
        learnt = learn(rows_of(members, DAYS))
        if learnt.model is None:
            raise CommandError(learnt.reason or "")
        out: Path = options["out"]
        # No name and no time in the header, so that the same model is the same file.
        with out.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            packed.write(learnt.model.as_json().encode())
        card = {
            "presentations": names,
            "days": list(DAYS),
            "learners": learnt.labelled,
            "kind": learnt.model.kind,
            "held_out_runs": learnt.held_out,
            "notes": learnt.notes,
        }
        where = out.with_name(CARD.name)
        where.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
        self.stdout.write(f"{out.name}: {learnt.labelled} learners, {learnt.held_out}")

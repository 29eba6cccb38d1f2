"""`manage.py eval_recommendations TRAIN.csv TEST.csv --json`: how well courses are ranked."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.scoring.outside import read_records
from analytics.scoring.ranking import ranking_report
from lms.kernel.errors import KernelError

COLUMNS = ("learner", "course")


class Command(BaseCommand):
    """Rank courses from outside enrolments and compare with those taken later."""

    help = "Recall, NDCG and coverage of item-based and EASE recommendation (learner,course)."
    # Neither pages nor the database are used, so nothing of them is loaded and checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take both files and --json."""
        parser.add_argument("train", type=Path)
        parser.add_argument("test", type=Path)
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report. Raises CommandError for a file that cannot be used."""
        try:
            train, test = (
                [(row["learner"], row["course"]) for row in read_records(options[name], COLUMNS)]
                for name in ("train", "test")
            )
            report = ranking_report(train, test)
        except KernelError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, allow_nan=False))
            return
        for name, found in report["models"].items():
            line = ", ".join(f"{key} {value:.4f}" for key, value in found.items())
            self.stdout.write(f"{name}: {line}")

"""`manage.py eval_items ANSWERS.csv --json`: how the questions of a test worked."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.scoring.item_report import item_report
from analytics.scoring.outside import read_matrix
from lms.kernel.errors import KernelError


class Command(BaseCommand):
    """Run the product's item analysis on a file of outside answers."""

    help = "Classical, 1PL and 2PL figures of a matrix of 0/1 answers (a row per learner)."
    # Neither pages nor the database are used, so nothing of them is loaded and checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and --json for the whole report."""
        parser.add_argument("answers", type=Path)
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report. Raises CommandError for a file that cannot be used."""
        try:
            names, rows, left = read_matrix(options["answers"])
            report = {**item_report(names, rows), "ignored_columns": left}
        except KernelError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, allow_nan=False))
            return
        self.stdout.write(f"{report['n']} learners, alpha {report['alpha']}")
        fitted = {item["item"]: item for item in report["two_parameter"]["items"]}
        for item in report["classical"]:
            latent = fitted.get(item["item"], {})
            self.stdout.write(
                f"{item['item']}: p {item['p']}, item-total {item['corrected_item_total']},"
                f" discrimination {latent.get('discrimination')},"
                f" difficulty {latent.get('difficulty')}"
                f" {' '.join(latent.get('warnings', []))}"
            )

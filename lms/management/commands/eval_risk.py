"""`manage.py eval_risk DIR --train 2013B,2013J --test 2014B --days 56,112,180 --json`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.scoring.risk.evaluate import risk_report
from analytics.scoring.risk.oulad import presentation_of, read_oulad
from lms.kernel.errors import KernelError


class Command(BaseCommand):
    """Learn the product's risk model on earlier presentations and tell a later one."""

    help = "How well risk is told on Open University tables; no demographics are read."
    # Neither pages nor the database are used, so nothing of them is loaded and checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder of tables, the presentations, the days and --json."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--train", required=True, help="presentations to learn from, by comma")
        parser.add_argument("--test", required=True, help="presentations to tell, by comma")
        parser.add_argument("--days", default="56,112,180", help="days of the course, by comma")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report. Raises CommandError for what cannot be used."""
        train, test = (options[name].split(",") for name in ("train", "test"))
        both = sorted(set(train) & set(test))
        if both:
            msg = f"{', '.join(both)} cannot be both learnt from and told."
            raise CommandError(msg)
        try:
            days = [float(day) for day in options["days"].split(",")]
            members = read_oulad(options["folder"])
            parts = [
                [one for one in members if presentation_of(one) in names] for names in (train, test)
            ]
            report = {"train": train, "test": test, **risk_report(parts[0], parts[1], days)}
        except (KernelError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, allow_nan=False))
            return
        for day, found in report["days"].items():
            shown = ("n", "auc", "ece", "brier", "precision_top", "recall_top", "reason")
            line = ", ".join(f"{name} {found.get(name)}" for name in shown)
            self.stdout.write(f"day {day}: {line}")

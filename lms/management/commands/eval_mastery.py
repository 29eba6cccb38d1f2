"""`manage.py eval_mastery TRAIN.csv TEST.csv --model bkt|history --json`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.scoring.mastery.answers import read_answers
from analytics.scoring.mastery.evaluate import MODELS, mastery_report
from lms.kernel.errors import KernelError


class Command(BaseCommand):
    """Fit the product's mastery models on outside answers and tell others by them."""

    help = "How well mastery tells the next answer (learner,skill,item,correct,position)."
    # Neither pages nor the database are used, so nothing of them is loaded and checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take both files, the model, --forgetting and --json."""
        parser.add_argument("train", type=Path)
        parser.add_argument("test", type=Path)
        parser.add_argument("--model", choices=MODELS, default="bkt")
        parser.add_argument("--forgetting", action="store_true", help="let skills be forgotten")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report. Raises CommandError for a file that cannot be used."""
        try:
            report = mastery_report(
                read_answers(options["train"]),
                read_answers(options["test"]),
                model=options["model"],
                forgetting=options["forgetting"],
            )
        except KernelError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, allow_nan=False))
            return
        for name in ("n", "auc", "brier", "ece", "seconds"):
            self.stdout.write(f"{name}: {report[name]}")

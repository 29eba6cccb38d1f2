"""`manage.py reconcile [--attempts]`: whether attempts, logs, grades and progress agree."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Attempt
from assessments.queries.reconcile import mismatches
from assessments.queries.replay import differences

MOST_SHOWN = 50


class Command(BaseCommand):
    """Count what disagrees; with --attempts replay the log of every attempt besides."""

    help = "Compare attempts, logs, grades and progress. Fails when something disagrees."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --attempts, and --quiz to limit it."""
        parser.add_argument("--attempts", action="store_true", help="replay every attempt")
        parser.add_argument("--quiz", default="", help="only attempts at this quiz (its id)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a count per kind; raises CommandError when one is not 0."""
        found = mismatches()
        for words, count in found.items():
            self.stdout.write(f"{count} {words}")
        wrong = sum(found.values())
        if options["attempts"] or options["quiz"]:
            wrong += self._replayed(options["quiz"])
        if wrong:
            msg = f"{wrong} disagreements."
            raise CommandError(msg)

    def _replayed(self, quiz: str) -> int:
        rows = Attempt.objects.filter(quiz__public_id=quiz) if quiz else Attempt.objects.all()
        count = 0
        for count, one in enumerate(differences(rows), start=1):
            if count <= MOST_SHOWN:
                where = "" if one.ordinal is None else f" question {one.ordinal}"
                self.stdout.write(f"attempt {one.attempt}{where}: {one.name} is not its log's")
        total = rows.count()
        self.stdout.write(f"{count} fields of {total} attempts that their log says otherwise")
        return count

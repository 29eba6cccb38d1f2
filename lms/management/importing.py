"""What the commands that import learning share: who teaches, progress, undoing, the end."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from analytics.models import LearningImport
from analytics.services.learning_import import undo_import
from lms.kernel import actors

ACTOR = actors.system("import of learning")
SHOWN = 20


class ImportCommand(BaseCommand):
    """Options and output of an import."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --teacher, --undo and the word that production asks for."""
        parser.add_argument("--teacher", default="", help="address of who teaches the courses")
        parser.add_argument("--undo", default="", help="take the import of this id away again")
        parser.add_argument(
            "--in-production", action="store_true", help="run even where LMS_MODE is production"
        )

    def ready(self, options: dict[str, Any]) -> bool:
        """Whether to import; False once an import was undone. Raises CommandError."""
        if settings.PRODUCTION and not options["in_production"]:
            msg = "This makes courses and people. Add --in-production if you mean it."
            raise CommandError(msg)
        if not options["undo"]:
            return True
        row = LearningImport.objects.filter(public_id=options["undo"]).first()
        if row is None:
            msg = f"There is no import {options['undo']}."
            raise CommandError(msg)
        gone = undo_import(actor=ACTOR, row=row)
        self.stdout.write(f"Import {row.public_id} is undone; {gone} events went.")
        return False

    def teacher(self, address: str) -> User:
        """The person of an address. Raises CommandError."""
        found = User.objects.filter(email__iexact=address, is_active=True).first()
        if found is None:
            msg = "Name somebody who teaches: --teacher ADDRESS."
            raise CommandError(msg)
        return found

    def tell(self, row: LearningImport) -> None:
        """How far it is."""
        self.stdout.write(f"{row.done} lines, {row.events} events, {row.grades} grades")

    def close(self, row: LearningImport) -> None:
        """What came of it."""
        for line, words in row.problems[:SHOWN]:
            self.stderr.write(f"line {line}: {words}")
        if row.refused > SHOWN:
            self.stderr.write(f"… {row.refused} lines were refused in all.")
        self.stdout.write(
            f"Import {row.public_id}: {row.courses.count()} courses, {row.events} events, "
            f"{row.grades} grades, {row.refused} lines refused. "
            f"Take it away again with --undo {row.public_id}"
        )

"""`manage.py reindex_ai [slug …]`: bring what the tutor reads after what is published."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Index the published lessons and FAQ entries of courses for the tutor."""

    help = "Bring the tutor's index after the published lessons; name courses to limit it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take courses by their slug."""
        parser.add_argument("slugs", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many chunks were written per course. Raises CommandError for an unknown one."""
        from ai.services.index_jobs import index_every_course
        from lms.kernel.actors import system

        slugs: list[str] = options["slugs"]
        done = dict(index_every_course(system("reindex_ai"), slugs))
        unknown = sorted(set(slugs) - set(done))
        if unknown:
            msg = f"There is no course {', '.join(unknown)}."
            raise CommandError(msg)
        for slug, count in done.items():
            self.stdout.write(f"{slug}: {count}")

"""``manage.py backup FILE``: the trial's data folder in one archive (see docs/backup.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from lms.kernel import clock
from lms.management.data_folder import ArchiveError, write_archive


def refuse_other_databases() -> None:
    """Raise CommandError unless the database is SQLite in the data folder."""
    if connection.vendor != "sqlite":
        message = "The database is PostgreSQL: use pg_dump and pg_restore as docs/backup.md shows."
        raise CommandError(message)


class Command(BaseCommand):
    """Write one archive with the database, the uploads, the mail and the secret."""

    help = "Save the trial's data into one .tar.gz file. May run while Cairn does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write")
        parser.add_argument("--force", action="store_true", help="overwrite an existing file")

    def handle(self, *_args: Any, **options: Any) -> None:
        refuse_other_databases()
        target: Path = options["file"].resolve()
        if target.exists() and not options["force"]:
            message = f"{target} exists already; name another file or add --force."
            raise CommandError(message)
        applied = [
            f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
        ]
        try:
            entries = write_archive(
                Path(settings.DATA_DIR), target, migrations=applied, at=clock.now().isoformat()
            )
        except ArchiveError as problem:
            raise CommandError(str(problem)) from problem
        size = target.stat().st_size / 1e6
        self.stdout.write(f"{target}: {len(entries)} files, {size:.1f} MB")

"""``manage.py restore FILE``: an archive of ``backup`` in place of the data folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from lms.kernel import clock
from lms.management.commands.backup import refuse_other_databases
from lms.management.data_folder import ArchiveError, DataInUseError, restore_archive


class Command(BaseCommand):
    """Check an archive, then swap it in; the old data folder is kept beside the new one."""

    help = "Bring back what `backup` saved. Refused while Cairn runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to read")

    def handle(self, *_args: Any, **options: Any) -> None:
        refuse_other_databases()
        connections.close_all()
        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
        stamp = clock.now().strftime("%Y%m%d-%H%M%S")
        data = Path(settings.DATA_DIR)
        try:
            aside = restore_archive(options["file"].resolve(), data, known=known, stamp=stamp)
        except (ArchiveError, DataInUseError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Restored into {data}. Start Cairn with `make run`.")
        if aside is not None:
            self.stdout.write(f"What was there before is kept in {aside}.")

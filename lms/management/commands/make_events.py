"""`manage.py make_events --events 10000000 --learners 10000 --courses 50 --days 365`."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analytics.services.scale import forget_generated, make_events
from lms.kernel import actors
from lms.kernel.errors import Invalid


class Command(BaseCommand):
    """Fill the event table with invented learning, to measure at the size of a large site."""

    help = "Write invented events of invented people in bulk; --remove takes them away again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the sizes, the seed, --remove and the word that production asks for."""
        parser.add_argument("--events", type=int, default=100_000)
        parser.add_argument("--learners", type=int, default=1_000)
        parser.add_argument("--courses", type=int, default=10)
        parser.add_argument("--days", type=int, default=180)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--remove", action="store_true", help="take generated rows away")
        parser.add_argument(
            "--in-production", action="store_true", help="run even where LMS_MODE is production"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or remove, and say how fast. Raises CommandError for what cannot be done."""
        if settings.PRODUCTION and not options["in_production"]:
            msg = (
                "This fills the database with invented events. Add --in-production if you mean it."
            )
            raise CommandError(msg)
        actor = actors.system("make_events")
        if options["remove"]:
            self.stdout.write(f"{forget_generated(actor=actor)} events removed.")
            return
        began = time.monotonic()
        sizes = {name: options[name] for name in ("events", "learners", "courses", "days", "seed")}
        try:
            made = make_events(actor=actor, told=self._tell, **sizes)
        except Invalid as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{made.events} events of {made.learners} learners in {made.courses} courses "
            f"in {seconds:.1f} s ({made.events / max(seconds, 0.001):,.0f} a second)."
        )

    def _tell(self, written: int) -> None:
        if written % 1_000_000 == 0:
            self.stdout.write(f"{written} written")

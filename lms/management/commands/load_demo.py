"""`manage.py load_demo`: two courses, forty-six people and twelve weeks of learning."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Fill an empty trial; on a database with courses it does nothing."""

    help = "Load the demo's people, courses and months of activity into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="load the demo beside courses that are there"
        )

    def handle(self, *_args: str, force: bool = False, **_options: Any) -> None:
        from accounts.models import User
        from courses.models import Course
        from lms.management.demo_loading import load
        from lms.management.demo_people import load_people

        if settings.PRODUCTION:
            # Its passwords are printed for everybody to see.
            message = "The demo is for trials and tests only (LMS_MODE is production)."
            raise CommandError(message)
        if Course.objects.exists() and not force:
            self.stdout.write("There are courses already; the demo stays out.")
            return
        addresses = [person.email for person in load_people().everyone]
        if User.objects.filter(email__in=addresses).exists():
            message = "The demo's people are here already; it is loaded once."
            raise CommandError(message)
        done = load(say=self.stdout.write)
        self.stdout.write(
            f"Loaded {done.people} people, {done.courses} courses, {done.deeds} deeds "
            f"and {done.drafts} drafts to review."
        )

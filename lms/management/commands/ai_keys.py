"""`manage.py ai_keys`: seal the keys of AI providers under the newest secret."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ai.services.connection import reseal_keys
from lms.kernel.actors import system


class Command(BaseCommand):
    """Seal every stored key again, so that an old LMS_SECRET_KEY can be taken out."""

    help = "Seal the keys of AI providers under the newest secret."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print how many were sealed. Raises CommandError naming those that cannot be read."""
        done, lost = reseal_keys(actor=system("ai_keys"))
        self.stdout.write(f"sealed: {done}")
        if lost:
            msg = f"Cannot be read, enter them again: {', '.join(lost)}"
            raise CommandError(msg)

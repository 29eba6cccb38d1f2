"""`manage.py reindex [kind …]`: write the search documents anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.kernel.search import indexed_kinds, reindex


class Command(BaseCommand):
    """Write every search document anew from the apps' indexers."""

    help = "Write the search documents anew; name kinds to limit it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take kinds by name."""
        parser.add_argument("kinds", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a count per kind. Raises CommandError for an unknown kind."""
        known = indexed_kinds()
        kinds: list[str] = options["kinds"] or known
        unknown = sorted(set(kinds) - set(known))
        if unknown:
            msg = f"There is nothing called {', '.join(unknown)}; there are: {', '.join(known)}."
            raise CommandError(msg)
        for kind, count in reindex(kinds).items():
            self.stdout.write(f"{kind}: {count}")

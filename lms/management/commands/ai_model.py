"""`manage.py ai_model`: a language model on this machine, installed, listed and served."""

import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ai.gateway.local import serve
from ai.gateway.provider import ProviderUnavailable
from ai.gateway.weights import KNOWN, WeightsRefused, install, installed, path_of

MEGABYTE = 1_000_000
TOLD_EVERY = 100 * MEGABYTE


class Command(BaseCommand):
    """Install weights proved by their SHA-256, say what is here, serve one on loopback."""

    help = "Install, list or serve a language model on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="what is here and what is known")
        bring = acts.add_parser("install", help="bring weights and prove them")
        bring.add_argument("name")
        bring.add_argument("--from", dest="source", default="", help="a path or an https address")
        bring.add_argument("--sha256", default="", help="of the file, for names that are not known")
        acts.add_parser("serve", help="serve until stopped").add_argument("name")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the act. Raises CommandError in words."""
        data = Path(settings.DATA_DIR)
        try:
            if options["act"] == "list":
                self._list(data)
            elif options["act"] == "install":
                path = install(
                    data,
                    options["name"],
                    source=options["source"],
                    sha256=options["sha256"],
                    say=self._progress,
                )
                self.stdout.write(f"installed: {path}")
            else:
                self._serve(data, options["name"])
        except (WeightsRefused, ProviderUnavailable) as problem:
            raise CommandError(str(problem)) from problem

    def _list(self, data: Path) -> None:
        here = installed(data)
        for name in sorted({*here, *KNOWN}):
            known = KNOWN.get(name)
            words = f"{known.title}, {known.size // MEGABYTE} MB, {known.licence}" if known else ""
            self.stdout.write(f"{name:<24} {'installed' if name in here else '-':<10} {words}")

    def _serve(self, data: Path, name: str) -> None:
        path = path_of(data, name)
        if not path.exists():
            msg = f"{name} is not here: manage.py ai_model install {name}"
            raise CommandError(msg)
        # Blocked in all threads to come, so that the wait for a signal gets it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        serve(path, data, say=self._say)

    def _progress(self, done: int) -> None:
        if done % TOLD_EVERY < MEGABYTE:
            self._say(f"{done // MEGABYTE} MB")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

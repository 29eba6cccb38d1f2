"""``manage.py trial``: everything Cairn needs, on this machine, by one command."""

import os
import socket
import sys
import threading
import time
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.error import URLError

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from lms.management.data_folder import DataInUseError, only_one
from lms.management.supervisor import Program, Supervisor

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
READY_SECONDS = 120.0
DEMO_PEOPLE = ("admin@example.com", "instructor@example.com", "student@example.com")
DEMO_PASSWORD = "demo-cairn-2026"  # noqa: S105 - printed on the screen of the trial
FOLDERS = ("broker/queue", "broker/control", "broker/done", "beat", "mail", "media", "cache")


def programs(port: int, data: Path) -> list[Program]:
    """The programs of the trial; the AI queue has a worker of its own (J6).

    A fifth runs the language model that AI_LOCAL_MODEL names.
    """
    # In a throw-away container one often is root; Celery's five lines about it would bury the rest.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = [sys.executable, *quiet, "-m", "celery", "-q", "-A", "lms.celery"]
    worker = [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle", "-l", "WARNING"]
    web = [sys.executable, "-m", "uvicorn", "lms.asgi:application", "--host", HOST]
    web += ["--port", str(port), "--lifespan", "off", "--no-access-log", "--no-proxy-headers"]
    web += ["--ws", "lms.websocket:RoomProtocol", "--ws-per-message-deflate", "false"]
    web += ["--timeout-graceful-shutdown", "5", "--log-level", "warning"]
    env = {
        "LMS_MODE": "trial",
        "LMS_PUBLIC_URL": os.environ.get("LMS_PUBLIC_URL") or f"http://{HOST}:{port}",
        "LMS_LOG_LEVEL": os.environ.get("LMS_LOG_LEVEL") or "WARNING",
        "PYTHONUNBUFFERED": "1",
    }
    schedule = str(data / "beat" / "schedule")
    local = settings.AI["local_model"]
    manage = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]
    return [
        Program("web", web, env),
        Program("beat", [*celery, "beat", "-s", schedule, "--pidfile=", "-l", "WARNING"], env),
        Program("worker", [*worker, "-n", "worker@cairn", "-Q", "default,grading,mail"], env),
        Program("ai", [*worker, "-n", "ai@cairn", "-Q", "ai,analytics"], env),
        *([Program("model", [*manage, "ai_model", "serve", local], env)] if local else []),
    ]


def refuse_taken_port(port: int) -> None:
    """Raise CommandError when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            message = (
                f"Port {port} of {HOST} cannot be used ({problem.strerror}). "
                f"Choose another: PORT={port + 1} make run"
            )
            raise CommandError(message) from problem


class Command(BaseCommand):
    """Migrate, load the demo into an empty database, then run until told to stop."""

    help = "Run web, beat and workers on this machine with all state in the data folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port",
            type=int,
            default=int(os.environ.get("PORT") or DEFAULT_PORT),
            help="port of the loopback address to serve on (default: PORT, else 8000)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.LMS_MODE != "trial":
            message = "The trial needs LMS_MODE=trial; `make run` sets it."
            raise CommandError(message)
        port, data = options["port"], Path(settings.DATA_DIR)
        refuse_taken_port(port)
        for folder in FOLDERS:
            (data / folder).mkdir(parents=True, exist_ok=True)
        try:
            with only_one(data):
                self._prepare()
                status = self._serve(port, data)
        except DataInUseError as problem:
            raise CommandError(str(problem)) from problem
        if status:
            raise SystemExit(status)

    def _prepare(self) -> None:
        from accounts.models import User

        self._say("Preparing the database.")
        call_command("migrate", verbosity=0, interactive=False)
        if not User.objects.exists():
            self._say("The database is empty: loading the demo.")
            call_command("load_demo")

    def _serve(self, port: int, data: Path) -> int:
        from django.db import connections

        logins = self._demo_logins()
        connections.close_all()

        def announce() -> None:
            waiter = threading.Thread(target=self._announce, args=(port, logins), daemon=True)
            waiter.start()

        supervisor = Supervisor(
            programs(port, data),
            say=self._say,
            colour=self.stdout.isatty() and "NO_COLOR" not in os.environ,
            on_start=announce,
        )
        return supervisor.run()

    def _demo_logins(self) -> list[str]:
        from accounts.models import User

        known = set(User.objects.filter(email__in=DEMO_PEOPLE).values_list("email", flat=True))
        return [email for email in DEMO_PEOPLE if email in known]

    def _announce(self, port: int, logins: list[str]) -> None:
        """Wait until the site answers, then say where it is and who may sign in."""
        address = f"http://{HOST}:{port}"
        if not is_ready(f"{address}/readyz", READY_SECONDS):
            self._say(f"Cairn does not answer at {address} yet; the lines above may tell why.")
            return
        lines = ["", f"  Cairn is ready:  {address}/"]
        lines += [f"    {email:<26} {DEMO_PASSWORD}" for email in logins]
        lines += [f"  Mail lands at    {address}/trial/mail/"]
        lines += ["  Stop it with     Ctrl-C; everything stays in the data folder", ""]
        self._say("\n".join(lines))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def is_ready(url: str, seconds: float) -> bool:
    """Ask until the address answers 200; False when the seconds have passed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback only
                if answer.status == 200:
                    return True
        except (URLError, OSError):
            pass
        time.sleep(0.3)
    return False

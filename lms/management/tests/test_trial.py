"""The parts of the trial command; the whole of it runs under the browser tests."""

import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from lms.management.commands import backup
from lms.management.commands.trial import is_ready, programs, refuse_taken_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def site() -> Iterator[Callable[[int], str]]:
    servers: list[HTTPServer] = []

    def serve(status: int) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Answer))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_taken_port_is_refused_with_a_way_on(taken: int) -> None:
    with pytest.raises(CommandError) as refused:
        refuse_taken_port(taken)
    assert f"Port {taken} of 127.0.0.1 cannot be used" in str(refused.value)
    assert f"PORT={taken + 1} make run" in str(refused.value)


def test_free_port_is_accepted(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    refuse_taken_port(free)
    assert free != taken


def test_programs_listen_on_loopback_and_keep_queues_apart(tmp_path: Path) -> None:  # J6
    by_name = {program.name: list(program.argv) for program in programs(8123, tmp_path)}
    assert list(by_name) == ["web", "beat", "worker", "ai"]
    web = by_name["web"]
    assert web[web.index("--host") + 1] == "127.0.0.1"
    assert web[web.index("--port") + 1] == "8123"
    queues = [by_name[name][by_name[name].index("-Q") + 1] for name in ("worker", "ai")]
    assert queues == ["default,grading,mail", "ai,analytics"]
    assert "-B" not in by_name["worker"] + by_name["ai"]


def test_the_language_model_that_is_named_runs_too(tmp_path: Path, settings: Settings) -> None:
    settings.AI = {**settings.AI, "local_model": "own"}
    last = programs(8123, tmp_path)[-1]
    assert (last.name, list(last.argv)[-3:]) == ("model", ["ai_model", "serve", "own"])


def test_programs_know_the_address_they_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LMS_PUBLIC_URL", raising=False)
    assert {p.env["LMS_PUBLIC_URL"] for p in programs(8123, tmp_path)} == {"http://127.0.0.1:8123"}
    monkeypatch.setenv("LMS_PUBLIC_URL", "https://learn.example.org")
    assert {p.env["LMS_PUBLIC_URL"] for p in programs(8123, tmp_path)} == {
        "https://learn.example.org"
    }


def test_readiness_waits_for_200(site: Callable[[int], str], taken: int) -> None:
    assert is_ready(site(200), 5.0) is True
    assert is_ready(site(503), 0.5) is False


def test_trial_is_refused_outside_its_mode() -> None:
    with pytest.raises(CommandError, match="LMS_MODE=trial"):
        call_command("trial")


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_backup_commands_leave_postgresql_to_its_own_tools(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(backup, "connection", SimpleNamespace(vendor="postgresql"))
    with pytest.raises(CommandError, match="pg_dump"):
        call_command(command, str(tmp_path / "x.tar.gz"))
    assert list(tmp_path.iterdir()) == []

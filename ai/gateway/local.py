"""The model server on this machine: a llama.cpp server on loopback, and where it was last seen."""

import json
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from ai.gateway.chat import Endpoint
from ai.gateway.provider import ProviderUnavailable

STATE: Final = "ai-model.json"
HOST: Final = "127.0.0.1"
CONTEXT: Final = 4096  # tokens of one conversation
WINDOW: Final = 4_000  # characters of course text that fit beside the rest of a prompt


def running(folder: Path, timeout: float) -> Endpoint | None:
    """Where it listens, None when none runs."""
    try:
        state = json.loads((folder / STATE).read_text())
        os.kill(int(state["pid"]), 0)
        key, name = str(state["key"]), str(state["name"])
        return Endpoint(str(state["url"]), key, name, timeout, window=WINDOW)
    except (OSError, ValueError, TypeError, LookupError):
        return None


def serve(weights: Path, folder: Path, *, say: Callable[[str], None]) -> None:
    """Serve the weights on a free loopback port until SIGTERM or SIGINT, on one thread.

    A key that is new each time keeps other accounts of the machine out. Two threads on two busy
    cores wait for each other at every layer, so there is one. Raises ProviderUnavailable when
    llama.cpp is not installed.
    """
    try:
        import xllamacpp
    except ImportError as problem:
        raise ProviderUnavailable(
            "llama.cpp is not installed. Install Cairn with the extra 'local-llm'."
        ) from problem
    port, key = _free_port(), secrets.token_urlsafe(24)
    server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), weights, port, key))
    with _written(folder, {"url": f"http://{HOST}:{port}/v1", "key": key, "name": weights.stem}):
        say(f"{weights.stem} answers on port {port}.")
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    del server


def _parameters(params: Any, weights: Path, port: int, key: str) -> Any:
    params.model.path = str(weights)
    params.hostnames = [HOST]
    params.port = port
    params.api_keys = [key]
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.use_jinja = True
    params.ui = False
    params.model_alias = {weights.stem}
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    return params


@contextmanager
def _written(folder: Path, state: dict[str, str]) -> Iterator[None]:
    """Where it listens, readable by this account alone, for as long as it does."""
    goal = folder / STATE
    handle, held = tempfile.mkstemp(dir=folder)  # mode 600
    with os.fdopen(handle, "w") as out:
        json.dump({**state, "pid": os.getpid()}, out)
    Path(held).replace(goal)
    try:
        yield
    finally:
        with suppress(OSError):
            goal.unlink()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

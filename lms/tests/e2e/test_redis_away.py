"""Redis stopped for twenty seconds: pages and quiz saves work, the chat catches up afterwards."""

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from conftest import LEG
from lms.tests.e2e.api import Api
from lms.tests.e2e.stack import Stack, free_port, running
from lms.tests.e2e.test_faults import course_id, fresh_quiz

pytestmark = [pytest.mark.services, pytest.mark.slow]
AWAY_SECONDS = 20


class Redis:
    """A redis-server of the test's own; it keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on its port."""
        server = shutil.which("redis-server")
        assert server
        command = [server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [*command, "--dir", str(self.folder)], stdout=subprocess.DEVNULL
        )

    def stop(self) -> None:
        """Kill it as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    if LEG != "services":
        pytest.skip("runs in the leg on PostgreSQL and Redis")
    if not shutil.which("redis-server"):
        pytest.skip("there is no redis-server to stop on this machine")
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


def listen(stack: Stack, api: Api, course: str, last_seq: int) -> list[int]:
    """Join the room after `last_seq` and return the sequence numbers that were missed."""
    ticket = api.patiently("POST", "/ws-tickets/", {"course": course}).json()["ticket"]
    address = stack.url.replace("http", "ws") + f"/ws/courses/{course}/chat/?ticket={ticket}"
    with connect(address, open_timeout=20) as socket:
        socket.send(json.dumps({"type": "join", "last_seq": last_seq}))
        while True:
            frame = json.loads(socket.recv(timeout=20))
            if frame["type"] == "joined":
                return [one["seq"] for one in frame["missed"]]


def test_without_redis_nothing_stops_and_the_chat_catches_up(
    redis: Redis, tmp_path: Path
) -> None:  # R4 R7
    folder = tmp_path / "data"
    folder.mkdir()
    with running(folder, services=True, redis_url=f"redis://127.0.0.1:{redis.port}/0") as stack:
        teacher, learner = Api(stack, "instructor@example.com"), Api(stack, "student@example.com")
        course = course_id(teacher)
        quiz = fresh_quiz(teacher)
        attempt = learner.patiently("POST", "/attempts/", {"quiz": quiz["id"]}).json()
        seen = teacher.get(f"/messages/?room={course}&ordering=-seq")["results"][0]["seq"]
        redis.stop()
        sent, until, number = [], time.monotonic() + AWAY_SECONDS, 0
        while time.monotonic() < until:
            number += 1
            part = attempt["questions"][number % len(attempt["questions"])]["id"]
            path = f"/attempts/{attempt['id']}/answers/{part}/"
            saved = learner.patiently("PUT", path, {"answer": True, "seq": number})
            assert saved.status_code == 200, saved.text
            page = learner.client.get(f"{stack.url}/courses/")
            assert page.status_code == 200
            wish = {"room": course, "client_id": str(uuid.uuid4()), "body": f"message {number}"}
            answer = learner.patiently("POST", "/messages/", wish)
            assert answer.status_code == 201, answer.text
            sent.append(answer.json()["seq"])
            time.sleep(1)
        redis.start()
        missed: list[int] = []
        for _ in range(30):
            try:
                missed = listen(stack, teacher, course, seen)
            except (ConnectionClosed, OSError, TimeoutError):
                time.sleep(1)
            else:
                break
        assert missed == sent
        assert sent == list(range(sent[0], sent[0] + len(sent)))

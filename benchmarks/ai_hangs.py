"""Quiz autosave while the model hangs: its p95 beside that of calm rounds of the same run.

The whole product as `make run` starts it, on PostgreSQL and Redis where DATABASE_URL names one. In
every second round learners ask the tutor and a teacher has questions made, and the model says
nothing to any of them. Calm rounds stand between, so that a busy machine slows both alike.

`python -m benchmarks.ai_hangs`
"""

import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import percentile

ROUNDS, SECONDS, PAUSE, ASKING = 2, 8.0, 0.05, 6
# An endpoint that failed three times is left alone for a minute; then it is asked again.
REST = 62.0
MOST_WAIT = 15.0
MOST_RATIO = 1.5
HEADER = "| round | saves | p50 ms | p95 ms | asked of the model |\n|---|---|---|---|---|"
LEARNERS = ("student@example.com", "student2@example.com")


class Hanging:
    """A model server that takes every question and answers none."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, _send: Any) -> None:
        """One ASGI request."""
        if scope["type"] == "http":
            self.asked += 1
            while (await receive())["type"] != "http.disconnect":
                pass


def saves(learner: Any, attempt: dict[str, Any], first: int) -> list[float]:
    """Milliseconds of each save of a round, one after the other."""
    taken, until, number = [], time.monotonic() + SECONDS, first
    while time.monotonic() < until:
        number += 1
        part = attempt["questions"][number % len(attempt["questions"])]["id"]
        began = time.perf_counter()
        path = f"/attempts/{attempt['id']}/answers/{part}/"
        answer = learner.patiently("PUT", path, {"answer": number % 2 == 0, "seq": number})
        taken.append((time.perf_counter() - began) * 1000)
        answer.raise_for_status()
        time.sleep(PAUSE)
    return taken


class Askers:
    """Learners who ask the tutor, and what each answer took in seconds."""

    def __init__(self, people: list[Any], course: str) -> None:
        self.people, self.course = people, course
        self.took: list[float] = []

    def ask_once(self) -> None:
        """One question, to warm up."""
        self._ask(self.people[0])

    def _ask(self, person: Any) -> None:
        began = time.monotonic()
        wish = {"course": self.course, "message": "What is a sample, and why is it drawn?"}
        answer = person.client.post("/ai/tutor/", json=wish, timeout=60)
        answer.raise_for_status()
        self.took.append(time.monotonic() - began)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """So many of them wait for the tutor meanwhile."""
        threads = [
            threading.Thread(target=self._ask, args=(self.people[at % len(self.people)],))
            for at in range(ASKING)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        yield
        for thread in threads:
            thread.join()


def main() -> list[str]:
    """The rounds as a table, the ratio, and how long learners waited for the tutor."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    django.setup()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    from ai.tests.fake_model import serving
    from lms.tests.e2e.stack import running

    model = Hanging()
    services = bool(os.environ.get("DATABASE_URL"))
    with serving(model) as url, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"AI_BASE_URL": url, "AI_MODEL": "hanging"}
        with running(Path(folder) / "data", services=services) as stack:
            return measure(stack, model)


def measure(stack: Any, model: Hanging) -> list[str]:
    """Alternate calm rounds and rounds in which the model hangs."""
    from lms.tests.e2e.api import Api
    from lms.tests.e2e.test_faults import course_id, fresh_quiz

    teacher = Api(stack, "instructor@example.com")
    people = [Api(stack, email) for email in LEARNERS]
    for person in people:
        person.patiently("POST", "/ai/consent/", {"of_age": True}).raise_for_status()
    course, quiz = course_id(teacher), fresh_quiz(teacher)
    learner = Api(stack, LEARNERS[0])
    attempt = learner.patiently("POST", "/attempts/", {"quiz": quiz["id"]}).json()
    # The first question of a process loads libraries and a model of vectors: not measured here.
    saves(learner, attempt, 0)
    Askers(people, course).ask_once()
    askers = Askers(people, course)
    calm, hung, lines = list[float](), list[float](), [HEADER]
    for number in range(1, ROUNDS + 1):
        first = number * 10_000
        time.sleep(REST if number > 1 else 0)
        quiet = saves(learner, attempt, first)
        lines.append(_row(f"{number} calm", quiet, 0))
        before = model.asked
        wish = {"course": course, "kind": "single_choice", "count": 5, "difficulty": "easy"}
        teacher.patiently("POST", "/ai/generate-questions/", wish).raise_for_status()
        with askers.asking():
            busy = saves(learner, attempt, first + 5_000)
        lines.append(_row(f"{number} model hangs", busy, model.asked - before))
        calm, hung = calm + quiet, hung + busy
    ratio = percentile(sorted(hung), 0.95) / percentile(sorted(calm), 0.95)
    waited = max(askers.took)
    lines += [
        "",
        f"p95 with a hanging model / p95 calm: {ratio:.2f} (at most {MOST_RATIO})",
        f"longest wait for the tutor: {waited:.1f} s of {len(askers.took)} (at most {MOST_WAIT})",
    ]
    if not model.asked or ratio > MOST_RATIO or waited > MOST_WAIT:
        raise SystemExit("\n".join(lines))
    return lines


def _row(name: str, taken: list[float], asked: int) -> str:
    taken = sorted(taken)
    half, most = percentile(taken, 0.5), percentile(taken, 0.95)
    return f"| {name} | {len(taken)} | {half:.1f} | {most:.1f} | {asked} |"


if __name__ == "__main__":
    os.environ.setdefault("LMS_MODE", "test")
    print("\n".join(main()))
    sys.exit(0)

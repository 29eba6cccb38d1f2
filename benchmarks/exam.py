"""An exam: 200 students take a quiz of 30 questions at once, over HTTP, on PostgreSQL and Redis.

Everybody starts in the same moment, saves each answer as the page does, changes some, sends some
twice, and hands in; twenty of them hand in twenty times in parallel. Afterwards the database is
asked: every acknowledged answer is in the log, one submission and one grade each, the score that
the answers deserve. Then the same once more while the web processes are killed three times.

`python -m benchmarks.exam [--pace SECONDS] [--students N] [--prepared]`: seconds between two
answers; `--prepared` draws everybody's attempt before they start.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from benchmarks import database, load
from benchmarks.course_list import environment_of, granian, wait
from benchmarks.exam_students import Notes, Student, everybody

STUDENTS, QUESTIONS, PACE = 200, 30, 5.0
MANY = 20
NAME = "cairn_bench_exam"
RECONCILE = "from assessments.tasks import reconcile; print(reconcile())"
HEADER = "| what | requests | p50 / p95 / p99 ms |\n|---|---|---|"


class ExamFailed(Exception):
    """Something that was acknowledged is not what is stored."""


class Web:
    """The web processes of production, which may be killed and started again on their port."""

    def __init__(self, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environment = environment_of(url, self.port)
        self.ended_cpu = 0.0
        self.start()

    def start(self) -> None:
        """Start granian with two workers and wait until it answers."""
        self.process = subprocess.Popen(
            granian(self.port), env=self.environment, start_new_session=True
        )
        wait(f"http://127.0.0.1:{self.port}")

    @property
    def cpu(self) -> float:
        """CPU seconds of all web processes so far, also of those that were killed."""
        return self.ended_cpu + sum(map(load.cpu_seconds, load.family(self.process.pid)))

    def kill(self) -> None:
        """End every web process at once, as by kill -9."""
        self.ended_cpu = self.cpu
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=15)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def served(students: int, *, prepared: bool) -> Iterator[tuple[Web, dict[str, object]]]:
    """A fresh database with the course, and the web processes before it."""
    with database.empty(NAME) as url:
        made = subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.exam_course", str(students), str(QUESTIONS)),
                *(["prepared"] if prepared else []),
            ],
            env={
                **os.environ,
                "LMS_MODE": "trial",
                "DJANGO_SETTINGS_MODULE": "lms.settings",
                "DATABASE_URL": url,
            },
            check=True,
            capture_output=True,
            text=True,
        )
        web = Web(url)
        try:
            yield web, json.loads(made.stdout.splitlines()[-1])
        finally:
            web.stop()


def sit(name: str, students: int, pace: float, kills: int, *, prepared: bool = False) -> list[str]:
    """One exam from an empty database to the checks; lines of Markdown."""
    with served(students, prepared=prepared) as (web, course):
        notes = Notes()
        people = [
            Student(
                port=web.port,
                token=token,
                quiz=str(course["quiz"]),
                right=course["right"],  # type: ignore[arg-type]
                notes=notes,
                random=random.Random(number),
                pace=pace,
                submits=MANY if number < MANY else 1,
            )
            for number, token in enumerate(course["tokens"])  # type: ignore[arg-type]
        ]
        before = web.cpu, _postgres(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
        beside = (lambda: _kill(web, notes, students, kills)) if kills else None
        spent = asyncio.run(everybody(people, beside))
        app, known = web.cpu - before[0], before[1]
        database_cpu = sum(cpu - known.get(pid, 0.0) for pid, cpu in _postgres().items())
        client = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before[2]
        lines = [f"\n{name}\n", HEADER]
        lines += [_line(kind, taken) for kind, taken in notes.taken.items()]
        requests = sum(map(len, notes.taken.values()))
        lines.append(
            f"\n{requests} requests in {spent:.0f} s, {requests / spent:.0f} a second; CPU per"
            f" request {app * 1000 / requests:.2f} ms app + {database_cpu * 1000 / requests:.2f} ms"
            f" PostgreSQL (client {client * 1000 / requests:.2f} ms); load average"
            f" {os.getloadavg()[0]:.1f}."
        )
        if kills:
            lines.append(
                f"Killed {kills} times; {notes.broken} requests broke and were sent again."
            )
        return [*lines, *_checks(web.environment["DATABASE_URL"], people, notes)]


async def _kill(web: Web, notes: Notes, students: int, kills: int) -> None:
    """Kill the web processes each time another share of the answers is saved."""
    for number in range(1, kills + 1):
        await notes.reached(students * QUESTIONS * number // (kills + 1))
        await asyncio.to_thread(web.kill)
        await asyncio.to_thread(web.start)


def _postgres() -> dict[int, float]:
    return {pid: load.cpu_seconds(pid) for pid in load.processes_named(NAME)}


def _line(kind: str, taken: list[float]) -> str:
    taken = sorted(taken)
    figures = (f"{load.percentile(taken, share):.0f}" for share in (0.5, 0.95, 0.99))
    return f"| {kind} | {len(taken)} | {' / '.join(figures)} |"


def _checks(url: str, people: list[Student], notes: Notes) -> list[str]:
    """Compare what was acknowledged with what is stored; raises AssertionError."""
    _require(not notes.refused, f"refused: {notes.refused[:5]}")
    with psycopg.connect(url) as connection:
        stored = {
            (question, seq): answer
            for question, seq, answer in connection.execute(
                "SELECT q.public_id, s.seq, s.data -> 'answer' FROM assessments_attemptstep s"
                " JOIN assessments_attemptquestion q ON q.id = s.question_id"
                " WHERE s.kind = 'answer_saved'"
            )
        }
        attempts = {
            public_id: (score, state, submitted, grades, changes)
            for public_id, score, state, submitted, grades, changes in connection.execute(
                "SELECT a.public_id, a.score, a.state,"
                " (SELECT count(*) FROM assessments_attemptstep s"
                "  WHERE s.attempt_id = a.id AND s.kind = 'submitted'),"
                " (SELECT count(*) FROM assessments_grade g WHERE g.attempt_id = a.id),"
                " (SELECT count(*) FROM assessments_gradechange c WHERE c.attempt_id = a.id)"
                " FROM assessments_attempt a"
            )
        }
    acknowledged = [one for student in people for one in student.acknowledged]
    lost = [one for one in acknowledged if stored.get(one[:2], "nothing") != one[2]]
    _require(not lost, f"acknowledged and not stored: {lost[:5]}")
    _require(set(attempts) == {one.attempt for one in people}, "attempts that nobody began")
    for student in people:
        found = attempts[student.attempt]
        right = (float(found[0]), *found[1:]) == (student.expected, "released", 1, 1, 1)
        _require(right and student.score == student.expected, f"{student.attempt}: {found}")
    _require(_disagreements(url) == 0, "reconciliation found something")
    words = (
        f"Stored: all {len(acknowledged)} acknowledged answers. Submissions, grades and changes of"
        f" grades: one of each for each of {len(people)} students, with the score that their"
        " answers deserve. Nightly reconciliation: 0."
    )
    return [words]


def _require(true: bool, words: str) -> None:  # noqa: FBT001 - an assertion
    if not true:
        raise ExamFailed(words)


def _disagreements(url: str) -> int:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", RECONCILE],
        env={**os.environ, "LMS_MODE": "trial", "DATABASE_URL": url},
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout.split()[-1])


def main(arguments: list[str] | None = None) -> list[str]:
    """Run it; lines of Markdown for docs/performance.md."""
    parser = argparse.ArgumentParser(description="An exam of many students at once.")
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--pace", type=float, default=PACE, help="seconds between two answers")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--prepared", action="store_true", help="draw all attempts ahead")
    given = parser.parse_args(arguments)
    students, prepared = given.students, given.prepared
    name = f"{students} students, an answer every {given.pace:g} s:"
    lines = sit(name, students, given.pace, 0, prepared=prepared)
    if given.kills:
        name = f"The same, all web processes killed {given.kills} times:"
        lines += sit(name, students, given.pace, given.kills, prepared=prepared)
    return lines


if __name__ == "__main__":
    print("\n".join(main(sys.argv[1:])))

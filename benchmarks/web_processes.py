"""Web processes: seconds until the first answer, and the memory of each once they did everything.

`python -m benchmarks.web_processes`: granian as `cairn web` starts it, on PostgreSQL and Redis. The
memory is read after pages, API calls and answers of the tutor with vectors in every worker. The
peer in the same run is a Django project of one page on the same server. Fails where a process
takes more than 120 MB, starts in more than 3 s, or has loaded pandas, scikit-learn or the embedding
model.
"""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks import course_list, database, load

STARTS, QUESTIONS, LESSONS = 5, 60, 30
BARS = {"start_s": 3.0, "process_mb": 120.0}
LOADED_NOWHERE = ("pandas", "sklearn", "onnxruntime", "tokenizers")
PAGES = ("/", "/courses/", "/c/stones/", "/accounts/login/", "/api/v1/courses/", "/healthz")
STONES = (
    "granite",
    "basalt",
    "slate",
    "marble",
    "chalk",
    "flint",
    "marl",
    "gneiss",
    "tuff",
    "shale",
)


def fill() -> dict[str, str]:
    """A course that the tutor knows, and a learner's token; in a process of its own."""
    import django

    django.setup()
    from accounts.models import User
    from accounts.services.tokens import issue_token
    from ai.services.consent import give_consent
    from ai.services.indexing import index_course
    from courses.models import Enrolment
    from lms.kernel import actors

    people = [
        User.objects.create_user(f"{name}@bench.example", "a long enough phrase", name=name.title())
        for name in ("owner", "learner")
    ]
    course = written(people[0])
    Enrolment.objects.create(user=people[1], course=course)
    index_course(actor=actors.system("benchmark"), course=course)
    learner = actors.for_user(people[1])
    give_consent(actor=learner, of_age=True)
    token = issue_token(
        actor=learner, person=people[1], name="bench", scopes=actors.ALL_SCOPES, days=1
    )
    return {"token": token.text, "course": course.public_id}


def written(owner: Any) -> Any:
    """A published course with lessons."""
    from courses.models import Course, Enrolment, Lesson, Section
    from courses.services.lesson import publish_lesson, save_draft
    from lms.kernel import actors, clock

    system = actors.system("benchmark")
    course = Course.objects.create(
        slug="stones",
        title="Stones",
        state="published",
        published_at=clock.now(),
        enrolment_policy="open",
        created_by=owner,
    )
    section = Section.objects.create(course=course, title="Stones", ordinal=1)
    Enrolment.objects.create(user=owner, course=course, role="instructor")
    for number in range(LESSONS):
        lesson = Lesson.objects.create(
            course=course, section=section, title=f"Lesson {number}", ordinal=number, kind="text"
        )
        save_draft(actor=system, lesson=lesson, markdown=text_of(number))
        publish_lesson(actor=system, lesson=lesson)
    return course


def text_of(number: int) -> str:
    """The Markdown of a lesson: what its stone is like, in sentences of its own."""
    stone = STONES[number % len(STONES)]
    return "\n\n".join(
        f"The {stone} of quarry {number} lies in layer {layer}. People there cut {layer + 2} "
        f"blocks of {stone} a day and carry them to the river by cart."
        for layer in range(12)
    )


def asked(base: str, made: dict[str, str], number: int) -> bool:
    """Whether the tutor answered a question from the course."""
    stone = STONES[number % len(STONES)]
    wish = {"course": made["course"], "message": f"How is {stone} carried to the river?"}
    request = urllib.request.Request(
        f"{base}/api/v1/ai/tutor/",
        json.dumps(wish).encode(),
        {"Authorization": f"Bearer {made['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return stone in json.load(answer)["answer"].lower()


def first_answer(command: list[str], environment: dict[str, str], base: str) -> float:
    """Seconds from the start of a server until it answers."""
    began = time.perf_counter()
    with running(command, environment, base):
        taken = time.perf_counter() - began
        time.sleep(1)  # granian's workers miss a signal to end that comes while they start
    return taken


@contextmanager
def running(
    command: list[str], environment: dict[str, str], base: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A server that has answered once."""
    process = subprocess.Popen(command, env=environment)
    try:
        end = time.monotonic() + 60
        while not _answers(base):
            if process.poll() is not None or time.monotonic() > end:
                msg = f"{command[-1]} does not answer"
                raise TimeoutError(msg)
            time.sleep(0.01)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def starts(command: list[str], environment: dict[str, str], base: str) -> float:
    """The median of some starts, after one that fills the caches of the disk."""
    first_answer(command, environment, base)
    return median(first_answer(command, environment, base) for _ in range(STARTS))


def loaded(pid: int) -> list[str]:
    """Which of the libraries that belong elsewhere a process has mapped."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    return [name for name in LOADED_NOWHERE if f"/{name}/" in maps]


def main() -> list[str]:
    """Run it; lines of Markdown for docs/performance.md. Raises SystemExit above a bar."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    bare = bare_django(port)
    with database.empty("cairn_web") as url:
        made = json.loads(database.inside(url, "benchmarks.web_processes"))
        environment = course_list.environment_of(url, port) | {"LMS_THROTTLE": "no"}
        ours = course_list.granian(port)
        seconds = {
            "Cairn": starts(ours, environment, base),
            "bare Django": starts(bare, environment, base),
        }
        with running(bare, environment, base) as process:
            peer = [load.memory_mb(pid) for pid in load.family(process.pid)]
        with running(ours, environment, base) as process:
            time.sleep(8)  # until then what answers need is loaded
            right = use(base, made)
            vectors = load.processes_named("embedding_process")
            web = [pid for pid in load.family(process.pid) if pid not in vectors]
            sizes = [load.memory_mb(pid) for pid in web]
            shared = [load.memory_mb(pid) for pid in vectors]
            by_words = without_vectors(url)
            foreign = sorted({name for pid in web for name in loaded(pid)})
    lines = table(seconds, sizes, peer)
    lines += [told(right, by_words, shared, foreign)]
    if seconds["Cairn"] > BARS["start_s"] or max(sizes) > BARS["process_mb"] or foreign:
        sys.exit("\n".join([*lines, f"above a bar: {BARS}"]))
    if right < QUESTIONS or by_words or not shared:
        sys.exit("\n".join([*lines, "the tutor did not answer everything by vectors"]))
    return lines


def bare_django(port: int) -> list[str]:
    """The command of the peer: the same server with as many workers and threads."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    command += ["--workers-kill-timeout", "20", "--log-level", "warning"]
    return [*command, "benchmarks.peers.bare_django:application"]


def table(seconds: dict[str, float], sizes: list[float], peer: list[float]) -> list[str]:
    """Both servers beside each other, in Markdown."""
    return [
        "| | seconds to the first answer | MB of each process (PSS) |",
        "|---|---|---|",
        f"| Cairn, two workers | {seconds['Cairn']:.1f} | {_numbers(sizes)} |",
        f"| bare Django, two workers | {seconds['bare Django']:.1f} | {_numbers(peer)} |",
        "",
    ]


def told(right: int, by_words: int, shared: list[float], foreign: list[str]) -> str:
    """What the answers were found by, and what is loaded where."""
    return (
        f"{right} of {QUESTIONS} questions answered from the course, {by_words} of them found by "
        f"words alone. The process that holds the embedding model for all of them: "
        f"{_numbers(shared)} MB. "
        f"Loaded in a web process that should not be: {', '.join(foreign) or 'nothing'}."
    )


def use(base: str, made: dict[str, str]) -> int:
    """Ask for every page often and the tutor from eight sides; how many answers were right."""
    for _ in range(20):
        for path in PAGES:
            urllib.request.urlopen(base + path, timeout=30).read()
    # More at once than workers take, so that each worker has its share.
    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(lambda number: asked(base, made, number), range(QUESTIONS)))


def without_vectors(url: str) -> int:
    """How many answers were found by words alone, since there were no vectors."""
    told = "SELECT count(*) FROM kernel_eventrecord WHERE kind = %s AND (data->>'early')::boolean"
    with psycopg.connect(url) as connection:
        row = connection.execute(told, ["ai.tutor_answered"]).fetchone()
    return int(row[0]) if row else 0


def _numbers(values: list[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)


if __name__ == "__main__":
    if "--inside" in sys.argv:
        print(json.dumps(fill()))
    else:
        print("\n".join(main()))

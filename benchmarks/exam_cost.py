"""What a start, a save and handing in cost one process: queries, function calls, CPU.

Requests go through the WSGI application without a server, each learner of an exam of 30 questions
once as it is drawn at the start and once prepared. Queries and calls do not depend on how busy the
machine is; the CPU time does.

`python -m benchmarks.exam_cost`
"""

import cProfile
import io
import json
import os
import pstats
import subprocess
import sys
import time
from collections import defaultdict
from statistics import median
from typing import Any

from benchmarks import database
from benchmarks.course_list import environment_of

NAME, EACH, SAVES = "cairn_bench_cost", 6, 5
HEADER = "| what | queries | function calls | CPU ms |\n|---|---|---|---|"


def ask(application: Any, token: str, method: str, path: str, body: Any = None) -> Any:
    """The JSON of one request; raises RuntimeError unless it succeeds."""
    data = b"" if body is None else json.dumps(body).encode()
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:80",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    answer = application(environ, lambda status, _headers, _error=None: said.append(status))
    text = b"".join(answer)
    answer.close()
    if not said[0].startswith("2"):
        raise RuntimeError(f"{method} {path}: {said[0]} {text[:200]!r}")
    return json.loads(text)


class Costs:
    """What requests of each kind cost, one figure in each list for every request."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.queries: dict[str, list[int]] = defaultdict(list)
        self.calls: dict[str, list[int]] = defaultdict(list)
        self.cpu: dict[str, list[float]] = defaultdict(list)

    def request(self, kind: str, *, profiled: bool, **how: Any) -> Any:
        """Make a request and note its CPU, or its queries and calls: a profile costs time."""
        from django.db import connection

        if not profiled:
            began = time.process_time()
            found = ask(self.application, **how)
            self.cpu[kind].append((time.process_time() - began) * 1000)
            return found
        seen: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
            seen.append(sql)
            return execute(sql, params, many, context)

        profile = cProfile.Profile()
        with connection.execute_wrapper(note):
            profile.enable()
            found = ask(self.application, **how)
            profile.disable()
        self.queries[kind].append(len(seen))
        self.calls[kind].append(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]
        return found

    def sit(self, course: dict[str, Any], token: str, start: str, *, profiled: bool) -> None:
        """One learner's exam, with the first answers only."""
        how = {"token": token, "profiled": profiled}
        body = {"quiz": course["quiz"]}
        found = self.request(start, method="POST", path="/api/v1/attempts/", body=body, **how)
        here = f"/api/v1/attempts/{found['id']}"
        for one in found["questions"][:SAVES]:
            answer = {"answer": course["right"][one["stem"]], "seq": 1}
            path = f"{here}/answers/{one['id']}/"
            self.request("saving an answer", method="PUT", path=path, body=answer, **how)
        self.request("handing in", method="POST", path=f"{here}/submit/", **how)

    def lines(self) -> list[str]:
        """Medians, as rows of Markdown."""
        return [
            f"| {kind} | {median(self.queries[kind]):.0f} | {median(self.calls[kind]):,.0f} |"
            f" {median(self.cpu[kind]):.1f} |"
            for kind in self.queries
        ]


def measure(course: dict[str, Any]) -> list[str]:
    """The figures of a filled database; run in a process with the environment of production."""
    from assessments.models import Quiz
    from assessments.services.preparing import prepare_attempts
    from lms.wsgi import application

    costs, tokens = Costs(application), iter(course["tokens"])
    warm = Costs(application)
    warm.sit(course, next(tokens), "start", profiled=False)
    for start in ("start", "start, prepared"):
        if start != "start":
            prepare_attempts(quiz=Quiz.objects.get())
        for number in range(2 * EACH):
            costs.sit(course, next(tokens), start, profiled=number % 2 == 0)
    return [HEADER, *costs.lines()]


def main() -> list[str]:
    """Run it; lines of Markdown for docs/performance.md."""
    with database.empty(NAME) as url:
        environment = {**environment_of(url, 80), "DJANGO_SETTINGS_MODULE": "lms.settings"}
        command = [sys.executable, "-m", "benchmarks.exam_cost", "inside"]
        done = subprocess.run(
            command,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,  # what goes wrong is said at once
            text=True,
        )
    return done.stdout.splitlines()


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
        import django

        django.setup()
        from benchmarks.exam_course import main as fill

        print("\n".join(measure(fill(4 * EACH + 1, 30))))
    else:
        print("\n".join(main()))

"""Virtual students: each takes the quiz over HTTP and notes what the server acknowledged."""

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

API = "/api/v1"
PATIENCE_SECONDS = 120.0


class Line:
    """One keep-alive connection to the server, opened again after it broke."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of one request; raises OSError or EOFError when the line breaks."""
        try:
            return await self._ask(method, path, b"" if body is None else json.dumps(body).encode())
        except (OSError, EOFError):
            self.close()
            raise

    async def _ask(self, method: str, path: str, data: bytes) -> tuple[int, Any]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        reader, writer = self._streams
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: Bearer {self.token}\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        answer = await reader.readuntil(b"\r\n\r\n")
        size = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        text = await reader.readexactly(size)
        return int(answer[9:12]), json.loads(text) if text else None

    def close(self) -> None:
        """End the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclass
class Notes:
    """What all students saw: latencies in ms by kind, requests that broke, refusals."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    broken: int = 0
    refused: list[str] = field(default_factory=list)
    saved: int = 0
    _marks: list[tuple[int, asyncio.Event]] = field(default_factory=list)

    def count(self) -> None:
        """One more answer is acknowledged."""
        self.saved += 1
        for most, event in self._marks:
            if self.saved >= most:
                event.set()

    async def reached(self, count: int) -> None:
        """Until so many answers are acknowledged."""
        event = asyncio.Event()
        self._marks.append((count, event))
        await event.wait()


@dataclass
class Student:
    """One student with their own token.

    `acknowledged` lists (question id, seq, answer) in the order of the server's words; `score` is
    what the server said after handing in.
    """

    port: int
    token: str
    quiz: str
    right: dict[str, Any]
    notes: Notes
    random: random.Random
    pace: float
    submits: int = 1
    attempt: str = ""
    acknowledged: list[tuple[str, int, Any]] = field(default_factory=list)
    expected: int = 0
    score: float | None = None

    async def sit(self, start: asyncio.Event) -> None:
        """The whole exam: start when everybody does, answer, hand in."""
        line = Line(self.port, self.token)
        await start.wait()
        try:
            found = await self._persist(
                "start", line, "POST", f"{API}/attempts/", {"quiz": self.quiz}
            )
            self.attempt = found["id"]
            for question in found["questions"]:
                await asyncio.sleep(self.pace * self.random.uniform(0.5, 1.5))
                await self._answer(line, question)
            await self._hand_in(line)
        finally:
            line.close()

    async def _answer(self, line: Line, question: dict[str, Any]) -> None:
        """Answer, sometimes change one's mind, sometimes send twice or out of order."""
        path = f"{API}/attempts/{self.attempt}/answers/{question['id']}/"
        correct = self.random.random() < 0.7
        seq, given = 1, self._choice(question, correct=correct)
        await self._save(line, path, question["id"], seq, given)
        if self.random.random() < 0.15:
            seq, correct = 2, not correct
            given = self._choice(question, correct=correct)
            await self._save(line, path, question["id"], seq, given)
        if self.random.random() < 0.1:  # the same again, as after an answer that was not heard
            await self._save(line, path, question["id"], seq, given)
        if seq == 2 and self.random.random() < 0.3:
            status, _ = await self._try(line, "PUT", path, {"answer": given, "seq": 1})
            self._expect(status == 409, f"a stale answer got {status}")
        self.expected += correct

    async def _save(self, line: Line, path: str, question: str, seq: int, given: Any) -> None:
        body = {"answer": given, "seq": seq}
        found = await self._persist("autosave", line, "PUT", path, body)
        self._expect(found.get("seq") == seq, f"acknowledged {found}, not {seq}")
        self.acknowledged.append((question, seq, given))
        self.notes.count()

    async def _hand_in(self, line: Line) -> None:
        """Once, or many times in parallel; every answer must say the same score."""
        path = f"{API}/attempts/{self.attempt}/submit/"
        others = [Line(self.port, self.token) for _ in range(self.submits - 1)]
        kind = "submit" if self.submits == 1 else f"submit x {self.submits} in parallel"
        found = await asyncio.gather(
            *(self._persist(kind, one, "POST", path) for one in (line, *others))
        )
        for one in others:
            one.close()
        scores = {one["score"] for one in found}
        self._expect(len(scores) == 1, f"parallel submits said {scores}")
        self.score = float(scores.pop())

    def _choice(self, question: dict[str, Any], *, correct: bool) -> Any:
        right = self.right[question["stem"]]
        if correct:
            return right
        wrong = (
            [one["id"] for one in question["options"] if one["id"] not in right]
            if (question["options"])
            else []
        )
        return {
            "single_choice": lambda: wrong[0],
            "multiple_choice": lambda: wrong[:1],
            "true_false": lambda: not right,
            "short_answer": lambda: "Lima",
            "numeric": lambda: "300",
        }[question["kind"]]()

    async def _persist(
        self, kind: str, line: Line, method: str, path: str, body: Any = None
    ) -> dict[str, Any]:
        """Ask until it is answered with success, as the page does; the last try is timed."""
        status, found = await self._try(line, method, path, body, kind)
        self._expect(status in {200, 201}, f"{kind} got {status}: {found}")
        return found if isinstance(found, dict) else {}

    async def _try(
        self, line: Line, method: str, path: str, body: Any = None, kind: str = ""
    ) -> tuple[int, Any]:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            began = time.perf_counter()
            try:
                status, found = await line.ask(method, path, body)
            except (OSError, EOFError):
                status, found = 0, None
            if status and status < 500:
                if kind:
                    self.notes.taken[kind].append((time.perf_counter() - began) * 1000)
                return status, found
            self.notes.broken += 1
            if time.monotonic() > until:
                return status, found
            await asyncio.sleep(self.random.uniform(0.1, 0.4))

    def _expect(self, true: bool, words: str) -> None:  # noqa: FBT001 - an assertion
        if not true:
            self.notes.refused.append(words)


async def everybody(
    students: list[Student], beside: Callable[[], Awaitable[None]] | None = None
) -> float:
    """Let all sit the exam at once; the seconds it took. `beside` runs meanwhile."""
    start = asyncio.Event()
    tasks = [asyncio.create_task(one.sit(start)) for one in students]
    await asyncio.sleep(0.5)
    began = time.perf_counter()
    start.set()
    other = asyncio.ensure_future(beside()) if beside else None
    await asyncio.gather(*tasks)
    spent = time.perf_counter() - began
    if other is not None:
        await other
    return spent

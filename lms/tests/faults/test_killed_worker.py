"""A real Celery worker killed in the middle of generating: another finishes, nothing twice (J2).

Questions and teaching material are made side by side by two processes of the worker that dies.
"""

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ai.tests.fault_proxy import Send, running_proxy
from ai.tests.writing_server import WritingServer
from conftest import LEG
from lms.tests.e2e.stack import database
from lms.tests.faults.site import HELD, SPENT, USED, Site, kill, signal_all, until

COUNT = 25
WINDOWS = 6
SEED = """
import json
from accounts.models import User
from ai.enums import ContentKind, QuestionKind
from ai.services.content import ContentWish, request_content
from ai.services.generation import Wish, request_questions
from ai.tests.passages import ALL
from lms.kernel import actors
person = User.objects.create_user("teacher@example.com", "a long enough phrase")
User.objects.filter(pk=person.pk).update(site_role="instructor")
person.refresh_from_db()
teacher, text = actors.for_user(person), "\\n\\n".join(ALL.values())
questions = Wish(kind=QuestionKind.SINGLE_CHOICE, count=%d, content=text)
parts = "\\n\\n".join(f"Part {n} is told here. " + "It has many words. " * 235 for n in range(%d))
material = ContentWish(kind=ContentKind.SIMPLER, content=parts)
jobs = [
    request_questions(actor=teacher, wish=questions), request_content(actor=teacher, wish=material)
]
print(json.dumps([job.pk for job in jobs]))
"""
PIECES = "select ordinal, id, markdown from ai_contentpiece order by ordinal"


@dataclass
class SlowModel(WritingServer):
    """Writes material after `pause` seconds; has no usable question, after as long.

    `asked` and `written` count the requests for material and those that got their answer. While
    `held`, nothing is answered at all, so that every caller can be found in the middle of a call.
    """

    pause: float = 4.0
    held: bool = False
    asked: int = 0
    written: int = 0

    async def _none(self, path: str, body: bytes, send: Send) -> None:
        material = b"source blocks" in body
        self.asked += material
        await asyncio.sleep(self.pause)
        while self.held:  # noqa: ASYNC110 - the test's thread ends it
            await asyncio.sleep(0.05)
        if not material:
            await self._garbage(path, body, send)
            return
        await super()._none(path, body, send)
        self.written += 1


@pytest.fixture
def slow_model() -> Iterator[SlowModel]:
    with running_proxy("http://127.0.0.1:9", SlowModel) as proxy:
        assert isinstance(proxy, SlowModel)
        yield proxy


@pytest.fixture
def site(tmp_path: Path, slow_model: SlowModel) -> Iterator[Site]:
    with database(services=LEG == "services", redis_url="") as stores:
        yield Site(tmp_path, slow_model.url, stores)


def states(site: Site) -> Counter[tuple[object, ...]]:
    """How many jobs are in which state, in which attempt."""
    return Counter(site.ask("select state, attempt from kernel_job where kind like 'ai.generate%'"))


@pytest.mark.slow
def test_another_worker_finishes_within_a_minute_without_a_duplicate(
    site: Site, slow_model: SlowModel
) -> None:
    site.manage("migrate", "-v0")
    worker = ["worker", "-l", "info", "-c", "2", "-Q", "default,ai"]
    worker += ["--without-gossip", "--without-mingle"]
    with (
        site.celery("beat", "-s", site.schedule, "--pidfile="),
        site.celery(*worker, "-n", "second@cairn") as second,
    ):
        until(lambda: b"second@cairn ready" in site.log.read_bytes(), 90)
        signal_all(second, signal.SIGSTOP)  # it is there, and the first one gets the jobs
        assert len(json.loads(site.manage("shell", "-v0", "-c", SEED % (COUNT, WINDOWS)))) == 2
        with site.celery(*worker, "-n", "first@cairn") as first:
            until(lambda: len(site.drafts()) >= 5 and bool(site.ask(PIECES)), 120)
            # Both in the middle of a call: asked, and not answered.
            slow_model.held = True
            until(lambda: slow_model.asked > slow_model.written and site.figure(HELD) == 2, 20)
            kill(first)
            killed = time.monotonic()
            slow_model.pause, slow_model.held = 0, False  # the minute is for finding and finishing
            signal_all(second, signal.SIGCONT)
            first.wait(10)
            drafts, pieces = site.drafts(), site.ask(PIECES)
            assert states(site) == {("running", 1): 2}
            assert 5 <= len(drafts) < COUNT
            assert 1 <= len(pieces) < WINDOWS
            until(lambda: states(site) == {("succeeded", 2): 2}, 120)
            took = time.monotonic() - killed
    assert took < 60
    assert_no_question_twice(site, drafts)
    assert_no_piece_twice(site, pieces)
    assert_spend_counted_once(site, slow_model)


def assert_no_question_twice(site: Site, kept: list[tuple[object, ...]]) -> None:
    after = site.drafts()
    stems = [json.loads(str(row[2]))["stem"] for row in after]
    assert after[: len(kept)] == kept
    assert [row[0] for row in after] == list(range(1, COUNT + 1))
    assert len(set(stems)) == COUNT


def assert_no_piece_twice(site: Site, kept: list[tuple[object, ...]]) -> None:
    after = site.ask(PIECES)
    assert after[: len(kept)] == kept
    assert len({row[2] for row in after}) == len(after) == WINDOWS


def assert_spend_counted_once(site: Site, model: SlowModel) -> None:
    """Each call is in the ledger once, a killed one at its prompt: its answer was never seen."""
    assert site.figure(HELD) == 2
    assert [site.sweep(), site.sweep()] == [2, 0]
    assert site.figure(HELD) == 0
    lost = site.ask("select purpose, tokens_in > 0, tokens_out from ai_aicall where outcome='lost'")
    assert sorted((str(one), bool(two), three) for one, two, three in lost) == [
        ("content", True, 0),
        ("questions", True, 0),
    ]
    answered = "from ai_aicall where purpose = 'content' and outcome = 'answered'"
    seen = model.asked - 1
    assert site.ask(f"select count(*), sum(tokens_in), sum(tokens_out) {answered}") == [
        (seen, 10 * seen, 5 * seen)
    ]
    assert site.figure(SPENT) == site.figure(USED)

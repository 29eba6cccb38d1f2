"""A fresh web process loads what answers need in the background, and answers meanwhile."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ai.gateway.embedding_link import SharedMiniLm, _Links
from ai.services import embedding
from ai.services.consent import give_consent
from ai.services.early import Early, is_coming, load_soon
from ai.services.embedding import share_vectors
from ai.services.indexing import index_course
from ai.services.meaning import meaning_model
from ai.services.tutor import ask_tutor
from ai.tests.fake_model import FakeModel
from courses.models import Course
from courses.tests.factories import SYSTEM, CourseFactory, EnrolmentFactory, LessonFactory
from lms.kernel.actors import Actor, for_user
from lms.kernel.testing import events_of

ASKED = "What is chalk, the soft white rock, made of?"
CHALK = "Chalk is a soft white rock made of the shells of tiny sea animals."
# The server's module is imported as a server does it; what the process holds is printed at once and
# after what it began has ended.
STARTED = """
import sys, threading
import {module}
heavy = {{"pandas", "sklearn", "spacy", "openai", "onnxruntime", "tokenizers"}}
print(*sorted(heavy & set(sys.modules)))
(begun,) = [one for one in threading.enumerate() if one.name == "cairn-load-early"]
begun.join()
print(*sorted(heavy & set(sys.modules)))
"""


@pytest.fixture
def course(db: None) -> Course:
    made = CourseFactory()
    LessonFactory(course=made, title="Sediments", text=f"{CHALK} It is used to write on boards.")
    index_course(actor=SYSTEM, course=made)
    return made


@pytest.fixture
def learner(course: Course) -> Actor:
    found = for_user(EnrolmentFactory(course=course).user)
    give_consent(actor=found, of_age=True)
    return found


@contextmanager
def loading(part: Early) -> Iterator[None]:
    """A process that is still loading a part until the block ends."""
    done = threading.Event()

    def load() -> None:
        done.wait()

    thread = load_soon(0, {part: load})
    try:
        yield
    finally:
        done.set()
        thread.join()
    assert not is_coming(part)


def test_while_vectors_load_words_alone_answer_and_the_event_says_so(
    course: Course, learner: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    with loading(Early.VECTORS):
        assert meaning_model() is None
        done = ask_tutor(actor=learner, course=course, message=ASKED)
    assert CHALK in done.reply.answer
    (told,) = events_of("ai.tutor_answered")
    assert told["early"] is True
    assert "no vectors" in caplog.text


def test_afterwards_the_event_says_nothing_of_it(course: Course, learner: Actor) -> None:
    ask_tutor(actor=learner, course=course, message=ASKED)
    (told,) = events_of("ai.tutor_answered")
    assert told["early"] is False


def test_when_the_process_of_vectors_fails_words_alone_answer(
    course: Course,
    learner: Actor,
    links: _Links,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(embedding, "_shared", [])
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    share_vectors()
    assert meaning_model() == SharedMiniLm.name
    done = ask_tutor(actor=learner, course=course, message=ASKED)
    assert CHALK in done.reply.answer
    (told,) = events_of("ai.tutor_answered")
    assert told["early"] is True
    assert "does not answer" in caplog.text


def test_a_process_that_shares_vectors_answers_as_one_that_holds_them(
    course: Course, learner: Actor, links: _Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ask_tutor(actor=learner, course=course, message=ASKED)
    monkeypatch.setattr(embedding, "_shared", [])
    share_vectors()
    shared = ask_tutor(actor=learner, course=course, message=ASKED)
    assert shared.reply.answer == own.reply.answer
    assert links._process is not None
    assert [told["early"] for told in events_of("ai.tutor_answered")] == [False, False]


def test_while_the_client_loads_no_model_is_waited_for(
    course: Course, learner: Actor, model: FakeModel
) -> None:
    with loading(Early.CLIENT):
        done = ask_tutor(actor=learner, course=course, message=ASKED)
    assert (done.reply.provider, done.reply.answerable) == ("extractive", True)
    assert model.requests == []


def test_a_part_that_cannot_be_loaded_is_not_waited_for_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise OSError("no such file")

    load_soon(0, {Early.VECTORS: fail}).join()
    assert not is_coming(Early.VECTORS)
    assert "loading the vectors early failed" in caplog.text


@pytest.mark.slow
def test_a_server_process_that_is_told_not_to_loads_nothing() -> None:
    code = "import threading, lms.asgi; print([one.name for one in threading.enumerate()])"
    modes = {"LMS_MODE": "trial", "AI_LOAD_EARLY": "no", "DJANGO_SETTINGS_MODULE": "lms.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **modes},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "cairn-load-early" not in done.stdout, done.stderr
    assert "MainThread" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("module", ["lms.asgi", "lms.wsgi"])
def test_a_server_process_loads_client_and_vectors_after_it_started(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED.format(module=module)],
        env={**os.environ, "LMS_MODE": "trial", "DJANGO_SETTINGS_MODULE": "lms.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    first, then = done.stdout.split("\n")[:2]
    assert first.split() == []
    # The embedding model is in the process that all web processes ask, never in one of them.
    assert then.split() == ["openai"]
    assert "loaded the vectors early" in done.stdout + done.stderr
    assert "failed" not in done.stderr

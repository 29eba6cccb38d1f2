"""The product with its web process killed: no acknowledged answer is lost, one submission."""

import os
import signal
import threading
import time
from typing import Any

import pytest

from lms.tests.e2e.api import Api
from lms.tests.e2e.stack import Stack

pytestmark = [pytest.mark.services, pytest.mark.slow]
COURSE = "thinking-with-data"


def kill(pids: list[int]) -> None:
    assert pids, "there is nothing to kill"
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def course_id(api: Api) -> str:
    return str(api.get(f"/courses/?slug={COURSE}")["results"][0]["id"])


def fresh_quiz(teacher: Api) -> dict[str, Any]:
    """A published quiz of six true/false questions without limits."""
    course = course_id(teacher)
    section = teacher.get(f"/sections/?course={course}")["results"][0]["id"]
    lesson = teacher.patiently(
        "POST", "/lessons/", {"section": section, "title": "Kill test", "kind": "quiz"}
    ).json()
    quiz = teacher.patiently(
        "POST", "/quizzes/", {"lesson": lesson["id"], "attempts_allowed": None}
    ).json()
    for number in range(6):
        question = teacher.patiently(
            "POST",
            "/questions/",
            {"course": course, "kind": "true_false", "stem": f"{number} is even.", "truth": True},
        ).json()
        added = teacher.patiently(
            "POST", f"/quizzes/{quiz['id']}/items/", {"question": question["id"]}
        )
        assert added.status_code == 201, added.text
    live = teacher.patiently("POST", f"/lessons/{lesson['id']}/publish/")
    assert live.status_code == 200, live.text
    published = teacher.patiently("POST", f"/quizzes/{quiz['id']}/publish/")
    assert published.status_code == 200, published.text
    found: dict[str, Any] = published.json()
    return found


def test_killing_the_web_process_loses_no_acknowledged_answer(stack: Stack) -> None:
    teacher, learner = Api(stack, "instructor@example.com"), Api(stack, "student@example.com")
    quiz = fresh_quiz(teacher)
    attempt = learner.patiently("POST", "/attempts/", {"quiz": quiz["id"]}).json()
    killer = threading.Thread(target=kill_web_twice, args=(stack,))
    killer.start()
    kept: dict[str, bool] = {}
    seq = 0
    while killer.is_alive() or seq < 60:
        seq += 1
        question = attempt["questions"][seq % len(attempt["questions"])]["id"]
        answer = seq % 3 == 0
        path = f"/attempts/{attempt['id']}/answers/{question}/"
        saved = learner.patiently("PUT", path, {"answer": answer, "seq": seq})
        if saved.status_code == 200:
            kept[question] = answer
        else:  # it was committed before the process died, and is sent again
            assert saved.json()["code"] == "stale_seq", saved.text
    killer.join()
    stored = learner.get(f"/attempts/{attempt['id']}/")
    assert {q["id"]: q["answer"] for q in stored["questions"]} == kept
    twice = [learner.patiently("POST", f"/attempts/{attempt['id']}/submit/") for _ in range(3)]
    assert [one.status_code for one in twice] == [200, 200, 200]
    assert len({one.json()["submitted_at"] for one in twice}) == 1
    mine = learner.get(f"/attempts/?quiz={quiz['id']}")
    assert mine["count"] == 1


def kill_web_twice(stack: Stack) -> None:
    for _ in range(2):
        time.sleep(1.0)
        kill(stack.children("uvicorn"))
        time.sleep(4.0)

"""Many requests of one person at once are no more jobs than one person may have."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from ai.enums import ContentKind, Difficulty, QuestionKind, Use
from ai.services.content import ContentWish, request_content
from ai.services.generation import Wish, request_questions
from courses.tests.factories import CourseFactory
from lms.kernel.actors import Actor, for_user
from lms.kernel.errors import KernelError
from lms.kernel.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
THREADS = 12
TEXT = "Basalt is a dark volcanic rock. It forms when lava cools quickly at the surface."


def _content(actor: Actor) -> Job:
    wish = ContentWish(kind=ContentKind.SUMMARY, content=TEXT, use=Use.RULES)
    return request_content(actor=actor, wish=wish)


def _questions(actor: Actor) -> Job:
    kind = QuestionKind.TRUE_FALSE
    wish = Wish(kind=kind, count=1, difficulty=Difficulty.EASY, content=TEXT, use=Use.RULES)
    return request_questions(actor=actor, wish=wish)


@pytest.mark.parametrize("ask", [_content, _questions])
def test_a_dozen_requests_at_once_are_five_jobs(ask: Callable[[Actor], Job]) -> None:
    actor = for_user(CourseFactory().created_by)
    start = Barrier(THREADS)

    def run(_number: int) -> str:
        start.wait(30)
        try:
            return ask(actor).kind
        except KernelError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        found = Counter(pool.map(run, range(THREADS)))
    assert found["throttled"] == THREADS - 5
    assert Job.objects.count() == 5

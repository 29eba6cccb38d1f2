"""Many at once in one forum: numbers without gaps, one thread per client_id, counts that hold."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from lms.kernel.errors import KernelError
from realtime.models import ForumAlias, ForumBoard, ForumPost, ForumThread
from realtime.services.forum import NewThread, start_thread
from realtime.services.forum_editing import delete_post, mark_helpful
from realtime.services.forum_keeping import set_forum
from realtime.tests.factories import Cast, answer, begin, cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
TIMES = 4


def at_once(act: Callable[[int], object]) -> list[object]:
    """Run an act in threads of their own from one moment on; results, or codes of errors."""
    start = Barrier(TIMES)

    def run(number: int) -> object:
        start.wait(timeout=30)
        try:
            return act(number)
        except KernelError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(run, range(TIMES)))


def counts(board: str) -> tuple[int, int]:
    row = ForumBoard.objects.get(title=board)
    return row.thread_count, row.post_count


def test_one_client_id_sent_four_times_begins_one_thread() -> None:
    stage: Cast = cast()
    new = NewThread(title="Once", body="Only", client_id=uuid.uuid4())

    def act(_number: int) -> object:
        done = start_thread(actor=stage.actor("learner"), course=stage.course, new=new)
        return done.fresh

    assert sorted(at_once(act), key=str) == [False, False, False, True]
    assert ForumThread.objects.count() == 1
    assert ForumBoard.objects.count() == 2
    assert counts("General") == (1, 1)


def test_replies_at_one_moment_have_numbers_without_gaps_and_one_pseudonym() -> None:
    stage = cast()
    set_forum(actor=stage.actor("instructor"), course=stage.course, anonymous_allowed=True)
    root = begin(stage)
    people = ("learner", "learner2", "learner", "learner2")
    at_once(lambda number: answer(stage, people[number], root, anonymous=True).seq)
    assert list(ForumPost.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert sorted(ForumAlias.objects.values_list("number", flat=True)) == [1, 2]
    thread = ForumThread.objects.get()
    assert (thread.reply_count, thread.last_seq, thread.pseudonyms) == (4, 5, 2)
    assert counts("General") == (1, 5)


def test_votes_and_a_deletion_at_one_moment_leave_counts_that_hold() -> None:
    stage = cast()
    root = begin(stage)
    reply = answer(stage, "learner", root)
    voters = ("learner2", "instructor", "assistant", "admin")

    def vote(number: int) -> object:
        post = ForumPost.objects.select_related("thread__course").get(pk=root.pk)
        return mark_helpful(actor=stage.actor(voters[number]), post=post, on=True).seq

    at_once(vote)
    assert ForumPost.objects.get(pk=root.pk).helpful_count == 4

    def delete(_number: int) -> object:
        post = ForumPost.objects.select_related("thread__course").get(pk=reply.pk)
        return delete_post(actor=stage.actor("learner"), post=post).seq

    at_once(delete)
    assert ForumThread.objects.get().reply_count == 0
    assert counts("General") == (1, 1)

"""Who is told of what happens in a forum."""

import pytest

from lms.kernel.models import EventRecord
from realtime.enums import NotificationKind, ThreadKind
from realtime.models import ForumPost, Notification
from realtime.queries.notifications import words_of
from realtime.services.forum_editing import delete_post, solve_thread
from realtime.services.forum_occasions import tell_post, tell_solved
from realtime.services.forum_reading import follow_board, follow_thread
from realtime.services.moderation import restrict_member
from realtime.tests.factories import Cast, answer, begin

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def told(cast: Cast, who: str) -> list[str]:
    rows = Notification.objects.filter(user=cast.people[who]).order_by("pk")
    return [str(row.kind) for row in rows]


def test_followers_of_thread_and_board_are_told_once(cast: Cast) -> None:
    root = begin(cast)
    reply = answer(cast, "learner2", root)
    assert tell_post(post_id=reply.pk) == 1
    assert tell_post(post_id=reply.pk) == 0
    assert told(cast, "learner") == ["forum_reply"]
    assert words_of(Notification.objects.get()).title == "New reply in “Why?”"
    follow_board(actor=cast.actor("assistant"), board=root.thread.board, on=True)
    new = begin(cast, "learner2", title="News")
    assert tell_post(post_id=new.pk) == 1
    assert told(cast, "assistant") == ["forum_thread"]
    follow_thread(actor=cast.actor("learner"), thread=root.thread, on=False)
    assert tell_post(post_id=answer(cast, "learner2", root).pk) == 0


def test_who_is_mentioned_is_told_that_and_not_also_of_the_reply(cast: Cast) -> None:
    root = begin(cast)
    name = cast.people["learner"].name
    reply = answer(cast, "learner2", root, f"@{name} look")
    assert 'class="mention"' in reply.html
    tell_post(post_id=reply.pk)
    assert told(cast, "learner") == ["forum_mention"]


def test_nobody_is_told_of_what_they_may_not_read(cast: Cast) -> None:
    root = begin(cast)
    person = cast.people["learner"]
    restrict_member(actor=cast.actor("instructor"), course=cast.course, person=person, kind="ban")
    reply = answer(cast, "learner2", root)
    assert tell_post(post_id=reply.pk) == 0
    delete_post(actor=cast.actor("learner2"), post=reply)
    assert tell_post(post_id=reply.pk) == 0


def test_asker_and_helper_hear_that_it_is_solved_but_not_from_themselves(cast: Cast) -> None:
    root = begin(cast, kind=ThreadKind.QUESTION)
    reply = ForumPost.objects.select_related("thread__course").get(
        pk=answer(cast, "learner2", root).pk
    )

    def solved(who: str, post: ForumPost | None) -> int:
        solve_thread(actor=cast.actor(who), thread=reply.thread, post=post)
        record = EventRecord.objects.filter(kind="realtime.question_solved").latest("pk")
        return tell_solved(post_id=reply.pk, record_id=record.pk)

    assert solved("learner", reply) == 1
    row = Notification.objects.get(kind=NotificationKind.FORUM_SOLVED)
    assert row.user == cast.people["learner2"]
    assert words_of(row).title == "Your reply solved “Why?”"
    assert solved("assistant", None) == 0
    assert solved("assistant", reply) == 2
    mine = Notification.objects.get(user=cast.people["learner"])
    assert words_of(mine).title == "Your question “Why?” is solved"

"""Threads and posts: numbers, trees, counts, who may what, edits, deletions, solutions."""

import uuid
from datetime import timedelta

import pytest

from accounts.services.privacy import erase_person
from courses.enums import CourseState
from courses.services.group import create_group
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, KernelError, NotFound, Throttled
from lms.kernel.models import SearchDocument
from lms.kernel.search import reindex
from lms.kernel.testing import assert_constant_queries, count_queries, events_of
from realtime.enums import MAX_POST, ThreadKind, ThreadShow
from realtime.models import (
    ForumBoard,
    ForumFollow,
    ForumPost,
    ForumThread,
    PostRevision,
)
from realtime.queries.forum import Wish, boards_of, threads_of, unread_threads
from realtime.queries.forum_thread import (
    address_of,
    any_post,
    any_thread,
    earlier_words,
    lines_of,
    news_of,
    page_of,
    posts_of,
)
from realtime.rules.forum import VIEW_THREAD
from realtime.services.erasure import forget_emptied_posts
from realtime.services.forum import NewThread, start_thread, write_post
from realtime.services.forum_editing import delete_post, edit_post, mark_helpful, solve_thread
from realtime.services.forum_keeping import (
    add_board,
    delete_board,
    lock_thread,
    move_thread,
    order_boards,
    pin_thread,
    report_post,
    restore_thread,
    settle_post,
)
from realtime.services.forum_reading import follow_board, read_forum, read_thread
from realtime.services.moderation import restrict_member, set_room
from realtime.services.revisions import forget_old_revisions
from realtime.tests.factories import Cast, answer, begin

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def titles(cast: Cast, who: str, **wish: str) -> list[str]:
    return [row.title for row in threads_of(cast.actor(who), cast.course, Wish(**wish))]


def now(post: ForumPost) -> ForumPost:
    return ForumPost.objects.select_related("thread__course", "author").get(pk=post.pk)


def test_a_first_thread_makes_the_boards_and_its_kind_chooses_one(cast: Cast) -> None:
    assert list(boards_of(cast.actor("learner"), cast.course)) == []
    asked = begin(cast, kind=ThreadKind.QUESTION)
    told = begin(cast, title="News")
    boards = list(boards_of(cast.actor("learner"), cast.course))
    assert [(row.title, row.thread_count, row.post_count) for row in boards] == [
        ("General", 1, 1),
        ("Questions", 1, 1),
    ]
    assert (asked.thread.board.title, told.thread.board.title) == ("Questions", "General")
    assert [e["author_id"] for e in events_of("realtime.thread_started")] == [
        cast.people["learner"].pk
    ] * 2


def test_one_client_id_begins_one_thread_and_stores_one_reply(cast: Cast) -> None:
    new = NewThread(title="Once", body="Only", client_id=uuid.uuid4())
    actor = cast.actor("learner")
    first = start_thread(actor=actor, course=cast.course, new=new)
    again = start_thread(actor=actor, course=cast.course, new=new)
    assert (first.fresh, again.fresh, again.post.pk) == (True, False, first.post.pk)
    own = uuid.uuid4()
    one = answer(cast, "learner2", first.post, "Yes", client_id=own)
    assert answer(cast, "learner2", first.post, "Yes", client_id=own).pk == one.pk
    with pytest.raises(Conflict, match="another post"):
        answer(cast, "learner2", first.post, "No", client_id=own)
    assert ForumThread.objects.get().reply_count == 1


def test_replies_stand_under_what_they_answer_at_most_two_levels_deep(cast: Cast) -> None:
    root = begin(cast)
    a = answer(cast, "learner2", root, "a")
    answer(cast, "learner", root, "b")
    aa = answer(cast, "learner", root, "aa", parent=a.public_id)
    aaa = answer(cast, "learner2", root, "aaa", parent=aa.public_id)
    answer(cast, "learner", root, "aaaa", parent=aaa.public_id)
    answer(cast, "learner", root, "c", parent=root.public_id)
    actor = cast.actor("learner")
    thread = any_thread(actor, root.thread.public_id)
    rows = list(posts_of(actor, thread))
    assert [(row.body, row.depth) for row in rows] == [
        ("Tell me.", 0),
        ("a", 0),
        ("aa", 1),
        ("aaa", 2),
        ("aaaa", 2),
        ("b", 0),
        ("c", 0),
    ]
    deep = lines_of(actor, cast.course, rows)[4]
    assert deep.parent is not None
    assert deep.parent.name == cast.people["learner2"].display_name


def test_nobody_floods_a_forum(cast: Cast) -> None:
    post = begin(cast)
    for number in range(59):
        answer(cast, "learner", post, str(number))
    with pytest.raises(Throttled) as refusal:
        answer(cast, "learner", post, "one more")
    assert refusal.value.code == "forum_pace"
    with pytest.raises(Throttled):
        begin(cast, title="Elsewhere")
    assert answer(cast, "learner2", post).seq == 61
    with clock.travel(clock.now() + timedelta(minutes=6)):
        assert answer(cast, "learner", post).seq == 62


def test_a_post_is_found_on_its_page(cast: Cast) -> None:
    root = begin(cast)
    posts = [answer(cast, "learner2", root, str(number)) for number in range(35)]
    actor = cast.actor("learner")
    thread = any_thread(actor, root.thread.public_id)
    assert page_of(actor, thread, None).number == 1
    assert page_of(actor, thread, None, posts[29].public_id).number == 1
    assert page_of(actor, thread, None, posts[30].public_id).number == 2
    assert address_of(any_post(actor, posts[30].public_id)).endswith(
        f"?at={posts[30].public_id}#p-{posts[30].public_id}"
    )


def test_only_the_asker_and_staff_say_what_solved_a_question(cast: Cast) -> None:
    asked = begin(cast, kind=ThreadKind.QUESTION)
    reply = answer(cast, "learner2", asked)
    with pytest.raises(Denied):
        solve_thread(actor=cast.actor("learner2"), thread=now(reply).thread, post=now(reply))
    with pytest.raises(Invalid):
        solve_thread(actor=cast.actor("learner"), thread=now(asked).thread, post=now(asked))
    solve_thread(actor=cast.actor("learner"), thread=now(reply).thread, post=now(reply))
    assert titles(cast, "learner", show=ThreadShow.UNSOLVED) == []
    assert titles(cast, "learner", show=ThreadShow.SOLVED) == ["Why?"]
    delete_post(actor=cast.actor("learner2"), post=now(reply))
    thread = ForumThread.objects.get()
    assert (thread.solved_post_id, thread.solved_at, thread.reply_count) == (None, None, 0)
    talk = begin(cast, title="Talk")
    with pytest.raises(Invalid):
        solve_thread(
            actor=cast.actor("learner"),
            thread=now(talk).thread,
            post=now(answer(cast, "learner2", talk)),
        )


def test_solved_questions_are_found_first(cast: Cast) -> None:
    begin(cast, title="Granite granite granite", kind=ThreadKind.QUESTION)
    solved = begin(cast, title="A stone", body="Is it granite?", kind=ThreadKind.QUESTION)
    reply = answer(cast, "learner2", solved, "Look at its grain.")
    assert titles(cast, "learner", text="granite")[0] == "Granite granite granite"
    solve_thread(actor=cast.actor("learner"), thread=now(reply).thread, post=now(reply))
    assert titles(cast, "learner", text="granite") == ["A stone", "Granite granite granite"]
    assert titles(cast, "learner2", text="grain") == ["A stone"]
    delete_post(actor=cast.actor("learner2"), post=now(reply))
    assert titles(cast, "learner2", text="grain") == []
    reindex(["forum_post"])
    assert SearchDocument.objects.filter(kind="forum_post").count() == 2


def test_filters_tell_what_is_new_mine_followed_and_unanswered(cast: Cast) -> None:
    mine = begin(cast, title="Mine", kind=ThreadKind.QUESTION)
    other = begin(cast, "learner2", title="Theirs")
    assert titles(cast, "learner", show=ThreadShow.MINE) == ["Mine"]
    assert titles(cast, "learner", show=ThreadShow.UNREAD) == ["Theirs"]
    assert titles(cast, "learner", show=ThreadShow.FOLLOWED) == ["Mine"]
    assert titles(cast, "learner2", show=ThreadShow.UNANSWERED) == ["Mine"]
    assert titles(cast, "learner", kind=ThreadKind.DISCUSSION) == ["Theirs"]
    assert titles(cast, "learner", board=other.thread.board.public_id) == ["Theirs"]
    read_thread(actor=cast.actor("learner"), thread=now(other).thread, seq=999)
    assert unread_threads(cast.actor("learner"), cast.course) == 0
    answer(cast, "learner2", mine)
    assert titles(cast, "learner", show=ThreadShow.UNREAD) == ["Mine"]
    assert read_forum(actor=cast.actor("learner"), course=cast.course) == 2
    assert unread_threads(cast.actor("learner"), cast.course) == 0
    with pytest.raises(Invalid):
        titles(cast, "learner", show="nothing")


def test_a_list_costs_the_same_queries_with_more_threads(cast: Cast) -> None:
    answer(cast, "learner2", begin(cast))

    def act() -> object:
        return [row.board.title for row in threads_of(cast.actor("learner"), cast.course)]

    assert_constant_queries(act, lambda: answer(cast, "learner2", begin(cast, "learner2")))


def test_a_page_of_posts_costs_the_same_queries_with_more_posts(cast: Cast) -> None:
    root = begin(cast)
    one = answer(cast, "learner2", root)
    actor = cast.actor("learner")
    thread = any_thread(actor, root.thread.public_id)

    def act() -> object:
        return lines_of(actor, cast.course, page_of(actor, thread, None))

    assert_constant_queries(act, lambda: answer(cast, "learner", root, parent=one.public_id))


@pytest.mark.parametrize(
    ("who", "status"),
    {
        "observer": 403,
        "outsider": 403,
        "other_instructor": 403,
        "read_token": 403,
        "preview": 403,
        "anonymous": 401,
    }.items(),
)
def test_who_is_not_in_the_room_begins_nothing(cast: Cast, who: str, status: int) -> None:
    with pytest.raises(KernelError) as refusal:
        begin(cast, who)
    assert refusal.value.status == status
    assert not ForumThread.objects.exists()


def test_mutes_and_words_of_the_course_hold_here_too(cast: Cast) -> None:
    teacher = cast.actor("instructor")
    set_room(actor=teacher, course=cast.course, slow_seconds=0, blocked_words="mud")
    with pytest.raises(Invalid, match="mud") as refusal:
        begin(cast, title="About mud")
    assert list(refusal.value.errors) == ["title"]
    post = begin(cast)
    with pytest.raises(Invalid):
        edit_post(actor=cast.actor("learner"), post=now(post), body="Mud!")
    restrict_member(
        actor=teacher, course=cast.course, person=cast.people["learner"], kind="mute", minutes=5
    )
    with pytest.raises(Denied, match="muted"):
        answer(cast, "learner", post)
    restrict_member(
        actor=teacher, course=cast.course, person=cast.people["learner2"], kind="ban", minutes=5
    )
    assert not VIEW_THREAD.may(cast.actor("learner2"), now(post).thread)


def test_a_course_that_is_over_is_only_read(cast: Cast) -> None:
    post = begin(cast)
    cast.course.state = CourseState.ARCHIVED
    cast.course.save(update_fields=["state"])
    with pytest.raises(Denied, match="over"):
        answer(cast, "learner", post)
    with pytest.raises(Denied, match="over"):
        edit_post(actor=cast.actor("learner"), post=now(post), body="Other")
    assert titles(cast, "learner") == ["Why?"]


def test_a_locked_thread_is_only_read_by_learners(cast: Cast) -> None:
    post = begin(cast)
    with pytest.raises(Denied):
        lock_thread(actor=cast.actor("learner"), thread=now(post).thread, on=True)
    lock_thread(actor=cast.actor("assistant"), thread=now(post).thread, on=True)
    with pytest.raises(Conflict, match="locked"):
        answer(cast, "learner2", post)
    with pytest.raises(Conflict, match="locked"):
        delete_post(actor=cast.actor("learner"), post=now(post))
    assert answer(cast, "instructor", post).seq == 2
    lock_thread(actor=cast.actor("assistant"), thread=now(post).thread, on=False)
    assert answer(cast, "learner2", post).seq == 3


def test_staff_edit_and_delete_with_a_reason_that_is_shown(cast: Cast) -> None:
    post = begin(cast)
    reply = answer(cast, "learner2", post, "A rude word")
    with pytest.raises(Denied):
        edit_post(actor=cast.actor("learner"), post=now(reply), body="Mine now")
    with pytest.raises(Invalid) as refusal:
        edit_post(actor=cast.actor("assistant"), post=now(reply), body="A word")
    assert list(refusal.value.errors) == ["reason"]
    edit_post(actor=cast.actor("assistant"), post=now(reply), body="A word", reason="Be kind")
    row = now(reply)
    assert (row.body, row.edited_by_staff, row.edit_reason) == ("A word", True, "Be kind")
    delete_post(actor=cast.actor("assistant"), post=row, reason="Off topic")
    row = now(reply)
    assert (row.body, row.html, row.delete_reason) == ("", "", "Off topic")
    words = [one.body for one in earlier_words(cast.actor("instructor"), row)]
    assert words == ["A rude word", "A word"]
    with pytest.raises(Denied):
        earlier_words(cast.actor("learner"), row)
    with clock.travel(clock.now() + timedelta(days=91)):
        assert forget_old_revisions() == 2
    assert not PostRevision.objects.exists()


def test_a_thread_with_replies_is_deleted_by_staff_alone(cast: Cast) -> None:
    post = begin(cast)
    answer(cast, "learner2", post)
    with pytest.raises(Conflict, match="Others replied"):
        delete_post(actor=cast.actor("learner"), post=now(post))
    delete_post(actor=cast.actor("assistant"), post=now(post), reason="Twice")
    assert titles(cast, "learner") == []
    assert not VIEW_THREAD.may(cast.actor("learner"), now(post).thread)
    assert VIEW_THREAD.may(cast.actor("assistant"), now(post).thread)
    board = ForumBoard.objects.get(title="General")
    assert (board.thread_count, board.post_count) == (0, 0)
    assert not SearchDocument.objects.filter(kind="forum_post").exists()
    with pytest.raises(Conflict, match="deleted"):
        answer(cast, "instructor", post)


def test_helpful_is_counted_once_and_never_for_oneself(cast: Cast) -> None:
    post = begin(cast)
    for _ in range(2):
        mark_helpful(actor=cast.actor("learner2"), post=now(post), on=True)
    mark_helpful(actor=cast.actor("instructor"), post=now(post), on=True)
    assert now(post).helpful_count == 2
    mark_helpful(actor=cast.actor("learner2"), post=now(post), on=False)
    assert now(post).helpful_count == 1
    with pytest.raises(Conflict, match="Others say"):
        mark_helpful(actor=cast.actor("learner"), post=now(post), on=True)


def test_a_restricted_thread_is_for_its_group_and_staff(cast: Cast) -> None:
    teacher = cast.actor("instructor")
    group = create_group(
        actor=teacher, course=cast.course, name="Row", learners=[cast.people["learner"]]
    )
    with pytest.raises(Invalid):
        begin(cast, "learner", group=group.public_id)
    post = begin(cast, "instructor", title="For you", body="zebra", group=group.public_id)
    assert titles(cast, "learner") == ["For you"]
    assert titles(cast, "learner2") == []
    assert titles(cast, "learner2", text="zebra") == []
    with pytest.raises(NotFound):
        answer(cast, "learner2", post)
    assert answer(cast, "learner", post).seq == 2
    group.delete()
    assert titles(cast, "learner") == []
    assert titles(cast, "assistant") == ["For you"]


def test_staff_keep_boards_and_move_threads_with_their_counts(cast: Cast) -> None:
    teacher = cast.actor("assistant")
    post = begin(cast)
    answer(cast, "learner2", post)
    board = add_board(actor=teacher, course=cast.course, title="Trips")
    with pytest.raises(Denied):
        add_board(actor=cast.actor("learner"), course=cast.course, title="Mine")
    with pytest.raises(Invalid, match="board of this title"):
        add_board(actor=teacher, course=cast.course, title="trips")
    move_thread(actor=teacher, thread=now(post).thread, board=board)
    counts = dict(ForumBoard.objects.values_list("title", "post_count"))
    assert counts == {"General": 0, "Questions": 0, "Trips": 2}
    with pytest.raises(Conflict, match="threads on this board"):
        delete_board(actor=teacher, board=board)
    rows = list(boards_of(teacher, cast.course))
    order_boards(actor=teacher, course=cast.course, ids=[row.public_id for row in rows[::-1]])
    assert [row.title for row in boards_of(teacher, cast.course)] == [
        "Trips",
        "Questions",
        "General",
    ]
    delete_board(actor=teacher, board=ForumBoard.objects.get(title="General"))
    pin_thread(actor=teacher, thread=now(post).thread, on=True)
    begin(cast, title="Newer")
    assert titles(cast, "learner") == ["Why?", "Newer"]


def test_reports_reach_the_desk_and_are_settled(cast: Cast) -> None:
    reply = answer(cast, "learner2", begin(cast), "Rude")
    report_post(actor=cast.actor("learner"), post=now(reply), reason="Rude")
    with pytest.raises(Denied):
        settle_post(actor=cast.actor("learner2"), post=now(reply), remove=True)
    assert settle_post(actor=cast.actor("assistant"), post=now(reply), remove=True) == 1
    assert now(reply).deleted_at is not None
    assert settle_post(actor=cast.actor("assistant"), post=now(reply), remove=False) == 0


def test_staff_bring_back_what_staff_took_away(cast: Cast) -> None:
    root, staff = begin(cast, title="Silt"), cast.actor("assistant")
    answer(cast, "learner2", root, "It settles")
    delete_post(actor=staff, post=now(root), reason="Rude")
    own = begin(cast, title="Mine")
    delete_post(actor=cast.actor("learner"), post=now(own))
    assert titles(cast, "assistant", show=ThreadShow.DELETED) == ["Silt"]
    assert titles(cast, "learner", show=ThreadShow.DELETED) == []
    with pytest.raises(NotFound):
        restore_thread(actor=cast.actor("learner"), thread=now(root).thread)
    with pytest.raises(Conflict, match="author"):
        restore_thread(actor=staff, thread=now(own).thread)
    for _ in range(2):
        restore_thread(actor=staff, thread=now(root).thread)
    assert titles(cast, "learner") == titles(cast, "learner", text="settles") == ["Silt"]
    assert (now(root).body, now(root).deleted_at) == ("Tell me.", None)
    assert "Tell me." in now(root).html
    board = ForumBoard.objects.get(title="General")
    assert (board.thread_count, board.post_count) == (1, 2)
    delete_post(actor=staff, post=now(root), reason="Rude")
    with clock.travel(clock.now() + timedelta(days=91)):
        forget_old_revisions()
        restore_thread(actor=staff, thread=now(root).thread)
    assert (titles(cast, "learner"), now(root).body) == (["Silt"], "")


def test_a_long_thread_is_brought_back_in_as_many_statements_as_a_short_one(cast: Cast) -> None:
    counts = []
    for replies in (1, 4):
        root = begin(cast, title="Long")
        for _reply in range(replies):
            answer(cast, "learner2", root, "It settles")
        counts.append(_taken_and_restored(cast, root))
    assert counts[0] == counts[1]
    assert titles(cast, "learner", text="settles") == ["Long", "Long"]


def _taken_and_restored(cast: Cast, root: ForumPost) -> int:
    """How many statements the way back takes."""
    staff = cast.actor("assistant")
    delete_post(actor=staff, post=now(root), reason="Rude")
    thread = now(root).thread
    return count_queries(lambda: restore_thread(actor=staff, thread=thread))


def test_what_somebody_took_away_stays_away_when_their_account_is_erased(cast: Cast) -> None:
    own, staff = begin(cast, title="Mine"), cast.actor("assistant")
    delete_post(actor=cast.actor("learner"), post=now(own))
    erase_person(actor=cast.actor("learner"), person=cast.people["learner"])
    assert titles(cast, "assistant", show=ThreadShow.DELETED) == []
    with pytest.raises(Conflict, match="author"):
        restore_thread(actor=staff, thread=now(own).thread)
    rude = begin(cast, "learner2", title="Rude")
    delete_post(actor=staff, post=now(rude), reason="Rude")
    assert titles(cast, "assistant", show=ThreadShow.DELETED) == ["Rude"]


def test_what_staff_settled_is_opened_again_by_other_words_alone(cast: Cast) -> None:
    reply = answer(cast, "learner2", begin(cast), "Rude")
    learner, staff = cast.actor("learner"), cast.actor("assistant")
    row = report_post(actor=learner, post=now(reply), reason="Rude")
    assert report_post(actor=learner, post=now(reply), reason="Very rude").reason == "Very rude"
    assert settle_post(actor=staff, post=now(reply), remove=False) == 1
    assert report_post(actor=learner, post=now(reply), reason="Still").settled_at is not None
    assert len(events_of("realtime.post_reported")) == 1
    edit_post(actor=cast.actor("learner2"), post=now(reply), body="Ruder")
    assert report_post(actor=learner, post=now(reply), reason="Worse").settled_at is None
    assert len(events_of("realtime.post_reported")) == 2
    row.refresh_from_db()
    assert (row.reason, row.settled_by) == ("Worse", None)


def test_an_author_follows_and_has_read_and_news_are_of_others(cast: Cast) -> None:
    post = begin(cast)
    actor = cast.actor("learner")
    assert ForumFollow.objects.filter(user=cast.people["learner"]).count() == 1
    follow_board(actor=actor, board=now(post).thread.board, on=True)
    followed = {row.title: getattr(row, "followed") for row in boards_of(actor, cast.course)}  # noqa: B009 - annotated
    assert followed == {"General": True, "Questions": False}
    answer(cast, "learner2", post)
    answer(cast, "learner", post)
    thread = any_thread(actor, post.thread.public_id)
    assert (news_of(actor, thread, 1).count, news_of(actor, thread, 3).count) == (1, 0)


def test_words_that_cannot_be_kept_are_refused_by_field(cast: Cast) -> None:
    for field, fields in (
        ("title", {"title": " "}),
        ("title", {"title": "a\nb"}),
        ("title", {"title": "x" * 151}),
        ("body", {"body": "\0"}),
        ("body", {"body": "x" * (MAX_POST + 1)}),
        ("kind", {"kind": "song"}),
        ("board", {"board": "nothing"}),
    ):
        with pytest.raises(Invalid) as refusal:
            begin(cast, **fields)
        assert list(refusal.value.errors) == [field]
    post = begin(cast, body="<script>alert(1)</script> **so**")
    assert "<script" not in post.html
    assert "<strong>so</strong>" in post.html


def test_an_erased_author_leaves_a_place_without_words(cast: Cast) -> None:
    post = begin(cast, title="My own title", body="My own words")
    answer(cast, "learner2", post)
    person = cast.people["learner"]
    erase_person(actor=cast.actor("learner"), person=person)
    assert forget_emptied_posts() == 1
    row = now(post)
    assert (row.author, row.body, row.html, row.thread.title) == (None, "", "", "")
    assert not SearchDocument.objects.filter(kind="forum_post", body__contains="own").exists()
    assert titles(cast, "learner2") == [""]


def test_write_post_asks_again_what_the_door_asked(cast: Cast) -> None:
    post = begin(cast)
    other = begin(cast, title="Other")
    thread = now(post).thread
    with pytest.raises(NotFound):  # Z3
        write_post(
            actor=cast.actor("learner"),
            thread=thread,
            client_id=uuid.uuid4(),
            body="x",
            parent=other.public_id,
        )

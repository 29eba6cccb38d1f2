"""Threads, mentions, edits, reactions, reading; pins, slow mode, mutes, bans, reports, search."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.queries.personal_data import holdings_of
from accounts.services.privacy import erase_person
from courses.enums import CourseState
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Throttled
from lms.kernel.models import SearchDocument
from lms.kernel.search import find, reindex
from lms.kernel.testing import count_queries, events_of
from realtime.enums import NotificationKind, RevisionKind
from realtime.models import (
    Message,
    MessageReport,
    MessageRevision,
    Notification,
    Reaction,
    RoomRestriction,
)
from realtime.queries.access import standing_of, still_enters
from realtime.queries.chat import course_with_room, may_talk, messages_of, missed_since, newest_of
from realtime.queries.mentions import marked
from realtime.queries.notifications import words_of
from realtime.queries.room import (
    exported,
    found_in,
    history_of,
    pinned_in,
    read_up_to,
    reported_in,
    thread_of,
    unread_in,
)
from realtime.services.chat import delete_message, send_message
from realtime.services.chat_occasions import tell_mentioned
from realtime.services.editing import edit_message, react
from realtime.services.moderation import (
    lift_restriction,
    pin_message,
    report_message,
    restrict_member,
    set_room,
    settle_reports,
)
from realtime.services.reading import read_room
from realtime.services.revisions import forget_old_revisions
from realtime.tasks import sweep
from realtime.tests.deliver import deliver
from realtime.tests.factories import Cast, outcome

pytestmark = pytest.mark.django_db
Pushed = list[tuple[str, dict[str, Any]]]


def say(cast: Cast, who: str = "learner", body: str = "Hello", reply_to: str = "") -> Message:
    sent = send_message(
        actor=cast.actor(who),
        course=cast.course,
        client_id=uuid.uuid4(),
        body=body,
        reply_to=reply_to,
    )
    return sent.message


def each(cast: Cast, act: Callable[[str], object]) -> dict[str, int]:
    names = ("anonymous", "outsider", "observer", "learner", "learner2", "assistant", "instructor")
    return {name: outcome(lambda name=name: act(name)) for name in (*names, "read_token")}  # type: ignore[misc]


# Threads.


def test_a_reply_names_its_parent_and_the_thread_has_one_level(cast: Cast) -> None:
    root = say(cast, body="Root")
    first = say(cast, "learner2", "First", root.public_id)
    second = say(cast, "assistant", "Second", first.public_id)
    assert (second.parent, second.thread) == (first, root)
    root.refresh_from_db()
    assert root.reply_count == 2
    found = thread_of(cast.actor("learner"), cast.course, second)
    assert [line.message.body for line in found.lines] == ["Root", "First", "Second"]
    with pytest.raises(NotFound):
        say(cast, reply_to="nothing")
    other = send_message(
        actor=cast.actor("other_instructor"),
        course=cast.other_course,
        client_id=uuid.uuid4(),
        body="Elsewhere",
    )
    with pytest.raises(NotFound):  # Z3
        say(cast, reply_to=other.message.public_id)


# Mentions.


def test_a_mention_is_marked_kept_and_told_once(cast: Cast) -> None:
    leo, obi = cast.people["learner2"], cast.people["observer"]
    message = say(cast, body=f"Ask @{leo.name.lower()} or @{obi.name}, not `@{leo.name}`.")
    assert message.mentions == [leo.public_id]  # an observer is not in the room
    assert message.html.count('<span class="mention">') == 1
    assert tell_mentioned(message_id=message.pk) == 1
    assert tell_mentioned(message_id=message.pk) == 0
    told = Notification.objects.get(kind=NotificationKind.MENTIONED)
    assert told.user == leo
    assert told.url == f"/c/{cast.course.slug}/chat/#m-{message.public_id}"
    assert "Ask" not in str(told.args)


def test_a_talk_is_no_flood_of_mail(cast: Cast) -> None:
    """P7: everything is told in the bell and by mail, one mail in a quarter of an hour."""
    words, begun = f"@{cast.people['learner2'].name} look", clock.now()
    for minute in range(12):
        with clock.travel(begun + timedelta(minutes=minute)):
            assert tell_mentioned(message_id=say(cast, body=words).pk) == 1
        deliver(begun + timedelta(minutes=minute, seconds=50))
    assert [message.subject for message in mail.outbox] == [
        f"3 new in {cast.course.title}",  # the first, and what came while it waited
    ]
    deliver(begun + timedelta(minutes=18))
    assert mail.outbox[1].subject == f"9 new in {cast.course.title}"
    deliver(begun + timedelta(hours=2))
    assert len(mail.outbox) == 2


def test_a_reply_is_told_to_whom_it_answers_and_not_to_oneself(cast: Cast) -> None:
    root = say(cast)
    reply = say(cast, "assistant", "So it is", root.public_id)
    assert tell_mentioned(message_id=reply.pk) == 1
    own = say(cast, "learner", "Thanks to myself", root.public_id)
    assert tell_mentioned(message_id=own.pk) == 0


@pytest.mark.parametrize(
    ("rendered", "after"),
    [
        ("<p>@Lea Lu!</p>", '<p><span class="mention">@Lea Lu</span>!</p>'),
        ("<p>@Lea Luise</p>", "<p>@Lea Luise</p>"),
        ("<p>x@Lea Lu</p>", "<p>x@Lea Lu</p>"),
        ("<code>@Lea Lu</code>", "<code>@Lea Lu</code>"),
        ('<a href="/?a=1&amp;b" title="a>b">@Lea Lu</a>',) * 2,
        ("<p>1 &lt; 2 &amp; @lea lu</p>",
         '<p>1 &lt; 2 &amp; <span class="mention">@lea lu</span></p>'),
    ],
)  # fmt: skip
def test_names_are_marked_in_text_alone(rendered: str, after: str) -> None:
    assert marked(rendered, ["Lea Lu"]) == after


# Edits and deletes, and what staff can read of them.


def test_an_edit_is_a_state_with_a_higher_number_and_keeps_the_words_for_staff(
    cast: Cast, pushed: Pushed, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    message = say(cast, body="The first word")
    with django_capture_on_commit_callbacks(execute=True):
        row = edit_message(actor=cast.actor("learner"), message=message, body="The **last** word")
        edit_message(actor=cast.actor("learner"), message=message, body="The **last** word")
    frames = [frame for room, frame in pushed if room == f"course:{cast.course.pk}"]
    assert [(frame["change"], frame["seq"], frame["body"]) for frame in frames] == [
        (2, 1, "The **last** word")
    ]
    assert frames[0]["edited_at"] is not None
    assert "<strong>last</strong>" in row.html
    kept = history_of(cast.actor("assistant"), message).get()
    assert (kept.kind, kept.body) == (RevisionKind.EDITED, "The first word")
    delete_message(actor=cast.actor("assistant"), message=message)
    bodies = [one.body for one in history_of(cast.actor("instructor"), message)]
    assert bodies == ["The first word", "The **last** word"]
    assert each(cast, lambda who: history_of(cast.actor(who), message)) == {
        "anonymous": 401,
        "outsider": 404,
        "observer": 404,
        "learner": 403,
        "learner2": 403,
        "assistant": 200,
        "instructor": 200,
        "read_token": 403,
    }
    with clock.travel(clock.now() + timedelta(days=91)):
        assert forget_old_revisions() == 2
    assert not MessageRevision.objects.exists()


def test_a_message_is_edited_by_its_author_for_a_while(cast: Cast) -> None:
    message = say(cast)
    got = each(cast, lambda who: edit_message(actor=cast.actor(who), message=message, body=who))
    assert got == {
        "anonymous": 401,
        "outsider": 404,
        "observer": 404,
        "learner": 200,
        "learner2": 403,
        "assistant": 403,
        "instructor": 403,
        "read_token": 403,
    }
    with clock.travel(clock.now() + timedelta(minutes=16)), pytest.raises(Conflict) as late:
        edit_message(actor=cast.actor("learner"), message=message, body="Too late")
    assert late.value.code == "too_late"
    with pytest.raises(Invalid):
        edit_message(actor=cast.actor("learner"), message=message, body=" ")


# Reactions.


def test_reactions_count_each_person_once(cast: Cast) -> None:
    message = say(cast)
    for who in ("learner", "learner2", "learner2"):
        react(actor=cast.actor(who), message=message, emoji="heart", on=True)
    react(actor=cast.actor("assistant"), message=message, emoji="eyes", on=True)
    row = react(actor=cast.actor("learner"), message=message, emoji="heart", on=False)
    assert row.reactions == {"eyes": 1, "heart": 1}
    assert row.change == 5  # one for the message, one for each change, none for repetition
    seen = missed_since(cast.actor("learner2"), cast.course, 0)
    assert seen.messages[0]["reactions"] == {"eyes": 1, "heart": 1}
    assert seen.mine == {message.public_id: ["heart"]}
    (line,) = newest_of(cast.actor("learner2"), cast.course).lines
    assert [(name, count, mine) for name, _emoji, count, mine in line.chips] == [
        ("heart", 1, True),
        ("eyes", 1, False),
    ]
    with pytest.raises(Invalid):
        react(actor=cast.actor("learner"), message=message, emoji="bomb", on=True)
    delete_message(actor=cast.actor("learner"), message=message)
    with pytest.raises(Conflict):
        react(actor=cast.actor("learner"), message=message, emoji="heart", on=True)


def test_states_missed_are_caught_up_with_in_pages(cast: Cast) -> None:
    rows = [say(cast, body=f"m{number}") for number in range(105)]
    before = missed_since(cast.actor("learner2"), cast.course, 0).last_change
    for row in rows:
        react(actor=cast.actor("learner"), message=row, emoji="heart", on=True)
    first = missed_since(cast.actor("learner2"), cast.course, 105, before)
    assert (len(first.changed), first.has_more) == (100, True)
    rest = missed_since(cast.actor("learner2"), cast.course, 105, first.last_change)
    assert (len(rest.changed), rest.has_more, rest.last_change) == (5, False, 210)


# What is new.


def test_unread_counts_from_what_was_read_and_only_grows(cast: Cast) -> None:
    for _ in range(3):
        say(cast)
    actor = cast.actor("learner2")
    assert unread_in(actor, cast.course) == 3
    assert unread_in(cast.actor("learner"), cast.course) == 0
    assert read_room(actor=actor, course=cast.course, seq=2) == 2
    assert read_room(actor=actor, course=cast.course, seq=1) == 2
    assert read_room(actor=actor, course=cast.course, seq=900) == 3
    assert (read_up_to(actor, cast.course), unread_in(actor, cast.course)) == (3, 0)
    assert count_queries(lambda: unread_in(actor, cast.course)) == 2
    with pytest.raises(Denied):
        read_room(actor=cast.actor("read_token"), course=cast.course, seq=1)


# Order.


def test_pins_are_staffs_and_told_as_states(cast: Cast) -> None:
    message = say(cast)
    got = each(cast, lambda who: pin_message(actor=cast.actor(who), message=message, on=True))
    assert {who for who, status in got.items() if status == 200} == {"assistant", "instructor"}
    assert pinned_in(cast.actor("learner"), cast.course) == [message]
    assert len(events_of("realtime.message_pinned")) == 1
    delete_message(actor=cast.actor("learner"), message=message)
    assert pinned_in(cast.actor("learner"), cast.course) == []


def test_slow_mode_holds_for_who_does_not_teach(cast: Cast) -> None:
    actor = cast.actor("assistant")
    set_room(actor=actor, course=cast.course, slow_seconds=30, blocked_words="")
    say(cast)
    with pytest.raises(Throttled) as slow:
        say(cast)
    assert (slow.value.code, slow.value.retry_after) == ("slow_mode", 30)
    assert say(cast, "learner2")
    assert say(cast, "assistant")
    assert say(cast, "assistant")
    with clock.travel(clock.now() + timedelta(seconds=31)):
        assert say(cast)
    with pytest.raises(Invalid):
        set_room(actor=actor, course=cast.course, slow_seconds=9999, blocked_words="")
    with pytest.raises(Denied):
        set_room(actor=cast.actor("learner"), course=cast.course, slow_seconds=0, blocked_words="")


def test_words_that_are_not_used_are_refused_whole_and_in_edits(cast: Cast) -> None:
    words = "darn\n\nvery bad.thing\ndarn"
    actor = cast.actor("assistant")
    room = set_room(actor=actor, course=cast.course, slow_seconds=0, blocked_words=words)
    assert room.blocked_words == "darn\nvery bad.thing"
    for body in ("DARN it", "a very bad.thing"):
        with pytest.raises(Invalid) as refused:
            say(cast, body=body)
        assert refused.value.code == "blocked_word"
    message = say(cast, body="darning is a craft")
    with pytest.raises(Invalid):
        edit_message(actor=cast.actor("learner"), message=message, body="darn")


def test_muted_people_read_and_write_again_when_it_is_over(cast: Cast) -> None:
    lea = cast.people["learner"]
    message = say(cast)
    restrict_member(
        actor=cast.actor("assistant"), course=cast.course, person=lea, kind="mute", minutes=10
    )
    actor = cast.actor("learner")
    doors: list[Callable[[], object]] = [
        lambda: say(cast),
        lambda: edit_message(actor=actor, message=message, body="x"),
        lambda: react(actor=actor, message=message, emoji="heart", on=True),
    ]
    for door in doors:
        with pytest.raises(Denied) as refused:
            door()
        assert refused.value.code == "muted"
    assert not may_talk(actor, cast.course)
    assert messages_of(actor, cast.course).count() == 1
    with clock.travel(clock.now() + timedelta(minutes=11)):
        assert say(cast)
    assert lift_restriction(actor=cast.actor("assistant"), course=cast.course, person=lea)
    assert not lift_restriction(actor=cast.actor("assistant"), course=cast.course, person=lea)
    assert say(cast)


def test_banned_people_are_out_of_every_door(
    cast: Cast, pushed: Pushed, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:  # R5
    lea, actor = cast.people["learner"], cast.actor("learner")
    message = say(cast)
    before = standing_of(lea.pk, cast.course)
    with django_capture_on_commit_callbacks(execute=True):
        restrict_member(
            actor=cast.actor("instructor"), course=cast.course, person=lea, kind="ban", reason="x"
        )
    assert pushed[-1][1] == {"user": lea.pk, "room": f"course:{cast.course.pk}", "close": 4403}
    for door in (
        lambda: say(cast),
        lambda: course_with_room(actor, slug=cast.course.slug),
        lambda: messages_of(actor, cast.course),
        lambda: report_message(actor=actor, message=message),
    ):
        with pytest.raises((Denied, NotFound)):
            door()
    assert standing_of(lea.pk, cast.course) != before
    assert not still_enters(lea.pk, cast.course.pk)
    assert still_enters(cast.people["learner2"].pk, cast.course.pk)


def test_staff_restrict_members_and_no_staff(cast: Cast) -> None:
    def ban(who: str, whom: str = "learner2") -> object:
        return restrict_member(
            actor=cast.actor(who), course=cast.course, person=cast.people[whom], kind="ban"
        )

    got = each(cast, ban)
    assert {who for who, status in got.items() if status == 200} == {"assistant", "instructor"}
    assert RoomRestriction.objects.count() == 1
    for whom in ("instructor", "assistant"):
        with pytest.raises(Conflict):
            ban("instructor", whom)
    with pytest.raises(NotFound):
        ban("instructor", "outsider")


def test_reports_are_gathered_and_settled(cast: Cast) -> None:
    message = say(cast, body="Rude words")
    say(cast, body="Fine words")
    got = each(cast, lambda who: report_message(actor=cast.actor(who), message=message, reason=who))
    assert {who for who, status in got.items() if status == 200} == {
        "learner",
        "learner2",
        "assistant",
        "instructor",
    }
    report_message(actor=cast.actor("learner2"), message=message, reason="Again")
    (row,) = reported_in(cast.actor("assistant"), cast.course)
    assert (row, row.open_reports) == (message, 4)  # type: ignore[attr-defined]
    assert len(row.shown_reports) == 4  # type: ignore[attr-defined]
    with pytest.raises(Denied):
        reported_in(cast.actor("learner"), cast.course)
    assert settle_reports(actor=cast.actor("assistant"), message=message, remove=True) == 4
    message.refresh_from_db()
    assert message.deleted_at is not None
    assert list(reported_in(cast.actor("assistant"), cast.course)) == []
    assert not MessageReport.objects.filter(settled_at=None).exists()


@pytest.mark.parametrize("how", ["archived", "ended"])
def test_the_room_of_a_course_that_is_over_is_read_only(cast: Cast, how: str) -> None:
    message = say(cast)
    if how == "archived":
        cast.course.state = CourseState.ARCHIVED
    else:
        cast.course.ends_at = clock.now() - timedelta(minutes=1)
    cast.course.save()
    actor = cast.actor("instructor")
    message = Message.objects.select_related("room__course").get(pk=message.pk)
    for door in (
        lambda: say(cast, "instructor"),
        lambda: react(actor=actor, message=message, emoji="heart", on=True),
    ):
        with pytest.raises(Denied) as refused:
            door()
        assert refused.value.code == "room_over"
    assert not may_talk(actor, cast.course)
    assert messages_of(cast.actor("learner"), cast.course).count() == 1


def test_words_are_found_as_they_are_and_by_who_may(cast: Cast) -> None:
    message = say(cast, body="The **granite** quarry")
    say(cast, body="A chalk pit")
    found = lambda text: [  # noqa: E731
        line.message.pk for line in found_in(cast.actor("learner2"), cast.course, text)
    ]
    assert (found("granit"), found("marble"), found("")) == ([message.pk], [], [])
    edit_message(actor=cast.actor("learner"), message=message, body="The marble quarry")
    assert (found("granite"), found("marble")) == ([], [message.pk])
    delete_message(actor=cast.actor("learner"), message=message)
    assert found("marble") == []
    with pytest.raises(Denied):
        found_in(cast.actor("outsider"), cast.course, "chalk")


def test_staff_take_the_conversation_with_them(cast: Cast) -> None:
    root = say(cast, body="=1+1")
    say(cast, "assistant", "Two", root.public_id)
    rows = exported(cast.actor("assistant"), cast.course)
    assert [(row["seq"], row["reply_to"], row["body"]) for row in rows] == [
        (1, None, "=1+1"),
        (2, 1, "Two"),
    ]
    with pytest.raises(Denied):
        exported(cast.actor("learner"), cast.course)


def test_a_reaction_of_an_erased_person_is_counted_no_more_at_the_next(cast: Cast) -> None:
    message = say(cast)
    for who in ("learner", "learner2"):
        react(actor=cast.actor(who), message=message, emoji="heart", on=True)
    Reaction.objects.filter(user=cast.people["learner"]).delete()
    row = react(actor=cast.actor("assistant"), message=message, emoji="eyes", on=True)
    assert row.reactions == {"eyes": 1, "heart": 1}


def test_an_erased_person_leaves_no_words_in_the_index_and_no_name_with_others(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """V2"""
    leo = cast.people["learner2"]
    own = say(cast, body=f"@{leo.name} the zqerased quarry is deep")
    say(cast, "learner2", "the zqstaying quarry is deep, too")
    tell_mentioned(message_id=own.pk)
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=cast.actor("learner"), person=cast.people["learner"])
    index = " ".join(SearchDocument.objects.values_list("body", flat=True))
    assert ("zqerased" in index, "zqstaying" in index) == (False, True)
    assert find("message", "zqerased", allowed=None) == []
    told = Notification.objects.get(user=leo)
    assert "Lea" not in str(told.args)
    assert words_of(told).title == "Deleted account speaks to you in the chat"
    reindex(["message"])
    assert SearchDocument.objects.filter(kind="message").count() == 1


def test_a_copy_of_ones_data_names_nobody_who_keeps_order(cast: Cast) -> None:
    """V2: what was done is in it, not by whom of the staff."""
    learner, staff = cast.people["learner"], cast.actor("assistant")
    own, other = say(cast), say(cast, "learner2", "Words")
    report_message(actor=cast.actor("learner"), message=other)
    settle_reports(actor=staff, message=other, remove=False)
    delete_message(actor=staff, message=own)
    restrict_member(actor=staff, course=cast.course, person=learner, kind="mute")
    copied = {held.label: list(held.values()) for held in holdings_of(learner.pk)}
    tables = ("message", "messagerevision", "messagereport", "roomrestriction")
    for table in tables:
        (row,) = copied[f"realtime.{table}"]
        assert not {"deleted_by_id", "made_by_id", "settled_by_id", "by_id"} & set(row)


def test_a_restriction_is_forgotten_after_a_year(cast: Cast) -> None:
    """V3: as long as the data map says."""
    restrict_member(
        actor=cast.actor("assistant"),
        course=cast.course,
        person=cast.people["learner"],
        kind="ban",
        reason="Spam",
    )
    with clock.travel(clock.now() + timedelta(days=364)):
        sweep()
        assert RoomRestriction.objects.exists()
    with clock.travel(clock.now() + timedelta(days=366)):
        sweep()
    assert not RoomRestriction.objects.exists()

"""Sending and deleting messages."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.enums import CourseState
from lms.kernel import actors
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.testing import events_of
from realtime.models import Message, Room
from realtime.queries.chat import course_with_room, messages_of, missed_since, room_name, rooms_of
from realtime.queries.presence import present_in
from realtime.services.chat import delete_message, send_message
from realtime.services.presence import renew, settle
from realtime.tests.factories import Cast, enrol, outcome, person
from realtime.tests.factories import cast as make_cast

Pushed = list[tuple[str, dict[str, Any]]]


def say(cast: Cast, who: str, body: str = "Hello", client_id: uuid.UUID | None = None) -> Message:
    sent = send_message(
        actor=cast.actor(who), course=cast.course, client_id=client_id or uuid.uuid4(), body=body
    )
    return sent.message


@pytest.mark.django_db
def test_message_is_stored_numbered_and_pushed_after_commit(
    cast: Cast, pushed: Pushed, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:  # R4
    client_id = uuid.uuid4()
    with django_capture_on_commit_callbacks() as callbacks:
        message = say(cast, "learner", "Hello *there*", client_id)
    assert pushed == []
    for callback in callbacks:
        callback()
    learner = cast.people["learner"]
    assert pushed[-1] == (
        f"course:{cast.course.pk}",
        {
            "type": "message",
            "id": message.public_id,
            "seq": 1,
            "change": 1,
            "client_id": str(client_id),
            "sender": {"id": learner.public_id, "name": learner.name},
            "ai": None,
            "reply_to": None,
            "thread": None,
            "replies": 0,
            "body": "Hello *there*",
            "html": "<p>Hello <em>there</em></p>\n",
            "files": [],
            "created_at": message.created_at.isoformat().replace("+00:00", "Z"),
            "edited_at": None,
            "deleted": False,
            "pinned": False,
            "mentions": [],
            "reactions": {},
            "asked": "",
            "faq": False,
        },
    )
    assert Room.objects.get(course=cast.course).last_seq == 1
    assert events_of("realtime.message_sent") == [
        {
            "message_id": message.pk,
            "sender_id": learner.pk,
            "course_id": cast.course.pk,
            "actor_id": learner.pk,
        }
    ]


@pytest.mark.django_db
def test_message_numbers_grow_by_one_in_each_room(cast: Cast) -> None:
    assert [say(cast, "learner").seq, say(cast, "assistant").seq, say(cast, "admin").seq] == [
        1,
        2,
        3,
    ]
    actor = cast.actor("other_instructor")
    sent = send_message(
        actor=actor, course=cast.other_course, client_id=uuid.uuid4(), body="elsewhere"
    )
    assert sent.message.seq == 1


@pytest.mark.django_db
def test_message_with_the_same_client_id_is_stored_once(cast: Cast, pushed: Pushed) -> None:  # R4
    client_id = uuid.uuid4()
    first = send_message(
        actor=cast.actor("learner"), course=cast.course, client_id=client_id, body="once"
    )
    again = send_message(
        actor=cast.actor("learner"), course=cast.course, client_id=client_id, body=" once "
    )
    assert (first.fresh, again.fresh) == (True, False)
    assert again.message == first.message
    assert Message.objects.count() == 1
    other = send_message(
        actor=cast.actor("learner2"), course=cast.course, client_id=client_id, body="once"
    )
    assert other.fresh
    with pytest.raises(Conflict) as conflict:
        say(cast, "learner", "other words", client_id)
    assert conflict.value.code == "client_id_reused"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Write something first."),
        (" \n\t ", "Write something first."),
        ("x" * 4001, "At most 4000 characters are allowed."),
        ("a\x00b", "This text contains characters that cannot be stored."),
        ("a\ud800b", "This text contains characters that cannot be stored."),
    ],
)
def test_message_body_is_checked(cast: Cast, body: str, words: str) -> None:  # C4
    with pytest.raises(Invalid) as invalid:
        say(cast, "learner", body)
    assert invalid.value.errors == {"body": [words]}
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_message_html_is_clean(cast: Cast) -> None:  # C1
    message = say(
        cast, "learner", "<script>alert(1)</script> [x](javascript:alert(1)) ![p](//e.x/p)"
    )
    assert "<script" not in message.html
    assert 'href="javascript' not in message.html
    assert "<img" not in message.html


SEND = {
    "anonymous": 401,
    "outsider": 403,
    "other_instructor": 403,
    "observer": 403,
    "read_token": 403,
    "preview": 403,
    "learner": 200,
    "assistant": 200,
    "instructor": 200,
    "admin": 200,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), SEND.items())
def test_message_may_be_sent_by_members_who_write(cast: Cast, who: str, status: int) -> None:
    assert outcome(lambda: say(cast, who)) == status
    assert Message.objects.exists() == (status == 200)


DELETE = {
    "anonymous": 401,
    "outsider": 404,
    "other_instructor": 404,
    "observer": 404,
    "learner2": 403,
    "read_token": 403,
    "preview": 403,
    "learner": 200,
    "assistant": 200,
    "instructor": 200,
    "admin": 200,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), DELETE.items())
def test_message_may_be_deleted_by_author_and_staff(cast: Cast, who: str, status: int) -> None:
    message = say(cast, "learner", "words")
    assert outcome(lambda: delete_message(actor=cast.actor(who), message=message)) == status
    message.refresh_from_db()
    if status == 200:
        assert (message.body, message.html) == ("", "")
        assert message.deleted_by_id == cast.people[who].pk
    else:
        assert (message.body, message.deleted_at) == ("words", None)


@pytest.mark.django_db(transaction=True)
def test_message_deletion_is_told_once(pushed: Pushed) -> None:
    cast = make_cast()
    message = say(cast, "learner", "words")
    delete_message(actor=cast.actor("assistant"), message=message)
    delete_message(actor=cast.actor("assistant"), message=message)
    frames = [frame for room, frame in pushed if room == f"course:{cast.course.pk}"]
    assert [(frame["seq"], frame["deleted"], frame["body"]) for frame in frames] == [
        (1, False, "words"),
        (1, True, ""),
    ]
    assert len(events_of("realtime.message_deleted")) == 1


@pytest.mark.django_db
def test_missed_messages_come_in_order_with_more(cast: Cast) -> None:
    for number in range(130):
        say(cast, "learner", f"m{number}")
    actor = cast.actor("learner2")
    first = missed_since(actor, cast.course, 5)
    assert [body["seq"] for body in first.messages] == list(range(6, 106))
    assert (first.last_seq, first.has_more) == (130, True)
    rest = missed_since(actor, cast.course, 105)
    assert [body["seq"] for body in rest.messages] == list(range(106, 131))
    assert not rest.has_more
    newest = missed_since(actor, cast.course, None)
    assert [body["seq"] for body in newest.messages] == list(range(81, 131))
    assert missed_since(actor, cast.course, 9999).messages == []


@pytest.mark.django_db
def test_missed_messages_are_bounded_by_characters(cast: Cast) -> None:
    for _ in range(60):
        say(cast, "learner", "x" * 4000)
    page = missed_since(cast.actor("learner2"), cast.course, 0)
    assert page.has_more
    assert 1 <= len(page.messages) <= 32


@pytest.mark.django_db
def test_missed_messages_of_an_untouched_room_are_none(cast: Cast) -> None:
    page = missed_since(cast.actor("learner"), cast.course, None)
    assert (page.last_seq, page.messages, page.has_more) == (0, [], False)


@pytest.mark.django_db
def test_room_shows_old_html_cleaned_by_the_new_pipeline(cast: Cast) -> None:  # C1
    message = say(cast, "learner", "plain")
    Message.objects.filter(pk=message.pk).update(html="<b>old</b>", pipeline_version="0")
    page = missed_since(cast.actor("learner"), cast.course, 0)
    assert page.messages[0]["html"] == "<p>plain</p>\n"


@pytest.mark.django_db
def test_rooms_are_those_of_my_courses(cast: Cast) -> None:
    say(cast, "learner")
    assert [(c.pk, c.last_seq) for c in rooms_of(cast.actor("learner"))] == [(cast.course.pk, 1)]  # type: ignore[attr-defined]
    assert list(rooms_of(cast.actor("outsider"))) == []
    assert list(rooms_of(cast.actor("observer"))) == []
    assert list(rooms_of(actors.ANONYMOUS)) == []
    with pytest.raises(Denied):
        course_with_room(cast.actor("outsider"), public_id=cast.course.public_id)
    cast.course.state = CourseState.DRAFT
    cast.course.save()
    with pytest.raises(NotFound):
        course_with_room(cast.actor("outsider"), public_id=cast.course.public_id)
    with pytest.raises(NotFound):
        messages_of(cast.actor("outsider"), cast.course)


@pytest.mark.django_db
def test_presence_counts_people_over_processes(cast: Cast) -> None:
    learner = cast.people["learner"]
    pair = (cast.course.pk, learner.pk)
    for process in ("one", "two"):
        settle(process=process, here=[pair], gone=[])
    assert present_in(cast.course.pk) == [{"id": learner.public_id, "name": learner.name}]
    settle(process="one", here=[], gone=[pair])
    assert len(present_in(cast.course.pk)) == 1
    settle(process="two", here=[], gone=[pair])
    settle(process="two", here=[], gone=[pair])
    assert present_in(cast.course.pk) == []


@pytest.mark.django_db
def test_presence_is_told_once_and_forgets_dead_processes(
    cast: Cast, pushed: Pushed, time_machine: Any
) -> None:
    time_machine.move_to("2026-03-01T10:00:00Z", tick=False)
    learner = cast.people["learner"]
    pair = (cast.course.pk, learner.pk)
    member = {"id": learner.public_id, "name": learner.name}
    settle(process="dead", here=[pair], gone=[])
    settle(process="alive", here=[pair], gone=[])
    assert [frame for _, frame in pushed] == [
        {"type": "presence", "joined": [member], "left": [], "present": 1}
    ]
    time_machine.move_to("2026-03-01T10:02:30Z", tick=False)
    renew(process="alive", present=[pair])
    assert present_in(cast.course.pk) == [member]
    time_machine.move_to("2026-03-01T10:05:30Z", tick=False)
    renew(process="another", present=[])
    assert present_in(cast.course.pk) == []
    assert pushed[-1][1] == {"type": "presence", "joined": [], "left": [member], "present": 0}


def _present(cast: Cast) -> set[int]:
    names = {one["id"] for one in present_in(cast.course.pk)}
    return {one.pk for one in cast.people.values() if one.public_id in names}


@pytest.mark.django_db
def test_a_crowd_is_told_in_one_frame_and_a_big_one_by_its_number(
    cast: Cast, pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {(cast.course.pk, one.pk) for one in cast.people.values()}
    gone_course = (cast.course.pk + 1000, cast.people["learner"].pk)
    with CaptureQueriesContext(connection) as all_at_once:
        settle(process="one", here={*here, gone_course}, gone=[])
    ((room, frame),) = pushed
    assert room == room_name(cast.course.pk)
    assert (len(frame["joined"]), frame["left"], frame["present"]) == (len(here), [], len(here))
    settle(process="one", here=[], gone=here)
    assert (len(pushed[-1][1]["left"]), pushed[-1][1]["present"]) == (len(here), 0)
    with CaptureQueriesContext(connection) as single:
        settle(process="one", here=sorted(here)[:1], gone=[])
    assert len(all_at_once) == len(single)
    monkeypatch.setattr("realtime.services.presence.CHUNK", 2)
    settle(process="two", here=[], gone=here)
    settle(process="one", here=here, gone=[])
    assert {pair for pair in here if pair[1] in _present(cast)} == here
    monkeypatch.setattr("realtime.services.presence.CHUNK", 500)
    settle(process="one", here=[], gone=here)
    monkeypatch.setattr("realtime.services.presence.MEMBERS_LIMIT", len(here) - 1)
    settle(process="one", here=here, gone=[])
    assert pushed[-1][1] == {"type": "presence", "joined": [], "left": [], "present": len(here)}


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_messages_of_eight_senders_at_once_have_no_gaps() -> None:
    cast = make_cast()
    people = [person("Racer") for _ in range(8)]
    for user in people:
        enrol(user, cast.course)
    problems: list[Exception] = []

    def talk(user: Any) -> None:
        try:
            for number in range(5):
                send_message(
                    actor=actors.for_user(user),
                    course=cast.course,
                    client_id=uuid.uuid4(),
                    body=str(number),
                )
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=talk, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert list(Message.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 41))

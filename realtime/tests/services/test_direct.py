"""Messages between two people: who may write, what is kept, who reads it, and what ends it."""

import io
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.queries.personal_data import holdings_of
from accounts.services.privacy import erase_person
from courses.enums import CourseState, EnrolmentState
from courses.models import Course, Enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, KernelError, NotFound, Throttled
from lms.kernel.models import EventRecord, SearchDocument
from lms.kernel.testing import assert_constant_queries
from realtime.enums import NotificationKind
from realtime.models import (
    Conversation,
    DirectMessage,
    DirectReport,
    MessageFile,
    Notification,
    PersonBlock,
)
from realtime.queries.direct import (
    conversations_of,
    direct_body,
    direct_reports_in,
    direct_seen,
    directs_of,
    found_direct,
    may_write_to,
    people_to_write,
    person_to_write,
    talk_of,
    talks,
    unread_talks,
)
from realtime.queries.files import file_seen
from realtime.queries.notifications import words_of
from realtime.services import direct as direct_services
from realtime.services.chat import send_message
from realtime.services.direct import (
    DirectSend,
    block_person,
    delete_direct,
    edit_direct,
    read_conversation,
    report_direct,
    send_direct,
    settle_direct_report,
)
from realtime.services.direct_occasions import tell_direct
from realtime.services.files import Named, add_file
from realtime.services.moderation import restrict_member, set_room
from realtime.tests.factories import Cast, enrol, outcome
from realtime.tests.factories import cast as make_cast

pytestmark = pytest.mark.services
Pushed = list[tuple[str, dict[str, Any]]]


def write(
    cast: Cast, who: str = "learner", whom: str = "instructor", body: str = "Hello", **more: Any
) -> DirectSend:
    more.setdefault("client_id", uuid.uuid4())
    return send_direct(actor=cast.actor(who), person=cast.people[whom], body=body, **more)


def why_not(cast: Cast, who: str, whom: str) -> str:
    """Empty when `who` may write to `whom`, else the code of the refusal."""
    allowed = may_write_to(cast.actor(who), cast.people[whom])
    try:
        write(cast, who, whom)
    except KernelError as problem:
        assert not allowed
        return problem.code
    assert allowed
    return ""


def policy(cast: Cast, direct: str) -> None:
    set_room(
        actor=cast.actor("instructor"),
        course=cast.course,
        slow_seconds=0,
        blocked_words="",
        direct=direct,
    )


@pytest.mark.django_db
def test_messages_are_numbered_pushed_as_ids_and_sent_once(
    cast: Cast, pushed: Pushed, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    key = uuid.uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        first = write(cast, body="Hello **you**", client_id=key)
    again = write(cast, body="Hello **you**", client_id=key)
    second = write(cast, "instructor", "learner")
    assert (first.fresh, again.fresh, again.message) == (True, False, first.message)
    assert (second.message.seq, second.message.change) == (2, 2)
    conversation = Conversation.objects.get()
    frame = {"type": "direct", "conversation": conversation.public_id, "change": 1}
    rooms = {f"person:{cast.people[who].pk}" for who in ("learner", "instructor")}
    told = [(room, one) for room, one in pushed if one["type"] == "direct"]
    assert sorted(told) == [(room, frame) for room in sorted(rooms)]
    assert "Hello" not in str(pushed)
    with pytest.raises(Conflict) as used:
        write(cast, body="Other", client_id=key)
    assert used.value.code == "client_id_reused"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("direct", "to_peer", "to_staff"),
    [("off", "cannot_write", "cannot_write"), ("staff", "cannot_write", ""), ("all", "", "")],
)
def test_the_course_says_who_writes_to_whom(
    cast: Cast, direct: str, to_peer: str, to_staff: str
) -> None:
    policy(cast, direct)
    assert why_not(cast, "learner", "learner2") == to_peer
    assert why_not(cast, "learner", "assistant") == to_staff
    assert why_not(cast, "assistant", "instructor") == to_staff
    for stranger in ("outsider", "observer", "other_instructor", "admin"):
        assert why_not(cast, "learner", stranger) == "cannot_write"
        assert why_not(cast, stranger, "learner") == "cannot_write"
    assert outcome(lambda: write(cast, "read_token")) == 403
    assert outcome(lambda: write(cast, "preview", "learner")) == 403
    assert outcome(lambda: write(cast, "learner", "learner")) == 404
    assert outcome(lambda: write(cast, "anonymous")) == 401


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["over", "archived", "deleted", "left", "off", "draft", "inactive"])
def test_writing_stops_with_its_ground_and_reading_stays(cast: Cast, end: str) -> None:
    message = write(cast).message
    course = Course.objects.filter(pk=cast.course.pk)
    if end == "over":
        course.update(ends_at=clock.now())
    elif end == "deleted":
        course.update(deleted_at=clock.now())
    elif end in {"archived", "draft"}:
        course.update(state=CourseState[end.upper()])
    elif end == "left":
        mine = Enrolment.objects.filter(user=cast.people["learner"])
        mine.update(state=EnrolmentState.REMOVED)
    elif end == "inactive":
        User.objects.filter(pk=cast.people["instructor"].pk).update(is_active=False)
        cast.people["instructor"].refresh_from_db()
    else:
        policy(cast, "off")
    assert why_not(cast, "learner", "instructor") == "cannot_write"
    with pytest.raises(Denied):
        edit_direct(actor=cast.actor("learner"), message=message, body="Other")
    talk = talk_of(cast.actor("learner"), message.conversation.public_id)
    assert list(directs_of(cast.actor("learner"), talk.conversation)) == [message]
    delete_direct(actor=cast.actor("learner"), message=message)  # one's own may always go


@pytest.mark.django_db
def test_nobody_else_reads_a_conversation_not_even_administrators(cast: Cast) -> None:
    message = write(cast).message
    seen = {"learner", "instructor", "read_token", "preview"}
    wanted = {who: 200 if who in seen else 404 for who in cast.actors} | {"anonymous": 401}

    def each(act: Callable[[Any], object]) -> dict[str, int]:
        return {who: outcome(lambda one=one: act(one)) for who, one in cast.actors.items()}  # type: ignore[misc]

    assert each(lambda actor: direct_seen(actor, message.public_id)) == wanted
    assert each(lambda actor: talk_of(actor, message.conversation.public_id)) == wanted
    for text in ("\0", "x" * 300):
        with pytest.raises(NotFound):
            talk_of(cast.actor("learner"), text)
        with pytest.raises(NotFound):
            person_to_write(cast.actor("learner"), text)


@pytest.mark.django_db
def test_a_blocked_person_is_not_told_reads_and_writes_no_more(cast: Cast, pushed: Pushed) -> None:
    policy(cast, "all")
    conversation = write(cast, "learner", "learner2").message.conversation
    for who in ("learner", "learner2"):  # who spoke in the room is offered
        send_message(actor=cast.actor(who), course=cast.course, client_id=uuid.uuid4(), body="Here")
    offered = people_to_write(cast.actor("learner"))
    assert cast.people["learner2"] in offered
    block_person(actor=cast.actor("learner2"), conversation=conversation, on=True)
    assert not any("block" in str(frame) for _room, frame in pushed)
    refused: list[str] = []
    for whom in ("learner2", "outsider"):  # the words are the same as for somebody unrelated
        with pytest.raises(Denied) as denied:
            write(cast, "learner", whom)
        refused.append(f"{denied.value.code} {denied.value.detail}")
    assert refused[0] == refused[1]
    with pytest.raises(Conflict) as own:
        write(cast, "learner2", "learner")
    assert own.value.code == "you_block"
    assert not may_write_to(cast.actor("learner2"), cast.people["learner"])
    assert directs_of(cast.actor("learner"), conversation).count() == 1
    assert people_to_write(cast.actor("learner")) == offered
    assert cast.people["learner"] not in people_to_write(cast.actor("learner2"))
    block_person(actor=cast.actor("learner2"), conversation=conversation, on=False)
    assert write(cast, "learner", "learner2").fresh
    assert not PersonBlock.objects.exists()


@pytest.mark.django_db
def test_whom_staff_muted_writes_to_staff_alone(cast: Cast) -> None:
    policy(cast, "all")
    restrict_member(
        actor=cast.actor("instructor"),
        course=cast.course,
        person=cast.people["learner"],
        kind="mute",
    )
    assert why_not(cast, "learner", "learner2") == "cannot_write"
    assert why_not(cast, "learner", "instructor") == ""
    assert why_not(cast, "learner2", "learner") == ""


@pytest.mark.django_db
def test_people_are_offered_as_the_rules_allow(cast: Cast) -> None:
    def offered(who: str, text: str = "") -> set[str]:
        found = people_to_write(cast.actor(who), text)
        return {name for name, user in cast.people.items() if user in found}

    assert offered("learner") == {"instructor", "assistant"}
    assert offered("instructor") == {"assistant", "learner", "learner2"}
    policy(cast, "all")
    assert offered("learner") == {"instructor", "assistant"}  # a silent classmate stays unnamed
    send_message(
        actor=cast.actor("learner2"), course=cast.course, client_id=uuid.uuid4(), body="Hi"
    )
    assert offered("learner") == {"instructor", "assistant", "learner2"}
    assert offered("learner", "leo LEA") == {"learner2"}
    assert offered("learner", "\0%") == set()
    assert offered("outsider") == offered("observer") == set()
    policy(cast, "off")
    assert offered("instructor") == offered("learner") == set()
    with pytest.raises(NotFound):
        person_to_write(cast.actor("learner"), cast.people["outsider"].public_id)


@pytest.mark.django_db
def test_reading_counts_and_one_notification_tells_until_then(cast: Cast) -> None:
    messages = [write(cast).message for _turn in range(3)]
    assert [tell_direct(message_id=one.pk) for one in messages] == [1, 0, 0]
    reader, conversation = cast.actor("instructor"), messages[0].conversation
    (told,) = Notification.objects.filter(kind=NotificationKind.DIRECT)
    assert told.user == cast.people["instructor"]
    assert words_of(told).title == f"{cast.people['learner'].name} wrote to you"
    assert "Hello" not in str(told.args)
    assert (unread_talks(reader), unread_talks(cast.actor("learner"))) == (1, 0)
    assert talk_of(reader, conversation.public_id).unread == 3
    conversation.refresh_from_db()
    assert read_conversation(actor=reader, conversation=conversation, seq=99) == 3
    assert read_conversation(actor=reader, conversation=conversation, seq=1) == 3
    assert unread_talks(reader) == 0
    told.refresh_from_db()
    assert told.read_at is not None
    assert tell_direct(message_id=write(cast).message.pk) == 1


@pytest.mark.django_db
def test_words_change_for_a_while_and_go_from_both(cast: Cast) -> None:
    message = write(cast, body="The zqfirst quarry").message
    reader = cast.actor("instructor")
    assert [row.pk for row in found_direct(reader, "zqfirst")] == [message.pk]
    assert found_direct(cast.actor("assistant"), "zqfirst") == []
    got = {
        who: outcome(lambda who=who: edit_direct(actor=cast.actor(who), message=message, body="x"))  # type: ignore[misc]
        for who in ("instructor", "assistant", "admin", "learner")
    }
    assert got == {"instructor": 403, "assistant": 404, "admin": 404, "learner": 200}
    row = edit_direct(actor=cast.actor("learner"), message=message, body="zqsecond")
    assert (row.change, row.edited_at is not None) == (3, True)
    assert found_direct(reader, "zqfirst") == []
    with clock.travel(clock.now() + timedelta(minutes=16)), pytest.raises(Conflict):
        edit_direct(actor=cast.actor("learner"), message=message, body="later")
    gone = delete_direct(actor=cast.actor("learner"), message=message)
    assert direct_body(gone)["body"] == direct_body(gone)["html"] == ""
    assert found_direct(reader, "zqsecond") == []
    with pytest.raises(Conflict):
        edit_direct(actor=cast.actor("learner"), message=message, body="again")
    for body in ("", " ", "x" * 4001, "\0"):
        with pytest.raises(Invalid):
            write(cast, body=body)


@pytest.mark.django_db
def test_a_report_shows_one_message_to_the_staff_of_a_shared_course(cast: Cast) -> None:
    policy(cast, "all")
    message = write(cast, "learner", "learner2", "Rude").message
    write(cast, "learner2", "learner", "A secret")
    report = lambda who, **more: report_direct(  # noqa: E731
        actor=cast.actor(who), message=message, **more
    )
    with pytest.raises(Conflict):
        report("learner")
    with pytest.raises(NotFound):
        report("instructor")
    with pytest.raises(Invalid):
        report("learner2", course=cast.other_course)
    row = report("learner2", reason="Rude words")
    assert report("learner2", reason="Very rude") == row
    edit_direct(actor=cast.actor("learner"), message=message, body="Nice words")
    (seen,) = direct_reports_in(cast.actor("assistant"), cast.course)
    assert (seen.body, seen.reason) == ("Rude", "Very rude")
    for who in ("learner", "learner2", "outsider", "other_instructor"):
        assert not direct_reports_in(cast.actor(who), cast.course).exists()
        with pytest.raises(NotFound):
            settle_direct_report(actor=cast.actor(who), report=row, remove=True)
    settle_direct_report(actor=cast.actor("assistant"), report=row, remove=True)
    message.refresh_from_db()
    assert (message.deleted_at is not None, message.body) == (True, "")
    assert not direct_reports_in(cast.actor("assistant"), cast.course).exists()


@pytest.mark.django_db
def test_a_settled_report_opens_again_with_other_words_alone(cast: Cast) -> None:
    policy(cast, "all")
    message = write(cast, "learner", "learner2", "Rude").message
    for name in ("learner", "learner2"):
        enrol(cast.people[name], cast.other_course)
    ask = lambda course: report_direct(  # noqa: E731
        actor=cast.actor("learner2"), message=message, course=course
    )
    row = ask(cast.course)
    settle_direct_report(actor=cast.actor("assistant"), report=row, remove=False)
    ask(cast.other_course)
    row.refresh_from_db()
    assert (row.course, row.settled_at is None) == (cast.course, False)
    for who, course in (("assistant", cast.course), ("other_instructor", cast.other_course)):
        assert not direct_reports_in(cast.actor(who), course).exists()
    edit_direct(actor=cast.actor("learner"), message=message, body="Ruder")
    ask(cast.course)
    (seen,) = direct_reports_in(cast.actor("assistant"), cast.course)
    assert (seen.pk, seen.body) == (row.pk, "Ruder")
    assert EventRecord.objects.filter(kind="realtime.direct_reported").count() == 2


@pytest.mark.django_db
def test_who_is_reported_does_not_judge_the_report(cast: Cast) -> None:
    message = write(cast, "assistant", "learner").message
    report_direct(actor=cast.actor("learner"), message=message)
    assert not direct_reports_in(cast.actor("assistant"), cast.course).exists()
    assert direct_reports_in(cast.actor("instructor"), cast.course).exists()


@pytest.mark.django_db
def test_files_are_seen_by_the_two_alone(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = add_file(actor=cast.actor("learner"), name="a.txt", content=io.BytesIO(b"words"))
    message = write(cast, body="", files=[Named(row.public_id)]).message
    assert [file["name"] for file in direct_body(message)["files"]] == ["a.txt"]

    def opens(who: str) -> bool:
        return outcome(lambda: file_seen(cast.actor(who), row.public_id)) == 200

    seen = {who for who in cast.actors if opens(who)}
    assert seen == {"learner", "instructor", "read_token", "preview"}
    delete_direct(actor=cast.actor("learner"), message=message)
    assert outcome(lambda: file_seen(cast.actor("instructor"), row.public_id)) == 404
    assert MessageFile.objects.count() == 1


@pytest.mark.django_db
def test_a_copy_holds_ones_own_side_and_erasure_leaves_the_other(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    own = write(cast, body="zqmine").message
    theirs = write(cast, "instructor", "learner", "zqtheirs").message
    report_direct(actor=cast.actor("instructor"), message=own)
    tell_direct(message_id=own.pk)
    learner = cast.people["learner"]
    copied = str({held.label: list(held.values()) for held in holdings_of(learner.pk)})
    assert ("zqmine" in copied, "zqtheirs" in copied) == (True, False)
    reported = str({h.label: list(h.values()) for h in holdings_of(cast.people["instructor"].pk)})
    assert "zqmine" not in reported
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=cast.actor("learner"), person=learner)
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (own.body, own.html, own.sender, theirs.body) == ("", "", None, "zqtheirs")
    (talk,) = talks(conversations_of(cast.actor("instructor")))
    assert talk.other is None
    assert not SearchDocument.objects.filter(body__contains="zqmine").exists()
    assert DirectReport.objects.get().body == ""
    assert not Notification.objects.filter(args__icontains="Lea").exists()


@pytest.mark.django_db
def test_lists_cost_the_same_queries(cast: Cast) -> None:
    policy(cast, "all")
    reader = cast.actor("learner")
    write(cast, "learner", "instructor")
    others = iter([("learner2", "learner"), ("assistant", "learner"), ("learner", "learner2")] * 3)

    def more() -> None:
        write(cast, *next(others))

    assert_constant_queries(lambda: talks(conversations_of(reader)), more)
    conversation = Conversation.objects.earliest("pk")
    assert_constant_queries(
        lambda: [direct_body(row) for row in directs_of(reader, conversation)], lambda: write(cast)
    )


@pytest.mark.django_db
def test_nobody_floods_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct_services, "MOST_IN_A_MINUTE", 2)
    monkeypatch.setattr(direct_services, "MOST_NEW_IN_A_DAY", 1)
    write(cast)
    write(cast)
    with pytest.raises(Throttled):
        write(cast)
    with clock.travel(clock.now() + timedelta(minutes=2)):
        write(cast)
        with pytest.raises(Throttled):
            write(cast, "learner", "assistant")


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_make_one_conversation_without_gaps() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite writes one after the other")
    cast, problems = make_cast(), []

    def talk(who: str, whom: str) -> None:
        try:
            for _turn in range(5):
                write(cast, who, whom)
        except Exception as problem:  # noqa: BLE001 - shown below
            problems.append(problem)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=talk, args=pair)
        for pair in (("learner", "instructor"), ("instructor", "learner"))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert problems == []
    assert Conversation.objects.count() == 1
    numbers = list(DirectMessage.objects.values_list("seq", "change"))
    assert numbers == [(number, number) for number in range(1, 11)]

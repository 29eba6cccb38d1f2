"""What a long life does to a room: many members, long rooms, old messages, erased people."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.services.privacy import erase_person
from lms.kernel.errors import Denied
from lms.kernel.models import SearchDocument
from lms.kernel.search import find
from lms.kernel.testing import count_queries, run_jobs
from realtime.models import Message, MessageReport, Presence, Room
from realtime.queries import room as room_queries
from realtime.queries.mentions import candidates, members_called, mentioned_in
from realtime.queries.room import exported, reported_in, settled_in
from realtime.services.chat import delete_message, send_message
from realtime.services.editing import edit_message, react
from realtime.services.indexing import index_missing
from realtime.services.moderation import reopen_reports, report_message, settle_reports
from realtime.tests.factories import Cast, enrol, outcome, person

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def say(cast: Cast, who: str = "learner", body: str = "Hello") -> Message:
    sent = send_message(
        actor=cast.actor(who), course=cast.course, client_id=uuid.uuid4(), body=body
    )
    return sent.message


def test_a_mention_looks_up_names_that_are_meant_and_no_others(cast: Cast) -> None:
    leo = cast.people["learner2"]
    words = f"@{leo.name.upper()}, and mail@example.com"

    def cost() -> int:
        return count_queries(lambda: mentioned_in(words, cast.course))

    few = cost()
    for _number in range(30):
        enrol(person("Somebody Else"), cast.course)
    assert few == cost() == 1
    assert [key for key, _id, _name in mentioned_in(words, cast.course)] == [leo.pk]
    assert count_queries(lambda: mentioned_in("nobody @ all", cast.course)) == 0


def test_candidates_of_a_mention_are_bounded() -> None:
    assert candidates("Ask @Lea Lu-Ann, now") == {
        "lea",
        "lea lu",
        "lea lu-ann",
        "lea lu-ann,",
        "lea lu-ann, now",
    }
    assert len(candidates("@a b c d e f g h i j k l m n o p q r s t u v w x y z " * 80)) <= 3 * 1000


def test_names_beyond_ascii_are_meant_in_any_case(cast: Cast) -> None:
    zola = person("Émile Ünal")
    zola.name = "Émile Ünal"
    zola.save()
    enrol(zola, cast.course)
    for said in ("@Émile Ünal", "@émile ünal"):
        assert [name for _key, _id, name in mentioned_in(f"{said}!", cast.course)] == [zola.name]


def test_completion_names_who_teaches_wrote_or_is_there(cast: Cast) -> None:
    names = [cast.people[who].name for who in ("assistant", "learner2")]

    def offered(who: str, text: str = "") -> list[str]:
        return [name for _id, name in members_called(cast.actor(who), cast.course, text)]

    assert names[1] not in offered("learner")
    assert names[0] in offered("learner")
    assert names[1] in offered("assistant", "leo")
    say(cast, "learner2")
    assert offered("learner", "LEO le") == [names[1]]
    assert offered("learner", "learner") == [names[1]]
    Message.objects.all().delete()
    assert offered("learner", "leo") == []
    Presence.objects.create(course=cast.course, user=cast.people["learner2"], process="x")
    assert offered("learner", "leo") == [names[1]]
    assert offered("learner", "obi") == []  # an observer is not in the room
    assert offered("learner", "\0%_") == []
    with pytest.raises(Denied):
        members_called(cast.actor("outsider"), cast.course, "a")
    with pytest.raises(Denied):
        members_called(cast.actor("observer"), cast.course, "a")


def fill(cast: Cast, count: int) -> None:
    room = Room.objects.get_or_create(course=cast.course)[0]
    first = room.last_seq
    Message.objects.bulk_create(
        Message(
            room=room,
            seq=first + number,
            change=first + number,
            client_id=uuid.uuid4(),
            sender=cast.people["learner"],
            body=f"Word {first + number}",
        )
        for number in range(1, count + 1)
    )
    room.last_seq = room.last_change = first + count
    room.save()


def test_an_export_holds_one_piece_of_the_room_at_a_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_queries, "EXPORTED", 10)
    fill(cast, 35)
    rows = exported(cast.actor("assistant"), cast.course)
    got: list[int] = []
    first = count_queries(lambda: got.append(next(rows)["seq"]))
    rest = count_queries(lambda: got.extend(row["seq"] for row in rows))
    assert got == list(range(1, 36))
    # One query for each piece of ten and one for its files, and the last, which is empty: never
    # all rows at once.
    assert (first, rest) == (2, 7)


def test_reports_come_in_pages_with_the_same_queries(cast: Cast) -> None:
    staff = cast.actor("assistant")

    def cost() -> int:
        return count_queries(lambda: list(reported_in(staff, cast.course)[:20]))

    report_message(actor=cast.actor("learner2"), message=say(cast))
    one = cost()
    for _number in range(22):
        report_message(actor=cast.actor("learner2"), message=say(cast))
    assert cost() == one
    client = Client()
    client.force_login(cast.people["assistant"])
    page = client.get(f"/api/v1/rooms/{cast.course.public_id}/reports/?page=2").json()
    assert (page["count"], len(page["results"])) == (23, 3)
    assert page["results"][0]["count"] == 1
    desk = client.get(f"/teach/{cast.course.slug}/chat/?page=2").content.decode()
    assert desk.count("Take it away") == 3


def test_settled_reports_open_again_by_staff_or_after_an_edit(cast: Cast) -> None:
    message, staff = say(cast), cast.actor("assistant")

    def report() -> None:
        message.refresh_from_db()
        report_message(actor=cast.actor("learner2"), message=message)

    report()
    settle_reports(actor=staff, message=message, remove=False)
    report()
    assert not MessageReport.objects.filter(settled_at=None).exists()  # they have looked at it
    assert settled_in(staff, cast.course) == [message]
    assert outcome(lambda: reopen_reports(actor=cast.actor("learner"), message=message)) == 403
    assert reopen_reports(actor=staff, message=message) == 1
    assert (settled_in(staff, cast.course), reported_in(staff, cast.course).get()) == ([], message)
    settle_reports(actor=staff, message=message, remove=False)
    edit_message(actor=cast.actor("learner"), message=message, body="Worse")
    report()
    assert reported_in(staff, cast.course).get() == message
    settle_reports(actor=staff, message=message, remove=True)
    message.refresh_from_db()
    assert outcome(lambda: reopen_reports(actor=staff, message=message)) == 409


def test_emoji_of_an_erased_person_leave_the_counts(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    message, other = say(cast, "assistant"), say(cast, "assistant")
    for who in ("learner", "learner2"):
        react(actor=cast.actor(who), message=message, emoji="heart", on=True)
    react(actor=cast.actor("learner2"), message=other, emoji="eyes", on=True)
    other.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=cast.actor("learner"), person=cast.people["learner"])
    run_jobs()
    message.refresh_from_db()
    assert message.reactions == {"heart": 1}
    before = other.change
    other.refresh_from_db()
    assert (other.reactions, other.change) == ({"eyes": 1}, before)


def test_messages_from_before_the_index_are_indexed_in_pieces(cast: Cast) -> None:
    fill(cast, 450)
    deleted = Message.objects.get(seq=7)
    delete_message(actor=cast.actor("learner"), message=deleted)
    assert find("message", "Word", allowed=None, limit=500) == []
    assert [index_missing(pieces=1) for _turn in range(4)] == [200, 200, 50, 0]
    assert SearchDocument.objects.filter(kind="message").count() == 449
    assert find("message", "450", allowed=None) == [Message.objects.get(seq=450).pk]
    say(cast, body="New words")
    assert index_missing() == 0

"""The personal socket: ids alone, for its person alone."""

import asyncio
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from courses.models import Enrolment
from lms.kernel import push
from lms.kernel.actors import system
from lms.kernel.errors import Denied
from lms.kernel.jobs import cancel_job, enqueue
from realtime.enums import NotificationKind
from realtime.models import Notification
from realtime.services.direct import send_direct
from realtime.services.notify import mark_all_read, notify
from realtime.tests.consumers.conftest import Stage
from realtime.tests.consumers.test_chat import refused

pytestmark = pytest.mark.services
ME = "/ws/me/"


def tell(stage: Stage, who: str, key: str = "k") -> None:
    notify(
        actor=system("test"),
        kind=NotificationKind.ENROLLED,
        recipients=[stage.cast.people[who].pk],
        course=stage.cast.course,
        key=key,
        args={"course": "A secret title"},
        url="/c/x/",
    )


async def test_me_door_is_for_people_signed_in(theatre: Stage) -> None:  # R1
    assert await refused(theatre, "anonymous", ME) == 403
    assert await refused(theatre, "outsider", ME) == 101
    assert await refused(theatre, "outsider", ME, origin="https://evil.example") == 403
    ticket = await theatre.ticket("outsider", course=False)
    assert await refused(theatre, "anonymous", f"{ME}?ticket={ticket}", origin=None) == 101
    for_a_room = await theatre.ticket("learner")
    assert await refused(theatre, "anonymous", f"{ME}?ticket={for_a_room}", origin=None) == 403


async def test_me_hears_own_notifications_as_ids(theatre: Stage) -> None:  # R6
    mine, other = await theatre.open("learner", ME), await theatre.open("learner2", ME)
    await mine.hear("ready")
    await other.hear("ready")
    await sync_to_async(tell)(theatre, "learner")
    frame = await mine.hear("notification")
    row = await Notification.objects.aget()
    assert frame == {"type": "notification", "id": row.public_id, "kind": "enrolled"}
    await sync_to_async(mark_all_read)(actor=theatre.cast.actor("learner"))
    assert await mine.hear("read") == {"type": "read"}
    await sync_to_async(tell)(theatre, "learner2", "k2")
    assert (await other.hear("notification"))["id"] != row.public_id
    assert [frame["type"] for frame in other.heard] == ["ready", "notification"]


async def test_me_hears_the_progress_of_own_jobs(theatre: Stage) -> None:  # R6
    mine = await theatre.open("learner", ME)
    await mine.hear("ready")

    def work() -> Any:
        job = enqueue(
            "realtime.mail_notifications",
            actor=theatre.cast.actor("learner"),
            params={"ids": [], "secret": "x"},
        )
        return cancel_job(actor=theatre.cast.actor("learner"), job=job)

    job = await sync_to_async(work)()
    frame = await mine.hear("job")
    assert frame == {
        "type": "job",
        "id": job.public_id,
        "kind": "realtime.mail_notifications",
        "state": "cancelled",
        "progress": 0,
    }


async def test_me_has_nothing_to_hear_from_clients(theatre: Stage) -> None:
    mine = await theatre.open("learner", ME)
    await mine.tell({"type": "join"})
    assert (await mine.hear("error"))["code"] == "unknown_type"


async def test_me_hears_of_messages_as_ids_until_the_course_ends_it(theatre: Stage) -> None:
    """R5 R6: who was removed hears nothing more, and a person who is gone is shut out."""
    cast = theatre.cast
    mine, other = await theatre.open("learner", ME), await theatre.open("learner2", ME)
    await mine.hear("ready")
    await other.hear("ready")

    def write(who: str, whom: str) -> str:
        sent = send_direct(
            actor=cast.actor(who), person=cast.people[whom], client_id=uuid.uuid4(), body="zqwords"
        )
        return sent.message.conversation.public_id

    key = await sync_to_async(write)("assistant", "learner")
    assert await mine.hear("direct") == {"type": "direct", "conversation": key, "change": 1}
    await Enrolment.objects.filter(user=cast.people["learner"]).aupdate(state="removed")
    with pytest.raises(Denied):
        await sync_to_async(write)("assistant", "learner")
    with pytest.raises(Denied):
        await sync_to_async(write)("learner", "assistant")
    assert not await other.hears_soon("direct")
    frames = [frame for frame in mine.heard if frame["type"] == "direct"]
    await mine.tell({"type": "x"})
    await mine.hear("error")
    assert frames == [frame for frame in mine.heard if frame["type"] == "direct"]
    assert "zqwords" not in str([*mine.heard, *other.heard])
    await User.objects.filter(pk=cast.people["learner"].pk).aupdate(is_active=False)
    assert await mine.closed() == 4401  # by the watch, within 10 seconds, though nobody told it


async def test_me_closes_at_once_when_told(theatre: Stage) -> None:  # R5 A3
    mine, room = await theatre.open("learner", ME), await theatre.join("learner")
    other = await theatre.open("learner2", ME)
    await mine.hear("ready")
    await other.hear("ready")
    await asyncio.to_thread(push.close_person, theatre.cast.people["learner"].pk, 4401)
    assert await mine.closed(3) == 4401
    assert await room.closed(3) == 4401
    await other.tell({"type": "x"})
    assert (await other.hear("error"))["code"] == "unknown_type"

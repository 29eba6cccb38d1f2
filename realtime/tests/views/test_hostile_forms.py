"""Forms with what PostgreSQL cannot store: an answer, never a fault (C4, P6)."""

import uuid
from decimal import Decimal

import pytest

from realtime.services.direct import send_direct
from realtime.services.forum_task import TaskWish, set_task
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, begin

pytestmark = [pytest.mark.django_db, pytest.mark.services]
NUL = "a\0b"


def test_ids_with_nul_in_forms_of_the_forum_are_not_found(cast: Cast) -> None:
    root = begin(cast, "instructor")
    set_task(actor=cast.actor("instructor"), thread=root.thread, wish=TaskWish(points=Decimal(5)))
    base, place = f"/c/{cast.course.slug}/discuss", root.thread.public_id
    desk = f"/teach/{cast.course.slug}/discuss/t/{place}/marks/"
    new = {"client_id": str(uuid.uuid4()), "body": "Words"}
    for url, form in (
        (f"{base}/t/{place}/do/move/", {"board": NUL}),
        (f"{base}/t/{place}/", {"parent": NUL, **new}),
        (desk, {"learner": NUL, "score": "1"}),
        (f"{base}/do/follow/", {"board": NUL}),
    ):
        assert api(cast, "instructor").post(url, form).status_code == 404, url


def test_ids_with_nul_in_forms_of_rooms_and_messages_are_refused(cast: Cast) -> None:
    chat = f"/c/{cast.course.slug}/chat/"
    new = {"client_id": str(uuid.uuid4()), "body": "Words"}
    assert api(cast, "learner").post(chat, {"reply_to": NUL, **new}).status_code == 404
    desk = f"/teach/{cast.course.slug}/chat/members/"
    form = {"member": NUL, "kind": "mute"}
    assert api(cast, "instructor").post(desk, form).status_code == 302
    told = send_direct(
        actor=cast.actor("instructor"),
        person=cast.people["learner"],
        client_id=uuid.uuid4(),
        body="Hello",
    )
    report = f"/me/messages/said/{told.message.public_id}/report/"
    assert api(cast, "learner").post(report, {"course": NUL}).status_code == 302

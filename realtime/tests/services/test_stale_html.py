"""What an older pipeline made of words is not shown any more (C1)."""

import uuid
from decimal import Decimal

import pytest

from realtime.models import DirectMessage, ForumPost
from realtime.services.direct import send_direct
from realtime.services.forum_task import TaskWish, set_task
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, answer, begin

pytestmark = [pytest.mark.django_db, pytest.mark.services]
STALE = {"html": "<i>zqstale</i>", "pipeline_version": "0"}


def test_posts_are_rendered_anew(cast: Cast) -> None:
    named = cast.people["learner2"]
    root = begin(cast, "instructor", body="**Bold**")
    reply = answer(cast, "learner", root, f"_Thus_ @{named.name}")
    set_task(actor=cast.actor("instructor"), thread=root.thread, wish=TaskWish(points=Decimal(5)))
    ForumPost.objects.update(**STALE)
    base, place = f"/c/{cast.course.slug}/discuss", root.thread.public_id
    page = api(cast, "learner").get(f"{base}/t/{place}/").content.decode()
    assert "<strong>Bold</strong>" in page
    assert f'<span class="mention">@{named.name}</span>' in page
    told = api(cast, "learner").get(f"/api/v1/forum/threads/{place}/posts/").json()["results"]
    assert "<em>Thus</em>" in told[1]["html"]
    marks = f"/teach/{cast.course.slug}/discuss/t/{place}/marks/"
    desk = api(cast, "instructor").get(marks).content.decode()
    assert "<em>Thus</em>" in desk
    report = api(cast, "learner2").get(f"{base}/p/{reply.public_id}/report/").content.decode()
    delete = api(cast, "instructor").get(f"{base}/p/{reply.public_id}/delete/").content.decode()
    assert report.count("<em>Thus</em>") == delete.count("<em>Thus</em>") == 1  # not _Thus_
    shown = (page, str(told), desk, report, delete)
    assert not [one for one in shown if "zqstale" in one]
    reply.refresh_from_db()
    assert reply.pipeline_version == "0"


def test_messages_to_one_are_rendered_anew(cast: Cast) -> None:
    told = send_direct(
        actor=cast.actor("instructor"),
        person=cast.people["learner"],
        client_id=uuid.uuid4(),
        body="**Bold**",
    )
    DirectMessage.objects.update(**STALE)
    talk = told.message.conversation.public_id
    page = api(cast, "learner").get(f"/me/messages/{talk}/").content.decode()
    asked = api(cast, "learner").get(f"/api/v1/direct-messages/?conversation={talk}")
    for words in (page, asked.content.decode()):
        assert "<strong>Bold</strong>" in words
        assert "zqstale" not in words

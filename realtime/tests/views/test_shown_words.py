"""What people wrote is read as it was meant wherever it is shown again: reports, the desk, looks.

Their Markdown goes through the sanitiser (C1); previews of one line show its words alone.
"""

import uuid

import pytest

from realtime.enums import DirectPolicy
from realtime.models import DirectMessage, Message, Room
from realtime.services.chat import send_message
from realtime.services.direct import report_direct, send_direct
from realtime.services.forum_keeping import set_forum
from realtime.services.moderation import pin_message, report_message, settle_reports
from realtime.tests.api.test_chat import api, say
from realtime.tests.factories import Cast, begin

pytestmark = pytest.mark.django_db
RAW = "You are **loud** <b onclick=x()>& rude</b>"
SHOWN = "You are <strong>loud</strong>"


def is_shown(page: str) -> bool:
    """The words by the sanitiser, and nowhere as they were typed."""
    return SHOWN in page and "**loud**" not in page and "<b onclick" not in page


def test_a_reported_message_is_shown_as_it_was_meant(cast: Cast) -> None:
    say(cast, "learner", RAW)
    message = Message.objects.get()
    asks = f"/c/{cast.course.slug}/chat/{message.public_id}/report/"
    assert is_shown(api(cast, "learner2").get(asks).content.decode())
    report_message(actor=cast.actor("learner2"), message=message, reason="")
    teacher, desk = api(cast, "assistant"), f"/teach/{cast.course.slug}/chat/"
    assert is_shown(teacher.get(desk).content.decode())
    settle_reports(actor=cast.actor("assistant"), message=message, remove=False)
    settled = teacher.get(desk).content.decode()
    assert "You are loud &lt;b onclick=x()&gt;&amp; rude" in settled
    assert "**" not in settled


def test_a_reported_direct_message_is_shown_as_it_was_meant(cast: Cast) -> None:
    Room.objects.create(course=cast.course, direct=DirectPolicy.ALL)
    send_direct(
        actor=cast.actor("learner"),
        person=cast.people["learner2"],
        body=RAW,
        client_id=uuid.uuid4(),
    )
    message = DirectMessage.objects.get()
    reader = api(cast, "learner2")
    asks = reader.get(f"/me/messages/said/{message.public_id}/report/").content.decode()
    assert is_shown(asks)
    inbox = reader.get("/me/messages/").content.decode()
    assert "You are loud &lt;b onclick=x()&gt;" in inbox
    assert "**loud**" not in inbox
    report_direct(actor=cast.actor("learner2"), message=message, course=cast.course, reason="")
    desk = api(cast, "assistant").get(f"/teach/{cast.course.slug}/chat/").content.decode()
    assert is_shown(desk)


def test_who_wrote_a_post_is_told_beside_the_post_as_it_was_meant(cast: Cast) -> None:
    set_forum(actor=cast.actor("instructor"), course=cast.course, anonymous_allowed=True)
    post = begin(cast, body=RAW, anonymous=True)
    url = f"/c/{cast.course.slug}/discuss/p/{post.public_id}/do/reveal/"
    page = api(cast, "assistant").post(url).content.decode()
    assert cast.people["learner"].name in page
    assert is_shown(page)


def test_previews_of_one_line_show_words_alone(cast: Cast) -> None:
    say(cast, "learner", "Is `a` **bold**\n\n- one & two")
    first = Message.objects.get()
    send_message(
        actor=cast.actor("learner2"),
        course=cast.course,
        client_id=uuid.uuid4(),
        body="Yes",
        reply_to=first.public_id,
    )
    pin_message(actor=cast.actor("assistant"), message=first, on=True)
    page = api(cast, "learner2").get(f"/c/{cast.course.slug}/chat/").content.decode()
    # The reply's line above it, and the list of what is pinned.
    assert page.count(": Is a bold one &amp; two") == 2

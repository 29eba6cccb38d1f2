"""What the staff of a room alone read: earlier words, reports, restrictions, words not used."""

import uuid
from io import BytesIO

from lms.kernel import actors
from lms.tests.leaks.marker import marker
from lms.tests.world import World
from realtime.services.chat import send_message
from realtime.services.direct import report_direct, send_direct
from realtime.services.editing import edit_message
from realtime.services.files import Named, add_file
from realtime.services.moderation import report_message, restrict_member, set_room

MARKERS = [
    marker("what a message said before it was edited", "zqearlierwords"),
    marker("why a classmate reported a message", "zqreported"),
    marker("why a classmate is muted", "zqmuted"),
    marker("the words that are not used in a room", "zqblockedword"),
    marker("a message between two people that one of them reported", "zqdirectreported"),
    marker("why it was reported", "zqdirectreason"),
    marker("a message between two other people", "zqdirectother"),
    marker("a file that two other people sent each other", "zqdirectfile"),
]


def plant_room(world: World) -> None:
    """An edited message that a classmate reports, who is muted then."""
    teacher, peer = world.actors["instructor"], world.people["peer"]
    sent = send_message(
        actor=teacher, course=world.course, client_id=uuid.uuid4(), body="zqearlierwords"
    )
    edit_message(actor=teacher, message=sent.message, body="Said right")
    report_message(actor=actors.for_user(peer), message=sent.message, reason="zqreported")
    restrict_member(actor=teacher, course=world.course, person=peer, kind="mute", reason="zqmuted")
    assistant, other = world.actors["assistant"], world.people["assistant"]
    told = send_direct(
        actor=actors.for_user(peer), person=other, client_id=uuid.uuid4(), body="zqdirectreported"
    ).message
    report_direct(actor=assistant, message=told, course=world.course, reason="zqdirectreason")
    kept = add_file(actor=assistant, name="zqdirectfile.txt", content=BytesIO(b"zqdirectfile"))
    send_direct(
        actor=assistant,
        person=peer,
        client_id=uuid.uuid4(),
        body="zqdirectother",
        files=[Named(kept.public_id)],
    )
    set_room(actor=teacher, course=world.course, slow_seconds=0, blocked_words="zqblockedword")

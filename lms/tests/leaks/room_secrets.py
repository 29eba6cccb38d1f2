"""What the staff of a room alone read: earlier words, reports, restrictions, words not used."""

import uuid

from lms.kernel import actors
from lms.tests.leaks.marker import marker
from lms.tests.world import World
from realtime.services.chat import send_message
from realtime.services.editing import edit_message
from realtime.services.moderation import report_message, restrict_member, set_room

MARKERS = [
    marker("what a message said before it was edited", "zqearlierwords"),
    marker("why a classmate reported a message", "zqreported"),
    marker("why a classmate is muted", "zqmuted"),
    marker("the words that are not used in a room", "zqblockedword"),
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
    set_room(actor=teacher, course=world.course, slow_seconds=0, blocked_words="zqblockedword")

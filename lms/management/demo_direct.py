"""A few messages between two people, and what the course lets them write."""

import uuid
from datetime import datetime, timedelta

from lms.kernel import clock
from lms.management.demo_timeline import Stage
from realtime.services.direct import send_direct

_LINES = uuid.UUID("1d6f3c52-2c1e-4a0b-8d52-6a6f0c9b7e20")
SAID = (
    (
        50,
        "student@example.com",
        "instructor@example.com",
        "May I hand in the second survey a day late? My sample came back only this morning.",
    ),
    (
        46,
        "instructor@example.com",
        "student@example.com",
        "Yes, until Thursday. Say in it how you drew the sample.",
    ),
    (45, "student@example.com", "instructor@example.com", "Thank you! I will."),
    (
        20,
        "assistant@example.com",
        "student@example.com",
        "Your table from yesterday is good. Would you show it to your group?",
    ),
)


def write_to_each_other(stage: Stage, now: datetime) -> None:
    """Two conversations of a learner with the people who teach; the second is new to them."""
    for number, (hours, writer, reader, words) in enumerate(SAID):
        with clock.travel(now - timedelta(hours=hours)):
            send_direct(
                actor=stage.actor(writer),
                person=stage.people[reader],
                client_id=uuid.uuid5(_LINES, str(number)),
                body=words,
            )

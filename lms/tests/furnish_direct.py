"""Furnish the small world with messages between two people, a report of one, and files."""

import uuid
from datetime import timedelta
from io import BytesIO

from lms.tests.world import World
from realtime.services.direct import report_direct, send_direct
from realtime.services.files import add_file


def furnish_direct(world: World) -> None:
    """The learner and the instructor write to each other; another learner reports the instructor.

    The learner has a file that they did not send.
    """
    learner, teacher = world.people["learner"], world.people["instructor"]
    for writer, reader in ((learner, teacher), (teacher, learner)):
        name = "learner" if writer is learner else "instructor"
        sent = send_direct(
            actor=world.actors[name], person=reader, client_id=uuid.uuid4(), body="To you alone"
        ).message
        # A walk through all doors may take longer than the minutes in which one may edit.
        sent.created_at += timedelta(hours=2)
        sent.save(update_fields=["created_at"])
        world.things[f"direct of {name}"] = sent
        world.things["talk"] = sent.conversation
    told = send_direct(
        actor=world.actors["learner2"],
        person=world.people["assistant"],
        client_id=uuid.uuid4(),
        body="Between two others",
    )
    world.things["direct report"] = report_direct(
        actor=world.actors["assistant"], message=told.message, course=world.course, reason="Rude"
    )
    world.things["unsent file"] = add_file(
        actor=world.actors["learner"], name="notes.txt", content=BytesIO(b"Notes of a learner")
    )

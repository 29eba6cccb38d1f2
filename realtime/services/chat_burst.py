"""Store what several people say in one room at the same moment, in one transaction.

Everybody who writes waits for the room's lock. In a busy room those who wait are stored together:
the statements of one message serve all of them, and the wait does not grow with the crowd.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import KernelError
from realtime.models import Message, Room
from realtime.services.chat import Sent, clean_body, require_same, send_message
from realtime.services.chat_store import Words, rendered, store_messages
from realtime.services.room import locked_room, require_clean_words, require_writing, tell_room


@dataclass(frozen=True, slots=True)
class Said:
    """A plain message: nobody is mentioned, nothing replied to, no file comes with it."""

    actor: Actor
    client_id: uuid.UUID
    body: str


Outcome = Sent | KernelError


def is_plain(body: str, reply_to: str, files: Sequence[object]) -> bool:
    """Whether a message can be stored together with others."""
    return "@" not in body and not reply_to and not files


def send_plain(*, course: Course, said: Sequence[Said]) -> list[Outcome]:
    """Do for each what `send_message` does; the error of one is its own and stops no other.

    In a slow room each is stored by itself, for what one says decides about their next.
    """
    found: dict[int, Outcome] = {}
    checked: dict[int, Words] = {}
    for place, one in enumerate(said):
        try:
            checked[place] = _checked(course, one)
        except KernelError as problem:
            found[place] = problem
    with transaction.atomic():
        room = locked_room(course.pk)
        room.course = course
        if checked and not room.slow_seconds:
            _store(room, checked, found)
    for place in checked.keys() - found.keys():
        found[place] = _alone(course, said[place])
    return [found[place] for place in range(len(said))]


def _checked(course: Course, one: Said) -> Words:
    require_writing(one.actor, course)
    body = clean_body(one.body)
    return Words(actor=one.actor, client_id=one.client_id, body=body, html=rendered(body))


def _store(room: Room, checked: dict[int, Words], found: dict[int, Outcome]) -> None:
    """Store what is new. What is sent twice in one go stays open: its second is known then."""
    known = _known(room, list(checked.values()))
    fresh: dict[tuple[int | None, uuid.UUID], int] = {}
    for place, words in checked.items():
        key = (words.actor.user_id, words.client_id)
        try:
            if key in known:
                found[place] = Sent(require_same(known[key], words.body), fresh=False)
            elif key not in fresh:
                require_clean_words(room, words.body)
                fresh[key] = place
        except KernelError as problem:
            found[place] = problem
    if not fresh:
        return
    places = list(fresh.values())
    for place, row in zip(
        places, store_messages(room, [checked[place] for place in places]), strict=True
    ):
        found[place] = Sent(row, fresh=True)
        tell_room(room.course_id, row, bare=True)


def _known(room: Room, said: Sequence[Words]) -> dict[tuple[int | None, uuid.UUID], Message]:
    rows = Message.objects.filter(room=room, client_id__in=[words.client_id for words in said])
    loaded = rows.select_related("sender", "parent", "thread")
    return {(row.sender_id, row.client_id): row for row in loaded}


def _alone(course: Course, one: Said) -> Outcome:
    try:
        return send_message(actor=one.actor, course=course, client_id=one.client_id, body=one.body)
    except KernelError as problem:
        return problem

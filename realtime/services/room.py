"""What every change in a room has in common: the lock, the numbers, the push after the commit."""

from django.db import transaction

from lms.kernel import push
from lms.kernel.db.locks import lock
from realtime.models import Message, Room
from realtime.queries.chat import room_name
from realtime.queries.frames import message_frame

LOADED = ("sender", "parent")


def locked_room(course_id: int) -> Room:
    """The course's room, made by its first message; locked until the transaction ends.

    Every change of a message locks its room first, so that numbers and states have one order.
    """
    rows = lock(Room.objects.filter(course=course_id))
    found = rows.first()
    if found is None:
        Room.objects.get_or_create(course_id=course_id)
        found = rows.get()
    return found


def next_seq(room: Room) -> tuple[int, int]:
    """The numbers of a new message: its place, and that of the change it is."""
    room.last_seq += 1
    room.last_change += 1
    room.save(update_fields=["last_seq", "last_change"])
    return room.last_seq, room.last_change


def locked_message(room: Room, message_id: int) -> Message:
    """A message of a locked room as it is now, with what its frame needs."""
    return Message.objects.filter(room=room).select_related(*LOADED).get(pk=message_id)


def save_change(room: Room, message: Message, *fields: str) -> None:
    """Store changed fields of a message under the room's next number, and tell the room."""
    room.last_change += 1
    room.save(update_fields=["last_change"])
    message.change = room.last_change
    message.save(update_fields=[*fields, "change"])
    tell_room(room.course_id, message)


def tell_room(course_id: int, message: Message) -> None:
    """Push a message's state to everybody in the room, once it is committed."""
    frame = dict(message_frame(message))
    transaction.on_commit(lambda: push.to_room(room_name(course_id), frame), robust=True)

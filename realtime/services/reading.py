"""How far each member has read a room: one number, which only grows."""

from collections.abc import Mapping

from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.rules import require, require_write
from realtime.models import Room, RoomRead
from realtime.rules import VIEW_ROOM


def read_room(*, actor: Actor, course: Course, seq: int) -> int:
    """Note that the actor has read up to a number; less than before changes nothing. The number."""
    require(actor, VIEW_ROOM, course)
    require_write(actor)
    room = Room.objects.filter(course=course).first()
    if room is None or actor.user_id is None:
        return 0
    return mark_read(room, actor.user_id, min(seq, room.last_seq))


def mark_read(room: Room, user_id: int, seq: int) -> int:
    """Store that somebody read up to a number; the number that stands."""
    row, made = RoomRead.objects.get_or_create(
        course_id=room.course_id, user_id=user_id, defaults={"last_seq": seq}
    )
    if not made and seq > row.last_seq:
        RoomRead.objects.filter(pk=row.pk, last_seq__lt=seq).update(last_seq=seq)
        return seq
    return row.last_seq


def mark_newest_read(room: Room, wrote: Mapping[int, int]) -> None:
    """Who just wrote has seen what stands above their words; the room is locked.

    `wrote` holds the number of each person's last message, which nobody can have read before.
    """
    RoomRead.objects.bulk_create(
        [
            RoomRead(course_id=room.course_id, user_id=user_id, last_seq=seq)
            for user_id, seq in sorted(wrote.items())
        ],
        update_conflicts=True,
        unique_fields=["course", "user"],
        update_fields=["last_seq"],
    )

"""Write messages into a locked room: one, or what several people said at the same moment."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.events import Event, publish_each
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown
from realtime.events import MessageSent, PeopleMeant
from realtime.models import Message, Room
from realtime.queries.mentions import marked
from realtime.services.files import Named, take_along
from realtime.services.indexing import index_messages
from realtime.services.reading import mark_newest_read
from realtime.services.room import count_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody is to say, checked and rendered."""

    actor: Actor
    client_id: uuid.UUID
    body: str
    html: str
    parent: Message | None = None
    mentions: tuple[tuple[int, str, str], ...] = ()
    files: Sequence[Named] = ()

    @property
    def thread(self) -> Message | None:
        """The message that began the thread: threads are one level deep."""
        if self.parent is None:
            return None
        return self.parent.thread if self.parent.thread is not None else self.parent


def rendered(body: str, names: Sequence[str] = ()) -> str:
    """A message's words as clean HTML, with whom they mention marked."""
    return marked(render_markdown(body, profile=Profile.MESSAGE), names)


def store_messages(room: Room, said: Sequence[Words]) -> list[Message]:
    """Store what was said under the room's next numbers, in the order given.

    The room is locked, its course loaded, and every sender allowed to write. A handful of
    statements however many messages there are.
    """
    people = User.objects.in_bulk({words.actor.user_id or 0 for words in said})
    rows = [_row(room, words, people[words.actor.user_id or 0]) for words in said]
    room.save(update_fields=["last_seq", "last_change"])
    Message.objects.bulk_create(rows)
    index_messages(rows)
    mark_newest_read(room, {row.sender_id or 0: row.seq for row in rows})
    told: list[tuple[Event, Actor]] = []
    for words, row in zip(said, rows, strict=True):
        take_along(words.actor, words.files, message=row, direct=None)
        if words.thread is not None:
            count_reply(room, words.thread.pk)
        told += [(event, words.actor) for event in _events(room, words, row)]
    publish_each(told)
    return rows


def _row(room: Room, words: Words, sender: User) -> Message:
    room.last_seq += 1
    room.last_change += 1
    return Message(
        room=room,
        seq=room.last_seq,
        change=room.last_change,
        client_id=words.client_id,
        sender=sender,
        parent=words.parent,
        thread=words.thread,
        mentions=[public_id for _key, public_id, _name in words.mentions],
        body=words.body,
        html=words.html,
        pipeline_version=str(PIPELINE_VERSION),
        indexed=True,
        created_at=clock.now(),
    )


def _events(room: Room, words: Words, row: Message) -> list[Event]:
    sender = row.sender_id or 0
    sent = MessageSent(message_id=row.pk, sender_id=sender, course_id=room.course_id)
    if words.parent is None and not words.mentions:
        return [sent]
    return [sent, PeopleMeant(message_id=row.pk, course_id=room.course_id)]

"""Change one's words for a while, and answer somebody's with an emoji."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown
from realtime.enums import MAX_EDIT_MINUTES, Emoji, RevisionKind
from realtime.events import MessageEdited
from realtime.models import Message, Reaction
from realtime.queries.mentions import marked, mentioned_in
from realtime.rules import EDIT_MESSAGE, USE_MESSAGE
from realtime.services.chat import clean_body
from realtime.services.indexing import index_message
from realtime.services.revisions import keep_revision
from realtime.services.room import (
    locked_message,
    locked_room,
    require_clean_words,
    require_writing,
    save_change,
)

EDITED_WITHIN = timedelta(minutes=MAX_EDIT_MINUTES)
RECOUNTED = 500


def edit_message(*, actor: Actor, message: Message, body: str) -> Message:
    """Change the words of one's own message; the earlier ones are kept for the course's staff.

    Whom it newly mentions is not told, and the tutor is not asked again. Raises NotFound, Denied,
    Invalid, Conflict `too_late` 15 minutes after it was said, Conflict `deleted`.
    """
    require(actor, EDIT_MESSAGE, message)
    course = message.room.course
    require_writing(actor, course)
    text = clean_body(body, bare=message.files.exists())
    with transaction.atomic():
        room = locked_room(course.pk)
        row = locked_message(room, message.pk)
        if row.deleted_at is not None:
            raise Conflict(_("This message was deleted."), code="deleted")
        if row.body == text:
            return row
        if clock.now() - row.created_at > EDITED_WITHIN:
            words = _("A message can be edited for %s minutes.") % MAX_EDIT_MINUTES
            raise Conflict(words, code="too_late")
        require_clean_words(room, text)
        keep_revision(actor, row, RevisionKind.EDITED)
        meant = mentioned_in(text, course)
        rendered = render_markdown(text, profile=Profile.MESSAGE)
        row.body, row.html = text, marked(rendered, [name for _key, _id, name in meant])
        row.mentions = [public_id for _key, public_id, _name in meant]
        row.edited_at, row.pipeline_version = clock.now(), str(PIPELINE_VERSION)
        publish(MessageEdited(message_id=row.pk, course_id=course.pk), actor=actor)
        save_change(room, row, "body", "html", "mentions", "edited_at", "pipeline_version")
        index_message(row)  # after its row is locked, which the sweep of the index holds too
    return row


def react(*, actor: Actor, message: Message, emoji: str, on: bool) -> Message:
    """Put an emoji on a message or take it back; again is no error.

    The counts are taken from the reactions themselves each time. Raises NotFound, Denied, Invalid,
    Conflict `deleted`.
    """
    require(actor, USE_MESSAGE, message)
    course = message.room.course
    require_writing(actor, course)
    if emoji not in Emoji.values:
        raise Invalid(_("Choose one of the emoji."), field="emoji")
    with transaction.atomic():
        room = locked_room(course.pk)
        row = locked_message(room, message.pk)
        if row.deleted_at is not None:
            raise Conflict(_("This message was deleted."), code="deleted")
        changed = _set(row, actor.user_id or 0, emoji, on=on)
        if changed:
            row.reactions = counts_of(row.pk)
            save_change(room, row, "reactions")
    return row


def counts_of(message_id: int) -> dict[str, int]:
    """How often each emoji stands on a message, by its reactions."""
    rows = Reaction.objects.filter(message=message_id).values_list("emoji")
    return dict(rows.annotate(count=Count("pk")).order_by("emoji"))


def recount_reactions() -> int:
    """Mend the counts of messages whose reactions went with an erased account; how many.

    Whose they were cannot be told any more: every message with reactions is looked at, in pieces.
    """
    rows = Message.objects.exclude(reactions={}).order_by("pk")
    last = count = 0
    while found := list(rows.filter(pk__gt=last).values_list("pk", "reactions")[:RECOUNTED]):
        last = found[-1][0]
        counted: dict[int, dict[str, int]] = {}
        kept = Reaction.objects.filter(message__in=[pk for pk, _counts in found])
        for pk, emoji, number in kept.values_list("message", "emoji").annotate(n=Count("pk")):
            counted.setdefault(pk, {})[emoji] = number
        count += sum(_mend(pk) for pk, counts in found if counts != counted.get(pk, {}))
    return count


@transaction.atomic
def _mend(message_id: int) -> bool:
    course_id = Message.objects.values_list("room__course", flat=True).get(pk=message_id)
    room = locked_room(course_id)
    row = locked_message(room, message_id)
    counts = counts_of(message_id)
    if row.deleted_at is not None or counts == row.reactions:
        return False
    row.reactions = counts
    save_change(room, row, "reactions")
    return True


def _set(message: Message, user_id: int, emoji: str, *, on: bool) -> bool:
    """Whether anything changed."""
    if on:
        return Reaction.objects.get_or_create(message=message, user_id=user_id, emoji=emoji)[1]
    own = Reaction.objects.filter(message=message, user_id=user_id, emoji=emoji)
    return bool(own.delete()[0])

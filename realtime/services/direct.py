"""Write to one person who shares a course, change it, read it, block, report.

The rules are asked at every message: when a course ends or its policy changes, writing stops and
reading stays.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.queries.exam import require_chat
from courses.models import Course
from lms.kernel import clock, push
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Throttled
from lms.kernel.events import publish
from lms.kernel.rules import require, require_write
from lms.kernel.search import index_document, remove_document
from lms.kernel.text import (
    PIPELINE_VERSION,
    Profile,
    plain_text,
    render_markdown,
    require_text,
)
from realtime.enums import MAX_EDIT_MINUTES, NotificationKind
from realtime.events import DirectReported, DirectReportSettled, DirectSent, PersonBlocked
from realtime.models import (
    Conversation,
    ConversationMember,
    DirectMessage,
    DirectReport,
    PersonBlock,
)
from realtime.queries.direct import DIRECT, blocked_by, ground, pair_of, shared_courses, url_of
from realtime.queries.frames import DirectFrame
from realtime.rules import VIEW_NOTIFICATION
from realtime.rules.direct import (
    CHANGE_DIRECT,
    SETTLE_DIRECT,
    USE_CONVERSATION,
    USE_DIRECT,
    VIEW_CONVERSATION,
)
from realtime.services.chat import clean_body
from realtime.services.files import Named, take_along
from realtime.services.notify import mark_read

MAX_REPORT: Final = 500
MOST_IN_A_MINUTE: Final = 30
MOST_NEW_IN_A_DAY: Final = 50


@dataclass(frozen=True, slots=True)
class DirectSend:
    """The stored message; `fresh` is False when this `client_id` had been stored before."""

    message: DirectMessage
    fresh: bool


def send_direct(
    *, actor: Actor, person: User, client_id: uuid.UUID, body: str, files: Sequence[Named] = ()
) -> DirectSend:
    """Store a message to somebody under the next number of their conversation, made if need be.

    The same `client_id` of the same sender is stored once. Raises Denied `exam_mode` and
    `cannot_write` (no course allows it, or they do not want it: which of these is not told),
    Conflict `you_block` and `client_id_reused`, Invalid, Throttled, NotFound for oneself.
    """
    require_write(actor)
    require_chat(actor, None, write=True)
    if actor.user_id is None or person.pk == actor.user_id:
        raise NotFound
    text = clean_body(body, bare=bool(files))
    with transaction.atomic():
        conversation = _locked_pair(actor.user_id, person)
        known = _known(conversation, actor.user_id, client_id)
        if known is not None:
            return DirectSend(_same(known, text), fresh=False)
        _require_ground(actor.user_id, person)
        _require_measure(actor.user_id, conversation)
        message = _store(actor, conversation, client_id, text)
        take_along(actor, files, message=None, direct=message)
        publish(DirectSent(message_id=message.pk, sender_id=actor.user_id), actor=actor)
        _tell(conversation)
    return DirectSend(message, fresh=True)


def edit_direct(*, actor: Actor, message: DirectMessage, body: str) -> DirectMessage:
    """Change one's own words, for 15 minutes. Raises NotFound, Denied, Invalid, Conflict."""
    require(actor, CHANGE_DIRECT, message)
    require_chat(actor, None, write=True)
    text = clean_body(body, bare=message.files.exists())
    with transaction.atomic():
        conversation, row = _locked_message(message)
        if row.deleted_at is not None:
            raise Conflict(_("This message was deleted."), code="deleted")
        if row.body == text:
            return row
        if clock.now() - row.created_at > timedelta(minutes=MAX_EDIT_MINUTES):
            words = _("A message can be edited for %s minutes.") % MAX_EDIT_MINUTES
            raise Conflict(words, code="too_late")
        if (other := _other(conversation, actor.user_id or 0)) is not None:
            _require_ground(actor.user_id or 0, other)
        row.body, row.html = text, render_markdown(text, profile=Profile.MESSAGE)
        row.pipeline_version, row.edited_at = str(PIPELINE_VERSION), clock.now()
        _save_change(conversation, row, "body", "html", "pipeline_version", "edited_at")
        _index(row)
    return row


def delete_direct(*, actor: Actor, message: DirectMessage) -> DirectMessage:
    """Take one's own words away from both; again is no error. Raises NotFound, Denied."""
    require(actor, CHANGE_DIRECT, message)
    with transaction.atomic():
        conversation, row = _locked_message(message)
        _delete(conversation, row)
    return row


def read_conversation(*, actor: Actor, conversation: Conversation, seq: int) -> int:
    """Note that the actor has read up to a number; less than before changes nothing. The number."""
    require(actor, VIEW_CONVERSATION, conversation)
    require_write(actor)
    with transaction.atomic():
        mine = ConversationMember.objects.filter(conversation=conversation, user=actor.user_id)
        row = lock(mine).get()
        reached = min(seq, conversation.last_seq)
        if reached > row.read_seq:
            row.read_seq = reached
            row.save(update_fields=["read_seq"])
            _read_notices(actor, conversation)
            _tell_person(row.user_id, conversation)
    return row.read_seq


def block_person(*, actor: Actor, conversation: Conversation, on: bool) -> bool:
    """Want no messages of the other one, or want them again; they are not told. Whether changed."""
    require(actor, USE_CONVERSATION, conversation)
    me = actor.user_id or 0
    with transaction.atomic():
        other = _other(lock(Conversation.objects.filter(pk=conversation.pk)).get(), me)
        if other is None:
            return False
        if on:
            changed = PersonBlock.objects.get_or_create(blocker_id=me, blocked=other)[1]
        else:
            changed = bool(PersonBlock.objects.filter(blocker=me, blocked=other).delete()[0])
        if changed:
            publish(PersonBlocked(on=on), actor=actor)
    return changed


def report_direct(
    *, actor: Actor, message: DirectMessage, course: Course | None = None, reason: str = ""
) -> DirectReport:
    """Show a message of the other one to the staff of a shared course; again replaces the reason.

    What staff settled is not opened by asking again, unless its words changed since. Without a
    course it is the newest that both share. Raises NotFound, Denied, Conflict, Invalid.
    """
    require(actor, USE_DIRECT, message)
    text = require_text(reason, field="reason", max_length=MAX_REPORT).strip()
    if message.sender_id is None or message.sender_id == actor.user_id:
        raise Conflict(_("Only a message of somebody else is reported."), code="own")
    shared = shared_courses(message)
    chosen = shared.first() if course is None else shared.filter(pk=course.pk).first()
    if chosen is None:
        raise Invalid(_("Choose a course that you share."), field="course")
    with transaction.atomic():
        _conversation, row = _locked_message(message)
        if row.deleted_at is not None:
            raise Conflict(_("This message was deleted."), code="deleted")
        given = {"reason": text, "body": row.body, "course": chosen}
        found, told = _kept_report(row, actor.user_id or 0, given)
        if told:
            publish(DirectReported(report_id=found.pk, course_id=chosen.pk), actor=actor)
    return found


def settle_direct_report(*, actor: Actor, report: DirectReport, remove: bool) -> DirectReport:
    """Close a report, and take the message away if so wished; again is no error."""
    require(actor, SETTLE_DIRECT, report)
    with transaction.atomic():
        conversation, message = _locked_message(report.message)
        row = lock(DirectReport.objects.filter(pk=report.pk)).get()
        if remove:
            _delete(conversation, message)
        if row.settled_at is None:
            row.settled_at, row.settled_by_id = clock.now(), actor.user_id
            row.save(update_fields=["settled_at", "settled_by"])
            told = DirectReportSettled(report_id=row.pk, removed=remove, course_id=row.course_id)
            publish(told, actor=actor)
    return row


def _kept_report(
    message: DirectMessage, reporter: int, given: dict[str, Any]
) -> tuple[DirectReport, bool]:
    """The one report of a message by somebody, and whether staff have something new to look at."""
    rows = DirectReport.objects.filter(message=message, reporter=reporter)
    row = lock(rows).first()
    if row is None:
        return DirectReport.objects.create(message=message, reporter_id=reporter, **given), True
    settled, edited = row.settled_at, message.edited_at
    again = settled is not None and edited is not None and edited > settled
    if settled is not None and not again:
        return row, False
    moved = row.course_id != given["course"].pk
    for name, value in {**given, "settled_at": None, "settled_by": None}.items():
        setattr(row, name, value)
    row.save()
    return row, again or moved


def _locked_pair(me: int, person: User) -> Conversation:
    """The conversation of two people, made with its first message; locked until the end."""
    rows = lock(Conversation.objects.filter(pair=pair_of(me, person.pk)))
    found = rows.first()
    if found is None:
        made = Conversation.objects.get_or_create(pair=pair_of(me, person.pk))[0]
        for user_id in (me, person.pk):
            ConversationMember.objects.get_or_create(conversation=made, user_id=user_id)
        found = rows.get()
    return found


def _locked_message(message: DirectMessage) -> tuple[Conversation, DirectMessage]:
    """A message as it is now, its conversation locked first."""
    conversation = lock(Conversation.objects.filter(pk=message.conversation_id)).get()
    row = DirectMessage.objects.select_related("sender").get(pk=message.pk)
    row.conversation = conversation
    return conversation, row


def _other(conversation: Conversation, me: int) -> User | None:
    rows = ConversationMember.objects.filter(conversation=conversation).exclude(user=me)
    found = rows.select_related("user").first()
    return None if found is None else found.user


def _known(conversation: Conversation, me: int, client_id: uuid.UUID) -> DirectMessage | None:
    mine = DirectMessage.objects.filter(conversation=conversation, sender=me, client_id=client_id)
    return mine.select_related("sender", "conversation").first()


def _same(message: DirectMessage, text: str) -> DirectMessage:
    if message.deleted_at is None and message.edited_at is None and message.body != text:
        raise Conflict(_("This client_id was used for another message."), code="client_id_reused")
    return message


def _require_ground(me: int, person: User) -> None:
    if blocked_by(me, person.pk):
        words = _("You have blocked this person. Unblock them to write.")
        raise Conflict(words, code="you_block")
    allowed = person.is_active and not blocked_by(person.pk, me)
    if not allowed or not ground(me, person.pk).exists():
        raise Denied(_("You cannot write to this person now."), code="cannot_write")


def _require_measure(me: int, conversation: Conversation) -> None:
    """Raise Throttled for a flood, and for more new conversations than a person begins in a day."""
    now = clock.now()
    mine = DirectMessage.objects.filter(sender=me)
    if mine.filter(created_at__gt=now - timedelta(minutes=1)).count() >= MOST_IN_A_MINUTE:
        raise Throttled(_("You write very fast. Wait a moment."), retry_after=30)
    if conversation.last_seq:
        return
    begun = mine.filter(seq=1, created_at__gt=now - timedelta(days=1)).count()
    if begun >= MOST_NEW_IN_A_DAY:
        raise Throttled(_("You wrote to many people today. Wait until tomorrow."), retry_after=3600)


def _store(
    actor: Actor, conversation: Conversation, client_id: uuid.UUID, text: str
) -> DirectMessage:
    now = clock.now()
    conversation.last_seq += 1
    conversation.last_change += 1
    conversation.last_at = now
    conversation.save(update_fields=["last_seq", "last_change", "last_at"])
    message = DirectMessage.objects.create(
        conversation=conversation,
        seq=conversation.last_seq,
        change=conversation.last_change,
        client_id=client_id,
        sender=User.objects.get(pk=actor.user_id or 0),
        body=text,
        html=render_markdown(text, profile=Profile.MESSAGE),
        pipeline_version=str(PIPELINE_VERSION),
        created_at=now,
    )
    mine = ConversationMember.objects.filter(conversation=conversation, user=actor.user_id)
    mine.update(read_seq=conversation.last_seq)
    _index(message)
    return message


def _index(message: DirectMessage) -> None:
    language = message.sender.language if message.sender is not None else "en"
    body = plain_text(message.body)
    index_document(DIRECT, message.pk, None, language, "", body)


def _delete(conversation: Conversation, row: DirectMessage) -> None:
    if row.deleted_at is not None:
        return
    row.body = row.html = ""
    row.deleted_at = clock.now()
    _save_change(conversation, row, "body", "html", "deleted_at")
    remove_document(DIRECT, row.pk)


def _save_change(conversation: Conversation, row: DirectMessage, *fields: str) -> None:
    conversation.last_change += 1
    conversation.save(update_fields=["last_change"])
    row.change = conversation.last_change
    row.save(update_fields=[*fields, "change"])
    _tell(conversation)


def _read_notices(actor: Actor, conversation: Conversation) -> None:
    """What told of the conversation has done its work once it is read."""
    told = VIEW_NOTIFICATION.rows(actor).filter(kind=NotificationKind.DIRECT, read_at=None)
    for notice in told.filter(url=url_of(conversation)):
        mark_read(actor=actor, notification=notice)


def _tell(conversation: Conversation) -> None:
    members = ConversationMember.objects.filter(conversation=conversation)
    for user_id in members.values_list("user", flat=True):
        _tell_person(user_id, conversation)


def _tell_person(user_id: int, conversation: Conversation) -> None:
    frame: DirectFrame = {
        "type": "direct",
        "conversation": conversation.public_id,
        "change": conversation.last_change,
    }
    transaction.on_commit(lambda: push.to_person(user_id, dict(frame)), robust=True)

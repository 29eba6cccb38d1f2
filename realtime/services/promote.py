"""Make an answer given in a room one for everybody: the course's tutor cites it from then on."""

from django.db import transaction
from django.utils.translation import gettext as _

from ai.services.faq import MAX_QUESTION, add_faq
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict
from lms.kernel.events import publish
from lms.kernel.rules import require
from realtime.events import MessagePromoted
from realtime.models import Message
from realtime.rules import PROMOTE_MESSAGE
from realtime.services.room import locked_message, locked_room, save_change
from realtime.services.room_tutor import question_in


def asked_before(message: Message) -> str:
    """The question that a message answers, to begin with: what it replies to, without `@tutor`."""
    asked = message.parent
    if asked is None or asked.deleted_at is not None:
        return ""
    question = question_in(asked.body)
    return (asked.body if question is None else question)[:MAX_QUESTION]


def promote_message(*, actor: Actor, message: Message, question: str, answer: str) -> Message:
    """Keep a message's answer, in the words given, as one of the course's answered questions.

    Who said it does not matter, the tutor or a person; whoever promotes it stands for the words,
    which are theirs to put without names. Promoted again with other words, the entry is another
    one. Raises NotFound, Denied (instructors alone), Invalid, Conflict for a deleted message.
    """
    require(actor, PROMOTE_MESSAGE, message)
    course = message.room.course
    with transaction.atomic():
        room = locked_room(course.pk)
        row = locked_message(room, message.pk)
        if row.deleted_at is not None:
            raise Conflict(_("This message was deleted."), code="deleted")
        entry = add_faq(actor=actor, course=course, question=question, answer=answer)
        if row.faq_id == entry.pk:
            return row
        row.faq = entry
        publish(
            MessagePromoted(message_id=row.pk, faq_id=entry.pk, course_id=course.pk), actor=actor
        )
        save_change(room, row, "faq")
    return row

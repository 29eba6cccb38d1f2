"""What happens to an answer afterwards: rated, passed on, settled, made into one for everybody."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import Rating
from ai.events import (
    ConversationDeleted,
    ExchangeRated,
    ExchangeSentOn,
    ExchangeSettled,
    FaqRemoved,
)
from ai.models import Conversation, Exchange, Faq
from ai.rules import CHANGE_CONVERSATION, MANAGE_FAQ, SETTLE_SENT_ON
from ai.services.faq import MAX_ANSWER, MAX_QUESTION, add_faq
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text

KEPT: Final = timedelta(days=180)
MAX_REASON: Final = 500


def rate_exchange(*, actor: Actor, exchange: Exchange, rating: str, reason: str = "") -> Exchange:
    """Say whether an answer helped; again replaces. Raises NotFound, Invalid."""
    require(actor, CHANGE_CONVERSATION, exchange.conversation)
    if rating not in Rating.values:
        raise Invalid(_("Say up or down."), field="rating")
    text = require_text(reason, field="reason", max_length=MAX_REASON).strip()
    with transaction.atomic():
        row = lock(Exchange.objects.filter(pk=exchange.pk)).get()
        row.rating, row.reason = rating, text
        row.save(update_fields=["rating", "reason"])
        told = ExchangeRated(course_id=row.course_id, exchange_id=row.pk, rating=rating)
        publish(told, actor=actor)
    return row


def send_on(*, actor: Actor, exchange: Exchange) -> Exchange:
    """Pass a question to the people who teach; again is no error. Raises NotFound."""
    require(actor, CHANGE_CONVERSATION, exchange.conversation)
    with transaction.atomic():
        row = lock(Exchange.objects.filter(pk=exchange.pk)).get()
        if row.sent_on_at is None:
            # Somebody may have closed it when it was only marked as unhelpful: now it is asked.
            row.sent_on_at, row.settled_at, row.settled_by_id = clock.now(), None, None
            row.save(update_fields=["sent_on_at", "settled_at", "settled_by"])
            publish(ExchangeSentOn(course_id=row.course_id, exchange_id=row.pk), actor=actor)
    return row


def settle_exchange(
    *, actor: Actor, exchange: Exchange, reply: str = "", for_all: bool = False, question: str = ""
) -> Exchange:
    """Answer a learner's question, or only close it; `for_all` makes it one that the tutor cites.

    `question` is its wording for everybody, the learner's own when empty. The same answer again
    is no error. Raises NotFound, Denied (for everybody: instructors alone), Invalid, Conflict
    `settled` when it was dealt with in another way.
    """
    require(actor, SETTLE_SENT_ON, exchange)
    text = require_text(reply, field="reply", max_length=MAX_ANSWER).strip()
    if for_all:
        require(actor, MANAGE_COURSE, exchange.course)
        if not text:
            raise Invalid(_("Write the answer first."), field="reply")
    with transaction.atomic():
        row = lock(Exchange.objects.filter(pk=exchange.pk)).select_related("course").get()
        if row.settled_at is not None:
            if row.reply == text and row.settled_by_id == actor.user_id:
                return row
            raise Conflict(_("Somebody has dealt with this already."), code="settled")
        row.reply, row.settled_at, row.settled_by_id = text or row.reply, clock.now(), actor.user_id
        row.save(update_fields=["reply", "settled_at", "settled_by"])
        faq = _faq(actor, row, question, text) if for_all else None
        told = ExchangeSettled(
            course_id=row.course_id, exchange_id=row.pk, faq_id=faq.pk if faq else None
        )
        publish(told, actor=actor)
    return row


def remove_faq(*, actor: Actor, faq: Faq) -> None:
    """Take an answered question away; the tutor forgets it at once. Raises NotFound, Denied."""
    require(actor, MANAGE_FAQ, faq)
    with transaction.atomic():
        told = FaqRemoved(course_id=faq.course_id, faq_id=faq.pk)
        Faq.objects.filter(pk=faq.pk).delete()
        publish(told, actor=actor)


def delete_conversation(*, actor: Actor, conversation: Conversation) -> None:
    """Delete one's own conversation with all that was said. Raises NotFound."""
    require(actor, CHANGE_CONVERSATION, conversation)
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).delete()
        publish(ConversationDeleted(course_id=conversation.course_id), actor=actor)


def forget_old_conversations() -> int:
    """Delete what nobody went on with for 180 days; returns how many."""
    old = Conversation.objects.filter(updated_at__lt=clock.now() - KEPT)
    count = old.count()
    old.delete()
    return count


def _faq(actor: Actor, row: Exchange, question: str, answer: str) -> Faq:
    words = require_text(question.strip() or row.question, field="question").strip()[:MAX_QUESTION]
    return add_faq(actor=actor, course=row.course, lesson=row.lesson, question=words, answer=answer)

"""Ask the tutor: find, let a model phrase it, keep what the blocks bear out, remember it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import TutorHelp, TutorStyle
from ai.events import TutorAnswered
from ai.gateway.talk import Turn
from ai.models import Conversation, Exchange
from ai.queries.tutor import last_exchanges, own_conversation
from ai.scoring.words import terms
from ai.services.consent import off_words
from ai.services.retrieval import gather_evidence
from ai.services.tutor_help import Help, require_help
from ai.services.tutor_words import Asked, Part, Reply, compose, off_reply
from courses.models import Course, Lesson
from courses.rules import OPEN_COURSE, TALK_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_MESSAGE: Final = 2_000
REMEMBERED: Final = 3
FEW_WORDS: Final = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an answer: what is kept of it. `exchange` is None when nothing is kept."""

    reply: Reply
    conversation: Conversation | None
    exchange: Exchange | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A question that may be answered; nothing is written yet."""

    actor: Actor
    course: Course
    message: str
    help: Help
    lesson: Lesson | None = None
    conversation: Conversation | None = None
    earlier: tuple[Exchange, ...] = field(default=())


def open_talk(
    *,
    actor: Actor,
    course: Course,
    message: str,
    lesson: Lesson | None = None,
    conversation: str = "",
) -> Talk:
    """Check who asks what. Raises SignInRequired, Denied (`exam_mode`), NotFound, Invalid.

    `conversation` is the public id of one of the actor's own in this course. The lesson must be
    one that the actor may read; the caller has fetched it so.
    """
    require(actor, OPEN_COURSE, course)
    require(actor, TALK_COURSE, course)
    if lesson is not None and lesson.course_id != course.pk:
        raise NotFound
    row = own_conversation(actor, course, conversation) if conversation else None
    text = require_text(message, field="message", max_length=MAX_MESSAGE).strip()
    if not text:
        raise Invalid(_("Ask something first."), field="message")
    earlier = tuple(last_exchanges(row, REMEMBERED)) if row is not None else ()
    return Talk(actor, course, text, require_help(actor, course), lesson, row, earlier)


def ask_tutor(
    *,
    actor: Actor,
    course: Course,
    message: str,
    lesson: Lesson | None = None,
    conversation: str = "",
) -> Done:
    """The whole answer, remembered. Raises what `open_talk` raises."""
    talk = open_talk(
        actor=actor, course=course, message=message, lesson=lesson, conversation=conversation
    )
    for step in answer_talk(talk, live=False):
        if isinstance(step, Done):
            return step
    msg = "an answer has an end"
    raise RuntimeError(msg)


def answer_talk(talk: Talk, *, live: bool) -> Iterator[Part | Done]:
    """An answer in parts, each sentence only once its blocks bear it out; the last is `Done`.

    No transaction is open while a model speaks. `live` asks the model for a stream.
    """
    if talk.help.mode == TutorHelp.OFF:
        where = talk.help.off_where
        reply = off_reply(off_words(where) if where else "")
        yield Part(reply.answer)
        yield Done(reply, talk.conversation, None)
        return
    evidence = gather_evidence(actor=talk.actor, course=talk.course, question=_sought(talk))
    asked = Asked(
        actor=talk.actor,
        course=talk.course,
        message=talk.message,
        evidence=evidence,
        style=TutorStyle(talk.help.style),
        exam=talk.help.exam,
        turns=tuple(_turns(talk.earlier)),
    )
    reply = yield from compose(asked, live=live)
    yield _remember(talk, reply, early=evidence.early)


def _sought(talk: Talk) -> str:
    """What is looked up: "and why?" means little without the question before it."""
    few = len(terms(talk.message, talk.course.language)) < FEW_WORDS
    if few and talk.earlier:
        return f"{talk.earlier[-1].question} {talk.message}"
    return talk.message


def _turns(earlier: tuple[Exchange, ...]) -> Iterator[Turn]:
    for one in earlier:
        yield Turn("user", one.question)
        yield Turn("assistant", one.answer)


@transaction.atomic
def _remember(talk: Talk, reply: Reply, *, early: bool) -> Done:
    now = clock.now()
    row = talk.conversation
    # Its learner may have deleted it while the answer was written.
    if row is None or not Conversation.objects.filter(pk=row.pk).update(updated_at=now):
        row = Conversation.objects.create(
            course=talk.course, learner_id=talk.actor.user_id or 0, created_at=now, updated_at=now
        )
    exchange = Exchange.objects.create(
        conversation=row,
        course=talk.course,
        lesson=talk.lesson,
        question=talk.message,
        answer=reply.answer,
        answerable=reply.answerable,
        citations=[one.as_json() for one in reply.citations],
        mode=reply.mode,
        provider=reply.provider,
        model=reply.model[:120],
        prompt_version=reply.prompt_version,
        created_at=now,
    )
    told = TutorAnswered(
        course_id=talk.course.pk,
        exchange_id=exchange.pk,
        answerable=reply.answerable,
        mode=reply.mode,
        provider=reply.provider,
        exam=talk.help.exam,
        early=early,
    )
    if early:
        log.warning("exchange %s was found by words alone: there were no vectors", exchange.pk)
    publish(told, actor=talk.actor)
    return Done(reply, row, exchange)

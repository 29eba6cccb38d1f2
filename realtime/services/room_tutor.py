"""`@tutor` in a room: a member's question, answered by a job in a worker, as a message of the room.

The question is stored with the message that asks it; what becomes of it is the message's `asked`. A
worker that dies leaves it to the next one, a job that ends without an answer is told in words.
"""

import logging
import re
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from ai.services.tutor_room import Silence, answer_room, open_room_question, silent_now
from ai.services.tutor_words import Reply
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, KernelError, Throttled
from lms.kernel.events import publish
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import Job, JobState
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION
from realtime.enums import Asked
from realtime.events import TutorAnsweredRoom, TutorAsked
from realtime.models import Message, Room, RoomQuestion
from realtime.queries.frames import answer_html
from realtime.rules import ASK_AGAIN
from realtime.services.indexing import index_message
from realtime.services.room import (
    count_reply,
    locked_message,
    locked_room,
    next_seq,
    require_writing,
    save_change,
    tell_room,
)

KIND: Final = "realtime.answer_question"
MOST_QUESTIONS: Final = 6
WITHIN: Final = timedelta(minutes=5)
MOST_TRIES: Final = 5
MAX_REASON: Final = 300
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MENTION: Final = re.compile(r"(?<![\w@./-])@tutor\b(?!\.\w)[,:]?", re.IGNORECASE)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """A question that was checked; `silence` when the tutor may not answer it here and now."""

    silence: Silence | None


def question_in(body: str) -> str | None:
    """What a message asks the tutor, without the mention; None when it does not mention it.

    A mention inside code is code.
    """
    if _MENTION.search(_CODE.sub(" ", body)) is None:
        return None
    return _MENTION.sub("", body).strip()


def wish_of(actor: Actor, course: Course, body: str) -> Wish | None:
    """The question in a message, checked before anything is stored; None without one.

    Raises Invalid, Denied `exam_mode` (it is logged), Throttled `tutor_limit`.
    """
    question = question_in(body)
    if question is None:
        return None
    if not question:
        raise Invalid(_("Write your question beside @tutor."), field="body")
    _require_patience(actor)
    return Wish(open_room_question(actor=actor, course=course, message=question))


def ask_in_room(*, actor: Actor, course: Course, message: Message, wish: Wish) -> None:
    """Keep the question of a message that was just stored; the caller holds the room's lock."""
    row = RoomQuestion(message=message, asker_id=actor.user_id or 0, created_at=clock.now())
    message.asked = Asked.WAITING
    if wish.silence is not None:
        message.asked, row.reason = Asked.REFUSED, wish.silence.words[:MAX_REASON]
    row.save()
    message.save(update_fields=["asked"])
    publish(TutorAsked(message_id=message.pk, course_id=course.pk), actor=actor)
    if wish.silence is None:
        _send_off(actor, course.pk, row)


def ask_again(*, actor: Actor, question: RoomQuestion) -> Job:
    """Ask once more what was not answered; while it is asked already, the job that does it.

    Raises NotFound for somebody else's, Denied, Conflict when it is answered, Throttled.
    """
    require(actor, ASK_AGAIN, question)
    course = question.message.room.course
    require_writing(actor, course)
    _require_patience(actor)
    wish = wish_of(actor, course, question.message.body)
    with transaction.atomic():
        room = locked_room(course.pk)
        message = locked_message(room, question.message_id)
        row = RoomQuestion.objects.get(pk=question.pk)
        if message.asked == Asked.WAITING and row.job:
            return Job.objects.get(public_id=row.job)
        if message.asked == Asked.ANSWERED or message.deleted_at is not None or wish is None:
            raise Conflict(_("This question is settled."), code="settled")
        if wish.silence is not None:
            raise Conflict(wish.silence.words, code="tutor_off")
        if row.tries >= MOST_TRIES:
            raise Conflict(_("Asked often enough. Write a new question."), code="settled")
        row.reason = ""
        job = _send_off(actor, course.pk, row)
        message.asked = Asked.WAITING
        save_change(room, message, "asked")
    return job


def answer_question(run: JobRun) -> dict[str, str]:
    """The work of the job: find the answer, say it in the room. Repeated, it is said once."""
    row = (
        RoomQuestion.objects.select_related("message__room__course")
        .filter(pk=run.params["question_id"])
        .first()
    )
    if row is None or row.message.asked != Asked.WAITING:
        return {}
    actor, course = run.actor(), row.message.room.course
    try:
        reply = answer_room(actor=actor, course=course, message=question_in(row.message.body) or "")
    except KernelError as problem:
        return _settle(row, Asked.REFUSED, problem.detail)
    except Exception:
        log.exception("question %s of a room was not answered", row.pk)
        _settle(row, Asked.FAILED, _("The tutor could not answer. Ask again in a while."))
        raise
    run.checkpoint()
    if isinstance(reply, Silence):
        return _settle(row, Asked.REFUSED, reply.words)
    return _answer(actor, course, row, reply)


def settle_lost() -> int:
    """Tell of questions whose job ended without an answer, its workers having died; how many."""
    waiting = RoomQuestion.objects.filter(message__asked=Asked.WAITING)
    ended = Job.objects.filter(state__in=[JobState.FAILED, JobState.CANCELLED])
    lost = waiting.filter(job__in=ended.values("public_id")).select_related("message__room")
    count = 0
    for row in lost[:200]:
        words = _("The tutor could not answer. Ask again in a while.")
        count += bool(_settle(row, Asked.FAILED, words))
    return count


def _require_patience(actor: Actor) -> None:
    since = clock.now() - WITHIN
    asked = RoomQuestion.objects.filter(asker_id=actor.user_id, created_at__gt=since).count()
    if asked >= MOST_QUESTIONS:
        words = _("You asked the tutor often. Wait a few minutes, or ask it beside a lesson.")
        raise Throttled(words, retry_after=int(WITHIN.total_seconds()), code="tutor_limit")


def _send_off(actor: Actor, course_id: int, row: RoomQuestion) -> Job:
    row.tries += 1
    job = enqueue(
        KIND,
        actor=actor,
        params={"question_id": row.pk},
        course_id=course_id,
        idempotency_key=f"room-question:{row.pk}:{row.tries}",
    )
    row.job = job.public_id
    row.save(update_fields=["tries", "job", "reason"])
    return job


def _settle(row: RoomQuestion, state: Asked, reason: str) -> dict[str, str]:
    """Write why nothing came of a question that still waits."""
    with transaction.atomic():
        room = locked_room(row.message.room.course_id)
        message = locked_message(room, row.message_id)
        if message.asked != Asked.WAITING:
            return {}
        RoomQuestion.objects.filter(pk=row.pk).update(reason=reason[:MAX_REASON])
        message.asked = state
        save_change(room, message, "asked")
    return {"state": state.value}


def _answer(actor: Actor, course: Course, row: RoomQuestion, reply: Reply) -> dict[str, str]:
    silence = silent_now(actor=actor, course=course, mode=reply.mode)
    if silence is not None:
        return _settle(row, Asked.REFUSED, silence.words)
    with transaction.atomic():
        room = locked_room(course.pk)
        message = locked_message(room, row.message_id)
        if message.asked != Asked.WAITING or message.deleted_at is not None:
            return {}
        answer = _say(room, message, reply)
        RoomQuestion.objects.filter(pk=row.pk).update(answer=answer)
        publish(
            TutorAnsweredRoom(
                course_id=course.pk,
                message_id=message.pk,
                answer_id=answer.pk,
                answerable=reply.answerable,
                mode=reply.mode.value,
                provider=reply.provider,
            ),
            actor=actor,
        )
        tell_room(course.pk, answer)
        message.asked = Asked.ANSWERED
        if message.thread_id is not None:
            count_reply(room, message.thread_id)
        else:
            message.reply_count += 1
        save_change(room, message, "asked", "reply_count")
    return {"state": Asked.ANSWERED.value, "message": answer.public_id}


def _say(room: Room, message: Message, reply: Reply) -> Message:
    seq, change = next_seq(room)
    answer = Message.objects.create(
        room=room,
        seq=seq,
        change=change,
        client_id=uuid.uuid4(),
        parent=message,
        thread=message.thread or message,
        body=reply.answer,
        html=answer_html(reply.answer),
        pipeline_version=str(PIPELINE_VERSION),
        indexed=True,
        ai={
            "mode": reply.mode.value,
            "answerable": reply.answerable,
            "provider": reply.provider,
            "model": reply.model[:120],
            "prompt": reply.prompt_version,
            "citations": [one.as_json() for one in reply.citations],
        },
        created_at=clock.now(),
    )
    index_message(answer)
    return answer

"""Conversations with the tutor, for whose they are; what was sent on, for those who teach."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from ai.models import Chunk, Conversation, Exchange, Faq
from ai.rules import VIEW_CONVERSATION, VIEW_FAQ, VIEW_SENT_ON
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk stands: its lesson's public id, "" for none, and words for people."""

    lesson: str
    title: str


def places_of(chunk_ids: Iterable[int]) -> dict[int, Place]:
    """Places of chunks that were found for somebody, by key; one query."""
    rows = Chunk.objects.filter(pk__in=set(chunk_ids)).select_related("lesson", "faq")
    return {row.pk: _place(row) for row in rows}


def _place(row: Chunk) -> Place:
    lesson = row.lesson.public_id if row.lesson is not None else ""
    if row.faq is not None:
        return Place(lesson, row.faq.question)
    title = row.lesson.title if row.lesson is not None else ""
    return Place(lesson, " · ".join([title, *row.heading_path[-1:]]))


def own_conversation(actor: Actor, course: Course, public_id: str) -> Conversation:
    """One of the actor's own in this course; raises NotFound."""
    return fetch(actor, VIEW_CONVERSATION, public_id=public_id[:40], course=course)


def latest_conversation(actor: Actor, course: Course) -> Conversation | None:
    """The one to go on with."""
    rows = VIEW_CONVERSATION.rows(actor).filter(course=course)
    return rows.order_by("-updated_at", "-pk").first()


def conversations(actor: Actor, course: Course | None = None) -> QuerySet[Conversation]:
    """One's own, newest first, with their course."""
    rows = VIEW_CONVERSATION.rows(actor).select_related("course")
    if course is not None:
        rows = rows.filter(course=course)
    return rows.order_by("-updated_at", "-pk")


def last_exchanges(
    conversation: Conversation, many: int, *, before: Exchange | None = None
) -> list[Exchange]:
    """The newest of a conversation, or the newest `before` one, oldest first."""
    rows = Exchange.objects.filter(conversation=conversation)
    if before is not None:
        rows = rows.filter(pk__lt=before.pk)
    return list(rows.order_by("-pk")[:many])[::-1]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Exchanges of a conversation that stand together, oldest first; `earlier`: there are more."""

    exchanges: tuple[Exchange, ...] = ()
    earlier: bool = False


def stretch_of(conversation: Conversation | None, many: int, *, before: str = "") -> Stretch:
    """At most `many` exchanges: the newest, or those before the one of this public id.

    Raises NotFound when that is not in the conversation.
    """
    if conversation is None:
        return Stretch()
    edge = exchange_in(conversation, before) if before else None
    return _stretch(last_exchanges(conversation, many + 1, before=edge), many)


def newest_stretches(rows: list[Conversation], many: int) -> dict[int, Stretch]:
    """The same of many conversations, by key; one query for all."""
    newest = Exchange.objects.order_by("-pk")[: many + 1]
    prefetch_related_objects(rows, Prefetch("exchanges", queryset=newest, to_attr="newest"))
    return {row.pk: _stretch(list(row.newest)[::-1], many) for row in rows}  # type: ignore[attr-defined]


def exchange_in(conversation: Conversation, public_id: str) -> Exchange:
    """One of a conversation that the caller may see; raises NotFound."""
    rows = Exchange.objects.filter(conversation=conversation, public_id=public_id[:40])
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def _stretch(rows: list[Exchange], many: int) -> Stretch:
    """Of one more than fit, the newest."""
    return Stretch(tuple(rows[-many:]), earlier=len(rows) > many)


def sent_on(actor: Actor, course: Course, *, settled: bool = False) -> QuerySet[Exchange]:
    """What learners passed to the staff of a course or found unhelpful, newest first."""
    rows = VIEW_SENT_ON.rows(actor).filter(course=course, settled_at__isnull=not settled)
    return rows.select_related("lesson", "conversation__learner", "settled_by").order_by("-pk")


def faqs(actor: Actor, course: Course) -> QuerySet[Faq]:
    """The answered questions of a course that one may read."""
    return VIEW_FAQ.rows(actor).filter(course=course).select_related("lesson")


def own_exchange(actor: Actor, course: Course, public_id: str) -> Exchange:
    """One of the actor's own exchanges in this course; raises NotFound."""
    rows = Exchange.objects.filter(
        conversation__in=VIEW_CONVERSATION.rows(actor).values("pk"), course=course
    )
    found = rows.select_related("conversation__course").filter(public_id=public_id[:40]).first()
    if found is None:
        raise NotFound
    return found

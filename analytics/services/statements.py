"""Keep what a client tells of acts of learning: each once, by the server's clock."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.enums import Verb
from analytics.events import StatementsReceived
from analytics.models import LearningStatement
from courses.models import Course, Enrolment
from courses.rules import LEARN_COURSE, VIEW_LESSON
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require

MOST: Final = 500
OLDEST: Final = timedelta(days=30)
# A call may be under way for so long that its clock runs a little before its acts.
GRACE: Final = timedelta(seconds=60)
# A clock that is off by more than this tells nothing of when something happened.
MOST_OFF: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Act:
    """One act as a client tells it; `lesson` is a public id, empty for the course itself."""

    client_id: uuid.UUID
    verb: Verb
    at: datetime
    lesson: str = ""
    part: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not kept, the field at fault, and why in words."""

    client_id: uuid.UUID
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Received:
    """How many acts were kept now and had been before, and those that were refused."""

    stored: int
    known: int
    refused: tuple[Refused, ...]


@transaction.atomic
def record_statements(
    *, actor: Actor, course: Course, sent_at: datetime, acts: Sequence[Act]
) -> Received:
    """Keep acts of the actor in a course; sending them again changes nothing.

    `sent_at` is the client's clock as it sends: what that is off by is taken off each act's time.
    An act of a lesson that cannot be seen, or of a time after sending or 30 days before it, is
    refused and the others are kept. Raises NotFound, Denied, and Invalid for more than 500 or a
    clock that is a year off.
    """
    require(actor, LEARN_COURSE, course)
    if len(acts) > MOST:
        raise Invalid(_("Send at most %(most)d at once.") % {"most": MOST}, field="events")
    off = clock.now() - sent_at
    if abs(off) > MOST_OFF:
        raise Invalid(_("This clock is off by more than a year. Set it first."), field="sent_at")
    # Of two calls with the same acts, be it to two courses, the second sees what the first kept.
    list(lock(Enrolment.objects.filter(user=actor.user_id).order_by("pk")))
    once = {act.client_id: act for act in reversed(acts)}
    seen = LearningStatement.objects.filter(learner=actor.user_id, client_id__in=once)
    known = set(seen.values_list("client_id", flat=True))
    fresh = [act for key, act in once.items() if key not in known][::-1]
    lessons = _lessons(actor, course, fresh)
    refused = [found for act in fresh if (found := _fault(act, sent_at, lessons)) is not None]
    left = {one.client_id for one in refused}
    kept = [act for act in fresh if act.client_id not in left]
    rows = [_row(actor, course, act, off, lessons) for act in kept]
    LearningStatement.objects.bulk_create(rows)
    _tell(actor, course, rows)
    return Received(len(rows), len(acts) - len(fresh), tuple(refused))


def _row(
    actor: Actor, course: Course, act: Act, off: timedelta, lessons: dict[str, int]
) -> LearningStatement:
    return LearningStatement(
        client_id=act.client_id,
        course=course,
        learner_id=actor.user_id,
        verb=act.verb,
        lesson_id=lessons.get(act.lesson),
        part=act.part,
        result=act.result,
        context=act.context,
        at=min(act.at + off, clock.now()),
    )


def _lessons(actor: Actor, course: Course, acts: Sequence[Act]) -> dict[str, int]:
    """Keys by public id of those lessons named that the actor may see in this course."""
    named = {act.lesson for act in acts if act.lesson}
    rows = VIEW_LESSON.rows(actor).filter(course=course, public_id__in=named)
    return dict(rows.values_list("public_id", "pk"))


def _fault(act: Act, sent_at: datetime, lessons: dict[str, int]) -> Refused | None:
    if act.lesson and act.lesson not in lessons:
        return Refused(act.client_id, "lesson", _("There is no such lesson in this course."))
    if act.at - sent_at > GRACE:
        return Refused(act.client_id, "at", _("This is later than it was sent."))
    if sent_at - act.at > OLDEST:
        return Refused(act.client_id, "at", _("This is more than 30 days ago."))
    return None


def _tell(actor: Actor, course: Course, rows: Sequence[LearningStatement]) -> None:
    """One event for each day (UTC), so that acts told late count on the day of their own."""
    days: dict[date, list[datetime]] = {}
    for row in rows:
        days.setdefault(row.at.astimezone(UTC).date(), []).append(row.at)
    for _day, moments in sorted(days.items()):
        told = StatementsReceived(
            course_id=course.pk,
            learner_id=actor.user_id or 0,
            statements=len(moments),
            latest=max(moments).astimezone(UTC).isoformat(),
        )
        publish(told, actor=actor)

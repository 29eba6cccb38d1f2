"""The tutor before many readers: a course's room, where everybody reads what one of them asked.

The same tutor as in the pane: the same rights and limits of the asker, the same models, the same
check of each sentence. Two things differ. It reads only what every learner of the course may read
now, and it goes no further than the strictest exam of anybody who can read the room. It knows
nothing of anybody's own conversation, and keeps none.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ai.enums import TutorHelp, TutorStyle
from ai.services.consent import off_words
from ai.services.retrieval import gather_evidence
from ai.services.tutor import MAX_MESSAGE
from ai.services.tutor_help import Help, help_now, require_help
from ai.services.tutor_words import Asked, Reply, compose
from assessments.enums import AiHelp
from assessments.queries.exam import help_before
from courses.models import Course
from courses.rules import OPEN_COURSE, TALK_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require
from lms.kernel.text import require_text


@dataclass(frozen=True, slots=True)
class Silence:
    """The tutor does not answer here and now; `words` say why, to whoever asked."""

    words: str


def open_room_question(*, actor: Actor, course: Course, message: str) -> Silence | None:
    """Check who asks what before anything is kept; None when the tutor may answer.

    Raises SignInRequired, Denied (`exam_mode`, which is logged), NotFound, Invalid.
    """
    _asked(actor, course, message)
    return _silence(require_help(actor, course), course)


def answer_room(*, actor: Actor, course: Course, message: str) -> Reply | Silence:
    """The whole answer for a room; no transaction may be open. Raises the same."""
    text = _asked(actor, course, message)
    own = require_help(actor, course)
    silence = _silence(own, course)
    if silence is not None:
        return silence
    evidence = gather_evidence(actor=actor, course=course, question=text, shared=True)
    style = TutorStyle(_before_readers(own, course).style)
    parts = compose(Asked(actor, course, text, evidence, style), live=False)
    while True:
        try:
            next(parts)
        except StopIteration as end:
            reply: Reply = end.value
            return reply


def silent_now(*, actor: Actor, course: Course, mode: TutorHelp) -> Silence | None:
    """Whether an answer of this mode may no longer be shown: an exam began while it was made."""
    level = _before_readers(help_now(actor, course), course)
    silence = _silence(level, course)
    if silence is None and mode == TutorHelp.FULL and level.mode != TutorHelp.FULL:
        return Silence(_room_words())
    return silence


def _asked(actor: Actor, course: Course, message: str) -> str:
    require(actor, OPEN_COURSE, course)
    require(actor, TALK_COURSE, course)
    text = require_text(message, field="body", max_length=MAX_MESSAGE).strip()
    if not text:
        raise Invalid(_("Ask something first."), field="body")
    return text


def _before_readers(own: Help, course: Course) -> Help:
    """The asker's level, or less: what the strictest exam of anybody who reads along leaves."""
    if own.mode == TutorHelp.OFF:
        return own
    left = help_before(course.pk)
    if left == AiHelp.OFF:
        return Help(TutorStyle.OFF, exam=True)
    return Help(TutorStyle.HINTS, exam=True) if left == AiHelp.HINT else own


def _silence(own: Help, course: Course) -> Silence | None:
    level = _before_readers(own, course)
    if level.mode != TutorHelp.OFF:
        return None
    if level.off_where:
        return Silence(off_words(level.off_where))
    if level.exam:
        return Silence(_room_words())
    return Silence(_("The tutor is switched off in this course."))


def _room_words() -> str:
    return _(
        "The tutor is silent here while an exam runs in which AI does not help. "
        "Ask it beside a lesson."
    )

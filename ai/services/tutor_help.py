"""How far the tutor may go: the course says, and a running exam says less."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import TutorHelp, TutorStyle
from ai.events import TutorRefused, TutorSettingChanged
from ai.models import TutorSetting
from ai.queries.consent import off_for
from assessments.enums import AiHelp
from assessments.queries.exam import ai_help, require_ai
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from lms.kernel.errors import Denied, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class Help:
    """What an answer may be now.

    `left`: what an exam of the asker's leaves, for earlier answers too. `off_where`: what turned
    all AI off for the asker here, "site", "course" or "person".
    """

    style: TutorStyle
    exam: bool = False
    left: AiHelp = AiHelp.FULL
    off_where: str = ""

    @property
    def mode(self) -> TutorHelp:
        """The level as callers are told it."""
        if self.style == TutorStyle.OFF:
            return TutorHelp.OFF
        return TutorHelp.FULL if self.style == TutorStyle.ANSWERS else TutorHelp.HINT


def style_of(course: Course) -> TutorStyle:
    """How the tutor of a course helps."""
    found = _STYLE.rows(course.pk)
    return TutorStyle(found[0][0] if found and found[0][0] else TutorStyle.ANSWERS)


_STYLE = Worded(lambda course: TutorSetting.objects.filter(course=course).values_list("style"))


def help_now(actor: Actor, course: Course) -> Help:
    """The level without refusing, for showing and hiding."""
    left = ai_help(actor)
    where = off_for([] if actor.user_id is None else [actor.user_id], course)
    if where:
        return Help(TutorStyle.OFF, left=left, off_where=where)
    style = style_of(course)
    if left == AiHelp.OFF:
        return Help(TutorStyle.OFF, exam=True, left=left)
    if left == AiHelp.HINT and style != TutorStyle.OFF:
        return Help(TutorStyle.HINTS, exam=True, left=left)
    return Help(style, left=left)


def require_help(actor: Actor, course: Course) -> Help:
    """The level for an answer. Raises Denied `exam_mode` while an exam forbids all of it.

    The refusal itself is kept as an event: staff can see that help was sought during an exam.
    """
    _require_left(actor, "ask", hints=True, course_id=course.pk)
    return help_now(actor, course)


def require_earlier(actor: Actor) -> AiHelp:
    """What may be read of earlier answers. Raises Denied `exam_mode`, kept as an event."""
    return _require_left(actor, "earlier", hints=True)


def require_seen(actor: Actor) -> None:
    """Pass when texts that AI saw may be read. Raises Denied `exam_mode`, kept as an event.

    They hold whole answers: an exam that leaves hints alone closes them, too.
    """
    _require_left(actor, "seen", hints=False)


def _require_left(actor: Actor, door: str, *, hints: bool, course_id: int | None = None) -> AiHelp:
    try:
        return require_ai(actor, hints=hints)
    except Denied:
        with transaction.atomic():
            publish(TutorRefused(course_id=course_id, door=door), actor=actor)
        raise


def set_style(*, actor: Actor, course: Course, style: str) -> TutorSetting:
    """Choose how the tutor of a course helps. Raises Denied, Invalid for `style`."""
    require(actor, MANAGE_COURSE, course)
    if style not in TutorStyle.values:
        raise Invalid(_("Choose one of the ways."), field="style")
    with transaction.atomic():
        row, _made = TutorSetting.objects.update_or_create(course=course, defaults={"style": style})
        publish(TutorSettingChanged(course_id=course.pk, style=style), actor=actor)
    return row

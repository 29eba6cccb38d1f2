"""What AI may do in a course and on the site, chosen by those who answer for it (I9)."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from ai.events import AiSettingChanged
from ai.models import AiCourse
from ai.queries.consent import SWITCHED, ai_site, asks_consent
from ai.services.consent import switch_course, switch_site
from ai.services.settings import save_setting
from ai.services.tutor_help import set_style, style_of
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require


def set_course_switches(
    *,
    actor: Actor,
    course: Course,
    off: bool,
    style: str,
    ask_consent: bool,
    off_purposes: Collection[str],
) -> None:
    """Choose everything of a course at once: its instructors.

    A course can ask for more than the site, never for less. Raises what `require` raises, Invalid
    by field.
    """
    require(actor, MANAGE_COURSE, course)
    purposes = _purposes(off_purposes)
    with transaction.atomic():
        switch_course(actor=actor, course=course, off=off)
        if style != style_of(course):
            set_style(actor=actor, course=course, style=style)
        row, _made = AiCourse.objects.get_or_create(course=course)
        if (row.ask_consent, row.off_purposes) == (ask_consent, purposes):
            return
        row.ask_consent, row.off_purposes = ask_consent, purposes
        row.save()
        told = AiSettingChanged(
            scope="course",
            course_id=course.pk,
            asks=asks_consent(course),
            off_purposes=",".join(purposes),
        )
        publish(told, actor=actor)


def set_site_switches(
    *, actor: Actor, off: bool, ask_consent: bool, off_purposes: Collection[str]
) -> None:
    """Choose everything of the site at once: admins. Raises Denied, Invalid by field."""
    purposes = _purposes(off_purposes)
    with transaction.atomic():
        switch_site(actor=actor, off=off)
        row = ai_site()
        if (row.ask_consent, row.off_purposes) == (ask_consent, purposes):
            return
        row.ask_consent, row.off_purposes = ask_consent, purposes
        save_setting(actor=actor, row=row)
        told = AiSettingChanged(scope="site", asks=ask_consent, off_purposes=",".join(purposes))
        publish(told, actor=actor)


def _purposes(given: Collection[str]) -> list[str]:
    """In our order. Raises Invalid for what cannot be turned off by itself."""
    if set(given) - {purpose.value for purpose in SWITCHED}:
        raise Invalid(_("Choose among the purposes that are shown."), field="purposes")
    return [purpose.value for purpose in SWITCHED if purpose.value in given]

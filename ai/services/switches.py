"""What AI may do in a course and on the site, chosen by those who answer for it (I9)."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from ai.events import AiSettingChanged
from ai.models import AiCourse, AiSite
from ai.queries.consent import SWITCHED, asks_consent
from ai.services.consent import switch_course, switch_site
from ai.services.settings import require_admin, save_setting
from ai.services.tutor_help import set_style, style_of
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require


def set_course_switches(
    *,
    actor: Actor,
    course: Course,
    off: bool | None = None,
    style: str | None = None,
    ask_consent: bool | None = None,
    off_purposes: Collection[str] | None = None,
) -> None:
    """Choose what AI may do in a course, at once: its instructors. None leaves a thing as it is.

    A course can ask for more than the site, never for less. Raises what `require` raises, Invalid
    by field.
    """
    require(actor, MANAGE_COURSE, course)
    with transaction.atomic():
        if off is not None:
            switch_course(actor=actor, course=course, off=off)
        if style is not None and style != style_of(course):
            set_style(actor=actor, course=course, style=style)
        AiCourse.objects.get_or_create(course=course)
        row = lock(AiCourse.objects.filter(course=course)).get()
        if not _choose(row, ask_consent=ask_consent, off_purposes=off_purposes):
            return
        row.save()
        told = AiSettingChanged(
            scope="course",
            course_id=course.pk,
            asks=asks_consent(course),
            off_purposes=",".join(row.off_purposes),
        )
        publish(told, actor=actor)


def set_site_switches(
    *,
    actor: Actor,
    off: bool | None = None,
    ask_consent: bool | None = None,
    off_purposes: Collection[str] | None = None,
) -> None:
    """Choose what AI may do on the site, at once: admins. None leaves a thing as it is.

    Raises Denied, Invalid by field.
    """
    require_admin(actor)
    with transaction.atomic():
        if off is not None:
            switch_site(actor=actor, off=off)
        row = lock(AiSite.objects.order_by("pk")).first() or AiSite()
        if not _choose(row, ask_consent=ask_consent, off_purposes=off_purposes):
            return
        save_setting(actor=actor, row=row)
        words = ",".join(row.off_purposes)
        told = AiSettingChanged(scope="site", asks=row.ask_consent, off_purposes=words)
        publish(told, actor=actor)


def _choose(
    row: AiCourse | AiSite, *, ask_consent: bool | None, off_purposes: Collection[str] | None
) -> bool:
    """Write what was chosen into the row, not saved; whether it became another. Raises Invalid."""
    before = (row.ask_consent, row.off_purposes)
    if ask_consent is not None:
        row.ask_consent = ask_consent
    if off_purposes is not None:
        row.off_purposes = _purposes(off_purposes)
    return (row.ask_consent, row.off_purposes) != before


def _purposes(given: Collection[str]) -> list[str]:
    """In our order. Raises Invalid for what cannot be turned off by itself."""
    if set(given) - {purpose.value for purpose in SWITCHED}:
        raise Invalid(_("Choose among the purposes that are shown."), field="purposes")
    return [purpose.value for purpose in SWITCHED if purpose.value in given]

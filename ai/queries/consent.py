"""Whether AI may be used by somebody, somewhere."""

from django.db.models import Q

from ai.enums import AiRole, Purpose
from ai.models import AiConsent, AiCourse, AiSite, AiSwitch
from courses.models import Course

# The words that people agree to; a change of meaning asks everybody again.
CONSENT_VERSION = "2026-11"
STAFF = frozenset({AiRole.ADMIN, AiRole.INSTRUCTOR, AiRole.ASSISTANT, AiRole.SYSTEM})
# What can be turned off by itself; the rest is part of these.
SWITCHED = (
    Purpose.QUESTIONS,
    Purpose.CHECKING,
    Purpose.CONTENT,
    Purpose.SUMMARY,
    Purpose.TRANSLATION,
    Purpose.TUTOR,
    Purpose.MARKING,
)
# Purposes without talk: nothing of the person leaves that they did not see leave.
QUIET = frozenset({Purpose.EMBEDDING, Purpose.MODERATION})


def ai_site() -> AiSite:
    """The site's AI settings, or the defaults."""
    return AiSite.objects.order_by("pk").first() or AiSite()


def off_for(person_ids: list[int], course: Course | None) -> str:
    """Where AI is off for these people in this course: site, course, person, or empty."""
    fit = Q(scope="site") | Q(scope="person", person_id__in=person_ids)
    if course is not None:
        fit |= Q(scope="course", course=course)
    found = set(AiSwitch.objects.filter(fit).values_list("scope", flat=True))
    return next((scope for scope in ("site", "course", "person") if scope in found), "")


def course_is_off(course: Course) -> bool:
    """Whether a course's own switch is off, whatever that of the site says."""
    return AiSwitch.objects.filter(scope="course", course=course).exists()


def consented(person_id: int) -> bool:
    """Whether somebody agreed to the words as they are now, and did not take it back."""
    mine = AiConsent.objects.filter(person_id=person_id, version=CONSENT_VERSION)
    return mine.filter(withdrawn_at=None).exists()


def own_consent(person_id: int) -> AiConsent | None:
    """Somebody's agreement that holds, if any."""
    mine = AiConsent.objects.filter(person_id=person_id, version=CONSENT_VERSION)
    return mine.filter(withdrawn_at=None).first()


def ai_course(course: Course | None) -> AiCourse:
    """What a course adds to the site's AI settings, or nothing."""
    found = AiCourse.objects.filter(course=course).first() if course is not None else None
    return found or AiCourse(course=course)


def asks_consent(course: Course | None) -> bool:
    """Whether learners must have agreed, here: the site asks, or the course does."""
    return ai_site().ask_consent or ai_course(course).ask_consent


def needs_consent(role: AiRole, purpose: Purpose, course: Course | None) -> bool:
    """Whether somebody of this role must have agreed before this."""
    return role not in STAFF and purpose not in QUIET and asks_consent(course)


def purpose_off(purpose: Purpose, course: Course | None) -> str:
    """Where no model is asked for a purpose: site, course, or empty."""
    if purpose in ai_site().off_purposes:
        return "site"
    return "course" if purpose in ai_course(course).off_purposes else ""


def own_switch(person_id: int) -> AiSwitch | None:
    """The switch that turns AI off for a person, if it is off."""
    return AiSwitch.objects.filter(scope="person", person_id=person_id).first()

"""Which models are connected for a purpose."""

from django.db.models import Q

from ai.enums import AiRole, Purpose
from ai.models import AllowedAddress, Profile, Provider
from courses.models import Course

# Whose models a purpose uses where it has none of its own.
_STAND_IN = {Purpose.CHECKING: (Purpose.QUESTIONS,)}


def profiles_for(purpose: Purpose, course: Course | None, role: AiRole) -> list[Profile]:
    """The order of models of the most specific group that fits; empty when none does.

    Course and role goes before course, role, and the site; inside a scope a named purpose goes
    before "every purpose". Judging questions is done by what makes them, where nothing is named
    for it: a course whose questions stay with one model does not send them to another.
    """
    here = Q(course=None) | Q(course=course) if course is not None else Q(course=None)
    rows = list(
        Profile.objects.filter(
            here,
            active=True,
            provider__active=True,
            role__in=["", role],
            purpose__in=["", purpose, *_STAND_IN.get(purpose, ())],
        ).select_related("provider")
    )
    if not rows:
        return []
    best = max(_rank(row, purpose) for row in rows)
    fit = (row for row in rows if _rank(row, purpose) == best)
    return sorted(fit, key=lambda row: (row.ordinal, row.pk))


def _rank(row: Profile, purpose: Purpose) -> tuple[bool, bool, bool, bool]:
    named = bool(row.purpose)
    return (row.course_id is not None, bool(row.role), named, row.purpose == purpose)


def providers() -> list[Provider]:
    """All providers, by name."""
    return list(Provider.objects.order_by("name"))


def allowed_urls() -> list[str]:
    """The addresses that providers may be under."""
    return list(AllowedAddress.objects.order_by("url").values_list("url", flat=True))

"""Which models are connected for a purpose."""

from django.db.models import Q

from ai.enums import AiRole, Purpose
from ai.models import AllowedAddress, Profile, Provider
from courses.models import Course


def profiles_for(purpose: Purpose, course: Course | None, role: AiRole) -> list[Profile]:
    """The order of models of the most specific group that fits; empty when none does.

    Course and role goes before course, role, and the site; inside a scope a named purpose goes
    before "every purpose".
    """
    here = Q(course=None) | Q(course=course) if course is not None else Q(course=None)
    rows = list(
        Profile.objects.filter(
            here,
            active=True,
            provider__active=True,
            role__in=["", role],
            purpose__in=["", purpose],
        ).select_related("provider")
    )
    if not rows:
        return []
    best = max(_rank(row) for row in rows)
    return sorted(
        (row for row in rows if _rank(row) == best), key=lambda row: (row.ordinal, row.pk)
    )


def _rank(row: Profile) -> tuple[bool, bool, bool]:
    return (row.course_id is not None, bool(row.role), bool(row.purpose))


def providers() -> list[Provider]:
    """All providers, by name."""
    return list(Provider.objects.order_by("name"))


def allowed_urls() -> list[str]:
    """The addresses that providers may be under."""
    return list(AllowedAddress.objects.order_by("url").values_list("url", flat=True))

"""The statuses that a course makes for itself: made, changed, archived, removed while unused."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import StatusColour, StatusEffect
from assessments.models import Grade, Gradebook, GradeChange
from assessments.scoring.gradebook_statuses import (
    PREFIX,
    TAKEN_SIGNS,
    CourseStatus,
    sign_from,
    status_data,
    statuses_from,
)
from assessments.services.editing import save_changes
from assessments.services.totals import recount_later
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.fields import new_public_id
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound, Stale
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_STATUSES: Final = 20
MAX_STATUS_NAME: Final = 40
KEY_LETTERS: Final = 14
HUNDRED: Final = Decimal(100)
HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class StatusFields:
    """What a status says of itself; `percent` (0..100, of the points) is for that effect alone."""

    name: str
    sign: str
    colour: str = StatusColour.NEUTRAL
    effect: str = StatusEffect.AS_GIVEN
    percent: Decimal | None = None
    archived: bool = False


@transaction.atomic
def create_status(
    *, actor: Actor, course: Course, fields: StatusFields, expected: int | None = None
) -> CourseStatus:
    """A new status after the others. Raises Stale, and Invalid naming the field.

    `expected` is the version of the gradebook that the asker saw, for every act here.
    """
    require(actor, MANAGE_COURSE, course)
    row, known = _opened(course, expected)
    if len(known) >= MAX_STATUSES:
        raise Invalid(_("A course has at most 20 statuses of its own."), field="name")
    made = _checked(PREFIX + new_public_id()[:KEY_LETTERS], fields, known.values())
    _keep(row, [*known.values(), made])
    return made


@transaction.atomic
def update_status(
    *, actor: Actor, course: Course, key: str, fields: StatusFields, expected: int | None = None
) -> CourseStatus:
    """Change a status, archive it or bring it back; totals follow in a job where they may change.

    Raises NotFound, Stale, and Invalid naming the field.
    """
    require(actor, MANAGE_COURSE, course)
    row, known = _opened(course, expected)
    before = _one(known, key)
    others = [one for one in known.values() if one.key != key]
    after = _checked(key, fields, others)
    if after != before:
        _keep(row, [after if one.key == key else one for one in known.values()])
    if (after.effect, after.percent) != (before.effect, before.percent):
        recount_later(actor, course.pk)
    return after


@transaction.atomic
def archive_status(*, actor: Actor, course: Course, key: str, archived: bool) -> CourseStatus:
    """Keep a status from being given to more cells, or offer it again. Raises NotFound."""
    require(actor, MANAGE_COURSE, course)
    row, known = _opened(course, None)
    after = replace(_one(known, key), archived=archived)
    if after != known[key]:
        _keep(row, [after if one.key == key else one for one in known.values()])
    return after


@transaction.atomic
def delete_status(*, actor: Actor, course: Course, key: str) -> None:
    """Remove a status that no cell ever bore. Raises NotFound, Conflict `status_used`."""
    require(actor, MANAGE_COURSE, course)
    row, known = _opened(course, None)
    gone = _one(known, key)
    if is_used(course, key):
        words = _("Grades bear “%(name)s” or did once; archive it instead.") % {"name": gone.name}
        raise Conflict(words, code="status_used")
    _keep(row, [one for one in known.values() if one.key != key])


def is_used(course: Course, key: str) -> bool:
    """Whether a cell bears a status, or the history says that one did."""
    return (
        Grade.objects.filter(item__course=course, status=key).exists()
        or GradeChange.objects.filter(grade__item__course=course, status_after=key).exists()
    )


def _opened(course: Course, expected: int | None) -> tuple[Gradebook, dict[str, CourseStatus]]:
    """The locked gradebook and its statuses."""
    Gradebook.objects.get_or_create(course=course, defaults={"version": 0})
    row = lock(Gradebook.objects.filter(course=course)).get()
    if expected is not None and row.version != expected:
        raise Stale
    return row, statuses_from(row.statuses)


def _one(known: dict[str, CourseStatus], key: str) -> CourseStatus:
    if key not in known:
        raise NotFound
    return known[key]


def _keep(row: Gradebook, statuses: Iterable[CourseStatus]) -> None:
    save_changes(row, statuses=[status_data(one) for one in statuses])


def _checked(key: str, fields: StatusFields, others: Iterable[CourseStatus]) -> CourseStatus:
    others = list(others)
    name, sign = _checked_name(fields.name, others), _checked_sign(fields.sign, others)
    if fields.colour not in StatusColour.values:
        raise Invalid(_("This is not a colour."), field="colour")
    if fields.effect not in StatusEffect.values:
        raise Invalid(_("Say how it counts."), field="effect")
    effect = StatusEffect(fields.effect)
    percent = _checked_percent(fields.percent) if effect == StatusEffect.PERCENT else None
    colour = StatusColour(fields.colour)
    return CourseStatus(key, name, sign, colour, effect, percent, archived=fields.archived)


def _checked_name(typed: str, others: Iterable[CourseStatus]) -> str:
    name = require_text(typed.strip(), field="name", max_length=MAX_STATUS_NAME)
    if not name:
        raise Invalid(_("Give it a name."), field="name")
    if name.casefold() in {one.name.casefold() for one in others}:
        raise Invalid(_("Another status has this name."), field="name")
    return name


def _checked_sign(typed: str, others: Iterable[CourseStatus]) -> str:
    sign = sign_from(typed)
    if sign is None:
        raise Invalid(_("Give a sign of one to four letters."), field="sign")
    if sign in TAKEN_SIGNS:
        raise Invalid(_("This sign has a meaning already. Take another."), field="sign")
    namesake = next((one.name for one in others if one.sign == sign), None)
    if namesake is not None:
        raise Invalid(_("“%(name)s” has this sign.") % {"name": namesake}, field="sign")
    return sign


def _checked_percent(percent: Decimal | None) -> Decimal:
    if percent is None or not percent.is_finite() or not 0 <= percent <= HUNDRED:
        raise Invalid(_("Give a percentage between 0 and 100."), field="percent")
    exponent = percent.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise Invalid(_("A percentage has at most two decimals."), field="percent")
    return percent.quantize(HUNDREDTH)

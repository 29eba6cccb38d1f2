"""Groups of learners: make, rename, fill, deal out, delete."""

from collections.abc import Sequence
from secrets import SystemRandom

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from courses.events import GroupChanged
from courses.models import Course, LearnerGroup, LearnerGroupMember
from courses.models.group import MAX_GROUP_NAME
from courses.queries.group import learners_of
from courses.rules import EDIT_GROUP, MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound, Stale
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_GROUPS = 200
_random = SystemRandom()


@transaction.atomic
def create_group(
    *, actor: Actor, course: Course, name: str, learners: Sequence[User] = ()
) -> LearnerGroup:
    """A new group with its first members.

    Raises Invalid for a name that is empty or taken or for people who do not learn in the course,
    Conflict `too_many_groups`.
    """
    require(actor, MANAGE_COURSE, course)
    lock(Course.objects.filter(pk=course.pk)).first()
    if course.learner_groups.count() >= MAX_GROUPS:
        raise Conflict(_("A course has at most 200 groups."), code="too_many_groups")
    group = LearnerGroup.objects.create(course=course, name=_free_name(course, name))
    _write_members(actor, group, learners)
    return group


@transaction.atomic
def change_group(
    *,
    actor: Actor,
    group: LearnerGroup,
    name: str | None = None,
    learners: Sequence[User] | None = None,
    expected: int | None = None,
) -> LearnerGroup:
    """Give a group another name, other members, or both; None leaves them.

    Raises Invalid as `create_group`, Stale when the group changed since `expected`.
    """
    require(actor, EDIT_GROUP, group)
    lock(Course.objects.filter(pk=group.course_id)).first()
    row = lock(LearnerGroup.objects.select_related("course").filter(pk=group.pk)).first()
    if row is None:
        raise NotFound
    if expected is not None and row.version != expected:
        raise Stale
    if name is not None:
        row.name = _free_name(row.course, name, besides=row)
    if learners is not None:
        _write_members(actor, row, learners)
    row.version, row.updated_at = row.version + 1, clock.now()
    row.save(update_fields=["name", "version", "updated_at"])
    return row


@transaction.atomic
def delete_group(*, actor: Actor, group: LearnerGroup) -> None:
    """Delete a group; its members stay in the course. What was set for the group goes with it."""
    require(actor, EDIT_GROUP, group)
    LearnerGroup.objects.filter(pk=group.pk).delete()


@transaction.atomic
def deal_out(*, actor: Actor, course: Course, count: int, title: str) -> list[LearnerGroup]:
    """Put every learner of a course into one of `count` new groups at random, sizes differ by 1.

    They are named `title` 1, 2, … Raises Invalid for a count outside 1..learners.
    """
    require(actor, MANAGE_COURSE, course)
    learners = list(learners_of(course.pk))
    if not 1 <= count <= min(MAX_GROUPS, len(learners)):
        words = _("Give a number of groups from 1 to the number of learners.")
        raise Invalid(words, field="count")
    _random.shuffle(learners)
    return [
        create_group(actor=actor, course=course, name=f"{title} {number + 1}", learners=hand)
        for number, hand in enumerate(learners[start::count] for start in range(count))
    ]


def _free_name(course: Course, name: str, *, besides: LearnerGroup | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("Give the group a name."), field="name")
    require_text(name, field="name", max_length=MAX_GROUP_NAME)
    taken = LearnerGroup.objects.filter(course=course, name__iexact=name)
    if besides is not None:
        taken = taken.exclude(pk=besides.pk)
    if taken.exists():
        raise Invalid(_("Another group has this name."), field="name")
    return name


def _write_members(actor: Actor, group: LearnerGroup, learners: Sequence[User]) -> None:
    wanted = {person.pk for person in learners}
    known = set(learners_of(group.course_id).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - known:
        words = _("Somebody in the list does not learn in this course.")
        raise Invalid(words, field="learners")
    rows = LearnerGroupMember.objects.filter(group=group)
    gone = rows.exclude(learner_id__in=wanted).delete()[0]
    present = set(rows.values_list("learner_id", flat=True))
    LearnerGroupMember.objects.bulk_create(
        [LearnerGroupMember(group=group, learner_id=pk) for pk in sorted(wanted - present)]
    )
    if gone or wanted - present:
        publish(GroupChanged(course_id=group.course_id, group_id=group.pk), actor=actor)

"""Whose work a submission is: one learner, or the members of a group."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Assignment, Submission, SubmissionMember
from courses.models import LearnerGroup
from courses.queries.group import group_ids, member_ids
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict


def join_authors(assignment: Assignment, learner_id: int) -> Submission:
    """The submission that a learner without one works on; the caller is in their turn.

    Their own, made now; for group work that of their group, made when the group has none. Raises
    Conflict `no_group` or `several_groups` when it is not clear which group that is.
    """
    if not assignment.group_work:
        row = Submission.objects.create(
            assignment=assignment, course_id=assignment.course_id, learner_id=learner_id
        )
        _add(row, learner_id)
        return row
    group = _group_of(assignment, learner_id)
    found = Submission.objects.filter(assignment=assignment, group=group).first()
    row = found or Submission.objects.create(
        assignment=assignment, course_id=assignment.course_id, group=group
    )
    _add(row, learner_id)
    return row


@transaction.atomic
def gather_group(row: Submission) -> None:
    """Count everybody who is in the group now, unless they work in another one."""
    if row.group is None:
        return
    taken = SubmissionMember.objects.filter(assignment_id=row.assignment_id)
    known = set(taken.values_list("learner_id", flat=True))
    for learner_id in sorted(member_ids(row.group) - known):
        _add(row, learner_id)


def _add(row: Submission, learner_id: int) -> None:
    SubmissionMember.objects.create(
        submission=row, assignment_id=row.assignment_id, learner_id=learner_id
    )


def _group_of(assignment: Assignment, learner_id: int) -> LearnerGroup:
    """The learner's group, locked, so that a group begins once."""
    keys = group_ids(course_id=assignment.course_id, learner_id=learner_id)
    if not keys:
        words = _("This is work for groups, and you are in none. Ask your instructor.")
        raise Conflict(words, code="no_group")
    if len(keys) > 1:
        words = _("This is work for groups, and you are in several. Ask your instructor.")
        raise Conflict(words, code="several_groups")
    return lock(LearnerGroup.objects.filter(pk__in=keys)).get()

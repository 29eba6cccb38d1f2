"""Who may do what with assignments and submissions.

Learners see published assignments in lessons they see and hand in their own work; a draft is its
authors' alone. Staff see what was handed in and mark it; instructors change assignments. In
preview a person counts as a learner and sees nobody's work.
"""

from django.db.models import Q, QuerySet

from assessments.enums import AssignmentState, SubmissionState
from assessments.models import Assignment, Submission, SubmissionMember
from courses.rules import (
    LEARN_COURSE,
    MANAGE_COURSE,
    STAFF_COURSE,
    VIEW_LESSON,
    may_learn_course,
    may_manage_course,
    may_staff_course,
    may_view_lesson,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def may_view_assignment(actor: Actor, assignment: Assignment) -> bool:
    if may_staff_course(actor, assignment.course):
        return may_view_lesson(actor, assignment.lesson)
    published = assignment.state == AssignmentState.PUBLISHED
    return published and may_view_lesson(actor, assignment.lesson)


def view_assignment_rows(actor: Actor) -> QuerySet[Assignment]:
    staffed = STAFF_COURSE.rows(actor).values("pk")
    seen = Q(state=AssignmentState.PUBLISHED) | Q(course__in=staffed)
    return Assignment.objects.filter(seen, lesson__in=VIEW_LESSON.rows(actor).values("pk"))


def may_edit_assignment(actor: Actor, assignment: Assignment) -> bool:
    return may_manage_course(actor, assignment.course)


def edit_assignment_rows(actor: Actor) -> QuerySet[Assignment]:
    return Assignment.objects.filter(course__in=MANAGE_COURSE.rows(actor).values("pk"))


def may_do_assignment(actor: Actor, assignment: Assignment) -> bool:
    return (
        assignment.state == AssignmentState.PUBLISHED
        and may_learn_course(actor, assignment.course)
        and may_view_lesson(actor, assignment.lesson)
    )


def do_assignment_rows(actor: Actor) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        state=AssignmentState.PUBLISHED,
        course__in=LEARN_COURSE.rows(actor).values("pk"),
        lesson__in=VIEW_LESSON.rows(actor).values("pk"),
    )


def may_mark_assignment(actor: Actor, assignment: Assignment) -> bool:
    return may_staff_course(actor, assignment.course)


def mark_assignment_rows(actor: Actor) -> QuerySet[Assignment]:
    return Assignment.objects.filter(course__in=STAFF_COURSE.rows(actor).values("pk"))


VIEW_ASSIGNMENT = Rule(
    "assessments.assignment.view", may=may_view_assignment, rows=view_assignment_rows
)
EDIT_ASSIGNMENT = Rule(
    "assessments.assignment.edit",
    may=may_edit_assignment,
    rows=edit_assignment_rows,
    writes=True,
    visible=VIEW_ASSIGNMENT,
)
DO_ASSIGNMENT = Rule(
    "assessments.assignment.do",
    may=may_do_assignment,
    rows=do_assignment_rows,
    writes=True,
    visible=VIEW_ASSIGNMENT,
)
SEE_SUBMISSIONS = Rule(
    "assessments.assignment.submissions",
    may=may_mark_assignment,
    rows=mark_assignment_rows,
    visible=VIEW_ASSIGNMENT,
)


# Submissions: its authors at any time, staff once it was handed in.


def is_author(actor: Actor, submission: Submission) -> bool:
    """Whether it is the actor's own work, alone or in a group."""
    if actor.user_id is None:
        return False
    members = SubmissionMember.objects.filter(submission=submission)
    return members.filter(learner_id=actor.user_id).exists()


def _authored(actor: Actor) -> Q:
    if actor.user_id is None:
        return Q(pk__in=[])
    own = SubmissionMember.objects.filter(learner_id=actor.user_id)
    return Q(pk__in=own.values("submission_id"))


def may_view_submission(actor: Actor, submission: Submission) -> bool:
    if actor.preview_course_id == submission.course_id:
        return False
    handed_in = submission.state != SubmissionState.DRAFT
    staff = handed_in and may_staff_course(actor, submission.course)
    return staff or is_author(actor, submission)


def view_submission_rows(actor: Actor) -> QuerySet[Submission]:
    staffed = Q(course__in=STAFF_COURSE.rows(actor).values("pk"))
    rows = Submission.objects.filter(_authored(actor) | (staffed & ~Q(state=SubmissionState.DRAFT)))
    return rows.exclude(course_id=actor.preview_course_id) if actor.preview_course_id else rows


def may_write_submission(actor: Actor, submission: Submission) -> bool:
    return is_author(actor, submission) and may_learn_course(actor, submission.course)


def write_submission_rows(actor: Actor) -> QuerySet[Submission]:
    return Submission.objects.filter(
        _authored(actor), course__in=LEARN_COURSE.rows(actor).values("pk")
    )


def may_mark_submission(actor: Actor, submission: Submission) -> bool:
    handed_in = submission.state != SubmissionState.DRAFT
    return (
        handed_in
        and may_staff_course(actor, submission.course)
        and not is_author(actor, submission)
    )


def mark_submission_rows(actor: Actor) -> QuerySet[Submission]:
    rows = Submission.objects.filter(course__in=STAFF_COURSE.rows(actor).values("pk"))
    return rows.exclude(state=SubmissionState.DRAFT).exclude(_authored(actor))


VIEW_SUBMISSION = Rule(
    "assessments.submission.view", may=may_view_submission, rows=view_submission_rows
)
WRITE_SUBMISSION = Rule(
    "assessments.submission.write",
    may=may_write_submission,
    rows=write_submission_rows,
    writes=True,
    visible=VIEW_SUBMISSION,
)
MARK_SUBMISSION = Rule(
    "assessments.submission.mark",
    may=may_mark_submission,
    rows=mark_submission_rows,
    writes=True,
    visible=VIEW_SUBMISSION,
)

"""Who may do what with reviews by peers.

A task is its reviewer's; the course's staff read what was written. The author sees reviews through
`queries/peer.py` once they are closed, and never who wrote them unless that was chosen.
"""

from django.db.models import QuerySet

from assessments.models import PeerTask
from courses.rules import LEARN_COURSE, STAFF_COURSE, may_learn_course, may_staff_course
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def _own(actor: Actor, task: PeerTask) -> bool:
    return actor.user_id is not None and task.reviewer_id == actor.user_id


def may_view_task(actor: Actor, task: PeerTask) -> bool:
    course = task.submission.course
    if may_staff_course(actor, course):
        return True
    learns = actor.preview_course_id != course.pk and may_learn_course(actor, course)
    return _own(actor, task) and not task.withdrawn and learns


def view_task_rows(actor: Actor) -> QuerySet[PeerTask]:
    staffed = PeerTask.objects.filter(submission__course__in=STAFF_COURSE.rows(actor).values("pk"))
    return staffed | _mine(actor)


def may_write_task(actor: Actor, task: PeerTask) -> bool:
    course = task.submission.course
    learns = actor.preview_course_id != course.pk and may_learn_course(actor, course)
    return _own(actor, task) and not task.withdrawn and learns


def write_task_rows(actor: Actor) -> QuerySet[PeerTask]:
    return _mine(actor)


def _mine(actor: Actor) -> QuerySet[PeerTask]:
    learning = LEARN_COURSE.rows(actor).values("pk")
    rows = PeerTask.objects.filter(
        reviewer_id=actor.user_id or 0, withdrawn=False, submission__course__in=learning
    )
    if actor.preview_course_id is not None:
        rows = rows.exclude(submission__course_id=actor.preview_course_id)
    return rows


VIEW_PEER_TASK = Rule("assessments.peer_task.view", may=may_view_task, rows=view_task_rows)
WRITE_PEER_TASK = Rule(
    "assessments.peer_task.write",
    may=may_write_task,
    rows=write_task_rows,
    writes=True,
    visible=VIEW_PEER_TASK,
)

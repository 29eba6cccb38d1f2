"""Open gradebooks of a course's staff hear which cell changed, and fetch it themselves."""

from assessments.models import Grade
from courses.enums import CourseRole
from courses.queries.roles import active_members
from lms.kernel import push

STAFF = (CourseRole.INSTRUCTOR, CourseRole.ASSISTANT)


def show_cell(*, grade_id: int) -> int:
    """Send the ids of a cell to each of the course's staff; returns to how many."""
    row = Grade.objects.select_related("item__course", "learner").filter(pk=grade_id).first()
    if row is None:
        return 0
    frame = {
        "type": "gradebook",
        "course": row.item.course.public_id,
        "item": row.item.public_id,
        "learner": row.learner.public_id,
        "version": row.version,
    }
    staff = active_members(row.item.course).filter(role__in=STAFF).values_list("user_id", flat=True)
    for user_id in staff:
        push.to_person(user_id, dict(frame))
    return len(staff)

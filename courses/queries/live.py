"""What learners of a course can see of its outline, spelled once."""

from django.db.models import QuerySet

from courses.models import Lesson


def live_lessons(course_id: int) -> QuerySet[Lesson]:
    """Published lessons of a course, neither deleted nor in a deleted section, in order."""
    return Lesson.objects.filter(
        course_id=course_id, published=True, deleted_at=None, section__deleted_at=None
    ).order_by("section__ordinal", "section_id", "ordinal", "pk")

"""What assessments do when something happens elsewhere."""

from typing import Final

from accounts.events import PersonErased
from assessments.events import AssignmentPublished, QuizPublished
from assessments.models import GradeItem
from assessments.services.bank_share import tidy_left_banks
from assessments.services.totals import recount_if_counted
from courses.events import LessonHidden, LessonPublished, OutlineChanged
from lms.kernel.actors import system
from lms.kernel.events import subscribe

# What takes columns out of the totals, or brings them back.
COUNTS: Final = {"section_deleted", "section_restored", "lesson_restored"}


@subscribe(PersonErased, name="assessments.tidy_banks_after_erasure")
def tidy_banks_after_erasure(_event: PersonErased, _record_id: int) -> None:
    """The bank of an erased person is nobody's: what no course uses goes."""
    tidy_left_banks()


@subscribe(LessonPublished, name="assessments.count_published_lesson")
@subscribe(LessonHidden, name="assessments.count_hidden_lesson")
def count_lesson(told: LessonPublished | LessonHidden, _record_id: int) -> None:
    """A column counts while learners see its lesson."""
    items = GradeItem.objects.filter(quiz__lesson=told.lesson_id)
    if (items | GradeItem.objects.filter(assignment__lesson=told.lesson_id)).exists():
        recount_if_counted(system("assessments.totals"), told.course_id or 0)


@subscribe(OutlineChanged, name="assessments.count_outline")
def count_outline(told: OutlineChanged, _record_id: int) -> None:
    """Columns go and come back with their section."""
    if told.action in COUNTS:
        recount_if_counted(system("assessments.totals"), told.course_id or 0)


@subscribe(QuizPublished, name="assessments.count_published_quiz")
@subscribe(AssignmentPublished, name="assessments.count_published_assignment")
def count_published(told: QuizPublished | AssignmentPublished, _record_id: int) -> None:
    """A column counts from when its work is open to learners."""
    recount_if_counted(system("assessments.totals"), told.course_id or 0)

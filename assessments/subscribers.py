"""What assessments do when something happens elsewhere."""

from typing import Final

from accounts.events import PersonErased
from assessments.events import AssignmentPublished, QuizPublished
from assessments.services.bank_share import tidy_left_banks
from assessments.services.joined_group import follow_group
from assessments.services.totals import has_column, recount_if_counted
from courses.events import GroupChanged, LessonHidden, LessonPublished, OutlineChanged
from lms.kernel.actors import system
from lms.kernel.events import subscribe

# What takes columns out of the totals, or brings them back.
COUNTS: Final = {"section_deleted", "section_restored", "lesson_restored"}


@subscribe(PersonErased, name="assessments.tidy_banks_after_erasure")
def tidy_banks_after_erasure(_event: PersonErased, _record_id: int) -> None:
    """The bank of an erased person is nobody's: what no course uses goes."""
    tidy_left_banks()


@subscribe(LessonPublished, name="assessments.count_published_lesson")
def count_published_lesson(told: LessonPublished, _record_id: int) -> None:
    """A column counts from when learners see its lesson."""
    _count_lesson(told.course_id, told.lesson_id)


@subscribe(LessonHidden, name="assessments.count_hidden_lesson")
def count_hidden_lesson(told: LessonHidden, _record_id: int) -> None:
    """A column does not count while its lesson is out of sight."""
    _count_lesson(told.course_id, told.lesson_id)


@subscribe(OutlineChanged, name="assessments.count_outline")
def count_outline(told: OutlineChanged, _record_id: int) -> None:
    """Columns go and come back with their section."""
    if told.action in COUNTS:
        _count(told.course_id)


@subscribe(QuizPublished, name="assessments.count_published_quiz")
def count_published_quiz(told: QuizPublished, _record_id: int) -> None:
    """A column counts from when its quiz is open to learners."""
    _count(told.course_id)


@subscribe(AssignmentPublished, name="assessments.count_published_assignment")
def count_published_assignment(told: AssignmentPublished, _record_id: int) -> None:
    """A column counts from when its assignment is open to learners."""
    _count(told.course_id)


@subscribe(GroupChanged, name="assessments.follow_group")
def follow_changed_group(told: GroupChanged, _record_id: int) -> None:
    """Who came into a group or left it has the dates that hold now."""
    follow_group(system("assessments.groups"), told.group_id)


def _count_lesson(course_id: int | None, lesson_id: int) -> None:
    if has_column(lesson_id):
        _count(course_id)


def _count(course_id: int | None) -> None:
    if course_id is not None:
        recount_if_counted(system("assessments.totals"), course_id)

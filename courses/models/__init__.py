"""Courses, their outline, lessons with versions and blocks, members and progress."""

from courses.models.catalogue import Course, Tag
from courses.models.enrolment import Enrolment, Invitation
from courses.models.group import LearnerGroup, LearnerGroupMember
from courses.models.lessons import Attachment, Block, Lesson, LessonVersion, Section
from courses.models.progress import LessonProgress

__all__ = [
    "Attachment",
    "Block",
    "Course",
    "Enrolment",
    "Invitation",
    "LearnerGroup",
    "LearnerGroupMember",
    "Lesson",
    "LessonProgress",
    "LessonVersion",
    "Section",
    "Tag",
]

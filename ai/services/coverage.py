"""From which texts a job's questions come, and how many from each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ai.services.source import Source, source_of_lesson
from courses.enums import LessonKind
from courses.models import Course, Lesson, Section
from courses.queries.teaching import builder_outline
from lms.kernel.errors import Invalid

MAX_LESSONS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One text with the number of questions it should give; `lesson` is None for pasted text."""

    source: Source
    lesson: Lesson | None
    quota: int

    @property
    def lesson_id(self) -> int | None:
        """What its drafts are found by."""
        return self.lesson.pk if self.lesson is not None else None


def readable_lessons(course: Course, section: Section | None = None) -> list[tuple[Lesson, Source]]:
    """Lessons with text of a section or a whole course, in order, as staff see them; at most 100.

    The caller has checked that the actor staffs the course. Raises Invalid when none says
    anything.
    """
    lessons = [
        lesson
        for part in builder_outline(course)
        if section is None or part.section.pk == section.pk
        for lesson in part.lessons
        if lesson.kind == LessonKind.TEXT
    ]
    found: list[tuple[Lesson, Source]] = []
    for lesson in lessons[:MAX_LESSONS]:
        try:
            found.append((lesson, source_of_lesson(lesson)))
        except Invalid:
            continue
    if not found:
        raise Invalid(
            _("There is no text to make questions from."),
            field="course" if section is None else "section",
        )
    return found


def spread(sources: Sequence[tuple[Lesson, Source]], count: int) -> list[Part]:
    """`count` questions over lessons by the length of their text (largest remainders).

    Every lesson gets one before any gets two, as far as `count` goes.
    """
    lengths = [len(source.text) for _, source in sources]
    quotas = shares(lengths, count)
    return [
        Part(source, lesson, quota) for (lesson, source), quota in zip(sources, quotas, strict=True)
    ]


def shares(lengths: Sequence[int], count: int) -> list[int]:
    """Whole numbers that add up to `count`, in proportion to `lengths` (Hamilton's method).

    With enough to go round each gets at least one.
    """
    if len(lengths) > count:
        longest = sorted(range(len(lengths)), key=lambda at: (-lengths[at], at))[:count]
        return [1 if at in longest else 0 for at in range(len(lengths))]
    # Texts that all say nothing share alike.
    weights = list(lengths) if any(lengths) else [1] * len(lengths)
    rest, total = count - len(lengths), sum(weights)
    exact = [rest * weight / total for weight in weights]
    found = [1 + int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (int(exact[at]) - exact[at], at))
    for at in by_remainder[: count - sum(found)]:
        found[at] += 1
    return found

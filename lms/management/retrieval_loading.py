"""Stories as one course, questions about them, and how well the tutor finds the places."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from accounts.enums import SiteRole
from accounts.models import User
from ai.queries.retrieval import Found
from ai.services.indexing import index_course
from ai.services.retrieval import find_blocks, gather_evidence
from courses.enums import EnrolmentPolicy, LessonKind
from courses.models import Course, Lesson
from courses.services.course import CourseContent, create_course, publish_course
from courses.services.enrolment import enrol_learner
from courses.services.lesson import publish_lesson, save_draft
from courses.services.outline import add_lesson, add_section
from lms.kernel.actors import Actor, for_user
from lms.management.intervals import as_json as counted
from lms.management.intervals import bootstrap
from lms.management.stories import StoryError, read_story

STORY, QUESTIONS = "-story", "-questions"
DEPTHS = (1, 3, 5, 10)
DEEPEST = 200
YES = frozenset({"1", "true", "yes", "foreign"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the sections that answer it; `foreign`: no story here does."""

    text: str
    story: str
    sections: frozenset[int]
    foreign: bool


@dataclass(frozen=True, slots=True)
class Library:
    """The course of all stories; `places` names story and section of a lesson by its key."""

    course: Course
    learner: Actor
    places: dict[int, tuple[str, int]]


@dataclass(slots=True)
class Tally:
    """Ranks of the right place, and what was declined."""

    ranks: list[int | None] = field(default_factory=list)
    declined: int = 0
    foreign: int = 0
    foreign_declined: int = 0

    def with_intervals(self) -> dict[str, Any]:
        """The shares with Wilson's intervals, the mean reciprocal rank with a bootstrapped one."""
        found = [rank for rank in self.ranks if rank is not None]
        many = len(self.ranks)
        hits = {f"hit@{d}": counted(sum(rank <= d for rank in found), many) for d in DEPTHS}
        return {
            **hits,
            "mrr": bootstrap([0.0 if rank is None else 1 / rank for rank in self.ranks], fmean),
            "own_declined": counted(self.declined, many),
            "foreign_declined": counted(self.foreign_declined, self.foreign),
        }

    def as_json(self) -> dict[str, Any]:
        """Shares from 0 to 1; None where there was nothing to count."""
        many = len(self.ranks)
        found = [rank for rank in self.ranks if rank is not None]
        hits = {
            f"hit@{depth}": _share(sum(rank <= depth for rank in found), many) for depth in DEPTHS
        }
        return {
            **hits,
            "mrr": _share(sum(1 / rank for rank in found), many),
            "questions": many,
            "declined": _share(self.declined, many),
            "foreign_questions": self.foreign,
            "foreign_declined": _share(self.foreign_declined, self.foreign),
        }


def build_library(stories: Path, leave_out: set[str]) -> Library:
    """One published course: a section per story, a lesson per section of it, and a learner.

    Raises StoryError when there is nothing to read.
    """
    teacher = User.objects.create_user(
        "eval-retrieval-teacher@example.com", name="Evaluation", site_role=SiteRole.INSTRUCTOR
    )
    reader = User.objects.create_user("eval-retrieval-learner@example.com", name="Evaluation")
    actor = for_user(teacher)
    content = CourseContent(title="Stories", enrolment_policy=EnrolmentPolicy.OPEN)
    course = create_course(actor=actor, content=content)
    places: dict[int, tuple[str, int]] = {}
    for path in _files(stories):
        name = path.stem.removesuffix(STORY)
        if name not in leave_out:
            places |= _add_story(actor, course, name, path)
    if not places:
        raise StoryError(f"{stories}: there is no story")
    course.refresh_from_db()
    publish_course(actor=actor, course=course)
    course.refresh_from_db()
    enrol_learner(actor=for_user(reader), course=course, learner=reader)
    index_course(actor=actor, course=course)
    return Library(course, for_user(reader), places)


def read_questions(folder: Path, known: set[str]) -> list[Asked]:
    """Questions of all files. Foreign are those about other stories, or with yes in `foreign`.

    Raises StoryError for a file without the columns `question` and `cor_section`.
    """
    found = []
    for path in _files(folder):
        story = path.stem.removesuffix(QUESTIONS)
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                try:
                    found.append(_asked(row, story, known))
                except (KeyError, ValueError, AttributeError) as problem:
                    words = f"{path.name}: needs the columns 'question' and 'cor_section'"
                    raise StoryError(words) from problem
    return found


def evaluate(library: Library, questions: list[Asked], *, meaning: bool) -> Tally:
    """Ask everything as the learner would."""
    tally = Tally()
    for asked in questions:
        evidence = gather_evidence(
            actor=library.learner, course=library.course, question=asked.text, meaning=meaning
        )
        if asked.foreign:
            tally.foreign += 1
            tally.foreign_declined += not evidence.answerable
            continue
        tally.declined += not evidence.answerable
        found = find_blocks(
            actor=library.learner,
            course=library.course,
            question=asked.text,
            limit=DEEPEST,
            meaning=meaning,
        )
        tally.ranks.append(_rank(library, found, asked))
    return tally


def _rank(library: Library, found: list[Found], asked: Asked) -> int | None:
    """Where the first lesson that answers stands among the lessons found, from 1."""
    lessons = dict.fromkeys(one.lesson_id for one in found if one.lesson_id is not None)
    wanted = {(asked.story, number) for number in asked.sections}
    ranks = (at for at, pk in enumerate(lessons, start=1) if library.places[pk] in wanted)
    return next(ranks, None)


def _asked(row: dict[str, str], story: str, known: set[str]) -> Asked:
    marked = (row.get("foreign") or "").strip().casefold() in YES
    foreign = marked or story not in known
    numbers = (row["cor_section"] or "").split(",")
    sections = frozenset(int(part) for part in numbers if part.strip()) if not foreign else ()
    return Asked(row["question"].strip(), story, frozenset(sections), foreign)


def _add_story(actor: Actor, course: Course, name: str, path: Path) -> dict[int, tuple[str, int]]:
    story = read_story(path)
    section = add_section(actor=actor, course=course, title=story.title)
    places = {}
    for number, text in enumerate(story.sections, start=1):
        lesson: Lesson = add_lesson(
            actor=actor, section=section, title=f"Part {number}", kind=LessonKind.TEXT, minutes=1
        )
        save_draft(actor=actor, lesson=lesson, markdown=text)
        publish_lesson(actor=actor, lesson=lesson)
        places[lesson.pk] = (name, number)
    return places


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise StoryError(f"{folder}: there is no such folder")
    yield from sorted(folder.glob("*.csv"))


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None

"""The demo's courses as frozen data, read and checked from `lms/management/demo/`.

Pure Python: nothing here knows Django or the database, so the files can be checked in a
second. `demo_loading` puts the result into a database through the services.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from lms.management.demo_files import (
    FOLDER,
    DemoContentError,
    Record,
    read_front_matter,
    read_json,
    require_known,
)

COURSE_SLUGS = ("thinking-with-data", "how-bridges-stand-up")
KINDS = ("single_choice", "multiple_choice", "true_false", "short_answer", "numeric")
DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class DemoOption:
    """One choice of a question."""

    text: str
    correct: bool


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """A question of any of the five kinds.

    `options` for the choice kinds, `truth` for true or false, `accepted` for short answers,
    `answer` and `tolerance` (absolute) for numbers; what a kind does not use is empty.
    """

    kind: str
    stem: str
    explanation: str
    difficulty: str
    lesson: str
    options: tuple[DemoOption, ...] = ()
    truth: bool | None = None
    accepted: tuple[str, ...] = ()
    answer: Decimal | None = None
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DemoLesson:
    """A text lesson; `key` is its file name without the ending."""

    key: str
    title: str
    minutes: int
    free_preview: bool
    markdown: str


@dataclass(frozen=True, slots=True)
class DemoQuiz:
    """A quiz with its settings, one item of the outline like a lesson."""

    key: str
    title: str
    minutes: int
    instructions: str
    attempts_allowed: int
    time_limit_minutes: int
    pass_percent: int
    shuffle_questions: bool
    questions: tuple[DemoQuestion, ...]


DemoItem: TypeAlias = DemoLesson | DemoQuiz


@dataclass(frozen=True, slots=True)
class DemoSection:
    """A titled run of items."""

    title: str
    items: tuple[DemoItem, ...]


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """A whole course, in order."""

    slug: str
    title: str
    summary: str
    description: str
    language: str
    level: str
    tags: tuple[str, ...]
    sections: tuple[DemoSection, ...]

    @property
    def items(self) -> tuple[DemoItem, ...]:
        """All items in the order of the outline."""
        return tuple(chain.from_iterable(section.items for section in self.sections))

    @property
    def lessons(self) -> tuple[DemoLesson, ...]:
        """The text lessons in order."""
        return tuple(item for item in self.items if isinstance(item, DemoLesson))

    @property
    def quizzes(self) -> tuple[DemoQuiz, ...]:
        """The quizzes in order."""
        return tuple(item for item in self.items if isinstance(item, DemoQuiz))


def load_courses(folder: Path = FOLDER) -> tuple[DemoCourse, ...]:
    """Read both courses. Raises DemoContentError naming the first file that is wrong."""
    return tuple(load_course(folder / slug) for slug in COURSE_SLUGS)


def load_course(folder: Path) -> DemoCourse:
    """Read the course in `folder`: course.json, its lessons and its quizzes."""
    record = read_json(folder / "course.json")
    sections = tuple(
        DemoSection(
            title=section.text("title"),
            items=tuple(_read_item(folder, key) for key in section.texts("items")),
        )
        for section in record.records("sections")
    )
    course = DemoCourse(
        slug=record.text("slug"),
        title=record.text("title"),
        summary=record.text("summary"),
        description="\n\n".join(record.texts("description")),
        language=record.text("language"),
        level=record.text("level"),
        tags=record.texts("tags"),
        sections=sections,
    )
    _require_whole(record, folder, course)
    return course


def _require_whole(record: Record, folder: Path, course: DemoCourse) -> None:
    """Every file is in the outline once, and every question points at a lesson of the course."""
    if course.slug != folder.name:
        raise record.wrong(f"the slug {course.slug!r} is not the folder's name")
    keys = [item.key for item in course.items]
    if len(keys) != len(set(keys)):
        raise record.wrong("an item stands twice in the outline")
    files = {path.stem for path in folder.iterdir() if path.suffix in {".md", ".json"}}
    if left := sorted(files - set(keys) - {"course"}):
        raise record.wrong(f"not in the outline: {', '.join(left)}")
    lessons = {lesson.key for lesson in course.lessons}
    for quiz in course.quizzes:
        for question in quiz.questions:
            if question.lesson not in lessons:
                raise DemoContentError(
                    folder / f"{quiz.key}.json", f"no lesson is called {question.lesson!r}"
                )


def _read_item(folder: Path, key: str) -> DemoItem:
    return _read_quiz(folder, key) if key.startswith("quiz-") else _read_lesson(folder, key)


def _read_lesson(folder: Path, key: str) -> DemoLesson:
    record, markdown = read_front_matter(folder / f"{key}.md")
    require_known(record, "kind", record.text("kind"), ("text",))
    return DemoLesson(
        key=key,
        title=record.text("title"),
        minutes=record.whole("minutes", least=1),
        free_preview=record.flag("free_preview"),
        markdown=markdown,
    )


def _read_quiz(folder: Path, key: str) -> DemoQuiz:
    record = read_json(folder / f"{key}.json")
    return DemoQuiz(
        key=key,
        title=record.text("title"),
        minutes=record.whole("minutes", least=1),
        instructions=record.text("instructions"),
        attempts_allowed=record.whole("attempts_allowed", least=1),
        time_limit_minutes=record.whole("time_limit_minutes", least=1),
        pass_percent=record.whole("pass_percent"),
        shuffle_questions=record.flag("shuffle_questions"),
        questions=tuple(_read_question(question) for question in record.records("questions")),
    )


def _read_question(record: Record) -> DemoQuestion:
    kind = require_known(record, "kind", record.text("kind"), KINDS)
    difficulty = require_known(record, "difficulty", record.text("difficulty"), DIFFICULTIES)
    numeric = kind == "numeric"
    return DemoQuestion(
        kind=kind,
        stem=record.text("stem"),
        explanation=record.text("explanation"),
        difficulty=difficulty,
        lesson=record.text("lesson"),
        options=_read_options(record, kind) if kind.endswith("_choice") else (),
        truth=record.flag("answer") if kind == "true_false" else None,
        accepted=record.texts("accepted") if kind == "short_answer" else (),
        answer=_read_decimal(record, "answer") if numeric else None,
        tolerance=_read_decimal(record, "tolerance") if numeric else None,
    )


def _read_options(record: Record, kind: str) -> tuple[DemoOption, ...]:
    """Two or more different options with a key: exactly one, or for several at least one."""
    options = tuple(
        DemoOption(text=option.text("text"), correct=option.flag("correct"))
        for option in record.records("options")
    )
    if len({option.text for option in options}) < max(len(options), 2):
        raise record.wrong("options must be two or more and differ")
    right = sum(option.correct for option in options)
    if right == 0 or right == len(options) or (kind == "single_choice" and right != 1):
        raise record.wrong(f"{right} of {len(options)} options are marked correct")
    return options


def _read_decimal(record: Record, key: str) -> Decimal:
    # Numbers are written as text, so that 0.1 stays 0.1.
    try:
        return Decimal(record.text(key))
    except InvalidOperation as error:
        raise record.wrong(f"{key!r} is not a number") from error

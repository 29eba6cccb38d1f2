"""A course's gradebook as the arithmetic reads it: its tree of columns, and learners' marks."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from assessments.enums import (
    Aggregate,
    AssignmentState,
    GradeItemKind,
    GradeStatus,
    QuizState,
)
from assessments.models import Grade, Gradebook, GradeCategory, GradeItem
from assessments.scoring.gradebook import Category, Item, Mark, compute
from assessments.scoring.gradebook_statuses import Statuses, statuses_from
from assessments.scoring.gradebook_trace import Step, percent

LIVE = (
    Q(kind=GradeItemKind.MANUAL)
    | Q(
        quiz__state=QuizState.PUBLISHED,
        quiz__lesson__published=True,
        quiz__lesson__deleted_at=None,
        quiz__lesson__section__deleted_at=None,
    )
    | Q(
        assignment__state=AssignmentState.PUBLISHED,
        assignment__lesson__published=True,
        assignment__lesson__deleted_at=None,
        assignment__lesson__section__deleted_at=None,
    )
)
SHOWN = (QuizState.PUBLISHED, AssignmentState.PUBLISHED)
Marks = dict[str, Mark]


@dataclass(frozen=True, slots=True)
class Book:
    """The settings, the tree of a course's columns, and its own statuses by key."""

    settings: Gradebook
    root: Category
    statuses: Statuses

    def step(self, marks: "Marks") -> Step:
        """How a learner's cells, by column key, make a total of this book."""
        ungraded = self.settings.ungraded
        return compute(self.root, marks, ungraded=ungraded, statuses=self.statuses)


@dataclass(slots=True)
class LearnerMarks:
    """A learner's cells by column: all that staff see, and the posted ones."""

    every: Marks
    posted: Marks


NO_MARKS = LearnerMarks({}, {})


@dataclass(frozen=True, slots=True)
class Figures:
    """What a learner's marks give: percentages, those of categories as text by key."""

    total: Decimal | None
    posted: Decimal | None
    parts: dict[str, str]


def settings_of(course_id: int) -> Gradebook:
    """The gradebook of a course, an unsaved one with the defaults when there is none."""
    return Gradebook.objects.filter(course_id=course_id).first() or Gradebook(
        course_id=course_id, version=0
    )


def status_words(settings: Gradebook) -> dict[str, str]:
    """Every status of a course by what is stored for it, in words: built-in ones, then its own."""
    own = statuses_from(settings.statuses).values()
    built_in = {str(key): str(label) for key, label in GradeStatus.choices}
    return built_in | {one.key: one.name for one in own}


def items_of(course_id: int) -> QuerySet[GradeItem]:
    """The columns of a course in their order."""
    return (
        GradeItem.objects.filter(course_id=course_id)
        .exclude(quiz__lesson__deleted_at__isnull=False)
        .exclude(assignment__lesson__deleted_at__isnull=False)
        .select_related("quiz__lesson__section", "assignment__lesson__section", "category")
        .order_by("category__ordinal", "category_id", "ordinal", "id")
    )


def points_of(item: GradeItem) -> Decimal:
    """What a column is out of."""
    if item.max_score is not None:
        return item.max_score
    source = item.quiz or item.assignment
    return source.points if source else Decimal(0)


def is_live(item: GradeItem) -> bool:
    """Whether a column of `items_of` counts: `LIVE` in Python."""
    source = item.quiz or item.assignment
    if source is None:
        return True
    lesson = source.lesson
    there = lesson.deleted_at is None and lesson.section.deleted_at is None
    return there and lesson.published and source.state in SHOWN


def book_of(course_id: int, *, period: str = "") -> Book:
    """The live columns of a course, of one grading period when its key is given; three queries."""
    settings = settings_of(course_id)
    rows = items_of(course_id).filter(LIVE)
    if period:
        rows = rows.filter(period=period)
    inside: dict[int | None, list[Item | Category]] = defaultdict(list)
    for row in rows:
        item = Item(row.public_id, row.name, points_of(row), row.weight, row.extra)
        inside[row.category_id].append(item)
    children: dict[int | None, list[GradeCategory]] = defaultdict(list)
    for category in GradeCategory.objects.filter(course_id=course_id):
        children[category.parent_id].append(category)
    own = statuses_from(settings.statuses)
    return Book(settings, _root(settings, inside, children), own)


def marks_of(course_id: int, learner_ids: Collection[int] | None = None) -> dict[int, LearnerMarks]:
    """Marks by learner, of all when none are named; one query."""
    rows = Grade.objects.filter(item__course_id=course_id)
    if learner_ids is not None:
        rows = rows.filter(learner_id__in=learner_ids)
    found: dict[int, LearnerMarks] = {}
    fields = ("learner_id", "item__public_id", "score", "max_score", "status", "released")
    for learner, key, score, most, status, released in rows.order_by().values_list(*fields):
        marks = found.get(learner)
        if marks is None:
            marks = found[learner] = LearnerMarks({}, {})
        mark = marks.every[key] = Mark(score, most, status)
        if released:
            marks.posted[key] = mark
    return found


def figures(book: Book, marks: LearnerMarks) -> Figures:
    """The percentages of all marks, by category too, and of the posted ones."""
    step = book.step(marks.every)
    every = posted = percent(step.share)
    if len(marks.posted) != len(marks.every):
        posted = percent(book.step(marks.posted).share)
    return Figures(every, posted, dict(_parts(step)))


def _parts(step: Step) -> Iterator[tuple[str, str]]:
    for part in step.parts:
        if part.rule:
            figure = percent(part.share)
            if figure is not None:
                yield part.key, str(figure)
            yield from _parts(part)


def _root(
    settings: Gradebook,
    inside: dict[int | None, list[Item | Category]],
    children: dict[int | None, list[GradeCategory]],
) -> Category:
    def made(row: GradeCategory) -> Category:
        parts = (*inside[row.pk], *(made(child) for child in children[row.pk]))
        return Category(
            key=row.public_id,
            name=row.name,
            rule=Aggregate(row.rule),
            parts=parts,
            weight=row.weight,
            extra=row.extra,
            drop_lowest=row.drop_lowest,
            drop_highest=row.drop_highest,
        )

    parts = (*(made(row) for row in children[None]), *inside[None])
    return Category(key="", name="", rule=Aggregate(settings.rule), parts=parts)

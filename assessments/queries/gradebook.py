"""The gradebook for a course's staff: the grid, one cell with its history, one total's trace."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Avg, Count, FilteredRelation, FloatField, Q, QuerySet
from django.db.models.functions import Cast

from accounts.models import User
from assessments.models import (
    CourseTotal,
    Grade,
    Gradebook,
    GradeCategory,
    GradeChange,
    GradeCurve,
    GradeItem,
    TotalOverride,
)
from assessments.queries.book import (
    NO_MARKS,
    Book,
    book_of,
    figures,
    items_of,
    marks_of,
    settings_of,
    status_words,
)
from assessments.queries.cells import cells_by_learner
from assessments.scoring.gradebook_scales import Level, level_of
from assessments.scoring.gradebook_trace import Trace
from courses.models import Course, LearnerGroup
from courses.queries.group import learners_of
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require

R = TypeVar("R", User, GradeItem, GradeCategory)


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner, their groups by place, their figures and their cells as JSON text."""

    public_id: str
    name: str
    groups: list[int]
    total: Decimal | None
    posted: Decimal | None
    override: Decimal | None
    parts: dict[str, str]
    cells: str


@dataclass(frozen=True, slots=True)
class Grid:
    """All of a gradebook; `groups` are (public id, name) in the order rows point at.

    `statuses` are what cells point at, with their words.
    """

    settings: Gradebook
    statuses: dict[str, str]
    categories: list[GradeCategory]
    items: list[GradeItem]
    groups: list[tuple[str, str]]
    rows: list[LearnerRow]


def grid(actor: Actor, course: Course) -> Grid:
    """The whole gradebook of a course for its staff; six queries however large it is.

    Raises what `require` raises.
    """
    require(actor, STAFF_COURSE, course)
    settings, items = settings_of(course.pk), list(items_of(course.pk))
    statuses = status_words(settings)
    cells = cells_by_learner(course.pk, [item.pk for item in items], list(statuses))
    groups, inside = _groups(course)
    return Grid(
        settings=settings,
        statuses=statuses,
        categories=list(GradeCategory.objects.filter(course=course)),
        items=items,
        groups=groups,
        rows=list(_rows(course, inside, cells)),
    )


def _groups(course: Course) -> tuple[list[tuple[str, str]], dict[int, list[int]]]:
    """The groups of a course, and by learner the places of theirs."""
    groups: dict[str, tuple[int, str]] = {}
    inside: dict[int, list[int]] = {}
    rows = LearnerGroup.objects.filter(course=course).order_by("name", "pk")
    for public_id, name, learner_id in rows.values_list(
        "public_id", "name", "memberships__learner_id"
    ):
        place = groups.setdefault(public_id, (len(groups), name))[0]
        if learner_id is not None:
            inside.setdefault(learner_id, []).append(place)
    return [(key, name) for key, (_place, name) in groups.items()], inside


def _rows(
    course: Course, inside: dict[int, list[int]], cells: dict[int, str]
) -> Iterator[LearnerRow]:
    figures = FilteredRelation("course_totals", condition=Q(course_totals__course=course))
    people = learners_of(course.pk).annotate(figures=figures)
    fields = ("pk", "public_id", "name")
    numbers = ("figures__total", "figures__posted", "figures__override", "figures__parts")
    for row in people.values_list(*fields, *numbers):
        pk, public_id, name, total, posted, override, parts = row
        yield LearnerRow(
            public_id=public_id,
            name=name,
            groups=inside.get(pk, []),
            total=total,
            posted=posted,
            override=override,
            parts=parts or {},
            cells=cells.get(pk, "[]"),
        )


def item_in(actor: Actor, course: Course, public_id: str) -> GradeItem:
    """A column of a course one staffs (Z3); raises NotFound."""
    require(actor, STAFF_COURSE, course)
    rows = GradeItem.objects.select_related(
        "course", "quiz__lesson", "assignment__lesson", "category"
    )
    return _found(rows.filter(course=course, public_id=public_id).first())


def category_in(actor: Actor, course: Course, public_id: str) -> GradeCategory:
    """A category of a course one staffs (Z3); raises NotFound."""
    require(actor, STAFF_COURSE, course)
    rows = GradeCategory.objects.select_related("course", "parent")
    return _found(rows.filter(course=course, public_id=public_id).first())


def learner_in(actor: Actor, course: Course, public_id: str) -> User:
    """An active learner of a course one staffs (Z3); raises NotFound."""
    require(actor, STAFF_COURSE, course)
    return _found(learners_of(course.pk).filter(public_id=public_id).first())


def categories_of(actor: Actor, course: Course) -> list[GradeCategory]:
    """The categories of a course one staffs, in their order."""
    require(actor, STAFF_COURSE, course)
    rows = GradeCategory.objects.filter(course=course).select_related("parent")
    return list(rows)


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """How a column stands: graded cells, those not posted, mean share, the curve it is under."""

    graded: int
    unposted: int
    mean: float | None
    curve: GradeCurve | None


def standing_of_item(actor: Actor, item: GradeItem) -> ItemStanding:
    """How a column stands, for the course's staff; two queries."""
    require(actor, STAFF_COURSE, item.course)
    share = Cast("score", FloatField()) / Cast("max_score", FloatField())
    counts = item.grades.aggregate(
        graded=Count("pk"),
        unposted=Count("pk", filter=Q(released=False)),
        mean=Avg(share, filter=Q(max_score__gt=0)),
    )
    mean = None if counts["mean"] is None else float(counts["mean"])
    curve = item.curves.filter(undone_at=None).first()
    return ItemStanding(counts["graded"], counts["unposted"], mean, curve)


def cell(actor: Actor, item: GradeItem, learner: User) -> Grade | None:
    """A learner's grade in a column, None when it is empty; for the course's staff."""
    require(actor, STAFF_COURSE, item.course)
    rows = Grade.objects.select_related(
        "item__quiz__lesson", "item__assignment__lesson", "item__course", "attempt"
    )
    return rows.filter(item=item, learner=learner).first()


def cell_history(actor: Actor, item: GradeItem, learner: User) -> QuerySet[GradeChange]:
    """Who changed a cell when, from what to what and why, newest first."""
    require(actor, STAFF_COURSE, item.course)
    rows = GradeChange.objects.filter(grade__item=item, grade__learner=learner)
    return rows.select_related("actor", "attempt").order_by("-at", "-id")


@dataclass(frozen=True, slots=True)
class TotalView:
    """A learner's total, how it came about, the word for it, and who set it by hand when."""

    trace: Trace
    stored: CourseTotal | None
    level: str
    overrides: list[TotalOverride]


def total_of(actor: Actor, course: Course, learner: User, *, period: str = "") -> TotalView:
    """Why a learner's total is what it is, of all grades; for the course's staff."""
    require(actor, STAFF_COURSE, course)
    book = book_of(course.pk, period=period)
    marks = marks_of(course.pk, [learner.pk]).get(learner.pk, NO_MARKS)
    stored = CourseTotal.objects.filter(course=course, learner=learner).first()
    rows = TotalOverride.objects.filter(total=stored).select_related("actor").order_by("-pk")
    overrides = list(rows) if stored else []
    trace = Trace(book.step(marks.every), *_override(stored, overrides, period))
    figure = trace.override if trace.override is not None else figures(book, marks).total
    return TotalView(trace, stored, level_for(book, figure), overrides)


def _override(
    stored: CourseTotal | None, overrides: list[TotalOverride], period: str
) -> tuple[Decimal | None, str]:
    if stored is None or stored.override is None or period:
        return None, ""
    return stored.override, overrides[0].reason if overrides else ""


def level_for(book: Book, figure: Decimal | None) -> str:
    """The letter of a percentage under the course's levels, empty without any."""
    return level_word(book.settings, figure)


def level_word(settings: Gradebook, figure: Decimal | None) -> str:
    """The letter of a percentage under a gradebook's levels, empty without any."""
    if figure is None or not settings.levels:
        return ""
    return level_of(levels_of(settings), figure)


def levels_of(settings: Gradebook) -> list[Level]:
    """The levels of a gradebook."""
    return [Level(one["label"], Decimal(one["least"])) for one in settings.levels]


def _found(row: R | None) -> R:
    if row is None:
        raise NotFound
    return row

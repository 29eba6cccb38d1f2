"""A learner's own gradebook: posted grades alone (Z7), how they add up, and what if."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.enums import Aggregate, GradeSource, GradeStatus
from assessments.models import CourseTotal, Grade, GradeChange, GradeItem
from assessments.queries.book import (
    LIVE,
    NO_MARKS,
    Book,
    book_of,
    items_of,
    marks_of,
    points_of,
    status_words,
)
from assessments.queries.gradebook import level_word
from assessments.scoring.gradebook import Category, Mark
from assessments.scoring.gradebook_trace import Step, Trace, figure_of
from courses.models import Course, Lesson
from courses.rules import OPEN_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require

# Whose reasons are for the learner: those of a score, not of when it was shown.
TOLD = (GradeSource.WORK, GradeSource.HAND, GradeSource.IMPORT, GradeSource.CURVE)


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A column with the learner's posted grade, if there is one, and the last reason for it.

    `status` is the word for how the grade stands, empty without one.
    """

    item: GradeItem
    grade: Grade | None
    points: Decimal
    reason: str
    status: str

    @property
    def lesson(self) -> Lesson | None:
        """The lesson it belongs to, None for one graded by hand."""
        source = self.item.quiz or self.item.assignment
        return source.lesson if source else None


@dataclass(frozen=True, slots=True)
class OwnGradebook:
    """Lines by column key, and the total of what is posted; none when the course hides it."""

    book: Book
    lines: dict[str, OwnLine]
    trace: Trace | None
    figure: Decimal | None
    level: str


def own_gradebook(actor: Actor, course: Course, *, period: str = "") -> OwnGradebook:
    """The asker's own grades in a course; raises what `require` raises."""
    require(actor, OPEN_COURSE, course)
    book = book_of(course.pk, period=period)
    trace = _trace(actor, course, book, {}, period)
    figure = figure_of(trace) if trace else None
    return OwnGradebook(
        book=book,
        lines=_lines(actor, course, book, period),
        trace=trace,
        figure=figure,
        level=level_word(book.settings, figure),
    )


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A category as its learner reads it: what it weighs beside its siblings, and its lines.

    `share` is that weight as a percentage; None where the rule knows no weights or the part adds on
    top. A line comes with its step, None when the course shows no totals.
    """

    name: str
    step: Step | None
    category: Category
    share: Decimal | None
    depth: int
    lines: list[tuple[OwnLine, Step | None]]


def own_parts(own: OwnGradebook) -> list[OwnPart]:
    """The categories of a learner's gradebook in their order, the course itself last."""
    steps = steps_by_key(own.trace.step) if own.trace else {}
    return list(_parts(own, own.book.root, None, steps, 0))


def _parts(
    own: OwnGradebook,
    category: Category,
    share: Decimal | None,
    steps: dict[str, Step],
    depth: int,
) -> Iterator[OwnPart]:
    inner = [part for part in category.parts if isinstance(part, Category)]
    weights = sum((part.weight for part in category.parts if not part.extra), Decimal(0))
    by_weight = category.rule == Aggregate.WEIGHTED_MEAN and weights > 0
    keys = [part.key for part in category.parts if not isinstance(part, Category)]
    lines = [(own.lines[key], steps.get(key)) for key in keys if key in own.lines]
    here = OwnPart(category.name, steps.get(category.key), category, share, depth, lines)
    if depth:
        yield here
    for part in inner:
        of_all = part.weight / weights * 100 if by_weight and not part.extra else None
        yield from _parts(own, part, of_all, steps, depth + 1)
    if not depth and lines:
        yield here


def what_if(
    actor: Actor, course: Course, scores: Mapping[str, Decimal | None]
) -> tuple[Trace, Decimal | None, str]:
    """The total if the asker had these scores, by column key; nothing is stored.

    None takes a column out. Raises Invalid for an unknown column or a score out of range, and when
    the course shows no totals.
    """
    require(actor, OPEN_COURSE, course)
    book = book_of(course.pk)
    if not book.settings.show_totals:
        raise Invalid(_("This course shows no totals."), field="scores")
    known = _points_by_key(book.root)
    changed = {}
    for key, score in scores.items():
        full = known.get(key)
        if full is None:
            raise Invalid(_("There is no such column."), field="scores")
        if score is not None and (not score.is_finite() or not 0 <= score <= full):
            raise Invalid(_("A score lies between 0 and the points."), field="scores")
        rounded = None if score is None else round(score, 4)
        status = GradeStatus.EXCUSED if score is None else GradeStatus.GRADED
        changed[key] = Mark(rounded, full, status)
    trace = _trace(actor, course, book, changed, "")
    if trace is None:
        trace = Trace(book.step(changed))
    trace = replace(trace, override=None, reason="") if changed else trace
    figure = figure_of(trace)
    return trace, figure, level_word(book.settings, figure)


def _lines(actor: Actor, course: Course, book: Book, period: str) -> dict[str, OwnLine]:
    items = items_of(course.pk).filter(LIVE)
    if period:
        items = items.filter(period=period)
    grades = _own(actor, course).select_related("attempt")
    own = {grade.item_id: grade for grade in grades}
    reasons = dict(
        GradeChange.objects.filter(grade__in=list(own.values()))
        .filter(source__in=TOLD)
        .order_by("pk")
        .values_list("grade_id", "reason")
    )
    words, lines = status_words(book.settings), {}
    for item in items:
        grade = own.get(item.pk)
        points = grade.max_score if grade else points_of(item)
        reason = reasons.get(grade.pk, "") if grade else ""
        status = words.get(grade.status, "") if grade else ""
        lines[item.public_id] = OwnLine(item, grade, points, reason, status)
    return lines


def _own(actor: Actor, course: Course) -> QuerySet[Grade]:
    if actor.user_id is None or actor.preview_course_id == course.pk:
        return Grade.objects.none()
    return Grade.objects.filter(item__course=course, learner_id=actor.user_id, released=True)


def _trace(
    actor: Actor, course: Course, book: Book, changed: Mapping[str, Mark], period: str
) -> Trace | None:
    if not book.settings.show_totals:
        return None
    own = _own_id(actor, course)
    marks = marks_of(course.pk, [own]).get(own, NO_MARKS) if own else NO_MARKS
    step = book.step({**marks.posted, **changed})
    return Trace(step, *_override(course, own, period))


def _override(course: Course, own: int | None, period: str) -> tuple[Decimal | None, str]:
    row = CourseTotal.objects.filter(course=course, learner_id=own).first() if own else None
    if row is None or row.override is None or period:
        return None, ""
    last = row.overrides.order_by("-pk").first()
    return row.override, last.reason if last else ""


def _own_id(actor: Actor, course: Course) -> int | None:
    return None if actor.preview_course_id == course.pk else actor.user_id


def _points_by_key(category: Category) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part in category.parts:
        if isinstance(part, Category):
            found |= _points_by_key(part)
        else:
            found[part.key] = part.full
    return found


def steps_by_key(step: Step) -> dict[str, Step]:
    """Every step of a tree by its key."""
    found = {step.key: step}
    for part in step.parts:
        found |= steps_by_key(part)
    return found

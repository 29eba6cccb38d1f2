"""How each change of many questions is written, and how it is taken back.

A writer answers what `BulkEdit.before` keeps: what each question was, and its version afterwards.
Every writer takes as many queries for a thousand questions as for one hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.db.models import F, OuterRef, Subquery

from assessments.enums import BulkVerb
from assessments.models import (
    AttemptQuestion,
    LearningOutcome,
    Question,
    QuestionBank,
    QuestionCategory,
    QuestionTag,
    QuestionVersion,
)
from assessments.scoring.folding import fold
from assessments.services.question_copy import copy_questions
from assessments.services.question_tag import tags_named
from lms.kernel import clock

if TYPE_CHECKING:
    from assessments.services.question_bulk import BulkChange
    from lms.kernel.actors import Actor

Before = dict[str, dict[str, Any]]


class Writer(Protocol):
    """Writes one kind of change, and takes it back."""

    def write(
        self, actor: Actor, bank: QuestionBank, rows: Sequence[Question], change: BulkChange
    ) -> Before:
        """Change the rows, which are locked; answers what they were."""

    def undo(
        self, actor: Actor, rows: Sequence[Question], before: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Make the rows, which are locked and as the change left them, what they were."""


@dataclass(frozen=True, slots=True)
class Column:
    """A value of the question itself."""

    name: str

    def write(
        self, _actor: Actor, _bank: QuestionBank, rows: Sequence[Question], change: BulkChange
    ) -> Before:
        """Set it for all of them."""
        before = _kept(rows, lambda row: {self.name: getattr(row, _column(self.name))})
        _update(rows, **{self.name: getattr(change, self.name)})
        return before

    def undo(
        self, _actor: Actor, rows: Sequence[Question], before: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Set what each had; a category that is gone is none."""
        groups: dict[Any, list[Question]] = defaultdict(list)
        for row in rows:
            groups[before[str(row.pk)][self.name]].append(row)
        if self.name == "category":
            there = set(QuestionCategory.objects.filter(pk__in=groups).values_list("pk", flat=True))
            for value, some in groups.items():
                _update(some, category_id=value if value in there else None)
            return
        for value, some in groups.items():
            _update(some, **{self.name: value})


@dataclass(frozen=True, slots=True)
class Links:
    """Tags or outcomes that are added, or removed."""

    name: str
    adds: bool

    def write(
        self, _actor: Actor, bank: QuestionBank, rows: Sequence[Question], change: BulkChange
    ) -> Before:
        """Add or remove them; before keeps the links that changed."""
        meant = self._meant(bank, change)
        links = {
            row.pk: meant - self._held(row) if self.adds else meant & self._held(row)
            for row in rows
        }
        self._write(links, adds=self.adds)
        before = _kept(rows, lambda row: {self.name: sorted(links[row.pk])})
        _update(rows)
        return before

    def undo(
        self, _actor: Actor, rows: Sequence[Question], before: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Remove what was added, add what was removed and is still there."""
        links = {row.pk: set(before[str(row.pk)][self.name]) for row in rows}
        model = QuestionTag if self.name == "tags" else LearningOutcome
        wanted = {pk for some in links.values() for pk in some}
        there = set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        self._write({pk: some & there for pk, some in links.items()}, adds=not self.adds)
        _update(rows)

    def _meant(self, bank: QuestionBank, change: BulkChange) -> set[int]:
        if self.name == "outcomes":
            return {one.pk for one in change.outcomes}
        if self.adds:
            return {one.pk for one in tags_named(bank, change.tags)}
        folded = [fold(one) for one in change.tags]
        return set(bank.tags.filter(folded__in=folded).values_list("pk", flat=True))

    def _held(self, row: Question) -> set[int]:
        return {one.pk for one in getattr(row, self.name).all()}

    def _write(self, links: Mapping[int, set[int]], *, adds: bool) -> None:
        through = getattr(Question, self.name).through
        column = "questiontag_id" if self.name == "tags" else "learningoutcome_id"
        pairs = [(question, other) for question, some in links.items() for other in sorted(some)]
        if adds:
            through.objects.bulk_create(
                [through(question_id=question, **{column: other}) for question, other in pairs],
                ignore_conflicts=True,
            )
            return
        by_other: dict[int, list[int]] = defaultdict(list)
        for question, other in pairs:
            by_other[other].append(question)
        for other, questions in by_other.items():
            through.objects.filter(question_id__in=questions, **{column: other}).delete()


class Points:
    """The points, which a version holds: each question gets another version."""

    def write(
        self, actor: Actor, _bank: QuestionBank, rows: Sequence[Question], change: BulkChange
    ) -> Before:
        """Set them for all."""
        before = _kept(rows, lambda row: {"points": str(_latest(row).points)})
        _reweigh(actor, {row: Decimal(change.points or 0) for row in rows})
        return before

    def undo(
        self, actor: Actor, rows: Sequence[Question], before: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Another version with what each was worth."""
        _reweigh(actor, {row: Decimal(before[str(row.pk)]["points"]) for row in rows})


class Copies:
    """New questions in another bank."""

    def write(
        self, actor: Actor, _bank: QuestionBank, rows: Sequence[Question], change: BulkChange
    ) -> Before:
        """Copy them all."""
        assert change.bank is not None  # noqa: S101 - checked before anything is read
        return {str(one.pk): {"version": 1} for one in copy_questions(actor, rows, change.bank)}

    def undo(
        self, _actor: Actor, rows: Sequence[Question], _before: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Remove the copies that nobody uses."""
        keys = [row.pk for row in rows]
        shown = AttemptQuestion.objects.filter(version__question__in=keys)
        free = Question.objects.filter(pk__in=keys, use_count=0).exclude(
            pk__in=shown.values("version__question")
        )
        gone = list(free.values_list("pk", flat=True))
        Question.objects.filter(pk__in=gone).delete()
        if rows:
            QuestionBank.objects.filter(pk=rows[0].bank_id).update(
                question_count=F("question_count") - len(gone)
            )


WRITERS: Final[dict[str, Writer]] = {
    BulkVerb.MOVE: Column("category"),
    BulkVerb.STATE: Column("state"),
    BulkVerb.DIFFICULTY: Column("difficulty"),
    BulkVerb.TAG: Links("tags", adds=True),
    BulkVerb.UNTAG: Links("tags", adds=False),
    BulkVerb.SERVE: Links("outcomes", adds=True),
    BulkVerb.UNSERVE: Links("outcomes", adds=False),
    BulkVerb.POINTS: Points(),
    BulkVerb.COPY: Copies(),
}


def _kept(rows: Sequence[Question], told: Any) -> Before:
    return {str(row.pk): {"version": row.version + 1, **told(row)} for row in rows}


def _column(name: str) -> str:
    return "category_id" if name == "category" else name


def _update(rows: Sequence[Question], **values: Any) -> None:
    Question.objects.filter(pk__in=[row.pk for row in rows]).update(
        version=F("version") + 1, updated_at=clock.now(), **values
    )


def _latest(row: Question) -> QuestionVersion:
    assert row.latest is not None  # noqa: S101 - every stored question has one
    return row.latest


def _reweigh(actor: Actor, worth: Mapping[Question, Decimal]) -> None:
    rows = list(worth)
    QuestionVersion.objects.bulk_create(
        QuestionVersion(
            question=row,
            number=_latest(row).number + 1,
            stem=_latest(row).stem,
            stem_html=_latest(row).stem_html,
            body=_latest(row).body,
            key=_latest(row).key,
            explanation=_latest(row).explanation,
            explanation_html=_latest(row).explanation_html,
            points=worth[row],
            pipeline_version=_latest(row).pipeline_version,
            provenance=_latest(row).provenance,
            created_by_id=actor.user_id,
        )
        for row in rows
    )
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    _update(rows, latest=Subquery(newest.values("pk")[:1]))

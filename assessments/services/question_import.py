"""Bring files of questions into a bank, and take an import back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import ExchangeFormat, ImportFate, QuestionState
from assessments.exchange.fidelity import Fidelity, fidelity_of, named, restored, stored
from assessments.exchange.formats import format_of, read_file
from assessments.exchange.reading import Reading, Taken, short
from assessments.models import AttemptQuestion, Question, QuestionBank, QuestionImport
from assessments.queries.content import version_content
from assessments.rules import ADD_TO_BANK, UNDO_IMPORT
from assessments.scoring.content import QuestionContent
from assessments.scoring.folding import fold
from assessments.scoring.sameness import fingerprint
from assessments.services.bank import create_questions
from assessments.services.learning_outcome import OutcomePlan, ensure_outcomes, plan_outcomes
from assessments.services.question_category import ensure_paths
from assessments.services.question_tag import tags_named
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.rules import require
from lms.kernel.text import plain_text, require_text

NAME_LENGTH: Final = 150


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file as it came; without a format it is told by the content."""

    data: bytes
    name: str = ""
    format: ExchangeFormat | None = None

    @property
    def kind(self) -> ExchangeFormat:
        """The format, told by the content when nobody named it."""
        return self.format or format_of(self.data)


@dataclass(frozen=True, slots=True)
class Staying:
    """A question that an undone import leaves in the bank, and why."""

    question: str
    title: str
    reason: str


def preview_import(
    *, actor: Actor, bank: QuestionBank, file: QuestionFile, take_same: bool = False
) -> Fidelity:
    """What `import_questions` would do; writes nothing and raises the same."""
    require(actor, ADD_TO_BANK, bank)
    return _read(actor, bank, file, take_same=take_same).report


@transaction.atomic
def import_questions(
    *,
    actor: Actor,
    bank: QuestionBank,
    file: QuestionFile,
    take_same: bool = False,
    state: QuestionState = QuestionState.READY,
) -> QuestionImport:
    """Bring the questions of a file into a bank, all or nothing, and keep the report.

    Categories and tags of the file are made where the bank has none of that name, learning
    outcomes where the actor manages the course; `state` is what all questions become. Questions
    that the bank has are skipped unless `take_same`. Raises Unreadable for a broken file (with the
    line), Conflict `nothing_to_import` when no question would come or `bank_full` for too many
    categories or tags, and what `require` raises.
    """
    require(actor, ADD_TO_BANK, bank)
    require_text(file.name, field="file")
    held = lock(QuestionBank.objects.filter(pk=bank.pk)).first()
    if held is None:
        raise NotFound
    found = _read(actor, held, file, take_same=take_same)
    report = found.report
    if not found.fresh:
        words = _("No question of this file can come, or the bank has them all.")
        raise Conflict(words, code="nothing_to_import")
    row = QuestionImport.objects.create(
        bank=held,
        format=file.kind,
        file_name=file.name[:NAME_LENGTH],
        question_count=report.came,
        lossy_count=report.count(ImportFate.LESS),
        left_count=report.count(ImportFate.LEFT, ImportFate.SAME),
        created_by_id=actor.user_id,
    )
    questions = _create(actor, found, row, state)
    row.report = stored(named(report, [one.public_id for one in questions]))
    row.save(update_fields=["report"])
    return row


@transaction.atomic
def undo_import(*, actor: Actor, brought: QuestionImport) -> list[Staying]:
    """Remove the questions of an import that nobody uses; answers those that stay, and why.

    Used means asked in a quiz, shown in an attempt, or changed since. Doing it again removes what
    is free by then. Raises what `require` raises.
    """
    require(actor, UNDO_IMPORT, brought)
    row = lock(QuestionImport.objects.filter(pk=brought.pk)).first()
    if row is None:
        raise NotFound
    questions = list(lock(row.questions.select_related(None)).order_by("id"))
    staying = _staying(questions)
    kept = {one.question for one in staying}
    gone = [one.pk for one in questions if one.public_id not in kept]
    Question.objects.filter(pk__in=gone).delete()
    QuestionBank.objects.filter(pk=row.bank_id).update(
        question_count=F("question_count") - len(gone)
    )
    row.undone_at, row.updated_at = clock.now(), clock.now()
    row.undone = [{"question": s.question, "title": s.title, "reason": s.reason} for s in staying]
    row.save(update_fields=["undone", "undone_at", "updated_at"])
    return staying


def report_of(row: QuestionImport) -> Fidelity:
    """The stored report of an import that the caller may see."""
    return restored(row.report)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a file brings into a bank: its report, the questions that come, their outcomes."""

    report: Fidelity
    fresh: list[Taken]
    outcomes: OutcomePlan


def _read(actor: Actor, bank: QuestionBank, file: QuestionFile, *, take_same: bool) -> _Found:
    reading = read_file(file.data, file.kind)
    same = {} if take_same else _same(bank, reading.taken)
    coming = [one for place, one in enumerate(reading.taken) if place not in same]
    goals = (goal for one in coming for goal in one.filed.outcomes)
    outcomes = plan_outcomes(actor=actor, bank=bank, goals=goals)
    reading.taken = [
        one if place in same else replace(one, lost=(*one.lost, *outcomes.losses(one.filed)))
        for place, one in enumerate(reading.taken)
    ]
    fresh = [one for place, one in enumerate(reading.taken) if place not in same]
    _note_filing(reading, fresh)
    _note_outcomes(reading, outcomes)
    return _Found(fidelity_of(reading, same), fresh, outcomes)


def _note_filing(reading: Reading, fresh: Sequence[Taken]) -> None:
    """Say in the report how many categories and tags the questions are filed under."""
    paths = {one.filed.category for one in fresh if one.filed.category}
    tags = {fold(tag) for one in fresh for tag in one.filed.tags}
    if paths:
        words = ngettext(
            "The questions are filed in %(n)s category, made where the bank has none of that name.",
            "The questions are filed in %(n)s categories, made where the bank has none of that "
            "name.",
            len(paths),
        )
        reading.note(words % {"n": len(paths)})
    if tags:
        words = ngettext(
            "They carry %(n)s tag of the file.", "They carry %(n)s tags of the file.", len(tags)
        )
        reading.note(words % {"n": len(tags)})


def _note_outcomes(reading: Reading, outcomes: OutcomePlan) -> None:
    if outcomes.known:
        words = ngettext(
            "They serve %(n)s learning outcome of the course.",
            "They serve %(n)s learning outcomes of the course.",
            len(outcomes.known),
        )
        reading.note(words % {"n": len(outcomes.known)})
    if outcomes.fresh:
        words = ngettext(
            "%(n)s learning outcome is new to the course.",
            "%(n)s learning outcomes are new to the course.",
            len(outcomes.fresh),
        )
        reading.note(words % {"n": len(outcomes.fresh)})


def _create(
    actor: Actor, found: _Found, brought_by: QuestionImport, state: QuestionState
) -> list[Question]:
    bank, fresh = brought_by.bank, found.fresh
    places = ensure_paths(bank, (one.filed.category for one in fresh))
    questions = create_questions(
        actor=actor,
        bank=bank,
        contents=[one.content for one in fresh],
        brought_by=brought_by,
        state=state,
        categories=[places.get(one.filed.category) for one in fresh],
    )
    names = {fold(tag): tag for one in fresh for tag in one.filed.tags}
    tags = {tag.folded: tag.pk for tag in tags_named(bank, names.values())} if names else {}
    through = Question.tags.through
    through.objects.bulk_create(
        through(question_id=question.pk, questiontag_id=tags[fold(tag)])
        for one, question in zip(fresh, questions, strict=True)
        for tag in one.filed.tags
    )
    outcomes = ensure_outcomes(actor=actor, bank=bank, plan=found.outcomes)
    serving = Question.outcomes.through
    serving.objects.bulk_create(
        serving(question_id=question.pk, learningoutcome_id=outcomes[goal.folded].pk)
        for one, question in zip(fresh, questions, strict=True)
        for goal in one.filed.outcomes
        if goal.folded in outcomes
    )
    return questions


def _same(bank: QuestionBank, taken: Sequence[Taken]) -> dict[int, tuple[str, str]]:
    """Which questions the bank or an earlier line has, by their place: (words, public id)."""
    known = _known(bank, [one.content for one in taken])
    seen: dict[str, int] = {}
    same: dict[int, tuple[str, str]] = {}
    for place, one in enumerate(taken):
        mark = fingerprint(one.content)
        if mark in known:
            same[place] = (_("It is in the bank already."), known[mark])
        elif mark in seen:
            words = _("It says the same as line %(line)s of this file.")
            same[place] = (words % {"line": seen[mark]}, "")
        else:
            seen[mark] = one.line
    return same


def _known(bank: QuestionBank, contents: Sequence[QuestionContent]) -> dict[str, str]:
    """Fingerprints of the bank's questions with one of these stems, each with its public id."""
    stems = {plain_text(content.stem) for content in contents}
    rows = bank.questions.filter(text__in=stems).select_related("latest").order_by("-id")
    found: dict[str, str] = {}
    for row in rows:
        if row.latest is not None:
            row.latest.question = row  # saves reading it once more
            found[fingerprint(version_content(row.latest))] = row.public_id
    return found


def _staying(questions: Sequence[Question]) -> list[Staying]:
    ids = [one.pk for one in questions]
    shown = set(
        AttemptQuestion.objects.filter(version__question__in=ids).values_list(
            "version__question", flat=True
        )
    )
    reasons: dict[int, Any] = {one.pk: _reason(one, shown=one.pk in shown) for one in questions}
    return [
        Staying(one.public_id, short(one.text), reasons[one.pk])
        for one in questions
        if reasons[one.pk]
    ]


def _reason(question: Question, *, shown: bool) -> str:
    if question.use_count:
        return _("A quiz asks it.")
    if shown:
        return _("Learners have answered it.")
    if question.version > 1:
        return _("It was changed since.")
    return ""

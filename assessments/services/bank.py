"""The question bank: write, revise and copy questions, and say whether they are ready."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from assessments.enums import QuestionKind, QuestionOrigin, QuestionState
from assessments.models import (
    Question,
    QuestionBank,
    QuestionCategory,
    QuestionImport,
    QuestionVersion,
)
from assessments.queries.code import BY_JOB, why_no_code
from assessments.queries.content import version_content
from assessments.queries.filing import outcome_courses
from assessments.rules import ADD_TO_BANK, EDIT_QUESTION, VIEW_QUESTION
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import (
    body_of,
    checked,
    drafted,
    key_of,
    problem_of,
    type_of,
    with_ids,
    without_ids,
)
from assessments.services.editing import locked, save_changes
from assessments.services.filing import Filing, write_filing
from assessments.services.question_category import hold
from courses.models import Course
from courses.rules import ASSIST_COURSE
from courses.services.picture import picture_size
from lms.kernel.actors import Actor
from lms.kernel.db.fields import new_public_id
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, plain_text, render_markdown, require_clean

OPTION_ID_LENGTH = 10


@transaction.atomic
def create_question(
    *,
    actor: Actor,
    course: Course,
    content: QuestionContent,
    provenance: dict[str, Any] | None = None,
    state: QuestionState = QuestionState.READY,
    filing: Filing | None = None,
) -> Question:
    """Add a question with its first version to the course's bank.

    A draft need not be complete. Raises Invalid naming the field of `content` that cannot be asked
    or of `filing` that does not fit, and what `require` raises.
    """
    require(actor, ASSIST_COURSE, course)
    content = _fit(illustrated(course, content), state)
    return _create(actor, bank_of(course), content, provenance, state, filing)


@transaction.atomic
def add_question(
    *,
    actor: Actor,
    bank: QuestionBank,
    content: QuestionContent,
    provenance: dict[str, Any] | None = None,
    state: QuestionState = QuestionState.READY,
    filing: Filing | None = None,
) -> Question:
    """The same for any bank that the actor may add to; raises the same."""
    require(actor, ADD_TO_BANK, bank)
    content = _fit(illustrated(bank.course, content), state)
    return _create(actor, bank, content, provenance, state, filing)


@transaction.atomic
def create_questions(
    *,
    actor: Actor,
    bank: QuestionBank,
    contents: Sequence[QuestionContent],
    brought_by: QuestionImport,
    state: QuestionState = QuestionState.READY,
    categories: Sequence[QuestionCategory | None] = (),
) -> list[Question]:
    """Add many questions at once, in their order, in as many queries for 1,000 as for 500.

    `categories` has one of the bank for each, or is empty.

    Raises Invalid when one cannot be asked, and what `require` raises.
    """
    require(actor, ADD_TO_BANK, bank)
    origin = {"import": brought_by.public_id, "format": brought_by.format}
    places = categories or [None] * len(contents)
    rows = [
        _imported(actor, content, category, brought_by, state)
        for content, category in zip(map(checked, contents), places, strict=True)
    ]
    Question.objects.bulk_create(rows)
    versions = [
        new_version(actor, row, content, number=1, provenance=origin)
        for row, content in zip(rows, contents, strict=True)
    ]
    QuestionVersion.objects.bulk_create(versions)
    for row, version in zip(rows, versions, strict=True):
        row.latest = version
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    Question.objects.filter(imported_in=brought_by).update(latest=Subquery(newest.values("pk")[:1]))
    QuestionBank.objects.filter(pk=bank.pk).update(question_count=F("question_count") + len(rows))
    return rows


@transaction.atomic
def revise_question(
    *,
    actor: Actor,
    question: Question,
    content: QuestionContent,
    expected: int | None = None,
    provenance: dict[str, Any] | None = None,
) -> Question:
    """Add a version; quizzes that follow the latest ask it from their next attempt on.

    Raises Invalid when the content cannot be asked (a draft need not) or is of another kind, Stale
    when the question changed since version `expected`, and what `require` raises.
    """
    require(actor, EDIT_QUESTION, question)
    if content.kind != question.kind:
        raise Invalid(_("A question keeps its type. Write a new one instead."), field="kind")
    require_kind(content.kind)
    content = illustrated(question.bank.course, content)
    row = locked(question, expected=expected)
    content = _fit(content, QuestionState(row.state))
    newest = row.versions.order_by("-number").values_list("number", flat=True)[0]
    row.text = plain_text(content.stem)
    _write_version(actor, row, content, number=newest + 1, provenance=provenance)
    return save_changes(row, text=row.text)


@transaction.atomic
def retire_question(*, actor: Actor, question: Question, expected: int | None = None) -> Question:
    """Keep a question from new quizzes; those that ask it go on. Idempotent."""
    return set_state(actor=actor, question=question, state=QuestionState.RETIRED, expected=expected)


@transaction.atomic
def restore_question(*, actor: Actor, question: Question, expected: int | None = None) -> Question:
    """Offer a retired question again; what is not complete comes back as a draft. Idempotent."""
    complete = problem_of(version_content(question.latest)) is None
    state = QuestionState.READY if complete else QuestionState.DRAFT
    return set_state(actor=actor, question=question, state=state, expected=expected)


@transaction.atomic
def set_state(
    *, actor: Actor, question: Question, state: QuestionState, expected: int | None = None
) -> Question:
    """Say whether a question is a draft, ready or retired. Idempotent.

    Raises Invalid naming the field that makes it impossible to ask when it becomes ready, Conflict
    `question_used` for a draft that a quiz asks, Stale, and what `require` raises.
    """
    require(actor, EDIT_QUESTION, question)
    row = locked(question, expected=expected)
    if row.state == state:
        return row
    if state == QuestionState.READY:
        checked(version_content(row.latest))
    if state == QuestionState.DRAFT and row.use_count:
        words = _("A quiz asks this question. Take it out there first, or retire it.")
        raise Conflict(words, code="question_used")
    return save_changes(row, state=state)


@transaction.atomic
def duplicate_question(*, actor: Actor, question: Question) -> Question:
    """A new question that says the same, to be changed on its own."""
    require(actor, VIEW_QUESTION, question)
    fresh = without_ids(version_content(question.latest))
    filing = Filing(
        category=question.category,
        tags=[one.name for one in question.tags.all()],
        outcomes=list(question.outcomes.filter(course__in=outcome_courses(question.bank))),
    )
    return add_question(
        actor=actor,
        bank=question.bank,
        content=fresh,
        provenance={"copy_of": question.public_id},
        state=QuestionState.DRAFT if problem_of(fresh) else QuestionState.READY,
        filing=filing,
    )


@transaction.atomic
def open_bank(*, actor: Actor, course: Course) -> QuestionBank:
    """The course's bank for those who may add to it, made when it is first needed."""
    require(actor, ASSIST_COURSE, course)
    return bank_of(course)


def require_kind(kind: QuestionKind) -> None:
    """Raise Conflict `code_off` for a type that needs a sandbox while this site has none."""
    reason = why_no_code() if kind in BY_JOB else ""
    if reason:
        raise Conflict(reason, code="code_off")


def illustrated(course: Course | None, content: QuestionContent) -> QuestionContent:
    """The content with the sizes of its pictures; raises Invalid(field="image") for a bad one.

    Pictures are files of a course, so that a bank of a person has none.
    """
    kind = type_of(content.kind)
    wanted = [one for one in kind.images(content) if one]
    if wanted and course is None:
        words = _("A picture is a file of a course. Write this question in the course's bank.")
        raise Invalid(words, field="image")
    if course is None:
        return content
    return kind.with_images(content, {one: picture_size(course, one) for one in wanted})


def bank_of(course: Course) -> QuestionBank:
    """The course's bank, made when it is first needed. The caller has checked the rule."""
    bank, _fresh = QuestionBank.objects.get_or_create(
        course=course, defaults={"title": course.title}
    )
    return bank


def _imported(
    actor: Actor,
    content: QuestionContent,
    category: QuestionCategory | None,
    brought_by: QuestionImport,
    state: QuestionState,
) -> Question:
    return Question(
        bank=brought_by.bank,
        kind=content.kind,
        state=state,
        origin=QuestionOrigin.IMPORTED,
        difficulty=content.difficulty or "",
        text=plain_text(content.stem),
        category=category,
        imported_in=brought_by,
        created_by_id=actor.user_id,
    )


def _create(
    actor: Actor,
    bank: QuestionBank,
    content: QuestionContent,
    provenance: dict[str, Any] | None,
    state: QuestionState,
    filing: Filing | None,
) -> Question:
    require_kind(content.kind)
    question = Question.objects.create(
        bank=bank,
        kind=content.kind,
        state=state,
        text=plain_text(content.stem),
        origin=_origin(provenance),
        created_by_id=actor.user_id,
    )
    _write_version(actor, question, content, number=1, provenance=provenance)
    if filing is not None:
        question.bank = hold(bank)
        write_filing(question, filing)
        question.save(update_fields=["category"])
    QuestionBank.objects.filter(pk=bank.pk).update(question_count=F("question_count") + 1)
    return question


def _write_version(
    actor: Actor,
    question: Question,
    content: QuestionContent,
    *,
    number: int,
    provenance: dict[str, Any] | None,
) -> None:
    version = new_version(actor, question, content, number=number, provenance=provenance)
    version.save()
    question.latest = version
    question.difficulty = content.difficulty or ""
    question.save(update_fields=["latest", "difficulty"])


def new_version(
    actor: Actor,
    question: Question,
    content: QuestionContent,
    *,
    number: int,
    provenance: dict[str, Any] | None,
) -> QuestionVersion:
    """A version of a question, not yet saved, with an id on all that answers name."""
    content = with_ids(content, lambda: new_public_id()[:OPTION_ID_LENGTH])
    return QuestionVersion(
        question=question,
        number=number,
        stem=content.stem,
        stem_html=render_markdown(content.stem),
        body=body_of(content, render=render_markdown),
        key=key_of(content),
        explanation=content.explanation,
        explanation_html=render_markdown(content.explanation),
        points=content.points,
        pipeline_version=PIPELINE_VERSION,
        provenance=require_clean(provenance or {}, field="provenance"),
        created_by_id=actor.user_id,
    )


def _fit(content: QuestionContent, state: QuestionState) -> QuestionContent:
    return drafted(content) if state == QuestionState.DRAFT else checked(content)


def _origin(provenance: dict[str, Any] | None) -> QuestionOrigin:
    said = provenance or {}
    if said.get("origin") == "ai":
        return QuestionOrigin.GENERATED
    return QuestionOrigin.COPIED if "copy_of" in said else QuestionOrigin.WRITTEN

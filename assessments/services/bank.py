"""The question bank: write, revise, retire and copy questions."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from assessments.enums import QuestionState
from assessments.models import Question, QuestionBank, QuestionImport, QuestionVersion
from assessments.rules import ADD_TO_BANK, EDIT_QUESTION, VIEW_QUESTION
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import (
    body_of,
    checked,
    content_of,
    key_of,
    type_of,
    with_ids,
    without_ids,
)
from assessments.services.editing import locked, save_changes
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
) -> Question:
    """Add a question with its first version to the course's bank.

    Raises Invalid naming the field of `content` that cannot be asked, and what `require` raises.
    """
    require(actor, ASSIST_COURSE, course)
    content = checked(illustrated(course, content))
    bank = bank_of(course)
    question = Question.objects.create(
        bank=bank, kind=content.kind, text=plain_text(content.stem), created_by_id=actor.user_id
    )
    _write_version(actor, question, content, number=1, provenance=provenance)
    QuestionBank.objects.filter(pk=bank.pk).update(question_count=F("question_count") + 1)
    return question


@transaction.atomic
def create_questions(
    *,
    actor: Actor,
    bank: QuestionBank,
    contents: Sequence[QuestionContent],
    brought_by: QuestionImport,
) -> list[Question]:
    """Add many questions at once, in their order, in as many queries for 1,000 as for 500.

    Raises Invalid when one cannot be asked, and what `require` raises.
    """
    require(actor, ADD_TO_BANK, bank)
    origin = {"import": brought_by.public_id, "format": brought_by.format}
    rows = [
        Question(
            bank=bank,
            kind=content.kind,
            difficulty=content.difficulty or "",
            text=plain_text(content.stem),
            imported_in=brought_by,
            created_by_id=actor.user_id,
        )
        for content in map(checked, contents)
    ]
    Question.objects.bulk_create(rows)
    versions = [
        _version(actor, row, content, number=1, provenance=origin)
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

    Raises Invalid when the content cannot be asked or is of another kind, Stale when the question
    changed since version `expected`, and what `require` raises.
    """
    require(actor, EDIT_QUESTION, question)
    if content.kind != question.kind:
        raise Invalid(_("A question keeps its type. Write a new one instead."), field="kind")
    content = checked(illustrated(question.bank.course, content))
    row = locked(question, expected=expected)
    newest = row.versions.order_by("-number").values_list("number", flat=True)[0]
    row.text = plain_text(content.stem)
    _write_version(actor, row, content, number=newest + 1, provenance=provenance)
    return save_changes(row, text=row.text)


@transaction.atomic
def retire_question(*, actor: Actor, question: Question, expected: int | None = None) -> Question:
    """Keep a question from new quizzes; those that ask it go on. Idempotent."""
    return _set_state(actor, question, QuestionState.RETIRED, expected)


@transaction.atomic
def restore_question(*, actor: Actor, question: Question, expected: int | None = None) -> Question:
    """Offer a retired question again. Idempotent."""
    return _set_state(actor, question, QuestionState.READY, expected)


@transaction.atomic
def duplicate_question(*, actor: Actor, question: Question) -> Question:
    """A new question that says the same, to be changed on its own."""
    require(actor, VIEW_QUESTION, question)
    fresh = without_ids(version_content(question.latest))
    origin = {"copy_of": question.public_id}
    return create_question(
        actor=actor, course=question.bank.course, content=fresh, provenance=origin
    )


@transaction.atomic
def open_bank(*, actor: Actor, course: Course) -> QuestionBank:
    """The course's bank for those who may add to it, made when it is first needed."""
    require(actor, ASSIST_COURSE, course)
    return bank_of(course)


def illustrated(course: Course, content: QuestionContent) -> QuestionContent:
    """The content with the sizes of its pictures; raises Invalid(field="image") for a bad one."""
    kind = type_of(content.kind)
    wanted = [one for one in kind.images(content) if one]
    return kind.with_images(content, {one: picture_size(course, one) for one in wanted})


def bank_of(course: Course) -> QuestionBank:
    """The course's bank, made when it is first needed. The caller has checked the rule."""
    bank, _fresh = QuestionBank.objects.get_or_create(
        course=course, defaults={"title": course.title}
    )
    return bank


def version_content(version: QuestionVersion | None) -> QuestionContent:
    """A stored version as content; raises Conflict for a question without one."""
    if version is None:
        raise Conflict(_("This question has no version."))
    return content_of(
        kind=version.question.kind,
        stem=version.stem,
        body=version.body,
        key=version.key,
        explanation=version.explanation,
        points=version.points,
        difficulty=version.question.difficulty,
    )


def _write_version(
    actor: Actor,
    question: Question,
    content: QuestionContent,
    *,
    number: int,
    provenance: dict[str, Any] | None,
) -> None:
    version = _version(actor, question, content, number=number, provenance=provenance)
    version.save()
    question.latest = version
    question.difficulty = content.difficulty or ""
    question.save(update_fields=["latest", "difficulty"])


def _version(
    actor: Actor,
    question: Question,
    content: QuestionContent,
    *,
    number: int,
    provenance: dict[str, Any] | None,
) -> QuestionVersion:
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


def _set_state(
    actor: Actor, question: Question, state: QuestionState, expected: int | None
) -> Question:
    require(actor, EDIT_QUESTION, question)
    row = locked(question, expected=expected)
    return row if row.state == state else save_changes(row, state=state)

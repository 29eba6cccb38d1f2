"""Copies of questions in another bank."""

from collections.abc import Sequence

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from assessments.enums import QuestionOrigin, QuestionState
from assessments.models import Question, QuestionBank, QuestionVersion
from assessments.queries.content import version_content
from assessments.queries.filing import outcome_courses
from assessments.scoring.registry import problem_of, type_of, without_ids
from assessments.services.bank import new_version
from assessments.services.question_category import hold
from assessments.services.question_tag import tags_named
from lms.kernel.actors import Actor


def why_not_copied(question: Question, target: QuestionBank) -> str:
    """Why a question cannot be copied into a bank; empty when it can."""
    if question.bank_id == target.pk:
        return _("It is in this bank.")
    pictures = type_of(question.kind).images(version_content(question.latest))
    if pictures and question.bank.course_id != target.course_id:
        return _("Its picture is a file of another course.")
    return ""


def copy_questions(
    actor: Actor, questions: Sequence[Question], target: QuestionBank
) -> list[Question]:
    """Copies of questions that `why_not_copied` lets through, in as many queries for any number.

    Tags come along by name, outcomes where the target may have them, categories do not. The
    caller checked the rules and is in a transaction.
    """
    held = hold(target)
    copies = [_copy(actor, one, held) for one in questions]
    Question.objects.bulk_create(copies)
    versions = [
        new_version(
            actor,
            copy,
            without_ids(version_content(one.latest)),
            number=1,
            provenance={"copy_of": one.public_id},
        )
        for one, copy in zip(questions, copies, strict=True)
    ]
    QuestionVersion.objects.bulk_create(versions)
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    rows = Question.objects.filter(pk__in=[one.pk for one in copies])
    rows.update(latest=Subquery(newest.values("pk")[:1]))
    _tag(questions, copies, held)
    _serve(questions, copies, held)
    QuestionBank.objects.filter(pk=held.pk).update(question_count=F("question_count") + len(copies))
    return copies


def _copy(actor: Actor, question: Question, target: QuestionBank) -> Question:
    state = QuestionState(question.state)
    if state == QuestionState.READY and problem_of(version_content(question.latest)):
        state = QuestionState.DRAFT
    return Question(
        bank=target,
        kind=question.kind,
        state=state,
        difficulty=question.difficulty,
        text=question.text,
        origin=QuestionOrigin.COPIED,
        created_by_id=actor.user_id,
    )


def _tag(questions: Sequence[Question], copies: Sequence[Question], target: QuestionBank) -> None:
    names = {tag.folded: tag.name for one in questions for tag in one.tags.all()}
    known = {tag.folded: tag.pk for tag in tags_named(target, names.values())}
    through = Question.tags.through
    through.objects.bulk_create(
        through(question_id=copy.pk, questiontag_id=known[tag.folded])
        for one, copy in zip(questions, copies, strict=True)
        for tag in one.tags.all()
    )


def _serve(questions: Sequence[Question], copies: Sequence[Question], target: QuestionBank) -> None:
    reach, through = outcome_courses(target), Question.outcomes.through
    through.objects.bulk_create(
        through(question_id=copy.pk, learningoutcome_id=outcome.pk)
        for one, copy in zip(questions, copies, strict=True)
        for outcome in one.outcomes.all()
        if outcome.course_id in reach
    )

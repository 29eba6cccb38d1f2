"""Who may read, fill and change question banks: predicates and their queryset twins.

Staff read, staff add, instructors change.
"""

from django.db.models import QuerySet

from assessments.models import (
    LearningOutcome,
    Question,
    QuestionBank,
    QuestionCategory,
    QuestionImport,
    QuestionTag,
)
from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE, may_manage_course, may_staff_course
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def _staffed(actor: Actor) -> QuerySet[Course, int]:
    return STAFF_COURSE.rows(actor).values_list("pk", flat=True)


def _managed(actor: Actor) -> QuerySet[Course, int]:
    return MANAGE_COURSE.rows(actor).values_list("pk", flat=True)


# Banks.


def may_view_bank(actor: Actor, bank: QuestionBank) -> bool:
    return may_staff_course(actor, bank.course)


def view_bank_rows(actor: Actor) -> QuerySet[QuestionBank]:
    return QuestionBank.objects.filter(course__in=_staffed(actor))


def may_edit_bank(actor: Actor, bank: QuestionBank) -> bool:
    return may_manage_course(actor, bank.course)


def edit_bank_rows(actor: Actor) -> QuerySet[QuestionBank]:
    return QuestionBank.objects.filter(course__in=_managed(actor))


VIEW_BANK = Rule("assessments.bank.view", may=may_view_bank, rows=view_bank_rows)
ADD_TO_BANK = Rule(
    "assessments.bank.add",
    may=may_view_bank,
    rows=view_bank_rows,
    writes=True,
    visible=VIEW_BANK,
)
EDIT_BANK = Rule(
    "assessments.bank.edit",
    may=may_edit_bank,
    rows=edit_bank_rows,
    writes=True,
    visible=VIEW_BANK,
)


# Questions follow their bank.


def may_view_question(actor: Actor, question: Question) -> bool:
    return may_view_bank(actor, question.bank)


def view_question_rows(actor: Actor) -> QuerySet[Question]:
    return Question.objects.filter(bank__in=view_bank_rows(actor).values("pk"))


def may_edit_question(actor: Actor, question: Question) -> bool:
    return may_edit_bank(actor, question.bank)


def edit_question_rows(actor: Actor) -> QuerySet[Question]:
    return Question.objects.filter(bank__in=edit_bank_rows(actor).values("pk"))


VIEW_QUESTION = Rule("assessments.question.view", may=may_view_question, rows=view_question_rows)
EDIT_QUESTION = Rule(
    "assessments.question.edit",
    may=may_edit_question,
    rows=edit_question_rows,
    writes=True,
    visible=VIEW_QUESTION,
)


# Imports follow the bank they came into; undoing one removes questions.


def may_view_import(actor: Actor, row: QuestionImport) -> bool:
    return may_view_bank(actor, row.bank)


def view_import_rows(actor: Actor) -> QuerySet[QuestionImport]:
    return QuestionImport.objects.filter(bank__in=view_bank_rows(actor).values("pk"))


def may_undo_import(actor: Actor, row: QuestionImport) -> bool:
    return may_edit_bank(actor, row.bank)


def undo_import_rows(actor: Actor) -> QuerySet[QuestionImport]:
    return QuestionImport.objects.filter(bank__in=edit_bank_rows(actor).values("pk"))


VIEW_IMPORT = Rule("assessments.import.view", may=may_view_import, rows=view_import_rows)
UNDO_IMPORT = Rule(
    "assessments.import.undo",
    may=may_undo_import,
    rows=undo_import_rows,
    writes=True,
    visible=VIEW_IMPORT,
)


# Categories and tags follow their bank, outcomes their course.


def may_view_category(actor: Actor, row: QuestionCategory) -> bool:
    return may_view_bank(actor, row.bank)


def view_category_rows(actor: Actor) -> QuerySet[QuestionCategory]:
    return QuestionCategory.objects.filter(bank__in=view_bank_rows(actor).values("pk"))


def may_view_tag(actor: Actor, row: QuestionTag) -> bool:
    return may_view_bank(actor, row.bank)


def view_tag_rows(actor: Actor) -> QuerySet[QuestionTag]:
    return QuestionTag.objects.filter(bank__in=view_bank_rows(actor).values("pk"))


def may_view_outcome(actor: Actor, row: LearningOutcome) -> bool:
    return may_staff_course(actor, row.course)


def view_outcome_rows(actor: Actor) -> QuerySet[LearningOutcome]:
    return LearningOutcome.objects.filter(course__in=_staffed(actor))


VIEW_CATEGORY = Rule("assessments.category.view", may=may_view_category, rows=view_category_rows)
VIEW_TAG = Rule("assessments.tag.view", may=may_view_tag, rows=view_tag_rows)
VIEW_OUTCOME = Rule("assessments.outcome.view", may=may_view_outcome, rows=view_outcome_rows)

"""Who may read, fill and change question banks: predicates and their queryset twins.

Staff read, staff add, instructors change; a person does all with their own bank. A share lets the
staff of a course or one person read, or also add and change as far as their role does there.
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from assessments.enums import ShareLevel
from assessments.models import (
    BankShare,
    LearningOutcome,
    Question,
    QuestionBank,
    QuestionCategory,
    QuestionImport,
    QuestionTag,
)
from courses.models import Course
from courses.rules import (
    LEARN_COURSE,
    MANAGE_COURSE,
    STAFF_COURSE,
    may_manage_course,
    may_staff_course,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule

Courses = Callable[[Actor], QuerySet[Course, int]]
ANY_LEVEL = tuple(ShareLevel.values)


def _staffed(actor: Actor) -> QuerySet[Course, int]:
    return STAFF_COURSE.rows(actor).values_list("pk", flat=True)


def _managed(actor: Actor) -> QuerySet[Course, int]:
    return MANAGE_COURSE.rows(actor).values_list("pk", flat=True)


# Banks.


def _is_theirs(actor: Actor, bank: QuestionBank) -> bool:
    """Whether a bank of no course is the actor's own; admins count as owners."""
    own = actor.user_id is not None and bank.owner_id == actor.user_id
    return bank.course_id is None and (own or actor.is_admin)


def _theirs(actor: Actor) -> Q:
    if actor.is_admin:
        return Q(course=None)
    return _nothing() if actor.user_id is None else Q(owner_id=actor.user_id)


def _is_lent(actor: Actor, bank: QuestionBank, courses: Courses, *levels: str) -> bool:
    """Whether a share of one of these levels names the actor, or one of those courses of theirs.

    One query, however many shares there are.
    """
    return _shares(actor, courses(actor), *levels).filter(bank=bank).exists()


def teaches(actor: Actor) -> bool:
    """Whether somebody teaches anywhere: they may keep a bank of their own and borrow others."""
    return actor.is_instructor or actor.is_admin or STAFF_COURSE.rows(actor).exists()


def _lent(actor: Actor, courses: QuerySet[Course, int], *levels: str) -> Q:
    return Q(pk__in=_shares(actor, courses, *levels).values("bank"))


def _shares(
    actor: Actor, courses: QuerySet[Course, int], *levels: str
) -> QuerySet[BankShare, BankShare]:
    """Shares with those courses, and with the actor while they teach and do not learn there."""
    person = _nothing()
    if actor.user_id is not None and teaches(actor):
        learnt = LEARN_COURSE.rows(actor).values_list("pk", flat=True)
        person = Q(person_id=actor.user_id) & ~Q(bank__course__in=learnt)
    return BankShare.objects.filter(person | Q(course__in=courses), level__in=levels)


def _nothing() -> Q:
    return Q(pk__in=[])


def may_view_bank(actor: Actor, bank: QuestionBank) -> bool:
    if bank.course is not None and may_staff_course(actor, bank.course):
        return True
    return _is_theirs(actor, bank) or _is_lent(actor, bank, _staffed, *ANY_LEVEL)


def view_bank_rows(actor: Actor) -> QuerySet[QuestionBank]:
    staffed = _staffed(actor)
    return QuestionBank.objects.filter(
        Q(course__in=staffed) | _theirs(actor) | _lent(actor, staffed, *ANY_LEVEL)
    )


def may_add_to_bank(actor: Actor, bank: QuestionBank) -> bool:
    if bank.course is not None and may_staff_course(actor, bank.course):
        return True
    return _is_theirs(actor, bank) or _is_lent(actor, bank, _staffed, ShareLevel.WRITE)


def add_to_bank_rows(actor: Actor) -> QuerySet[QuestionBank]:
    staffed = _staffed(actor)
    return QuestionBank.objects.filter(
        Q(course__in=staffed) | _theirs(actor) | _lent(actor, staffed, ShareLevel.WRITE)
    )


def may_edit_bank(actor: Actor, bank: QuestionBank) -> bool:
    if bank.course is not None and may_manage_course(actor, bank.course):
        return True
    return _is_theirs(actor, bank) or _is_lent(actor, bank, _managed, ShareLevel.WRITE)


def edit_bank_rows(actor: Actor) -> QuerySet[QuestionBank]:
    managed = _managed(actor)
    return QuestionBank.objects.filter(
        Q(course__in=managed) | _theirs(actor) | _lent(actor, managed, ShareLevel.WRITE)
    )


def may_share_bank(actor: Actor, bank: QuestionBank) -> bool:
    if bank.course is not None:
        return may_manage_course(actor, bank.course)
    return _is_theirs(actor, bank)


def share_bank_rows(actor: Actor) -> QuerySet[QuestionBank]:
    return QuestionBank.objects.filter(Q(course__in=_managed(actor)) | _theirs(actor))


VIEW_BANK = Rule("assessments.bank.view", may=may_view_bank, rows=view_bank_rows)
ADD_TO_BANK = Rule(
    "assessments.bank.add",
    may=may_add_to_bank,
    rows=add_to_bank_rows,
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
SEE_SHARES = Rule(
    "assessments.bank.shares", may=may_share_bank, rows=share_bank_rows, visible=VIEW_BANK
)
SHARE_BANK = Rule(
    "assessments.bank.share",
    may=may_share_bank,
    rows=share_bank_rows,
    writes=True,
    visible=VIEW_BANK,
)


# Shares are ended by who may share the bank, and by those it is lent to.


def may_end_share(actor: Actor, share: BankShare) -> bool:
    if may_share_bank(actor, share.bank):
        return True
    if share.course is not None:
        return may_manage_course(actor, share.course)
    return actor.user_id is not None and share.person_id == actor.user_id


def end_share_rows(actor: Actor) -> QuerySet[BankShare]:
    person = _nothing() if actor.user_id is None else Q(person_id=actor.user_id)
    shared = Q(bank__in=share_bank_rows(actor).values("pk"))
    return BankShare.objects.filter(person | shared | Q(course__in=_managed(actor)))


END_SHARE = Rule("assessments.share.end", may=may_end_share, rows=end_share_rows, writes=True)


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

"""Questions of the banks one staffs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from assessments.models import Question, QuestionBank, QuestionVersion
from assessments.rules import VIEW_BANK, VIEW_QUESTION
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require

ORDERINGS = {
    "newest": ("-id",),
    "oldest": ("id",),
    "text": ("text", "id"),
    "used": ("-use_count", "-id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """What a list of questions is narrowed to; empty means everything."""

    search: str = ""
    kind: str = ""
    state: str = ""
    difficulty: str = ""
    unused: bool = False
    ids: tuple[str, ...] = ()
    ordering: str = "newest"


def banks(actor: Actor) -> QuerySet[QuestionBank]:
    """Banks of the courses the actor staffs, newest first."""
    return VIEW_BANK.rows(actor).select_related("course").order_by("-id")


def bank(actor: Actor, public_id: str) -> QuestionBank:
    """One bank; raises what `fetch` raises."""
    return fetch(actor, VIEW_BANK, public_id=public_id, select=("course",))


def course_bank(actor: Actor, course: Course) -> QuestionBank | None:
    """The bank of a course for its staff, None before its first question."""
    return VIEW_BANK.rows(actor).select_related("course").filter(course=course).first()


def questions(
    actor: Actor,
    narrow: QuestionFilter,
    *,
    course: Course | None = None,
    bank: QuestionBank | None = None,
) -> QuerySet[Question]:
    """Questions the actor may read, with their latest version."""
    rows = VIEW_QUESTION.rows(actor).select_related("bank__course", "latest")
    if course is not None:
        rows = rows.filter(bank__course=course)
    if bank is not None:
        rows = rows.filter(bank=bank)
    return rows.filter(_where(narrow)).order_by(*ORDERINGS[narrow.ordering])


def course_questions(actor: Actor, course: Course, narrow: QuestionFilter) -> QuerySet[Question]:
    """Questions of one course for its staff; raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    return questions(actor, narrow, course=course)


def question(actor: Actor, public_id: str, *, course: Course | None = None) -> Question:
    """One question, inside its course when one is given (Z3); raises what `fetch` raises."""
    inside: dict[str, Any] = {} if course is None else {"bank__course": course}
    select = ("bank__course", "latest__question")
    return fetch(actor, VIEW_QUESTION, public_id=public_id, select=select, **inside)


def versions(actor: Actor, row: Question) -> QuerySet[QuestionVersion]:
    """All versions of a question, newest first; raises what `require` raises."""
    require(actor, VIEW_QUESTION, row)
    return row.versions.select_related("created_by", "question").order_by("-number")


def _where(narrow: QuestionFilter) -> Q:
    where = Q()
    if narrow.search:
        where &= Q(text__icontains=narrow.search)
    for name in ("kind", "state", "difficulty"):
        value = getattr(narrow, name)
        if value:
            where &= Q(**{name: value})
    if narrow.ids:
        where &= Q(public_id__in=narrow.ids)
    return where & Q(use_count=0) if narrow.unused else where

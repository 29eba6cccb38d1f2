"""Questions of the banks one staffs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import QuestionState
from assessments.models import (
    AttemptQuestion,
    BankShare,
    BulkEdit,
    Question,
    QuestionBank,
    QuestionVersion,
    QuizItem,
)
from assessments.queries.filing import subtree_ids
from assessments.rules import (
    END_SHARE,
    SEE_SHARES,
    VIEW_BANK,
    VIEW_QUESTION,
    VIEW_QUIZ,
    teaches,
)
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, NotFound, SignInRequired
from lms.kernel.rules import fetch, require

ORDERINGS = {
    "newest": ("-id",),
    "oldest": ("id",),
    "text": ("text", "id"),
    "used": ("-use_count", "-id"),
    "changed": ("-updated_at", "-id"),
    "points": ("-latest__points", "-id"),
}
CURRENT = "current"  # every state but retired
NO_CATEGORY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """What a list of questions is narrowed to; empty means everything.

    `state` is one of a question, or CURRENT. `category` means the one with all inside it, or
    NO_CATEGORY. `category`, `tag`, `outcome` and `author` are public ids, `source` an origin.
    """

    search: str = ""
    kind: str = ""
    state: str = ""
    difficulty: str = ""
    category: str = ""
    tag: str = ""
    outcome: str = ""
    source: str = ""
    author: str = ""
    unused: bool = False
    ids: tuple[str, ...] = ()
    ordering: str = "newest"


@dataclass(frozen=True, slots=True)
class Usage:
    """Where a question is asked: its items with their quizzes, and how many attempts showed it.

    `elsewhere` counts the quizzes that the asker may not see.
    """

    items: list[QuizItem]
    elsewhere: int
    attempts: int


def banks(actor: Actor) -> QuerySet[QuestionBank]:
    """Banks of the courses the actor staffs, their own, and those lent to them, newest first."""
    return VIEW_BANK.rows(actor).select_related("course", "owner").order_by("-id")


def askable_banks(course_id: int) -> Q:
    """Which banks the quizzes of a course may ask from: its own and those lent to it."""
    lent = BankShare.objects.filter(course_id=course_id).values("bank")
    return Q(course_id=course_id) | Q(pk__in=lent)


def may_ask(bank: QuestionBank, course_id: int) -> bool:
    """Whether quizzes of a course may ask from a bank."""
    return bank.course_id == course_id or bank.shares.filter(course_id=course_id).exists()


def banks_of_course(actor: Actor, course: Course) -> QuerySet[QuestionBank]:
    """The banks at hand while working on a course: its own first, lent ones, the actor's own."""
    rows = VIEW_BANK.rows(actor).select_related("course", "owner")
    return rows.filter(_at_hand(actor, course)).order_by("course_id", "title", "id")


def own_bank(actor: Actor) -> QuestionBank | None:
    """The actor's own bank, None before they opened one.

    Raises SignInRequired, and Denied for who neither has one nor teaches.
    """
    if actor.user_id is None:
        raise SignInRequired
    found = VIEW_BANK.rows(actor).select_related("owner").filter(owner_id=actor.user_id).first()
    if found is None and not teaches(actor):
        raise Denied(_("A bank of your own is for those who teach."))
    return found


def shares(actor: Actor, row: QuestionBank) -> QuerySet[BankShare]:
    """With whom a bank is shared; raises what `require` raises."""
    require(actor, SEE_SHARES, row)
    return row.shares.select_related("course", "person", "bank").order_by("id")


def share(actor: Actor, public_id: str) -> BankShare:
    """A share that the actor may end; raises what `fetch` raises."""
    return fetch(actor, END_SHARE, select=("bank__course", "course"), public_id=public_id)


def bulk_edit(actor: Actor, public_id: str) -> BulkEdit:
    """A change of many questions that the actor made themselves; raises NotFound."""
    found = BulkEdit.objects.select_related("bank__course").filter(public_id=public_id)
    row = found.filter(made_by_id=actor.user_id).first() if actor.user_id else None
    if row is None:
        raise NotFound
    return row


def authors(actor: Actor, row: QuestionBank) -> QuerySet[User]:
    """Who wrote questions of a bank, by name; raises what `require` raises."""
    require(actor, VIEW_BANK, row)
    wrote = row.questions.exclude(created_by=None).values("created_by")
    return User.objects.filter(pk__in=wrote).order_by("name", "id")


def usage(actor: Actor, row: Question) -> Usage:
    """Where a question is asked, in three queries; raises what `require` raises."""
    require(actor, VIEW_QUESTION, row)
    seen = row.items.filter(quiz__in=VIEW_QUIZ.rows(actor).values("pk"))
    items = list(seen.select_related("quiz__lesson", "quiz__course").order_by("quiz_id"))
    shown = AttemptQuestion.objects.filter(version__question=row)
    counted = shown.aggregate(n=Count("attempt", distinct=True))
    return Usage(items, row.items.count() - len(items), counted["n"])


def bank(actor: Actor, public_id: str) -> QuestionBank:
    """One bank; raises what `fetch` raises."""
    return fetch(actor, VIEW_BANK, public_id=public_id, select=("course", "owner"))


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
    """Questions that quizzes of a course may ask, for its staff; raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    askable = QuestionBank.objects.filter(askable_banks(course.pk))
    return questions(actor, narrow).filter(bank__in=askable.values("pk"))


def bank_questions(
    actor: Actor, row: QuestionBank | None, narrow: QuestionFilter
) -> QuerySet[Question]:
    """Questions of one bank with what its list shows, none where there is no bank yet.

    Raises what `require` raises.
    """
    if row is None:
        return Question.objects.none()
    require(actor, VIEW_BANK, row)
    rows = row.questions.select_related("latest", "category", "created_by", "imported_in")
    narrowed = rows.filter(_where(narrow)).order_by(*ORDERINGS[narrow.ordering])
    return narrowed.prefetch_related("tags", "outcomes")


def question(actor: Actor, public_id: str, *, course: Course | None = None) -> Question:
    """One question, of a bank at hand in the course when one is given (Z3).

    Raises what `fetch` raises.
    """
    inside: dict[str, Any] = {}
    if course is not None:
        inside["bank__in"] = QuestionBank.objects.filter(_at_hand(actor, course)).values("pk")
    select = ("bank__course", "latest__question", "category", "imported_in", "created_by")
    return fetch(actor, VIEW_QUESTION, public_id=public_id, select=select, **inside)


def versions(actor: Actor, row: Question) -> QuerySet[QuestionVersion]:
    """All versions of a question, newest first; raises what `require` raises."""
    require(actor, VIEW_QUESTION, row)
    return row.versions.select_related("created_by", "question").order_by("-number")


def _at_hand(actor: Actor, course: Course) -> Q:
    mine = Q(owner_id=actor.user_id) | Q(shares__person_id=actor.user_id)
    own = QuestionBank.objects.filter(mine).values("pk")
    return askable_banks(course.pk) | (Q(pk__in=own) if actor.user_id is not None else Q())


PATHS = {
    "kind": "kind",
    "difficulty": "difficulty",
    "tag": "tags__public_id",
    "outcome": "outcomes__public_id",
    "source": "origin",
    "author": "created_by__public_id",
}


def _where(narrow: QuestionFilter) -> Q:
    where = Q()
    if narrow.search:
        where &= Q(text__icontains=narrow.search)
    for name, path in PATHS.items():
        value = getattr(narrow, name)
        if value:
            where &= Q(**{path: value})
    where &= _in_state(narrow.state) & _in_category(narrow.category)
    if narrow.ids:
        where &= Q(public_id__in=narrow.ids)
    return where & Q(use_count=0) if narrow.unused else where


def _in_state(state: str) -> Q:
    if state == CURRENT:
        return ~Q(state=QuestionState.RETIRED)
    return Q(state=state) if state else Q()


def _in_category(category: str) -> Q:
    if category == NO_CATEGORY:
        return Q(category=None)
    return Q(category__in=subtree_ids(category)) if category else Q()

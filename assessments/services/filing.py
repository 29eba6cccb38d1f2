"""Where a question is filed: its category, its tags, the outcomes it serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import LearningOutcome, Question, QuestionCategory
from assessments.queries.filing import outcome_courses
from assessments.rules import EDIT_QUESTION
from assessments.services.editing import locked, save_changes
from assessments.services.question_category import hold
from assessments.services.question_tag import check_tag_count, tags_named
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require

MAX_OUTCOMES_EACH: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The whole place of a question; tags by name."""

    category: QuestionCategory | None = None
    tags: Sequence[str] = ()
    outcomes: Sequence[LearningOutcome] = ()


@transaction.atomic
def file_question(
    *, actor: Actor, question: Question, filing: Filing, expected: int | None = None
) -> Question:
    """File a question anew: what `filing` leaves out, it loses.

    Raises Stale, Invalid naming `category`, `tags` or `outcomes`, and what `require` raises.
    """
    require(actor, EDIT_QUESTION, question)
    hold(question.bank)
    row = locked(question, expected=expected)
    write_filing(row, filing)
    return save_changes(row, category=filing.category)


def write_filing(question: Question, filing: Filing) -> None:
    """The same for services that checked the rule and hold the bank; the caller saves the row."""
    check_category(question.bank_id, filing.category)
    check_outcomes(question, filing.outcomes)
    question.category = filing.category
    question.tags.set(tags_named(question.bank, filing.tags))
    check_tag_count([question])
    question.outcomes.set(filing.outcomes)


def check_category(bank_id: int, category: QuestionCategory | None) -> None:
    """Raise Invalid(field="category") for a category of another bank."""
    if category is not None and category.bank_id != bank_id:
        raise Invalid(_("This category belongs to another bank."), field="category")


def check_outcomes(question: Question, outcomes: Sequence[LearningOutcome]) -> None:
    """Raise Invalid(field="outcomes") for too many, and for new ones of another course.

    What a question serves already stays: a bank that was lent had the outcomes of that course.
    """
    if len(outcomes) > MAX_OUTCOMES_EACH:
        raise Invalid(_("A question serves at most 20 outcomes."), field="outcomes")
    reach = outcome_courses(question.bank)
    known = set(question.outcomes.values_list("pk", flat=True))
    if any(one.course_id not in reach and one.pk not in known for one in outcomes):
        raise Invalid(_("This outcome belongs to another course."), field="outcomes")

"""The tags of a bank: made when first used, renamed, merged, deleted."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Question, QuestionBank, QuestionTag
from assessments.rules import EDIT_BANK
from assessments.scoring.folding import fold
from assessments.scoring.naming import tag_name
from assessments.services.question_category import hold
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import require

MAX_TAGS: Final = 1000
MAX_TAGS_EACH: Final = 20


@transaction.atomic
def rename_tag(*, actor: Actor, tag: QuestionTag, name: str) -> QuestionTag:
    """Spell a tag another way. Raises Invalid(field="name") when another tag is called so."""
    require(actor, EDIT_BANK, tag.bank)
    hold(tag.bank)
    row = _fresh(tag)
    name = tag_name(name, field="name")
    if row.bank.tags.filter(folded=fold(name)).exclude(pk=row.pk).exists():
        words = _("There is a tag of this name. Merge the two instead.")
        raise Invalid(words, field="name")
    row.name, row.folded, row.updated_at = name, fold(name), clock.now()
    row.save(update_fields=["name", "folded", "updated_at"])
    return row


@transaction.atomic
def merge_tag(*, actor: Actor, tag: QuestionTag, into: QuestionTag) -> int:
    """Give the questions of one tag the other one, and remove the first; answers how many.

    Raises Invalid(field="into") for itself and for a tag of another bank.
    """
    require(actor, EDIT_BANK, tag.bank)
    hold(tag.bank)
    row, target = _fresh(tag), _fresh(into)
    if target.pk == row.pk or target.bank_id != row.bank_id:
        raise Invalid(_("Choose another tag of this bank."), field="into")
    questions = list(row.questions.values_list("pk", flat=True))
    target.questions.add(*questions)
    row.delete()
    return len(questions)


@transaction.atomic
def delete_tag(*, actor: Actor, tag: QuestionTag) -> int:
    """Take a tag off all questions; answers off how many. Raises what `require` raises."""
    require(actor, EDIT_BANK, tag.bank)
    hold(tag.bank)
    row = _fresh(tag)
    count = row.questions.count()
    row.delete()
    return count


def tags_named(bank: QuestionBank, names: Iterable[str]) -> list[QuestionTag]:
    """The bank's tags of these names, each once, made where there is none.

    The caller has checked the rule, is in a transaction and holds the bank. Raises
    Invalid(field="tags") for a name that cannot be one, Conflict `bank_full` for too many.
    """
    wanted: dict[str, str] = {}
    for name in filter(None, map(_spelled, names)):
        wanted.setdefault(fold(name), name)
    known = {one.folded: one for one in bank.tags.filter(folded__in=wanted)}
    missing = [folded for folded in wanted if folded not in known]
    if missing and bank.tags.count() + len(missing) > MAX_TAGS:
        raise Conflict(_("A bank has at most 1,000 tags."), code="bank_full")
    fresh = [QuestionTag(bank=bank, name=wanted[folded], folded=folded) for folded in missing]
    for one in QuestionTag.objects.bulk_create(fresh):
        known[one.folded] = one
    return [known[folded] for folded in wanted]


def check_tag_count(questions: Iterable[Question]) -> None:
    """Raise Invalid(field="tags") when one of these questions carries more than 20."""
    for question in questions:
        if question.tags.count() > MAX_TAGS_EACH:
            raise Invalid(_("A question carries at most 20 tags."), field="tags")


def _spelled(name: str) -> str:
    return tag_name(name) if name.strip() else ""


def _fresh(tag: QuestionTag) -> QuestionTag:
    row = lock(QuestionTag.objects.select_related("bank").filter(pk=tag.pk)).first()
    if row is None:
        raise NotFound
    return row

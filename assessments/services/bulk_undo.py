"""Take a change of many questions back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import BulkVerb, QuestionState
from assessments.exchange.reading import short
from assessments.models import BulkEdit, Question
from assessments.rules import ADD_TO_BANK, EDIT_BANK
from assessments.services.bulk_writing import WRITERS
from assessments.services.question_bulk import BulkResult, Refused
from assessments.services.question_category import hold
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.rules import require


@transaction.atomic
def undo_change(*, actor: Actor, edit: BulkEdit) -> BulkResult:
    """Make each question what it was, unless somebody changed it since; those are named.

    One's own changes only. Raises NotFound for others, Conflict `undone` the second time, and what
    `require` raises.
    """
    rule = ADD_TO_BANK if edit.verb == BulkVerb.COPY else EDIT_BANK
    require(actor, rule, edit.bank)
    if edit.made_by_id != actor.user_id:
        raise NotFound
    hold(edit.bank)
    kept = lock(BulkEdit.objects.filter(pk=edit.pk)).first()
    if kept is None:
        raise NotFound
    if kept.undone_at is not None:
        raise Conflict(_("This is taken back already."), code="undone")
    rows = Question.objects.filter(pk__in=[int(pk) for pk in kept.before], bank=edit.bank_id)
    found = list(lock(rows.select_related("latest")).order_by("id"))
    same = [row for row in found if not _why_not(row, kept.before[str(row.pk)])]
    refused = tuple(
        Refused(row.public_id, short(row.text), reason)
        for row in found
        if (reason := _why_not(row, kept.before[str(row.pk)]))
    )
    WRITERS[kept.verb].undo(actor, same, kept.before)
    kept.undone_at = clock.now()
    kept.save(update_fields=["undone_at"])
    return BulkResult(len(same), 0, refused)


def _why_not(row: Question, was: Mapping[str, Any]) -> str:
    if row.version != was["version"]:
        return _("It was changed since.")
    if was.get("state") == QuestionState.DRAFT and row.use_count:
        return _("A quiz asks it.")
    return _("A quiz asks it.") if set(was) == {"version"} and row.use_count else ""

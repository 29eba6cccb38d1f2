"""Imports into the banks one staffs."""

from typing import Any

from django.db.models import QuerySet

from assessments.models import QuestionBank, QuestionImport
from assessments.rules import VIEW_IMPORT
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch

SELECT = ("bank__course", "created_by")


def imports(actor: Actor, *, bank: QuestionBank | None = None) -> QuerySet[QuestionImport]:
    """Imports that the actor may read, without their reports, newest first."""
    rows = VIEW_IMPORT.rows(actor).select_related(*SELECT).defer("report", "undone")
    if bank is not None:
        rows = rows.filter(bank=bank)
    return rows.order_by("-id")


def question_import(
    actor: Actor, public_id: str, *, bank: QuestionBank | None = None
) -> QuestionImport:
    """One import, inside its bank when one is given (Z3); raises what `fetch` raises."""
    inside: dict[str, Any] = {} if bank is None else {"bank": bank}
    return fetch(actor, VIEW_IMPORT, public_id=public_id, select=SELECT, **inside)

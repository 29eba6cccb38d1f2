"""Rows of AI settings that admins keep: profiles, prices, budgets, and what holds for the site."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import BudgetScope
from ai.models import AiSite, Budget, Price, Profile
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid
from lms.kernel.rules import require_write

Setting = AiSite | Budget | Price | Profile


def save_setting(*, actor: Actor, row: Setting) -> None:
    """Keep a row as it is filled in. Raises Denied, Invalid by field."""
    require_admin(actor)
    try:
        row.full_clean()
    except ValidationError as problem:
        raise Invalid(_("This cannot be saved."), errors=problem.message_dict) from None
    if isinstance(row, Budget):
        check_budget(row)
    with transaction.atomic():
        row.save()


def delete_setting(*, actor: Actor, row: Setting) -> None:
    """Delete a row; calls under way keep what they hold. Raises Denied."""
    require_admin(actor)
    row.delete()


def check_budget(row: Budget) -> None:
    """Whom a budget names must fit its scope. Raises Invalid by field."""
    allowed: dict[str, set[str]] = {
        BudgetScope.PERSON: {"person", "role"},
        BudgetScope.ROLE: {"role"},
        BudgetScope.COURSE: {"course"},
        BudgetScope.SITE: set(),
    }
    named: dict[str, Any] = {"person": row.person_id, "course": row.course_id, "role": row.role}
    for field, value in named.items():
        if value and field not in allowed[row.scope]:
            raise Invalid(_("This does not go with what the budget is for."), field=field)
    if row.scope == BudgetScope.ROLE and not row.role:
        raise Invalid(_("Name the role."), field="role")
    if row.person_id and row.role:
        raise Invalid(_("Name a person or a role, not both."), field="role")
    if row.tokens is None and row.money is None:
        raise Invalid(_("Give a cap in tokens, in money, or both."), field="tokens")


def require_admin(actor: Actor) -> None:
    """Pass for admins who may write. Raises Denied."""
    require_write(actor)
    if not actor.is_admin:
        raise Denied

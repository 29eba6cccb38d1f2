"""The pages of an attempt that goes forward only: what is reached, what is left, going on."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import StepKind
from assessments.models import Attempt
from assessments.queries.access import require_place
from assessments.rules import ANSWER_ATTEMPT
from assessments.services.closing import settle
from assessments.services.log import add_step
from assessments.services.running import open_attempt
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.rules import require


def move_on(*, actor: Actor, attempt: Attempt, page: int) -> Attempt:
    """Leave a page for good and go to the next one, on the record; leaving it again is no error.

    So two tabs, a double click or a request sent again leave one page, not two. Raises Conflict
    `moves_freely` where one may go back and forth, `page_not_reached`, `last_page`,
    `attempt_paused`, `deadline_passed` or `attempt_closed`, Invalid for a page that there is not,
    and what `require` raises.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    if not attempt.forward_only:
        raise Conflict(_("You can move freely in this attempt."), code="moves_freely")
    if not 1 <= page <= attempt.page_count:
        raise Invalid(_("This attempt has no such page."), field="page")
    settle(attempt)
    with transaction.atomic():
        row = open_attempt(attempt)
        if page < row.page:
            return row
        if row.paused_at is not None:
            raise Conflict(_("The clock stands. Go on before you move."), code="attempt_paused")
        if page > row.page:
            raise Conflict(_("You are not on this page yet."), code="page_not_reached")
        if page == row.page_count:
            raise Conflict(_("This is the last page. Hand in instead."), code="last_page")
        row.page += 1
        row.save(update_fields=["page"])
        add_step(row, StepKind.MOVED, actor=actor, data={"page": row.page})
    return row

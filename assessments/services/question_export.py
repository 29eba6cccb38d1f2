"""Write questions of a bank into a file of another system."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import ExchangeFormat
from assessments.exchange.formats import EXTENSIONS, write_file
from assessments.exchange.reading import MAX_QUESTIONS, Left
from assessments.models import QuestionBank
from assessments.queries.bank import QuestionFilter, questions
from assessments.rules import VIEW_BANK
from assessments.services.bank import version_content
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require

MAX_EXPORT: Final = 20_000


@dataclass(frozen=True, slots=True)
class QuestionExport:
    """A file of questions. `lost` names what the format cannot say, by place in the file."""

    text: str
    name: str
    format: ExchangeFormat
    count: int
    lost: tuple[Left, ...]
    notes: tuple[str, ...]


def export_questions(
    *,
    actor: Actor,
    bank: QuestionBank,
    narrow: QuestionFilter,
    format: ExchangeFormat,  # noqa: A002 - the field's word
) -> QuestionExport:
    """The bank's questions that the filter leaves, oldest first, as a file; nothing is written.

    Raises Invalid for more than 20,000 questions, and what `require` raises.
    """
    require(actor, VIEW_BANK, bank)
    rows = questions(actor, narrow, bank=bank).select_related("latest__question").order_by("id")
    found = list(rows[: MAX_EXPORT + 1])
    if len(found) > MAX_EXPORT:
        words = _("A file takes at most %(most)s questions. Narrow the list.")
        raise Invalid(words % {"most": MAX_EXPORT})
    written = write_file([version_content(row.latest) for row in found], format)
    day = clock.now().date().isoformat()
    return QuestionExport(
        text=written.text,
        name=f"questions-{day}.{EXTENSIONS[format]}",
        format=format,
        count=len(found),
        lost=written.lost,
        notes=_notes(len(found)),
    )


def _notes(count: int) -> tuple[str, ...]:
    if count <= MAX_QUESTIONS:
        return ()
    words = _("Bringing questions in takes at most %(most)s a file. Narrow the list to split it.")
    return (words % {"most": MAX_QUESTIONS},)

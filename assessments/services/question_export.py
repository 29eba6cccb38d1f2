"""Write questions of a bank into a file of another system."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import ExchangeFormat
from assessments.exchange.filed import Filed, Goal
from assessments.exchange.formats import EXTENSIONS, write_file
from assessments.exchange.reading import MAX_QUESTIONS, Left, short
from assessments.models import Question, QuestionBank
from assessments.queries.bank import QuestionFilter, questions
from assessments.queries.content import version_content
from assessments.queries.filing import category_tree
from assessments.rules import VIEW_BANK
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import problem_of
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
    found = list(rows.prefetch_related("tags", "outcomes")[: MAX_EXPORT + 1])
    if len(found) > MAX_EXPORT:
        words = _("A file takes at most %(most)s questions. Narrow the list.")
        raise Invalid(words % {"most": MAX_EXPORT})
    whole, unready = _asked(found)
    places = _places(actor, bank, [row for row, _content in whole])
    written = write_file([content for _row, content in whole], format, places)
    day = clock.now().date().isoformat()
    return QuestionExport(
        text=written.text,
        name=f"questions-{day}.{EXTENSIONS[format]}",
        format=format,
        count=len(found),
        lost=(*unready, *written.lost),
        notes=_notes(found),
    )


def _asked(
    found: Sequence[Question],
) -> tuple[list[tuple[Question, QuestionContent]], list[Left]]:
    """The questions that can be asked, in the order of their categories, and the drafts that not.

    A file names each category once, before its questions.
    """
    whole: list[tuple[Question, QuestionContent]] = []
    unready: list[Left] = []
    for row in found:
        content = version_content(row.latest)
        problem = problem_of(content)
        if problem is None:
            whole.append((row, content))
        else:
            words = _("It is a draft that is not complete: %(why)s")
            unready.append(Left(0, short(row.text), words % {"why": problem.detail}))
    return sorted(whole, key=lambda one: one[0].category_id or 0), unready


def _places(actor: Actor, bank: QuestionBank, rows: Sequence[Question]) -> list[Filed]:
    paths = {node.row.pk: node.path for node in category_tree(actor, bank)}
    return [
        Filed(
            category=paths.get(row.category_id, ()) if row.category_id else (),
            tags=tuple(tag.name for tag in row.tags.all()),
            outcomes=tuple(Goal(one.code, one.title) for one in row.outcomes.all()),
        )
        for row in rows
    ]


def _notes(found: Sequence[Question]) -> tuple[str, ...]:
    notes: list[str] = []
    if len(found) > MAX_QUESTIONS:
        words = _(
            "Bringing questions in takes at most %(most)s a file. Narrow the list to split it."
        )
        notes.append(words % {"most": MAX_QUESTIONS})
    if any(outcome.description for row in found for outcome in row.outcomes.all()):
        notes.append(_("Learning outcomes go along with code and title, without descriptions."))
    return tuple(notes)

"""The log of an attempt in words for staff: who did what, when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import Certainty, StepKind, Verdict
from assessments.models import Attempt, AttemptStep
from assessments.queries.attempt import steps
from assessments.queries.content import version_content
from assessments.scoring.agreement import plain
from assessments.scoring.content import QuestionContent
from assessments.scoring.numbers import number_or_none
from assessments.scoring.registry import type_of, with_drawn
from lms.kernel.actors import Actor

MOST: Final = 200
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One step: what kind, at which question (None: the whole attempt), in words, when, by whom."""

    kind: str
    ordinal: int | None
    words: str
    at: datetime
    who: str


def log_lines(actor: Actor, row: Attempt) -> list[LogLine]:
    """The whole log in the order of time; two queries. Raises what `require` raises."""
    asked = _asked(row)
    return [
        LogLine(
            kind=step.get_kind_display(),
            ordinal=step.question.ordinal if step.question else None,
            words=_words(step, asked.get(step.question_id or 0)),
            at=step.at,
            who=step.actor.display_name if step.actor else "",
        )
        for step in steps(actor, row)
    ]


def _asked(row: Attempt) -> dict[int, QuestionContent]:
    parts = row.questions.select_related("version__question")
    return {part.pk: with_drawn(version_content(part.version), part.drawn) for part in parts}


def _words(step: AttemptStep, content: QuestionContent | None) -> str:
    """What a step says; nothing is left of one whose person was erased."""
    if not step.data:
        return ""
    if step.kind in {StepKind.ANSWER_SAVED, StepKind.CHECKED}:
        return _answer(step.data, content)
    return PLAIN[step.kind](step.data)


def _answer(data: Data, content: QuestionContent | None) -> str:
    answer = data.get("answer")
    if answer is None or content is None:
        return _("Answer cleared")
    said = type_of(content.kind).summary(content, answer) or str(answer)
    words = [said if len(said) <= MOST else f"{said[:MOST]}…"]
    if data.get("certainty"):
        words.append(str(Certainty(data["certainty"]).label))
    if "verdict" in data:
        words.append(_("try %(n)s") % {"n": data["tries"]})
        words.append(str(Verdict(data["verdict"]).label))
        words.append(_("%(score)s points so far") % {"score": _number(data["score"])})
    return " · ".join(words)


def _started(data: Data) -> str:
    return _until(data)


def _flagged(data: Data) -> str:
    return _("To come back to") if data["flagged"] else _("The mark is taken off")


def _extended(data: Data) -> str:
    return " · ".join(filter(None, (data.get("reason", ""), _until(data))))


def _moved(data: Data) -> str:
    return _("Page %(n)s") % {"n": data["page"]}


def _paused(data: Data) -> str:
    left = int(data["left"])
    words = ngettext("%(n)s second of break left", "%(n)s seconds of break left", left)
    return words % {"n": left}


def _resumed(data: Data) -> str:
    stood = int(data["seconds"])
    words = ngettext("It stood for %(n)s second", "It stood for %(n)s seconds", stood)
    return " · ".join(filter(None, (words % {"n": stood}, _until(data))))


def _submitted(data: Data) -> str:
    return _("The clock handed it in") if data["by_clock"] else _("Handed in by hand")


def _scored(data: Data) -> str:
    words = [_number(data["score"])]
    if "verdict" in data:
        words.append(str(Verdict(data["verdict"]).label))
    if "late_percent" in data:
        late = {"percent": _number(data["late_percent"])}
        words.append(_("%(percent)s percent off for lateness") % late)
    return " · ".join(words)


def _changed(data: Data) -> str:
    change = f"{_number(data['before'])} → {_number(data['after'])}"
    told = (change, data.get("reason", ""), data.get("comment", ""))
    return " · ".join(part[:MOST] for part in told if part)


def _until(data: Data) -> str:
    if not data.get("deadline"):
        return ""
    moment = timezone.localtime(datetime.fromisoformat(data["deadline"]))
    return _("until %(when)s") % {"when": date_format(moment, "SHORT_DATETIME_FORMAT")}


def _number(text: object) -> str:
    number = number_or_none(str(text))
    return _("none") if number is None else plain(number)


PLAIN: Final[Mapping[str, Callable[[Data], str]]] = {
    StepKind.STARTED: _started,
    StepKind.FLAGGED: _flagged,
    StepKind.EXTENDED: _extended,
    StepKind.MOVED: _moved,
    StepKind.PAUSED: _paused,
    StepKind.RESUMED: _resumed,
    StepKind.SUBMITTED: _submitted,
    StepKind.SCORED: _scored,
    StepKind.REGRADED: _changed,
    StepKind.MARKED: _changed,
    StepKind.OVERRIDDEN: _changed,
}

"""What learners did elsewhere, read from a table by a mapping, with what is wrong by its line."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

MOST_WORDS = 150
MOST_SECONDS = 86_400
HUNDRED = Decimal(100)
NEEDED = ("learner", "time")
COLUMNS = ("learner", "course", "time", "verb", "object", "score", "max_score", "seconds")


class Verb(StrEnum):
    """What was done."""

    JOINED = "joined"
    VIEWED = "viewed"
    COMPLETED = "completed"
    STARTED = "started"
    SUBMITTED = "submitted"
    SCORED = "scored"
    WROTE = "wrote"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that somebody did, `line` is where it stands. A score makes a grade as well."""

    line: int
    course: str
    learner: str
    at: datetime
    verb: Verb
    object: str = ""
    seconds: int = 0
    score: Decimal | None = None
    max_score: Decimal = HUNDRED


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot be used, and why."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which column says what; `course` is for tables without one, `verb` likewise."""

    columns: Mapping[str, str]
    verbs: Mapping[str, str] = field(default_factory=dict)
    course: str = ""
    verb: str = Verb.VIEWED
    delimiter: str = ","
    time_format: str = ""
    max_score: str = "100"


def read_mapping(text: str) -> Mapped:
    """A mapping from its JSON. Raises Invalid in words."""
    try:
        found = json.loads(text)
    except ValueError as problem:
        raise Invalid(_("The mapping is not JSON: %(why)s.") % {"why": problem}) from problem
    if not isinstance(found, dict) or not isinstance(found.get("columns"), dict):
        raise Invalid(_("The mapping needs an object “columns”."))
    known = {"columns", "verbs", "course", "verb", "delimiter", "time_format", "max_score"}
    odd = sorted({*found} - known | ({*found["columns"]} - {*COLUMNS}))
    if odd:
        raise Invalid(_("The mapping names what is not known: %(names)s.") % {"names": odd})
    missing = [name for name in NEEDED if not found["columns"].get(name)]
    if missing or not (found["columns"].get("course") or found.get("course")):
        names = missing or ["course"]
        raise Invalid(_("The mapping does not say: %(names)s.") % {"names": names})
    wrong = sorted({*found.get("verbs", {}).values(), found.get("verb", "viewed")} - {*Verb})
    if wrong:
        raise Invalid(_("These verbs are not known: %(names)s.") % {"names": wrong})
    return Mapped(**found)


def read_acts(path: Path, mapped: Mapped, now: datetime) -> Iterator[Act | Refused]:
    """The lines of a table as acts. Raises Invalid when a column of the mapping is missing."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as lines:
        rows = csv.DictReader(lines, delimiter=mapped.delimiter)
        missing = sorted({*mapped.columns.values()} - {*(rows.fieldnames or ())})
        if missing:
            raise Invalid(_("The table has no column %(names)s.") % {"names": ", ".join(missing)})
        for row in rows:
            try:
                yield _act(row, mapped, rows.line_num, now)
            except ValueError as problem:
                yield Refused(rows.line_num, str(problem))


def _act(row: Mapping[str, Any], mapped: Mapped, line: int, now: datetime) -> Act:
    def cell(name: str) -> str:
        return str(row.get(mapped.columns.get(name, ""), "") or "").strip()

    course, learner = cell("course") or mapped.course, cell("learner")
    if not learner:
        raise ValueError(_("there is no learner"))
    if not course:
        raise ValueError(_("there is no course"))
    verb = mapped.verb if "verb" not in mapped.columns else cell("verb")
    verb = mapped.verbs.get(verb, verb)
    if verb not in {*Verb}:
        raise ValueError(_("“%(word)s” is no verb of the mapping") % {"word": verb[:50]})
    score = _number(cell("score")) if cell("score") else None
    if score is None and verb == Verb.SCORED:
        raise ValueError(_("there is no score"))
    if score is not None and not cell("object"):
        raise ValueError(_("there is a score and nothing that it is for"))
    return Act(
        line=line,
        course=course[:MOST_WORDS],
        learner=learner[:MOST_WORDS],
        at=_moment(cell("time"), mapped.time_format, now),
        verb=Verb(verb),
        object=cell("object")[:MOST_WORDS],
        seconds=min(max(int(_number(cell("seconds") or "0")), 0), MOST_SECONDS),
        score=score,
        max_score=_number(cell("max_score") or mapped.max_score),
    )


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > 1_000_000:
        raise ValueError(_("“%(text)s” is no number") % {"text": text[:50]})
    return found.quantize(Decimal("0.0001"))


def _moment(text: str, form: str, now: datetime) -> datetime:
    try:
        if form:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is set below
        elif text.replace(".", "", 1).isdigit():
            found = datetime.fromtimestamp(float(text), UTC)
        else:
            found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as problem:
        raise ValueError(_("“%(text)s” is no time") % {"text": text[:50]}) from problem
    at = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not 1970 <= at.year <= now.year or at > now:
        raise ValueError(_("“%(text)s” lies in the future or before 1970") % {"text": text[:50]})
    return at.astimezone(UTC)

"""What a question is, apart from any table.

`QuestionContent` is one flat record for all types; each type uses its own fields and ignores the
others. `checked` refuses what cannot be asked. What a learner may see (`body_of`) and what scores
the answer (`key_of`) are stored apart, so that a reader without the key cannot leak it (Z5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import Difficulty, QuestionKind, ToleranceKind
from lms.kernel.errors import Invalid
from lms.kernel.text import require_text

MAX_STEM = 20_000
MAX_TEXT = 2_000
MAX_OPTIONS = 20
MAX_ACCEPTED = 50
MAX_ACCEPTED_LENGTH = 200
MAX_POINTS = Decimal(500)
POINT_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `text` and `feedback` are Markdown; an empty `id` is filled by `with_ids`."""

    text: str
    correct: bool = False
    feedback: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """A question of any type.

    `stem` and `explanation` are Markdown. `options` serve the choice types (`partial_credit` only
    multiple choice), `truth` serves true_false, `accepted`, `match_case` and `match_accents` serve
    short_answer, `value`, `tolerance`, `tolerance_kind` and `unit` serve numeric. A relative
    tolerance is a share: 0.05 means five per cent of the value.
    """

    kind: QuestionKind
    stem: str
    options: tuple[Option, ...] = ()
    partial_credit: bool = False
    truth: bool | None = None
    accepted: tuple[str, ...] = ()
    match_case: bool = False
    match_accents: bool = True
    value: str = ""
    tolerance: str = "0"
    tolerance_kind: ToleranceKind = ToleranceKind.ABSOLUTE
    unit: str = ""
    explanation: str = ""
    points: Decimal = Decimal(1)
    difficulty: Difficulty | None = None

    def option(self, option_id: str) -> Option | None:
        """The option of that id, if there is one."""
        return next((o for o in self.options if o.id == option_id), None)


def with_ids(content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
    """The content with an id on every option; present ids stay, so revisions stay comparable."""
    options = tuple(o if o.id else replace(o, id=new_id()) for o in content.options)
    return replace(content, options=options)


def check_shared(content: QuestionContent) -> None:
    """Raise Invalid for what no type allows: no stem, odd points, control characters."""
    if not content.stem.strip():
        raise Invalid(_("Write the question."), field="stem")
    check_text(content.stem, field="stem", limit=MAX_STEM)
    check_text(content.explanation, field="explanation", limit=MAX_STEM)
    check_points(content.points)


def check_points(points: Decimal, *, field: str = "points") -> None:
    """Raise Invalid unless 0 < points <= 500 with at most four decimals."""
    exponent = points.as_tuple().exponent
    if not points.is_finite() or not 0 < points <= MAX_POINTS:
        raise Invalid(_("Points lie above 0 and go up to 500."), field=field)
    if isinstance(exponent, int) and exponent < -POINT_DECIMALS:
        raise Invalid(_("Points have at most four decimals."), field=field)


def check_text(text: str, *, field: str, limit: int = MAX_TEXT) -> None:
    """Raise Invalid for text that is too long or that a database cannot hold (C4)."""
    require_text(text, field=field, max_length=limit)


def body_of(content: QuestionContent, render: Callable[[str], str]) -> dict[str, Any]:
    """What a learner may see besides the stem; `render` turns Markdown into clean HTML."""
    body: dict[str, Any] = {
        "options": [{"id": o.id, "text": o.text, "html": render(o.text)} for o in content.options]
    }
    if content.kind == QuestionKind.NUMERIC:
        body["unit"] = content.unit
    return body


def key_of(content: QuestionContent) -> dict[str, Any]:
    """What scores an answer: never shown before review. Only the type's own fields are kept."""
    match content.kind:
        case QuestionKind.TRUE_FALSE:
            return {"truth": content.truth}
        case QuestionKind.SHORT_ANSWER:
            return {
                "accepted": list(content.accepted),
                "match_case": content.match_case,
                "match_accents": content.match_accents,
            }
        case QuestionKind.NUMERIC:
            return {
                "value": content.value,
                "tolerance": content.tolerance,
                "tolerance_kind": str(content.tolerance_kind),
            }
    return {
        "correct": [o.id for o in content.options if o.correct],
        "feedback": {o.id: o.feedback for o in content.options if o.feedback},
        "partial_credit": content.partial_credit,
    }


def content_of(
    *,
    kind: str,
    stem: str,
    body: Mapping[str, Any],
    key: Mapping[str, Any],
    explanation: str = "",
    points: Decimal = Decimal(1),
    difficulty: str = "",
) -> QuestionContent:
    """The content that `body_of` and `key_of` took apart."""
    correct, feedback = set(key.get("correct", ())), key.get("feedback", {})
    return QuestionContent(
        kind=QuestionKind(kind),
        stem=stem,
        options=tuple(
            Option(
                id=o["id"],
                text=o["text"],
                correct=o["id"] in correct,
                feedback=feedback.get(o["id"], ""),
            )
            for o in body.get("options", ())
        ),
        partial_credit=bool(key.get("partial_credit", False)),
        truth=key.get("truth"),
        accepted=tuple(key.get("accepted", ())),
        match_case=bool(key.get("match_case", False)),
        match_accents=bool(key.get("match_accents", True)),
        value=str(key.get("value", "")),
        tolerance=str(key.get("tolerance", "0")),
        tolerance_kind=ToleranceKind(key.get("tolerance_kind", ToleranceKind.ABSOLUTE)),
        unit=str(body.get("unit", "")),
        explanation=explanation,
        points=points,
        difficulty=Difficulty(difficulty) if difficulty else None,
    )

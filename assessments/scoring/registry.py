"""Find the type of a question, and do with content what each type does its own way."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import count
from typing import Any, Final

from assessments.enums import Difficulty, QuestionKind
from assessments.scoring.cloze import Cloze
from assessments.scoring.code import CodeType
from assessments.scoring.content import QuestionContent, check_shared
from assessments.scoring.drag_words import DragWords
from assessments.scoring.essay import EssayType
from assessments.scoring.file_upload import FileUploadType
from assessments.scoring.formula import FormulaType
from assessments.scoring.hotspot import Hotspot
from assessments.scoring.kinds import Answer, QuestionType, Render
from assessments.scoring.matching import Matching
from assessments.scoring.multiple_choice import MultipleChoice
from assessments.scoring.numeric import Numeric
from assessments.scoring.ordering import Ordering
from assessments.scoring.short_answer import ShortAnswer
from assessments.scoring.single_choice import SingleChoice
from assessments.scoring.true_false import TrueFalse
from lms.kernel.errors import Invalid
from lms.kernel.text import require_clean

TYPES: Final[tuple[QuestionType, ...]] = (
    SingleChoice(),
    MultipleChoice(),
    TrueFalse(),
    ShortAnswer(),
    Numeric(),
    Matching(),
    Ordering(),
    EssayType(),
    Cloze(),
    DragWords(),
    FormulaType(),
    Hotspot(),
    FileUploadType(),
    CodeType(),
)
_BY_KIND: Final[dict[QuestionKind, QuestionType]] = {one.kind: one for one in TYPES}
HINTS: Final = "hints"  # in the key, beside what the type keeps there
MAX_DRAFT: Final = 200_000


def type_of(kind: QuestionKind | str) -> QuestionType:
    """The type's functions."""
    return _BY_KIND[QuestionKind(kind)]


def checked(content: QuestionContent) -> QuestionContent:
    """The same content when it can be asked and scored; raises Invalid naming the field."""
    check_shared(content)
    type_of(content.kind).check(content)
    return content


def problem_of(content: QuestionContent) -> Invalid | None:
    """What keeps the content from being asked and scored; None when it is complete."""
    try:
        checked(content)
    except Invalid as problem:
        return problem
    return None


def drafted(content: QuestionContent) -> QuestionContent:
    """The same content when it can be kept for later although it may not be complete.

    Raises Invalid, as `checked` does, when it has no stem, is longer than 200,000 characters, or
    would not come out of the tables as it went in.
    """
    check_shared(content)
    problem = problem_of(content)
    if problem is not None and not _is_kept_whole(content):
        raise problem
    return content


def _is_kept_whole(content: QuestionContent) -> bool:
    numbers = count()
    try:
        named = with_ids(content, lambda: str(next(numbers)))
        stored = require_clean({"body": body_of(named, str), "key": key_of(named)})
        written = json.dumps(stored)
        again = content_of(
            kind=named.kind,
            stem=named.stem,
            explanation=named.explanation,
            points=named.points,
            difficulty=named.difficulty or "",
            **json.loads(written),
        )
    except (Invalid, LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
        return False
    return len(written) <= MAX_DRAFT and again == named


def with_ids(content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
    """The content with an id on all that answers name; present ids stay, so revisions compare."""
    return type_of(content.kind).with_ids(content, new_id)


def without_ids(content: QuestionContent) -> QuestionContent:
    """The content with no ids, for a copy."""
    return type_of(content.kind).without_ids(content)


def body_of(content: QuestionContent, render: Render) -> dict[str, Any]:
    """What a learner may see besides the stem; `render` turns Markdown into clean HTML."""
    return type_of(content.kind).body(content, render)


def key_of(content: QuestionContent) -> dict[str, Any]:
    """What scores an answer, never shown before review, and the hints, shown when asked for."""
    key = type_of(content.kind).key(content)
    return {**key, HINTS: list(content.hints)} if content.hints else key


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
    return QuestionContent(
        kind=QuestionKind(kind),
        stem=stem,
        explanation=explanation,
        hints=tuple(key.get(HINTS, ())),
        points=points,
        difficulty=Difficulty(difficulty) if difficulty else None,
        **type_of(kind).fields(body, key),
    )


def with_drawn(content: QuestionContent, drawn: Mapping[str, Any] | None) -> QuestionContent:
    """The content as an attempt asks it: with what was drawn for it."""
    return type_of(content.kind).with_drawn(content, drawn) if drawn else content


def sampled(content: QuestionContent) -> QuestionContent:
    """The content as some attempt might ask it, for a preview or to try an answer."""
    samples = type_of(content.kind).samples(content, 1)
    return with_drawn(content, samples[0].drawn) if samples else content


def read_answer(content: QuestionContent, raw: object) -> Answer:
    """The answer in its stored form; None clears it. Raises Invalid(field="answer")."""
    return None if raw is None else type_of(content.kind).read(content, raw)

"""When two questions ask the same."""

import hashlib
import json
from dataclasses import replace
from itertools import count

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import body_of, key_of, with_ids, without_ids

CHOICES = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE)


def fingerprint(content: QuestionContent) -> str:
    """A hash that is equal for questions of one type with the same words and the same key.

    White space, points, difficulty, feedback, explanation and hints make no difference, nor does
    the order of options to choose from.
    """
    content = without_ids(replace(content, hints=()))
    options = [replace(o, text=_folded(o.text), feedback="") for o in content.options]
    if content.kind in CHOICES:
        options.sort(key=lambda option: (option.text, option.correct))
    numbers = count()
    plain = with_ids(replace(content, options=tuple(options)), lambda: str(next(numbers)))
    said = [plain.kind, _folded(plain.stem), body_of(plain, _nothing), key_of(plain)]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _folded(text: str) -> str:
    return " ".join(text.split())


def _nothing(_text: str) -> str:
    return ""

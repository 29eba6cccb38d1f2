"""Answers in the order they were given, read from outside tables."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from analytics.scoring.outside import MISSING, is_number, read_records
from lms.kernel.errors import Invalid

COLUMNS = ("learner", "skill", "item", "correct", "position")


@dataclass(frozen=True, slots=True)
class Answer:
    """A learner's answer to an item of a skill; `position` orders the answers of a learner."""

    learner: str
    skill: str
    item: str
    correct: bool
    position: float


def read_answers(path: Path) -> list[Answer]:
    """The answers of a CSV file, by learner and position.

    Raises Invalid naming the row for anything but 0 and 1 in `correct` or a broken position.
    """
    found = []
    for number, row in enumerate(read_records(path, COLUMNS), 1):
        right = row["correct"].strip().lower()
        if right not in {"0", "1", "0.0", "1.0", "true", "false"}:
            text = _("Row %(row)d: correct is 0 or 1, not %(value)s.")
            words = text % {"row": number, "value": row["correct"][:40]}
            raise Invalid(words, field=f"rows[{number}].correct")
        if not is_number(row["position"]) or row["position"].strip().lower() in MISSING:
            text = _("Row %(row)d: position must be a number.")
            raise Invalid(text % {"row": number}, field=f"rows[{number}].position")
        found.append(
            Answer(
                row["learner"],
                row["skill"],
                row["item"],
                right in {"1", "1.0", "true"},
                float(row["position"]),
            )
        )
    return in_order(found)


def in_order(answers: Iterable[Answer]) -> list[Answer]:
    """By learner, and of each by position; those at one position stay as they came."""
    return sorted(answers, key=lambda one: (one.learner, one.position))


def by_skill(answers: Sequence[Answer]) -> dict[str, list[list[bool]]]:
    """The sequences of right and wrong of each skill, one per learner."""
    found: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for one in answers:
        found[one.skill][one.learner].append(one.correct)
    return {skill: list(learners.values()) for skill, learners in found.items()}

"""What evaluation is measured on: passages, planted questions and marked work, all invented.

The files lie in `ai/evaluation/`. A planted question is one line: `passage | stem | key | wrong /
wrong / wrong | first words of the sentence that is cited`.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ai.enums import QuestionKind
from ai.gateway.provider import GeneratedQuestion, Option
from ai.gateway.short_answers import Reference
from ai.gateway.text import sentences
from assessments.scoring.rubric import Criterion, criteria_of

FOLDER = Path(__file__).resolve().parents[1] / "evaluation"


@dataclass(frozen=True, slots=True)
class Planted:
    """A question written by hand, with its passage and, for a duplicate, what it repeats."""

    passage: str
    question: GeneratedQuestion
    repeats: GeneratedQuestion | None = None


@dataclass(frozen=True, slots=True)
class MarkedWork:
    """A text with the ids of the levels that a person gave it, by criterion."""

    text: str
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """A short answer with what is accepted, and whether a person would take it."""

    answer: str
    references: tuple[Reference, ...]
    right: bool


@lru_cache(maxsize=1)
def passages() -> dict[str, str]:
    """The five passages by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_passage_files())}


def good() -> list[Planted]:
    """Questions that ought to pass."""
    return [_planted(line) for line in _read("planted")["good"]]


def faults() -> dict[str, list[Planted]]:
    """Questions that ought to be stopped, by the name of their fault."""
    data = _read("planted")
    found = {name: [_planted(one) for one in lines] for name, lines in data["planted"].items()}
    found["duplicate in other words"] = [
        _duplicate(data["good"][one["of"]], one["stem"]) for one in data["duplicates"]
    ]
    return found


def marked_works() -> tuple[tuple[Criterion, ...], list[MarkedWork]]:
    """A rubric, and works marked by it."""
    data = _read("marking")
    works = [MarkedWork(one["text"], one["levels"]) for one in data["works"]]
    return criteria_of(data["criteria"]), works


def marked_answers() -> list[MarkedAnswer]:
    """Short answers with a person's verdict."""
    found = []
    for asked in _read("marking")["questions"]:
        references = tuple(Reference(text, Decimal(1)) for text in asked["accepted"])
        for right, answers in ((True, asked["right"]), (False, asked["wrong"])):
            found += [MarkedAnswer(answer, references, right) for answer in answers]
    return found


def _passage_files() -> list[Path]:
    return list((FOLDER / "passages").glob("*.txt"))


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _duplicate(line: str, stem: str) -> Planted:
    """A good question, and the same in other words."""
    passage, _stem, *rest = line.split(" | ")
    first = _planted(line)
    second = _planted(" | ".join([passage, stem, *rest]))
    return Planted(passage, second.question, first.question)


def _planted(line: str) -> Planted:
    passage, stem, key, wrong, start = line.split(" | ")
    cited = next(one for one in sentences(passages()[passage]) if one.startswith(start))
    options = [Option(key, right=True), *(Option(one, right=False) for one in wrong.split(" / "))]
    kind = QuestionKind.SINGLE_CHOICE
    return Planted(passage, GeneratedQuestion(kind, stem, key, (cited,), options=tuple(options)))

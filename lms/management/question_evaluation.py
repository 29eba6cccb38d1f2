"""Generating questions from a folder of passages, and counting what the gate says of them."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.management.intervals import as_json
from lms.management.near_duplicates import near_duplicates
from lms.management.stories import SUFFIX, read_story

if TYPE_CHECKING:
    from ai.enums import QuestionKind
    from ai.gateway.embeddings import Embedder
    from ai.gateway.generation import CheckedQuestion
    from ai.gateway.provider import Provider
    from ai.gateway.surroundings import Judge

NEEDS_PASSAGE = "needs_passage"
CHOICES = frozenset({"single_choice", "multiple_choice"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to ask about, by the name of its file."""

    name: str
    text: str


@dataclass(slots=True)
class QuestionReport:
    """Every question that was made, with its verdict, and the counts over all of them."""

    asked: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Counts first, then every question."""
        return {**self.summary(), "items": self.rows}

    def summary(self) -> dict[str, Any]:
        """Shares with Wilson's interval: yield per provider, and what holds after the gate."""
        kept = [row for row in self.rows if row["accepted"]]
        judged = [row for row in kept if _is_judged(row)]
        by = sorted({row["provider"] for row in self.rows})
        return {
            "asked": self.asked,
            "generated": len(self.rows),
            "accepted": len(kept),
            "yield": {
                name: as_json(
                    sum(1 for row in kept if row["provider"] == name),
                    sum(1 for row in self.rows if row["provider"] == name),
                )
                for name in by
            },
            "after_the_gate": {
                "schema_valid": as_json(_passing(kept, "schema"), len(kept)),
                "one_key": as_json(sum(_has_one_key(row) for row in kept), len(kept)),
                "span_in_source": as_json(sum(row["span_in_source"] for row in kept), len(kept)),
                "near_duplicates": near_duplicates(kept),
            },
            "needs_passage": as_json(_passing(judged, NEEDS_PASSAGE), len(judged)),
            "not_judged": len(kept) - len(judged),
            "stopped_by": dict(
                Counter(row["stopped_by"] for row in self.rows if row["stopped_by"])
            ),
            "remarks": dict(self.remarks),
        }


def read_passages(folder: Path, *, most: int = 0, seed: int = 1) -> list[Passage]:
    """Every .txt of a folder that says something, and every section of its stories, by name.

    Stories are files as FairytaleQA has them, in the folder or in `stories` inside it. With `most`
    so many are drawn by chance, the same ones for the same seed. Raises OSError, StoryError.
    """
    found = [*_texts(folder), *_sections(folder), *_sections(folder / "stories")]
    if not most or most >= len(found):
        return found
    rng = random.Random(seed)  # noqa: S311 - a repeatable choice, guards nothing
    return sorted(rng.sample(found, most), key=lambda passage: passage.name)


def _sections(folder: Path) -> list[Passage]:
    """Sections of the stories of a folder."""
    return [
        Passage(f"{path.stem.removesuffix(SUFFIX)} {number}", text)
        for path in sorted(folder.glob(f"*{SUFFIX}.csv"))
        for number, text in enumerate(read_story(path).sections, 1)
    ]


def _texts(folder: Path) -> list[Passage]:
    files = sorted(path for path in folder.iterdir() if path.suffix == ".txt")
    found = (Passage(path.name, path.read_text(encoding="utf-8")) for path in files)
    return [passage for passage in found if passage.text.strip()]


def evaluate(
    passages: Sequence[Passage],
    providers: "Sequence[Provider]",
    *,
    kind: "QuestionKind",
    count: int,
    embedder: "Embedder",
    judge: "Judge | None" = None,
) -> QuestionReport:
    """Ask for `count` questions of each passage; nothing is stored."""
    from ai.gateway.generation import generate
    from ai.gateway.provider import QuestionRequest

    report = QuestionReport()
    for passage in passages:
        request = QuestionRequest(passage.text, kind, count, seed=1)
        batch = generate(request, providers, embedder=embedder, judge=judge)
        report.asked += count
        report.rows += [_row(passage, item, accepted=True) for item in batch.items]
        report.rows += [_row(passage, item, accepted=False) for item in batch.dropped]
        report.remarks.update(batch.remarks)
    return report


def _row(passage: Passage, item: "CheckedQuestion", *, accepted: bool) -> dict[str, Any]:
    question = item.question
    stopped = next((c.name for c in item.checks if c.blocking and not c.passed), None)
    return {
        "passage": passage.name,
        "accepted": accepted,
        "kind": question.kind.value,
        "stem": question.stem,
        "answer": question.answer,
        "options": [{"text": o.text, "right": o.right} for o in question.options],
        "accepted_answers": list(question.accepted),
        "evidence": list(question.evidence),
        "span_in_source": all(_stands_in(text, passage.text) for text in question.evidence),
        "provider": item.provider,
        "model": item.model,
        "prompt_version": item.prompt_version,
        "stopped_by": stopped,
        "checks": [
            {"name": c.name, "passed": c.passed, "judged": c.judged, "detail": c.detail}
            for c in item.checks
        ],
    }


def _stands_in(evidence: str, source: str) -> bool:
    """Letter for letter, white space apart."""
    return " ".join(evidence.split()) in " ".join(source.split())


def _passing(rows: list[dict[str, Any]], name: str) -> int:
    return sum(c["passed"] for row in rows for c in row["checks"] if c["name"] == name)


def _has_one_key(row: dict[str, Any]) -> bool:
    """One option is right; for kinds without options there is an answer."""
    if row["kind"] not in CHOICES:
        return bool(row["answer"])
    right = sum(option["right"] for option in row["options"])
    return bool(right == 1 if row["kind"] == "single_choice" else right >= 1)


def _is_judged(row: dict[str, Any]) -> bool:
    return any(c["judged"] for c in row["checks"] if c["name"] == NEEDS_PASSAGE)

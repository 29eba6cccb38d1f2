"""Questions that ask the same, seen by another measure than the one that the gate goes by.

The gate compares sets of words, evidence and vectors. Here whole facts are compared letter by
letter: the stem with its key in place of the gap, or behind it, by the longest runs that two have
in common (Ratcliff and Obershelp 1988, as `difflib` has it).
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from lms.management.intervals import as_json

# Two facts of which so much is the same, letter by letter, ask the same.
SAME = 0.85
# What stands for the key in a stem.
_GAP = re.compile(r"_{3,}")


def fact(row: dict[str, Any]) -> str:
    """A question with its answer, as one line in small letters."""
    stem, answer = str(row["stem"]), str(row["answer"])
    filled, gaps = _GAP.subn(lambda _gap: answer, stem)
    whole = filled if gaps else f"{stem} {answer}"
    return " ".join(whole.casefold().split())


def near_duplicates(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many questions are like an earlier one, whatever passage they are of, with the pairs."""
    pairs = []
    facts = [fact(row) for row in rows]
    for at, one in enumerate(facts):
        earlier = next((text for text in facts[:at] if _alike(one, text)), None)
        if earlier is not None:
            pairs.append([earlier, one])
    return {**as_json(len(pairs), len(rows)), "pairs": pairs}


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < SAME or matcher.quick_ratio() < SAME:
        return False
    return matcher.ratio() >= SAME

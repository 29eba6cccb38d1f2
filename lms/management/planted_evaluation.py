"""Questions with a planted fault, and good ones: what the gate makes of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lms.management.intervals import as_json

if TYPE_CHECKING:
    from ai.gateway.corpus import Planted
    from ai.gateway.embeddings import Embedder


def evaluate_planted(embedder: "Embedder") -> dict[str, Any]:
    """Share caught for each fault and over all, and the share of good ones that passed."""
    from ai.gateway import corpus

    faults = corpus.faults()
    through = {name: _through(items, embedder) for name, items in faults.items()}
    good, passed = corpus.good(), _through(corpus.good(), embedder)
    many = sum(len(items) for items in faults.values())
    slipped = sum(len(stems) for stems in through.values())
    return {
        "caught": as_json(many - slipped, many),
        "by_fault": {
            name: as_json(len(items) - len(through[name]), len(items))
            for name, items in faults.items()
        },
        "good_passed": as_json(len(passed), len(good)),
        "not_caught": {name: stems for name, stems in through.items() if stems},
    }


def _through(items: "Sequence[Planted]", embedder: "Embedder") -> list[str]:
    """The stems that no blocking check stops."""
    from ai.gateway.checks import Known, Surroundings, acceptable, examine
    from ai.gateway.corpus import passages

    found = []
    for one in items:
        first = one.repeats
        known = [] if first is None else [Known(first.stem, first.answer, first.evidence)]
        around = Surroundings(passages()[one.passage], known, embedder)
        if acceptable(examine(one.question, around)):
            found.append(one.question.stem)
    return found

"""The risk model that comes with Cairn, for courses that have no results of their own yet.

`manage.py train_risk` wrote it from the open data of the Open University (Kuzilek, Hlosta & Zdrahal
2017, Scientific Data 4:170171, CC BY 4.0); the card beside it says from what and how well it tells.
"""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from analytics.scoring.risk.model import RiskModel

FOLDER = Path(__file__).parent / "shipped"
MODEL = FOLDER / "oulad.json.gz"
CARD = FOLDER / "oulad.card.json"
# One model for the whole course: each learner is seen every third week.
DAYS = tuple(float(day) for day in range(14, 225, 21))


@cache
def shipped_model() -> RiskModel:
    """The model, read once per process."""
    return RiskModel.of_json(gzip.decompress(MODEL.read_bytes()).decode())


def shipped_card() -> dict[str, Any]:
    """From what it was learnt and its figures on runs that were held out."""
    card: dict[str, Any] = json.loads(CARD.read_text(encoding="utf-8"))
    return card

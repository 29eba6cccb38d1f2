"""The LSAT6 data with its published figures; `data/README.md` names the source."""

import csv
from pathlib import Path

# The figures of the R package `ltm` (descript).
FACILITY = [0.924, 0.709, 0.553, 0.763, 0.870]
ITEM_TOTAL = [0.3620, 0.5668, 0.6184, 0.5344, 0.4354]
CORRECTED = [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
ALPHA = 0.2950
ALPHA_WITHOUT = [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]


def patterns() -> dict[str, int]:
    """How many of the 1,000 people gave which answers, such as "10111"."""
    path = Path(__file__).parent / "data" / "lsat6.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["pattern"]: int(row["learners"]) for row in csv.DictReader(file)}


def four(values: list[float | None]) -> list[float]:
    """To four decimals; every figure is there."""
    return [round(value, 4) for value in values if value is not None]

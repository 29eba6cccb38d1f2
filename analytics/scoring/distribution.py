"""A distribution of scores in ten bins of ten percent."""

from dataclasses import dataclass, field

BINS = 10


@dataclass(slots=True)
class Distribution:
    """Scores as shares 0..1. A bin holds its lower edge; the last one also holds full marks."""

    n: int = 0
    total: float = 0.0
    bins: list[int] = field(default_factory=lambda: [0] * BINS)

    def add(self, share: float) -> None:
        """Count one score."""
        self.n += 1
        self.total += share
        self.bins[bin_of(share)] += 1

    @property
    def mean(self) -> float | None:
        """The mean share, None of nothing."""
        return self.total / self.n if self.n else None


def bin_of(share: float) -> int:
    """The bin of a share: 0.0 to below 0.1 is 0, ..., 0.9 to 1.0 is 9."""
    # The nudge puts 0.3 into its own bin, whose double times ten is just below three.
    return min(BINS - 1, max(0, int(share * BINS + 1e-9)))

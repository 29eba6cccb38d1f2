"""k-means on a sample of rows, and how well its groups hold, in NumPy alone.

Written for a few thousand rows: scikit-learn would take longer to load than this takes to run, and
more memory than all rows of a large table.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

MOST_STEPS = 100
# Rows whose distances are held at once.
CHUNK = 20_000


def kmeans(rows: "Floats", k: int, *, starts: int, seed: int) -> "Floats":
    """The centres of the best of several starts (Lloyd 1982; Arthur & Vassilvitskii 2007)."""
    import numpy as np

    rng = np.random.default_rng(seed)
    found = [_settled(rows, _spread(rows, k, rng)) for _start in range(starts)]
    return min(found, key=lambda one: one[1])[0]


def nearest(rows: "Floats", centres: "Floats") -> "Labels":
    """The nearest centre of each row; the first of those equally near."""
    import numpy as np

    found = np.zeros(len(rows), dtype=np.int64)
    size = (centres**2).sum(axis=1)[:, None]
    for start in range(0, len(rows), CHUNK):
        # Centre by centre: twice as fast as the least of each column.
        away = size - 2 * (centres @ rows[start : start + CHUNK].T)
        least, mine = away[0], found[start : start + CHUNK]
        for label in range(1, len(centres)):
            nearer = away[label] < least
            mine[nearer] = label
            least = np.minimum(least, away[label])
    return found


def _spread(rows: "Floats", k: int, rng: "np.random.Generator") -> "Floats":
    """First centres far from each other, by the best of a few draws each (k-means++)."""
    import numpy as np

    centres = [rows[rng.integers(len(rows))]]
    away = ((rows - centres[0]) ** 2).sum(axis=1)
    for _more in range(1, k):
        total = away.sum()
        if total <= 0:
            centres.append(rows[rng.integers(len(rows))])
            continue
        drawn = rng.choice(len(rows), 2 + int(np.log(k)), p=away / total)
        tries = [np.minimum(away, ((rows - rows[at]) ** 2).sum(axis=1)) for at in drawn]
        best = int(np.argmin([one.sum() for one in tries]))
        centres.append(rows[drawn[best]])
        away = tries[best]
    return np.array(centres)


def _settled(rows: "Floats", centres: "Floats") -> "tuple[Floats, float]":
    """The centres when no row changes its group any more, and the squared distances to them."""
    import numpy as np

    labels = nearest(rows, centres)
    for _step in range(MOST_STEPS):
        counts = np.bincount(labels, minlength=len(centres))
        moved = centres.copy()
        for column in range(rows.shape[1]):
            sums = np.bincount(labels, weights=rows[:, column], minlength=len(centres))
            # A centre that lost all its rows stays where it was.
            moved[:, column] = np.where(counts, sums / np.maximum(counts, 1), centres[:, column])
        centres = moved
        again = nearest(rows, centres)
        if (again == labels).all():
            break
        labels = again
    return centres, float(((rows - centres[labels]) ** 2).sum())


def silhouette(rows: "Floats", labels: "Labels") -> float:
    """The mean silhouette (Rousseeuw 1987), -1..1; a row alone in its group counts 0."""
    import numpy as np

    squares = (rows**2).sum(axis=1)
    away = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0.0))
    members = (labels[:, None] == np.unique(labels)[None, :]).astype(float)
    counts = members.sum(axis=0)
    sums, mine = away @ members, members.argmax(axis=1)
    at = np.arange(len(rows))
    within = sums[at, mine] / np.maximum(counts[mine] - 1, 1)
    means = sums / counts
    means[at, mine] = np.inf
    between = means.min(axis=1)
    widths = (between - within) / np.maximum(np.maximum(between, within), 1e-300)
    return float(np.where(counts[mine] > 1, widths, 0.0).mean())


def agreement(one: "Labels", other: "Labels") -> float:
    """The adjusted Rand index of two groupings (Hubert & Arabie 1985); 1 for the same."""
    import numpy as np

    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (one, other), 1)

    def pairs(counts: "Floats") -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, left, right = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    chance = left * right / max(pairs(np.array([float(len(one))])), 1.0)
    middle = (left + right) / 2
    return (both - chance) / (middle - chance) if middle != chance else 1.0

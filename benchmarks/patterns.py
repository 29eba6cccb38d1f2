"""Groups of 100,000 rows by the patterns service beside plain scikit-learn, in one run."""

import os
import resource
import subprocess
import sys
import time

import numpy as np

ROWS, GROUPS = 100_000, 3
COLUMNS = ("minutes", "completion", "regularity", "recency", "messages", "performance")
CENTRES = (
    (600, 0.90, 0.8, 2, 30, 85),
    (300, 0.50, 0.5, 9, 10, 65),
    (60, 0.10, 0.2, 40, 1, 40),
)
SPREAD = (60, 0.07, 0.08, 3, 3, 7)


def planted() -> "tuple[np.ndarray, np.ndarray]":
    """Rows of three planted groups, and the group of each."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, GROUPS, ROWS)
    return np.array(CENTRES)[truth] + rng.normal(size=(ROWS, len(COLUMNS))) * SPREAD, truth


def main() -> list[str]:
    """Lines of a Markdown table, measured in a process of their own: memory is a peak of it."""
    setting = {"LMS_MODE": "test", "DJANGO_SETTINGS_MODULE": "lms.settings"}
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.patterns"],
        env={**os.environ, **setting},
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.splitlines()


def measured() -> list[str]:
    """Seconds of both, the ratio, agreement and peak memory."""
    import django
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    django.setup()
    from analytics.scoring.grouping import group

    table, truth = planted()
    group(table[:500], COLUMNS, GROUPS)  # Imports and warms up.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = []
    for _round in range(5):
        began = time.perf_counter()
        found = group(table, COLUMNS, GROUPS)
        took.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = sorted(took)[2]
    began = time.perf_counter()
    raw = KMeans(n_clusters=GROUPS, n_init=10, random_state=0).fit(table).labels_
    theirs = time.perf_counter() - began
    agreement = adjusted_rand_score(truth, found.labels)
    return [
        "| rows | ours, s | KMeans(n_init=10), s | ratio | ARI ours | ARI raw | added MB | MB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        (
            f"| {ROWS} | {ours:.3f} | {theirs:.3f} | {theirs / ours:.1f} | {agreement:.4f}"
            f" | {adjusted_rand_score(truth, raw):.4f} | {(peak - before) / 1024:.0f}"
            f" | {peak / 1024:.0f} |"
        ),
    ]


if __name__ == "__main__":
    # Started by hand as by `main`.
    os.environ.setdefault("LMS_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    sys.stdout.write("\n".join(measured()) + "\n")

"""k-means, silhouette and agreement of our own beside scikit-learn."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from analytics.scoring.lloyd import agreement, kmeans, nearest, silhouette


def rows(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(600, 3)) + rng.integers(0, 3, 600)[:, None] * [2.0, -1.0, 3.0]


@pytest.mark.parametrize("k", [2, 3, 5])
def test_centres_are_as_good_as_those_of_the_library(k: int) -> None:
    table = rows(k)
    centres = kmeans(table, k, starts=8, seed=1)
    spread = float(((table - centres[nearest(table, centres)]) ** 2).sum())
    assert spread <= KMeans(k, n_init=10, random_state=0).fit(table).inertia_ * 1.005


def test_silhouette_and_agreement_are_those_of_the_library() -> None:
    table = rows(9)
    one = nearest(table, kmeans(table, 3, starts=4, seed=1))
    other = nearest(table, kmeans(table[:200], 4, starts=4, seed=1))
    assert silhouette(table, one) == pytest.approx(float(silhouette_score(table, one)), abs=1e-9)
    assert agreement(one, other) == pytest.approx(float(adjusted_rand_score(one, other)), abs=1e-12)
    assert agreement(one, one) == 1.0


def test_row_alone_in_its_group_counts_nothing() -> None:
    table = np.array([[0.0], [0.1], [9.0]])
    labels = np.array([0, 0, 1])
    assert silhouette(table, labels) == pytest.approx(float(silhouette_score(table, labels)))


def test_equal_rows_do_not_stop_the_start() -> None:
    centres = kmeans(np.ones((10, 2)), 3, starts=2, seed=1)
    assert (centres == 1.0).all()

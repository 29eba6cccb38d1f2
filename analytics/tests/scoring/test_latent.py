"""Latent models against the published figures of LSAT6 and against simulated answers."""

import numpy as np
import pytest

from analytics.scoring.item_report import item_report
from analytics.scoring.latent.marginal import compress, fit
from analytics.scoring.latent.report import latent_report
from analytics.tests.lsat import ALPHA, CORRECTED, FACILITY, four, patterns
from lms.kernel.errors import Invalid

# R package `ltm`, `ltm(LSAT ~ z1)` and its standard errors.
DISCRIMINATION = [0.8254, 0.7229, 0.8905, 0.6886, 0.6575]
DIFFICULTY = [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236]
DISCRIMINATION_SE = [0.2581, 0.1867, 0.2326, 0.1852, 0.2100]
DIFFICULTY_SE = [0.8669, 0.3073, 0.0997, 0.4341, 0.8700]
LOGLIK = -2466.653
NAMES = ["one", "two", "three", "four", "five"]


def lsat() -> list[list[float | None]]:
    return [
        [float(mark) for mark in pattern] for pattern, n in patterns().items() for _ in range(n)
    ]


def simulated(a: list[float], b: list[float], n: int, seed: int) -> list[list[float | None]]:
    rng = np.random.default_rng(seed)
    ability = rng.standard_normal(n)[:, None]
    chance = 1 / (1 + np.exp(-np.array(a) * (ability - np.array(b))))
    return [[float(right) for right in row] for row in rng.random(chance.shape) < chance]


def test_lsat_two_parameter_matches_published() -> None:
    report = latent_report(NAMES, lsat(), common=False)
    assert report["reason"] is None
    assert report["converged"]
    items = report["items"]
    assert [i["discrimination"] for i in items] == pytest.approx(DISCRIMINATION, abs=0.005)
    assert [i["difficulty"] for i in items] == pytest.approx(DIFFICULTY, abs=0.01)
    assert [i["discrimination_se"] for i in items] == pytest.approx(DISCRIMINATION_SE, abs=0.001)
    assert [i["difficulty_se"] for i in items] == pytest.approx(DIFFICULTY_SE, abs=0.01)
    assert report["loglik"] == pytest.approx(LOGLIK, abs=0.01)
    assert all(i["warnings"] == [] for i in items)


def test_lsat_one_parameter_shares_discrimination() -> None:
    # R `ltm`, `rasch(LSAT)`: discrimination .7551, log-likelihood -2466.938.
    report = latent_report(NAMES, lsat(), common=True)
    assert [i["discrimination"] for i in report["items"]] == pytest.approx([0.7551] * 5, abs=1e-3)
    assert report["loglik"] == pytest.approx(-2466.938, abs=0.01)
    assert report["bic"] < latent_report(NAMES, lsat(), common=False)["bic"]


def test_item_report_matches_published_classical_figures() -> None:
    report = item_report(NAMES, lsat())
    assert four([i["p"] for i in report["classical"]]) == FACILITY
    assert four([i["corrected_item_total"] for i in report["classical"]]) == CORRECTED
    assert four([report["alpha"]]) == [ALPHA]
    assert report["better_by_bic"] == "1pl"
    assert report["reversed_keys"] == []


def test_simulated_parameters_are_recovered_within_errors() -> None:
    a, b = [0.6, 0.9, 1.2, 1.5, 1.8, 1.0, 1.3, 0.8], [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 0.2]
    report = latent_report([str(i) for i in range(8)], simulated(a, b, 4_000, 3), common=False)
    for item, slope, difficulty in zip(report["items"], a, b, strict=True):
        assert abs(item["discrimination"] - slope) < 3 * item["discrimination_se"] < 0.45
        assert abs(item["difficulty"] - difficulty) < 3 * item["difficulty_se"] < 0.7


def test_reversed_key_is_named_by_both_figures() -> None:
    rows = simulated([1.5] * 6, [-1, -0.5, 0, 0, 0.5, 1], 800, 5)
    turned = [[*row[:2], 1 - (row[2] or 0), *row[3:]] for row in rows]
    report = item_report(list("abcdef"), turned)
    assert report["reversed_keys"] == ["c"]
    [item] = [i for i in report["two_parameter"]["items"] if i["item"] == "c"]
    assert "Better learners get it wrong: the key is probably reversed." in item["warnings"]


def test_item_fit_holds_its_level_when_the_model_is_true() -> None:
    rejected = 0
    for seed in range(10):
        rows = simulated([1.2] * 8, [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 0.2], 1_000, seed)
        items = latent_report(list("abcdefgh"), rows, common=False)["items"]
        rejected += sum(item["fit"]["p"] < 0.05 for item in items)
    # 80 tests at 5 %: 4 expected, above 10 by chance in one of 500.
    assert rejected <= 10


def test_guessing_question_does_not_fit_the_model() -> None:
    rows = simulated([2.0] * 9, [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1], 2_000, 2)
    rng = np.random.default_rng(1)
    # Right for the weakest and the strongest: no rising curve can follow.
    for row in rows:
        total = sum(value or 0 for value in row[:8])
        row[8] = float(total <= 1 or total >= 7 or rng.random() < 0.1)
    [item] = [
        i for i in latent_report(list("abcdefghi"), rows, common=False)["items"] if i["item"] == "i"
    ]
    assert item["fit"]["p"] < 1e-4


def test_missing_answers_are_left_out_of_the_likelihood() -> None:
    rows = lsat()
    doubled = rows + [[None] * 5 for _ in range(200)]
    matrix = np.array([[np.nan if v is None else v for v in row] for row in doubled])
    whole, padded = fit(compress(np.array(rows, dtype=float))), fit(compress(matrix))
    assert padded.slopes == pytest.approx(whole.slopes, abs=1e-4)
    assert padded.loglik == pytest.approx(whole.loglik, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1.0, 0.0, 1.0]] * 29, "at least 30 learners; there are 29"),
        ([[1.0, 0.0, 1.0]] * 40, "not everybody answered alike; there are 0"),
    ],
)
def test_too_little_is_refused_in_words(rows: list[list[float | None]], words: str) -> None:
    report = latent_report(["a", "b", "c"], rows, common=False)
    assert report["items"] == []
    assert words in report["reason"]


def test_question_everybody_knew_is_left_out_by_name() -> None:
    rows = [[*row, 1.0] for row in lsat()]
    report = latent_report([*NAMES, "six"], rows, common=False)
    assert report["left_out"] == ["six"]
    assert len(report["items"]) == 5


def test_perfectly_separating_question_stays_finite() -> None:
    rows = [[float(i >= 50)] * 4 for i in range(100)]
    report = latent_report(list("abcd"), rows, common=False)
    assert all(np.isfinite(i["discrimination"]) for i in report["items"])


def test_answers_other_than_right_and_wrong_are_refused() -> None:
    with pytest.raises(Invalid, match=r"Row 2, b: an answer is 0 or 1, not 2\.0\."):
        item_report(["a", "b"], [[0.0, 1.0], [1.0, 2.0]])

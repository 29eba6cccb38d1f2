"""The evaluation commands print the figures of the product's own formulas as JSON."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.tests.lsat import CORRECTED, FACILITY, four, patterns


def printed(*args: str, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(*args, **options, json=True, stdout=out)
    return json.loads(out.getvalue())


def test_eval_items_prints_published_figures(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    lines = [",".join(pattern) for pattern, n in patterns().items() for _ in range(n)]
    path.write_text("Q1,Q2,Q3,Q4,Q5\n" + "\n".join(lines) + "\n", encoding="utf-8")
    report = printed("eval_items", str(path))
    assert four([i["p"] for i in report["classical"]]) == FACILITY
    assert four([i["corrected_item_total"] for i in report["classical"]]) == CORRECTED
    assert report["two_parameter"]["loglik"] == pytest.approx(-2466.653, abs=0.01)


def test_eval_items_reads_spaces_without_a_header_and_ignores_text(tmp_path: Path) -> None:
    path = tmp_path / "answers.txt"
    path.write_text("who q1 q2\n" + "ann 1 0\nbob 0 NA\n" * 2, encoding="utf-8")
    report = printed("eval_items", str(path))
    assert report["ignored_columns"] == ["who"]
    assert [i["n"] for i in report["classical"]] == [4, 2]
    assert report["two_parameter"]["reason"].startswith("A latent model needs at least 30 learners")


def test_eval_items_names_the_row_that_is_short(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("a,b\n1,0\n1\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Row 2 has 1 fields, not 2"):
        printed("eval_items", str(path))
    with pytest.raises(CommandError, match=r"missing\.csv cannot be read"):
        printed("eval_items", str(tmp_path / "missing.csv"))


def test_eval_mastery_prints_both_models(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    rows = [f"l{n},add,i{at},{int((n + at) % 3 > 0)},{at}" for n in range(20) for at in range(6)]
    path.write_text("learner,skill,item,correct,position\n" + "\n".join(rows), encoding="utf-8")
    for model in ("bkt", "history"):
        report = printed("eval_mastery", str(path), str(path), model=model)
        assert (report["n"], report["model"]) == (120, model)
        assert 0 <= report["ece"] <= 1
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no column “learner”"):
        printed("eval_mastery", str(path), str(path))


def test_eval_recommendations_prints_every_model(tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    rows = [f"l{n},{course}" for n in range(8) for course in ("a", "b")]
    train.write_text("learner,course\n" + "\n".join([*rows, "new,a"]), encoding="utf-8")
    test.write_text("learner,course\nnew,b\n", encoding="utf-8")
    report = printed("eval_recommendations", str(train), str(test))
    assert set(report["models"]) == {"popular", "item_best", "item", "ease"}
    assert report["models"]["ease"]["recall_at_10"] == 1.0

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ai.tests.passages import PLATES, REVOLUTION
from lms.management.intervals import wilson


def report(folder: Path, *words: str) -> Any:
    out = StringIO()
    call_command("eval_questions", str(folder), "--use", "rules", *words, stdout=out)
    return json.loads(out.getvalue())


def test_every_question_comes_with_its_checks_and_verdict(tmp_path: Path) -> None:
    (tmp_path / "plates.txt").write_text(PLATES)
    (tmp_path / "revolution.txt").write_text(REVOLUTION)
    (tmp_path / "empty.txt").write_text(" \n")
    found = report(tmp_path, "--count", "3", "--json")
    assert (found["asked"], found["accepted"]) == (6, 6)
    assert {row["passage"] for row in found["items"]} == {"plates.txt", "revolution.txt"}
    assert found["generated"] == len(found["items"])
    assert all(row["provider"] == "extractive" for row in found["items"])
    kept = [row for row in found["items"] if row["accepted"]]
    assert all(row["span_in_source"] and row["evidence"] for row in kept)
    assert all(sum(option["right"] for option in row["options"]) == 1 for row in kept)
    names = [check["name"] for check in kept[0]["checks"]]
    assert (names[0], names[-1]) == ("schema", "needs_passage")
    assert [c["judged"] for c in kept[0]["checks"] if c["name"] == "needs_passage"] == [False]
    after = found["after_the_gate"]
    assert [after[name]["share"] for name in ("schema_valid", "one_key", "span_in_source")] == [
        1.0,
        1.0,
        1.0,
    ]
    assert after["near_duplicates"]["hits"] == 0
    assert found["yield"]["extractive"]["hits"] == 6


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no \.txt file"):
        report(tmp_path)
    with pytest.raises(CommandError):
        report(tmp_path / "nowhere")


def test_wilson_holds_the_share() -> None:
    low, high = wilson(8, 20)
    assert (round(low, 3), round(high, 3)) == (0.219, 0.613)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.django_db
def test_the_report_names_provider_model_and_date(tmp_path: Path) -> None:
    (tmp_path / "plates.txt").write_text(PLATES)
    out = tmp_path / "report.json"
    call_command("ai_eval", str(tmp_path), "--use", "rules", "--count", "2", "--out", str(out))
    found = json.loads(out.read_text())
    (one,) = found["providers"]
    assert found["date"]
    assert (one["provider"], one["prompt_version"]) == ("extractive", "extractive-2")
    assert one["model"].startswith("en_core_web_sm")
    assert one["questions"]["accepted"] == 2
    assert one["injection"]["passages"] == 1
    assert one["injection"]["obeyed_after_the_gate"]["hits"] == 0
    assert one["injection"]["obeyed_after_the_gate"]["of"] == 2

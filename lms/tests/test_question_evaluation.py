import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from ai.gateway.corpus import marked_works
from ai.models import AiCall, Budget
from ai.services.providers import BREAKER
from ai.tests.fake_model import FakeModel, serving
from ai.tests.passages import PLATES, REVOLUTION
from lms.kernel.actors import system
from lms.management.intervals import bootstrap, wilson
from lms.management.marking_evaluation import evaluate_readings
from lms.management.near_duplicates import near_duplicates
from lms.management.question_evaluation import read_passages


@pytest.fixture
def fake(settings: Settings) -> Iterator[FakeModel]:
    """A scripted model that is connected."""
    model = FakeModel()
    BREAKER.forget()
    with serving(model) as url:
        settings.AI = {**settings.AI, "base_url": url, "api_key": "sk-secret", "model": "fake"}
        yield model


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


@pytest.mark.django_db
def test_every_suite_is_in_the_report_with_intervals_and_readable(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    call_command("ai_eval", "--use", "rules", "--passages", "1", "--count", "2", "--out", str(out))
    found = json.loads(out.read_text())
    (one,) = found["providers"]
    assert found["passages"] == 1
    assert 1 <= one["too_many"]["accepted"] < one["too_many"]["asked"] == 30
    assert one["questions"]["not_judged"] == 2
    assert one["questions"]["after_the_gate"]["near_duplicates"]["pairs"] == []
    planted = found["planted"]
    assert planted["caught"]["share"] >= 0.9
    assert sum(fault["of"] for fault in planted["by_fault"].values()) == planted["caught"]["of"]
    short = found["marking"]["short_answers"]
    assert short["provider"] == "similarity"
    assert short["spans_occur"]["share"] == 1.0
    assert short["as_the_person"]["share"] >= 0.9
    assert short["kappa"]["low"] <= short["kappa"]["value"] <= short["kappa"]["high"]
    assert "works" not in found["marking"]
    text = out.with_suffix(".md").read_text()
    assert "| all faults | 0." in text
    assert "30 questions asked of the first 200 words of the longest passage gave" in text
    assert "2 not judged" in text


@pytest.mark.django_db
def test_what_a_model_is_asked_is_in_the_ledger_and_held_to_budgets(fake: FakeModel) -> None:
    criteria, works = marked_works()
    level = {"quote": works[0].text[:20], "reason": "It says so.", "level": 1}
    fake.replies = [{"criteria": [{**level, "criterion": at} for at in (1, 2)]}]
    actor = system("evaluation of AI")
    tight = Budget.objects.create(scope="site", period="day", tokens=1)
    stopped = evaluate_readings(actor)
    assert (stopped["works"], fake.requests) == (0, [])
    assert "budget" in stopped["problem"]
    tight.delete()
    found = evaluate_readings(actor)
    assert (found["works"], found["problem"]) == (len(works), "")
    assert found["provider"] == "openai_compatible"
    # The quote stands in the first work alone; elsewhere nothing is drafted.
    assert found["decided"]["hits"] == len(criteria)
    assert found["spans_occur"]["share"] == 1.0
    calls = AiCall.objects.filter(purpose="marking", actor_kind="system")
    assert calls.count() == len(fake.requests) == 2 * len(works)
    assert sum(call.tokens_in for call in calls) == fake.tokens_in


def test_near_duplicates_are_seen_by_another_measure() -> None:
    rows = [
        {"stem": "Yeast gives off ____ in warm dough.", "answer": "carbon dioxide"},
        {"stem": "____ gives off carbon dioxide in warm dough.", "answer": "Yeast"},
        {"stem": "Which river runs through Paris?", "answer": "the Seine"},
        {"stem": "Which river runs through Rome?", "answer": "the Tiber"},
    ]
    found = near_duplicates(rows)
    assert (found["hits"], found["of"]) == (1, 4)


def test_sections_of_stories_are_drawn_the_same_way_each_time(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    lines = "".join(f'{at},"Part {at} of it."\n' for at in range(1, 9))
    (tmp_path / "stories" / "old-tale-story.csv").write_text(f"section,text\n{lines}")
    drawn = [read_passages(tmp_path, most=3, seed=5) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 3
    assert len(read_passages(tmp_path)) == 8


def test_a_bootstrapped_interval_holds_its_figure() -> None:
    found = bootstrap([0.0, 1.0, 1.0, 0.5] * 10, fmean)
    assert found["low"] < found["value"] < found["high"]  # type: ignore[operator]
    assert found["value"] == 0.625
    assert bootstrap([], fmean)["value"] is None

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
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


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


def test_column_without_a_name_is_the_number_of_the_row(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(",q1,q2\n0,1,0\n1,0,1\n2,1,1\n", encoding="utf-8")
    report = printed("eval_items", str(path))
    assert [i["item"] for i in report["classical"]] == ["q1", "q2"]
    assert printed("eval_patterns", str(path))["columns"] == ["q1", "q2"]


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
    test.write_text("course , learner\n b, new \n", encoding="utf-8")
    report = printed("eval_recommendations", str(train), str(test))
    assert set(report["models"]) == {"popular", "item_best", "item", "ease"}
    assert report["models"]["ease"]["recall_at_10"] == 1.0


def oulad(folder: Path) -> None:
    """Two small presentations of one module: who hands in late and little fails."""
    course = ["code_module,code_presentation,module_presentation_length"]
    assessment = ["code_module,code_presentation,id_assessment,assessment_type,date,weight"]
    student = ["code_module,code_presentation,id_student,final_result"]
    registration = [
        "code_module,code_presentation,id_student,date_registration,date_unregistration"
    ]
    handed = ["id_assessment,id_student,date_submitted,is_banked,score"]
    for year in ("2013J", "2014J"):
        course.append(f"AAA,{year},100")
        assessment += [f"AAA,{year},{year}{due},TMA,{due},25" for due in (10, 25, 40, 70)]
        assessment.append(f"AAA,{year},{year}exam,Exam,,100")
        for who in range(80):
            poor, odd = who % 4 == 0, who % 7 == 0
            student.append(f"AAA,{year},{who},{'Fail' if poor != odd else 'Pass'}")
            left = 30 if who == 4 else ""
            registration.append(f"AAA,{year},{who},{-(who % 30)},{left}")
            dues = (10,) if poor else (10, 25, 40)
            handed += [
                f"{year}{due},{who},{due + who % 3 - 2},0,{40 + who % 20 + 30 * (not poor)}"
                for due in dues
            ]
    for name, lines in (
        ("courses", course),
        ("assessments", assessment),
        ("studentInfo", student),
        ("studentRegistration", registration),
        ("studentAssessment", handed),
    ):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_eval_risk_tells_a_later_presentation(tmp_path: Path) -> None:
    oulad(tmp_path)
    report = printed("eval_risk", str(tmp_path), train="2013J", test="2014J", days="20,50")
    assert list(report["days"]) == ["20", "50"]
    found = report["days"]["50"]
    # One student of each left on day 30: not learnt from and not told on day 50.
    assert (report["days"]["20"]["n"], found["n"], found["learnt_from"]) == (80, 79, 79)
    assert found["model"] == "logistic"
    assert found["auc"] > 0.6
    assert found["explained"]["largest_gap"] < 1e-6
    with pytest.raises(CommandError, match="2013J cannot be both learnt from and told"):
        printed("eval_risk", str(tmp_path), train="2013J", test="2013J")
    with pytest.raises(CommandError, match="no learners to tell"):
        printed("eval_risk", str(tmp_path), train="2013J", test="2020B")
    spaced = printed("eval_risk", str(tmp_path), train=" 2013J ,2012B", test="2014J ", days=" 50,")
    assert spaced["days"]["50"]["auc"] == found["auc"]
    assert (report["unknown"], spaced["unknown"]) == ([], ["2012B"])
    for days in ("x", "50,nan", "inf"):
        with pytest.raises(CommandError, match="Days are numbers by comma"):
            printed("eval_risk", str(tmp_path), train="2013J", test="2014J", days=days)
    # Nothing to learn from is an answer, not a failure.
    empty = printed("eval_risk", str(tmp_path), train="2020B", test="2014J", days="50")
    assert empty["days"]["50"]["reason"].startswith("0 learners with a known outcome")


def with_groups(folder: Path) -> None:
    """Every third student of another gender; one of a group of its own."""
    path = folder / "studentInfo.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    grouped = [
        f"{line},{'F' if at % 3 else 'M'},{'rare' if at % 80 == 5 else 'usual'}"
        for at, line in enumerate(lines)
    ]
    path.write_text("\n".join([f"{head},gender,imd_band", *grouped]) + "\n", encoding="utf-8")


def test_eval_risk_audits_groups_and_learns_the_same_without_them(tmp_path: Path) -> None:
    oulad(tmp_path)
    plain = printed("eval_risk", str(tmp_path), train="2013J", test="2014J", days="50")
    with pytest.raises(CommandError, match="no gender"):
        printed(
            "eval_risk", str(tmp_path), train="2013J", test="2014J", days="50", fairness="gender"
        )
    with_groups(tmp_path)
    report = printed(
        "eval_risk",
        str(tmp_path),
        train="2013J",
        test="2014J",
        days="50",
        fairness="gender,imd_band",
    )
    assert report["days"]["50"]["auc"] == plain["days"]["50"]["auc"]
    audit = report["days"]["50"]["fairness"]
    # 26 of 79 are fewer than thirty, and the others would tell of them.
    assert audit["attributes"]["gender"] == {
        "groups": [],
        "hidden": ["F", "M"],
        "gaps": {at: dict.fromkeys(("tpr", "fpr", "precision")) for at in ("0.35", "0.6")},
    }
    assert audit["attributes"]["imd_band"]["hidden"] == ["rare", "usual"]
    with pytest.raises(CommandError, match="is none of gender"):
        printed("eval_risk", str(tmp_path), train="2013J", test="2014J", fairness="name")


def test_eval_risk_says_which_tables_are_broken(tmp_path: Path) -> None:
    oulad(tmp_path)
    with (tmp_path / "studentAssessment.csv").open("a", encoding="utf-8") as lines:
        lines.write("2013J10,77\n")  # cut off in the middle of a row
    report = printed("eval_risk", str(tmp_path), train="2013J", test="2014J", days="50")
    assert report["days"]["50"]["n"] == 79
    (tmp_path / "courses.csv.gz").write_bytes(b"no gzip at all")
    with pytest.raises(CommandError, match="cannot be read"):
        printed("eval_risk", str(tmp_path), train="2013J", test="2014J")
    (tmp_path / "courses.csv.gz").unlink()
    (tmp_path / "courses.csv").write_bytes(b"code_module,code_presentation\n\xff,1\n")
    with pytest.raises(CommandError, match="cannot be read"):
        printed("eval_risk", str(tmp_path), train="2013J", test="2014J")


@pytest.mark.parametrize(
    "args",
    [
        ("eval_items", "broken"),
        ("eval_patterns", "broken"),
        ("eval_mastery", "broken", "broken"),
        ("eval_recommendations", "broken", "broken"),
    ],
)
def test_file_that_is_no_text_is_refused_in_words(tmp_path: Path, args: tuple[str, ...]) -> None:
    (tmp_path / "broken").write_bytes(b"learner,course,skill,item,correct,position\n\xff,1\n")
    with pytest.raises(CommandError, match=r"broken is not text in UTF-8"):
        printed(args[0], *(str(tmp_path / name) for name in args[1:]))


def test_eval_risk_names_a_missing_table(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"has no table \w+\.csv"):
        printed("eval_risk", str(tmp_path), train="2013J", test="2014J")


def test_train_risk_writes_the_same_model_twice(tmp_path: Path) -> None:
    oulad(tmp_path)
    kept = []
    for name in ("one.json.gz", "two.json.gz"):
        out = tmp_path / name
        call_command(
            "train_risk", str(tmp_path), presentations="2013J,2014J", out=out, stdout=StringIO()
        )
        kept.append(out.read_bytes())
    assert kept[0] == kept[1]
    card = json.loads((tmp_path / "oulad.card.json").read_text(encoding="utf-8"))
    assert (card["learners"], card["kind"]) == (160, "logistic")


def test_eval_patterns_prints_groups_and_correlations(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [f"p{n},{n % 2 * 50 + n % 5},{n % 2 + n % 3 / 10}," for n in range(60)]
    path.write_text("who,minutes,share,none\n" + "\n".join(rows), encoding="utf-8")
    report = printed("eval_patterns", str(path), columns="minutes,share")
    assert report["ignored_columns"] == ["who", "none"]
    assert report["patterns"]["k"] == 2
    assert [one["size"] for one in report["patterns"]["groups"]] == [30, 30]
    [pair] = report["correlations"]
    assert pair["n"] == 60
    assert pair["pearson"]["r"] > 0.9
    with pytest.raises(CommandError, match="no column of numbers called who"):
        printed("eval_patterns", str(path), columns="who")
    with pytest.raises(CommandError, match="between 2 and 8"):
        printed("eval_patterns", str(path), k=9)


@pytest.mark.parametrize(("out", "why"), [("r.md", "names the JSON"), ("no/r.json", "no such")])
def test_ai_eval_refuses_a_place_for_its_report_before_it_measures(
    tmp_path: Path, out: str, why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("ai_eval", str(tmp_path / "nothing here"), out=tmp_path / out)

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.scoring.acts import Act, Refused, Verb, read_acts, read_mapping
from analytics.scoring.oulad_acts import oulad_acts, start_of
from analytics.scoring.risk.records import Handed, Member, Run
from lms.kernel.errors import Invalid

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MAPPING: dict[str, Any] = {
    "columns": {
        "learner": "who",
        "course": "where",
        "time": "when",
        "verb": "did",
        "object": "what",
        "score": "points",
        "seconds": "sec",
    },
    "verbs": {"clicked": "viewed"},
    "max_score": "20",
}
HEAD = "who,where,when,did,what,points,sec\n"


def read(tmp_path: Path, body: str, **changes: Any) -> list[Act | Refused]:
    path = tmp_path / "acts.csv"
    path.write_text(HEAD + body, encoding="utf-8")
    return list(read_acts(path, read_mapping(json.dumps({**MAPPING, **changes})), NOW))


def test_a_line_is_an_act_by_its_mapping(tmp_path: Path) -> None:
    view, score = read(
        tmp_path,
        "ann,Maths,2026-01-02T10:00:00+01:00,clicked,Page 1,,90\n"
        "bob,Maths,1767348000,scored,Test,17.5,\n",
    )
    assert view == Act(
        line=2,
        course="Maths",
        learner="ann",
        at=datetime(2026, 1, 2, 9, tzinfo=UTC),
        verb=Verb.VIEWED,
        object="Page 1",
        seconds=90,
        max_score=Decimal(20),
    )
    assert isinstance(score, Act)
    assert (score.verb, score.score, score.at.year) == (Verb.SCORED, Decimal("17.5"), 2026)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",Maths,2026-01-02,clicked,x,,", "there is no learner"),
        ("ann,,2026-01-02,clicked,x,,", "there is no course"),
        ("ann,Maths,soon,clicked,x,,", "“soon” is no time"),
        ("ann,Maths,2027-01-02,clicked,x,,", "“2027-01-02” lies in the future or before 1970"),
        ("ann,Maths,0001-01-01,clicked,x,,", "“0001-01-01” lies in the future or before 1970"),
        ("ann,Maths,2026-01-02,danced,x,,", "“danced” is no verb of the mapping"),
        ("ann,Maths,2026-01-02,scored,x,,", "there is no score"),
        ("ann,Maths,2026-01-02,scored,x,NaN,", "“NaN” is no number"),
        ("ann,Maths,2026-01-02,scored,,5,", "there is a score and nothing that it is for"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(tmp_path: Path, line: str, words: str) -> None:
    found = read(tmp_path, f"{line}\nann,Maths,2026-01-02,clicked,x,,\n")
    assert found[0] == Refused(2, words)
    assert isinstance(found[1], Act)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "columns"),
        ('{"columns": {"learner": "a"}}', "time"),
        ('{"columns": {"learner": "a", "time": "b"}}', "course"),
        ('{"columns": {"learner": "a", "time": "b", "hair": "c"}, "course": "M"}', "hair"),
        ('{"columns": {"learner": "a", "time": "b"}, "course": "M", "verb": "fly"}', "fly"),
    ],
)
def test_a_mapping_that_says_too_little_or_too_much_is_refused(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_mapping(text)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    columns = {**MAPPING["columns"], "max_score": "most"}
    with pytest.raises(Invalid, match="most"):
        read(tmp_path, "", columns=columns)


def test_students_join_hand_in_and_leave() -> None:
    run = Run("AAA/2013J", 268, ())
    handed = {"1752": Handed(18, 78.0), "9": Handed(-400, 60.0, carried=True)}
    left = Member("11", run, -20.0, 40.0, handed)
    unknown = Member("10", run, None)
    acts = list(oulad_acts([left, unknown]))
    assert [(one.verb, one.object, one.score) for one in acts] == [
        (Verb.JOINED, "", None),
        (Verb.SUBMITTED, "1752", Decimal("78.0")),
        (Verb.LEFT, "", None),
    ]
    start = datetime(2013, 10, 1, tzinfo=UTC)
    assert [one.at - start for one in acts] == [timedelta(days=n) for n in (-20, 18, 40)]
    assert start_of("2014B") == datetime(2014, 2, 1, tzinfo=UTC)

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from assessments.enums import QuestionKind
from assessments.scoring.content import Accepted, QuestionContent
from assessments.scoring.registry import checked, type_of
from assessments.scoring.score import score_answer
from assessments.tests.scoring.strategies import shorts
from lms.kernel.errors import Invalid

CONTENT = QuestionContent(
    kind=QuestionKind.SHORT_ANSWER,
    stem="What do plants do with light?",
    accepted=("photosynthesis", "*light*sugar*"),
    answers=(
        Accepted("photo*", Decimal("33.33333"), "Say the whole word."),
        Accepted("*", Decimal(0), "Read chapter two again."),
    ),
    wildcards=True,
    spelling=True,
)


@pytest.mark.parametrize(
    ("answer", "score", "said"),
    [
        ("Photosynthesis", "6", ()),
        ("They turn light into sugar", "6", ()),
        ("photography", "2", ("Say the whole word.",)),
        ("fotosynthesis", "6", ("Spelled otherwise, and accepted as: photosynthesis",)),
        ("breathe", "0", ("Read chapter two again.",)),
    ],
)
def test_the_best_answer_that_fits_counts(*, answer: str, score: str, said: tuple[str]) -> None:
    scored = score_answer(CONTENT, answer, Decimal(6))
    assert (scored.score, scored.feedback) == (Decimal(score), said)


def test_stars_and_slips_are_off_by_default() -> None:
    plain = replace(CONTENT, wildcards=False, spelling=False)
    assert score_answer(plain, "photography", Decimal(6)).score == 0
    assert score_answer(plain, "fotosynthesis", Decimal(6)).score == 0
    assert score_answer(plain, "photo*", Decimal(6)).score == 2


def test_learners_are_told_that_slips_pass_and_see_no_key() -> None:  # Z5
    kind = type_of(CONTENT.kind)
    body = kind.body(CONTENT, str)
    assert body == {"spelling": True}
    assert kind.shown(body, [], None, None).rule == "Small slips of spelling are let pass."


def test_the_review_names_shares() -> None:
    words = type_of(CONTENT.kind).solution_words(CONTENT)
    assert words == ["photosynthesis", "*light*sugar*", "photo* (33.33333 %)"]


@given(content=shorts())
def test_its_solution_earns_all_points(content: QuestionContent) -> None:
    solution = type_of(content.kind).solution(content)
    assert type_of(content.kind).fraction(content, solution) == 1


@pytest.mark.parametrize("pattern", ["*light*", "a * b", "*x", "x*", "a*b*c"])
def test_the_solution_of_a_pattern_fits_it(pattern: str) -> None:
    content = replace(CONTENT, accepted=(pattern,), answers=(), spelling=False)
    kind = type_of(content.kind)
    assert kind.fraction(content, kind.solution(content)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"accepted": (), "answers": ()}, "between 1 and 50"),
        ({"accepted": (), "answers": (Accepted("x", Decimal(50)),)}, "earns all points"),
        ({"accepted": ("*",)}, "is empty"),
        ({"answers": (Accepted("x", Decimal(101)),)}, "between 0 and 100"),
        ({"answers": (Accepted("x", Decimal("0.0000001")),)}, "five decimals"),
        ({"answers": (Accepted("x", Decimal("NaN")),)}, "between 0 and 100"),
        ({"answers": (Accepted("*", Decimal(0)),), "wildcards": False}, None),
        ({"answers": (Accepted(" ", Decimal(0)),), "wildcards": False}, "is empty"),
    ],
)
def test_what_cannot_be_scored_is_refused(changes: dict[str, object], words: str | None) -> None:
    content = replace(CONTENT, **changes)  # type: ignore[arg-type]
    if words is None:
        assert checked(content) is content
        return
    with pytest.raises(Invalid, match=words):
        checked(content)

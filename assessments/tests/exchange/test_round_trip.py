"""What is written comes back the same: import(export(questions)) == questions."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.enums import Difficulty, QuestionKind, ToleranceKind
from assessments.exchange import gift, moodle_xml
from assessments.exchange.aiken import read_aiken, write_aiken
from assessments.exchange.answers import numeric_tolerance, numeric_value
from assessments.exchange.filed import Filed, Goal
from assessments.exchange.gift import read_gift, write_gift
from assessments.exchange.moodle_xml import read_moodle_xml, write_moodle_xml
from assessments.exchange.reading import Reading, decoded
from assessments.scoring.cloze import Blanks
from assessments.scoring.content import QuestionContent
from assessments.scoring.folding import fold
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.naming import category_name, outcome_code, outcome_title
from assessments.scoring.ordering import Item, Items
from assessments.scoring.registry import body_of, checked, key_of, with_ids, without_ids
from assessments.scoring.short_answer import all_accepted
from assessments.scoring.wildcards import has_star
from assessments.tests.factories import CONTENTS, PLAIN
from assessments.tests.scoring.strategies import contents, points
from lms.kernel.errors import Invalid

# Whatever a person types, the marks of all formats more often than others.
ALPHABET = st.one_of(
    st.sampled_from("~=#{}:\\%->/[]*.$&<>\"'`|_\n ATF:1"),
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")),
)
texts = st.text(ALPHABET, min_size=1, max_size=24).map(str.strip).filter(bool)
lines = texts.map(lambda text: " ".join(text.split())).filter(lambda text: bool(fold(text)))


@st.composite
def parted(draw: st.DrawFn, content: QuestionContent) -> QuestionContent:
    """A question of parts with such texts in its prompts, choices and gaps."""
    fresh = st.lists(lines, min_size=30, max_size=30, unique_by=lambda one: fold(one, case=False))
    words = iter(draw(fresh))
    detail = content.detail
    if isinstance(detail, Pairs):
        gaps = content.kind == QuestionKind.DRAG_WORDS
        known: dict[str, str] = {}
        for pair in detail.pairs:
            known.setdefault(pair.choice, next(words))
        detail = Pairs(
            tuple(
                Pair(pair.prompt if gaps else next(words), known[pair.choice])
                for pair in detail.pairs
            ),
            tuple(ExtraChoice(next(words)) for _one in detail.extra),
        )
    elif isinstance(detail, Items):
        detail = Items(tuple(Item(next(words)) for _one in detail.items))
    elif isinstance(detail, Blanks):
        detail = Blanks(
            tuple(
                replace(
                    one,
                    accepted=tuple(next(words) for _text in one.accepted),
                    wrong=tuple(next(words) for _text in one.wrong),
                )
                for one in detail.blanks
            )
        )
    return checked(replace(content, detail=detail, points=draw(points)))


@st.composite
def questions(draw: st.DrawFn) -> QuestionContent:
    """A question of any type with texts that try to be mistaken for markup."""
    content = draw(contents)
    if content.kind not in PLAIN:
        return draw(parted(content))
    options = tuple(
        replace(option, text=text, feedback=draw(st.just("") | texts), id="")
        for option, text in zip(
            content.options,
            draw(
                st.lists(
                    texts, min_size=len(content.options), max_size=len(content.options), unique=True
                )
            ),
            strict=True,
        )
    )
    changed = replace(
        content,
        stem=draw(texts),
        explanation=draw(st.just("") | texts),
        options=options,
        accepted=tuple(draw(texts) for _ in content.accepted),
        answers=tuple(
            replace(one, text=draw(texts), feedback=draw(st.just("") | texts))
            for one in content.answers
        ),
        points=draw(points),
        difficulty=draw(st.none() | st.sampled_from(Difficulty)),
        hints=tuple(draw(st.lists(texts, max_size=3))),
    )
    stars = any(has_star(one.text) for one in all_accepted(changed))
    changed = replace(changed, wildcards=stars and draw(st.booleans()))
    try:
        return checked(changed)
    except Invalid:
        return replace(CONTENTS[content.kind], stem=changed.stem)


def counted(content: QuestionContent) -> QuestionContent:
    """A question whose gaps are numbered as they come, as embedded answers must be."""
    if not isinstance(content.detail, Blanks):
        return content
    order = [int(number) for number in re.findall(r"\[\[(\d+)\]\]", content.stem)]
    blanks = tuple(content.detail.blanks[number - 1] for number in order)
    fresh = iter(range(1, len(order) + 1))
    stem = re.sub(r"\[\[\d+\]\]", lambda _found: f"[[{next(fresh)}]]", content.stem)
    return replace(content, stem=stem, detail=Blanks(blanks))


def said(content: QuestionContent) -> dict[str, Any]:
    """What a question says, whatever its option ids and the spelling of its numbers."""
    numbers = iter(range(100))
    named = with_ids(without_ids(counted(content)), lambda: f"o{next(numbers)}")
    if named.kind == QuestionKind.NUMERIC:
        relative = named.tolerance_kind == ToleranceKind.RELATIVE
        tolerance = named.tolerance if relative else numeric_tolerance(named)
        named = replace(named, value=numeric_value(named), tolerance=tolerance)
    key = key_of(named)
    return {
        "kind": named.kind,
        "stem": named.stem,
        "body": body_of(named, str),
        "key": key,
        "explanation": named.explanation,
        "points": named.points.normalize(),
        "difficulty": named.difficulty,
    }


def places() -> st.SearchStrategy[Filed]:
    """Categories, tags and outcomes whose names try to be mistaken for markup."""
    names = lines.filter(_is_name)
    tags = lines.filter(lambda text: _is_name(text) and "," not in text)
    unique = st.lists(tags, max_size=3, unique_by=fold).map(tuple)
    goals = st.builds(Goal, code=lines.filter(_is_code), title=lines.filter(_is_title))
    served = st.lists(goals, max_size=3, unique_by=lambda goal: goal.folded).map(tuple)
    return st.builds(
        Filed, category=st.lists(names, max_size=3).map(tuple), tags=unique, outcomes=served
    )


def _is_name(text: str) -> bool:
    return _comes_back(category_name, text)


def _is_code(text: str) -> bool:
    return "," not in text and _comes_back(outcome_code, text)


def _is_title(text: str) -> bool:
    return _comes_back(outcome_title, text)


def _comes_back(read: Callable[[str], str], text: str) -> bool:
    try:
        return read(text) == text
    except Invalid:
        return False


def _sorted(filed: Filed) -> Filed:
    return replace(filed, tags=tuple(sorted(filed.tags)))


GIFTED = set(gift._WRITERS)
IN_XML = set(moodle_xml._WRITERS)


def through_gift(given_ones: list[QuestionContent]) -> Reading:
    written = write_gift(given_ones)
    assert [one.reason for one in written.lost] == [
        f"GIFT has no questions of the type “{one.kind.label}”."
        for one in given_ones
        if one.kind not in GIFTED
    ]
    return read_gift(decoded(written.text.encode()))


def through_xml(given_ones: list[QuestionContent]) -> Reading:
    written = write_moodle_xml(given_ones)
    assert [one.reason for one in written.lost] == [
        f"Moodle XML has no questions of the type “{one.kind.label}”."
        for one in given_ones
        if one.kind not in IN_XML
    ]
    return read_moodle_xml(written.text.encode())


KINDS_OF: dict[Any, set[QuestionKind]] = {
    through_gift: GIFTED,
    through_xml: IN_XML,
}
WAYS = pytest.mark.parametrize("through", [through_gift, through_xml], ids=["gift", "moodle-xml"])


@WAYS
@given(given_ones=st.lists(questions(), min_size=1, max_size=4))
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_what_is_written_is_read_back(through: Any, given_ones: list[QuestionContent]) -> None:
    reading = through(given_ones)
    written = [one for one in given_ones if one.kind in KINDS_OF[through]]
    assert reading.left == []
    assert [said(one.content) for one in reading.taken] == [said(one) for one in written]
    assert all(one.lost == () for one in reading.taken)


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (write_gift, lambda text: read_gift(decoded(text.encode()))),
        (write_moodle_xml, lambda text: read_moodle_xml(text.encode())),
    ],
    ids=["gift", "moodle-xml"],
)
@given(filed=st.lists(places(), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_categories_tags_and_outcomes_are_read_back(
    write: Any, read: Any, filed: list[Filed]
) -> None:
    given_ones = [CONTENTS[QuestionKind.TRUE_FALSE]] * len(filed)
    reading = read(write(given_ones, filed).text)
    assert [_sorted(one.filed) for one in reading.taken] == [_sorted(one) for one in filed]
    assert all(one.lost == () for one in reading.taken)


@WAYS
@pytest.mark.parametrize("kind", list(QuestionKind))
def test_every_type_comes_back(through: Any, kind: QuestionKind) -> None:
    content = CONTENTS[kind]
    taken = through([content]).taken
    if kind in KINDS_OF[through]:
        assert [said(one.content) for one in taken] == [said(content)]


def test_aiken_says_what_it_cannot_write() -> None:
    written = write_aiken([CONTENTS[kind] for kind in QuestionKind])
    assert {one.reason for one in written.lost} == {
        "Aiken has no feedback.",
        "Aiken has single choice alone.",
    }
    (taken,) = read_aiken(written.text).taken
    assert [(o.text, o.correct) for o in taken.content.options] == [
        ("Basalt", True),
        ("Chalk", False),
        ("Slate", False),
    ]
    assert taken.content.points == Decimal(1)

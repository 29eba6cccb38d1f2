"""Questions and answers for property tests."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from assessments.enums import DigitsRule, QuestionKind, RegionShape, ToleranceKind, UnitRule
from assessments.scoring.cloze import Blank, Blanks
from assessments.scoring.content import Accepted, Option, QuestionContent
from assessments.scoring.geometry import Region
from assessments.scoring.hotspot import Spots
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.ordering import Item, Items
from assessments.scoring.units import Unit

points = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(500), places=4)
words = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12
).filter(lambda text: bool(text.strip()))


@st.composite
def choices(draw: st.DrawFn, kind: QuestionKind = QuestionKind.MULTIPLE_CHOICE) -> QuestionContent:
    count, several = draw(st.integers(2, 8)), kind == QuestionKind.MULTIPLE_CHOICE
    if kind == QuestionKind.SINGLE_CHOICE:
        right = {draw(st.integers(min_value=0, max_value=count - 1))}
    else:
        right = draw(st.sets(st.integers(min_value=0, max_value=count - 1), min_size=1))
    return QuestionContent(
        kind=kind,
        stem="Which?",
        options=tuple(
            Option(text=f"Option {n}", id=f"o{n}", correct=n in right, feedback=f"Because {n}.")
            for n in range(count)
        ),
        partial_credit=several and draw(st.booleans()),
        penalty=draw(st.sampled_from([Decimal(100), Decimal(0), Decimal("33.5")]))
        if several
        else Decimal(100),
    )


@st.composite
def chosen(draw: st.DrawFn, content: QuestionContent) -> list[str]:
    return draw(st.lists(st.sampled_from([o.id for o in content.options]), max_size=8))


numbers = st.decimals(
    min_value=Decimal(-(10**9)), max_value=Decimal(10**9), places=4, allow_nan=False
)


@st.composite
def numerics(draw: st.DrawFn) -> QuestionContent:
    value = draw(numbers)
    kind = draw(st.sampled_from(ToleranceKind)) if value else ToleranceKind.ABSOLUTE
    tolerance = draw(st.decimals(min_value=0, max_value=100, places=3))
    return QuestionContent(
        kind=QuestionKind.NUMERIC,
        stem="How much?",
        value=str(value),
        tolerance=str(tolerance),
        tolerance_kind=kind,
        unit=draw(st.sampled_from(["", "m", "°C"])),
    )


@st.composite
def written_numerics(draw: st.DrawFn) -> QuestionContent:
    """Numbers whose unit or digits must be written."""
    rule, digits_rule = draw(st.sampled_from(UnitRule)), draw(st.sampled_from(DigitsRule))
    known = st.sampled_from([Unit("km", "1000"), Unit("cm", "0.01"), Unit("ft", "0.3048")])
    costs = st.integers(min_value=0, max_value=100).map(Decimal)
    content = draw(numerics())
    if rule != UnitRule.SHOWN:
        content = replace(
            content,
            unit="m",
            units=tuple(draw(st.lists(known, unique=True))),
            unit_rule=rule,
            unit_cost=draw(costs),
        )
    if digits_rule == DigitsRule.ANY:
        return content
    digits = draw(st.integers(min_value=1, max_value=9))
    return replace(content, digits_rule=digits_rule, digits=digits, digits_cost=draw(costs))


def truths() -> st.SearchStrategy[QuestionContent]:
    return st.builds(
        QuestionContent,
        kind=st.just(QuestionKind.TRUE_FALSE),
        stem=st.just("Is it?"),
        truth=st.booleans(),
    )


def weighed() -> st.SearchStrategy[Accepted]:
    shares = st.decimals(min_value=0, max_value=Decimal("99.99999"), places=5)
    return st.builds(Accepted, words, shares, st.sampled_from(["", "Nearly."]))


def shorts() -> st.SearchStrategy[QuestionContent]:
    return st.builds(
        QuestionContent,
        kind=st.just(QuestionKind.SHORT_ANSWER),
        stem=st.just("What is it called?"),
        accepted=st.lists(words, min_size=1, max_size=4).map(tuple),
        answers=st.lists(weighed(), max_size=3).map(tuple),
        match_case=st.booleans(),
        match_accents=st.booleans(),
        spelling=st.booleans(),
    )


@st.composite
def matchings(draw: st.DrawFn) -> QuestionContent:
    count = draw(st.integers(min_value=2, max_value=6))
    choice_of = draw(st.lists(st.integers(0, count - 1), min_size=count, max_size=count))
    extra = draw(st.integers(min_value=1, max_value=3))
    return QuestionContent(
        kind=QuestionKind.MATCHING,
        stem="Which belong together?",
        detail=Pairs(
            pairs=tuple(
                Pair(f"Prompt {n}", f"Choice {choice}", f"p{n}", f"c{choice}")
                for n, choice in enumerate(choice_of)
            ),
            extra=tuple(ExtraChoice(f"Extra {n}", f"e{n}") for n in range(extra)),
        ),
        partial_credit=draw(st.booleans()),
    )


@st.composite
def orderings(draw: st.DrawFn) -> QuestionContent:
    ids = draw(st.permutations(range(draw(st.integers(min_value=3, max_value=7)))))
    return QuestionContent(
        kind=QuestionKind.ORDERING,
        stem="In which order?",
        detail=Items(tuple(Item(f"Item {n}", f"i{n}") for n in ids)),
        partial_credit=draw(st.booleans()),
    )


def gapped(draw: st.DrawFn, count: int) -> str:
    numbers = draw(st.permutations(range(1, count + 1)))
    return "Fill *in*: " + ", ".join(f"[[{n}]]" for n in numbers) + "."


@st.composite
def clozes(draw: st.DrawFn) -> QuestionContent:
    shapes = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=4))
    blanks = tuple(
        Blank(
            accepted=tuple(f"Right {n} {one}" for one in range(right)),
            wrong=tuple(f"Wrong {n} {one}" for one in range(wrong)),
            weight=draw(st.integers(1, 5)),
            id=f"b{n}",
        )
        for n, (right, wrong) in enumerate(shapes)
    )
    return QuestionContent(
        kind=QuestionKind.CLOZE,
        stem=gapped(draw, len(blanks)),
        detail=Blanks(blanks),
        partial_credit=draw(st.booleans()),
        match_case=draw(st.booleans()),
        match_accents=draw(st.booleans()),
    )


@st.composite
def drags(draw: st.DrawFn) -> QuestionContent:
    count = draw(st.integers(min_value=1, max_value=5))
    extra = draw(st.integers(min_value=1, max_value=3))
    return QuestionContent(
        kind=QuestionKind.DRAG_WORDS,
        stem=gapped(draw, count),
        detail=Pairs(
            tuple(Pair(str(n), f"Word {n}", f"g{n}", f"w{n}") for n in range(1, count + 1)),
            tuple(ExtraChoice(f"Extra {n}", f"e{n}") for n in range(extra)),
        ),
        partial_credit=draw(st.booleans()),
    )


@st.composite
def hotspots(draw: st.DrawFn) -> QuestionContent:
    left, top = draw(st.integers(0, 80)), draw(st.integers(0, 80))
    numbers = f"{left} {top} {draw(st.integers(1, 20))} {draw(st.integers(1, 20))}"
    return QuestionContent(
        kind=QuestionKind.HOTSPOT,
        stem="Where?",
        detail=Spots(
            attachment="picture",
            alt="A map.",
            width=draw(st.integers(1, 4000)),
            height=draw(st.integers(1, 4000)),
            regions=(
                Region(RegionShape.RECTANGLE, numbers),
                Region(RegionShape.CIRCLE, f"{left} {top} 5"),
            ),
        ),
    )


contents = st.one_of(
    choices(),
    choices(kind=QuestionKind.SINGLE_CHOICE),
    truths(),
    shorts(),
    numerics(),
    written_numerics(),
    matchings(),
    orderings(),
    clozes(),
    drags(),
    hotspots(),
)

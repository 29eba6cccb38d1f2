from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.enums import QuestionKind, RegionShape, Verdict
from assessments.scoring.content import QuestionContent
from assessments.scoring.geometry import Point, Region, contains, middle
from assessments.scoring.hotspot import Spots, outline
from assessments.scoring.kinds import Counted, Outline
from assessments.scoring.registry import body_of, checked, read_answer, type_of
from assessments.scoring.score import score_answer
from lms.kernel.errors import Invalid

KIND = type_of(QuestionKind.HOTSPOT)
BOX = Region(RegionShape.RECTANGLE, "10 20 30 40")
DISC = Region(RegionShape.CIRCLE, "50 50 10")
TRIANGLE = Region(RegionShape.POLYGON, "0 0 100 0 0 100")
HOOK = Region(RegionShape.POLYGON, "0 0; 100 0; 100 20; 20 20; 20 100; 0 100")
MAP = QuestionContent(
    kind=QuestionKind.HOTSPOT,
    stem="Where is the volcano?",
    detail=Spots("picture", "A map of an island.", 800, 400, (BOX, DISC)),
)


@pytest.mark.parametrize(
    ("region", "place", "inside"),
    [
        (BOX, (100, 200), True),
        (BOX, (400, 600), True),
        (BOX, (401, 600), False),
        (BOX, (99, 400), False),
        (DISC, (600, 500), True),  # a tenth of the width to the right
        (DISC, (601, 500), False),
        (DISC, (500, 700), True),  # as many pixels down: two tenths of the height
        (DISC, (500, 701), False),
        (TRIANGLE, (0, 0), True),
        (TRIANGLE, (500, 500), True),
        (TRIANGLE, (501, 500), False),
        (HOOK, (100, 900), True),
        (HOOK, (500, 100), True),
        (HOOK, (500, 500), False),
        (HOOK, (200, 500), True),
        (HOOK, (1000, 200), True),
    ],
)
def test_borders_belong_to_a_region(
    *, region: Region, place: tuple[int, int], inside: bool
) -> None:
    assert contains(region, Point(*place), ratio=Decimal("0.5")) == inside


whole = st.integers(min_value=0, max_value=100)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(corners=st.lists(st.tuples(whole, whole), min_size=3, max_size=8), shift=st.integers(0, 7))
def test_a_polygon_is_the_same_from_any_corner_and_either_way(
    corners: list[tuple[int, int]], shift: int
) -> None:
    def region(points: list[tuple[int, int]]) -> Region:
        return Region(RegionShape.POLYGON, " ".join(f"{x} {y}" for x, y in points))

    turned = corners[shift % len(corners) :] + corners[: shift % len(corners)]
    for place in (Point(333, 333), Point(505, 715), Point(10 * corners[0][0], 10 * corners[0][1])):
        ways = {
            contains(region(points), place, ratio=Decimal(1))
            for points in (corners, turned, corners[::-1])
        }
        assert len(ways) == 1
    first = Point(corners[0][0] * 10, corners[0][1] * 10)
    assert contains(region(corners), first, ratio=Decimal(1))


@given(left=whole, top=whole, width=st.integers(1, 100), height=st.integers(1, 100))
def test_the_middle_lies_inside(left: int, top: int, width: int, height: int) -> None:
    width, height = min(width, 100 - left), min(height, 100 - top)
    right, low = left + width, top + height
    for region in (
        Region(RegionShape.RECTANGLE, f"{left} {top} {width} {height}"),
        Region(RegionShape.POLYGON, f"{left} {top} {right} {top} {right} {low} {left} {low}"),
        Region(RegionShape.CIRCLE, f"{left} {top} 1"),
    ):
        assert contains(region, middle(region), ratio=Decimal("0.75"))


def test_the_middle_of_a_hook_lies_inside() -> None:
    assert contains(HOOK, middle(HOOK), ratio=Decimal(1))


@pytest.mark.parametrize(
    "region",
    [
        Region(RegionShape.RECTANGLE, ""),
        Region(RegionShape.RECTANGLE, "10 20 30"),
        Region(RegionShape.RECTANGLE, "10 20 0 40"),
        Region(RegionShape.RECTANGLE, "80 20 30 40"),
        Region(RegionShape.RECTANGLE, "a b c d"),
        Region(RegionShape.CIRCLE, "50 50 0"),
        Region(RegionShape.CIRCLE, "50 50 101"),
        Region(RegionShape.CIRCLE, "-1 50 5"),
        Region(RegionShape.POLYGON, "0 0 10 10"),
        Region(RegionShape.POLYGON, "0 0 10 10 20 20"),
        Region(RegionShape.POLYGON, "0 0 10 10 20"),
        Region(RegionShape.POLYGON, "1 2 " * 31),
        Region(RegionShape.POLYGON, "1 " * 400),
    ],
)
def test_regions_that_nobody_could_hit_are_refused(region: Region) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(MAP, detail=Spots("picture", "A map.", 800, 400, (region,))))
    assert list(refused.value.errors) == ["regions"]


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        (Spots("", "A map.", 800, 400, (BOX,)), "image"),
        (Spots("picture", " ", 800, 400, (BOX,)), "alt"),
        (Spots("picture", "\x00", 800, 400, (BOX,)), "alt"),
        (Spots("picture", "A map.", 0, 400, (BOX,)), "image"),
        (Spots("picture", "A map.", 800, 400), "regions"),
        (Spots("picture", "A map.", 800, 400, (BOX,) * 21), "regions"),
    ],
)
def test_what_cannot_be_pointed_at_is_refused(detail: Spots, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(MAP, detail=detail))
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("place", "verdict", "counted"),
    [
        ({"x": 100, "y": 200}, Verdict.CORRECT, "region 1"),
        ({"x": 500, "y": 650}, Verdict.CORRECT, "region 2"),
        ({"x": 999, "y": 0}, Verdict.WRONG, "cell 10 1"),
        ({"x": 1000, "y": 1000}, Verdict.WRONG, "cell 10 10"),
    ],
)
def test_a_marker_in_any_region_is_right(
    place: dict[str, int], verdict: Verdict, counted: str
) -> None:
    answer = read_answer(checked(MAP), place)
    assert score_answer(MAP, answer, Decimal(1)).verdict == verdict
    words = f"{place['x'] / 10:g} % from the left, {place['y'] / 10:g} % from the top"
    (one,) = KIND.counted(MAP, answer)
    assert one == Counted(counted, one.words, verdict == Verdict.CORRECT)
    assert one.words.replace(".0", "") == words


@pytest.mark.parametrize(
    "raw",
    [
        "x",
        [1, 2],
        {"x": 1},
        {"x": 1, "y": 2, "z": 3},
        {"x": 1.5, "y": 2},
        {"x": "1", "y": 2},
        {"x": True, "y": 2},
        {"x": -1, "y": 2},
        {"x": 1, "y": 1001},
    ],
)
def test_another_shape_is_refused(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(MAP, raw)
    assert list(refused.value.errors) == ["answer"]


def test_learners_never_get_regions() -> None:  # Z5
    body = body_of(MAP, str)
    assert body == {
        "image": {
            "attachment": "picture",
            "alt": "A map of an island.",
            "width": 800,
            "height": 400,
        }
    }
    shown = KIND.shown(body, [], {"x": 100, "y": 250}, None)
    assert shown.image is not None
    assert (shown.image.outlines, shown.image.marker) == ((), ("80.0", "100.0"))
    told = KIND.revealed(MAP, shown)
    assert told.image is not None
    assert [one.shape for one in told.image.outlines] == ["rectangle", "circle"]


def test_regions_are_drawn_in_pixels() -> None:
    assert outline(BOX, 800, 400) == Outline(
        "rectangle", x="80.0", y="80.0", width="240.0", height="160.0"
    )
    assert outline(DISC, 800, 400) == Outline("circle", x="400.0", y="200.0", radius="80.0")
    assert outline(TRIANGLE, 800, 400).points == "0.0,0.0 800.0,0.0 0.0,400.0"

"""Regions of an image, in thousandths of its width and height; borders belong to the region.

A region is written as numbers in per cent: a rectangle `left top width height`, a circle
`x y radius` (the radius in per cent of the width), a polygon `x y x y x y …`. A circle is round on
the image, so its shape needs the image's ratio of height to width.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import RegionShape
from assessments.scoring.numbers import read_number
from lms.kernel.errors import Invalid

MOST: Final = 1000  # of width and of height
PERCENT: Final = Decimal(100)
MAX_CORNERS: Final = 30
MAX_NUMBERS: Final = 600  # characters
COUNTS: Final = {RegionShape.RECTANGLE: 4, RegionShape.CIRCLE: 3}


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the image: thousandths from the left and from the top, 0..1000."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the image; `numbers` are its measures in per cent, as typed."""

    shape: RegionShape
    numbers: str


def measures(region: Region) -> list[Decimal]:
    """The region's numbers in thousandths; raises Invalid(field="regions")."""
    if len(region.numbers) > MAX_NUMBERS:
        raise Invalid(_("This region has too many numbers."), field="regions")
    typed = region.numbers.replace(";", " ").split()
    values = [read_number(one, field="regions") for one in typed]
    if any(not 0 <= value <= PERCENT for value in values):
        raise Invalid(_("Measures of a region lie between 0 and 100 %."), field="regions")
    _check_count(region.shape, len(values))
    return [value * MOST / PERCENT for value in values]


def check_region(region: Region) -> None:
    """Raise Invalid(field="regions") for a region that nobody could hit."""
    values = measures(region)
    if region.shape == RegionShape.RECTANGLE:
        left, top, width, height = values
        if not width or not height or left + width > MOST or top + height > MOST:
            raise Invalid(_("The rectangle must lie on the image."), field="regions")
    elif region.shape == RegionShape.CIRCLE:
        if not values[2]:
            raise Invalid(_("The circle needs a radius."), field="regions")
    elif not _area(_corners(values)):
        raise Invalid(_("The corners of the polygon lie on one line."), field="regions")


def contains(region: Region, point: Point, *, ratio: Decimal) -> bool:
    """Whether the point lies in the region. `ratio` is the image's height by its width."""
    values, x, y = measures(region), Decimal(point.x), Decimal(point.y)
    if region.shape == RegionShape.RECTANGLE:
        left, top, width, height = values
        return left <= x <= left + width and top <= y <= top + height
    if region.shape == RegionShape.CIRCLE:
        across, down = x - values[0], (y - values[1]) * ratio
        return across * across + down * down <= values[2] * values[2]
    return _in_polygon(_corners(values), (x, y))


def middle(region: Region) -> Point:
    """A point inside of the region: its middle, for a polygon around it its first corner."""
    values = measures(region)
    if region.shape == RegionShape.RECTANGLE:
        left, top, width, height = values
        return Point(round(left + width / 2), round(top + height / 2))
    if region.shape == RegionShape.CIRCLE:
        return Point(round(values[0]), round(values[1]))
    corners = _corners(values)
    across, down = (sum((one[n] for one in corners), Decimal(0)) for n in (0, 1))
    centre = Point(round(across / len(corners)), round(down / len(corners)))
    if _in_polygon(corners, (Decimal(centre.x), Decimal(centre.y))):
        return centre
    return Point(round(corners[0][0]), round(corners[0][1]))


Corner = tuple[Decimal, Decimal]


def _check_count(shape: RegionShape, count: int) -> None:
    wanted = COUNTS.get(shape)
    if wanted is not None and count != wanted:
        words = _("A %(shape)s has %(count)s numbers.")
        raise Invalid(words % {"shape": shape.label.lower(), "count": wanted}, field="regions")
    if wanted is None and (count % 2 or not 3 <= count // 2 <= MAX_CORNERS):
        words = _("A polygon has two numbers for each of its 3 to %(most)s corners.")
        raise Invalid(words % {"most": MAX_CORNERS}, field="regions")


def _corners(values: list[Decimal]) -> list[Corner]:
    return list(zip(values[::2], values[1::2], strict=True))


def _area(corners: list[Corner]) -> Decimal:
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return sum((a[0] * b[1] - b[0] * a[1] for a, b in pairs), Decimal(0))


def _in_polygon(corners: list[Corner], point: Corner) -> bool:
    """Even-odd rule by a ray to the right; the border counts as inside."""
    x, y = point
    inside = False
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        cross = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
        within_x = min(a[0], b[0]) <= x <= max(a[0], b[0])
        within_y = min(a[1], b[1]) <= y <= max(a[1], b[1])
        if not cross and within_x and within_y:
            return True
        if (a[1] > y) != (b[1] > y) and (cross > 0) == (b[1] > a[1]):
            inside = not inside
    return inside

"""Hotspot: put a marker on the right place of an image.

Right when the marker lies in any of the regions, borders included. The image is a file of the
course; what is on it is said in words (`alt`), and its size in pixels keeps circles round.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind, RegionShape
from assessments.scoring.content import QuestionContent, check_text, detail_of
from assessments.scoring.geometry import (
    MOST,
    Point,
    Region,
    check_region,
    contains,
    measures,
    middle,
)
from assessments.scoring.kinds import (
    FULL,
    NOTHING,
    Answer,
    Counted,
    Json,
    Outline,
    QuestionType,
    Render,
    Shown,
    ShownImage,
)
from lms.kernel.errors import Invalid

MAX_REGIONS = 20
MAX_ALT = 500
MAX_SIDE = 20_000
CELLS = 10


@dataclass(frozen=True, slots=True)
class Spots:
    """An image of the course (public id of the attachment, pixels) and its right regions."""

    attachment: str
    alt: str
    width: int
    height: int
    regions: tuple[Region, ...] = ()


class Hotspot(QuestionType):
    kind = QuestionKind.HOTSPOT

    def check(self, content: QuestionContent) -> None:
        detail = detail_of(content, Spots)
        if not detail.attachment:
            raise Invalid(_("Choose an image."), field="image")
        if not detail.alt.strip():
            words = _("Say what is on the image, for those who cannot see it.")
            raise Invalid(words, field="alt")
        check_text(detail.alt, field="alt", limit=MAX_ALT)
        if not (1 <= detail.width <= MAX_SIDE and 1 <= detail.height <= MAX_SIDE):
            raise Invalid(_("The size of the image is not known."), field="image")
        if not 1 <= len(detail.regions) <= MAX_REGIONS:
            words = _("Give between 1 and %(most)s regions.") % {"most": MAX_REGIONS}
            raise Invalid(words, field="regions")
        for region in detail.regions:
            check_region(region)

    def without_ids(self, content: QuestionContent) -> QuestionContent:
        return content

    def with_ids(self, content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
        """Nothing that answers name has an id."""
        return content

    def images(self, content: QuestionContent) -> list[str]:
        return [detail_of(content, Spots).attachment]

    def with_images(
        self, content: QuestionContent, sizes: Mapping[str, tuple[int, int]]
    ) -> QuestionContent:
        detail = detail_of(content, Spots)
        width, height = sizes.get(detail.attachment, (0, 0))
        return replace(content, detail=replace(detail, width=width, height=height))

    def revealed(self, content: QuestionContent, shown: Shown) -> Shown:
        detail = detail_of(content, Spots)
        outlines = tuple(outline(one, detail.width, detail.height) for one in detail.regions)
        image = replace(shown.image, outlines=outlines) if shown.image else None
        return replace(shown, image=image)

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        detail = detail_of(content, Spots)
        return {
            "image": {
                "attachment": detail.attachment,
                "alt": detail.alt,
                "width": detail.width,
                "height": detail.height,
            }
        }

    def key(self, content: QuestionContent) -> dict[str, Any]:
        regions = detail_of(content, Spots).regions
        return {"regions": [{"shape": str(r.shape), "numbers": r.numbers} for r in regions]}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        regions = tuple(Region(RegionShape(r["shape"]), r["numbers"]) for r in key["regions"])
        return {"detail": Spots(**body["image"], regions=regions)}

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        image, given = body["image"], _point(answer)
        return Shown(
            image=ShownImage(
                attachment=image["attachment"],
                alt=image["alt"],
                width=image["width"],
                height=image["height"],
                x=given.x if given else None,
                y=given.y if given else None,
            )
        )

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """A place as thousandths from the left and from the top, whole numbers 0..1000."""
        words = _("Send a place: x and y, whole numbers from 0 to 1000.")
        if not isinstance(raw, dict) or set(raw) != {"x", "y"}:
            raise Invalid(words, field="answer")
        for value in raw.values():
            if type(value) is not int or not 0 <= value <= MOST:
                raise Invalid(words, field="answer")
        return {"x": raw["x"], "y": raw["y"]}

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        return FULL if self._hit(content, answer) is not None else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        inside = middle(detail_of(content, Spots).regions[0])
        return {"x": inside.x, "y": inside.y}

    def solution_words(self, content: QuestionContent) -> list[str]:
        return [_words(middle(region)) for region in detail_of(content, Spots).regions]

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        """The region that was hit, by its number; outside of all, the cell of a 10 by 10 grid."""
        hit, given = self._hit(content, answer), _point(answer) or Point(0, 0)
        cell = [min(value * CELLS // MOST, CELLS - 1) + 1 for value in (given.x, given.y)]
        choice = f"region {hit + 1}" if hit is not None else f"cell {cell[0]} {cell[1]}"
        return [Counted(choice, _words(given), hit is not None)]

    def _hit(self, content: QuestionContent, answer: Answer) -> int | None:
        detail, given = detail_of(content, Spots), _point(answer)
        if given is None:
            return None
        ratio = Decimal(detail.height) / detail.width
        hits = (n for n, r in enumerate(detail.regions) if contains(r, given, ratio=ratio))
        return next(hits, None)


def outline(region: Region, width: int, height: int) -> Outline:
    """The region as an SVG shape over an image of that size in pixels."""
    values = measures(region)
    across = [str(float(value * width / MOST)) for value in values]
    down = [str(float(value * height / MOST)) for value in values]
    if region.shape == RegionShape.RECTANGLE:
        left, top, wide, high = across[0], down[1], across[2], down[3]
        return Outline("rectangle", x=left, y=top, width=wide, height=high)
    if region.shape == RegionShape.CIRCLE:
        return Outline("circle", x=across[0], y=down[1], radius=across[2])
    pairs = zip(across[::2], down[1::2], strict=True)
    return Outline("polygon", points=" ".join(f"{x},{y}" for x, y in pairs))


def _point(answer: Answer) -> Point | None:
    return Point(int(answer["x"]), int(answer["y"])) if isinstance(answer, dict) else None


def _words(point: Point) -> str:
    return _("%(x)s %% from the left, %(y)s %% from the top") % {
        "x": Decimal(point.x) / 10,
        "y": Decimal(point.y) / 10,
    }

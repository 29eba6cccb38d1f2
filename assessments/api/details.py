"""What one question type alone says, as JSON with its key: a part of `keys` (Z5).

One serializer per type with a detail; its `build` makes the type's frozen dataclass.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, Final

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from assessments.enums import QuestionKind, RegionShape
from assessments.scoring.cloze import MAX_WEIGHT, Blank, Blanks
from assessments.scoring.code import (
    MAX_CODE,
    MAX_IO,
    MAX_TESTS,
    MEMORY_MB,
    MOST_WEIGHT,
    SECONDS,
    Code,
    CodeTest,
)
from assessments.scoring.content import (
    MAX_ACCEPTED_LENGTH,
    MAX_OPTIONS,
    MAX_STEM,
    MAX_TEXT,
    QuestionContent,
)
from assessments.scoring.essay import MOST_WORDS, Essay
from assessments.scoring.expression import MAX_LENGTH, MAX_NAME
from assessments.scoring.file_upload import MOST_FILES, MOST_MB, Uploads
from assessments.scoring.formula import Formula
from assessments.scoring.geometry import MAX_NUMBERS, Region
from assessments.scoring.hotspot import MAX_ALT, MAX_REGIONS, Spots
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.numbers import MAX_TYPED
from assessments.scoring.ordering import Item, Items
from assessments.scoring.variables import MAX_VARIABLES, Variable
from lms.kernel.errors import Invalid

ID_LENGTH: Final = 22


class DetailSerializer(serializers.Serializer[Any]):
    """The detail of one type."""

    @abstractmethod
    def build(self, given: Mapping[str, Any]) -> object:
        """The type's dataclass of validated input."""


class IdField(serializers.CharField):
    """An id of the last version keeps answers comparable; without one a new id is given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"max_length": ID_LENGTH, "required": False, "allow_blank": True} | kwargs
        )


class TextField(serializers.CharField):
    """Markdown of a prompt, choice or item."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_TEXT, **kwargs)


class LongField(serializers.CharField):
    """A longer text as it was typed, empty by default."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "max_length": MAX_STEM,
            "default": "",
            "allow_blank": True,
            "trim_whitespace": False,
        }
        super().__init__(**given | kwargs)


class WordField(serializers.CharField):
    """A word or a few, as plain text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_ACCEPTED_LENGTH, **kwargs)


class PairShape(serializers.Serializer[Any]):
    """A prompt and the choice that belongs to it."""

    prompt = TextField()
    choice = TextField()
    id = IdField()
    choice_id = IdField()


class TextShape(serializers.Serializer[Any]):
    """A text with its id."""

    text = TextField()
    id = IdField()


class MatchingDetail(DetailSerializer):
    """Pairs in the author's order, and choices that belong to no prompt."""

    pairs = serializers.ListField(child=PairShape(), max_length=MAX_OPTIONS)
    extra = serializers.ListField(child=TextShape(), max_length=MAX_OPTIONS, required=False)

    def build(self, given: Mapping[str, Any]) -> Pairs:
        """Pairs and extra choices."""
        return Pairs(
            tuple(Pair(**one) for one in given["pairs"]),
            tuple(ExtraChoice(**one) for one in given.get("extra", ())),
        )


class OrderingDetail(DetailSerializer):
    """Items in their right order."""

    items = serializers.ListField(child=TextShape(), max_length=MAX_OPTIONS)

    def build(self, given: Mapping[str, Any]) -> Items:
        """The items."""
        return Items(tuple(Item(**one) for one in given["items"]))


class EssayDetail(DetailSerializer):
    """Limits of an essay (0 is none), its format, the text it begins with, and marking notes."""

    min_words = serializers.IntegerField(min_value=0, max_value=MOST_WORDS, default=0)
    max_words = serializers.IntegerField(min_value=0, max_value=MOST_WORDS, default=0)
    markdown = serializers.BooleanField(default=False)
    template = LongField()
    notes = LongField()

    def build(self, given: Mapping[str, Any]) -> object:
        """The essay."""
        return Essay(**given)


class DragWordsDetail(MatchingDetail):
    """Words by the number of their gap: `prompt` is "1" for `[[1]]` in the stem."""


class BlankShape(serializers.Serializer[Any]):
    """What a gap takes; `wrong` choices make it a menu."""

    accepted = serializers.ListField(child=WordField(), max_length=MAX_OPTIONS)
    wrong = serializers.ListField(child=WordField(), max_length=MAX_OPTIONS, required=False)
    weight = serializers.IntegerField(min_value=1, max_value=MAX_WEIGHT, default=1)
    id = IdField()


class ClozeDetail(DetailSerializer):
    """The gaps `[[1]]`, `[[2]]` … of the stem in the order of their numbers."""

    blanks = serializers.ListField(child=BlankShape(), max_length=MAX_OPTIONS)

    def build(self, given: Mapping[str, Any]) -> Blanks:
        """The blanks."""
        return Blanks(
            tuple(
                Blank(
                    accepted=tuple(one["accepted"]),
                    wrong=tuple(one.get("wrong", ())),
                    weight=one["weight"],
                    id=one.get("id", ""),
                )
                for one in given["blanks"]
            )
        )


class VariableShape(serializers.Serializer[Any]):
    """A variable and its values from `low` to `high`; numbers as text, decimals as in `step`."""

    name = serializers.CharField(max_length=MAX_NAME)
    low = serializers.CharField(max_length=MAX_TYPED)
    high = serializers.CharField(max_length=MAX_TYPED)
    step = serializers.CharField(max_length=MAX_TYPED, default="1")


class FormulaDetail(DetailSerializer):
    """Variables, and the expression that works out the right number from them."""

    variables = serializers.ListField(child=VariableShape(), max_length=MAX_VARIABLES)
    expression = serializers.CharField(max_length=MAX_LENGTH)

    def build(self, given: Mapping[str, Any]) -> object:
        """The formula."""
        variables = tuple(Variable(**one) for one in given["variables"])
        return Formula(variables, given["expression"])


class RegionSerializer(serializers.Serializer[Any]):
    """A region; `numbers` are per cent of the image.

    A rectangle is `left top width height`, a circle `x y radius` (of the width), a polygon
    `x y x y x y …`.
    """

    shape = serializers.ChoiceField(choices=RegionShape.choices)
    numbers = serializers.CharField(max_length=MAX_NUMBERS)


class HotspotDetail(DetailSerializer):
    """An image of the course's files, said in words, and its right regions."""

    attachment = serializers.CharField(max_length=ID_LENGTH)
    alt = serializers.CharField(max_length=MAX_ALT)
    width = serializers.IntegerField(read_only=True)
    height = serializers.IntegerField(read_only=True)
    regions = serializers.ListField(child=RegionSerializer(), max_length=MAX_REGIONS)

    def build(self, given: Mapping[str, Any]) -> Spots:
        """The regions; the size of the image is looked up by the service."""
        regions = tuple(
            Region(RegionShape(one["shape"]), one["numbers"]) for one in given["regions"]
        )
        return Spots(given["attachment"], given["alt"], 0, 0, regions)


class FileUploadDetail(DetailSerializer):
    """Accepted endings (none for all that are safe), how many files, megabytes, marking notes."""

    kinds = serializers.ListField(
        child=serializers.CharField(max_length=10), required=False, max_length=50
    )
    most = serializers.IntegerField(min_value=1, max_value=MOST_FILES, default=1)
    max_mb = serializers.IntegerField(min_value=1, max_value=MOST_MB, default=10)
    notes = LongField()

    def build(self, given: Mapping[str, Any]) -> object:
        """What is asked for."""
        return Uploads(**{**given, "kinds": tuple(given.get("kinds", ()))})


class CodeTestShape(serializers.Serializer[Any]):
    """A test: input and output of the program, or with `call` an expression and its value."""

    given = LongField(max_length=MAX_IO)
    expected = LongField(max_length=MAX_IO)
    call = serializers.BooleanField(default=False)
    hidden = serializers.BooleanField(default=False)
    weight = serializers.IntegerField(min_value=1, max_value=MOST_WEIGHT, default=1)
    id = IdField()


class CodeDetail(DetailSerializer):
    """What a program begins with, its tests, its limits, and a right program if there is one."""

    starter = LongField(max_length=MAX_CODE)
    tests = serializers.ListField(child=CodeTestShape(), max_length=MAX_TESTS)
    seconds = serializers.IntegerField(min_value=SECONDS[0], max_value=SECONDS[1], default=2)
    memory_mb = serializers.IntegerField(min_value=MEMORY_MB[0], max_value=MEMORY_MB[1], default=64)
    solution = LongField(max_length=MAX_CODE)

    def build(self, given: Mapping[str, Any]) -> object:
        """The tests and limits."""
        tests = tuple(CodeTest(**one) for one in given["tests"])
        return Code(**{**given, "tests": tests})


class TestLineOut(serializers.Serializer[Any]):
    """A test of a code answer; of a hidden one nothing but how it went.

    `passed` is null before it ran, `ended` how the program did (`done`, `error`, `time`, `memory`,
    `output`, `crash`), `ms` its processor time.
    """

    number = serializers.IntegerField()
    hidden = serializers.BooleanField()
    given = serializers.CharField(allow_blank=True)
    expected = serializers.CharField(allow_blank=True)
    call = serializers.BooleanField()
    passed = serializers.BooleanField(allow_null=True)
    ended = serializers.CharField(allow_blank=True)
    ms = serializers.IntegerField()
    out = serializers.CharField(allow_blank=True)


DETAILS: Final[dict[QuestionKind, type[DetailSerializer]]] = {
    QuestionKind.MATCHING: MatchingDetail,
    QuestionKind.ORDERING: OrderingDetail,
    QuestionKind.ESSAY: EssayDetail,
    QuestionKind.CLOZE: ClozeDetail,
    QuestionKind.DRAG_WORDS: DragWordsDetail,
    QuestionKind.FORMULA: FormulaDetail,
    QuestionKind.HOTSPOT: HotspotDetail,
    QuestionKind.FILE_UPLOAD: FileUploadDetail,
    QuestionKind.CODE: CodeDetail,
}


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="QuestionDetail",
        serializers=list(DETAILS.values()),
        resource_type_field_name=None,
    )
)
class DetailField(serializers.JSONField):
    """What the question's type alone says; null for types that say nothing more."""


def allow_any_detail(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Post-processing: a detail may look like those of two types, as fields have defaults."""
    schemas = result["components"]["schemas"]
    for name in ("QuestionDetail", "QuestionDetailRequest"):
        schemas[name] = {"anyOf": schemas[name]["oneOf"]}
    return result


def detail_from(kind: QuestionKind, given: object) -> object | None:
    """The detail of a type out of JSON; raises Invalid naming the place inside `detail`."""
    if given is None:
        return None
    shape = DETAILS.get(kind)
    if shape is None:
        words = f"A question of the type {kind.value} has no detail."
        raise Invalid(words, field="detail")
    read = shape(data=given)
    if not read.is_valid():
        errors = {f"detail.{name}": [str(words)] for name, words in read.errors.items()}
        raise Invalid("The detail cannot be read.", errors=errors)
    return read.build(read.validated_data)


def detail_data(content: QuestionContent) -> dict[str, Any] | None:
    """The detail as JSON."""
    detail = content.detail
    return asdict(detail) if is_dataclass(detail) and not isinstance(detail, type) else None

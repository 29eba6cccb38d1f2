"""What every question type offers: the one thing to write for a new type.

A type is a pure object. It says what learners may see (`body`), what scores an answer (`key`), how
both become content again (`fields`), and everything that is done with an answer. All callers go
through `registry.type_of`; nobody else asks which type a question has.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any, ClassVar

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent

FULL, NOTHING = Decimal(1), Decimal(0)
RICH = ("<math", "<img", "<pre", "<table")

# An answer as it is stored: option id, option ids, answers by part, truth, text, number as text;
# None is no answer.
Answer = str | list[str] | dict[str, Any] | bool | None
Render = Callable[[str], str]
Json = Mapping[str, Any]


class Marking(Enum):
    """Who scores an answer."""

    MACHINE = "machine"
    PERSON = "person"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class ShownOption:
    """A choice as its learner sees it; `words` says it where markup cannot stand, as in a menu."""

    id: str
    html: str
    chosen: bool = False
    words: str = ""

    @property
    def is_rich(self) -> bool:
        """Whether words alone do not say all of it."""
        return any(tag in self.html for tag in RICH)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One of several things a question asks: a prompt, a blank.

    `label` names it in words, `options` are its choices (none: it takes text), `answer` is what
    was given for it, empty without.
    """

    id: str
    label: str
    html: str = ""
    options: tuple[ShownOption, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A region drawn over an image, in pixels of the image: as the attributes of an SVG shape."""

    shape: str
    x: str = ""
    y: str = ""
    width: str = ""
    height: str = ""
    radius: str = ""
    points: str = ""


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image of the course with its size in pixels, and the marker that the learner put on it.

    `x` and `y` are thousandths from the left and from the top. `outlines` are the right regions,
    for those who may know them.
    """

    attachment: str
    alt: str
    width: int
    height: int
    x: int | None = None
    y: int | None = None
    outlines: tuple[Outline, ...] = ()

    @property
    def marker(self) -> tuple[str, str] | None:
        """The marker in pixels of the image, as text for SVG."""
        if self.x is None or self.y is None:
            return None
        return str(self.x * self.width / 1000), str(self.y * self.height / 1000)

    @property
    def left(self) -> str:
        """Per cent from the left, as the input wants it; empty without a marker."""
        return "" if self.x is None else str(self.x / 10)

    @property
    def top(self) -> str:
        """Per cent from the top."""
        return "" if self.y is None else str(self.y / 10)

    @property
    def size(self) -> str:
        """A good size for the marker: a thirtieth of the shorter side, in pixels."""
        return str(max(min(self.width, self.height) / 30, 4))


@dataclass(frozen=True, slots=True)
class Shown:
    """A question beside its stem as its learner sees it.

    `rule` says in words how it is scored, `settings` is what its inputs need to know besides.
    `inline` tells that the parts stand in the stem.
    """

    options: tuple[ShownOption, ...] = ()
    parts: tuple[ShownPart, ...] = ()
    unit: str = ""
    rule: str = ""
    settings: Json = field(default_factory=dict)
    inline: bool = False
    image: ShownImage | None = None

    @property
    def is_rich(self) -> bool:
        """Whether the choices must be shown beside their menus."""
        return any(option.is_rich for option in self.options)


@dataclass(frozen=True, slots=True)
class Sample:
    """Values that an attempt might draw, and the right answer with them, both as shown."""

    drawn: dict[str, Any]
    answer: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing an answer says, for reviews and for tables of what was chosen how often.

    `part` and `label` are the id and words of what was asked, both empty when a question asks one
    thing. `choice` is the same for all answers that say the same (an option's id, a folded text),
    `words` says it, `expected` says what is right there. All parts are told, also those that were
    left out, with an empty `choice`. `right` is None for who may not know it.
    """

    choice: str
    words: str
    right: bool | None
    part: str = ""
    label: str = ""
    expected: str = ""


class QuestionType(ABC):
    """One type. What most types share has a default here.

    `content` is always of the type's own kind; `answer` is what `read` returned, never None.
    """

    kind: ClassVar[QuestionKind]
    marking: ClassVar[Marking] = Marking.MACHINE
    draws: ClassVar[bool] = False  # whether each attempt draws values of its own
    takes_files: ClassVar[bool] = False  # whether an answer names uploaded files
    always_shuffled: ClassVar[bool] = False  # whatever the quiz says: the order is the key

    # ------------------------------------------------------------ the question

    @abstractmethod
    def check(self, content: QuestionContent) -> None:
        """Raise Invalid, naming the field, when the question cannot be scored."""

    def with_ids(self, content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
        """The content with an id on all that answers name; present ids stay."""
        options = tuple(o if o.id else replace(o, id=new_id()) for o in content.options)
        return replace(content, options=options)

    def without_ids(self, content: QuestionContent) -> QuestionContent:
        """The content with no ids, so that a copy gets ids of its own."""
        return replace(content, options=tuple(replace(o, id="") for o in content.options))

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        """What a learner may see beside the stem (Z5); `render` turns Markdown into clean HTML."""
        return {}

    @abstractmethod
    def key(self, content: QuestionContent) -> dict[str, Any]:
        """What scores an answer: never shown before the review."""

    @abstractmethod
    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        """The fields of the content that `body` and `key` were made of, also of old rows."""

    def pool(self, body: Json) -> list[str]:
        """The ids whose order an attempt draws and stores."""
        return []

    def ids(self, body: Json) -> set[str]:
        """All ids that a stored order or answer may name."""
        return set(self.pool(body))

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        """What its learner sees, in the drawn order, with their answer.

        `html` renders Markdown when the stored HTML is outdated; None takes it as it is stored.
        """
        return Shown()

    def draw(self, content: QuestionContent, random: Random) -> dict[str, Any]:
        """What each attempt draws for itself, as JSON that is stored with it."""
        return {}

    def with_drawn(self, content: QuestionContent, drawn: Json) -> QuestionContent:
        """The content with what an attempt drew; raises Invalid when that is not enough."""
        return content

    def worded(self, text: str, drawn: Json) -> str:
        """A text of the question with what an attempt drew; needs no key."""
        return text

    def samples(self, content: QuestionContent, count: int) -> list[Sample]:
        """What attempts might draw, for the author; the same for the same question."""
        return []

    def revealed(self, content: QuestionContent, shown: Shown) -> Shown:
        """What is shown with the right answers, for those who may know them."""
        return shown

    def images(self, content: QuestionContent) -> list[str]:
        """Public ids of the course's files that it shows."""
        return []

    def with_images(
        self, content: QuestionContent, sizes: Mapping[str, tuple[int, int]]
    ) -> QuestionContent:
        """The content with the sizes of its images, in pixels by public id."""
        return content

    # ------------------------------------------------------------ answers

    @abstractmethod
    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The answer in its stored form; raises Invalid(field="answer") for any other shape."""

    @abstractmethod
    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        """The share of the points, 0..1. Never asked of a type that people mark."""

    @abstractmethod
    def solution(self, content: QuestionContent) -> Answer:
        """An answer worth all points, in its stored form."""

    def solution_words(self, content: QuestionContent) -> list[str]:
        """The right answers in words, for types that have no options."""
        return []

    def feedback(self, content: QuestionContent, answer: Answer) -> tuple[str, ...]:
        """What the author says to this answer, as Markdown."""
        return ()

    def rendered(self, content: QuestionContent, answer: Answer, render: Render) -> str:
        """The answer as clean HTML, for types whose answers are longer than a line."""
        return ""

    def notes(self, content: QuestionContent) -> str:
        """What the author says to who marks it, as Markdown: for staff alone."""
        return ""

    @abstractmethod
    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        """What the answer says, piece by piece."""

    def summary(self, content: QuestionContent, answer: Answer) -> str:
        """The answer on one line."""
        said = (
            f"{one.label}: {one.words}" if one.label else one.words
            for one in self.counted(content, answer)
            if one.words
        )
        return "; ".join(" ".join(words.split()) for words in said)

    # ------------------------------------------------------------ other systems

    def extras(self, content: QuestionContent) -> dict[str, str]:
        """What other systems' formats cannot say of it, by name."""
        return {}

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        """The fields of the content that `extras` says; what makes no sense is left out."""
        return {}

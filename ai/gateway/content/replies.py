"""The shapes of a model's replies, and pieces made of them: cleaned, cited, or left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from ai.enums import ContentKind
from ai.gateway.content.cleaning import clean_markdown, gives_orders
from ai.gateway.content.shape import Made, Numbered
from ai.gateway.documents.shape import escaped
from ai.gateway.text import clean_output, overlap

MAX_TITLE, MAX_TEXT = 150, 6_000
LIKE = 0.12


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Item(_Reply):
    """One piece: a title or term, its text, and the numbers of the blocks it rests on."""

    title: str = Field(max_length=300)
    text: str = Field(max_length=MAX_TEXT)
    sources: list[int] = Field(max_length=40)


class Items(_Reply):
    """The reply of most kinds."""

    items: list[Item] = Field(min_length=1, max_length=20)


class PlannedLesson(_Reply):
    """A lesson of an outline."""

    title: str = Field(max_length=300)
    objectives: list[str] = Field(max_length=6)


class PlannedSection(_Reply):
    """A section of an outline."""

    title: str = Field(max_length=300)
    objectives: list[str] = Field(max_length=6)
    lessons: list[PlannedLesson] = Field(min_length=1, max_length=12)
    sources: list[int] = Field(max_length=60)


class Outline(_Reply):
    """The reply for a course outline."""

    sections: list[PlannedSection] = Field(min_length=1, max_length=12)


class Criterion(_Reply):
    """A row of a rubric."""

    criterion: str = Field(max_length=300)
    full: str = Field(max_length=500)
    part: str = Field(max_length=500)
    none: str = Field(max_length=500)
    sources: list[int] = Field(max_length=40)


class Rubric(_Reply):
    """The reply for a rubric."""

    criteria: list[Criterion] = Field(min_length=1, max_length=10)


def schema_of(kind: ContentKind) -> type[BaseModel]:
    """Which shape a kind's reply has."""
    shapes: dict[ContentKind, type[BaseModel]] = {
        ContentKind.OUTLINE: Outline,
        ContentKind.RUBRIC: Rubric,
    }
    return shapes.get(kind, Items)


@dataclass(frozen=True, slots=True)
class Understood:
    """Pieces of a reply, and how many were left out because they cited nothing or gave orders."""

    made: tuple[Made, ...]
    uncited: int
    orders: int


def understood(
    reply: BaseModel, kind: ContentKind, blocks: Sequence[Numbered], heading: str = ""
) -> Understood:
    """The pieces that may be shown. Without blocks (a title alone) none has to cite."""
    reader = _Reader(kind, tuple(blocks), heading)
    if isinstance(reply, Outline):
        found = [reader.section(section) for section in reply.sections]
    elif isinstance(reply, Rubric):
        found = reader.rubric(reply)
    else:
        assert isinstance(reply, Items)  # noqa: S101 - the schema we asked for
        found = [reader.item(item) for item in reply.items]
        if kind == ContentKind.SUMMARY:
            found = [reader.joined(found)]
    made = [one for one in found if one is not None]
    good = [one for one in made if not gives_orders(one.title, one.markdown, str(one.data))]
    cited = [one for one in good if one.refs or not blocks]
    return Understood(tuple(cited), len(good) - len(cited), len(made) - len(good))


@dataclass(frozen=True, slots=True)
class _Reader:
    kind: ContentKind
    blocks: tuple[Numbered, ...]
    heading: str

    @property
    def _source(self) -> str:
        """What the source has; lines that speak to a model make no link of theirs ours."""
        lines = (line for block in self.blocks for line in block.text.split("\n"))
        return "\n".join(line for line in lines if not gives_orders(line))

    def _line(self, text: str, limit: int = 500) -> str:
        return clean_output(text, source=self._source, limit=limit)

    def _refs(self, given: Sequence[int], text: str) -> tuple[int, ...]:
        """Numbers that exist; without one the block that is most alike, if it is at all."""
        known = {block.ref for block in self.blocks}
        refs = tuple(dict.fromkeys(ref for ref in given if ref in known))
        if refs or not self.blocks:
            return refs
        best = max(self.blocks, key=lambda block: overlap(block.text, text))
        return (best.ref,) if overlap(best.text, text) >= LIKE else ()

    def item(self, item: Item) -> Made | None:
        """One item as the Markdown of its kind; None when nothing is left of it."""
        title = self._line(item.title, MAX_TITLE)
        text = clean_markdown(item.text, source=self._source)
        if not text:
            return None
        refs = self._refs(item.sources, f"{title} {text}")
        flat = " ".join(text.split())
        if self.kind == ContentKind.FLASHCARDS:
            shown = f"> **{escaped(title)}**\n>\n> {flat}"
            return Made(title, shown, refs, self.heading, {"front": title, "back": flat})
        return Made(title, self._shown(title, text, flat), refs, self.heading)

    def joined(self, found: "list[Made | None]") -> Made | None:
        """The items of a summary as one list, which is one block of the lesson."""
        items = [one for one in found if one is not None and (one.refs or not self.blocks)]
        refs = tuple(dict.fromkeys(ref for one in items for ref in one.refs))
        lines = "\n".join(one.markdown for one in items if not gives_orders(one.markdown))
        return Made("", lines, refs, self.heading) if lines else None

    def _shown(self, title: str, text: str, flat: str) -> str:
        if self.kind == ContentKind.KEY_TERMS:
            return f"**{escaped(title)}**: {flat}"
        if self.kind == ContentKind.SUMMARY:
            return f"- {flat.removeprefix('- ')}"
        if self.kind == ContentKind.DISCUSSION:
            return flat.removeprefix("- ")
        level = "##" if self.kind == ContentKind.LESSON else "###"
        return f"{level} {escaped(title)}\n\n{text}" if title else text

    def section(self, section: PlannedSection) -> Made | None:
        """One section of an outline, its lessons in `data`."""
        title = self._line(section.title, MAX_TITLE)
        lessons = [
            {
                "title": self._line(lesson.title, MAX_TITLE),
                "objectives": [self._line(words) for words in lesson.objectives if words.strip()],
                "markdown": "",
            }
            for lesson in section.lessons
        ]
        lessons = [lesson for lesson in lessons if lesson["title"]]
        if not title or not lessons:
            return None
        data = {
            "objectives": [self._line(words) for words in section.objectives if words.strip()],
            "lessons": lessons,
        }
        words = " ".join([title, *(str(lesson["title"]) for lesson in lessons)])
        return Made(title, "", self._refs(section.sources, words), "", data)

    def rubric(self, reply: Rubric) -> list[Made | None]:
        """The whole table as one piece."""
        rows, refs = [], list[int]()
        for row in reply.criteria:
            cells = [
                self._line(words, 300) for words in (row.criterion, row.full, row.part, row.none)
            ]
            if cells[0]:
                rows.append("| " + " | ".join(escaped(cell) for cell in cells) + " |")
                refs += self._refs(row.sources, " ".join(cells))
        head = "| Criterion | Full marks | Part | None |\n| --- | --- | --- | --- |"
        made = Made("", "\n".join([head, *rows]), tuple(dict.fromkeys(refs)), self.heading)
        return [made] if rows else []

"""The text that questions are made from, with what is needed to cite it."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ai.gateway.text import contains
from courses.enums import VersionState
from courses.models import Lesson, LessonVersion
from lms.kernel.errors import Invalid
from lms.kernel.text import split_blocks

MAX_PASSAGE = 3_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of the source."""

    key: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source in blocks; `version` is a lesson version's number, 0 for pasted text."""

    title: str
    version: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole text, a blank line between blocks."""
        return "\n\n".join(piece.text for piece in self.pieces)

    def cite(self, evidence: tuple[str, ...]) -> dict[str, Any]:
        """Where the evidence stands: title, version, hash of all, passage, blocks with hashes."""
        cited = [
            piece
            for piece in self.pieces
            if any(contains(piece.text, sentence) for sentence in evidence)
        ]
        return {
            "title": self.title,
            "version": self.version,
            "sha256": hashlib.sha256(self.text.encode()).hexdigest(),
            "passage": "\n\n".join(piece.text for piece in cited)[:MAX_PASSAGE],
            "blocks": [{"key": piece.key, "sha256": piece.sha256} for piece in cited],
        }


def source_of_text(markdown: str) -> Source:
    """Pasted text as a source; raises Invalid when it says nothing."""
    return _source(_("Pasted text"), 0, _split(markdown), field="content")


def source_of_lesson(lesson: Lesson) -> Source:
    """A lesson as staff see it: its draft, else the published version. Raises Invalid if empty."""
    versions = LessonVersion.objects.filter(
        lesson=lesson, state__in=[VersionState.DRAFT, VersionState.PUBLISHED]
    )
    found = {version.state: version for version in versions}
    version = found.get(VersionState.DRAFT) or found.get(VersionState.PUBLISHED)
    if version is None:
        return _source(lesson.title, 0, (), field="lesson")
    rows = version.blocks.order_by("ordinal").values_list("key", "text", "sha256")
    pieces = tuple(Piece(*row) for row in rows) or _split(version.markdown)
    return _source(lesson.title, version.number, pieces, field="lesson")


def _split(markdown: str) -> tuple[Piece, ...]:
    return tuple(Piece(block.key, block.text, block.sha256) for block in split_blocks(markdown))


def _source(title: str, version: int, pieces: tuple[Piece, ...], *, field: str) -> Source:
    if not any(piece.text.strip() for piece in pieces):
        raise Invalid(_("There is no text to make questions from."), field=field)
    return Source(title, version, pieces)

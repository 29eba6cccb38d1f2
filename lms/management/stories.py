"""Stories in sections, read from CSV files with the columns `section` and `text`.

Format and stories: FairytaleQA (Xu et al. 2022, "Fantastic Questions and Where to Find Them"),
Apache-2.0. The files stay where they are; nothing of them is copied into the project.
"""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

SUFFIX = "-story"


class StoryError(ValueError):
    """A story file that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Story:
    """A title and the texts of its sections in order."""

    title: str
    source: str
    sections: tuple[str, ...]


def shared_folder(base: Path) -> Path:
    """Where shared data lie: `CAIRN_SHARED`, or `../shared` beside the project."""
    return (base / os.environ.get("CAIRN_SHARED", "../shared")).resolve()


def find_story(name: str, base: Path) -> Path:
    """A story by its path, or by its file name among the shared ones.

    Raises StoryError when there is no such file.
    """
    shared = shared_folder(base) / "data" / "fairytaleqa" / "stories"
    for path in (Path(name), shared / name, shared / f"{name}.csv"):
        if path.is_file():
            return path
    raise StoryError(f"{name}: there is no such story, nor one of that name in {shared}")


def read_story(path: Path) -> Story:
    """Read a story. Raises StoryError for a file without the two columns or without text."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StoryError(f"{path.name}: {error}") from error
    try:
        texts = {int(row["section"]): row["text"].strip() for row in rows}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoryError(f"{path.name}: needs the columns 'section' and 'text'") from error
    sections = tuple(text for _number, text in sorted(texts.items()) if text)
    if not sections:
        raise StoryError(f"{path.name}: there is no text")
    return Story(_title(path), path.name, sections)


def _title(path: Path) -> str:
    words = path.stem.removesuffix(SUFFIX).replace("-", " ").split()
    return " ".join(word.capitalize() for word in words)

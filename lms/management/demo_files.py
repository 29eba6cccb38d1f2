"""Read the demo's JSON and Markdown files; every complaint names the file it is about."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "demo"


class DemoContentError(ValueError):
    """A demo file that cannot be used: which file, and what is wrong with it."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path.parent.name}/{path.name}: {problem}")


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object together with the file and the place it came from."""

    path: Path
    place: str
    values: dict[str, Any]

    def wrong(self, problem: str) -> DemoContentError:
        """Build the error to raise about this object."""
        return DemoContentError(self.path, f"{self.place}: {problem}" if self.place else problem)

    def _take(self, key: str, kind: type | tuple[type, ...]) -> Any:
        if key not in self.values:
            raise self.wrong(f"{key!r} is missing")
        value = self.values[key]
        # bool is an int in Python, never in these files.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(f"{key!r} has the wrong type")
        return value

    def text(self, key: str) -> str:
        """A string that is not empty."""
        value: str = self._take(key, str)
        if not value.strip():
            raise self.wrong(f"{key!r} is empty")
        return value

    def whole(self, key: str, *, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value: int = self._take(key, int)
        if value < least:
            raise self.wrong(f"{key!r} is below {least}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value: bool = self._take(key, bool)
        return value

    def texts(self, key: str, *, least: int = 1) -> tuple[str, ...]:
        """A list of at least `least` strings, none of them empty."""
        values = self._take(key, list)
        if len(values) < least or not all(isinstance(v, str) and v.strip() for v in values):
            raise self.wrong(f"{key!r} must be a list of {least} or more texts")
        return tuple(values)

    def pair(self, key: str) -> tuple[float, float]:
        """Two numbers, for instance a mean and a spread, or a range."""
        values = self._take(key, list)
        if len(values) != 2 or not all(type(v) in {int, float} for v in values):
            raise self.wrong(f"{key!r} must be two numbers")
        return float(values[0]), float(values[1])

    def records(self, key: str) -> tuple["Record", ...]:
        """A list of objects, each knowing its place in the file."""
        values = self._take(key, list)
        where = f"{self.place} {key}".strip()
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(f"{key!r} must be a list of objects")
        return tuple(
            Record(self.path, f"{where} {number}", value)
            for number, value in enumerate(values, start=1)
        )

    def number(self, key: str) -> float:
        """A number, whole or not."""
        return float(self._take(key, (int, float)))


def read_json(path: Path) -> Record:
    """The object in a JSON file. Raises DemoContentError when it is absent or malformed."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DemoContentError(path, "the file is missing") from error
    except ValueError as error:
        raise DemoContentError(path, f"not JSON: {error}") from error
    if not isinstance(values, dict):
        raise DemoContentError(path, "must hold one object")
    return Record(path, "", values)


def read_front_matter(path: Path) -> tuple[Record, str]:
    """The `key: value` lines between two `---` lines, and the Markdown after them."""
    try:
        head, separator, body = path.read_text(encoding="utf-8").partition("\n---\n")
    except FileNotFoundError as error:
        raise DemoContentError(path, "the file is missing") from error
    if not separator or not head.startswith("---\n"):
        raise DemoContentError(path, "must begin with front matter between two --- lines")
    values: dict[str, Any] = {}
    for line in head.removeprefix("---\n").splitlines():
        key, colon, value = line.partition(": ")
        if not colon:
            raise DemoContentError(path, f"front matter: {line!r} is not 'key: value'")
        values[key.strip()] = _scalar(value.strip())
    if not body.strip():
        raise DemoContentError(path, "the lesson has no text")
    return Record(path, "front matter", values), body.strip() + "\n"


def _scalar(value: str) -> str | int | bool:
    if value in {"true", "false"}:
        return value == "true"
    return int(value) if value.isdigit() else value


def require_known(record: Record, key: str, value: str, known: Sequence[str]) -> str:
    """Give `value` back when it is one of `known`, else raise the error that says so."""
    if value not in known:
        raise record.wrong(f"{key!r} is {value!r}, not one of {', '.join(known)}")
    return value

"""Graded work of the apps above this one, such as discussions, which name themselves here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from courses.models import Course
from lms.kernel.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWork:
    """Something graded that is due, of another app, as the asker may know of it.

    `path` leads to it. `waits` where the asker is to do it, has not, and is not excused; `begun`
    where they did a part. Nothing can be done for it after `due_at`.
    """

    kind: str
    id: str
    title: str
    path: str
    course: Course
    due_at: datetime
    changed_at: datetime
    waits: bool
    begun: bool


# Of these courses, by key; of those that the asker learns with None.
Source = Callable[[Actor, Collection[int] | None], list[OtherWork]]
_sources: list[Source] = []


def register_work(source: Source) -> None:
    """Name a source; called from an app's `ready()`. It asks the same queries for any number."""
    if source not in _sources:
        _sources.append(source)


def other_work(actor: Actor, courses: Collection[int] | None = None) -> list[OtherWork]:
    """What every source tells the asker."""
    return [one for source in _sources for one in source(actor, courses)]

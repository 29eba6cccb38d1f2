"""The list of notifications as people read it: what came in a row and is alike stands as one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from realtime.enums import NotificationKind
from realtime.models import Notification
from realtime.queries.notifications import Words, words_of

# Fewer stand by themselves.
BURST: Final = 3
ICONS: Final = {
    NotificationKind.INVITED: "mail",
    NotificationKind.QUIZ_PUBLISHED: "list-checks",
    NotificationKind.ASSIGNMENT_PUBLISHED: "clipboard-list",
    NotificationKind.SUBMISSION_RECEIVED: "clipboard-list",
    NotificationKind.SUBMISSION_RETURNED: "clipboard-list",
    NotificationKind.GRADE_CHANGED: "award",
    NotificationKind.ANNOUNCEMENT: "megaphone",
    NotificationKind.MENTIONED: "at-sign",
    NotificationKind.FORUM_REPLY: "messages-square",
    NotificationKind.FORUM_THREAD: "messages-square",
    NotificationKind.FORUM_SOLVED: "messages-square",
    NotificationKind.FORUM_MENTION: "at-sign",
    NotificationKind.DIRECT: "message-circle",
    NotificationKind.TUTOR_REPLY: "reply",
    NotificationKind.AI_BUDGET: "coins",
    NotificationKind.REVIEW_DUE: "layers",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A notification with its words and icon."""

    row: Notification
    words: Words
    icon: str


@dataclass(frozen=True, slots=True)
class Burst:
    """The newest of things alike, and those before it."""

    first: Item
    rest: list[Item] = field(default_factory=list)


def bursts(rows: Iterable[Notification]) -> list[Burst]:
    """Rows in their order; three or more of one kind and course, unread, are one burst."""
    found: list[Burst] = []
    for _alike, group in groupby(rows, key=_place):
        items = [_item(row) for row in group]
        if len(items) >= BURST and items[0].row.read_at is None:
            found.append(Burst(items[0], items[1:]))
        else:
            found += [Burst(item) for item in items]
    return found


def _place(row: Notification) -> tuple[str, int | None, bool]:
    return row.kind, row.course_id, row.read_at is None


def _item(row: Notification) -> Item:
    icon = ICONS.get(NotificationKind(row.kind), "graduation-cap")
    return Item(row, words_of(row), icon)

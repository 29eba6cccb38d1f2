"""The list of notifications as people read it: what belongs together stands as one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from django.utils.translation import ngettext

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
    """The newest of things alike, and those before it; `thread` where they tell of one thread."""

    first: Item
    rest: list[Item] = field(default_factory=list)
    thread: bool = False

    @property
    def title(self) -> str:
        """What the newest says, or how many replies there are when all tell of one."""
        rows = [self.first.row, *(one.row for one in self.rest)]
        replies = all(row.kind == NotificationKind.FORUM_REPLY for row in rows)
        if not (self.thread and self.rest and replies):
            return self.first.words.title
        words = ngettext(
            "%(count)d reply in “%(subject)s”",
            "%(count)d replies in “%(subject)s”",
            len(rows),
        )
        return words % {"count": len(rows), "subject": self.first.row.args.get("subject", "")}


def bursts(rows: Iterable[Notification]) -> list[Burst]:
    """Rows in their order, with what belongs together as one at the place of the newest.

    What tells of one thread does, read apart from unread; and in a row three or more of one kind
    and course, unread.
    """
    threads: dict[object, list[Item]] = {}
    loose: list[Notification] = []
    for row in rows:
        place = _thread(row)
        if place is None:
            loose.append(row)
        elif place in threads:
            threads[place].append(_item(row))
        else:
            threads[place] = [_item(row)]
            loose.append(row)
    found: list[Burst] = []
    for _alike, group in groupby(loose, key=_place):
        items = [_item(row) for row in group]
        if len(items) >= BURST and items[0].row.read_at is None and _thread(items[0].row) is None:
            found.append(Burst(items[0], items[1:]))
        else:
            found += [_one(item, threads) for item in items]
    return found


def _one(item: Item, threads: dict[object, list[Item]]) -> Burst:
    place = _thread(item.row)
    if place is None:
        return Burst(item)
    return Burst(item, threads[place][1:], thread=True)


def _thread(row: Notification) -> object:
    """The thread of which a row tells, read or not; None where it tells of none."""
    named = row.args.get("thread")
    return (named, row.read_at is None) if named else None


def _place(row: Notification) -> tuple[object, ...]:
    return row.kind, row.course_id, row.read_at is None, _thread(row)


def _item(row: Notification) -> Item:
    icon = ICONS.get(NotificationKind(row.kind), "graduation-cap")
    return Item(row, words_of(row), icon)

"""When a question comes back: FSRS-6 as py-fsrs has it, without chance in the intervals.

A card remembers stability (days until the chance of recall falls to nine tenths) and difficulty
(1 to 10), and both move with every rating (Ye, Su and Cao 2022; the parameters of FSRS-6). New and
forgotten cards go through steps of minutes first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db.models import IntegerChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from fsrs import Card, Rating, Scheduler, State


class Recall(IntegerChoices):
    """How well somebody remembered."""

    AGAIN = 1, gettext_lazy("Again")
    HARD = 2, gettext_lazy("Hard")
    GOOD = 3, gettext_lazy("Good")
    EASY = 4, gettext_lazy("Easy")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept of a card; `state` is 1 learning, 2 reviewing, 3 learning again."""

    state: int
    step: int | None
    stability: float
    difficulty: float
    due: datetime
    last_review: datetime

    @property
    def in_steps(self) -> bool:
        """Whether it comes back within minutes."""
        return self.state != State.Review


def rated(memory: Memory | None, recall: Recall, at: datetime) -> Memory:
    """The memory after a rating; None before is a new card. Never before its last review."""
    before = Card()
    if memory is not None:
        before = Card(
            state=State(memory.state),
            step=memory.step,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=memory.due,
            last_review=memory.last_review,
        )
        at = max(at, memory.last_review)
    after, _log = _scheduler().review_card(before, Rating(int(recall)), at)
    if after.stability is None or after.difficulty is None:
        msg = "a rated card has a stability and a difficulty"
        raise ValueError(msg)
    return Memory(
        state=int(after.state),
        step=after.step,
        stability=after.stability,
        difficulty=after.difficulty,
        due=after.due,
        last_review=at,
    )


def intervals(memory: Memory | None, at: datetime) -> dict[Recall, timedelta]:
    """After how long the card would come back, for each rating."""
    return {recall: rated(memory, recall, at).due - at for recall in Recall}


def interval_words(interval: timedelta) -> str:
    """An interval in short words."""
    minutes = max(1, round(interval.total_seconds() / 60))
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if interval < timedelta(days=1):
        return _("%(count)d h") % {"count": round(minutes / 60)}
    days = round(interval / timedelta(days=1))
    if days < 60:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    months = round(days / 30.4)
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}


@cache
def _scheduler() -> Scheduler:
    return Scheduler(enable_fuzzing=False)

"""What a learner may see of an attempt at a moment: one function that every door asks.

A policy says for each moment what is shown. Of an attempt that was handed in it is `after` for two
minutes, `later` while the quiz is open, `closed` from then on; `spent` comes on top once no attempt
is left. What tells the key is not closed before the quiz has closed for everybody, so that nobody
passes on what others are still asked; the score and the comment follow one's own closing date. A
score that was told stays told: attempts are released once, and that is kept with them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from assessments.enums import ReviewItem, ReviewMoment, ReviewPreset, Solutions
from lms.kernel.errors import Invalid

# For so long it is "right after". A page that stays open cannot be asked whether it was left.
RIGHT_AFTER: Final = timedelta(minutes=2)

Items = frozenset[ReviewItem]
NOTHING: Final[Items] = frozenset()
EVERYTHING: Final[Items] = frozenset(ReviewItem)
# What tells others which answer is right.
TELLS_KEY: Final[Items] = frozenset(
    {
        ReviewItem.CORRECTNESS,
        ReviewItem.FEEDBACK,
        ReviewItem.EXPLANATION,
        ReviewItem.RIGHT_ANSWER,
    }
)
# What an answer can still be changed after must not say.
AT_THE_END: Final[Items] = frozenset({ReviewItem.EXPLANATION, ReviewItem.RIGHT_ANSWER})
# Who sees the left side knows the right side.
IMPLIES: Final[Mapping[ReviewItem, Items]] = {
    ReviewItem.CORRECTNESS: frozenset({ReviewItem.ATTEMPT}),
    ReviewItem.FEEDBACK: frozenset({ReviewItem.ATTEMPT}),
    ReviewItem.EXPLANATION: frozenset({ReviewItem.ATTEMPT}),
    ReviewItem.COMMENT: frozenset({ReviewItem.ATTEMPT}),
    ReviewItem.RIGHT_ANSWER: frozenset({ReviewItem.ATTEMPT, ReviewItem.CORRECTNESS}),
}
RESULT: Final[Items] = frozenset(
    {ReviewItem.ATTEMPT, ReviewItem.CORRECTNESS, ReviewItem.SCORE, ReviewItem.COMMENT}
)
KEYS: Final[Items] = EVERYTHING - RESULT
AT_ONCE: Final[Items] = frozenset(
    {ReviewItem.ATTEMPT, ReviewItem.CORRECTNESS, ReviewItem.SCORE, ReviewItem.FEEDBACK}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """What is shown at each moment; `by_hand` shows nothing before an instructor releases it."""

    during: Items = AT_ONCE
    after: Items = RESULT
    later: Items = RESULT
    spent: Items = KEYS
    closed: Items = RESULT
    by_hand: bool = False

    def at(self, moment: ReviewMoment) -> Items:
        """What is shown at one moment."""
        found: Items = getattr(self, moment.value)
        return found

    @property
    def tells_score_at_once(self) -> bool:
        """Whether the score is shown as soon as there is one."""
        return not self.by_hand and ReviewItem.SCORE in self.after

    @property
    def needs_closing(self) -> bool:
        """Whether something is shown after the quiz closes and at no other time."""
        return bool(self.closed - self.later - self.spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides about one attempt for one asker.

    `closed` and `spent` are the learner's own, `fresh` the two minutes after handing in. While it
    is open, `final` tells that the answer in question can change no more.
    """

    is_open: bool = False
    released: bool = False
    fresh: bool = False
    spent: bool = False
    closed: bool = False
    closed_for_all: bool = False
    final: bool = False
    staff: bool = False


def may_see(policy: ReviewPolicy, facts: Facts) -> Items:
    """What may be shown of an attempt; pure, and never something without what it implies.

    Staff see everything of an attempt that was handed in. What is released shows its score; what
    should be released by now and is not (it waits for a mark, or staff hid it) shows nothing.
    """
    if facts.is_open:
        found = policy.during if facts.final else policy.during - AT_THE_END
        return NOTHING if facts.staff else _sound(found)
    if facts.staff:
        return EVERYTHING
    if not facts.released and (policy.by_hand or score_is_due(policy, facts)):
        return NOTHING
    found = frozenset(item for item in ReviewItem if _ticked(policy, facts, item))
    score = frozenset({ReviewItem.SCORE})
    return _sound(found | score if facts.released else found - score)


def score_is_due(policy: ReviewPolicy, facts: Facts) -> bool:
    """Whether a scored attempt is released by the clock alone."""
    return not policy.by_hand and _ticked(policy, facts, ReviewItem.SCORE)


def checked_policy(policy: ReviewPolicy) -> ReviewPolicy:
    """The policy as it is kept; raises Invalid for one that says more than it means to.

    A score is never taken back: from the first moment at which it is shown it stays.
    """
    for moment in ReviewMoment:
        shown = policy.at(moment) | (policy.later if moment == ReviewMoment.SPENT else NOTHING)
        if shown != _sound(shown):
            words = _("“%(moment)s” shows more than it ticks: %(item)s goes with what it tells.")
            item = next(one for one in ReviewItem if one in shown - _sound(shown))
            named = {"moment": moment.label, "item": item.label}
            raise Invalid(words % named, field="review")
    score = frozenset({ReviewItem.SCORE})
    later = policy.later | (policy.after & score)
    return replace(policy, later=later, closed=policy.closed | (later & score))


def policy_from(stored: Mapping[str, Any]) -> ReviewPolicy:
    """The policy of its JSON form; what is missing is as usual."""
    rows = {
        moment.value: frozenset(ReviewItem(item) for item in stored[moment.value])
        for moment in ReviewMoment
        if moment.value in stored
    }
    return ReviewPolicy(**rows, by_hand=bool(stored.get("by_hand", False)))


def policy_json(policy: ReviewPolicy) -> dict[str, Any]:
    """The JSON form of a policy, the same for the same policy."""
    rows: dict[str, Any] = {moment.value: _listed(policy.at(moment)) for moment in ReviewMoment}
    return {**rows, "by_hand": policy.by_hand}


USUAL: Final = ReviewPolicy()
PRESETS: Final[Mapping[ReviewPreset, ReviewPolicy]] = {
    ReviewPreset.PRACTICE: ReviewPolicy(
        during=EVERYTHING - {ReviewItem.COMMENT},
        after=EVERYTHING,
        later=EVERYTHING,
        spent=NOTHING,
        closed=EVERYTHING,
    ),
    ReviewPreset.HOMEWORK: USUAL,
    ReviewPreset.TEST: ReviewPolicy(
        during=NOTHING,
        after=RESULT - {ReviewItem.CORRECTNESS},
        later=RESULT - {ReviewItem.CORRECTNESS},
        spent=NOTHING,
        closed=EVERYTHING,
    ),
    ReviewPreset.EXAM: ReviewPolicy(
        during=NOTHING,
        after=EVERYTHING,
        later=EVERYTHING,
        spent=NOTHING,
        closed=EVERYTHING,
        by_hand=True,
    ),
}


def preset_of(policy: ReviewPolicy) -> ReviewPreset:
    """The name of a policy."""
    known = (name for name, one in PRESETS.items() if one == policy)
    return next(known, ReviewPreset.CUSTOM)


def plain_policy(*, show_review: bool, solutions: Solutions) -> ReviewPolicy:
    """The policy of the two plain words: whether the score is told at once, from when the key."""
    told: dict[str, Items] = {
        "after": RESULT | KEYS if solutions == Solutions.AT_ONCE else RESULT,
        "later": RESULT | KEYS if solutions == Solutions.AT_ONCE else RESULT,
        "spent": KEYS if solutions == Solutions.LAST_ATTEMPT else NOTHING,
        "closed": RESULT | KEYS if solutions in {Solutions.AT_ONCE, Solutions.CLOSED} else RESULT,
    }
    during = AT_ONCE - KEYS if solutions == Solutions.NEVER else AT_ONCE
    return ReviewPolicy(**told, during=during, by_hand=not show_review)


def plain_words(policy: ReviewPolicy) -> tuple[bool, Solutions]:
    """The two plain words that come closest to a policy."""
    item = ReviewItem.RIGHT_ANSWER
    if item in policy.after or item in policy.later:
        solutions = Solutions.AT_ONCE
    elif item in policy.spent:
        solutions = Solutions.LAST_ATTEMPT
    else:
        solutions = Solutions.CLOSED if item in policy.closed else Solutions.NEVER
    return policy.tells_score_at_once, solutions


def _ticked(policy: ReviewPolicy, facts: Facts, item: ReviewItem) -> bool:
    over = facts.closed_for_all if item in TELLS_KEY else facts.closed
    if over:
        moment = ReviewMoment.CLOSED
    else:
        moment = ReviewMoment.AFTER if facts.fresh else ReviewMoment.LATER
    return item in policy.at(moment) or (facts.spent and item in policy.spent)


def _sound(items: Items) -> Items:
    """The items without those that would tell what is not among them."""
    return frozenset(item for item in items if IMPLIES.get(item, NOTHING) <= items)


def _listed(items: Collection[ReviewItem]) -> list[str]:
    return [item.value for item in ReviewItem if item in items]

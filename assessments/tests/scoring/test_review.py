"""What may be seen when: the policy never tells more than it says."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import ReviewItem, ReviewMoment, ReviewPreset, Solutions
from assessments.scoring.review import (
    AT_THE_END,
    EVERYTHING,
    IMPLIES,
    KEYS,
    NOTHING,
    PRESETS,
    RESULT,
    TELLS_KEY,
    USUAL,
    Facts,
    ReviewPolicy,
    checked_policy,
    may_see,
    plain_policy,
    plain_words,
    policy_from,
    policy_json,
    preset_of,
)
from lms.kernel.errors import Invalid

items = st.frozensets(st.sampled_from(list(ReviewItem)))
policies = st.builds(
    ReviewPolicy,
    during=items,
    after=items,
    later=items,
    spent=items,
    closed=items,
    by_hand=st.booleans(),
)
facts = st.builds(Facts, **{name: st.booleans() for name in Facts.__slots__})
EXAM = PRESETS[ReviewPreset.EXAM]
TEST = PRESETS[ReviewPreset.TEST]


@given(policies, facts)
def test_what_is_shown_implies_nothing_that_is_not(policy: ReviewPolicy, known: Facts) -> None:
    shown = may_see(policy, known)
    assert all(IMPLIES.get(item, NOTHING) <= shown for item in shown)


@given(policies, facts, st.sampled_from(list(ReviewMoment)), items)
def test_more_ticks_never_show_less(
    policy: ReviewPolicy, known: Facts, moment: ReviewMoment, more: frozenset[ReviewItem]
) -> None:
    more -= {ReviewItem.SCORE}  # a score that is due and not released holds the rest back
    stored = policy_json(policy)
    wider = policy_from({**stored, moment.value: sorted(policy.at(moment) | more)})
    assert may_see(policy, known) <= may_see(wider, known)


@given(policies, facts)
def test_nothing_is_shown_that_no_moment_ticks(policy: ReviewPolicy, known: Facts) -> None:
    if known.staff:
        return
    ticked = frozenset().union(*(policy.at(moment) for moment in ReviewMoment))
    assert may_see(policy, known) <= ticked | {ReviewItem.SCORE}
    if ReviewItem.SCORE in may_see(policy, known) and not known.is_open:
        assert known.released


@given(policies, facts)
def test_what_tells_the_key_waits_for_everybody(policy: ReviewPolicy, known: Facts) -> None:
    known = replace(known, is_open=False, staff=False, spent=False, closed_for_all=False)
    only_closed = replace(policy, after=policy.after - TELLS_KEY, later=policy.later - TELLS_KEY)
    assert not may_see(only_closed, known) & TELLS_KEY


@given(policies, facts)
def test_an_answer_that_can_change_is_not_told_the_right_one(
    policy: ReviewPolicy, known: Facts
) -> None:
    shown = may_see(policy, replace(known, is_open=True, final=False))
    assert not shown & AT_THE_END


@given(policies, facts)
def test_by_hand_shows_nothing_before_it_is_released(policy: ReviewPolicy, known: Facts) -> None:
    known = replace(known, is_open=False, staff=False, released=False)
    assert may_see(replace(policy, by_hand=True), known) == NOTHING


@given(facts)
def test_staff_see_all_of_what_was_handed_in(known: Facts) -> None:
    known = replace(known, staff=True)
    assert may_see(EXAM, known) == (NOTHING if known.is_open else EVERYTHING)


@given(policies)
def test_a_policy_survives_being_stored(policy: ReviewPolicy) -> None:
    assert policy_from(policy_json(policy)) == policy


def test_no_policy_stored_is_the_usual_one() -> None:
    assert policy_from({}) == USUAL == PRESETS[ReviewPreset.HOMEWORK]


@pytest.mark.parametrize("preset", list(PRESETS))
def test_presets_are_sound_and_known_by_their_name(preset: ReviewPreset) -> None:
    assert checked_policy(PRESETS[preset]) == PRESETS[preset]
    assert preset_of(PRESETS[preset]) == preset


@pytest.mark.parametrize(("shown", "solutions"), list(product((True, False), Solutions)))
def test_plain_words_are_read_back(shown: bool, solutions: Solutions) -> None:
    policy = plain_policy(show_review=shown, solutions=solutions)
    assert checked_policy(policy) == policy
    assert plain_words(policy) == (shown, solutions)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Facts(is_open=True), NOTHING),
        (Facts(released=True, fresh=True), RESULT - {ReviewItem.CORRECTNESS}),
        (Facts(released=True), RESULT - {ReviewItem.CORRECTNESS}),
        # One's own date is over, others can still take it: the score stays, the key waits.
        (Facts(released=True, closed=True), RESULT - {ReviewItem.CORRECTNESS}),
        (Facts(released=True, closed=True, closed_for_all=True), EVERYTHING),
        (Facts(fresh=True), NOTHING),  # it waits for a mark, or staff hid it
    ],
)
def test_a_test_tells_the_score_at_once_and_the_rest_after_it_closes(
    known: Facts, expected: frozenset[ReviewItem]
) -> None:
    assert may_see(TEST, known) == expected


def test_a_score_may_come_later_than_the_answers() -> None:
    policy = ReviewPolicy(
        after=frozenset({ReviewItem.ATTEMPT}), later=frozenset({ReviewItem.ATTEMPT}), spent=NOTHING
    )
    assert may_see(policy, Facts()) == {ReviewItem.ATTEMPT}
    assert may_see(policy, Facts(closed=True, closed_for_all=True)) == NOTHING
    assert ReviewItem.SCORE in may_see(policy, Facts(closed=True, released=True))


def test_a_score_that_is_shown_stays_shown() -> None:
    score = frozenset({ReviewItem.SCORE})
    kept = checked_policy(ReviewPolicy(after=score, later=NOTHING, spent=NOTHING, closed=NOTHING))
    assert (kept.later, kept.closed) == (score, score)


def test_right_answers_without_the_verdict_are_refused() -> None:
    told = frozenset({ReviewItem.ATTEMPT, ReviewItem.RIGHT_ANSWER})
    with pytest.raises(Invalid) as refused:
        checked_policy(ReviewPolicy(closed=told))
    assert list(refused.value.errors) == ["review"]
    assert KEYS & told

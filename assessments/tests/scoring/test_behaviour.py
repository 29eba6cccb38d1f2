"""Tries and what they come to: worked examples of others, and what holds for all of them."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import Behaviour, QuestionKind, Verdict
from assessments.scoring.behaviour.certainty import mark_of
from assessments.scoring.behaviour.registry import BEHAVIOURS, behaviour_of, outcome
from assessments.scoring.behaviour.tries import Outcome, Try, TryRules
from assessments.scoring.content import Accepted, QuestionContent
from assessments.scoring.score import score_answer
from assessments.tests.factories import CONTENTS

# What a short answer says is its own worth: "50" earns half of the points.
ASKED = QuestionContent(
    kind=QuestionKind.SHORT_ANSWER,
    stem="How much?",
    answers=tuple(Accepted(str(share), Decimal(share)) for share in (25, 50, 75, 100)),
)
POINTS = Decimal(1)
answers = st.sampled_from(["0", "25", "50", "75", "100"])
tries_of = st.lists(answers, min_size=1, max_size=8)
penalties = st.decimals(min_value=0, max_value=100, places=2)
CHECKED = (Behaviour.IMMEDIATE, Behaviour.INTERACTIVE, Behaviour.ADAPTIVE)


def tried(
    behaviour: Behaviour, *said: str, allowed: int = 3, penalty: str = "33.33", points: str = "1"
) -> Outcome:
    rules = TryRules(behaviour, allowed, Decimal(penalty))
    return outcome(rules, ASKED, [Try(one) for one in said], Decimal(points))


# docs.moodle.org, "Question behaviours" and "Quiz settings": with a penalty of a third, right on
# the first try is worth all, on the second 2/3, on the third 1/3.
@pytest.mark.parametrize("behaviour", [Behaviour.INTERACTIVE, Behaviour.ADAPTIVE])
@pytest.mark.parametrize(
    ("said", "score"),
    [(("100",), "1"), (("0", "100"), "0.6667"), (("0", "25", "100"), "0.3334")],
)
def test_a_third_is_lost_for_each_try_before(
    behaviour: Behaviour, said: Sequence[str], score: str
) -> None:
    found = tried(behaviour, *said)
    assert (found.score, found.verdict) == (Decimal(score), Verdict.CORRECT)
    assert found.final


def test_adaptive_keeps_the_best_after_penalties() -> None:
    """Moodle's adaptive mode: max of what is kept and fraction - penalty x earlier tries."""
    found = tried(Behaviour.ADAPTIVE, "50", "75", penalty="10")
    assert found.score == Decimal("0.65")
    worse = tried(Behaviour.ADAPTIVE, "75", "50", penalty="10")
    assert (worse.score, worse.verdict, worse.last) == (
        Decimal("0.75"),
        Verdict.PARTIAL,
        Verdict.PARTIAL,
    )
    assert worse.penalty == Decimal("0.1")
    assert worse.tries_left is None
    assert not worse.final


def test_the_same_answer_again_is_no_further_try() -> None:
    assert tried(Behaviour.ADAPTIVE, "0", "0", "100", penalty="10").score == Decimal("0.9")
    assert tried(Behaviour.INTERACTIVE, "0", "0").tries_left == 2


def test_interactive_counts_tries_and_names_the_hint() -> None:
    one, two, three = (tried(Behaviour.INTERACTIVE, *("0", "25", "0")[:n]) for n in (1, 2, 3))
    assert [(one.tries_left, one.hint), (two.tries_left, two.hint)] == [(2, 0), (1, 1)]
    assert (three.tries_left, three.hint, three.final) == (0, None, True)
    assert three.score == Decimal(0)  # a quarter on the second try, less a third, is nothing
    beyond = tried(Behaviour.INTERACTIVE, "0", "25", "0", "100")
    assert (beyond.score, beyond.tries) == (Decimal(0), 3)


def test_immediate_takes_the_first_answer() -> None:
    found = tried(Behaviour.IMMEDIATE, "50", "100")
    assert (found.score, found.verdict, found.final) == (Decimal("0.5"), Verdict.PARTIAL, True)


# A. R. Gardner-Medwin, London Agreed Protocol for Teaching: certainty 1, 2, 3.
@pytest.mark.parametrize(
    ("certainty", "right", "wrong"), [(1, 1, 0), (2, 2, -2), (3, 3, -6), (None, 1, 0)]
)
def test_certainty_decides_what_right_and_wrong_are_worth(
    certainty: int | None, right: int, wrong: int
) -> None:
    assert mark_of(Decimal(1), certainty) == right
    assert mark_of(Decimal(0), certainty) == wrong
    rules = TryRules(Behaviour.CERTAINTY)
    points = Decimal(3)
    assert outcome(rules, ASKED, [Try("100", certainty)], points).score == right
    assert outcome(rules, ASKED, [Try("0", certainty)], points).score == wrong
    assert outcome(rules, ASKED, [Try("50", certainty)], points).score == Decimal(right) / 2


@given(st.integers(0, 100))
def test_being_honest_about_certainty_pays_best(percent: int) -> None:
    chance = Fraction(percent, 100)

    def expected(sure: int) -> Fraction:
        right, wrong = mark_of(Decimal(1), sure), mark_of(Decimal(0), sure)
        return chance * Fraction(right) + (1 - chance) * Fraction(wrong)

    honest = 1 if chance < Fraction(2, 3) else 2 if chance < Fraction(4, 5) else 3
    assert expected(honest) == max(expected(sure) for sure in (1, 2, 3))


@given(st.sampled_from(CHECKED), tries_of, answers, penalties, st.integers(1, 10))
def test_a_further_try_never_takes_back_what_was_earned(
    behaviour: Behaviour, said: list[str], further: str, penalty: Decimal, allowed: int
) -> None:
    before = tried(behaviour, *said, allowed=allowed, penalty=str(penalty))
    after = tried(behaviour, *said, further, allowed=allowed, penalty=str(penalty))
    assert before.score is not None
    assert after.score is not None
    assert before.score <= after.score <= POINTS
    if before.final and behaviour is not Behaviour.ADAPTIVE:
        assert (after.score, after.verdict, after.final) == (before.score, before.verdict, True)


@given(st.sampled_from(list(Behaviour)), st.lists(answers, max_size=8), penalties, st.data())
def test_scores_stay_within_their_bounds(
    behaviour: Behaviour, said: list[str], penalty: Decimal, data: st.DataObject
) -> None:
    points = data.draw(st.decimals(min_value="0.0001", max_value=500, places=4))
    sure = data.draw(st.sampled_from([None, 1, 2, 3]))
    rules = TryRules(behaviour, 3, penalty)
    found = outcome(rules, ASKED, [Try(one, sure) for one in said], points)
    least = -2 * points if behaviour is Behaviour.CERTAINTY else Decimal(0)
    assert found.score is not None
    assert least <= found.score <= points
    assert found.score == round(found.score, 4)
    assert (found.verdict == Verdict.UNANSWERED) == (not said)


@pytest.mark.parametrize("behaviour", list(Behaviour))
def test_one_right_answer_at_once_is_worth_all_points(behaviour: Behaviour) -> None:
    rules = TryRules(behaviour)
    assert outcome(rules, ASKED, [Try("100", 3)], POINTS).score == POINTS


@given(st.lists(answers, min_size=1, max_size=4))
def test_deferred_scores_the_last_answer(said: list[str]) -> None:
    plain = score_answer(ASKED, said[-1], POINTS)
    found = outcome(TryRules(), ASKED, [Try(one) for one in said], POINTS)
    assert (found.score, found.verdict) == (plain.score, plain.verdict)


@pytest.mark.parametrize("behaviour", list(Behaviour))
def test_what_people_mark_waits_whatever_the_behaviour(behaviour: Behaviour) -> None:
    essay = CONTENTS[QuestionKind.ESSAY]
    found = outcome(TryRules(behaviour), essay, [Try("A way to be found.", 3)], Decimal(4))
    assert (found.score, found.verdict) == (None, Verdict.WAITING)


def test_every_behaviour_is_known_once() -> None:
    assert [one.name for one in BEHAVIOURS] == list(Behaviour)
    assert all(behaviour_of(name).name == name for name in Behaviour)

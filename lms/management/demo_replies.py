"""Right answers to the demo's questions, and wrong ones that somebody might give."""

from decimal import Decimal
from random import Random
from typing import TypeAlias

from lms.management.demo_content import DemoQuestion

# Texts of the chosen options; true or false; or what was typed.
Reply: TypeAlias = tuple[str, ...] | bool | str

STRAY_WORDS = ("selection", "outlier", "correlation", "noise", "not sure")


def right_reply(question: DemoQuestion) -> Reply:
    """The reply that earns full marks."""
    if question.truth is not None:
        return question.truth
    if question.accepted:
        return question.accepted[0]
    if question.answer is not None:
        return str(question.answer)
    return tuple(option.text for option in question.options if option.correct)


def wrong_reply(question: DemoQuestion, rng: Random) -> Reply:
    """A reply that earns less: the likelier distractor, a flip, a slip of arithmetic."""
    if question.truth is not None:
        return not question.truth
    if question.accepted:
        return rng.choice(STRAY_WORDS)
    if question.answer is not None and question.tolerance is not None:
        return _slip(question.answer, question.tolerance, rng)
    if question.kind == "multiple_choice":
        return _half_right(question, rng)
    distractors = [option.text for option in question.options if not option.correct]
    weights = [len(distractors) - place + 1 for place in range(len(distractors))]
    return (rng.choices(distractors, weights)[0],)


def _slip(answer: Decimal, tolerance: Decimal, rng: Random) -> str:
    slips = [answer * 2, answer / 2, answer * 10, answer / 10, answer + 1, answer - 2]
    far = [slip for slip in slips if abs(slip - answer) > tolerance]
    return format(rng.choice(far).normalize(), "f")


def _half_right(question: DemoQuestion, rng: Random) -> Reply:
    """Forget one that is right, or add one that is not."""
    chosen = [option.text for option in question.options if option.correct]
    others = [option.text for option in question.options if not option.correct]
    if len(chosen) > 1 and rng.random() < 0.6:
        chosen.remove(rng.choice(chosen))
        return tuple(chosen)
    return (*chosen, rng.choice(others))

"""A review policy in plain words, for learners before and after an attempt."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import Behaviour, ReviewItem
from assessments.models import Quiz
from assessments.scoring.review import Items, ReviewPolicy, policy_from

SCORE, KEY = ReviewItem.SCORE, ReviewItem.RIGHT_ANSWER


def review_words(quiz: Quiz, *, attempts_allowed: int | None) -> list[str]:
    """When a learner sees the score and the right answers of a quiz."""
    policy = policy_from(quiz.review)
    if policy.by_hand:
        return [_("You see your results when your instructor releases them")]
    return [_score_words(policy), _key_words(policy, attempts_allowed)]


def behaviour_words(quiz: Quiz) -> str:
    """What a learner has to know of how answers are scored; empty for the usual way."""
    cost = {"cost": f"{quiz.try_penalty.normalize():f}"}
    match Behaviour(quiz.behaviour):
        case Behaviour.IMMEDIATE:
            return _("You check each answer once; then it stands")
        case Behaviour.INTERACTIVE:
            words = ngettext(
                "You have %(n)s try per question; each further one costs %(cost)s percent",
                "You have %(n)s tries per question; each further one costs %(cost)s percent",
                quiz.tries_allowed,
            )
            return words % {"n": quiz.tries_allowed, **cost}
        case Behaviour.ADAPTIVE:
            words = _(
                "You check answers as often as you like; each wrong try costs %(cost)s percent"
            )
            return words % cost
        case Behaviour.CERTAINTY:
            return _(
                "You say how sure you are: a right answer earns 1, 2 or 3 thirds of its points, "
                "a wrong one loses nothing, 2 or 6 thirds"
            )
    return ""


def later_words(quiz: Quiz, shown: Items) -> list[str]:
    """What is not shown yet, and when it is; sentences for the top of a review."""
    policy, words = policy_from(quiz.review), []
    if SCORE not in shown:
        words.append(_score_words(policy) + ".")
    if KEY not in shown:
        words.append(_key_sentence(policy))
    return words


def _score_words(policy: ReviewPolicy) -> str:
    if SCORE in policy.after:
        return _("You see your score when you have handed in")
    if SCORE in policy.later:
        return _("You see your score two minutes after you have handed in")
    if SCORE in policy.spent:
        return _("You see your score when you have no attempt left")
    if SCORE in policy.closed:
        return _("You see your score when the quiz has closed")
    return _("You see your score when your instructor releases it")


def _key_words(policy: ReviewPolicy, attempts_allowed: int | None) -> str:
    if KEY in policy.later or (KEY in policy.spent and attempts_allowed in {None, 1}):
        return _("You see the right answers when you have handed in")
    if KEY in policy.after:
        return _("You see the right answers for two minutes after you have handed in")
    return _key_sentence(policy).rstrip(".")


def _key_sentence(policy: ReviewPolicy) -> str:
    if KEY in policy.spent:
        return _("You see the right answers when you have no attempt left.")
    if KEY in policy.closed:
        return _("You see the right answers when the quiz has closed for everybody.")
    return _("This quiz does not show the right answers.")

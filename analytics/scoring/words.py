"""Figures in words, so that nobody has to know what p means to read a page."""

from django.utils.translation import gettext as _

SURE = 0.05
VERY_SURE = 0.001
# Bounds of Cohen (1988), Statistical Power Analysis for the Behavioral Sciences.
WEAK, MODERATE, STRONG = 0.1, 0.3, 0.5


def correlation_words(r: float, p: float, n: int) -> str:
    """What a correlation of time and performance says, and what it cannot."""
    if p >= SURE:
        return _(
            "Time and performance show no clear link here: with %(n)d learners, "
            "chance alone would often give a figure like this."
        ) % {"n": n}
    strength = _strength(abs(r))
    if r > 0:
        text = _("Learners who spent more time tended to score higher; the link is %(strength)s.")
    else:
        text = _("Learners who spent more time tended to score lower; the link is %(strength)s.")
    return text % {"strength": strength} + " " + _("It does not show that time is the cause.")


def p_words(p: float) -> str:
    """A p to three digits, as in p = 0.032; anything smaller is told as p < 0.001."""
    return "p < 0.001" if p < VERY_SURE else f"p = {p:.3f}"


def _strength(size: float) -> str:
    if size >= STRONG:
        return _("strong")
    if size >= MODERATE:
        return _("moderate")
    return _("weak") if size >= WEAK else _("very weak")

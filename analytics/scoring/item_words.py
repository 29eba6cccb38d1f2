"""Item analysis in words: why a figure is missing, what deserves a look."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.scoring.item_analysis import Flag, Reason

REASONS: dict[str, Promise] = {
    Reason.NO_ATTEMPTS: _("Nobody has handed this in yet."),
    Reason.ONE_ATTEMPT: _("One attempt cannot be compared with others."),
    Reason.ONE_QUESTION: _("There is no other question to compare with."),
    Reason.TWO_QUESTIONS: _("Without this question only one would be left."),
    Reason.SAME_SCORES: _("Everybody scored the same in this question."),
    Reason.SAME_TOTALS: _("Everybody scored the same in the whole quiz."),
    Reason.DIFFERENT_QUESTIONS: _("Too few learners were asked the same questions."),
    Reason.PARTIAL_SCORES: _("Some answers were worth a part of the points."),
    Reason.NO_POINTS: _("The question is worth nothing."),
}
FLAGS: dict[str, Promise] = {
    Flag.TOO_EASY: _("Too easy: nearly everybody knows it."),
    Flag.TOO_HARD: _("Too hard: hardly anybody knows it."),
    Flag.NEGATIVE: _(
        "Those who do well elsewhere do worse here: the key may be wrong, or the wording misleads."
    ),
    Flag.UNUSED_OPTION: _("An option that nobody chooses tells nothing."),
}
SHORT_FLAGS: dict[str, Promise] = {
    Flag.TOO_EASY: _("Too easy"),
    Flag.TOO_HARD: _("Too hard"),
    Flag.NEGATIVE: _("Check the key"),
    Flag.UNUSED_OPTION: _("Unused option"),
}


def reason_words(code: str) -> str:
    """Why a figure is not defined."""
    return str(REASONS.get(code, ""))


def alpha_words(alpha: float) -> str:
    """What alpha says about the quiz as a whole (bounds of Nunnally 1978)."""
    if alpha >= 0.8:
        return str(_("The questions measure one thing together, well enough for an exam."))
    if alpha >= 0.7:
        return str(_("The questions measure one thing together, well enough for a course quiz."))
    if alpha >= 0.5:
        return str(_("The questions go together loosely: do not decide much on this score alone."))
    return str(
        _("The questions hardly go together: few of them, very different ones, or unclear ones.")
    )

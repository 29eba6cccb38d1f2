"""The SDK's errors as ours: what may pass, what is final, and words that repeat no secret."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ai.gateway.provider import BadAnswer, ProviderRefused, ProviderUnavailable
from ai.gateway.retrying import TransientError

if TYPE_CHECKING:
    import openai
    from django_stubs_ext import StrOrPromise

TOO_LATE = gettext_lazy("The model did not answer in time.")
NOT_A_COMPLETION = gettext_lazy("The AI endpoint's answer is not a chat completion.")


def sorted_error(problem: "openai.OpenAIError") -> Exception:
    """What may pass is TransientError, the rest is final."""
    import openai

    if isinstance(problem, openai.APITimeoutError):
        return ProviderUnavailable(TOO_LATE)
    if isinstance(problem, openai.APIResponseValidationError):
        return BadAnswer(NOT_A_COMPLETION)
    if isinstance(problem, openai.APIConnectionError):
        return TransientError(_("The AI endpoint cannot be reached."))
    if isinstance(problem, openai.APIStatusError):
        return _sorted_status(problem)
    return ProviderUnavailable(_("The AI endpoint failed."))


def words_of(opening: "StrOrPromise", problem: "openai.APIStatusError") -> str:
    """Status and code only: an endpoint's own words may repeat keys or course text."""
    return f"{opening} (status {problem.status_code}{f', {problem.code}' if problem.code else ''})."


def _sorted_status(problem: "openai.APIStatusError") -> Exception:
    if problem.status_code == 429 and problem.code == "insufficient_quota":
        return ProviderRefused(_("The account at the AI endpoint has no credit left."))
    if problem.status_code in {408, 409, 429} or problem.status_code >= 500:
        words = _("The AI endpoint is overloaded or failing (status %(status)d).")
        return TransientError(
            words % {"status": problem.status_code},
            retry_after=_retry_after(problem),
        )
    return ProviderRefused(words_of(_("The AI endpoint refused the request"), problem))


def _retry_after(problem: "openai.APIStatusError") -> float | None:
    """Seconds from Retry-After; dates and nonsense count as not said."""
    try:
        seconds = float(problem.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None

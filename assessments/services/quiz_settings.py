"""How a quiz is taken: its settings as one value, and what they may be."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from ipaddress import ip_network
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import (
    AiHelp,
    Behaviour,
    Counting,
    ExamChat,
    LateUnit,
    Layout,
    Navigation,
    ReviewItem,
)
from assessments.models import Quiz
from assessments.models.quiz import PENALTY
from assessments.scoring.behaviour.registry import behaviour_of
from assessments.scoring.review import USUAL, ReviewPolicy, checked_policy, policy_from, policy_json
from courses.services.moments import require_moments
from lms.kernel.errors import Invalid
from lms.kernel.text import render_markdown, require_text

MIN_SECONDS, MAX_SECONDS = 10, 7 * 24 * 3600
MAX_ATTEMPTS = 1000
MAX_INSTRUCTIONS = 10_000
MAX_GRACE = 600
MAX_COOLDOWN = 30 * 24 * 3600
MAX_NETWORKS = 100
MIN_TRIES, MAX_TRIES = 1, 10
ALL = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSettings:
    """How a quiz is taken; None means without limit. Times are in seconds, dates are aware.

    `late_percent` of the points goes per begun `late_unit` after `due_at`, at most `late_cap`
    percent. `try_penalty` is the per cent of the points that a further try costs; `review` says
    what learners see when. `addresses` are networks in CIDR notation, none is everywhere.
    """

    instructions: str = ""
    time_limit_seconds: int | None = None
    attempts_allowed: int | None = 1
    counting: Counting = Counting.BEST
    shuffle_questions: bool = False
    shuffle_options: bool = True
    layout: Layout = Layout.ALL
    navigation: Navigation = Navigation.FREE
    behaviour: Behaviour = Behaviour.DEFERRED
    tries_allowed: int = 3
    try_penalty: Decimal = PENALTY
    review: ReviewPolicy = USUAL
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    late_unit: LateUnit = LateUnit.NONE
    late_percent: Decimal = Decimal(0)
    late_cap: Decimal = ALL
    grace_seconds: int = 0
    cooldown_seconds: int = 0
    addresses: tuple[str, ...] = ()
    exam_mode: bool = False
    exam_ai: AiHelp = AiHelp.OFF
    exam_chat: ExamChat = ExamChat.CLOSED


def settings_of(quiz: Quiz) -> QuizSettings:
    """The present settings of a quiz."""
    known = {field.name: getattr(quiz, field.name) for field in fields(QuizSettings)}
    return QuizSettings(**{**known, **_typed(quiz)})


def _typed(quiz: Quiz) -> dict[str, Any]:
    return {
        "counting": Counting(quiz.counting),
        "behaviour": Behaviour(quiz.behaviour),
        "review": policy_from(quiz.review),
        "layout": Layout(quiz.layout),
        "navigation": Navigation(quiz.navigation),
        "late_unit": LateUnit(quiz.late_unit),
        "addresses": tuple(quiz.addresses),
        "exam_ai": AiHelp(quiz.exam_ai),
        "exam_chat": ExamChat(quiz.exam_chat),
    }


def checked_settings(settings: QuizSettings) -> dict[str, Any]:
    """The columns that settings are stored in; raises Invalid naming the field out of range."""
    _check_limits(settings)
    _check_dates(settings)
    _check_lateness(settings)
    _check_tries(settings)
    require_text(settings.instructions, field="instructions", max_length=MAX_INSTRUCTIONS)
    return {
        **asdict(settings),
        "review": policy_json(_checked_review(settings)),
        "addresses": [_network(text) for text in _networks(settings)],
        "instructions_html": render_markdown(settings.instructions),
    }


def _check_limits(settings: QuizSettings) -> None:
    seconds, attempts = settings.time_limit_seconds, settings.attempts_allowed
    if seconds is not None and not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise Invalid(
            _("A time limit lies between 10 seconds and 7 days."), field="time_limit_seconds"
        )
    if attempts is not None and not 1 <= attempts <= MAX_ATTEMPTS:
        raise Invalid(_("Allow between 1 and 1000 attempts."), field="attempts_allowed")
    if not 0 <= settings.grace_seconds <= MAX_GRACE:
        raise Invalid(_("Give at most 600 seconds of grace."), field="grace_seconds")
    if not 0 <= settings.cooldown_seconds <= MAX_COOLDOWN:
        words = _("The wait between attempts is at most 30 days.")
        raise Invalid(words, field="cooldown_seconds")
    if settings.navigation == Navigation.FORWARD and settings.layout == Layout.ALL:
        words = _("Going forward only needs several pages. Choose another layout.")
        raise Invalid(words, field="layout")


def _check_dates(settings: QuizSettings) -> None:
    opens, due, closes = settings.opens_at, settings.due_at, settings.closes_at
    require_moments(opens_at=opens, due_at=due, closes_at=closes)
    if opens is not None and closes is not None and closes <= opens:
        raise Invalid(_("The quiz has to close after it opens."), field="closes_at")
    if opens is not None and due is not None and due <= opens:
        raise Invalid(_("The quiz has to be due after it opens."), field="due_at")
    if closes is not None and due is not None and closes < due:
        raise Invalid(_("The quiz cannot close before it is due."), field="closes_at")


def _check_tries(settings: QuizSettings) -> None:
    if not MIN_TRIES <= settings.tries_allowed <= MAX_TRIES:
        raise Invalid(_("Allow between 1 and 10 tries."), field="tries_allowed")
    if not _is_share(settings.try_penalty):
        words = _("Give a percentage from 0 to 100, with at most two decimals.")
        raise Invalid(words, field="try_penalty")


def _checked_review(settings: QuizSettings) -> ReviewPolicy:
    policy = checked_policy(settings.review)
    if policy.needs_closing and settings.closes_at is None:
        words = _("Give a closing date, or show the right answers at another time.")
        raise Invalid(words, field="review")
    if behaviour_of(settings.behaviour).tells and ReviewItem.CORRECTNESS not in policy.during:
        words = _("Further tries need to know what is wrong: show it while answering.")
        raise Invalid(words, field="review")
    return policy


def _check_lateness(settings: QuizSettings) -> None:
    percent, cap = settings.late_percent, settings.late_cap
    if not _is_share(cap):
        words = _("Give a percentage from 0 to 100, with at most two decimals.")
        raise Invalid(words, field="late_cap")
    if not _is_share(percent):
        words = _("Give a percentage from 0 to 100, with at most two decimals.")
        raise Invalid(words, field="late_percent")
    if settings.late_unit == LateUnit.NONE:
        return
    if not percent:
        raise Invalid(_("Say how many percent lateness costs."), field="late_percent")
    if settings.due_at is None:
        words = _("Give a due date: without one nothing is late.")
        raise Invalid(words, field="due_at")


def _is_share(percent: Decimal) -> bool:
    return percent.is_finite() and 0 <= percent <= ALL and percent == round(percent, 2)


def _networks(settings: QuizSettings) -> tuple[str, ...]:
    if len(settings.addresses) > MAX_NETWORKS:
        raise Invalid(_("Name at most 100 networks."), field="addresses")
    return settings.addresses


def _network(text: str) -> str:
    """A network in its plain form: 10.1.2.3 is one address, 10.1.0.0/16 a range."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        words = _("%(text)s is not an address or a range such as 10.1.0.0/16.")
        raise Invalid(words % {"text": text[:60]}, field="addresses") from None

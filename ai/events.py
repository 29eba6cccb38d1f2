"""What happens in the AI app."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("ai.draft_accepted")
@dataclass(frozen=True, kw_only=True)
class DraftAccepted(Event):
    """A person took a generated question into the bank."""

    draft_id: int
    question_id: int


@event("ai.draft_reopened")
@dataclass(frozen=True, kw_only=True)
class DraftReopened(Event):
    """A person took a decision about a generated question back."""

    draft_id: int


@event("ai.draft_rejected")
@dataclass(frozen=True, kw_only=True)
class DraftRejected(Event):
    """A person turned a generated question down."""

    draft_id: int


@event("ai.budget_reached")
@dataclass(frozen=True, kw_only=True)
class BudgetReached(Event):
    """A budget passed a share of its cap (80 or 100 percent), once per window and level.

    `scope` is person, role, course or site, `starts` the first day of the window, `role` whose it
    is when it is a role's.
    """

    scope: str
    period: str
    percent: int
    starts: str
    person_id: int | None = None
    role: str = ""


@event("ai.switched")
@dataclass(frozen=True, kw_only=True)
class AiSwitched(Event):
    """AI was turned off or on again for a site, a course or a person."""

    scope: str
    off: bool
    person_id: int | None = None


@event("ai.setting_changed")
@dataclass(frozen=True, kw_only=True)
class AiSettingChanged(Event):
    """What AI is used for in a course or on the site was chosen.

    `off_purposes` are values of `Purpose` between commas; `asks`: learners agree first.
    """

    scope: str
    asks: bool
    off_purposes: str


@event("ai.consent_changed")
@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Event):
    """Somebody agreed to talk to an AI, or took it back."""

    person_id: int
    given: bool


@event("ai.piece_accepted")
@dataclass(frozen=True, kw_only=True)
class PieceAccepted(Event):
    """A person took generated material into a lesson, or an outline into the course."""

    piece_id: int
    lesson_id: int | None = None


@event("ai.piece_rejected")
@dataclass(frozen=True, kw_only=True)
class PieceRejected(Event):
    """A person turned generated material down."""

    piece_id: int


@event("ai.piece_undone")
@dataclass(frozen=True, kw_only=True)
class PieceUndone(Event):
    """A person took accepted material out again."""

    piece_id: int


@event("ai.dependent_confirmed")
@dataclass(frozen=True, kw_only=True)
class DependentConfirmed(Event):
    """A person found that material still holds although its source was edited."""

    draft_id: int | None = None
    piece_id: int | None = None


@event("ai.tutor_answered")
@dataclass(frozen=True, kw_only=True)
class TutorAnswered(Event):
    """The tutor answered somebody; `exam` while an exam of theirs allowed hints only.

    `early`: the process had just started, and searched by words alone.
    """

    exchange_id: int
    answerable: bool
    mode: str
    provider: str
    exam: bool = False
    early: bool = False


@event("ai.tutor_refused")
@dataclass(frozen=True, kw_only=True)
class TutorRefused(Event):
    """Somebody sought help of AI while an exam of theirs allowed none.

    `door`: `ask` for a question to the tutor, `earlier` for earlier answers, `seen` for the texts
    that AI saw.
    """

    door: str = "ask"


@event("ai.tutor_setting_changed")
@dataclass(frozen=True, kw_only=True)
class TutorSettingChanged(Event):
    """Staff chose how the tutor of a course helps."""

    style: str


@event("ai.exchange_sent_on")
@dataclass(frozen=True, kw_only=True)
class ExchangeSentOn(Event):
    """A learner passed a question to the people who teach."""

    exchange_id: int


@event("ai.exchange_rated")
@dataclass(frozen=True, kw_only=True)
class ExchangeRated(Event):
    """A learner said whether an answer helped."""

    exchange_id: int
    rating: str


@event("ai.exchange_settled")
@dataclass(frozen=True, kw_only=True)
class ExchangeSettled(Event):
    """Staff dealt with a question; `faq_id` when it became an answered question for all."""

    exchange_id: int
    faq_id: int | None = None


@event("ai.faq_added")
@dataclass(frozen=True, kw_only=True)
class FaqAdded(Event):
    """Staff made a question and its answer one for everybody."""

    faq_id: int


@event("ai.faq_removed")
@dataclass(frozen=True, kw_only=True)
class FaqRemoved(Event):
    """Staff took an answered question away."""

    faq_id: int


@event("ai.conversation_deleted")
@dataclass(frozen=True, kw_only=True)
class ConversationDeleted(Event):
    """Somebody deleted their conversation with the tutor."""

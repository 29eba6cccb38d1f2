"""Reading notifications: whose, how many, in which words."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from realtime.enums import Frequency, NotificationKind
from realtime.models import Notification, NotificationPreference
from realtime.rules import VIEW_NOTIFICATION

COUNT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What a notification says, in the language that is active."""

    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Switches:
    """Where a person wants to hear of one kind."""

    kind: NotificationKind
    in_app: bool = True
    mail: bool = True
    push: bool = True
    frequency: Frequency = Frequency.AT_ONCE


def notifications_of(actor: Actor, *, unread: bool = False) -> QuerySet[Notification]:
    """The actor's notifications, newest first."""
    seen = VIEW_NOTIFICATION.rows(actor).select_related("course")
    # By when it happened: what a late worker tells has a higher id than what came after.
    rows = seen.order_by("-created_at", "-id")
    return rows.filter(read_at=None) if unread else rows


def unread_count(actor: Actor) -> int:
    """How many are unread, counted to 100."""
    return len(_UNREAD.rows(actor.user_id)) if actor.user_id is not None else 0


_UNREAD = Worded(
    lambda user: (
        Notification.objects.filter(user=user, in_app=True, read_at=None)
        .order_by()
        .values_list("pk")[:COUNT_LIMIT]
    )
)


def preferences_of(user_id: int) -> list[Switches]:
    """The switches of every kind, in order."""
    known = {row.kind: row for row in NotificationPreference.objects.filter(user_id=user_id)}
    return [_switches(kind, known.get(kind)) for kind in NotificationKind]


def _switches(kind: NotificationKind, row: NotificationPreference | None) -> Switches:
    if row is None:
        return Switches(kind)
    return Switches(kind, row.in_app, row.mail, row.push, Frequency(row.frequency))


def words_of(notification: Notification) -> Words:
    """Title and detail, from the names kept with the notification."""
    args = {"course": "", "subject": "", "role": "", "count": "0", **notification.args}
    title, detail = _texts()[NotificationKind(notification.kind)]
    if args.get("changed"):
        title = _("Your grade for %(subject)s changed")
    if args.get("revise"):
        title = _("Please revise: %(subject)s")
        detail = _("Your work in %(course)s came back. You can hand in again.")
    if args.get("helped"):
        title = _("Your reply solved “%(subject)s”")
        detail = _("It is marked as the solution in the forum of %(course)s.")
    if notification.kind == NotificationKind.AI_BUDGET:
        title, detail = _budget_words(args)
    if notification.kind == NotificationKind.REVIEW_DUE:
        title = _review_words(args)
    named = {NotificationKind.MENTIONED, NotificationKind.DIRECT}
    if notification.kind in named and not args["subject"]:
        args["subject"] = _("Deleted account")
    return Words(title % args, detail % args)


def _texts() -> dict[NotificationKind, tuple[str, str]]:
    """Title and detail of every kind, in the language that is active."""
    return {
        NotificationKind.INVITED: (
            _("You are invited to %(course)s"),
            _("Open the course to take part."),
        ),
        NotificationKind.ENROLLED: (
            _("You are enrolled in %(course)s"),
            _("The course is on your list. You can begin at once."),
        ),
        NotificationKind.QUIZ_PUBLISHED: (
            _("New quiz: %(subject)s"),
            _("%(course)s has a new quiz for you."),
        ),
        NotificationKind.ASSIGNMENT_PUBLISHED: (
            _("New assignment: %(subject)s"),
            _("%(course)s has a new assignment for you."),
        ),
        NotificationKind.SUBMISSION_RECEIVED: (
            _("Received: %(subject)s"),
            _("What you handed in in %(course)s is there."),
        ),
        NotificationKind.SUBMISSION_RETURNED: (
            _("Returned: %(subject)s"),
            _("Your work in %(course)s came back with feedback."),
        ),
        NotificationKind.GRADE_CHANGED: (
            _("Your grade for %(subject)s is there"),
            _("See your grade and the feedback in %(course)s."),
        ),
        NotificationKind.ANNOUNCEMENT: (
            _("%(subject)s"),
            _("An announcement in %(course)s."),
        ),
        **_talk_texts(),
        **_forum_texts(),
    }


def _forum_texts() -> dict[NotificationKind, tuple[str, str]]:
    return {
        NotificationKind.FORUM_REPLY: (
            _("New reply in “%(subject)s”"),
            _("You follow this thread in the forum of %(course)s."),
        ),
        NotificationKind.FORUM_THREAD: (
            _("New thread: “%(subject)s”"),
            _("It stands on a board you follow in %(course)s."),
        ),
        NotificationKind.FORUM_SOLVED: (
            _("Your question “%(subject)s” is solved"),
            _("See what solved it in the forum of %(course)s."),
        ),
        NotificationKind.FORUM_MENTION: (
            _("You are mentioned in “%(subject)s”"),
            _("Somebody speaks to you in the forum of %(course)s."),
        ),
    }


def _talk_texts() -> dict[NotificationKind, tuple[str, str]]:
    return {
        NotificationKind.DIRECT: (
            _("%(subject)s wrote to you"),
            _("A message to you alone. Its words are in your messages."),
        ),
        NotificationKind.MENTIONED: (
            _("%(subject)s speaks to you in the chat"),
            _("You are mentioned or replied to in the room of %(course)s."),
        ),
        NotificationKind.TUTOR_REPLY: (
            _("Your teachers answered your question"),
            _("Their answer stands beside your question to the tutor in %(course)s."),
        ),
        NotificationKind.AI_BUDGET: (_("An AI budget is used up"), ""),
        NotificationKind.REVIEW_DUE: ("", _("They come back before you forget the answers.")),
    }


def _review_words(args: dict[str, str]) -> str:
    """How many cards are due."""
    count = int(args.get("count", "0"))
    return ngettext("%(count)s card is due", "%(count)s cards are due", count)


def _budget_words(args: dict[str, str]) -> tuple[str, str]:
    """Whose budget it is, how full, and when it begins anew."""
    full = args.get("percent", "100") == "100"
    title = _("An AI budget is used up") if full else _("%(percent)s %% of an AI budget are used")
    whose = {
        "person": _("It is your own."),
        "course": _("It is that of %(course)s."),
        "role": _("It is that of everybody of one role."),
        "site": _("It is that of the whole site."),
    }
    anew = _("It begins anew at midnight UTC.")
    if args.get("period") == "month":
        anew = _("It begins anew next month.")
    meanwhile = _("Until then no model is asked; rules do what they can.") if full else ""
    return title, " ".join(
        part for part in (whose[args.get("scope", "course")], anew, meanwhile) if part
    )

"""Reading messages between two people: whose they are, what is new, who may be written to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from assessments.enums import ExamChat
from assessments.queries.exam import chat_in, require_chat
from courses.enums import CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import role_in
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from lms.kernel.errors import NotFound, SignInRequired
from lms.kernel.rules import fetch, require
from lms.kernel.search import find
from realtime.enums import DirectPolicy
from realtime.models import (
    Conversation,
    ConversationMember,
    DirectMessage,
    DirectReport,
    Message,
    PersonBlock,
    Presence,
    Room,
    RoomRestriction,
)
from realtime.queries.files import FileFrame, file_frames
from realtime.queries.frames import MemberFrame, member_frame, moment
from realtime.queries.mentions import fresh
from realtime.rules.direct import VIEW_CONVERSATION, VIEW_DIRECT, VIEW_DIRECT_REPORT

DIRECT = "direct_message"
PAGE = 50
FOUND = 50
OFFERED = 8
STAFF = (CourseRole.INSTRUCTOR, CourseRole.ASSISTANT)


class DirectBody(TypedDict):
    """A message between two people, as its readers get it; numbers are as in a room."""

    id: str
    conversation: str
    seq: int
    change: int
    client_id: str
    sender: MemberFrame | None
    body: str
    html: str
    files: list[FileFrame]
    created_at: str
    edited_at: str | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as one of the two sees it; `other` is None once their account is erased."""

    conversation: Conversation
    other: User | None
    read: int
    last: DirectMessage | None = None

    @property
    def unread(self) -> int:
        """How many messages are new; numbers have no gaps, so that none are counted."""
        return max(0, self.conversation.last_seq - self.read)


def direct_body(message: DirectMessage) -> DirectBody:
    """A stored message; `sender` and `conversation` must be loaded."""
    gone = message.deleted_at is not None
    return {
        "id": message.public_id,
        "conversation": message.conversation.public_id,
        "seq": message.seq,
        "change": message.change,
        "client_id": str(message.client_id),
        "sender": None if message.sender is None else member_frame(message.sender),
        "body": "" if gone else message.body,
        "html": "" if gone else fresh(message).html,
        "files": [] if gone else file_frames(message.files.all()),
        "created_at": moment(message.created_at),
        "edited_at": None if message.edited_at is None else moment(message.edited_at),
        "deleted": gone,
    }


def url_of(conversation: Conversation) -> str:
    """The page of a conversation."""
    return reverse("messages-conversation", args=[conversation.public_id])


def pair_of(one: int, other: int) -> str:
    """The name of two people's conversation."""
    low, high = sorted((one, other))
    return f"{low}-{high}"


def require_direct(actor: Actor) -> None:
    """Pass for somebody signed in whose exams leave messages open. Raises Denied `exam_mode`."""
    if not actor.signed_in:
        raise SignInRequired
    require_chat(actor, None, write=False)


def conversations_of(actor: Actor) -> QuerySet[ConversationMember]:
    """One's own part in each conversation, the latest first, with the other one."""
    require_direct(actor)
    others = ConversationMember.objects.exclude(user=actor.user_id or 0).select_related("user")
    mine = ConversationMember.objects.filter(
        user=actor.user_id, conversation__in=VIEW_CONVERSATION.rows(actor)
    )
    loaded = mine.select_related("conversation").prefetch_related(
        Prefetch("conversation__members", queryset=others, to_attr="others")
    )
    return loaded.order_by("-conversation__last_at", "-conversation__pk")


def talks(rows: Iterable[ConversationMember]) -> list[Talk]:
    """Rows of `conversations_of` with the last message of each; one query for all."""
    found = list(rows)
    keys = [row.conversation_id for row in found]
    newest = DirectMessage.objects.filter(
        conversation__in=keys, seq=F("conversation__last_seq")
    ).select_related("sender")
    last = {message.conversation_id: message for message in newest}
    return [_talk(row, last.get(row.conversation_id)) for row in found]


def _talk(row: ConversationMember, last: DirectMessage | None = None) -> Talk:
    others = row.conversation.others  # type: ignore[attr-defined]
    return Talk(row.conversation, others[0].user if others else None, row.read_seq, last)


def talk_of(actor: Actor, public_id: str) -> Talk:
    """One conversation of the actor's. Raises SignInRequired, Denied `exam_mode`, NotFound."""
    rows = conversations_of(actor).filter(conversation__public_id=public_id[:40])
    found = None if "\0" in public_id else rows.first()
    if found is None:
        raise NotFound
    return _talk(found)


def talk_with(actor: Actor, other: User) -> Talk | None:
    """The conversation that the actor has with somebody, None without."""
    pair = pair_of(actor.user_id or 0, other.pk)
    found = conversations_of(actor).filter(conversation__pair=pair).first()
    return None if found is None else _talk(found)


def unread_talks(actor: Actor) -> int:
    """How many conversations have something new."""
    return len(_NEW.rows(actor.user_id)) if actor.user_id is not None else 0


_NEW = Worded(
    lambda user: ConversationMember.objects.filter(
        user=user, conversation__last_seq__gt=F("read_seq")
    ).values_list("pk")
)


def directs_of(actor: Actor, conversation: Conversation) -> QuerySet[DirectMessage]:
    """A conversation's messages, oldest first."""
    require(actor, VIEW_CONVERSATION, conversation)
    rows = VIEW_DIRECT.rows(actor).filter(conversation=conversation)
    return rows.select_related("sender", "conversation").prefetch_related("files").order_by("seq")


def direct_seen(actor: Actor, public_id: str) -> DirectMessage:
    """A message that the actor may read. Raises what `require_direct` raises, NotFound."""
    require_direct(actor)
    return fetch(actor, VIEW_DIRECT, select=("sender", "conversation"), public_id=public_id)


def found_direct(actor: Actor, text: str) -> list[DirectMessage]:
    """Messages of the actor's conversations with these words, best first."""
    require_direct(actor)
    seen = VIEW_DIRECT.rows(actor).filter(deleted_at=None)
    ids = find(DIRECT, text, allowed=seen, limit=FOUND)
    rows = seen.select_related("sender", "conversation").prefetch_related("files").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


# Who may write to whom.


def ground(one: int, other: int) -> QuerySet[Course]:
    """The courses whose rules let `one` write to `other` now; none when there is no such course.

    Both are active members, not observers; the course runs; its policy allows it. Whom its staff
    muted or banned in the room writes to staff alone.
    """
    now = clock.now()
    active = Enrolment.objects.filter(state=EnrolmentState.ACTIVE).exclude(role=CourseRole.OBSERVER)
    taught = active.filter(course=OuterRef("pk"), role__in=STAFF, user__in=[one, other])
    peer_teaches = active.filter(course=OuterRef("pk"), role__in=STAFF, user=other)
    held = RoomRestriction.objects.filter(Q(until=None) | Q(until__gt=now), user=one)
    policy = Room.objects.filter(course=OuterRef("pk")).values("direct")[:1]
    rows = Course.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        state=CourseState.PUBLISHED,
        deleted_at=None,
        pk__in=active.filter(user=one).values("course"),
    ).filter(pk__in=active.filter(user=other).values("course"))
    ruled = rows.annotate(policy=Coalesce(Subquery(policy), Value(DirectPolicy.STAFF.value)))
    allowed = ruled.filter(
        Q(policy=DirectPolicy.ALL) | (Q(policy=DirectPolicy.STAFF) & Exists(taught))
    )
    return allowed.filter(~Q(pk__in=held.values("course")) | Exists(peer_teaches))


def direct_policy(actor: Actor, course: Course) -> str:
    """Whom the actor may write to from a course's room: `all`, `staff` or `off`."""
    policy = Room.objects.filter(course=course).values_list("direct", flat=True).first()
    policy = policy or DirectPolicy.STAFF
    if policy == DirectPolicy.STAFF and role_in(actor, course.pk) in STAFF:
        return DirectPolicy.ALL.value
    return policy


def blocked_by(one: int, other: int) -> bool:
    """Whether `one` blocks `other`."""
    return PersonBlock.objects.filter(blocker=one, blocked=other).exists()


def may_write_to(actor: Actor, other: User | None) -> bool:
    """Whether the actor may write to somebody now; why not is not told."""
    if not is_offered(actor, other) or other is None or actor.user_id is None:
        return False
    return not blocked_by(other.pk, actor.user_id)


def is_offered(actor: Actor, other: User | None) -> bool:
    """The same as far as the actor knows: a missing way must not tell who blocks them."""
    if actor.user_id is None or other is None or not (other.is_active and actor.can_write):
        return False
    if other.pk == actor.user_id or chat_in(actor.user_id, None) != ExamChat.OPEN:
        return False
    if blocked_by(actor.user_id, other.pk):
        return False
    return ground(actor.user_id, other.pk).exists()


def person_to_write(actor: Actor, public_id: str) -> User:
    """Somebody with whom the actor talks already, or shares a course. Raises NotFound."""
    require_direct(actor)
    found = None
    if "\0" not in public_id:
        found = User.objects.filter(public_id=public_id[:40], is_active=True).first()
    if found is None or found.pk == actor.user_id or actor.user_id is None:
        raise NotFound
    known = ConversationMember.objects.filter(conversation__pair=pair_of(actor.user_id, found.pk))
    if not (known.exists() or ground(actor.user_id, found.pk).exists()):
        raise NotFound
    return found


def people_to_write(actor: Actor, text: str = "") -> list[User]:
    """Up to 8 people whom the actor may write to, by a beginning of a part of their name.

    Learners are offered who teaches and, where everybody may write to everybody, who wrote in the
    room or is there: a classmate who says nothing stays unnamed. Whom the actor blocks is left out;
    who blocks the actor is not, as their absence would tell of it.
    """
    require_direct(actor)
    me = actor.user_id or 0
    taught, open_ones, ruled = _courses_by_policy(me)
    active = Enrolment.objects.filter(state=EnrolmentState.ACTIVE).exclude(role=CourseRole.OBSERVER)
    said = Message.objects.filter(room__course=OuterRef("course"), sender=OuterRef("user"))
    here = Presence.objects.filter(course=OuterRef("course"), user=OuterRef("user"))
    met = active.filter(
        Q(course__in=taught)
        | Q(course__in=ruled, role__in=STAFF)
        | (Q(course__in=open_ones) & (Exists(said) | Exists(here)))
    )
    blocks = PersonBlock.objects.filter(blocker=me, blocked=OuterRef("pk"))
    people = User.objects.filter(~Exists(blocks), pk__in=met.values("user"), is_active=True)
    words = " ".join(text.replace("\0", "").split())[:150]
    if words:
        people = people.filter(Q(name__istartswith=words) | Q(name__icontains=f" {words}"))
    return list(people.exclude(pk=me).exclude(name="").order_by("name", "pk")[:OFFERED])


def _courses_by_policy(me: int) -> tuple[list[int], list[int], list[int]]:
    """Courses of somebody: where they may write to all, to all they met, and to staff."""
    now = clock.now()
    mine = Enrolment.objects.filter(
        Q(course__ends_at=None) | Q(course__ends_at__gt=now),
        user=me,
        state=EnrolmentState.ACTIVE,
        course__state=CourseState.PUBLISHED,
        course__deleted_at=None,
    ).exclude(role=CourseRole.OBSERVER)
    roles = dict(mine.values_list("course", "role"))
    policies = dict(Room.objects.filter(course__in=roles).values_list("course", "direct"))
    held = set(
        RoomRestriction.objects.filter(Q(until=None) | Q(until__gt=now), user=me).values_list(
            "course", flat=True
        )
    )
    ruled = [key for key in roles if policies.get(key, DirectPolicy.STAFF) != DirectPolicy.OFF]
    taught = [key for key in ruled if roles[key] in STAFF]
    every = [key for key in ruled if policies.get(key) == DirectPolicy.ALL and key not in held]
    return taught, every, ruled


# Reports.


def shared_courses(message: DirectMessage) -> QuerySet[Course]:
    """Courses whose staff can be asked to look at a message: both are, or were, in them."""
    people = ConversationMember.objects.filter(conversation=message.conversation_id)
    shared = Course.objects.filter(deleted_at=None)
    for user_id in people.values_list("user", flat=True):
        shared = shared.filter(pk__in=Enrolment.objects.filter(user=user_id).values("course"))
    return shared.order_by("-pk")


def direct_reports_in(actor: Actor, course: Course) -> QuerySet[DirectReport]:
    """Open reports of messages between two people, the oldest first, for a course's staff."""
    rows = VIEW_DIRECT_REPORT.rows(actor).filter(course=course, settled_at=None)
    return rows.select_related("reporter", "message__sender").order_by("pk")


def report_frame(report: DirectReport) -> dict[str, Any]:
    """A report as staff see it."""
    sender = report.message.sender
    return {
        "id": report.public_id,
        "reporter": member_frame(report.reporter),
        "sender": None if sender is None else member_frame(sender),
        "body": report.body,
        "reason": report.reason,
        "created_at": moment(report.created_at),
    }

"""Who asks. Every service takes an actor, so that page, API, socket, task and tool agree."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

READ = "read"
WRITE = "write"
ALL_SCOPES: frozenset[str] = frozenset({READ, WRITE})


class ActorKind(StrEnum):
    ANONYMOUS = "anonymous"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind of actor
    SYSTEM = "system"
    AI_TOOL = "ai_tool"


class Person(Protocol):
    """What the kernel needs to know of a user."""

    pk: int
    is_active: bool

    @property
    def is_site_admin(self) -> bool: ...

    @property
    def may_teach(self) -> bool: ...

    @property
    def is_site_analyst(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """An asker with site roles and scopes. Course roles are looked up by each app's rules.

    `preview_course_id` marks staff who view that course as a student: they see what a learner
    sees and write nothing. `credential` names the session or token that proves who asks, as
    `session:<key>` or `token:<number>`: what lives longer than a request ends with it. `address`
    is the network address that asks, empty where there is none.
    """

    kind: ActorKind
    user_id: int | None = None
    is_admin: bool = False
    is_instructor: bool = False
    is_analyst: bool = False
    scopes: frozenset[str] = ALL_SCOPES
    reason: str = ""
    preview_course_id: int | None = None
    credential: str = field(default="", repr=False, compare=False)
    address: str = field(default="", repr=False, compare=False)

    @property
    def signed_in(self) -> bool:
        """Whether a person stands behind this actor."""
        return self.user_id is not None

    @property
    def is_system(self) -> bool:
        """Whether Cairn itself acts; such an actor passes every rule and is logged."""
        return self.kind is ActorKind.SYSTEM

    @property
    def can_write(self) -> bool:
        """Whether the scopes and the mode allow any write at all."""
        return WRITE in self.scopes and self.preview_course_id is None

    def previewing(self, course_id: int) -> "Actor":
        """The same person, read-only, as a student of one course."""
        return replace(self, preview_course_id=course_id)

    def at(self, address: str) -> "Actor":
        """The same asker, asking from an address."""
        return replace(self, address=address)


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, scopes=frozenset({READ}))


def system(reason: str) -> Actor:
    """Cairn itself, for scheduled work; `reason` names the work in the log."""
    return Actor(kind=ActorKind.SYSTEM, reason=reason, is_admin=True)


def for_user(user: Person, credential: str = "") -> Actor:
    """A signed-in person with all scopes; an inactive one is nobody."""
    if not user.is_active:
        return ANONYMOUS
    return Actor(
        kind=ActorKind.USER,
        user_id=user.pk,
        is_admin=user.is_site_admin,
        is_instructor=user.may_teach,
        is_analyst=user.is_site_analyst,
        credential=credential,
    )


def for_token(user: Person, scopes: frozenset[str], credential: str = "") -> Actor:
    """A person through an API token, limited to its scopes."""
    actor = for_user(user, credential)
    return replace(actor, kind=ActorKind.TOKEN, scopes=scopes & ALL_SCOPES)


def ai_tool(on_behalf_of: Actor) -> Actor:
    """A model's tool with the asker's own rights, read-only."""
    return replace(on_behalf_of, kind=ActorKind.AI_TOOL, scopes=frozenset({READ}))

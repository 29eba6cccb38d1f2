"""What happens to people and their access."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("accounts.person_joined")
@dataclass(frozen=True, kw_only=True)
class PersonJoined(Event):
    """There is a new account."""

    person_id: int


@event("accounts.password_changed")
@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """Somebody set a new password."""

    person_id: int


@event("accounts.site_role_changed")
@dataclass(frozen=True, kw_only=True)
class SiteRoleChanged(Event):
    """An administrator gave somebody another role on the site."""

    person_id: int
    before: str
    after: str


@event("accounts.person_deactivated")
@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(Event):
    """An administrator closed an account; nothing of it was removed."""

    person_id: int


@event("accounts.person_reactivated")
@dataclass(frozen=True, kw_only=True)
class PersonReactivated(Event):
    """An administrator opened a closed account again."""

    person_id: int


@event("accounts.person_exported")
@dataclass(frozen=True, kw_only=True)
class PersonExported(Event):
    """Somebody took a copy of their own data."""

    person_id: int


@event("accounts.person_erased")
@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """An account was erased; apps drop what the data map cannot name, such as learnt models."""

    person_id: int


@event("accounts.token_issued")
@dataclass(frozen=True, kw_only=True)
class TokenIssued(Event):
    """A program got a token to act for a person."""

    token_id: int
    person_id: int


@event("accounts.token_revoked")
@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """A token stopped working before it expired."""

    token_id: int
    person_id: int

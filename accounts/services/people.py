"""Changing people: their profile by themselves, role and account by administrators."""

import zoneinfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import SiteRole, Theme
from accounts.events import (
    PasswordChanged,
    PersonDeactivated,
    PersonReactivated,
    SiteRoleChanged,
)
from accounts.models import User
from accounts.rules import ADMINISTER_PERSON, EDIT_SELF
from accounts.services.access import end_access
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_line

MAX_NAME = 150


@transaction.atomic
def edit_profile(
    *,
    actor: Actor,
    person: User,
    name: str | None = None,
    time_zone: str | None = None,
    language: str | None = None,
    theme: str | None = None,
) -> User:
    """Change one's own name, time zone, language or theme; None leaves a value as it is.

    Raises Invalid naming the field, NotFound for somebody else's profile, Denied without the
    write scope.
    """
    require(actor, EDIT_SELF, person)
    given = {"name": name, "time_zone": time_zone, "language": language, "theme": theme}
    changes = {field: value.strip() for field, value in given.items() if value is not None}
    _check_profile(changes)
    for field, value in changes.items():
        setattr(person, field, value)
    if changes:
        person.save(update_fields=list(changes))
    return person


@transaction.atomic
def set_password(*, actor: Actor, person: User, password: str) -> None:
    """Store a new password, which must have passed the validators, and end all other access (A3).

    The session in which a person changes it goes on; every other session, token and socket ends.
    """
    require(actor, EDIT_SELF, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    end_access(person)
    publish(PasswordChanged(person_id=person.pk), actor=actor)


@transaction.atomic
def change_site_role(*, actor: Actor, person: User, role: SiteRole) -> User:
    """Give somebody another role on the site; their sessions, tokens and sockets end (A2, A3).

    Raises NotFound for everybody but administrators, Conflict when it would leave none.
    """
    require(actor, ADMINISTER_PERSON, person)
    row = lock(User.objects.filter(pk=person.pk)).get()
    before = row.site_role
    if before == role:
        return row
    if row.erased_at is not None:
        raise Conflict(_("This account was erased."), code="erased")
    if before == SiteRole.ADMIN:
        keep_an_admin(row)
    row.site_role = role
    row.save(update_fields=["site_role"])
    end_access(row)
    publish(SiteRoleChanged(person_id=row.pk, before=before, after=role), actor=actor)
    return row


@transaction.atomic
def deactivate_person(*, actor: Actor, person: User) -> User:
    """Close an account: nobody signs in with it, nothing is removed (A3).

    Raises NotFound for everybody but administrators, Conflict for the last administrator.
    """
    require(actor, ADMINISTER_PERSON, person)
    row = lock(User.objects.filter(pk=person.pk)).get()
    if not row.is_active:
        return row
    if row.site_role == SiteRole.ADMIN:
        keep_an_admin(row)
    row.is_active = False
    row.save(update_fields=["is_active"])
    end_access(row)
    publish(PersonDeactivated(person_id=row.pk), actor=actor)
    return row


@transaction.atomic
def reactivate_person(*, actor: Actor, person: User) -> User:
    """Open a closed account again. Raises NotFound, or Conflict when it was erased."""
    require(actor, ADMINISTER_PERSON, person)
    row = lock(User.objects.filter(pk=person.pk)).get()
    if row.erased_at is not None:
        raise Conflict(_("This account was erased."), code="erased")
    if not row.is_active:
        row.is_active = True
        row.save(update_fields=["is_active"])
        publish(PersonReactivated(person_id=row.pk), actor=actor)
    return row


def keep_an_admin(leaving: User) -> None:
    """Raise Conflict when no other active administrator would be left.

    All administrators' rows are locked, so that two of them cannot leave at once.
    """
    admins = lock(User.objects.filter(site_role=SiteRole.ADMIN, is_active=True).order_by("pk"))
    if all(admin.pk == leaving.pk for admin in admins):
        raise Conflict(_("The site needs at least one administrator."), code="last_admin")


def _check_profile(changes: dict[str, str]) -> None:
    allowed = {
        "time_zone": zoneinfo.available_timezones(),
        "language": {code for code, _name in settings.LANGUAGES},
        "theme": set(Theme.values),
    }
    words = {
        "time_zone": _("Choose a time zone from the list."),
        "language": _("Choose a language from the list."),
        "theme": _("Choose a theme from the list."),
    }
    errors = {
        field: [words[field]]
        for field, value in changes.items()
        if field in allowed and value not in allowed[field]
    }
    name = changes.get("name", "")
    if len(name) > MAX_NAME:
        errors["name"] = [_("Use at most %(most)d characters.") % {"most": MAX_NAME}]
    if errors:
        raise Invalid(_("Some settings cannot be used."), errors=errors)
    require_line(name, field="name")

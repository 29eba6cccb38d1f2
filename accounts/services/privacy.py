"""A copy of one's own data, and its erasure, both driven by the data map (V2)."""

import logging
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Field
from django.utils.translation import gettext as _

from accounts.enums import SiteRole, Theme
from accounts.events import PersonErased, PersonExported
from accounts.models import User
from accounts.queries.personal_data import Holding, holdings_of
from accounts.rules import ADMINISTER_PERSON, EDIT_SELF, VIEW_SELF
from accounts.services.access import end_access
from accounts.services.people import keep_an_admin
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.events import publish
from lms.kernel.rest.wire import dump_json
from lms.kernel.rules import require

log = logging.getLogger(__name__)

IN_MEMORY = 5_000_000


def export_person(*, actor: Actor, person: User) -> IO[bytes]:
    """A ZIP with everything held about oneself: one JSON file per table, and the files.

    The caller closes it. Raises NotFound for somebody else.
    """
    require(actor, VIEW_SELF, person)
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for holding in holdings_of(person.pk):
            if holding.entry.export:
                _add_holding(archive, holding)
        archive.writestr("README.txt", _readme(person))
    with transaction.atomic():
        publish(PersonExported(person_id=person.pk), actor=actor)
    out.seek(0)
    return out


@transaction.atomic
def erase_person(*, actor: Actor, person: User) -> None:
    """Remove a person: delete or empty every row about them, end all access. It cannot be undone.

    Their own, or an administrator's act; the edge asks for the password first (A9). What courses
    need (grades, posts in a discussion) stays without a name where the map says so. Raises
    NotFound for others, Conflict for the last administrator.
    """
    _may_erase(actor, person)
    row = lock(User.objects.filter(pk=person.pk)).get()
    if row.erased_at is not None:
        return
    if row.site_role == SiteRole.ADMIN and row.is_active:
        keep_an_admin(row)
    email, own = row.email, actor.user_id == row.pk
    end_access(row)
    _forget_sessions(row.pk, email)
    _forget_admin_log(row)
    _empty_tables(row)
    _blank_person(row)
    publish(PersonErased(person_id=row.pk), actor=actors.system("erasure") if own else actor)
    if settings.TRIAL:
        transaction.on_commit(lambda: _forget_trial_mail(email))


def _may_erase(actor: Actor, person: User) -> None:
    own = actor.user_id == person.pk
    require(actor, EDIT_SELF if own else ADMINISTER_PERSON, person)


def _empty_tables(person: User) -> None:
    """What the map says, with all keys read first: a deletion may cut the path to other rows."""
    holdings = [held for held in holdings_of(person.pk) if held.model is not User]
    for held in holdings:
        if held.entry.erase == "anonymise":
            _anonymise(held)
    for held in holdings:
        if held.entry.erase == "delete":
            _delete(held)


def _add_holding(archive: zipfile.ZipFile, holding: Holding) -> None:
    archive.writestr(f"{holding.label}.json", dump_json(list(holding.values())))
    for stored in holding.files():
        try:
            with stored.open("rb") as source, archive.open(f"files/{stored.name}", "w") as out:
                shutil.copyfileobj(source, out)
        except OSError:
            log.warning("a file of %s is missing from storage", holding.label)


def _readme(person: User) -> str:
    words = _(
        "What %(site)s holds about %(email)s, as of %(day)s.\n"
        "Each .json file is one table; files/ holds what you uploaded.\n"
        "Scores that are not released yet are left out, and what an exam of yours hides while it "
        "runs."
    )
    day = clock.now().date().isoformat()
    return words % {"site": settings.PUBLIC_URL, "email": person.email, "day": day}


def _anonymise(held: Holding) -> None:
    fields = [held.model._meta.get_field(name) for name in _names(held)]
    changes = {field.attname: _empty(field) for field in fields if isinstance(field, Field)}
    for rows in held.batches():
        rows.update(**changes)


def _names(held: Holding) -> list[str]:
    """The map's fields to blank; it may name a foreign key by its column ("user_id")."""
    by_column = {field.attname: field.name for field in held.model._meta.concrete_fields}
    return [by_column.get(name, name) for name in held.entry.blank]


def _empty(field: Field[Any, Any]) -> Any:
    return None if field.null else field.get_default()


def _delete(held: Holding) -> None:
    for stored in held.files():
        transaction.on_commit(_removal(stored.storage, stored.name))
    for rows in held.batches():
        rows.delete()


def _removal(storage: Storage, name: str) -> Callable[[], None]:
    return lambda: storage.delete(name)


def _blank_person(row: User) -> None:
    row.email = f"erased-{row.pk}@erased.invalid"
    row.name = ""
    row.password = make_password(None)
    row.site_role = SiteRole.STUDENT
    row.time_zone, row.language, row.theme = "UTC", settings.LANGUAGE_CODE, Theme.SYSTEM
    row.is_active, row.last_login = False, None
    row.erased_at = clock.now()
    row.save()


def _forget_sessions(person_id: int, email: str) -> None:
    """End sessions that are theirs or name their address; a session says whose it is inside."""
    from django.contrib.sessions.backends.cached_db import SessionStore

    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") == str(person_id) or email in str(held):
            SessionStore(session.session_key).delete()


def _forget_admin_log(person: User) -> None:
    """The admin's log names the objects that were changed."""
    about = {"content_type__app_label": "accounts", "content_type__model": "user"}
    LogEntry.objects.filter(object_id=str(person.pk), **about).delete()


def _forget_trial_mail(email: str) -> None:
    """The trial keeps mail as files; drop those that name the address."""
    for path in Path(settings.DATA_DIR, "mail").glob("*.log"):
        if email in path.read_text(errors="replace"):
            path.unlink(missing_ok=True)

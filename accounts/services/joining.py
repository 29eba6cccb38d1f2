"""New people: by signing up themselves, or added by an administrator."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.enums import SiteRole
from accounts.events import PersonJoined
from accounts.models import User
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require_write
from lms.kernel.text import require_line


@transaction.atomic
def sign_up(*, actor: Actor, email: str, name: str, password: str) -> User:
    """A new student whose address is still to be confirmed.

    The password must have passed the validators. Raises Invalid naming the field.
    """
    person = _create(email, name, password, SiteRole.STUDENT)
    publish(PersonJoined(person_id=person.pk), actor=actors.for_user(person))
    return person


@transaction.atomic
def create_person(
    *,
    actor: Actor,
    email: str,
    name: str = "",
    password: str | None = None,
    site_role: SiteRole = SiteRole.STUDENT,
) -> User:
    """A person added by an administrator or the system; their address counts as confirmed.

    Without a password they set one by "Forgot your password?". Raises SignInRequired, Denied for
    others, Invalid naming the field.
    """
    from allauth.account.models import EmailAddress

    require_write(actor)
    if not actor.is_admin:
        raise Denied(_("Only administrators add people."))
    person = _create(email, name, password, site_role)
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    publish(PersonJoined(person_id=person.pk), actor=actor)
    return person


def _create(email: str, name: str, password: str | None, role: SiteRole) -> User:
    address = email.strip().lower()
    require_line(name, field="name")
    try:
        validate_email(address)
        with transaction.atomic():
            return User.objects.create_user(
                address,
                password,
                name=name.strip(),
                site_role=role,
                language=(get_language() or "en").partition("-")[0],
            )
    except ValidationError as problem:
        raise Invalid(_("This is not an e-mail address."), field="email") from problem
    except IntegrityError as problem:
        raise Invalid(_("Somebody has this address already."), field="email") from problem

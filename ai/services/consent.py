"""Agreeing to talk to an AI, taking it back, and turning AI off (I9)."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from ai.enums import SwitchScope
from ai.events import AiSwitched, ConsentChanged
from ai.models import AiConsent, AiSwitch
from ai.queries.consent import CONSENT_VERSION
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, SignInRequired
from lms.kernel.events import publish
from lms.kernel.rules import require, require_write


def give_consent(*, actor: Actor, of_age: bool) -> AiConsent:
    """Agree. `of_age` says: 16 or older, or with a guardian's permission. Twice is once.

    Raises SignInRequired, Denied for a token that only reads, Invalid on `of_age`.
    """
    person_id = _self(actor)
    if not of_age:
        raise Invalid(
            _("AI stays off for people under 16 unless a parent or guardian agrees."),
            field="of_age",
        )
    with transaction.atomic():
        consent, made = AiConsent.objects.get_or_create(
            person_id=person_id, version=CONSENT_VERSION, withdrawn_at=None
        )
        if made:
            publish(ConsentChanged(person_id=person_id, given=True), actor=actor)
    return consent


def withdraw_consent(*, actor: Actor) -> None:
    """Take it back; AI does not talk with the actor from now on. Twice is once."""
    person_id = _self(actor)
    with transaction.atomic():
        mine = AiConsent.objects.filter(person_id=person_id, withdrawn_at=None)
        if mine.update(withdrawn_at=clock.now()):
            publish(ConsentChanged(person_id=person_id, given=False), actor=actor)


def switch_person(*, actor: Actor, off: bool, person: User | None = None) -> None:
    """Turn AI off or on for oneself; for another person admins alone.

    What an admin turned off, the person cannot turn on. Raises Denied, SignInRequired.
    """
    person_id = _self(actor) if person is None else person.pk
    require_write(actor)
    other = person_id != actor.user_id
    if other and not actor.is_admin:
        raise Denied
    with transaction.atomic():
        rows = AiSwitch.objects.filter(scope=SwitchScope.PERSON, person_id=person_id)
        if not off and not other and not actor.is_admin and rows.filter(by_admin=True).exists():
            raise Denied(_("An administrator turned AI off for you."))
        if off:
            made = AiSwitch.objects.get_or_create(
                person_id=person_id, scope=SwitchScope.PERSON, defaults={"by_admin": other}
            )[1]
            if other:
                # Who had it off already cannot turn it on any more either.
                made = bool(rows.filter(by_admin=False).update(by_admin=True)) or made
        else:
            made = bool(rows.delete()[0])
        if made:
            told = AiSwitched(scope=SwitchScope.PERSON.value, off=off, person_id=person_id)
            publish(told, actor=actor)


def switch_course(*, actor: Actor, course: Course, off: bool) -> None:
    """Turn AI off or on in a course: its instructors. Raises what `require` raises."""
    require(actor, MANAGE_COURSE, course)
    with transaction.atomic():
        rows = AiSwitch.objects.filter(scope=SwitchScope.COURSE, course=course)
        if off:
            made = AiSwitch.objects.get_or_create(course=course, scope=SwitchScope.COURSE)[1]
        else:
            made = bool(rows.delete()[0])
        if made:
            told = AiSwitched(scope=SwitchScope.COURSE.value, off=off, course_id=course.pk)
            publish(told, actor=actor)


def switch_site(*, actor: Actor, off: bool) -> None:
    """Turn AI off or on everywhere: admins. Raises Denied."""
    require_write(actor)
    if not actor.is_admin:
        raise Denied
    with transaction.atomic():
        rows = AiSwitch.objects.filter(scope=SwitchScope.SITE)
        if off:
            made = AiSwitch.objects.get_or_create(scope=SwitchScope.SITE)[1]
        else:
            made = bool(rows.delete()[0])
        if made:
            publish(AiSwitched(scope=SwitchScope.SITE.value, off=off), actor=actor)


def off_words(where: str) -> str:
    """Why AI is off, for people."""
    words = {
        "site": _("AI is turned off on this site."),
        "course": _("AI is turned off in this course."),
        "person": _("AI is turned off for you."),
    }
    return words[where]


def purpose_words(where: str) -> str:
    """Why no model is asked for one thing, for people."""
    if where == "site":
        return _("No model is asked for this on this site.")
    return _("No model is asked for this in this course.")


def consent_words() -> str:
    """What is missing, for people."""
    return _("Agree to talk to an AI first; your AI settings ask you.")


def _self(actor: Actor) -> int:
    require_write(actor)
    if actor.user_id is None:
        raise SignInRequired
    return actor.user_id

"""Ask people to join: by address, by table, by link."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from courses.enums import CourseRole, EnrolmentSource, EnrolmentState, InvitationState
from courses.events import InvitationAccepted, InvitationRevoked, JoinLinkChanged, LearnerInvited
from courses.models import Course, Enrolment, Invitation
from courses.models.catalogue import new_join_code
from courses.rules import MANAGE_COURSE, MANAGE_INVITATION
from courses.services.editing import locked
from courses.services.enrolment import admit
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.jobs import enqueue
from lms.kernel.rules import require, require_write
from lms.kernel.text import is_line, is_storable, require_text

MAX_ROWS: Final = 1_000
MAX_TABLE: Final = 512 * 1024  # characters
VALID_FOR: Final = timedelta(days=14)
MAIL_JOB: Final = "courses.mail_invitation"
COLUMNS: Final = ("email", "name", "role")
_SALT: Final = "courses.invitation"
validate_length: Final = MaxLengthValidator(254)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Somebody to ask. `line` is the row of the table, from 1, 0 when there was none."""

    email: str
    name: str = ""
    role: str = CourseRole.LEARNER
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became, or would become, of one row.

    `status` is invite, invited, member, already_invited, repeated, or invalid with `problem` in
    words.
    """

    line: int
    email: str
    name: str
    role: str
    status: str
    problem: str = ""


def read_table(text: str) -> list[Invitee]:
    """Read a CSV with the columns email, name, role (a header line is optional), or bare addresses.

    Commas, semicolons and tabs separate. Raises Invalid for `table` when it cannot be read.
    """
    require_text(text, field="table", max_length=MAX_TABLE)
    lines = text.removeprefix("\ufeff").splitlines()
    separator = max(",;\t", key=lines[0].count) if lines else ","
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    except csv.Error as problem:
        raise Invalid(_("This table cannot be read."), field="table") from problem
    columns, start = _columns(rows)
    people = [
        _invitee(row, columns, line)
        for line, row in enumerate(rows, start=1)
        if line > start and any(cell.strip() for cell in row)
    ]
    if len(people) > MAX_ROWS:
        message = _("At most %(limit)d people at once.") % {"limit": MAX_ROWS}
        raise Invalid(message, field="table")
    return people


def preview_invitations(
    *, actor: Actor, course: Course, people: Sequence[Invitee]
) -> list[Outcome]:
    """Tell what inviting these people would do, row by row, and write nothing."""
    require(actor, MANAGE_COURSE, course)
    emails = {person.email.strip().lower() for person in people if is_storable(person.email)}
    members = _members(course, emails)
    asked = set(
        Invitation.objects.filter(
            course=course, state=InvitationState.SENT, expires_at__gt=clock.now(), email__in=emails
        ).values_list("email", flat=True)
    )
    seen: set[str] = set()
    return [_outcome(person, members, asked, seen) for person in people]


@transaction.atomic
def invite_people(*, actor: Actor, course: Course, people: Sequence[Invitee]) -> list[Outcome]:
    """Invite everybody who can be; the report has one row per person, in order.

    Each invitation is mailed by a job. Raises Invalid when there are too many people at once.
    """
    require(actor, MANAGE_COURSE, course)
    if len(people) > MAX_ROWS:
        message = _("At most %(limit)d people at once.") % {"limit": MAX_ROWS}
        raise Invalid(message, field="people")
    course = locked(course)
    report = preview_invitations(actor=actor, course=course, people=people)
    accounts = dict(
        User.objects.filter(
            email__in=[row.email for row in report if row.status == "invite"]
        ).values_list("email", "pk")
    )
    done: list[Outcome] = []
    for row in report:
        if row.status == "invite":
            _invite(actor, course, row, accounts.get(row.email))
        status = "invited" if row.status == "invite" else row.status
        done.append(
            Outcome(
                line=row.line,
                email=row.email,
                name=row.name,
                role=row.role,
                status=status,
                problem=row.problem,
            )
        )
    return done


@transaction.atomic
def revoke_invitation(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Make an open invitation useless. Idempotent; raises Conflict `accepted` after that."""
    require(actor, MANAGE_INVITATION, invitation)
    row = lock(Invitation.objects.filter(pk=invitation.pk)).get()
    if row.state == InvitationState.ACCEPTED:
        raise Conflict(_("This invitation was accepted already."), code="accepted")
    if row.state == InvitationState.SENT:
        row.state = InvitationState.REVOKED
        row.save(update_fields=["state"])
        told = InvitationRevoked(course_id=row.course_id, invitation_id=row.pk)
        publish(told, actor=actor)
    return row


def invitation_by_token(token: str) -> Invitation:
    """Return the open invitation a link names; raises NotFound when used, revoked, old, forged."""
    digest = _digest(token if is_storable(token) else "")
    found = (
        Invitation.objects.filter(
            token_digest=digest, state=InvitationState.SENT, expires_at__gt=clock.now()
        )
        .select_related("course", "invited_by")
        .first()
    )
    if found is None or found.course.deleted_at is not None:
        raise NotFound(_("This invitation no longer works. Ask for a new one."))
    return found


@transaction.atomic
def accept_invitation(*, actor: Actor, token: str) -> Enrolment:
    """Join with an invitation's link.

    A role above learner, and the way back for somebody who was removed, are only for the account
    with the invited address: links get forwarded.
    Raises NotFound, Denied for another account, Conflict `course_full` or `removed`.
    """
    require_write(actor)
    found = invitation_by_token(token)
    user = User.objects.filter(pk=actor.user_id or 0).first()
    if user is None:
        raise Denied
    course = locked(found.course)
    row = lock(Invitation.objects.filter(pk=found.pk)).get()
    if row.state != InvitationState.SENT:
        raise NotFound(_("This invitation no longer works. Ask for a new one."))
    same = constant_time_compare(row.email, user.email.lower())
    if row.role != CourseRole.LEARNER and not same:
        raise Denied(_("This invitation is for another address. Sign in with that account."))
    enrolment = admit(
        actor=actor,
        course=course,
        user_id=user.pk,
        source=EnrolmentSource.INVITED,
        role=row.role,
        forgive=same,
    )
    row.state, row.accepted_by = InvitationState.ACCEPTED, user
    row.save(update_fields=["state", "accepted_by"])
    told = InvitationAccepted(
        course_id=course.pk, invitation_id=row.pk, enrolment_id=enrolment.pk, user_id=user.pk
    )
    publish(told, actor=actor)
    return enrolment


@transaction.atomic
def set_join_link(*, actor: Actor, course: Course, on: bool) -> Course:
    """Switch the join link on or off."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    course.join_link_on = on
    course.save(update_fields=["join_link_on"])
    publish(JoinLinkChanged(course_id=course.pk, on=on), actor=actor)
    return course


@transaction.atomic
def rotate_join_link(*, actor: Actor, course: Course) -> Course:
    """Replace the join link's code, so that the old link no longer works."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    course.join_code = new_join_code()
    course.save(update_fields=["join_code"])
    publish(JoinLinkChanged(course_id=course.pk, on=course.join_link_on), actor=actor)
    return course


def course_by_join_code(code: str) -> Course:
    """Return the live course whose join link has this code; raises NotFound."""
    found = None
    if is_storable(code):
        found = Course.objects.filter(join_code=code, join_link_on=True).first()
    if found is None or not found.is_live:
        raise NotFound(_("This link no longer works. Ask for a new one."))
    return found


def token_of(invitation: Invitation) -> str:
    """Return the link's token: derived, so that jobs carry ids and no secret is stored (J1, A7)."""
    return salted_hmac(_SALT, invitation.public_id, algorithm="sha256").hexdigest()


def mail_invitation(invitation_id: int) -> bool:
    """Send the mail of an invitation that is still open; returns whether it was sent."""
    row = (
        Invitation.objects.filter(pk=invitation_id, state=InvitationState.SENT)
        .select_related("course", "invited_by")
        .first()
    )
    if row is None or row.expires_at <= clock.now():
        return False
    values = {
        "course": row.course.title,
        "who": row.invited_by.display_name if row.invited_by else _("An instructor"),
        "link": f"{settings.PUBLIC_URL}/invitations/{token_of(row)}/",
        "days": VALID_FOR.days,
    }
    subject = _("You are invited to %(course)s") % values
    body = _(
        "%(who)s invites you to the course “%(course)s”.\n\n"
        "Open this link to join. It works for %(days)d days:\n%(link)s\n"
    )
    send_mail(" ".join(subject.split()), body % values, None, [row.email])
    return True


def _invite(actor: Actor, course: Course, row: Outcome, user_id: int | None) -> None:
    Invitation.objects.filter(course=course, email=row.email, state=InvitationState.SENT).update(
        state=InvitationState.REVOKED
    )
    invitation = Invitation(
        course=course,
        email=row.email,
        name=row.name,
        role=row.role,
        invited_by_id=actor.user_id,
        created_at=clock.now(),
        expires_at=clock.now() + VALID_FOR,
    )
    invitation.token_digest = _digest(token_of(invitation))
    invitation.save()
    told = LearnerInvited(
        course_id=course.pk, invitation_id=invitation.pk, user_id=user_id, role=row.role
    )
    publish(told, actor=actor)
    enqueue(MAIL_JOB, actor=actor, params={"invitation_id": invitation.pk}, course_id=course.pk)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _columns(rows: list[list[str]]) -> tuple[dict[str, int], int]:
    """Where each column stands, and how many lines the header takes."""
    first = [cell.strip().lower() for cell in rows[0]] if rows else []
    if "email" in first or "e-mail" in first:
        named = {name.replace("-", ""): place for place, name in enumerate(first)}
        return {name: named[name] for name in COLUMNS if name in named}, 1
    return {name: place for place, name in enumerate(COLUMNS)}, 0


def _invitee(row: list[str], columns: dict[str, int], line: int) -> Invitee:
    cells = {
        name: row[place].strip() if place < len(row) else "" for name, place in columns.items()
    }
    role = cells.get("role", "").lower() or CourseRole.LEARNER
    return Invitee(email=cells.get("email", ""), name=cells.get("name", ""), role=role, line=line)


def _members(course: Course, emails: set[str]) -> set[str]:
    rows = Enrolment.objects.filter(
        course=course, state=EnrolmentState.ACTIVE, user__email__in=emails
    )
    return set(rows.values_list("user__email", flat=True))


def _outcome(person: Invitee, members: set[str], asked: set[str], seen: set[str]) -> Outcome:
    email = person.email.strip().lower()
    problem = _problem(person, email)
    if problem:
        status = "invalid"
    elif email in seen:
        status = "repeated"
    elif email in members:
        status = "member"
    else:
        status = "already_invited" if email in asked else "invite"
    seen.add(email)
    return Outcome(
        line=person.line,
        email=email,
        name=person.name.strip(),
        role=person.role,
        status=status,
        problem=problem,
    )


def _problem(person: Invitee, email: str) -> str:
    if not (is_line(email) and is_line(person.name.strip())):
        return _("This text contains characters that cannot be stored.")
    try:
        validate_email(email)
        validate_length(email)
    except ValidationError:
        return _("This is not an e-mail address.")
    if len(person.name) > 150:
        return _("This name is too long.")
    if person.role not in CourseRole.values:
        return _("There is no such role.")
    return ""

"""Invitations: tables as people send them, and links."""

from datetime import timedelta

import pytest
from django.core import mail

from courses.enums import InvitationState
from courses.models import Invitation
from courses.services import invitation as service
from courses.services.enrolment import remove_member
from courses.services.invitation import (
    Invitee,
    accept_invitation,
    course_by_join_code,
    invite_people,
    mail_invitation,
    preview_invitations,
    read_table,
    revoke_invitation,
    rotate_join_link,
    set_join_link,
    token_of,
)
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    EnrolmentFactory,
    actor_for,
    people_around,
    person,
)
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, KernelError, NotFound
from lms.kernel.models import Job
from lms.kernel.testing import events_of, run_jobs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("table", "people"),
    [
        ("a@b.co\nc@d.co", [(1, "a@b.co", "", "learner"), (2, "c@d.co", "", "learner")]),
        ("\ufeffemail,name\na@b.co,Ann", [(2, "a@b.co", "Ann", "learner")]),
        ("Name\tE-Mail\tRole\nAnn\ta@b.co\tAssistant", [(2, "a@b.co", "Ann", "assistant")]),
        ('a@b.co;"Ann; Dr"\n\n;;\n', [(1, "a@b.co", "Ann; Dr", "learner")]),
        ("", []),
        ("email\n", []),
    ],
)
def test_tables_are_read_as_people_send_them(
    table: str, people: list[tuple[int, str, str, str]]
) -> None:
    found = read_table(table)
    assert [(p.line, p.email, p.name, p.role) for p in found] == people


def test_tables_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_ROWS", 2)
    for table in ("a@b.co\n" * 3, "x" * (service.MAX_TABLE + 1), "a\0"):
        with pytest.raises(Invalid) as caught:
            read_table(table)
        assert list(caught.value.errors) == ["table"]
    with pytest.raises(Invalid):
        invite_people(actor=SYSTEM, course=CourseFactory(), people=[Invitee(email="a@b.co")] * 3)


@pytest.mark.parametrize(
    "invitee",
    [
        Invitee(email=""),
        Invitee(email="a"),
        Invitee(email="a@b.co\0"),
        Invitee(email="x" * 250 + "@b.co"),
        Invitee(email="a@b.co", name="x" * 151),
        Invitee(email="a@b.co", role="king"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(invitee: Invitee) -> None:
    (row,) = preview_invitations(actor=SYSTEM, course=CourseFactory(), people=[invitee])
    assert row.status == "invalid"
    assert row.problem


def test_only_managers_invite() -> None:  # Z1
    course = CourseFactory()
    allowed = set()
    for name, actor in people_around(course).items():
        try:
            invite_people(actor=actor, course=course, people=[Invitee(email=f"{name}@b.co")])
        except KernelError:
            continue
        allowed.add(name)
    assert allowed == {"instructor", "admin", "writer_token", "system"}


def test_jobs_and_rows_hold_no_token() -> None:  # A7 J1
    invite_people(actor=SYSTEM, course=CourseFactory(), people=[Invitee(email="a@b.co")])
    row, job = Invitation.objects.get(), Job.objects.get()
    token = token_of(row)
    assert len(token) == 64
    assert token not in str(job.params)
    assert row.token_digest != token
    assert job.params == {"invitation_id": row.pk}


def test_the_event_names_the_account_of_the_address() -> None:
    known = person()
    people = [Invitee(email=known.email.upper()), Invitee(email="new@b.co")]
    invite_people(actor=SYSTEM, course=CourseFactory(), people=people)
    assert [event["user_id"] for event in events_of("courses.learner_invited")] == [known.pk, None]


def test_an_invitation_that_ran_out_is_written_anew() -> None:
    course = CourseFactory()
    invite_people(actor=SYSTEM, course=course, people=[Invitee(email="a@b.co")])
    with clock.travel(clock.now() + timedelta(days=15)):
        (row,) = invite_people(actor=SYSTEM, course=course, people=[Invitee(email="a@b.co")])
    assert row.status == "invited"
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["revoked", "sent"]


def test_mail_is_sent_while_the_invitation_is_open_only() -> None:
    course = CourseFactory(title="Line\nbreak")
    invite_people(
        actor=actor_for(course.created_by), course=course, people=[Invitee(email="a@b.co")]
    )
    row = Invitation.objects.get()
    run_jobs()
    assert mail.outbox[0].subject == "You are invited to Line break"
    assert course.created_by.name in mail.outbox[0].body
    revoke_invitation(actor=SYSTEM, invitation=row)
    revoke_invitation(actor=SYSTEM, invitation=row)
    assert not mail_invitation(row.pk)
    assert not mail_invitation(0)
    assert len(mail.outbox) == 1
    assert len(events_of("courses.invitation_revoked")) == 1


def test_accepting_ends_an_invitation() -> None:
    course = CourseFactory()
    invite_people(actor=SYSTEM, course=course, people=[Invitee(email="a@b.co")])
    row = Invitation.objects.get()
    accept_invitation(actor=actor_for(person()), token=token_of(row))
    row.refresh_from_db()
    assert row.state == InvitationState.ACCEPTED
    with pytest.raises(Conflict):
        revoke_invitation(actor=SYSTEM, invitation=row)
    with pytest.raises(NotFound):
        accept_invitation(actor=actor_for(person()), token=token_of(row))


@pytest.mark.parametrize("token", ["", "x", "a\0b", "\ud800", "0" * 64])
def test_a_forged_token_is_not_found(token: str) -> None:
    with pytest.raises(NotFound):
        accept_invitation(actor=actor_for(person()), token=token)


def test_an_invitation_dies_with_its_course() -> None:
    course = CourseFactory()
    invite_people(actor=SYSTEM, course=course, people=[Invitee(email="a@b.co")])
    type(course).objects.update(deleted_at=clock.now())
    with pytest.raises(NotFound):
        accept_invitation(actor=actor_for(person()), token=token_of(Invitation.objects.get()))


def test_only_a_person_accepts() -> None:
    invite_people(actor=SYSTEM, course=CourseFactory(), people=[Invitee(email="a@b.co")])
    with pytest.raises(Denied):
        accept_invitation(actor=SYSTEM, token=token_of(Invitation.objects.get()))


def test_an_invitation_brings_back_who_was_removed() -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course, state="removed")
    invite_people(actor=SYSTEM, course=course, people=[Invitee(email=row.user.email)])
    token = token_of(Invitation.objects.get())
    assert accept_invitation(actor=actor_for(row.user), token=token).state == "active"


def test_an_invitation_from_before_a_removal_brings_nobody_back() -> None:
    course = CourseFactory()
    learner = person()
    invite_people(actor=SYSTEM, course=course, people=[Invitee(email=learner.email)])
    row = EnrolmentFactory(course=course, user=learner)
    remove_member(actor=SYSTEM, enrolment=row)
    with pytest.raises(NotFound):
        accept_invitation(actor=actor_for(learner), token=token_of(Invitation.objects.get()))
    row.refresh_from_db()
    assert row.state == "removed"


def test_an_invitation_of_somebody_else_brings_nobody_back() -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course, state="removed")
    invite_people(actor=SYSTEM, course=course, people=[Invitee(email="else@example.com")])
    with pytest.raises(Conflict) as caught:
        accept_invitation(actor=actor_for(row.user), token=token_of(Invitation.objects.get()))
    assert caught.value.code == "removed"
    assert Invitation.objects.get().state == InvitationState.SENT


def test_join_codes_work_while_on_and_die_when_replaced() -> None:
    course = CourseFactory()
    actor = actor_for(course.created_by)
    with pytest.raises(NotFound):
        course_by_join_code(course.join_code)
    set_join_link(actor=actor, course=course, on=True)
    assert course_by_join_code(course.join_code) == course
    rotate_join_link(actor=actor, course=course)
    for code in (course.join_code, "", "a\0"):
        with pytest.raises(NotFound):
            course_by_join_code(code)
    assert [event["on"] for event in events_of("courses.join_link_changed")] == [True, True]

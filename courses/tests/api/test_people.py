"""Enrolments, invitations and progress through the API."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from courses.api.enrolment import NewEnrolmentSerializer, RoleSerializer
from courses.api.progress import PingSerializer
from courses.enums import CourseRole, EnrolmentPolicy, EnrolmentState
from courses.models import Enrolment, Invitation
from courses.services.invitation import set_join_link, token_of
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    person,
)
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries, run_jobs

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]


def test_inputs_take_no_field_of_the_server() -> None:  # Z4
    shapes = (NewEnrolmentSerializer, RoleSerializer, PingSerializer)
    assert [sorted(shape().fields) for shape in shapes] == [
        ["course", "join_code", "role", "user"],
        ["role"],
        ["lesson", "position", "seconds"],
    ]


def test_somebody_enrols_themselves_once(ask: Ask) -> None:
    course, who = CourseFactory(), person()
    first = ask(who, "post", "enrolments/", {"course": course.public_id})
    again = ask(who, "post", "enrolments/", {"course": course.public_id})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert (first.json()["role"], first.json()["origin"]) == ("learner", "self")
    assert "email" not in first.json()["user"]
    course.refresh_from_db()
    assert course.learner_count == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"enrolment_policy": EnrolmentPolicy.INVITATION}, "not_open"),
        ({"archived": True}, "not_open"),
        ({"price_minor": 100}, "payment_required"),
        ({"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, "ended"),
    ],
)
def test_enrolling_says_why_not(ask: Ask, fields: dict[str, Any], code: str) -> None:
    course = CourseFactory(**fields)
    who = EnrolmentFactory(course=course, state=EnrolmentState.LEFT).user
    if fields.get("archived"):
        who = course.created_by
        Enrolment.objects.filter(user=who).update(role=CourseRole.OBSERVER)
    response = ask(who, "post", "enrolments/", {"course": course.public_id})
    assert (response.status_code, response.json()["code"]) == (409, code)


def test_join_code_lets_people_in_while_the_link_is_on(ask: Ask) -> None:
    course = CourseFactory(enrolment_policy=EnrolmentPolicy.INVITATION)
    body = {"join_code": course.join_code}
    assert ask(person(), "post", "enrolments/", body).status_code == 404
    set_join_link(actor=SYSTEM, course=course, on=True)
    made = ask(person(), "post", "enrolments/", body)
    assert (made.status_code, made.json()["origin"]) == (201, "join_link")


def test_instructors_add_people_others_do_not(ask: Ask) -> None:
    course, guest = CourseFactory(), person()
    body = {"course": course.public_id, "user": guest.public_id, "role": "assistant"}
    assert ask(person(), "post", "enrolments/", body).status_code == 403
    made = ask(course.created_by, "post", "enrolments/", body)
    assert (made.status_code, made.json()["role"]) == (201, "assistant")
    assert made.json()["user"]["email"] == guest.email
    unknown = {**body, "user": "1111111111111111111111"}
    response = ask(course.created_by, "post", "enrolments/", unknown)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["user"])


def test_list_shows_own_rows_and_a_course_to_its_staff(ask: Ask) -> None:  # Z1
    course = CourseFactory()
    mine = EnrolmentFactory(course=course)
    EnrolmentFactory(course=course)
    own = ask(mine.user, "get", "enrolments/").json()
    assert [row["id"] for row in own["results"]] == [mine.public_id]
    path = f"enrolments/?course={course.public_id}"
    assert ask(mine.user, "get", path).status_code == 403
    observer = EnrolmentFactory(course=course, role=CourseRole.OBSERVER).user
    assert ask(observer, "get", path).status_code == 403
    assert ask(course.created_by, "get", path).json()["count"] == 4
    assert ask(course.created_by, "get", f"{path}&role=learner").json()["count"] == 2
    named = ask(course.created_by, "get", f"{path}&search={mine.user.email}").json()
    assert [row["id"] for row in named["results"]] == [mine.public_id]
    for wrong in ("role=king", "state=asleep"):
        assert ask(course.created_by, "get", f"{path}&{wrong}").status_code == 400


def test_list_takes_the_same_queries_for_one_and_three_people(ask: Ask) -> None:
    course = CourseFactory()
    assert_constant_queries(
        lambda: ask(course.created_by, "get", f"enrolments/?course={course.public_id}"),
        lambda: EnrolmentFactory(course=course),
        most=8,
    )


def test_roles_change_and_the_last_instructor_stays(ask: Ask) -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course)
    path, who = f"enrolments/{row.public_id}/", course.created_by
    assert ask(who, "patch", path, {"role": "observer"}).json()["role"] == "observer"
    course.refresh_from_db()
    assert course.learner_count == 0
    assert ask(row.user, "patch", path, {"role": "instructor"}).status_code == 403
    own = Enrolment.objects.get(course=course, user=who)
    response = ask(who, "patch", f"enrolments/{own.public_id}/", {"role": "learner"})
    assert (response.status_code, response.json()["code"]) == (409, "last_instructor")
    assert ask(who, "delete", f"enrolments/{own.public_id}/").status_code == 409


def test_removed_people_do_not_come_back_by_themselves(ask: Ask) -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course)
    assert ask(course.created_by, "delete", f"enrolments/{row.public_id}/").status_code == 204
    response = ask(row.user, "post", "enrolments/", {"course": course.public_id})
    assert (response.status_code, response.json()["code"]) == (409, "removed")


def test_learners_leave_and_return_with_their_progress(ask: Ask) -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course, completed_lessons=3)
    assert ask(row.user, "delete", f"enrolments/{row.public_id}/").status_code == 204
    back = ask(row.user, "post", "enrolments/", {"course": course.public_id})
    assert (back.status_code, back.json()["completed_lessons"]) == (201, 3)


def test_an_enrolment_is_hidden_from_others(ask: Ask) -> None:  # Z2
    row = EnrolmentFactory()
    path = f"enrolments/{row.public_id}/"
    assert ask(person(), "get", path).status_code == 404
    assert ask(person(), "delete", path).status_code == 404
    assert ask(None, "get", path).status_code == 401


def _invite(ask: Ask, course: Any, **more: Any) -> Any:
    return ask(course.created_by, "post", "invitations/", {"course": course.public_id, **more})


def test_invitations_are_previewed_then_sent_by_mail(ask: Ask) -> None:
    course = CourseFactory(title="Stones")
    member = EnrolmentFactory(course=course).user
    table = (
        f"E-Mail;Name;Role\nNew@Example.org;Neo;\n{member.email};;\n"
        "new@example.org;;\nx;;\ny@example.org;;king\n"
    )
    dry = _invite(ask, course, table=table, dry_run=True).json()
    assert dry["invited"] == 0
    assert [row["status"] for row in dry["rows"]] == [
        "invite",
        "member",
        "repeated",
        "invalid",
        "invalid",
    ]
    assert [row["line"] for row in dry["rows"]] == [2, 3, 4, 5, 6]
    assert Invitation.objects.count() == 0
    done = _invite(ask, course, table=table).json()
    assert (done["invited"], done["rows"][0]["email"]) == (1, "new@example.org")
    assert _invite(ask, course, table=table).json()["rows"][0]["status"] == "already_invited"
    run_jobs("courses.mail_invitation")
    assert [m.to for m in mail.outbox] == [["new@example.org"]]
    assert token_of(Invitation.objects.get()) in mail.outbox[0].body
    assert "Stones" in mail.outbox[0].subject


def test_invitation_is_accepted_once(ask: Ask) -> None:
    course = CourseFactory(enrolment_policy=EnrolmentPolicy.INVITATION)
    _invite(ask, course, people=[{"email": "a@example.org"}])
    token = {"token": token_of(Invitation.objects.get())}
    who = person()
    assert ask(None, "post", "invitations/accept/", token).status_code == 401
    assert ask(who, "post", "invitations/accept/", token).json()["origin"] == "invited"
    assert ask(person(), "post", "invitations/accept/", token).status_code == 404


def test_invitation_to_staff_is_for_its_own_address(ask: Ask) -> None:
    course, friend = CourseFactory(), person(email="friend@example.org")
    _invite(ask, course, people=[{"email": friend.email, "role": "instructor"}])
    token = {"token": token_of(Invitation.objects.get())}
    assert ask(person(), "post", "invitations/accept/", token).status_code == 403
    assert ask(friend, "post", "invitations/accept/", token).json()["role"] == "instructor"


def test_invitation_ends_by_time_and_by_revoking(ask: Ask) -> None:
    course = CourseFactory()
    _invite(ask, course, people=[{"email": "a@example.org"}, {"email": "b@example.org"}])
    late, revoked = Invitation.objects.order_by("pk")
    with clock.travel(clock.now() + timedelta(days=15)):
        body = {"token": token_of(late)}
        assert ask(person(), "post", "invitations/accept/", body).status_code == 404
    path = f"invitations/{revoked.public_id}/"
    assert ask(person(), "delete", path).status_code == 404
    assert ask(course.created_by, "delete", path).status_code == 204
    body = {"token": token_of(revoked)}
    assert ask(person(), "post", "invitations/accept/", body).status_code == 404
    listed = ask(course.created_by, "get", f"invitations/?course={course.public_id}").json()
    assert {row["state"] for row in listed["results"]} == {"sent", "revoked"}
    assert "token" not in str(listed)


@pytest.mark.parametrize(
    "more",
    [{}, {"people": []}, {"people": [{"email": "a@b.co"}], "table": "a@b.co"}, {"people": "x"}],
)
def test_invitation_needs_people_or_a_table(ask: Ask, more: dict[str, Any]) -> None:
    assert _invite(ask, CourseFactory(), **more).status_code == 400


def test_progress_takes_no_more_seconds_than_passed(ask: Ask) -> None:
    course = CourseFactory()
    lesson = LessonFactory(course=course)
    start = clock.now()
    learner = EnrolmentFactory(course=course, created_at=start).user
    body = {"lesson": lesson.public_id, "seconds": 3600, "position": 40}
    with clock.travel(start + timedelta(seconds=20)):
        first = ask(learner, "post", "progress/", body).json()
    with clock.travel(start + timedelta(seconds=50)):
        second = ask(learner, "post", "progress/", {**body, "seconds": 10}).json()
    assert (first["seconds"], second["seconds"], second["position"]) == (20, 30, 40)


def test_progress_completes_lessons_and_the_course(ask: Ask) -> None:
    course = CourseFactory()
    one, two = LessonFactory(course=course), LessonFactory(course=course)
    row = EnrolmentFactory(course=course)
    for lesson, share in ((one, 0.5), (one, 0.5), (two, 1.0)):
        body = {"lesson": lesson.public_id}
        assert ask(row.user, "post", "progress/complete/", body).json()["state"] == "completed"
        row.refresh_from_db()
        assert row.completion == share
    assert row.completed_at is not None
    listed = ask(row.user, "get", f"progress/?course={course.public_id}").json()
    assert [r["lesson"] for r in listed["results"]] == [one.public_id, two.public_id]
    staff = ask(course.created_by, "get", f"progress/?enrolment={row.public_id}").json()
    assert staff["count"] == 2


def test_progress_is_for_learners_of_the_course(ask: Ask) -> None:
    course = CourseFactory()
    lesson, hidden = LessonFactory(course=course), LessonFactory(course=course, published=False)
    learner = EnrolmentFactory(course=course).user
    body = {"lesson": lesson.public_id, "seconds": 1}
    assert ask(course.created_by, "post", "progress/", body).status_code == 403
    assert ask(person(), "post", "progress/", body).status_code == 404
    assert ask(None, "post", "progress/", body).status_code == 401
    body["lesson"] = hidden.public_id
    assert ask(learner, "post", "progress/", body).status_code == 404
    assert ask(learner, "get", "progress/").status_code == 400
    assert ask(person(), "get", f"progress/?course={course.public_id}").status_code == 404


@pytest.mark.parametrize("seconds", [-1, 10**9, "x", None, 1.5])
def test_progress_names_the_number_it_refuses(ask: Ask, seconds: Any) -> None:  # P6
    course = CourseFactory()
    lesson = LessonFactory(course=course)
    learner = EnrolmentFactory(course=course).user
    response = ask(learner, "post", "progress/", {"lesson": lesson.public_id, "seconds": seconds})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["seconds"])

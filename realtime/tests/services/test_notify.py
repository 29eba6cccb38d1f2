"""Notifications: one path, in app and by mail, as each person chose, never twice."""

from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from assessments.enums import GradeItemKind, QuizState
from assessments.events import GradeChanged, QuizPublished
from assessments.models import GradeItem, Quiz
from courses.enums import CourseRole, CourseState, EnrolmentSource, InvitationState
from courses.events import (
    LearnerEnrolled,
    LearnerInvited,
    LearnerLeft,
    LessonPublished,
    MemberRemoved,
    RoleChanged,
)
from courses.models import Enrolment, Invitation, Lesson, Section
from courses.services.invitation import token_of
from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.errors import Invalid
from lms.kernel.events import publish
from lms.kernel.models import Job
from lms.kernel.testing import events_of, run_jobs
from realtime.enums import NotificationKind
from realtime.models import Announcement, Notification, NotificationPreference
from realtime.queries.announcements import announcements_of, latest_for, shown
from realtime.queries.notifications import preferences_of, unread_count, words_of
from realtime.services.announcements import announce, delete_announcement
from realtime.services.notify import (
    forget_old_notifications,
    mark_all_read,
    mark_read,
    notify,
)
from realtime.services.occasions import (
    link_of,
    tell_announcement,
    tell_enrolled,
    tell_grade,
    tell_invited,
    tell_quiz,
)
from realtime.services.preferences import set_preference
from realtime.tests.deliver import deliver
from realtime.tests.factories import Cast, enrol, outcome, person

pytestmark = pytest.mark.django_db
Pushed = list[tuple[str, dict[str, Any]]]


def tell(cast: Cast, *names: str, key: str = "quiz:1", **changes: Any) -> int:
    given: dict[str, Any] = {
        "actor": system("test"),
        "kind": NotificationKind.QUIZ_PUBLISHED,
        "recipients": [cast.people[name].pk for name in names],
        "course": cast.course,
        "key": key,
        "args": {"course": cast.course.title, "subject": "Quiz one"},
        "url": "/c/x/",
        **changes,
    }
    return notify(**given)


def test_notification_reaches_app_and_mail_once(
    cast: Cast, pushed: Pushed, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert tell(cast, "learner", "learner2") == 2
    rows = {row.user_id: row for row in Notification.objects.all()}
    learner = cast.people["learner"]
    frames = [(room, frame) for room, frame in pushed if frame["type"] == "notification"]
    assert (
        f"person:{learner.pk}",
        {
            "type": "notification",
            "id": rows[learner.pk].public_id,
            "kind": "quiz_published",
        },  # R6: ids alone
    ) in frames
    assert len(frames) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert tell(cast, "learner", "learner2", "assistant") == 1
    deliver()
    deliver()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        cast.people[name].email for name in ("learner", "learner2", "assistant")
    )


def test_notification_follows_the_switches(cast: Cast, pushed: Pushed) -> None:
    quiz = NotificationKind.QUIZ_PUBLISHED
    set_preference(actor=cast.actor("learner"), kind=quiz, in_app=False, mail=True)
    set_preference(actor=cast.actor("learner2"), kind=quiz, in_app=True, mail=False)
    set_preference(actor=cast.actor("assistant"), kind=quiz, in_app=False, mail=False)
    assert tell(cast, "learner", "learner2", "assistant") == 2
    deliver()
    assert [message.to for message in mail.outbox] == [[cast.people["learner"].email]]
    assert unread_count(cast.actor("learner")) == 0
    assert unread_count(cast.actor("learner2")) == 1
    assert unread_count(cast.actor("assistant")) == 0
    set_preference(actor=cast.actor("learner"), kind=quiz, in_app=True, mail=True)
    assert NotificationPreference.objects.filter(user=cast.people["learner"]).count() == 1
    assert [
        (row.kind, row.in_app, row.mail) for row in preferences_of(cast.people["learner2"].pk)
    ] == [(kind, True, kind != quiz) for kind in NotificationKind]


def test_notification_leaves_out_the_actor_and_inactive_people(cast: Cast) -> None:
    gone = cast.people["learner2"]
    gone.is_active = False
    gone.save()
    assert tell(cast, "learner", "learner2", "assistant", actor=cast.actor("assistant")) == 1
    assert Notification.objects.get().user_id == cast.people["learner"].pk


def test_notification_of_many_takes_few_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    people = [person("Member") for _ in range(120)]
    with django_assert_max_num_queries(20):
        assert tell(cast, recipients=[user.pk for user in people]) == 120
    assert Notification.objects.filter(mail=True, mail_due__isnull=False).count() == 120
    assert not Job.objects.exists()


def test_notifications_are_read_by_their_owner_alone(cast: Cast) -> None:
    tell(cast, "learner", key="a")
    tell(cast, "learner", key="b")
    row = Notification.objects.order_by("pk").first()
    assert row is not None
    who = {"anonymous": 401, "learner2": 404, "admin": 404, "instructor": 404, "read_token": 403}
    for name, status in who.items():
        act = partial(mark_read, actor=cast.actor(name), notification=row)
        assert outcome(act) == status, name
    assert mark_read(actor=cast.actor("learner"), notification=row).read_at is not None
    first = row.read_at
    assert mark_read(actor=cast.actor("learner"), notification=row).read_at == first
    assert unread_count(cast.actor("learner")) == 1
    assert mark_all_read(actor=cast.actor("learner2")) == 0
    assert mark_all_read(actor=cast.actor("learner")) == 1
    assert unread_count(cast.actor("learner")) == 0
    assert outcome(lambda: mark_all_read(actor=cast.actor("read_token"))) == 403
    assert outcome(lambda: mark_all_read(actor=cast.actor("anonymous"))) == 401


def test_old_notifications_are_forgotten(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to("2025-01-01T00:00:00Z", tick=False)
    tell(cast, "learner")
    time_machine.move_to("2025-12-31T00:00:00Z", tick=False)
    forget_old_notifications()
    assert Notification.objects.count() == 1
    time_machine.move_to("2026-01-02T00:00:00Z", tick=False)
    forget_old_notifications()
    assert Notification.objects.count() == 0


@pytest.mark.parametrize("kind", NotificationKind)
def test_every_kind_has_words(cast: Cast, kind: NotificationKind) -> None:
    row = Notification(kind=kind, args={"course": "Rivers", "subject": "100% sure"})
    words = words_of(row)
    assert "%" not in words.title.replace("100% sure", "")
    assert words.title
    of_no_course = {NotificationKind.REVIEW_DUE, NotificationKind.DIRECT}
    assert "Rivers" in words.title + words.detail or kind in of_no_course
    assert words_of(Notification(kind=kind, args={})).title is not None


# --- occasions ----------------------------------------------------------------------------------


def happen(event: Any, capture: Any) -> None:
    with capture(execute=True), transaction.atomic():
        publish(event, actor=system("test"))


def test_enrolment_is_told_to_the_new_member(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    enrolment = Enrolment.objects.get(user=cast.people["learner"], course=cast.course)
    for _ in range(2):
        happen(
            LearnerEnrolled(
                enrolment_id=enrolment.pk,
                learner_id=enrolment.user_id,
                role=enrolment.role,
                source=EnrolmentSource.STAFF,
                course_id=cast.course.pk,
            ),
            django_capture_on_commit_callbacks,
        )
    row = Notification.objects.get()
    assert (row.user_id, row.kind, row.url) == (
        enrolment.user_id,
        "enrolled",
        f"/c/{cast.course.slug}/",
    )
    assert words_of(row).title == f"You are enrolled in {cast.course.title}"


def test_creator_of_a_course_is_not_told_of_it(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    enrolment = Enrolment.objects.get(user=cast.people["instructor"], course=cast.course)
    happen(
        LearnerEnrolled(
            enrolment_id=enrolment.pk,
            learner_id=enrolment.user_id,
            role=enrolment.role,
            source=EnrolmentSource.CREATOR,
            course_id=cast.course.pk,
        ),
        django_capture_on_commit_callbacks,
    )
    assert not Notification.objects.exists()
    Enrolment.objects.filter(pk=enrolment.pk).update(state="left")
    assert tell_enrolled(enrolment_id=enrolment.pk) == 0
    assert tell_enrolled(enrolment_id=0) == 0


def test_invitation_is_told_to_people_with_an_account(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    invitation = Invitation.objects.create(
        course=cast.course,
        email=cast.people["outsider"].email,
        token_digest="x",
        state=InvitationState.SENT,
        expires_at=clock.now(),
    )
    for user_id in (cast.people["outsider"].pk, None):
        happen(
            LearnerInvited(
                invitation_id=invitation.pk,
                user_id=user_id,
                role=CourseRole.LEARNER,
                course_id=cast.course.pk,
            ),
            django_capture_on_commit_callbacks,
        )
    row = Notification.objects.get()
    assert (row.user_id, row.kind, row.mail) == (cast.people["outsider"].pk, "invited", False)
    assert tell_invited(invitation_id=0, user_id=row.user_id) == 0
    assert link_of(row) == f"/invitations/{token_of(invitation)}/"
    assert token_of(invitation) not in str(Notification.objects.values().get())
    Invitation.objects.update(state=InvitationState.REVOKED)
    assert link_of(row) == f"/c/{cast.course.slug}/"


@pytest.fixture
def quiz(cast: Cast) -> Quiz:
    section = Section.objects.create(course=cast.course, title="One", ordinal=1)
    lesson = Lesson.objects.create(
        course=cast.course, section=section, title="Stones", kind="quiz", published=True
    )
    quiz = Quiz.objects.create(lesson=lesson, course=cast.course, state=QuizState.PUBLISHED)
    GradeItem.objects.create(course=cast.course, quiz=quiz)
    return quiz


def test_quiz_is_told_to_learners_once(
    cast: Cast, quiz: Quiz, django_capture_on_commit_callbacks: Any
) -> None:
    shared = {"lesson_id": quiz.lesson_id, "course_id": cast.course.pk}
    happen(QuizPublished(quiz_id=quiz.pk, **shared), django_capture_on_commit_callbacks)
    happen(LessonPublished(version_id=1, **shared), django_capture_on_commit_callbacks)
    other = {"lesson_id": quiz.lesson_id + 1, "course_id": cast.course.pk}
    happen(LessonPublished(version_id=1, **other), django_capture_on_commit_callbacks)
    jobs = [job for job in run_jobs() if job.kind == "realtime.tell_quiz"]
    assert [job.result for job in jobs] == [{"told": 2}, {"told": 0}]
    rows = list(Notification.objects.all())
    learners = {cast.people["learner"].pk, cast.people["learner2"].pk}
    assert {row.user_id for row in rows} == learners
    assert words_of(rows[0]).title == "New quiz: Stones"
    assert rows[0].url == f"/c/{cast.course.slug}/learn/{quiz.lesson.public_id}/"


@pytest.mark.parametrize("hide", ["quiz", "lesson", "deleted", "course"])
def test_hidden_quiz_is_told_to_nobody(cast: Cast, quiz: Quiz, hide: str) -> None:  # Z7
    if hide == "quiz":
        Quiz.objects.update(state=QuizState.DRAFT)
    elif hide == "lesson":
        Lesson.objects.update(published=False)
    elif hide == "deleted":
        Lesson.objects.update(deleted_at=clock.now())
    else:
        cast.course.state = CourseState.DRAFT
        cast.course.save()
    assert tell_quiz(quiz_id=quiz.pk) == 0
    assert tell_quiz(quiz_id=0) == 0


def test_grade_is_told_when_released_by_somebody_else(
    cast: Cast, quiz: Quiz, django_capture_on_commit_callbacks: Any
) -> None:  # Z7
    learner = cast.people["learner"]
    shared: dict[str, Any] = {
        "grade_id": 1,
        "attempt_id": 1,
        "quiz_id": quiz.pk,
        "learner_id": learner.pk,
        "course_id": cast.course.pk,
        "before": "1",
        "after": "2",
        "max_score": "3",
        "by_hand": True,
    }
    happen(GradeChanged(released=False, **shared), django_capture_on_commit_callbacks)
    assert not Notification.objects.exists()
    happen(GradeChanged(released=True, **shared), django_capture_on_commit_callbacks)
    row = Notification.objects.get()
    assert (row.user_id, row.kind, row.url) == (
        learner.pk,
        "grade_changed",
        f"/c/{cast.course.slug}/grades/",
    )
    assert words_of(row).title == "Your grade for Stones changed"
    assert "2" not in words_of(row).title + words_of(row).detail.replace(cast.course.title, "")
    happen(GradeChanged(released=True, **shared), django_capture_on_commit_callbacks)
    assert Notification.objects.count() == 2
    with transaction.atomic():
        own = publish(GradeChanged(released=True, **shared), actor=cast.actor("learner"))
    assert tell_grade(quiz_id=quiz.pk, learner_id=learner.pk, record_id=own) == 0
    assert tell_grade(quiz_id=0, learner_id=learner.pk, record_id=0) == 0


def test_a_grade_by_hand_is_told_by_its_item(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    item = GradeItem.objects.create(
        course=cast.course, kind=GradeItemKind.MANUAL, title="Talk", max_score=5
    )
    event = GradeChanged(
        course_id=cast.course.pk,
        grade_id=1,
        attempt_id=None,
        quiz_id=None,
        item_id=item.pk,
        learner_id=cast.people["learner"].pk,
        before=None,
        after=None,
        max_score="5",
        released=True,
        by_hand=True,
        status="excused",
    )
    happen(event, django_capture_on_commit_callbacks)
    assert words_of(Notification.objects.get()).title == "Your grade for Talk is there"


def test_leaving_closes_the_sockets_in_the_room(
    cast: Cast, pushed: Pushed, django_capture_on_commit_callbacks: Any
) -> None:  # R5
    member = cast.people["learner"].pk
    shared = {"enrolment_id": 1, "course_id": cast.course.pk}
    for event in (
        MemberRemoved(member_id=member, **shared),
        LearnerLeft(learner_id=member, **shared),
        RoleChanged(member_id=member, role_before="learner", role_after="observer", **shared),
    ):
        happen(event, django_capture_on_commit_callbacks)
    order = {"user": member, "room": f"course:{cast.course.pk}", "close": 4403}
    assert [frame for room, frame in pushed if room == "!control"] == [order] * 3


def test_announcement_reaches_every_member_but_its_author(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = announce(
            actor=cast.actor("instructor"), course=cast.course, title=" Exam ", body="Read **this**"
        )
    assert (made.title, made.html) == ("Exam", "<p>Read <strong>this</strong></p>\n")
    assert events_of("realtime.announcement_published") == [
        {
            "announcement_id": made.pk,
            "course_id": cast.course.pk,
            "actor_id": cast.people["instructor"].pk,
        }
    ]
    run_jobs()
    told = set(Notification.objects.values_list("user_id", flat=True))
    names = {"assistant", "learner", "learner2", "observer"}
    assert told == {cast.people[name].pk for name in names}
    assert tell_announcement(announcement_id=made.pk) == 0
    assert Notification.objects.first().url == (  # type: ignore[union-attr]
        f"/c/{cast.course.slug}/announcements/#{made.public_id}"
    )


def test_announcement_of_a_draft_course_reaches_its_staff(cast: Cast) -> None:  # Z7
    cast.course.state = CourseState.DRAFT
    cast.course.save()
    made = announce(actor=cast.actor("instructor"), course=cast.course, title="x", body="y")
    assert tell_announcement(announcement_id=made.pk) == 1
    assert Notification.objects.get().user_id == cast.people["assistant"].pk


def test_announcement_that_was_deleted_is_not_spread(cast: Cast) -> None:
    made = announce(actor=cast.actor("instructor"), course=cast.course, title="x", body="y")
    delete_announcement(actor=cast.actor("instructor"), announcement=made)
    assert tell_announcement(announcement_id=made.pk) == 0
    assert not announcements_of(cast.actor("learner"), cast.course).exists()
    made.refresh_from_db()
    assert (
        outcome(lambda: delete_announcement(actor=cast.actor("instructor"), announcement=made))
        == 404
    )


ANNOUNCE = {
    "anonymous": 401,
    "outsider": 403,
    "other_instructor": 403,
    "learner": 403,
    "observer": 403,
    "assistant": 403,
    "preview": 403,
    "instructor": 200,
    "admin": 200,
}


@pytest.mark.parametrize(("who", "status"), ANNOUNCE.items())
def test_announcement_is_for_instructors(cast: Cast, who: str, status: int) -> None:
    def act() -> None:
        announce(actor=cast.actor(who), course=cast.course, title="x", body="y")

    assert outcome(act) == status
    assert Announcement.objects.exists() == (status == 200)


@pytest.mark.parametrize(
    ("title", "body", "field"),
    [("", "y", "title"), (" ", "y", "title"), ("x", "", "body"), ("x" * 151, "y", "title")],
)
def test_announcement_needs_title_and_text(cast: Cast, title: str, body: str, field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        announce(actor=cast.actor("instructor"), course=cast.course, title=title, body=body)
    assert list(invalid.value.errors) == [field]


def test_announcements_of_my_courses_are_on_my_dashboard(cast: Cast) -> None:
    for number in range(7):
        announce(actor=cast.actor("instructor"), course=cast.course, title=f"n{number}", body="y")
    announce(
        actor=cast.actor("other_instructor"), course=cast.other_course, title="foreign", body="y"
    )
    titles = [row.title for row in latest_for(cast.actor("learner"))]
    assert titles == ["n6", "n5", "n4", "n3", "n2"]
    assert latest_for(cast.actor("outsider")) == []
    assert latest_for(cast.actor("admin")) == []


def test_announcement_is_rendered_again_for_a_new_pipeline(cast: Cast) -> None:  # C1
    made = announce(actor=cast.actor("instructor"), course=cast.course, title="x", body="plain")
    assert shown(made) == made.html
    made.html, made.pipeline_version = "<script>", "0"
    assert shown(made) == "<p>plain</p>\n"


def test_new_member_is_told_after_the_announcement_too(cast: Cast) -> None:
    made = announce(actor=cast.actor("instructor"), course=cast.course, title="x", body="y")
    tell_announcement(announcement_id=made.pk)
    late = person("Late")
    enrol(late, cast.course)
    assert tell_announcement(announcement_id=made.pk) == 1
    assert Notification.objects.filter(user=late).count() == 1

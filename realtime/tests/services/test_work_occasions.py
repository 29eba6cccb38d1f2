from typing import Any

import pytest
from django.db import transaction

from assessments.enums import AssignmentState
from assessments.events import AssignmentPublished, SubmissionReceived, SubmissionReturned
from assessments.models import Assignment, Submission, SubmissionMember
from courses.models import Lesson, Section
from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.events import Event, publish
from lms.kernel.testing import run_jobs
from realtime.models import Notification
from realtime.queries.notifications import words_of
from realtime.services.work_occasions import tell_assignment, tell_received
from realtime.tests.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: Cast) -> Assignment:
    section = Section.objects.create(course=cast.course, title="One", ordinal=1)
    lesson = Lesson.objects.create(
        course=cast.course, section=section, title="Stones", kind="assignment", published=True
    )
    return Assignment.objects.create(
        lesson=lesson, course=cast.course, state=AssignmentState.PUBLISHED
    )


def happen(event: Event, capture: Any) -> None:
    with capture(execute=True), transaction.atomic():
        publish(event, actor=system("test"))


def told() -> set[tuple[int, str]]:
    return {(row.user_id, words_of(row).title) for row in Notification.objects.all()}


def test_an_assignment_is_told_to_learners_once(
    cast: Cast, asked: Assignment, django_capture_on_commit_callbacks: Any
) -> None:
    shared = {"lesson_id": asked.lesson_id, "course_id": cast.course.pk}
    for _again in range(2):
        event = AssignmentPublished(assignment_id=asked.pk, **shared)
        happen(event, django_capture_on_commit_callbacks)
    run_jobs("realtime.tell_assignment")
    learners = {cast.people["learner"].pk, cast.people["learner2"].pk}
    assert told() == {(pk, "New assignment: Stones") for pk in learners}


@pytest.mark.parametrize("hide", ["assignment", "lesson"])
def test_a_hidden_assignment_is_told_to_nobody(
    cast: Cast, asked: Assignment, hide: str
) -> None:  # Z7
    if hide == "assignment":
        Assignment.objects.update(state=AssignmentState.DRAFT)
    else:
        Lesson.objects.update(published=False)
    assert tell_assignment(assignment_id=asked.pk) == 0


def test_receipts_and_returned_work_go_to_the_authors(
    cast: Cast, asked: Assignment, django_capture_on_commit_callbacks: Any
) -> None:
    learner = cast.people["learner"]
    row = Submission.objects.create(
        assignment=asked,
        course=cast.course,
        learner=learner,
        state="submitted",
        version_count=1,
        submitted_at=clock.now(),
    )
    SubmissionMember.objects.create(submission=row, assignment=asked, learner=learner)
    shared = {"submission_id": row.pk, "assignment_id": asked.pk, "course_id": cast.course.pk}
    received = SubmissionReceived(learner_id=learner.pk, number=1, late=False, **shared)
    for event in (
        received,
        received,
        SubmissionReturned(revise=False, **shared),
        SubmissionReturned(revise=True, **shared),
    ):
        happen(event, django_capture_on_commit_callbacks)
    assert told() == {
        (learner.pk, "Received: Stones"),
        (learner.pk, "Returned: Stones"),
        (learner.pk, "Please revise: Stones"),
    }
    assert Notification.objects.count() == 3
    assert tell_received(submission_id=0, number=1) == 0

"""What learners see: the dashboard and the player."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from courses.enums import CourseRole, LessonKind, ProgressState
from courses.models import Course, Enrolment, LessonProgress
from courses.tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    SectionFactory,
    person,
)
from lms.kernel import clock
from lms.kernel.testing.queries import assert_constant_queries
from lms.kernel.web import slots

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_dashboard_needs_a_person(client: Client) -> None:
    assert client.get("/me/")["Location"].startswith("/accounts/login/")


def test_empty_dashboard_leads_to_the_catalogue(browser: Browser) -> None:
    page = browser(person()).get("/me/").content.decode()
    assert "Start with a course" in page
    assert 'href="/courses/"' in page


def test_dashboard_goes_on_with_the_item_that_is_not_done(learner: Client, course: Course) -> None:
    done = LessonFactory(course=course, title="Done one")
    following = LessonFactory(course=course, title="Next one")
    learner.post(f"/c/data/learn/{done.public_id}/done/")
    page = learner.get("/me/")
    assert page.context["item"].id == following.public_id
    assert f"/c/data/learn/{following.public_id}/" in page.content.decode()


def test_dashboard_asks_the_same_queries_for_more_courses(browser: Browser) -> None:
    user = person()
    EnrolmentFactory(user=user)
    client = browser(user)
    assert_constant_queries(
        lambda: client.get("/me/"), lambda: EnrolmentFactory(user=user, course=CourseFactory())
    )


def test_player_shows_the_published_text_and_notes_the_visit(
    learner: Client, course: Course
) -> None:
    lesson = LessonFactory(course=course, text="Hello **there**.")
    page = learner.get(f"/c/data/learn/{lesson.public_id}/")
    assert "Hello <strong>there</strong>." in page.content.decode()
    row = LessonProgress.objects.get()
    assert (row.lesson_id, row.state) == (lesson.pk, ProgressState.STARTED)
    assert Enrolment.objects.get(role=CourseRole.LEARNER).resume_lesson_id == lesson.pk


def test_player_asks_the_same_queries_for_more_lessons(learner: Client, course: Course) -> None:
    lesson = LessonFactory(course=course)
    address = f"/c/data/learn/{lesson.public_id}/"
    learner.get(address)
    assert_constant_queries(lambda: learner.get(address), lambda: LessonFactory(course=course))


def test_player_hides_what_is_not_published(learner: Client, course: Course) -> None:
    hidden = LessonFactory(course=course, published=False, title="Secret plan")
    shown = LessonFactory(course=course)
    assert learner.get(f"/c/data/learn/{hidden.public_id}/").status_code == 404  # Z2, Z7
    assert "Secret plan" not in learner.get(f"/c/data/learn/{shown.public_id}/").content.decode()


def test_lesson_of_another_course_is_not_found_here(learner: Client, course: Course) -> None:
    elsewhere = LessonFactory(free_preview=True)
    assert learner.get(f"/c/data/learn/{elsewhere.public_id}/").status_code == 404  # Z3


def test_visitor_reads_a_free_preview_and_nothing_is_written(
    client: Client, course: Course
) -> None:
    free = LessonFactory(course=course, free_preview=True)
    closed = LessonFactory(course=course)
    page = client.get(f"/c/data/learn/{free.public_id}/").content.decode()
    assert "Enrol to go on" in page
    assert client.get(f"/c/data/learn/{closed.public_id}/").status_code == 404
    assert not LessonProgress.objects.exists()


def test_finishing_goes_to_the_next_item_over_sections(learner: Client, course: Course) -> None:
    first = LessonFactory(course=course)
    second = LessonFactory(course=course, section=SectionFactory(course=course, ordinal=99))
    response = learner.post(f"/c/data/learn/{first.public_id}/done/")
    assert response["Location"] == f"/c/data/learn/{second.public_id}/"
    last = learner.post(f"/c/data/learn/{second.public_id}/done/")
    assert last["Location"] == "/c/data/"
    assert Enrolment.objects.get(role=CourseRole.LEARNER).completion == 1


def test_resume_goes_back_to_where_one_stopped(learner: Client, course: Course) -> None:
    LessonFactory(course=course)
    second = LessonFactory(course=course)
    learner.get(f"/c/data/learn/{second.public_id}/")
    assert learner.get("/c/data/learn/")["Location"] == f"/c/data/learn/{second.public_id}/"


def test_resume_goes_on_after_what_was_finished_last(learner: Client, course: Course) -> None:
    LessonFactory(course=course)
    second, third = LessonFactory(course=course), LessonFactory(course=course)
    learner.get(f"/c/data/learn/{second.public_id}/")
    learner.post(f"/c/data/learn/{second.public_id}/done/")
    assert learner.get("/c/data/learn/")["Location"] == f"/c/data/learn/{third.public_id}/"


def test_resume_in_a_course_without_lessons_says_so(learner: Client) -> None:
    assert "Nothing to learn yet" in learner.get("/c/data/learn/").content.decode()


def test_ping_adds_the_seconds_that_passed(learner: Client, course: Course) -> None:
    lesson = LessonFactory(course=course)
    address = f"/c/data/learn/{lesson.public_id}/"
    learner.get(address)
    with time_machine.travel(clock.now() + timedelta(seconds=25), tick=False):
        answer = learner.post(f"{address}progress/", {"seconds": "20", "position": "40"})
    assert answer.json() == {"seconds": 20, "position": 40}


@pytest.mark.parametrize("given", ["-5", "x", "1.5", "٣"])
def test_ping_refuses_what_is_no_number(learner: Client, course: Course, given: str) -> None:
    lesson = LessonFactory(course=course)
    response = learner.post(f"/c/data/learn/{lesson.public_id}/progress/", {"seconds": given})
    assert response.status_code == 400


def test_quiz_is_drawn_by_the_slot_and_not_finished_by_hand(
    learner: Client, course: Course
) -> None:
    slots.register("player.item.quiz", lambda _r, context: f"quiz of {context['lesson'].title}")
    quiz = LessonFactory(course=course, kind=LessonKind.QUIZ, title="Check", text=None)
    page = learner.get(f"/c/data/learn/{quiz.public_id}/").content.decode()
    assert "quiz of Check" in page
    assert "Mark done" not in page
    learner.post(f"/c/data/learn/{quiz.public_id}/done/")
    assert not LessonProgress.objects.filter(state=ProgressState.COMPLETED).exists()


def test_staff_see_drafts_marked_as_such(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, published=False, text="Not out yet.")
    page = teacher.get(f"/c/data/learn/{lesson.public_id}/").content.decode()
    assert "Not out yet." in page
    assert "Only the staff of the course see this." in page

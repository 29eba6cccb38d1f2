"""The analytics pages of a course, and what analytics shows on others'."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from analytics.models import HelpContact
from analytics.services.patterns import start_for_course
from analytics.services.totals import refresh_totals
from analytics.tests.factories import completed, drain, make_figures, make_learner, viewed
from analytics.views import slots
from assessments.tests.factories import (
    School,
    make_attempt,
    make_course,
    make_quiz,
    make_school,
)
from courses.models import Course, Enrolment
from lms.kernel import clock
from lms.kernel.models import Job
from lms.kernel.testing import assert_constant_queries, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def page(school: School, name: str = "teach-analytics", **more: str) -> str:
    return reverse(name, kwargs={"slug": school.course.slug, **more})


def fill(school: School, count: int = 6) -> None:
    """Learners of all kinds, the last of whom was silent for a month."""
    old = clock.now() - timedelta(days=30)
    for i in range(count):
        seen = old if i == count - 1 else clock.now()
        user = make_learner(
            school.course,
            seconds=600 * (i + 1),
            completion=min(0.9, i / 6),
            created_at=old,
            last_active_at=seen,
        )
        make_figures(school.course, user, mean=str((i + 1) / 10))


def test_page_of_a_new_course_is_honest(school: School) -> None:
    text = client_of(school.instructor).get(page(school)).content.decode()
    assert "No activity yet" in text
    assert "No quiz has been graded yet." in text
    assert "Refresh to group learners by how they work" in text
    assert "For 2 learners there is not enough data yet." in text
    assert 'data-module="chart"' not in text


def test_page_shows_groups_reasons_and_charts(school: School) -> None:
    fill(school)
    quiz = make_quiz(school)
    make_attempt(school, quiz, wrong=5)
    viewed(school.course, school.learner, 90)
    completed(school.course, school.learner)
    start_for_course(actor=school.actor("instructor"), course=school.course)
    run_jobs()
    drain()
    refresh_totals(school.course)
    text = client_of(school.assistant).get(page(school)).content.decode()
    assert text.count('data-module="chart"') == 4
    groups = client_of(school.assistant).get(page(school, "teach-analytics-patterns"))
    assert groups.content.decode().count('data-module="chart"') == 1
    assert school.learner.name in groups.content.decode()
    assert "Busy hours" in text
    assert "Got this far" in text
    watched = client_of(school.observer).get(page(school)).content.decode()
    assert "Busy hours" not in watched
    assert "No activity for 30 days." in text
    assert "Learners who spent more time tended to score higher; the link is strong." in text
    assert "(r = " in text
    assert "n = 7" in text
    assert "Engagement by week" in text
    assert quiz.lesson.title in text


def test_page_withholds_persons_from_observers(school: School) -> None:  # V6
    fill(school)
    start_for_course(actor=school.actor("instructor"), course=school.course)
    run_jobs()
    text = client_of(school.observer).get(page(school)).content.decode()
    assert "Class totals" in text
    assert "Who may need help" not in text
    names = User.objects.filter(
        enrolments__course=school.course, enrolments__role="learner"
    ).values_list("name", flat=True)
    assert [name for name in names if f">{name}<" in text] == []


@pytest.mark.parametrize(
    ("name", "totals", "staff"),
    [
        (None, 302, 302),
        ("outsider", 403, 403),
        ("learner", 403, 403),
        ("observer", 200, 403),
        ("assistant", 200, 200),
        ("instructor", 200, 200),
        ("other_instructor", 403, 403),
        ("admin", 200, 200),
    ],
)
def test_pages_are_for_staff(school: School, name: str | None, totals: int, staff: int) -> None:
    client = client_of(getattr(school, name) if name else None)
    learner = school.learner.public_id
    assert client.get(page(school)).status_code == totals
    own = page(school, "teach-analytics-learner", learner=learner)
    assert client.get(own).status_code == staff
    moved = 302 if staff == 200 else staff
    refresh = client.post(page(school, "teach-analytics-refresh"), {"k": 3})
    assert refresh.status_code == moved
    noted = client.post(page(school, "teach-analytics-contacts"), {"student": learner})
    assert noted.status_code == moved
    done = int(staff == 200)
    assert (Job.objects.count(), HelpContact.objects.count()) == (done, done)


def test_refresh_starts_the_job_and_shows_it(school: School) -> None:
    client = client_of(school.instructor)
    answer = client.post(page(school, "teach-analytics-refresh"), {"k": 4}, follow=True)
    job = Job.objects.get()
    assert job.params == {"k": 4, "course": school.course.pk}
    assert f"/api/v1/jobs/{job.public_id}/" in answer.content.decode()
    run_jobs()
    after = client.get(page(school)).content.decode()
    assert "data-job-url" not in after
    assert "4 groups need at least 4 learners; there are 2." in after
    assert '<input type="hidden" name="k" value="4">' in after  # the next refresh groups alike


def test_refresh_refuses_another_number_of_groups(school: School) -> None:
    client = client_of(school.instructor)
    answer = client.post(page(school, "teach-analytics-refresh"), {"k": 99}, follow=True)
    assert "Choose between 2 and 8 groups." in answer.content.decode()
    assert not Job.objects.exists()


def test_learner_page_shows_weeks_reasons_and_contacts(school: School) -> None:
    fill(school)
    viewed(school.course, school.learner, 600)
    drain()
    client = client_of(school.assistant)
    own = page(school, "teach-analytics-learner", learner=school.learner.public_id)
    assert "Nobody has noted anything yet." in client.get(own).content.decode()
    answer = client.post(
        page(school, "teach-analytics-contacts"),
        {"student": school.learner.public_id},
        follow=True,
    )
    text = answer.content.decode()
    assert school.learner.name in text
    assert "Noted what you did." in text
    assert f", {school.assistant.name}" in text
    assert "Got in touch" in text
    assert "Activity by week" in text
    assert "Not enough data yet" in text


def test_learner_page_knows_active_learners_alone(school: School) -> None:
    client = client_of(school.instructor)
    for learner in (school.outsider.public_id, school.observer.public_id, "nobody"):
        own = page(school, "teach-analytics-learner", learner=learner)
        assert client.get(own).status_code == 404
        noted = client.post(page(school, "teach-analytics-contacts"), {"student": learner})
        assert noted.status_code == 404
    assert client.post(page(school, "teach-analytics-contacts")).status_code == 400


def test_pages_of_a_hidden_course_look_missing(school: School) -> None:  # Z2
    draft = make_course(school.other_instructor, state="draft")
    client = client_of(school.instructor)
    for slug in (draft.slug, "nothing"):
        assert client.get(f"/teach/{slug}/analytics/").status_code == 404


def test_page_asks_the_same_however_many_learn(school: School) -> None:
    fill(school, 1)
    client = client_of(school.instructor)
    assert_constant_queries(lambda: client.get(page(school)), lambda: fill(school, 1))


def request_of(school: School, name: str) -> Any:
    request = RequestFactory().get("/")
    request.actor = school.actor(name)  # type: ignore[attr-defined]
    return request


def test_tabs_are_for_who_may_open_them(school: School) -> None:
    context = {"course": school.course, "tab": "analytics"}
    shown = {
        name: (
            "Analytics" in slots.teach_tab(request_of(school, name), context),
            "Class totals" in slots.course_tab(request_of(school, name), context),
        )
        for name in ("anonymous", "learner", "observer", "assistant", "instructor", "admin")
    }
    assert shown == {
        "anonymous": (False, False),
        "learner": (False, False),
        "observer": (False, True),
        "assistant": (True, False),
        "instructor": (True, False),
        "admin": (True, False),
    }
    assert slots.teach_tab(request_of(school, "instructor"), {}) == ""
    assert 'aria-current="page"' in slots.teach_tab(request_of(school, "instructor"), context)


def test_teach_home_tells_who_may_need_help_and_why(school: School) -> None:
    Course.objects.filter(pk=school.course.pk).update(learner_count=8)
    assert "Nobody stands out" in slots.teach_home(request_of(school, "instructor"), {})
    fill(school)
    text = slots.teach_home(request_of(school, "instructor"), {})
    assert "No activity for 30 days." in text
    assert school.course.title in text
    assert slots.teach_home(request_of(school, "learner"), {}) == ""
    Course.objects.filter(pk=school.course.pk).update(learner_count=10**6)
    assert slots.teach_home(request_of(school, "instructor"), {}) == ""


def test_teach_home_asks_the_same_however_many_courses(school: School) -> None:
    Course.objects.filter(pk=school.course.pk).update(learner_count=8)
    request = request_of(school, "instructor")

    def another() -> None:
        course = make_course(school.instructor, learner_count=1)
        make_learner(course)

    assert_constant_queries(lambda: slots.teach_home(request, {}), another, most=6)


def test_dashboard_recommends_with_the_reason(school: School) -> None:
    make_course(school.other_instructor, title="Lichens", learner_count=30)
    text = slots.dashboard_recommended(request_of(school, "learner"), {})
    assert "Lichens" in text
    assert "Popular here: 30 people are enrolled." in text
    assert slots.dashboard_recommended(request_of(school, "anonymous"), {}) == ""


def test_dashboard_is_silent_where_nothing_is_open(school: School) -> None:
    Course.objects.update(enrolment_policy="invitation")
    assert slots.dashboard_recommended(request_of(school, "learner"), {}) == ""


def test_help_line_names_the_contact(school: School) -> None:
    fill(school)
    HelpContact.objects.create(
        course=school.course, learner=school.learner, contacted_by=school.assistant
    )
    Enrolment.objects.filter(user=school.learner).update(
        created_at=clock.now() - timedelta(days=40)
    )
    text = client_of(school.instructor).get(page(school)).content.decode()
    assert f"Contacted just now by {school.assistant.name}" in text.replace("\xa0", " ")

"""What visitors see: the front page, the catalogue, course pages, links that let them in."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.services.invitation import Invitee, invite_people, token_of
from courses.tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    actor_for,
    person,
)
from lms.kernel.testing.queries import assert_constant_queries

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_landing_shows_live_courses_and_true_numbers(client: Client, course: Course) -> None:
    EnrolmentFactory(course=course)
    LessonFactory(course=course)
    CourseFactory(draft=True, title="Not yet")
    response = client.get("/")
    figures = response.context["figures"]
    assert (figures.courses, figures.lessons, figures.enrolments) == (1, 1, 1)
    page = response.content.decode()
    assert "Thinking with data" in page
    assert "Not yet" not in page


def test_landing_of_an_empty_site_shows_no_figures(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert b'id="figures"' not in page.content


def test_catalogue_filters_by_level_and_says_when_nothing_matches(client: Client) -> None:
    CourseFactory(title="Easy", level="beginner")
    CourseFactory(title="Hard", level="advanced")
    shown = client.get("/courses/", {"level": "advanced"})
    assert [course.title for course in shown.context["page"]] == ["Hard"]
    nothing = client.get("/courses/", {"search": "zzzz"}).content.decode()
    assert "No course matches" in nothing


def test_catalogue_drops_an_unknown_filter_and_a_strange_page(client: Client) -> None:
    CourseFactory()
    response = client.get("/courses/", {"level": "x", "page": "99"})
    assert response.status_code == 200
    assert response.context["filters"].level == ""


def test_catalogue_answers_htmx_with_the_results_alone(client: Client) -> None:
    page = client.get("/courses/", headers=HTMX)
    assert b'id="results"' in page.content
    assert b"<html" not in page.content
    assert "HX-Request-Type" in page["Vary"]


def test_catalogue_asks_the_same_queries_for_more_courses(client: Client) -> None:
    CourseFactory()
    assert_constant_queries(lambda: client.get("/courses/"), CourseFactory)


def test_course_page_locks_titles_and_offers_free_previews(client: Client, course: Course) -> None:
    LessonFactory(course=course, title="Closed one")
    free = LessonFactory(course=course, title="Open one", free_preview=True)
    page = client.get("/c/data/").content.decode()
    assert "Closed one" in page
    assert page.count("is-locked") == 1
    assert f"/c/data/learn/{free.public_id}/" in page
    assert "/accounts/login/?next=/c/data/" in page


def test_draft_course_is_missing_for_visitors(client: Client) -> None:
    CourseFactory(draft=True, slug="hidden")
    assert client.get("/c/hidden/").status_code == 404  # Z2
    assert client.get("/c/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"enrolment_policy": "invitation"}, "given by invitation"),
        ({"capacity": 1, "learner_count": 1}, "Every place is taken"),
        ({"price_minor": 4900}, "€49.00"),
    ],
)
def test_course_page_says_why_one_cannot_enrol(
    client: Client, fields: dict[str, object], words: str
) -> None:
    CourseFactory(slug="c", **fields)
    page = client.get("/c/c/").content.decode()
    assert words in page
    assert "Sign in to enrol" not in page


def test_enrolling_leads_into_the_first_lesson(browser: Browser, course: Course) -> None:
    lesson = LessonFactory(course=course)
    client = browser(person())
    response = client.post("/c/data/enrol/", follow=True)
    assert response.redirect_chain[-1][0] == f"/c/data/learn/{lesson.public_id}/"


def test_refused_enrolment_is_said_on_the_course_page(browser: Browser) -> None:
    course = CourseFactory(slug="full", capacity=1)
    EnrolmentFactory(course=course)
    page = browser(person()).post("/c/full/enrol/", follow=True).content.decode()
    assert "Every place in this course is taken." in page


def test_enrolling_needs_a_person(client: Client, course: Course) -> None:
    response = client.post("/c/data/enrol/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_leaving_keeps_the_row(learner: Client, course: Course) -> None:
    response = learner.post("/c/data/leave/")
    assert response["Location"] == "/me/"
    states = Enrolment.objects.filter(course=course, role=CourseRole.LEARNER)
    assert [row.state for row in states] == [EnrolmentState.LEFT]


def test_last_instructor_stays_and_is_told_why(teacher: Client, course: Course) -> None:
    page = teacher.post("/c/data/leave/", follow=True).content.decode()
    assert "A course needs an instructor." in page


def test_join_link_lets_in_only_while_it_is_on(browser: Browser) -> None:
    course = CourseFactory(slug="j", enrolment_policy="invitation", join_link_on=True)
    LessonFactory(course=course)
    client = browser(person())
    assert "Join the course" in client.get(f"/join/{course.join_code}/").content.decode()
    assert client.post(f"/join/{course.join_code}/")["Location"] == "/c/j/learn/"
    Course.objects.update(join_link_on=False)
    assert client.get(f"/join/{course.join_code}/").status_code == 404


def test_invited_stranger_reads_what_for_and_comes_back(
    client: Client, course: Course, mailoutbox: list[Any]
) -> None:
    people = [Invitee(email="new@example.com")]
    invite_people(actor=actor_for(course.created_by), course=course, people=people)
    address = f"/invitations/{token_of(course.invitations.get())}/"
    page = client.get(address).content.decode()
    assert "Thinking with data" in page
    assert course.created_by.display_name in page
    form = f"/accounts/signup/?email=new%40example.com&amp;next={quote(address, safe='')}"
    assert form in page
    assert f"/accounts/login/?next={quote(address, safe='')}" in page
    form = form.replace("&amp;", "&")
    opened = client.get(form)
    assert opened.context["form"]["email"].value() == "new@example.com"
    data = {"email": "new@example.com", "name": "New", "password1": "stone-by-stone-2026"}
    client.post(form, {**data, "next": address})
    link = re.search(r"/accounts/confirm-email/\S+", mailoutbox[-1].body)
    assert link is not None
    assert client.post(link[0])["Location"] == address
    assert client.post(address)["Location"] == "/c/data/"


def test_invitation_says_when_it_went_to_another_account(browser: Browser, course: Course) -> None:
    people = [Invitee(email="new@example.com")]
    invite_people(actor=actor_for(course.created_by), course=course, people=people)
    address = f"/invitations/{token_of(course.invitations.get())}/"
    page = browser(person(email="other@example.com")).get(address).content.decode()
    assert "The invitation went to new@example.com; you are signed in as other@" in page


def test_invitation_gives_its_role_once(browser: Browser, course: Course) -> None:
    actor = actor_for(course.created_by)
    guest = person(email="guest@example.com")
    people = [Invitee(email=guest.email, role=CourseRole.ASSISTANT)]
    invite_people(actor=actor, course=course, people=people)
    token = token_of(course.invitations.get())
    client = browser(guest)
    assert "You are invited as Assistant" in client.get(f"/invitations/{token}/").content.decode()
    assert client.post(f"/invitations/{token}/")["Location"] == "/c/data/"
    assert Enrolment.objects.get(user=guest).role == CourseRole.ASSISTANT
    assert client.get(f"/invitations/{token}/").status_code == 404


def test_few_words_find_courses_one_s_own_first(
    browser: Browser, client: Client, course: Course
) -> None:
    CourseFactory(title="A data course", slug="other")
    CourseFactory(title="Hidden data", slug="hidden", draft=True)
    learner = browser(EnrolmentFactory(course=course).user)
    rows = learner.get("/courses/found/?search=data").context["rows"]
    assert [(row.slug, row.own) for row in rows] == [("data", True), ("other", False)]
    rows = client.get("/courses/found/?search=data").context["rows"]
    assert [row.slug for row in rows] == ["other", "data"]
    assert client.get("/courses/found/?search=d").context["rows"] == []
    assert_constant_queries(
        lambda: learner.get("/courses/found/?search=data"),
        lambda: CourseFactory(title="More data"),
    )


def test_front_page_leads_who_is_signed_in_to_their_learning(learner: Client) -> None:
    assert learner.get("/")["Location"] == "/me/"

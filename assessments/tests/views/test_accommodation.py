from decimal import Decimal

import pytest
from django.test import Client

from assessments.models import Accommodation
from assessments.tests.factories import School, make_quiz, make_school
from assessments.tests.views.test_attempt import client_of, item_url, page
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


def address(school: School, who: str = "learner") -> str:
    person = getattr(school, who).public_id
    return f"/teach/{school.course.slug}/people/{person}/extra-time/"


def test_an_instructor_gives_changes_and_takes_back_extra_time(
    school: School, client: Client
) -> None:
    people = f"/teach/{school.course.slug}/people/"
    assert address(school) in page(client, people)
    refused = client.post(address(school), {"time_factor": "7"})
    assert refused.status_code == 400
    assert "less than or equal to 5" in refused.content.decode()
    done = client.post(address(school), {"time_factor": "1.5", "note": "Letter."}, follow=True)
    assert "has more time from now on" in done.content.decode()
    assert "1.5 times the usual" in done.content.decode()
    assert "Set by" in page(client, address(school))
    quiz = make_quiz(school, time_limit_seconds=3600)
    shown = page(client_of(school, "learner"), item_url(quiz))
    assert "1 h 30 min" in shown
    assert "your extra time is part of it" in shown
    done = client.post(address(school), {"remove": "1"}, follow=True)
    assert "has the usual time again" in done.content.decode()
    assert not Accommodation.objects.exists()


def test_other_dates_alone_need_no_other_time(school: School, client: Client) -> None:
    assert 'name="time_factor" value="1"' in page(client, address(school))
    done = client.post(address(school), {"time_factor": "1", "extra_days": "2"}, follow=True)
    assert done.status_code == 200
    row = Accommodation.objects.get()
    assert (row.time_factor, row.extra_days) == (Decimal(1), 2)


def test_staff_of_the_course_have_no_such_page(school: School, client: Client) -> None:
    assert address(school, "assistant") not in page(client, f"/teach/{school.course.slug}/people/")
    assert client.get(address(school, "assistant")).status_code == 404


def test_the_api_keeps_the_note_from_the_person(school: School, client: Client) -> None:
    url = f"/api/v1/accommodations/{school.learner.public_id}/"
    sent = client.put(url, {"time_factor": "1.25", "note": "N-47"}, "application/json")
    assert (sent.status_code, sent.json()["note"]) == (200, "N-47")
    mine = client_of(school, "learner")
    assert mine.get(url).json()["note"] is None
    assert mine.get("/api/v1/accommodations/").json()["results"][0]["time_factor"] == "1.25"
    assert client.put(url, {"time_factor": "0.5"}, "application/json").status_code == 400
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_the_list_costs_the_same_however_long(school: School, client: Client) -> None:
    url = f"/api/v1/accommodations/?course={school.course.public_id}"

    def grow() -> None:
        for person in (school.learner, school.classmate):
            Accommodation.objects.get_or_create(person=person, defaults={"time_factor": 2})

    Accommodation.objects.create(person=school.learner, time_factor=2)
    assert_constant_queries(lambda: client.get(url), grow)
    assert client.get(url).json()["count"] == 2

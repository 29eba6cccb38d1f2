"""The conversation's page: twelve exchanges, the earlier ones a page away."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ai.models import Conversation
from ai.tests.api.test_tutor_api import grow
from courses.models import Course
from courses.tests.factories import CourseFactory, EnrolmentFactory, LessonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    made = CourseFactory()
    LessonFactory(course=made, text="Chalk is soft.")
    return made


@pytest.fixture
def talk(course: Course, client: Client) -> Conversation:
    learner = EnrolmentFactory(course=course).user
    client.force_login(learner)
    return Conversation.objects.create(course=course, learner=learner)


def asked(page: str) -> list[str]:
    return re.findall(r"Question \d+", page)


def test_pages_of_twelve_lead_to_the_first_question(
    course: Course, talk: Conversation, client: Client
) -> None:
    grow(talk, 30)
    address, seen = f"/c/{course.slug}/tutor/", list[str]()
    for _page in range(3):
        page = client.get(address).content.decode()
        seen = asked(page) + seen
        found = re.search(r'href="([^"]*\?before=\w+)"', page)
        address = found[1] if found else ""
    assert seen == [f"Question {at}" for at in range(30)]
    assert address == ""
    assert "Back to the newest" in page
    assert "data-tutor-form" not in page


def test_queries_and_rows_do_not_grow_with_the_conversation(
    course: Course, talk: Conversation, client: Client
) -> None:
    address, counts = f"/c/{course.slug}/tutor/", []
    for many in (13, 100):
        grow(talk, many)
        with CaptureQueriesContext(connection) as queries:
            assert len(asked(client.get(address).content.decode())) == 12
        counts.append(len(queries))
        (sql,) = [one["sql"] for one in queries if 'FROM "ai_exchange"' in one["sql"]]
        assert sql.endswith("LIMIT 13")
    assert counts[0] == counts[1]


def test_what_is_not_in_the_conversation_is_no_page(
    course: Course, talk: Conversation, client: Client
) -> None:
    other = Conversation.objects.create(course=course, learner=EnrolmentFactory(course=course).user)
    grow(other, 1)
    for before in ("nothing", other.exchanges.get().public_id):
        assert client.get(f"/c/{course.slug}/tutor/?before={before}").status_code == 404

"""What learners passed on, for those who teach: pages of it, and what was answered to whom."""

import re

import pytest
from django.test import Client

from ai.models import Conversation, Exchange
from assessments.tests.factories import School, make_school
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def browser(school: School, client: Client) -> Client:
    client.force_login(school.assistant)
    return client


def pass_on(school: School, many: int, **more: object) -> None:
    talk = Conversation.objects.create(course=school.course, learner=school.learner)
    for at in range(many):
        Exchange.objects.create(
            conversation=talk,
            course=school.course,
            question=f"Question {at:02}?",
            answer="It says.",
            mode="full",
            provider="extractive",
            sent_on_at=clock.now(),
            **more,
        )


def asked(page: str) -> list[str]:
    return re.findall(r'dir="auto">Question (\d\d)\?</h3>', page)


def test_what_waits_comes_in_pages(school: School, browser: Client) -> None:
    pass_on(school, 21)
    url = f"/teach/{school.course.slug}/ai/tutor/"
    first = browser.get(url).content.decode()
    assert asked(first) == [f"{at:02}" for at in range(20, 0, -1)]
    assert "?page=2" in first
    assert asked(browser.get(f"{url}?page=2").content.decode()) == ["00"]


def test_settled_questions_say_who_answered_or_that_nobody_did(
    school: School, browser: Client
) -> None:
    url = f"/teach/{school.course.slug}/ai/tutor/?show=settled"
    pass_on(school, 1, settled_at=clock.now(), settled_by=school.instructor, reply="Look at two.")
    page = browser.get(url).content.decode()
    assert f"{school.instructor.display_name} answered on" in page
    assert "Look at two." in page
    pass_on(school, 1, settled_at=clock.now(), settled_by=school.instructor)
    assert "Closed without an answer." in browser.get(url).content.decode()


def test_the_queue_costs_the_same_with_more_rows(school: School, browser: Client) -> None:
    pass_on(school, 1)
    url = f"/teach/{school.course.slug}/ai/tutor/"
    assert_constant_queries(lambda: browser.get(url), lambda: pass_on(school, 1))

"""The list of a course's learners: who is on it, in which order, and what is said of each."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analytics.models import HelpContact, LearnerRisk
from analytics.scoring.risk.figures import THEMES
from analytics.services.risk import switch_warning
from analytics.tests.factories import make_figures, make_learner
from assessments.tests.factories import School, make_school
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def learner(school: School, name: str, *, away: int, done: float = 0.5) -> User:
    """Somebody who joined sixty days ago and was last seen `away` days ago."""
    now = clock.now()
    user = make_learner(
        school.course,
        completion=done,
        created_at=now - timedelta(days=60),
        last_active_at=now - timedelta(days=away),
    )
    User.objects.filter(pk=user.pk).update(name=name)
    make_figures(school.course, user, mean="0.9", last_seen=now - timedelta(days=away))
    return user


def warn(school: School, user: User, chance: float | None) -> None:
    LearnerRisk.objects.create(
        course=school.course,
        learner=user,
        week=clock.now().date(),
        day=30,
        chance=chance,
        told={"base": 0.0, "rest": 0.0, "reasons": [["work", 0.5]], "figures": _figures()}
        if chance is not None
        else {"unknown": "new"},
    )


def _figures() -> dict[str, float]:
    return dict.fromkeys(THEMES, 0.0) | {"due": 4.0, "missed": 3.0}


def opened(school: School, name: str) -> str:
    """A page of the course by its name, with the query behind it, as its instructor reads it."""
    client = Client()
    client.force_login(school.instructor)
    name, mark, query = name.partition("?")
    answer = client.get(f"{reverse(name, args=[school.course.slug])}{mark}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def names(school: School, query: str = "") -> list[str]:
    text = opened(school, f"teach-analytics-learners{query}")
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', text)


@pytest.fixture
def crowd(school: School) -> School:
    Enrolment.objects.filter(course=school.course, role="learner").delete()
    for name, away in (("Ida", 1), ("Bo", 40), ("Cleo", 30), ("Dag", 15), ("Eve", 2)):
        warn(school, learner(school, name, away=away), {"Ida": 0.9, "Eve": 0.4}.get(name))
    return school


def test_those_with_the_most_points_come_first_then_who_is_away_longest(crowd: School) -> None:
    assert names(crowd) == ["Bo", "Cleo", "Dag", "Eve", "Ida"]
    assert names(crowd, "?order=name") == ["Bo", "Cleo", "Dag", "Eve", "Ida"]
    assert names(crowd, "?order=away") == ["Bo", "Cleo", "Dag", "Eve", "Ida"]
    assert names(crowd, "?order=risk")[:2] == ["Ida", "Eve"]
    assert names(crowd, "?order=nonsense&show=nonsense") == names(crowd)


def test_each_kind_is_shown_by_itself_and_words_narrow_it(crowd: School) -> None:
    assert names(crowd, "?show=needs_help") == ["Bo", "Cleo"]
    assert names(crowd, "?show=watch") == ["Dag"]
    assert names(crowd, "?show=fine") == ["Eve", "Ida"]
    assert names(crowd, "?show=not_enough_data") == []
    assert names(crowd, "?show=at_risk") == ["Ida", "Eve"]
    assert names(crowd, "?search=%20 E ") == ["Cleo", "Eve"]
    assert names(crowd, "?search=cl&show=fine") == []


def test_counts_follow_the_words_and_a_warning_that_is_off_is_not_offered(crowd: School) -> None:
    text = opened(crowd, "teach-analytics-learners?search=bo")
    kinds = re.findall(r'class="chip"[^>]*>([^<]*) <span class="num">(\d+)</span>', text)
    assert kinds == [
        ("Everybody", "1"),
        ("May need help", "1"),
        ("Keep an eye on", "0"),
        ("Early warning", "0"),
        ("Fine", "0"),
        ("Not enough data", "0"),
    ]
    switch_warning(actor=crowd.actor("instructor"), course=crowd.course, on=False)
    text = opened(crowd, "teach-analytics-learners")
    assert "The early warning is off for this course." in text
    assert "Highest risk first" not in text
    assert 'data-label="Early warning"' not in text


def test_words_of_rule_warning_and_contact_stand_beside_the_name(crowd: School) -> None:
    bo = User.objects.get(name="Bo")
    HelpContact.objects.create(course=crowd.course, learner=bo, contacted_by=crowd.assistant)
    text = opened(crowd, "teach-analytics-learners")
    assert "No activity for 40 days." in text
    assert f"Contacted just now by {crowd.assistant.name}" in text
    assert "Handed in 1 of 4 tasks that were due." in text
    assert "90%" in text
    page = opened(crowd, "teach-analytics")
    assert "No activity for 40 days." in page
    assert f"Contacted just now by {crowd.assistant.name}" in page
    assert "Keep an eye on 1 learner" in page
    assert "Handed in 1 of 4 tasks that were due." in page


def test_page_shows_five_and_leads_to_all(school: School) -> None:
    for number in range(7):
        warn(school, learner(school, f"Silent {number}", away=30 + number), 0.7)
    page = opened(school, "teach-analytics")
    assert "All 7 who may need help" in page
    assert "All 7 at a raised risk" in page
    assert page.count("No activity for") == 5
    assert "No activity for 36 days." in page
    assert "No activity for 31 days." not in page


def test_an_empty_course_says_so(school: School) -> None:
    Enrolment.objects.filter(course=school.course, role="learner").delete()
    text = opened(school, "teach-analytics-learners")
    assert "No learners yet" in text
    assert "Invite people" in text


@pytest.mark.parametrize("name", ["teach-analytics-learners", "teach-analytics"])
def test_list_and_page_ask_the_same_however_many_learn(crowd: School, name: str) -> None:
    client = Client()
    client.force_login(crowd.instructor)
    address = reverse(name, args=[crowd.course.slug])
    numbers = iter(range(1000))
    assert_constant_queries(
        lambda: client.get(address),
        lambda: warn(crowd, learner(crowd, f"More {next(numbers)}", away=30), 0.8),
    )

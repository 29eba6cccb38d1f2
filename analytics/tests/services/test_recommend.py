"""Recommended next: from enrolments to words, and what is never named."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.tests.factories import UserFactory
from analytics.models import CourseAffinity
from analytics.scoring.recommend import Basis
from analytics.services.recommend import recommendations, refresh_affinities
from analytics.tests.factories import make_learner
from assessments.tests.factories import School, make_course, make_school
from courses.models import Course, Enrolment
from lms.kernel import actors, clock
from lms.kernel.errors import SignInRequired
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school(title="Botany")


def both(school: School, other: Course, people: int = 5) -> None:
    """People who learn in the school's course and in another."""
    for _ in range(people):
        user = make_learner(school.course)
        Enrolment.objects.create(course=other, user=user)
    Course.objects.filter(pk=other.pk).update(learner_count=people)


def names(found: Any) -> list[str]:
    return [suggestion.course.title for suggestion in found]


def test_recommendations_name_what_goes_with_mine_and_why(school: School) -> None:
    other = make_course(school.other_instructor, title="Mosses")
    make_course(school.other_instructor, title="Big one", learner_count=900)
    both(school, other)
    assert refresh_affinities()
    found = recommendations(actor=school.actor("learner"), limit=2)
    assert [(s.course.title, s.reason, s.because) for s in found] == [
        ("Mosses", "5 people who took “Botany” took this too.", "Botany"),
        ("Big one", "Popular here: 900 people are enrolled.", None),
    ]


def test_new_course_is_named_for_its_words(school: School) -> None:
    texts = {
        "Mosses": "Plants without roots: spores, leaves, moss.",
        "Ledgers": "Accounting with balance sheets.",
        "Banks": "Balance sheets, accounting and credit.",
        "Sails": "Wind, water and rope.",
    }
    for title, summary in texts.items():
        make_course(school.other_instructor, title=title, summary=summary, learner_count=9)
    Course.objects.filter(pk=school.course.pk).update(summary="Plants, their roots and leaves.")
    refresh_affinities(force=True)
    found = recommendations(actor=school.actor("learner"))
    assert [(s.course.title, s.basis, s.because) for s in found[:1]] == [
        ("Mosses", Basis.ALIKE, "Botany")
    ]
    assert found[0].reason == "About the same as “Botany”, which you took."
    # Of courses that one cannot take nothing is named, and who took nothing gets what many take.
    Course.objects.filter(title="Mosses").update(state="draft")
    assert "Mosses" not in names(recommendations(actor=school.actor("learner")))
    new = recommendations(actor=actors.for_user(UserFactory()))
    assert {s.basis for s in new} == {Basis.POPULAR}


def test_recommendations_tell_on_nobody(school: School) -> None:  # V6
    other = make_course(school.other_instructor, title="Mosses")
    both(school, other, people=4)
    refresh_affinities(force=True)
    assert not CourseAffinity.objects.exists()
    found = recommendations(actor=school.actor("learner"))
    assert {s.reason for s in found} == {"New here, and open to you."}


def test_recommendations_leave_out_what_one_cannot_take_now(school: School) -> None:
    make_course(school.other_instructor, title="Open")
    yesterday = clock.now() - timedelta(days=1)
    closed: list[dict[str, Any]] = [
        {"state": "draft"},
        {"state": "archived"},
        {"deleted_at": clock.now()},
        {"enrolment_policy": "invitation"},
        {"capacity": 3, "learner_count": 3},
        {"ends_at": yesterday},
        {"price_minor": 500},
    ]
    for fields in closed:
        make_course(school.other_instructor, title=f"Not {fields}", **fields)
    left = make_course(school.other_instructor, title="Left")
    Enrolment.objects.create(course=left, user=school.learner, state="left")
    found = names(recommendations(actor=school.actor("learner"), limit=50))
    assert "Open" in found
    assert "Botany" not in found
    assert "Left" not in found
    assert not [title for title in found if title.startswith("Not ")]


def test_recommendations_are_for_somebody(school: School) -> None:
    with pytest.raises(SignInRequired):
        recommendations(actor=school.actor("anonymous"))


def test_recommendations_of_a_site_without_courses_are_none() -> None:
    assert recommendations(actor=actors.for_user(UserFactory())) == []


def test_recommendations_ask_the_same_however_many_courses(school: School) -> None:
    actor = school.actor("learner")
    other = make_course(school.other_instructor)
    both(school, other)
    refresh_affinities(force=True)
    assert_constant_queries(
        lambda: recommendations(actor=actor),
        lambda: make_course(school.other_instructor),
        most=5,
    )


def test_affinities_are_counted_hourly(school: School) -> None:
    assert refresh_affinities()
    both(school, make_course(school.other_instructor))
    assert not refresh_affinities()
    with clock.travel(clock.now() + timedelta(hours=1, minutes=1)):
        assert refresh_affinities()
    assert CourseAffinity.objects.count() == 2
    assert refresh_affinities(force=True)
    assert CourseAffinity.objects.count() == 2

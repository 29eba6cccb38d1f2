"""Browsers of people around a course."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Course
from courses.tests.factories import CourseFactory, EnrolmentFactory


@pytest.fixture
def course() -> Course:
    """A published course with one instructor and no lessons."""
    return CourseFactory(slug="data", title="Thinking with data")


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """A signed-in browser of a person."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def learner(course: Course, browser: Callable[[User], Client]) -> Client:
    """A learner of the course."""
    return browser(EnrolmentFactory(course=course).user)


@pytest.fixture
def teacher(course: Course, browser: Callable[[User], Client]) -> Client:
    """The instructor of the course."""
    return browser(course.created_by)

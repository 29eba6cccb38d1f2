import pytest
from django.test import Client

from ai.models import Conversation, Exchange
from ai.queries.tutor_topics import Topic, tutor_topics
from analytics.tests.factories import make_learner
from assessments.tests.factories import School, make_lesson, make_school
from courses.models import Lesson
from lms.kernel.errors import Denied
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
SECRET = "Why does my stone WOBBLE?"


def ask(school: School, lesson: Lesson | None, people: int, *, answerable: bool = True) -> None:
    for _ in range(people):
        learner = make_learner(school.course)
        talk = Conversation.objects.create(course=school.course, learner=learner)
        Exchange.objects.create(
            conversation=talk,
            course=school.course,
            lesson=lesson,
            question=SECRET,
            answerable=answerable,
            mode="full",
            provider="test",
        )


def test_lessons_that_five_people_asked_about_are_counted() -> None:  # V6
    school = make_school()
    known, rare = make_lesson(school, title="Arches"), make_lesson(school, title="Rare")
    ask(school, known, 4)
    ask(school, known, 2, answerable=False)
    ask(school, rare, 4)
    found = tutor_topics(school.actor("assistant"), school.course)
    assert found.shown == [Topic(known.public_id, "Arches", 6, 6, 2)]
    assert found.hidden
    assert count_queries(lambda: tutor_topics(school.actor("admin"), school.course)) == 1
    for who in ("learner", "observer", "other_instructor"):
        with pytest.raises(Denied):
            tutor_topics(school.actor(who), school.course)


def test_many_questions_of_few_people_stay_hidden() -> None:  # V6
    school = make_school()
    lesson = make_lesson(school)
    ask(school, lesson, 1)
    first = Exchange.objects.get()
    for _ in range(9):
        Exchange.objects.create(
            conversation=first.conversation,
            course=school.course,
            lesson=lesson,
            question=SECRET,
            mode="full",
            provider="test",
        )
    found = tutor_topics(school.actor("instructor"), school.course)
    assert (found.shown, found.hidden) == ([], True)


def test_analytics_page_counts_questions_and_shows_no_words_of_them() -> None:
    school = make_school()
    client = Client()
    client.force_login(school.instructor)
    address = f"/teach/{school.course.slug}/analytics/"
    assert "Nobody has asked yet." in client.get(address).content.decode()
    ask(school, None, 5)
    shown = client.get(address).content.decode()
    assert "Questions by lesson" in shown
    assert "The course as a whole" in shown
    assert "WOBBLE" not in shown

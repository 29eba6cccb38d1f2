"""A calendar program reads the private address: no session, no cookie, no more than its person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from accounts.models import User
from accounts.services.people import deactivate_person, reactivate_person, set_password
from analytics.models import ReviewCard
from analytics.queries.review import review_queue
from analytics.scoring.spacing import Recall
from analytics.services.review import rate_card
from analytics.tests.mastery import answer, make_skill_quiz
from assessments.enums import Solutions
from assessments.models import Question
from assessments.tests.factories import School, make_quiz, make_school
from assessments.tests.handed_in import make_group
from courses.models import Enrolment
from interop.enums import FeedScope
from interop.models import CalendarFeed
from interop.queries.feed import feed_address
from interop.services.event import EventFields, plan_event
from interop.services.feed import make_feed
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.kernel.testing.queries import captured_queries

pytestmark = [pytest.mark.django_db, pytest.mark.services]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_kept_calendars() -> None:
    cache.clear()


@pytest.fixture
def school() -> School:
    return make_school()


def subscribe(school: School, who: str = "learner", course: Any = None) -> str:
    _feed, token = make_feed(actor=school.actor(who), course=course)
    return f"/calendars/{token}.ics"


def reviews(school: School) -> str:
    _feed, token = make_feed(actor=school.actor("learner"), scope=FeedScope.REVIEWS)
    return f"/calendars/{token}.ics"


def read(address: str, **headers: str) -> Any:
    cache.clear()
    return Client().get(address, headers=headers)


def titles(address: str) -> list[str]:
    found = Calendar.from_ical(read(address).content)
    return [str(one["summary"]) for one in found.walk("VEVENT")]


def test_a_program_without_a_session_reads_the_dates(school: School) -> None:
    quiz = make_quiz(school, due_at=clock.now() + DAY)
    answer = read(subscribe(school))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert not answer.cookies
    assert "private" in answer["Cache-Control"]
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == f"Due: {quiz.lesson.title} ({school.course.title})"
    assert quiz.due_at is not None
    assert event.decoded("dtstart") == quiz.due_at.replace(microsecond=0)
    assert str(event["url"]).endswith(f"/c/{school.course.slug}/learn/{quiz.lesson.public_id}/")


def test_what_did_not_change_is_not_sent_again(school: School) -> None:
    make_quiz(school, due_at=clock.now() + DAY)
    address = subscribe(school)
    first = read(address)
    again = read(address, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    make_quiz(school, due_at=clock.now() + DAY)
    changed = read(address, If_None_Match=first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_second_reading_is_cheap(school: School) -> None:
    make_quiz(school, due_at=clock.now() + DAY)
    address = subscribe(school)
    Client().get(address)
    assert len(captured_queries(lambda: Client().get(address))) <= 3


def test_it_is_kept_by_its_hash_alone(school: School) -> None:
    address = subscribe(school)
    token = address.split("/")[-1].removesuffix(".ics")
    row = CalendarFeed.objects.get()
    assert token not in str(vars(row))
    assert len(row.digest) == 64
    assert feed_address(token).endswith(address)


def test_a_new_address_ends_the_old_one(school: School) -> None:
    old, other = subscribe(school), subscribe(school, course=school.course)
    new = subscribe(school)
    assert [read(one).status_code for one in (old, other, new)] == [404, 200, 200]


def test_who_is_locked_out_is_told_nothing(school: School) -> None:
    address = subscribe(school)
    deactivate_person(actor=school.actor("admin"), person=school.learner)
    assert read(address).status_code == 404


def test_a_new_password_ends_every_address(
    school: School, django_capture_on_commit_callbacks: Any
) -> None:
    addresses = [subscribe(school), subscribe(school, course=school.course), reviews(school)]
    others = subscribe(school, "classmate")
    with django_capture_on_commit_callbacks(execute=True):
        set_password(
            actor=school.actor("learner"), person=school.learner, password="quarry-lantern-7301"
        )
    assert [read(one).status_code for one in (*addresses, others)] == [404, 404, 404, 200]


def test_opening_a_closed_account_brings_no_address_back(
    school: School, django_capture_on_commit_callbacks: Any
) -> None:
    address, admin = subscribe(school), school.actor("admin")
    reviews(school)
    with django_capture_on_commit_callbacks(execute=True):
        deactivate_person(actor=admin, person=school.learner)
        reactivate_person(actor=admin, person=school.learner)
    assert read(address).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_who_left_a_group_reads_nothing_more_of_it_at_once(school: School) -> None:
    group = make_group(school, "learner")
    fields = EventFields(title="For a few", starts_at=clock.now() + DAY, group=group.public_id)
    plan_event(actor=school.actor("instructor"), course=school.course, fields=fields)
    address = subscribe(school)
    assert titles(address) == [f"For a few ({school.course.title})"]
    group.memberships.all().delete()
    assert b"VEVENT" not in Client().get(address).content


def test_who_left_reads_nothing_more_of_the_course(school: School) -> None:
    make_quiz(school, due_at=clock.now() + DAY)
    whole, one = subscribe(school), subscribe(school, course=school.course)
    assert len(titles(whole)) == len(titles(one)) == 1
    Enrolment.objects.filter(user=school.learner).update(state="left")
    # Also where the calendar was read a moment ago: a kept one is of other roles.
    assert Client().get(one).status_code == 404
    assert b"VEVENT" not in Client().get(whole).content


def test_a_feed_of_a_course_has_nothing_private(school: School) -> None:
    actor = school.actor("learner")
    plan_event(actor=actor, fields=EventFields(title="Mine", starts_at=clock.now() + DAY))
    assert titles(subscribe(school)) == ["Mine"]
    assert titles(subscribe(school, course=school.course)) == []


def test_nonsense_is_not_found() -> None:
    for token in ("x", "a" * 500, "é"):
        assert Client().get(f"/calendars/{token}.ics").status_code == 404


def test_words_are_in_the_language_of_the_person(school: School) -> None:
    make_quiz(school, due_at=clock.now() + DAY)
    type(school.learner).objects.filter(pk=school.learner.pk).update(time_zone="Nowhere/Land")
    assert len(titles(subscribe(school))) == 1


def rated(school: School, *, times: int = 1) -> None:
    """Questions that were missed, and come back on one day."""
    quiz = make_skill_quiz(school, count=times, solutions=Solutions.AT_ONCE)
    answer(quiz, school.learner, "0" * times)
    actor = school.actor("learner")
    for _ in range(times):
        due = review_queue(actor).questions[0]
        question = Question.objects.get(pk=due.candidate.question).public_id
        rate_card(actor=actor, item_id=question, recall=Recall.EASY, reps=0)


def test_an_address_of_reviews_tells_days_and_counts_alone(school: School) -> None:
    rated(school, times=2)
    make_quiz(school, due_at=clock.now() + DAY)
    address = reviews(school)
    assert titles(address) == ["2 cards to review"]
    assert b"cairn is a pile" not in read(address).content
    assert len(titles(subscribe(school))) > 1
    # Addresses that were made before reviews were a kind of calendar address.
    assert titles(address.replace("/calendars/", "/calendars/reviews/")) == ["2 cards to review"]
    newer = reviews(school)
    assert [read(one).status_code for one in (address, newer)] == [404, 200]


def test_an_address_of_reviews_counts_the_days_of_its_person(school: School) -> None:
    """Whoever reads it is not signed in: the zone and the language are those of the account."""
    rated(school)
    User.objects.filter(pk=school.learner.pk).update(time_zone="Pacific/Auckland")
    ReviewCard.objects.update(due=datetime(2026, 7, 10, 13, tzinfo=UTC))  # the 11th over there
    address = reviews(school)
    with clock.travel(datetime(2026, 7, 9, 13, tzinfo=UTC)):  # the 10th over there
        text = read(address).content.decode()
    assert "DTSTART;VALUE=DATE:20260711" in text


def test_reviews_are_told_of_no_single_course(school: School) -> None:
    with pytest.raises(Invalid):
        make_feed(actor=school.actor("learner"), course=school.course, scope=FeedScope.REVIEWS)


def test_the_review_page_makes_an_address_and_leads_to_them(school: School) -> None:
    client = Client()
    client.force_login(school.learner)
    assert b"Make a calendar address" in client.get("/me/review/").content
    made = client.post("/me/calendar/addresses/", {"course": "reviews:"})
    assert b"/calendars/" in made.content
    assert CalendarFeed.objects.get().scope == FeedScope.REVIEWS
    assert b"Replace the calendar address" in client.get("/me/review/").content


def test_the_api_makes_an_address_of_reviews(school: School) -> None:
    client = Client()
    client.force_login(school.learner)
    made = client.post(
        "/api/v1/calendar/feeds/", {"scope": "reviews"}, content_type="application/json"
    )
    assert (made.status_code, made.json()["scope"], made.json()["course"]) == (201, "reviews", None)
    for wrong in ({"scope": "all"}, {"scope": "reviews", "course": school.course.public_id}):
        said = client.post("/api/v1/calendar/feeds/", wrong, content_type="application/json")
        assert said.status_code == 400
    listed = client.get("/api/v1/calendar/feeds/").json()["results"]
    assert [one["scope"] for one in listed] == ["reviews"]

"""Acts that clients tell of: kept once, by the server's clock, and counted on their own day."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from analytics.enums import Verb
from analytics.models import CourseWeek, DailyActivity, LearnerFeature, LearningStatement
from analytics.services import statements
from analytics.services.fold import rebuild
from analytics.services.statements import Act, Received, record_statements
from analytics.tests.factories import drain
from assessments.tests.factories import School, make_lesson, make_school
from courses.enums import CourseRole
from courses.models import Course, Enrolment
from lms.kernel import actors, clock
from lms.kernel.errors import Denied, Invalid, NotFound
from lms.kernel.testing.queries import count_queries

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def school() -> School:
    return make_school()


def act(**fields: Any) -> Act:
    base = {"client_id": uuid.uuid4(), "verb": Verb.PLAYED, "at": NOW}
    return Act(**{**base, **fields})


def send(school: School, *acts: Act, who: str = "learner", sent_at: datetime = NOW) -> Received:
    with clock.travel(NOW):
        return record_statements(
            actor=school.actor(who), course=school.course, sent_at=sent_at, acts=acts
        )


def test_what_is_sent_twice_is_kept_and_counted_once(school: School) -> None:
    first, second = act(), act()
    assert send(school, first, second) == Received(2, 0, ())
    assert send(school, second, act(), first, first) == Received(1, 3, ())
    drain()
    assert LearningStatement.objects.count() == 3
    assert DailyActivity.objects.get().events == 3


def test_an_id_is_ones_own(school: School) -> None:
    shared = act()
    send(school, shared)
    assert send(school, shared, who="classmate").stored == 1


@pytest.mark.services
def test_an_id_sent_to_two_courses_at_once_is_kept_in_one(school: School) -> None:
    other = make_school()
    Enrolment.objects.create(course=other.course, user=school.learner, role=CourseRole.LEARNER)
    acts, got = [act() for _ in range(50)], []

    def call(course: Course) -> None:
        with clock.travel(NOW):
            learner = school.actor("learner")
            got.append(record_statements(actor=learner, course=course, sent_at=NOW, acts=acts))
        connections.close_all()

    threads = [threading.Thread(target=call, args=(s.course,)) for s in (school, other)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.stored for one in got) == [0, 50]


def test_a_clock_that_is_off_is_corrected(school: School) -> None:
    slow = NOW - timedelta(hours=5)
    send(school, act(at=slow - timedelta(minutes=10)), sent_at=slow)
    assert LearningStatement.objects.get().at == NOW - timedelta(minutes=10)


def test_an_act_a_moment_after_sending_is_of_now(school: School) -> None:
    send(school, act(at=NOW + timedelta(seconds=30)))
    assert LearningStatement.objects.get().at == NOW


@pytest.mark.parametrize("off", [timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_is_a_year_off_is_refused(school: School, off: timedelta) -> None:
    with pytest.raises(Invalid) as caught:
        send(school, act(at=NOW + off), sent_at=NOW + off)
    assert list(caught.value.errors) == ["sent_at"]


def test_the_end_of_time_is_a_clock_that_is_off(school: School) -> None:
    with pytest.raises(Invalid):
        send(school, sent_at=datetime.max.replace(tzinfo=UTC))


def test_what_cannot_be_kept_is_refused_by_its_id_and_the_rest_is_kept(school: School) -> None:
    good = act(lesson=make_lesson(school).public_id)
    hidden = act(lesson=make_lesson(school, published=False).public_id)
    foreign = act(lesson=make_lesson(make_school()).public_id)
    late = act(at=NOW + timedelta(minutes=2))
    old = act(at=NOW - timedelta(days=31))
    got = send(school, hidden, good, foreign, late, old)
    assert (got.stored, got.known) == (1, 0)
    assert [(one.client_id, one.field) for one in got.refused] == [
        (hidden.client_id, "lesson"),
        (foreign.client_id, "lesson"),
        (late.client_id, "at"),
        (old.client_id, "at"),
    ]
    assert LearningStatement.objects.get().client_id == good.client_id


def test_acts_told_late_count_on_the_day_they_happened(school: School) -> None:
    send(school, act(at=NOW - timedelta(days=9)), act(at=NOW), act(at=NOW - timedelta(hours=1)))
    drain()
    days = DailyActivity.objects.order_by("day").values_list("day", "events", "seconds")
    assert list(days) == [(date(2026, 3, 1), 1, 0), (date(2026, 3, 10), 2, 0)]
    feature = LearnerFeature.objects.get()
    assert (feature.active_days, feature.last_seen, feature.lessons_completed) == (2, NOW, 0)
    assert list(CourseWeek.objects.order_by("week").values_list("week", "people")) == [
        (date(2026, 2, 23), 1),
        (date(2026, 3, 9), 1),
    ]


def test_counting_from_zero_gives_the_same(school: School) -> None:
    send(school, act(at=NOW - timedelta(days=3)), act(verb=Verb.COMPLETED))
    drain()
    before = [list(m.objects.values_list("course", "user", "events")) for m in (DailyActivity,)]
    rebuild(actor=actors.system("test"))
    after = [list(m.objects.values_list("course", "user", "events")) for m in (DailyActivity,)]
    assert after == before != [[]]


@pytest.mark.parametrize("who", ["observer", "instructor"])
def test_who_does_not_learn_here_tells_nothing(school: School, who: str) -> None:
    with pytest.raises(Denied):
        send(school, act(), who=who)


def test_a_course_that_is_not_seen_is_not_there(school: School) -> None:
    school.course.state = "draft"
    school.course.save()
    with pytest.raises(NotFound):
        send(school, act(), who="outsider")


def test_more_than_five_hundred_are_refused_whole(school: School) -> None:
    with pytest.raises(Invalid):
        send(school, *(act() for _ in range(statements.MOST + 1)))
    assert not LearningStatement.objects.exists()


def test_five_hundred_cost_as_many_queries_as_five(school: School) -> None:
    lesson = make_lesson(school).public_id
    few = count_queries(lambda: send(school, *(act(lesson=lesson) for _ in range(5))))
    many = count_queries(lambda: send(school, *(act(lesson=lesson) for _ in range(500))))
    # SQLite takes a statement of at most 999 values.
    assert many - few <= (0 if connection.vendor == "postgresql" else 8)


@pytest.mark.services
def test_two_calls_at_once_keep_and_count_each_act_once(school: School) -> None:
    acts = [act() for _ in range(50)]
    got: list[Received] = []

    def call() -> None:
        got.append(send(school, *acts))
        connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    drain()
    assert sorted(one.stored for one in got) == [0, 0, 0, 50]
    assert DailyActivity.objects.get().events == 50

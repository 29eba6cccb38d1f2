"""The institution's days and courses: counted by workers, read in a constant number of queries."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from analytics.models import CourseGlance, DailyActivity, InstitutionDay
from analytics.queries.institution import glances_of, institution
from analytics.services import institution as service
from analytics.services.audits import start_audit
from analytics.services.institution import count_courses, count_days
from analytics.tests.factories import make_figures, make_learner
from assessments.tests.factories import make_course, make_school
from courses.models import Course, Enrolment
from lms.kernel import actors, clock
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)


def day(back: int) -> date:
    return NOW.date() - timedelta(days=back)


@pytest.mark.parametrize("part", [1, 3, 14])
def test_a_person_counts_once_a_day_and_once_a_week_over_all_courses(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PART", part)
    school = make_school()
    other = make_course(school.instructor)
    Enrolment.objects.update(created_at=NOW - timedelta(days=9), completed_at=None)
    one, two = UserFactory(), UserFactory()
    for course, user, back in (
        (school.course, one, 0),
        (other, one, 0),
        (other, two, 3),
        (school.course, one, 6),
        (school.course, two, 9),
    ):
        DailyActivity.objects.create(course=course, user=user, day=day(back))
    make_learner(other, created_at=NOW - timedelta(days=1), completed_at=NOW)
    with clock.travel(NOW):
        assert count_days() == 10
        assert count_days() == 4
    found = {row.day: row for row in InstitutionDay.objects.all()}
    assert [(found[day(back)].active, found[day(back)].active_week) for back in (0, 3, 7, 9)] == [
        (1, 2),
        (1, 2),
        (0, 1),
        (1, 1),
    ]
    assert (found[day(1)].enrolments, found[day(0)].completions) == (1, 1)
    assert found[day(9)].enrolments == 2


def test_acts_that_are_told_late_are_counted_with_their_day() -> None:
    school = make_school()
    Enrolment.objects.update(created_at=NOW - timedelta(days=9))
    with clock.travel(NOW):
        count_days()
        DailyActivity.objects.create(course=school.course, user=school.learner, day=day(2))
        count_days()
    assert InstitutionDay.objects.get(day=day(2)).active == 1


def test_courses_are_counted_the_oldest_count_first() -> None:
    school = make_school()
    old = clock.now() - timedelta(days=40)
    learner = make_learner(
        school.course, created_at=old, last_active_at=old, completion=0.1, completed_at=None
    )
    make_figures(school.course, learner, mean="0.2")
    make_learner(school.course, completion=1, last_active_at=clock.now())
    other = make_course(school.instructor)
    draft = make_course(school.instructor, state="draft")
    live = Course.objects.filter(state="published").count()
    assert live > 1
    assert count_courses(limit=1) == 1
    assert count_courses() == live - 1
    assert count_courses() == 0
    row = CourseGlance.objects.get(course=school.course)
    assert (row.learners, row.active, row.completed, row.need_help) == (4, 1, 1, 1)
    assert row.completion == pytest.approx(1.1 / 4)
    assert not CourseGlance.objects.filter(course=draft).exists()
    Course.objects.filter(pk=other.pk).update(deleted_at=clock.now())
    count_courses()
    assert not CourseGlance.objects.filter(course=other).exists()


def test_institution_is_for_administrators_and_analysts() -> None:
    school = make_school()
    with pytest.raises(SignInRequired):
        institution(school.actor("anonymous"))
    for who in ("learner", "observer", "assistant", "instructor"):
        with pytest.raises(Denied):
            institution(school.actor(who))
        with pytest.raises(Denied):
            glances_of(school.actor(who))
    with pytest.raises(Denied):
        institution(school.actor("admin").previewing(school.course.pk))
    analyst = actors.for_user(UserFactory(analyst=True))
    assert institution(analyst).courses == 0
    with pytest.raises(Denied):
        start_audit(actor=analyst, data=b"person,attribute,value\n")


def glance(course: Course, learners: int, **counts: float) -> None:
    CourseGlance.objects.create(
        course=course, learners=learners, counted_at=clock.now(), **{"completion": 0.5, **counts}
    )


def test_small_numbers_are_withheld_from_analysts() -> None:
    school = make_school()
    courses = [school.course, *(make_course(school.instructor) for _ in range(3))]
    glance(courses[0], 3, need_help=1)
    glance(courses[1], 20, active=17, completed=4, need_help=6, warned=20)
    glance(courses[2], 20, active=9, completed=0, need_help=2, warned=5)
    glance(courses[3], 20, need_help=4)
    analyst = actors.for_user(UserFactory(analyst=True))
    seen = ("learners", "active", "completed", "completion", "need_help", "warned")
    told = {
        row.course_id: tuple(getattr(row, f"seen_{name}") for name in seen)
        for row in glances_of(analyst)
    }
    assert [told[one.pk] for one in courses] == [
        (None, None, None, None, None, None),
        (20, None, None, 0.5, 6, 20),
        (20, 9, 0, 0.5, None, 5),
        (20, 0, 0, 0.5, None, 0),
    ]
    assert (institution(analyst).need_help, institution(analyst).warned) == (6, 25)
    whole = institution(school.actor("admin"))
    assert (whole.need_help, whole.warned) == (13, 25)
    assert [row.seen_need_help for row in glances_of(school.actor("admin"), "-need_help")] == [
        6,
        4,
        2,
        1,
    ]
    # The order of what is withheld is that of the titles.
    hidden = sorted([courses[0], courses[2], courses[3]], key=lambda one: (one.title, one.pk))
    for order, first in (("-need_help", courses[1]), ("need_help", courses[1])):
        got = [row.course_id for row in glances_of(analyst, order)]
        assert got == [first.pk, *(one.pk for one in hidden)]
    client = Client()
    client.force_login(UserFactory(analyst=True))
    table = list(
        csv.DictReader(io.StringIO(client.get("/institution/courses.csv").content.decode()))
    )
    assert sorted(one["may_need_help"] for one in table) == ["", "", "", "6"]
    assert "A dash stands for" in client.get("/institution/").content.decode()
    api = client.get("/api/v1/analytics/institution/courses/?ordering=need_help").json()
    assert [one["need_help"] for one in api["results"]] == [6, None, None, None]


def test_an_analyst_finds_the_page_and_no_door_that_is_shut() -> None:
    school = make_school()
    CourseGlance.objects.create(course=school.course, learners=3, counted_at=clock.now())
    client = Client()
    client.force_login(UserFactory(analyst=True))
    home = client.get("/me/").content.decode()
    assert home.count('href="/institution/"') == 2
    assert 'href="/admin/"' not in home
    page = client.get("/institution/").content.decode()
    assert f'href="/c/{school.course.slug}/"' in page
    for shut in ("/admin/", "/teach/", "/readyz", "/ai/"):
        assert f'href="{shut}' not in page, shut
    fairness = client.get("/institution/fairness/").content.decode()
    assert "Make the audit" not in fairness
    assert client.post("/institution/fairness/").status_code == 403


def test_page_orders_courses_and_costs_the_same_however_many() -> None:
    school = make_school()
    for title, learners in (("Arches", 3), ("=Beams", 9)):
        course = make_course(school.instructor, title=title)
        CourseGlance.objects.create(course=course, learners=learners, counted_at=clock.now())
    client = Client()
    client.force_login(school.admin)
    for sort, first in (("", "=Beams"), ("title", "=Beams"), ("-title", "Arches"), ("x", "=Beams")):
        shown = client.get("/institution/", {"sort": sort}).content.decode()
        names = sorted(("Arches", "=Beams"), key=shown.index)
        assert names[0] == first, sort
    assert 'aria-sort="descending"' in client.get("/institution/").content.decode()
    assert "Nothing is counted yet" in client.get("/institution/").content.decode()

    def grow() -> None:
        CourseGlance.objects.create(course=make_course(school.instructor), counted_at=clock.now())
        InstitutionDay.objects.create(day=day(InstitutionDay.objects.count()))

    grow()
    assert_constant_queries(lambda: client.get("/institution/"), grow, most=12)
    table = client.get("/institution/courses.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert rows[0]["title"] == "'=Beams"
    assert rows[0]["learners"] == "9"
    assert len(client.get("/institution/days.csv").content.splitlines()) == 4

"""What is due next: by one's own dates, until it is handed in or can no longer be."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from assessments.enums import PeerPhase
from assessments.models import Assignment, Quiz
from assessments.queries.agenda import due_lines
from assessments.queries.dates import review_dates_for
from assessments.queries.due import own_dates
from assessments.scoring.dates import Change
from assessments.services.accommodation import set_accommodation
from assessments.services.attempt import start_attempt
from assessments.services.cells import set_cell
from assessments.services.override import set_override
from assessments.services.peer import (
    PeerSettings,
    move_phase,
    set_up_peer_review,
    write_review,
)
from assessments.services.posting import post_grades
from assessments.services.returning import ask_revision
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from assessments.tests.handed_in import begin, hand_in, make_assignment, make_group
from lms.kernel import actors, clock
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def seen(school: School, who: str = "learner") -> list[tuple[str, int, bool, bool]]:
    return [
        (line.kind, line.lesson.pk if line.lesson else 0, line.begun, line.overdue)
        for line in due_lines(school.actor(who))
    ]


def at(school: School, work: Any, who: str = "learner") -> datetime | None:
    found = [one for one in due_lines(school.actor(who)) if one.lesson == work.lesson]
    return found[0].at if found else None


def test_what_has_a_date_is_listed_by_it(school: School) -> None:
    now = clock.now()
    later = make_assignment(school, due_at=now + 3 * DAY)
    quiz = make_quiz(school, due_at=now + DAY)
    closing = make_quiz(school, closes_at=now + 2 * DAY)
    make_quiz(school)
    make_assignment(school)
    make_quiz(school, due_at=now + DAY, published=False)
    assert seen(school) == [
        ("quiz", quiz.lesson_id, False, False),
        ("quiz", closing.lesson_id, False, False),
        ("assignment", later.lesson_id, False, False),
    ]
    for who in ("instructor", "observer", "outsider", "admin"):
        assert seen(school, who) == []
    assert due_lines(actors.ANONYMOUS) == []


def test_what_is_begun_stays_and_what_is_handed_in_goes(school: School) -> None:
    due = clock.now() + DAY
    quiz, asked = make_quiz(school, due_at=due), make_assignment(school, due_at=due)
    start_attempt(actor=school.actor("learner"), quiz=quiz)
    begin(school, asked)
    assert {begun for _kind, _key, begun, _late in seen(school)} == {True}
    make_attempt(school, quiz)
    row = hand_in(school, asked)
    assert seen(school) == []
    assert len(seen(school, "classmate")) == 2
    ask_revision(actor=school.actor("assistant"), submission=row)
    assert seen(school) == [("assignment", asked.lesson_id, True, False)]


def test_what_is_late_is_marked_until_it_closes(school: School) -> None:
    now = clock.now()
    asked = make_assignment(school, due_at=now + DAY, cutoff_at=now + 2 * DAY)
    quiz = make_quiz(school, closes_at=now + DAY)
    with clock.travel(now + 1.5 * DAY):
        assert seen(school) == [("assignment", asked.lesson_id, False, True)]
        assert at(school, quiz) is None
    with clock.travel(now + 3 * DAY):
        assert seen(school) == []


def test_who_is_excused_has_nothing_to_do_once_they_know(school: School) -> None:
    quiz, teacher = make_quiz(school, due_at=clock.now() + DAY), school.actor("instructor")
    item = quiz.grade_item
    set_cell(actor=teacher, item=item, learner=school.learner, score=None, status="excused")
    assert len(seen(school)) == 1  # Z7
    post_grades(actor=teacher, item=item, released=True)
    assert seen(school) == []


def test_each_line_has_the_dates_of_its_own_page(school: School) -> None:
    now, teacher = clock.now(), school.actor("instructor")
    works: list[Quiz | Assignment] = [
        make_quiz(school, due_at=now + DAY, closes_at=now + 30 * DAY),
        make_assignment(school, due_at=now + DAY),
        make_assignment(school, due_at=now + DAY, group_work=True),
        make_assignment(school, due_at=now + DAY, group_work=True),
    ]
    group = make_group(school, "learner", "classmate")
    begin(school, works[3])  # type: ignore[arg-type]
    for days, work in enumerate(works, start=3):
        change = Change(due_at=now + days * DAY)
        set_override(actor=teacher, work=work, change=change, group=group)
        mate = Change(due_at=now + 2 * days * DAY)
        set_override(actor=teacher, work=work, change=mate, person=school.classmate)
    set_accommodation(actor=teacher, person=school.classmate, time_factor=Decimal(1), extra_days=1)
    for who in ("learner", "classmate"):
        told = [own_dates(school.actor(who), work).due_at for work in works]
        assert [at(school, work, who) for work in works] == told
    assert at(school, works[0]) == now + 3 * DAY
    assert at(school, works[2]) == now + 11 * DAY


def test_reviews_of_others_wait_until_they_are_due(school: School) -> None:
    now, teacher = clock.now(), school.actor("instructor")
    asked = make_assignment(school)
    settings = PeerSettings(each=1, least=1, due_at=now + DAY)
    review = set_up_peer_review(actor=teacher, assignment=asked, settings=settings)
    hand_in(school, asked)
    hand_in(school, asked, "classmate", "Another pile.")
    for phase in (PeerPhase.SUBMISSION, PeerPhase.ALLOCATION, PeerPhase.REVIEW):
        assert seen(school) == []
        review = move_phase(actor=teacher, review=review, to=phase)
    later = Change(due_at=now + 3 * DAY)
    set_override(actor=teacher, work=asked, change=Change(), reviews=later, person=school.classmate)
    (mine,) = due_lines(school.actor("learner"))
    assert (mine.kind, mine.left, mine.at) == ("peer_review", 1, now + DAY)
    assert at(school, asked, "classmate") == review_dates_for(review, school.classmate.pk).due_at
    with clock.travel(now + 2 * DAY):
        assert seen(school) == []
        assert len(seen(school, "classmate")) == 1
    task = review.tasks.get(reviewer=school.learner)
    write_review(
        actor=school.actor("learner"), task=task, picks={}, score=Decimal(50), feedback="Fine."
    )
    assert seen(school) == []


def test_the_queries_do_not_grow(school: School) -> None:
    group, teacher = make_group(school, "learner", "classmate"), school.actor("instructor")

    def more() -> None:
        due = clock.now() + DAY
        for work in (
            make_quiz(school, due_at=due),
            make_assignment(school, due_at=due),
            make_assignment(school, due_at=due, group_work=True),
        ):
            set_override(actor=teacher, work=work, change=Change(due_at=due + DAY), group=group)

    more()
    assert_constant_queries(lambda: due_lines(school.actor("learner")), more, most=16)


def test_the_dashboard_and_the_api_tell_the_same(school: School) -> None:
    client = Client()
    client.force_login(school.learner)
    assert "Nothing is due." in client.get("/me/").content.decode()
    asked = make_assignment(school, due_at=clock.now() + DAY)
    with clock.travel(clock.now() + 2 * DAY):
        page = client.get("/me/").content.decode()
        (found,) = client.get("/api/v1/me/due/").json()["results"]
    assert "Overdue" in page
    assert asked.lesson.title in page
    assert (found["kind"], found["lesson"]) == ("assignment", asked.lesson.public_id)
    assert (found["overdue"], found["begun"], found["left"]) == (True, False, 0)
    assert Client().get("/api/v1/me/due/").status_code == 401

"""Other dates for people and groups, and breaks, through every door."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from assessments.enums import AttemptState, QuestionKind, StepKind
from assessments.models import Attempt, DateOverride, Quiz
from assessments.queries.attempt import sheet
from assessments.queries.dates import dates_for, dates_of_learners, last_close, learner_rows
from assessments.scoring.dates import Change
from assessments.services.accommodation import set_accommodation
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.breaks import pause_attempt, resume_attempt
from assessments.services.closing import settle, submit_attempt
from assessments.services.override import remove_override, set_override
from assessments.tests.factories import School, make_quiz, make_school
from courses.enums import CourseRole
from courses.models import Enrolment, LearnerGroup
from courses.services.group import change_group, create_group
from lms.kernel.clock import travel
from lms.kernel.errors import Denied, Invalid, KernelError, NotFound
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def quiz(school: School) -> Quiz:
    return make_quiz(
        school,
        QuestionKind.TRUE_FALSE,
        time_limit_seconds=3600,
        opens_at=NINE,
        closes_at=NINE + HOUR,
    )


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(KernelError) as refused:
        act()
    return refused.value.code


def group_of(school: School, name: str = "Late shift") -> LearnerGroup:
    return create_group(
        actor=school.actor("instructor"),
        course=school.course,
        name=name,
        learners=[school.learner],
    )


def give(school: School, quiz: Quiz, change: Change, **whose: Any) -> DateOverride:
    return set_override(actor=school.actor("instructor"), work=quiz, change=change, **whose)


def test_person_stands_over_groups_and_groups_over_everybody(school: School, quiz: Quiz) -> None:
    early, late = group_of(school, "Early"), group_of(school, "Late")
    give(school, quiz, Change(closes_at=NINE + 2 * HOUR, attempts_allowed=3), group=early)
    give(school, quiz, Change(closes_at=NINE + 3 * HOUR, limit_seconds=60), group=late)
    found = dates_for(quiz, school.learner.pk)
    assert (found.closes_at, found.attempts_allowed) == (NINE + 3 * HOUR, 3)
    assert (found.limit_seconds, found.opens_at) == (60, NINE)
    give(school, quiz, Change(closes_at=NINE + HOUR / 2), person=school.learner)
    assert dates_for(quiz, school.learner.pk).closes_at == NINE + HOUR / 2
    assert dates_for(quiz, school.classmate.pk).closes_at == NINE + HOUR
    assert last_close(quiz) == NINE + HOUR


def test_factor_and_days_come_last(school: School, quiz: Quiz) -> None:
    give(school, quiz, Change(closes_at=NINE + 2 * HOUR), person=school.learner)
    set_accommodation(
        actor=school.actor("instructor"),
        person=school.learner,
        time_factor=Decimal("1.5"),
        extra_days=1,
        early_minutes=15,
    )
    found = dates_for(quiz, school.learner.pk)
    assert found.closes_at == NINE + 2 * HOUR + HOUR / 2 + timedelta(days=1)
    assert found.opens_at == NINE - timedelta(minutes=15)
    assert last_close(quiz) == found.closes_at
    with travel(NINE - timedelta(minutes=15)):
        assert start_attempt(actor=school.actor("learner"), quiz=quiz).number == 1
        refused = code_of(lambda: start_attempt(actor=school.actor("classmate"), quiz=quiz))
    assert refused == "not_open_yet"


def test_one_learner_and_many_are_told_the_same(school: School, quiz: Quiz) -> None:
    give(school, quiz, Change(closes_at=NINE + 2 * HOUR), group=group_of(school))
    give(school, quiz, Change(attempts_allowed=2), person=school.classmate)
    actor = school.actor("instructor")
    set_accommodation(actor=actor, person=school.learner, time_factor=Decimal(2))
    lines = dates_of_learners(quiz, list(learner_rows(actor, quiz)))
    assert len(lines) == 2
    for line in lines:
        assert line.dates == dates_for(quiz, line.learner.pk)
    by_name = {line.learner.pk: line for line in lines}
    assert by_name[school.learner.pk].groups == ["Late shift"]
    assert by_name[school.classmate.pk].own


def test_open_attempts_get_more_time_and_never_less(school: School, quiz: Quiz) -> None:
    with travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        row = give(
            school,
            quiz,
            Change(limit_seconds=5400, closes_at=NINE + 2 * HOUR),
            group=group_of(school),
        )
        attempt.refresh_from_db()
        assert attempt.deadline == NINE + timedelta(minutes=90)
        assert attempt.steps.get(kind=StepKind.EXTENDED).data["reason"] == (
            "Other dates for the learner."
        )
        give(school, quiz, Change(limit_seconds=60), person=school.learner)
        remove_override(actor=school.actor("instructor"), override=row)
        attempt.refresh_from_db()
    assert attempt.deadline == NINE + timedelta(minutes=90)
    assert DateOverride.objects.count() == 1


def test_setting_again_replaces(school: School, quiz: Quiz) -> None:
    give(school, quiz, Change(attempts_allowed=2), person=school.learner)
    row = give(school, quiz, Change(limit_seconds=60), person=school.learner)
    assert DateOverride.objects.get() == row
    assert (row.attempts_allowed, row.time_limit_seconds) == (None, 60)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change(), "closes_at"),
        (Change(closes_at=NINE), "closes_at"),
        (Change(opens_at=NINE + HOUR), "closes_at"),
        (Change(due_at=NINE), "due_at"),
        (Change(due_at=NINE + 2 * HOUR), "closes_at"),
        (Change(limit_seconds=9), "time_limit_seconds"),
        (Change(attempts_allowed=1001), "attempts_allowed"),
    ],
)
def test_borders_that_contradict_are_refused(
    school: School, quiz: Quiz, change: Change, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give(school, quiz, change, person=school.learner)
    assert list(refused.value.errors) == [field]


def test_open_attempts_end_later_when_their_group_changes(
    school: School, quiz: Quiz, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    group, boss = group_of(school), school.actor("instructor")
    give(school, quiz, Change(closes_at=NINE + 2 * HOUR, limit_seconds=1800), group=group)
    with travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        ends = [attempt.deadline]
        for learners in ([], [school.learner]):
            with django_capture_on_commit_callbacks(execute=True):
                change_group(actor=boss, group=group, learners=learners)
            attempt.refresh_from_db()
            ends.append(attempt.deadline)
    assert ends == [NINE + HOUR / 2, NINE + HOUR, NINE + HOUR]
    steps = attempt.steps.filter(kind=StepKind.EXTENDED)
    assert [step.data["reason"] for step in steps] == ["Other dates for the learner."]


def test_overrides_are_for_learners_and_groups_of_the_course(school: School, quiz: Quiz) -> None:
    change = Change(attempts_allowed=2)
    elsewhere = make_school()
    foreign = group_of(elsewhere)
    for whose in (
        {},
        {"person": school.learner, "group": group_of(school)},
        {"person": school.assistant},
        {"person": school.outsider},
        {"group": foreign},
    ):
        assert code_of(lambda whose=whose: give(school, quiz, change, **whose)) == "invalid"  # type: ignore[misc]
    for who, problem in (("assistant", Denied), ("learner", Denied), ("outsider", NotFound)):
        with pytest.raises(problem):
            set_override(actor=school.actor(who), work=quiz, change=change, person=school.learner)
    assert DateOverride.objects.count() == 0


def test_a_break_stops_the_clock_on_the_record(school: School, quiz: Quiz) -> None:
    staff, actor = school.actor("instructor"), school.actor("learner")
    set_accommodation(actor=staff, person=school.learner, break_minutes=10)
    with travel(NINE):
        attempt = start_attempt(actor=actor, quiz=quiz)
        part = attempt.questions.get()
    with travel(NINE + timedelta(minutes=20)):
        paused = pause_attempt(actor=actor, attempt=attempt)
        assert pause_attempt(actor=actor, attempt=attempt).paused_at == paused.paused_at
        assert sheet(actor, paused).questions == []
        assert sheet(school.actor("assistant"), paused).questions != []
        answer: dict[str, Any] = {"attempt": attempt, "question": part, "answer": True, "seq": 1}
        refused = code_of(lambda: save_answer(actor=actor, **answer))
        assert refused == "attempt_paused"
    with travel(NINE + timedelta(minutes=24)):
        again = resume_attempt(actor=actor, attempt=attempt)
        assert again.deadline == NINE + timedelta(minutes=64)
        assert again.break_left == 360
        save_answer(actor=actor, **answer)
    kinds = list(attempt.steps.filter(question=None).order_by("seq").values_list("kind", "data"))
    assert kinds[1:] == [
        (StepKind.PAUSED, {"left": 600}),
        (StepKind.RESUMED, {"seconds": 240, "deadline": "2026-03-02T10:04:00+00:00"}),
    ]


def test_a_break_that_is_used_up_ends_by_itself(school: School, quiz: Quiz) -> None:
    actor = school.actor("learner")
    set_accommodation(actor=school.actor("instructor"), person=school.learner, break_minutes=10)
    with travel(NINE):
        attempt = start_attempt(actor=actor, quiz=quiz)
        attempt = pause_attempt(actor=actor, attempt=attempt)
    with travel(NINE + timedelta(minutes=69)):
        going = settle(attempt)
        assert (going.state, going.paused_at) == (AttemptState.OPEN, None)
        assert going.deadline == NINE + timedelta(minutes=70)
        assert code_of(lambda: pause_attempt(actor=actor, attempt=attempt)) == "no_break"
    with travel(NINE + timedelta(minutes=71)):
        closed = settle(going)
    assert closed.submitted_at == NINE + timedelta(minutes=70)


def test_an_attempt_left_on_a_break_is_handed_in_at_its_end(school: School, quiz: Quiz) -> None:
    actor = school.actor("learner")
    set_accommodation(actor=school.actor("instructor"), person=school.learner, break_minutes=10)
    with travel(NINE):
        attempt = start_attempt(actor=actor, quiz=quiz)
    with travel(NINE + timedelta(minutes=59)):
        attempt = pause_attempt(actor=actor, attempt=attempt)
    with travel(NINE + timedelta(days=1)):
        closed = settle(attempt)
    assert closed.submitted_at == closed.deadline == NINE + timedelta(minutes=70)
    assert closed.closed_by_clock


def test_handing_in_ends_a_break(school: School, quiz: Quiz) -> None:
    actor = school.actor("learner")
    set_accommodation(actor=school.actor("instructor"), person=school.learner, break_minutes=10)
    with travel(NINE):
        attempt = start_attempt(actor=actor, quiz=quiz)
        pause_attempt(actor=actor, attempt=attempt)
    with travel(NINE + timedelta(minutes=5)):
        done = submit_attempt(actor=actor, attempt=attempt)
    assert (done.submitted_at, done.paused_at) == (NINE + timedelta(minutes=5), None)


def test_breaks_need_a_clock_and_minutes(school: School, quiz: Quiz) -> None:
    untimed = make_quiz(school, QuestionKind.TRUE_FALSE)
    actor = school.actor("learner")
    with travel(NINE):
        for one in (quiz, untimed):
            attempt = start_attempt(actor=actor, quiz=one)
            pause = lambda attempt=attempt: pause_attempt(actor=actor, attempt=attempt)  # noqa: E731
            assert code_of(pause) == "no_break"
        staff = school.actor("instructor")
        set_accommodation(actor=staff, person=school.learner, break_minutes=5)
        running = Attempt.objects.get(quiz=quiz)
        assert pause_attempt(actor=actor, attempt=running).break_left == 300


@pytest.mark.parametrize(
    "given", [{"break_minutes": 241}, {"extra_days": -1}, {"early_minutes": 10_081}]
)
def test_numbers_of_an_accommodation_have_borders(school: School, given: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refused:
        set_accommodation(
            actor=school.actor("instructor"),
            person=school.learner,
            **given,  # type: ignore[arg-type]
        )
    assert list(refused.value.errors) == list(given)


def test_pages_give_show_and_take_back_dates(school: School, quiz: Quiz) -> None:
    client = Client()
    client.force_login(school.instructor)
    url = f"/teach/{school.course.slug}/quizzes/{quiz.lesson.public_id}/dates/"
    group = group_of(school)
    whose = f"group:{group.public_id}"
    assert "Late shift" in client.get(f"{url}new/").content.decode()
    bad = client.post(f"{url}new/", {"whose": whose, "closes_at": "2026-03-02T08:00"})
    assert bad.status_code == 400
    assert "It would close before it opens." in bad.content.decode()
    good = {"whose": whose, "closes_at": "2026-03-02T12:00", "minutes": "200"}
    assert client.post(f"{url}new/", good).headers["Location"] == url
    shown = client.get(url).content.decode()
    assert "Closes before the time is up" in shown
    assert shown.count("Late shift") >= 2
    row = DateOverride.objects.get()
    assert 'value="200"' in client.get(f"{url}{row.public_id}/").content.decode()
    client.post(f"{url}{row.public_id}/remove/")
    assert DateOverride.objects.count() == 0


def test_pages_take_a_break_and_go_on(school: School, quiz: Quiz) -> None:
    actor = school.actor("instructor")
    set_accommodation(actor=actor, person=school.learner, break_minutes=10)
    client = Client()
    client.force_login(school.learner)
    with travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        url = f"/c/{school.course.slug}/learn/{quiz.lesson.public_id}/attempt/{attempt.public_id}/"
        part = attempt.questions.get()
        assert "Take a break (10 min left)" in client.get(url).content.decode()
        form = {f"asked-{part.public_id}": "1", f"answer-{part.public_id}": "true"}
        client.post(url, {**form, "act": "pause"})
        part.refresh_from_db()
        assert part.answer is True
        shown = client.get(url).content.decode()
        assert "Your clock stands still" in shown
        assert "A cairn is a pile" not in shown
        api = client.get(f"/api/v1/attempts/{attempt.public_id}/").json()
        assert (api["questions"], api["break_seconds_left"]) == ([], 600)
        assert client.get(f"{url}hand-in/").headers["Location"] == url
    with travel(NINE + timedelta(minutes=1)):
        client.post(f"{url}go-on/")
        assert "A cairn is a pile" in client.get(url).content.decode()


def test_api_reads_and_writes_dates(school: School, quiz: Quiz) -> None:
    teacher, client = Client(), Client()
    teacher.force_login(school.instructor)
    client.force_login(school.learner)
    path = f"/api/v1/quizzes/{quiz.public_id}/"
    body = {"person": school.learner.public_id, "closes_at": "2026-03-02T12:00:00Z"}
    made = teacher.put(f"{path}overrides/", body, content_type="application/json")
    assert made.status_code == 200, made.content
    assert made.json()["closes_at"] == "2026-03-02T12:00:00Z"
    assert made.json()["time_limit_seconds"] is None
    own = client.get(f"{path}own-dates/").json()
    assert own == {
        "opens_at": "2026-03-02T09:00:00Z",
        "due_at": None,
        "closes_at": "2026-03-02T12:00:00Z",
        "time_limit_seconds": 3600,
        "attempts_allowed": 1,
    }
    lines = teacher.get(f"{path}dates/").json()["results"]
    assert [(one["own"], one["closes_at"]) for one in lines if one["own"]] == [
        (True, "2026-03-02T12:00:00Z")
    ]
    assert teacher.delete(f"{path}overrides/{made.json()['id']}/").status_code == 204
    assert teacher.get(f"{path}overrides/").json()["count"] == 0


def test_lists_of_dates_cost_the_same_for_one_and_three(school: School, quiz: Quiz) -> None:
    teacher = Client()
    teacher.force_login(school.instructor)
    path = f"/api/v1/quizzes/{quiz.public_id}/"
    page = f"/teach/{school.course.slug}/quizzes/{quiz.lesson.public_id}/dates/"
    Enrolment.objects.filter(user=school.classmate).delete()
    give(school, quiz, Change(attempts_allowed=2), person=school.learner)

    people = iter((school.classmate, school.outsider))

    def more() -> None:
        person = next(people)
        Enrolment.objects.create(course=school.course, user=person, role=CourseRole.LEARNER)
        give(school, quiz, Change(attempts_allowed=2), person=person)

    doors = [f"{path}dates/", f"{path}overrides/", page]
    assert_constant_queries(lambda: [teacher.get(door) for door in doors], more)

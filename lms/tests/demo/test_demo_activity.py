"""The invented months: the same every time, possible, and with something to see in them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from statistics import correlation, fmean

import pytest

from lms.management.demo_activity import PING_SECONDS, WEEKS, Act, Read, Sat, invent_activity
from lms.management.demo_content import DemoCourse, DemoQuestion, load_courses
from lms.management.demo_people import DemoPerson, load_people
from lms.management.demo_replies import right_reply, wrong_reply

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
COURSES = {course.slug: course for course in load_courses()}
PEOPLE = load_people()


def acts_of(person: DemoPerson, number: int = 0, now: datetime = NOW) -> list[Act]:
    learning = person.learns[number]
    return invent_activity(
        person, learning, PEOPLE.archetypes[learning.archetype], COURSES[learning.course], now
    )


def learner(email: str) -> DemoPerson:
    return next(person for person in PEOPLE.everyone if person.email == email)


def test_same_moment_gives_same_activity() -> None:
    person = PEOPLE.learners[0]
    assert acts_of(person) == acts_of(person)


def test_another_moment_moves_the_days_and_keeps_the_deeds() -> None:
    person = PEOPLE.learners[0]
    later = acts_of(person, now=NOW + timedelta(days=30))
    assert [(act.item, type(act)) for act in later] == [
        (act.item, type(act)) for act in acts_of(person)
    ]


@pytest.mark.parametrize("person", PEOPLE.learners, ids=lambda person: person.email)
def test_nobody_is_in_two_places_or_in_the_future(person: DemoPerson) -> None:
    acts = acts_of(person)
    assert acts
    assert acts[0].at >= NOW - timedelta(weeks=WEEKS)
    assert acts[-1].until < NOW
    assert all(before.until < after.at for before, after in pairwise(acts))


@pytest.mark.parametrize("person", PEOPLE.learners, ids=lambda person: person.email)
def test_attempts_keep_the_rules_of_the_quiz(person: DemoPerson) -> None:
    sats = [act for act in acts_of(person) if isinstance(act, Sat)]
    course = COURSES["thinking-with-data"]
    for quiz in course.quizzes:
        of_quiz = [sat for sat in sats if sat.item == quiz.key]
        assert len(of_quiz) <= quiz.attempts_allowed
        for sat in of_quiz:
            assert sat.until - sat.at < timedelta(minutes=quiz.time_limit_minutes)
            assert [answer.number for answer in sat.answers] == list(
                range(1, len(quiz.questions) + 1)
            )


def test_reading_time_comes_in_steps_that_the_server_accepts() -> None:
    steps = [
        ping
        for person in PEOPLE.learners
        for act in acts_of(person)
        if isinstance(act, Read)
        for ping in act.pings
    ]
    assert max(steps) == PING_SECONDS
    assert min(steps) > 0


def test_time_and_performance_go_together_loosely() -> None:
    minutes, scores = [], []
    for person in (*PEOPLE.learners, *PEOPLE.accounts[-2:]):
        acts = acts_of(person)
        sats = [act.share for act in acts if isinstance(act, Sat)]
        if sats:
            minutes.append(sum(sum(act.pings) for act in acts if isinstance(act, Read)) / 60)
            scores.append(fmean(sats))
    assert len(scores) >= 30
    assert 0.5 <= correlation(minutes, scores) <= 0.7


def test_archetypes_differ_in_what_they_finish_and_score() -> None:
    done: dict[str, list[float]] = {}
    scores: dict[str, list[float]] = {}
    for person in PEOPLE.learners:
        acts, name = acts_of(person), person.learns[0].archetype
        finished = {act.item for act in acts if isinstance(act, Sat) or act.finished}
        done.setdefault(name, []).append(len(finished) / 16)
        scores.setdefault(name, []).extend(a.share for a in acts if isinstance(a, Sat))
    assert fmean(done["steady"]) == 1.0
    assert fmean(done["steady"]) > fmean(done["sprinter"]) > fmean(done["struggling"])
    assert fmean(done["struggling"]) > fmean(done["fading"]) > fmean(done["lurker"])
    assert fmean(scores["steady"]) - fmean(scores["struggling"]) > 0.25


def test_student_has_a_lesson_open_since_yesterday() -> None:
    acts = acts_of(learner("student@example.com"))
    last = acts[-1]
    assert isinstance(last, Read)
    assert (last.item, last.finished) == ("08-testing-by-shuffling", False)
    assert timedelta(0) < NOW - last.at < timedelta(days=2)
    assert {act.item for act in acts if isinstance(act, Sat)} == {
        "quiz-1-reading-a-log",
        "quiz-2-chance-and-samples",
    }


def test_second_student_learns_in_both_courses() -> None:
    person = learner("student2@example.com")
    assert {act.course for n in (0, 1) for act in acts_of(person, n)} == set(COURSES)


@pytest.mark.parametrize("course", COURSES.values(), ids=lambda course: course.slug)
def test_wrong_replies_are_wrong_and_right_ones_right(course: DemoCourse) -> None:
    rng = Random(1)
    for quiz in course.quizzes:
        for asked in quiz.questions:
            assert is_right(asked, right_reply(asked))
            assert not any(is_right(asked, wrong_reply(asked, rng)) for _ in range(30))


def is_right(asked: DemoQuestion, reply: object) -> bool:
    if asked.truth is not None:
        return reply is asked.truth
    if asked.accepted:
        return reply in asked.accepted
    if asked.answer is not None:
        assert asked.tolerance is not None
        return abs(Decimal(str(reply)) - asked.answer) <= asked.tolerance
    assert isinstance(reply, tuple)
    return set(reply) == {option.text for option in asked.options if option.correct}

"""Invented learning for tests of scale: which events happened, drawn from a seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# Ids of lessons, quizzes and rows that do not exist: far above those of real ones, so that an
# invented event never tells of a real quiz.
NOWHERE = 4_000_000_000
LESSONS, QUIZZES = 40, 8
MICRO = 1_000_000
# How much is done in each hour of a day, and on each day of a week from Monday (relative).
HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 19, 15, 16, 18, 18, 16, 14, 13, 15, 17, 15, 9, 4)
WEEKDAYS = (11, 11, 10, 10, 8, 6, 9)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to invent: `pairs` are (course, learner); `start` and `end` are aware moments."""

    events: int
    pairs: tuple[tuple[int, int], ...]
    start: datetime
    end: datetime
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Invented:
    """One event; `at` is in UTC as ISO text without a zone, `data` is JSON."""

    kind: str
    at: str
    by_person: bool
    learner: int
    course: int
    data: str


# Each writer gets (course, learner, a number of its own, a share of 0..1, the moment).
Writer = Callable[[int, int, int, float, str], str]


def _viewed(course: int, learner: int, number: int, share: float, at: str) -> str:
    lesson = NOWHERE + course * LESSONS + number % LESSONS
    return (
        f'{{"course_id": {course}, "lesson_id": {lesson}, "learner_id": {learner}, '
        f'"seconds": {15 + int(share * 285)}}}'
    )


def _completed(course: int, learner: int, number: int, share: float, at: str) -> str:
    lesson = NOWHERE + course * LESSONS + number % LESSONS
    return f'{{"course_id": {course}, "lesson_id": {lesson}, "learner_id": {learner}}}'


def _started(course: int, learner: int, number: int, share: float, at: str) -> str:
    quiz = NOWHERE + course * QUIZZES + number % QUIZZES
    return (
        f'{{"course_id": {course}, "attempt_id": {NOWHERE + number}, "quiz_id": {quiz}, '
        f'"learner_id": {learner}}}'
    )


def _submitted(course: int, learner: int, number: int, share: float, at: str) -> str:
    quiz = NOWHERE + course * QUIZZES + number % QUIZZES
    late = "true" if number % 40 == 0 else "false"
    return (
        f'{{"course_id": {course}, "attempt_id": {NOWHERE + number}, "quiz_id": {quiz}, '
        f'"learner_id": {learner}, "score": "{share * 10:.4f}", "max_score": "10.0000", '
        f'"by_clock": {late}}}'
    )


def _graded(course: int, learner: int, number: int, share: float, at: str) -> str:
    quiz = NOWHERE + course * QUIZZES + number % QUIZZES
    return (
        f'{{"course_id": {course}, "grade_id": {NOWHERE + number}, "item_id": {quiz}, '
        f'"attempt_id": {NOWHERE + number}, "quiz_id": {quiz}, "learner_id": {learner}, '
        f'"before": null, "after": "{share * 10:.4f}", "max_score": "10.0000", '
        '"released": true}'
    )


def _wrote(course: int, learner: int, number: int, share: float, at: str) -> str:
    return f'{{"course_id": {course}, "message_id": {NOWHERE + number}, "sender_id": {learner}}}'


def _told(course: int, learner: int, number: int, share: float, at: str) -> str:
    return (
        f'{{"course_id": {course}, "learner_id": {learner}, '
        f'"statements": {1 + int(share * 49)}, "latest": "{at}+00:00"}}'
    )


# Kind, how often among a hundred, whether a person did it, and what it says.
MIX: tuple[tuple[str, int, bool, Writer], ...] = (
    ("courses.lesson_viewed", 70, True, _viewed),
    ("courses.lesson_completed", 10, True, _completed),
    ("assessments.attempt_started", 4, True, _started),
    ("assessments.attempt_submitted", 4, True, _submitted),
    ("assessments.grade_changed", 4, False, _graded),
    ("realtime.message_sent", 5, True, _wrote),
    ("analytics.statements_received", 3, True, _told),
)


def invent(plan: Plan, first: int, count: int) -> Iterator[Invented]:
    """The events `first` to `first + count` of a plan, in the order of time.

    The same plan gives the same events, also when they are drawn in other pieces of `count`
    that begin at the same places. Some learners do much and most do little.
    """
    drawn = _draw(plan, first, count)
    for number, (kind, pair, share, at) in enumerate(drawn, start=first):
        name, _weight, by_person, write = MIX[kind]
        course, learner = plan.pairs[pair]
        yield Invented(
            name, at, by_person, learner, course, write(course, learner, number, share, at)
        )


def _draw(plan: Plan, first: int, count: int) -> Iterator[tuple[int, int, float, str]]:
    import numpy as np

    random = np.random.default_rng([plan.seed, first])
    kinds = np.repeat(np.arange(len(MIX)), [one[1] for one in MIX])
    busy = np.random.default_rng([plan.seed]).lognormal(0.0, 1.0, len(plan.pairs)).cumsum()
    pairs = np.searchsorted(busy, random.random(count) * busy[-1], side="right")
    able = np.random.default_rng([plan.seed, 1, 1]).random(len(plan.pairs))
    shares = np.clip(able[pairs] * 0.6 + random.random(count) * 0.4, 0.0, 1.0)
    places = (first + np.sort(random.random(count)) * count) / plan.events
    moments = _moments(plan, places)
    return zip(
        kinds[random.integers(0, len(kinds), count)].tolist(),
        np.minimum(pairs, len(plan.pairs) - 1).tolist(),
        shares.tolist(),
        moments,
        strict=True,
    )


def _moments(plan: Plan, places: Any) -> list[str]:
    """Places of 0..1 in the run of events as moments: little at night and on Saturdays."""
    import numpy as np

    begin, end = plan.start.timestamp(), plan.end.timestamp()
    edges = np.append(np.arange(begin, end, 3600.0), end)
    hours = (edges[:-1] // 3600).astype(np.int64)
    # The first of January 1970 was a Thursday.
    busy = np.array(HOURS)[hours % 24] * np.array(WEEKDAYS)[(hours // 24 + 3) % 7]
    done = np.append(0.0, np.cumsum(busy * np.diff(edges)))
    seconds = np.interp(places, done / done[-1], edges)
    micros = (seconds * MICRO).astype("int64").astype("datetime64[us]")
    texts: list[str] = np.datetime_as_string(micros).tolist()
    return texts

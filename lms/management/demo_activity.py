"""Months of invented learning, the same every time: who did what, when.

Pure Python. Each learner has a random stream of their own, seeded by their address, so that
adding a learner changes nobody else. Time spent and success are tied together the way they are
in life: loosely. `demo_loading` replays the result through the services.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log2
from random import Random
from typing import TypeAlias
from zoneinfo import ZoneInfo

from lms.management.demo_content import DemoCourse, DemoItem, DemoLesson, DemoQuestion, DemoQuiz
from lms.management.demo_people import Archetype, DemoPerson, Learning
from lms.management.demo_replies import Reply, right_reply, wrong_reply

WEEKS = 12
# The server accepts at most five minutes between two signs of life in a lesson.
PING_SECONDS = 290
DIFFICULTY = {"easy": -1.2, "medium": -0.1, "hard": 0.9}
# Logits gained per doubling of the time spent, and per repeated attempt.
DILIGENCE = 1.0
PRACTICE = 0.5
LEAVE_OPEN = frozenset({"fading", "lurker", "struggling"})


@dataclass(frozen=True, slots=True)
class Read:
    """A lesson opened at `at` and read in `pings` of seconds; finished or left open."""

    at: datetime
    email: str
    course: str
    item: str
    pings: tuple[int, ...]
    finished: bool

    @property
    def until(self) -> datetime:
        """When the last sign of life came."""
        return self.at + timedelta(seconds=sum(self.pings))


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply to the question with this number (from 1), seconds after the one before."""

    number: int
    seconds: int
    reply: Reply
    right: bool


@dataclass(frozen=True, slots=True)
class Sat:
    """One attempt at a quiz, begun at `at` and submitted after the last answer."""

    at: datetime
    email: str
    course: str
    item: str
    answers: tuple[Answered, ...]

    @property
    def until(self) -> datetime:
        """When it was submitted."""
        return self.at + timedelta(seconds=sum(answer.seconds for answer in self.answers) + 10)

    @property
    def share(self) -> float:
        """The share of questions answered right, 0 to 1."""
        return sum(answer.right for answer in self.answers) / len(self.answers)


Act: TypeAlias = Read | Sat


@dataclass(slots=True)
class Learner:
    """A person with the traits that their archetype and their own random stream give them."""

    person: DemoPerson
    archetype: Archetype
    rng: Random
    ability: float
    pace: float
    start: timedelta
    span: timedelta

    @classmethod
    def invent(cls, person: DemoPerson, archetype: Archetype) -> "Learner":
        """Draw the traits; the same person gets the same ones every time."""
        rng = Random(f"cairn-demo:{person.email}")  # noqa: S311 - invented, not secret
        pace = max(0.3, rng.gauss(*archetype.minutes_factor))
        return cls(
            person=person,
            archetype=archetype,
            rng=rng,
            ability=rng.gauss(*archetype.ability) + DILIGENCE * log2(pace),
            pace=pace,
            start=timedelta(weeks=rng.uniform(*archetype.start_week)),
            span=timedelta(weeks=rng.uniform(*archetype.weeks)),
        )


def invent_activity(
    person: DemoPerson, learning: Learning, archetype: Archetype, course: DemoCourse, now: datetime
) -> list[Act]:
    """Everything one learner did in a course that opened `WEEKS` weeks before `now`, in order."""
    learner = Learner.invent(person, archetype)
    reach = learner.rng.uniform(*archetype.reach)
    items = course.items[: learning.items or max(2, round(reach * len(course.items)))]
    leaves = learning.leave_open or archetype.name in LEAVE_OPEN
    portions = list(_portions(learner, items))
    acts: list[Act] = []
    evenings = _evenings(learner, len(portions), now, learning.last_day)
    for evening, portion in zip(evenings, portions, strict=True):
        at = evening
        for item in portion:
            last = leaves and item is items[-1] and len(items) < len(course.items)
            done = list(_work(learner, course, item, at, leave=last))
            acts.extend(done)
            at = (done[-1].until if done else at) + _minutes(learner, 1, 6)
    return [act for act in acts if act.until < now]


def _portions(learner: Learner, items: tuple[DemoItem, ...]) -> Iterator[tuple[DemoItem, ...]]:
    """Cut the outline into sittings: sprinters take several items at once, others one or two."""
    sizes = (3, 4, 5) if learner.archetype.name == "sprinter" else (1, 1, 2)
    begin = 0
    while begin < len(items):
        size = learner.rng.choice(sizes)
        yield items[begin : begin + size]
        begin += size


def _evenings(learner: Learner, count: int, now: datetime, last_day: int | None) -> list[datetime]:
    """When the learner sat down: `count` moments on rising days, mostly in their evening.

    The last falls on `last_day` days before now when that is given, and never later than yesterday.
    """
    opened = now - timedelta(weeks=WEEKS)
    zone = ZoneInfo(learner.person.time_zone)
    days: list[int] = []
    for number in range(count):
        share = _warp(learner.archetype.name, number / max(1, count - 1))
        day = (learner.start + learner.span * share).days + learner.rng.choice((0, 0, 1))
        days.append(max(day, days[-1] + 1 if days else 0))
    end = WEEKS * 7 - (last_day or 1)
    late = days[-1] - end if last_day else max(0, days[-1] - end)
    moments = []
    for day in days:
        night = learner.rng.random() < learner.archetype.night_owl
        hour = learner.rng.uniform(21.5, 23.2) if night else learner.rng.uniform(16.5, 20.5)
        date = (opened + timedelta(days=max(0, day - late))).astimezone(zone).date()
        moment = datetime(date.year, date.month, date.day, tzinfo=zone) + timedelta(hours=hour)
        moments.append(max(moment.astimezone(now.tzinfo), opened + timedelta(hours=1)))
    return moments


def _warp(archetype: str, share: float) -> float:
    """Bend the even spread of sittings: fading gaps grow, the returning have a hole."""
    if archetype == "fading":
        return float(share**1.7)
    if archetype == "returning":
        return share * 0.6 if share < 0.5 else 0.7 + (share - 0.5) * 0.6
    return share


def _work(
    learner: Learner, course: DemoCourse, item: DemoItem, at: datetime, *, leave: bool
) -> Iterator[Act]:
    """What a learner does with one item of the outline."""
    if isinstance(item, DemoLesson):
        yield _read(learner, course, item, at, finished=not leave)
        return
    if _skips(learner):
        return
    for number in range(item.attempts_allowed):
        sat = _sit(learner, course, item, at, number)
        yield sat
        if not _tries_again(learner, item, sat):
            return
        for lesson in _missed(course, item, sat):
            again = _read(learner, course, lesson, sat.until + _minutes(learner, 2, 9), again=True)
            yield again
            at = again.until + _minutes(learner, 2, 6)


def _skips(learner: Learner) -> bool:
    odds = {"lurker": 0.5, "fading": 0.2}.get(learner.archetype.name, 0.0)
    return learner.rng.random() < odds


def _tries_again(learner: Learner, quiz: DemoQuiz, sat: Sat) -> bool:
    if sat.share * 100 < quiz.pass_percent:
        return learner.rng.random() < (0.8 if learner.archetype.name != "lurker" else 0.2)
    return sat.share < 0.85 and learner.rng.random() < 0.25


def _missed(course: DemoCourse, quiz: DemoQuiz, sat: Sat) -> list[DemoLesson]:
    """The lesson of the first question that went wrong, to be read again."""
    wrong = [quiz.questions[a.number - 1].lesson for a in sat.answers if not a.right]
    return [lesson for lesson in course.lessons if lesson.key in wrong[:1]]


def _read(
    learner: Learner,
    course: DemoCourse,
    lesson: DemoLesson,
    at: datetime,
    *,
    finished: bool = True,
    again: bool = False,
) -> Read:
    minutes = lesson.minutes * learner.pace * exp(learner.rng.gauss(0, 0.15))
    seconds = round(minutes * 60 * (0.35 if again else 1.0) * (1.0 if finished else 0.4))
    whole, rest = divmod(max(40, seconds), PING_SECONDS)
    pings = (PING_SECONDS,) * whole + ((rest,) if rest else ())
    return Read(at, learner.person.email, course.slug, lesson.key, pings, finished and not again)


def _sit(learner: Learner, course: DemoCourse, quiz: DemoQuiz, at: datetime, number: int) -> Sat:
    answers = []
    limit = quiz.time_limit_minutes * 60 / len(quiz.questions) * 0.8
    for place, question in enumerate(quiz.questions, start=1):
        right = learner.rng.random() < _chance(learner, question, number)
        seconds = min(limit, 60 * learner.pace * exp(learner.rng.gauss(0, 0.4)))
        reply = right_reply(question) if right else wrong_reply(question, learner.rng)
        answers.append(Answered(place, round(seconds), reply, right))
    return Sat(at, learner.person.email, course.slug, quiz.key, tuple(answers))


def _chance(learner: Learner, question: DemoQuestion, number: int) -> float:
    """Probability of a right answer: a logistic curve above the level of guessing.

    Source: the three-parameter model of Birnbaum (1968), with discrimination 1.
    """
    guess = {"single_choice": 0.2, "true_false": 0.45}.get(question.kind, 0.0)
    # Questions differ beyond the three words for difficulty, always in the same way.
    quirk = Random(f"cairn-demo:{question.stem}").gauss(0, 0.4)  # noqa: S311 - not secret
    logit = 1.3 * learner.ability + PRACTICE * number - DIFFICULTY[question.difficulty] - quirk
    return guess + (1 - guess) / (1 + exp(-logit))


def _minutes(learner: Learner, least: float, most: float) -> timedelta:
    return timedelta(seconds=round(60 * learner.rng.uniform(least, most)))

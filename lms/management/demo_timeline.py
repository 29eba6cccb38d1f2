"""Replay the invented months through the services, each deed at its own moment.

Nothing is written behind a service's back: rules, locks, scores, events and notifications are
the real ones. Only the clock is set back, by `clock.travel`.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import User
from assessments.models import Attempt, AttemptQuestion, Question, Quiz
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.closing import submit_attempt
from courses.models import Course, Lesson
from courses.services.enrolment import enrol_learner
from courses.services.progress import complete_lesson, open_lesson, record_progress
from lms.kernel import clock
from lms.kernel.actors import Actor, for_user
from lms.kernel.jobs.run import run_job
from lms.kernel.models import Job, JobState
from lms.management.demo_activity import Act, Answered, Read, Sat
from lms.management.demo_people import Announcement, Conversation
from lms.management.demo_replies import Reply
from realtime.services.announcements import announce
from realtime.services.chat import send_message

# Seconds between lines: people think, and put the kettle on.
LINE_GAPS = (140, 65, 410, 95, 230)
_LINES = uuid.UUID("5c1d2f0e-6f0b-4d5e-9f2b-0f7a4f3f6c11")


@dataclass(slots=True)
class Stage:
    """What the replay needs at hand: people by address, courses, items and questions by key."""

    people: dict[str, User] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    lessons: dict[tuple[str, str], Lesson] = field(default_factory=dict)
    quizzes: dict[tuple[str, str], Quiz] = field(default_factory=dict)
    questions: dict[tuple[str, str], list[Question]] = field(default_factory=dict)

    def actor(self, email: str) -> Actor:
        """The person of that address as an actor."""
        return for_user(self.people[email])


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do at a moment."""

    at: datetime
    do: Callable[[], None]


def replay(deeds: Iterable[Deed]) -> int:
    """Do everything in the order of time; returns how many deeds there were."""
    ordered = sorted(deeds, key=lambda deed: deed.at)
    for deed in ordered:
        with clock.travel(deed.at):
            deed.do()
            run_waiting_jobs()
    return len(ordered)


def run_waiting_jobs() -> None:
    """Do at once what a worker would have done: people are told when things happen."""
    waiting = Job.objects.filter(state=JobState.QUEUED).order_by("pk")
    for job_id in waiting.values_list("pk", flat=True):
        run_job(job_id)


def enrolment(stage: Stage, email: str, course: str, at: datetime) -> Deed:
    """Somebody enrols by themselves."""
    return Deed(
        at,
        lambda: void(enrol_learner(actor=stage.actor(email), course=stage.courses[course])),
    )


def activity(stage: Stage, act: Act) -> Deed:
    """A lesson read or a quiz taken."""
    if isinstance(act, Read):
        return Deed(act.at, lambda: _read(stage, act))
    return Deed(act.at, lambda: _sit(stage, act))


def chat(stage: Stage, said: Conversation, at: datetime) -> list[Deed]:
    """The lines of a conversation, a few minutes apart."""
    course = stage.courses[said.course]
    deeds, moment = [], at
    for number, line in enumerate(said.lines):
        client_id = uuid.uuid5(_LINES, f"{said.course}:{said.days_ago}:{number}")
        deeds.append(
            Deed(
                moment,
                lambda line=line, client_id=client_id: void(  # type: ignore[misc]
                    send_message(
                        actor=stage.actor(line.email),
                        course=course,
                        client_id=client_id,
                        body=line.text,
                    )
                ),
            )
        )
        moment += timedelta(seconds=LINE_GAPS[number % len(LINE_GAPS)])
    return deeds


def announcement(stage: Stage, item: Announcement, at: datetime) -> Deed:
    """An announcement by somebody who teaches."""
    return Deed(
        at,
        lambda: void(
            announce(
                actor=stage.actor(item.author),
                course=stage.courses[item.course],
                title=item.title,
                body=item.body,
            )
        ),
    )


def void(_result: object) -> None:
    """Drop what a service returns, for deeds that are a single call."""


def _read(stage: Stage, act: Read) -> None:
    actor, lesson = stage.actor(act.email), stage.lessons[act.course, act.item]
    open_lesson(actor=actor, lesson=lesson)
    moment, total = act.at, sum(act.pings)
    for seconds in act.pings:
        moment += timedelta(seconds=seconds)
        share = (moment - act.at).total_seconds() / total
        with clock.travel(moment):
            record_progress(
                actor=actor,
                lesson=lesson,
                seconds=seconds,
                position=round(share * (100 if act.finished else 40)),
            )
    if act.finished:
        with clock.travel(moment):
            complete_lesson(actor=actor, lesson=lesson)


def _sit(stage: Stage, act: Sat) -> None:
    key, actor = (act.course, act.item), stage.actor(act.email)
    open_lesson(actor=actor, lesson=stage.lessons[key])
    attempt = start_attempt(actor=actor, quiz=stage.quizzes[key])
    numbers = {question.pk: place for place, question in enumerate(stage.questions[key], start=1)}
    answers = {answer.number: answer for answer in act.answers}
    moment = act.at
    for drawn in attempt.questions.select_related("version__question").order_by("ordinal"):
        answer = answers[numbers[drawn.version.question_id]]
        moment += timedelta(seconds=answer.seconds)
        with clock.travel(moment):
            _answer(actor, attempt, drawn, answer)
    with clock.travel(act.until):
        submit_attempt(actor=actor, attempt=attempt)


def _answer(actor: Actor, attempt: Attempt, drawn: AttemptQuestion, answer: Answered) -> None:
    value = _as_sent(drawn, answer.reply)
    save_answer(actor=actor, attempt=attempt, question=drawn, answer=value, seq=1)


def _as_sent(drawn: AttemptQuestion, reply: Reply) -> object:
    """The reply in the shape of the API: option ids for texts, everything else as it is."""
    if not isinstance(reply, tuple):
        return reply
    ids = {option["text"]: option["id"] for option in drawn.version.body["options"]}
    chosen = [ids[text] for text in reply]
    return chosen if drawn.version.question.kind == "multiple_choice" else chosen[0]

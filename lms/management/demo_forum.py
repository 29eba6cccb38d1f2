"""A forum for the first course: questions, one of them solved, and a graded discussion.

The people and what they write are invented. It goes through the services, at moments of the past.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from assessments.models import GradeCategory, GradeItem
from assessments.services.gradebook import ItemFields, update_item
from courses.models import Course, LearnerGroup
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.management.demo_timeline import Stage, run_waiting_jobs
from realtime.enums import ThreadKind
from realtime.models import ForumPost, ForumTask, ForumThread
from realtime.services.forum import NewThread, start_thread, write_post
from realtime.services.forum_editing import edit_post, mark_helpful, solve_thread
from realtime.services.forum_keeping import pin_thread, report_post, set_forum
from realtime.services.forum_task import TaskWish, set_task

SLUG: Final = "thinking-with-data"
_IDS: Final = uuid.UUID("2f7c0f7e-5a57-4d0b-8b53-6f6c1a0f2b11")
TEACHER, ASSISTANT = "instructor@example.com", "assistant@example.com"
MIKA, FARID = "student@example.com", "student2@example.com"
PRIYA, OSKAR = "priya.marigold@example.com", "oskar.fennelstad@example.com"


@dataclass(frozen=True, slots=True)
class Line:
    """A reply, `hours` after the thread began, to the reply of that number (0: to the thread)."""

    by: str
    hours: float
    text: str
    to: int = 0
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread of the demo; `solved` is the number of the reply that solved it."""

    days_ago: int
    by: str
    title: str
    text: str
    lines: tuple[Line, ...]
    kind: str = ThreadKind.DISCUSSION
    nameless: bool = False
    solved: int = 0
    helpful: tuple[str, ...] = ()


WELCOME: Final = Talk(
    70,
    TEACHER,
    "How this forum works",
    "Ask under **Questions**, talk under **General**. Say what you tried, and mark the reply that "
    "solved it: whoever comes next finds it.\n\nYou may post without your name. I can look who you "
    "are, and that I looked is written down.",
    (Line(ASSISTANT, 3, "I read here every evening. Nothing is too small to ask."),),
)
SPREAD: Final = Talk(
    31,
    MIKA,
    "Why divide by n less one, and not by n?",
    "In the lesson on spread the sum of squares is divided by `n - 1`. My spreadsheet offers both. "
    "I tried it with the numbers 2, 4 and 9 and get 13 or 8.7.\n\nWhich one do I hand in, and why?",
    (
        Line(OSKAR, 2, "I always take n. There are n numbers, after all."),
        Line(
            PRIYA,
            5,
            "The mean was made **from the same numbers**, so they lie closer to it than to the "
            "true one. Dividing by $n - 1$ makes up for that:\n\n"
            "- with the true mean known, divide by $n$;\n"
            "- with the mean of your sample, divide by $n - 1$.",
        ),
        Line(MIKA, 6, "So with three numbers only two can still move freely?", to=2),
        Line(PRIYA, 7, "Exactly. The third follows from the mean.", to=3),
        Line(ASSISTANT, 20, "What Priya says. Hand in 13.", to=2),
    ),
    kind=ThreadKind.QUESTION,
    solved=2,
    helpful=(MIKA, OSKAR, FARID),
)
AFRAID: Final = Talk(
    9,
    FARID,
    "I do not dare to ask what a sample is",
    "I have read the lesson twice. Everybody else seems to know it. What makes some of the people "
    "a *sample* and not just some of the people?",
    (
        Line(
            TEACHER,
            4,
            "That you say beforehand how they are chosen, and then keep to it. “Whoever came by” "
            "is some people; “every tenth who came by” is a sample. Good that you asked.",
        ),
        Line(FARID, 6, "Thank you. I feel less alone.", nameless=True),
    ),
    kind=ThreadKind.QUESTION,
    nameless=True,
)
CHARTS: Final = Talk(
    5,
    OSKAR,
    "The most dishonest chart you met this week",
    "I begin: a poster on my bus shows delays falling by half. The axis starts at 90 %.",
    (
        Line(PRIYA, 9, "A pie chart whose slices add up to 112 %. It was in colour, though."),
        Line(OSKAR, 10, "Somebody was generous with that pie.", to=1),
    ),
)
GRADED: Final = Talk(
    4,
    TEACHER,
    "Discuss: may a newspaper leave out the interval?",
    "A headline says: *“Support at 52 %.”* The interval goes from 48 to 56.\n\nWrite **one post** "
    "with your own view, and answer **two** others.",
    (
        Line(PRIYA, 8, "No. Without it the headline says “more than half”, and nobody knows that."),
        Line(
            MIKA,
            12,
            "A headline has no room for it. The first sentence has, and there it belongs.",
        ),
        Line(PRIYA, 14, "Who reads the first sentence?", to=2),
    ),
)


def open_forum_of_demo(stage: Stage, now: datetime) -> None:
    """All of this file, in the first course."""
    course = Course.objects.get(slug=SLUG)
    teacher = stage.actor(TEACHER)
    with clock.travel(now - timedelta(days=71)):
        set_forum(actor=teacher, course=course, anonymous_allowed=True)
    threads = {talk.title: _talk(stage, course, talk, now) for talk in _talks()}
    with clock.travel(now - timedelta(days=3)):
        pin_thread(actor=teacher, thread=threads[WELCOME.title], on=True)
        due = now + timedelta(days=6)
        wish = TaskWish(points=Decimal(10), due_at=due, posts_needed=1, replies_needed=2)
        task = set_task(actor=teacher, thread=threads[GRADED.title], wish=wish)
        _file(teacher, course, task)
        _mend(stage, threads[SPREAD.title])
        group = LearnerGroup.objects.filter(course=course).first()
        if group is not None:
            _among(teacher, course, group)
    run_waiting_jobs()


def _file(teacher: Actor, course: Course, task: ForumTask) -> None:
    """Its column stands among the written work."""
    category = GradeCategory.objects.get(course=course, name="Written work")
    item = GradeItem.objects.select_related("course").get(forum_task=task)
    fields = ItemFields(title=item.title, max_score=item.max_score, category=category)
    update_item(actor=teacher, item=item, fields=fields)


def _talks() -> tuple[Talk, ...]:
    return (WELCOME, SPREAD, AFRAID, CHARTS, GRADED)


def _talk(stage: Stage, course: Course, talk: Talk, now: datetime) -> ForumThread:
    begun = now - timedelta(days=talk.days_ago)
    with clock.travel(begun):
        new = NewThread(
            title=talk.title,
            body=talk.text,
            client_id=uuid.uuid5(_IDS, talk.title),
            kind=talk.kind,
            anonymous=talk.nameless,
        )
        root = start_thread(actor=stage.actor(talk.by), course=course, new=new).post
    posts = [root]
    for number, line in enumerate(talk.lines, 1):
        with clock.travel(begun + timedelta(hours=line.hours)):
            posts.append(_reply(stage.actor(line.by), root.thread, number, line, posts))
    if talk.solved:
        with clock.travel(begun + timedelta(hours=30)):
            _settle(stage, talk, posts[talk.solved])
    run_waiting_jobs()
    return _now(root).thread


def _reply(
    actor: Actor, thread: ForumThread, number: int, line: Line, posts: list[ForumPost]
) -> ForumPost:
    return write_post(
        actor=actor,
        thread=thread,
        client_id=uuid.uuid5(_IDS, f"{thread.title}:{number}"),
        body=line.text,
        parent=posts[line.to].public_id,
        anonymous=line.nameless,
    ).post


def _settle(stage: Stage, talk: Talk, post: ForumPost) -> None:
    solve_thread(actor=stage.actor(talk.by), thread=_now(post).thread, post=_now(post))
    for email in talk.helpful:
        mark_helpful(actor=stage.actor(email), post=_now(post), on=True)


def _mend(stage: Stage, thread: ForumThread) -> None:
    """A post that staff put right, so that there are earlier words, and one that is reported."""
    wrong = _now(thread.posts.get(seq=2))
    edit_post(
        actor=stage.actor(ASSISTANT),
        post=wrong,
        body="I always take n. There are n numbers, after all. *(Not for a sample: see below.)*",
        reason="So that nobody copies it",
    )
    report_post(actor=stage.actor(FARID), post=wrong, reason="This is wrong, is it not?")


def _among(teacher: Actor, course: Course, group: LearnerGroup) -> None:
    new = NewThread(
        title="Your table’s study",  # noqa: RUF001 - as people write it
        body="Which question do the four of you take? Settle it here.",
        client_id=uuid.uuid5(_IDS, "table"),
        group=group.public_id,
    )
    start_thread(actor=teacher, course=course, new=new)


def _now(post: ForumPost) -> ForumPost:
    return ForumPost.objects.select_related("thread__course").get(pk=post.pk)

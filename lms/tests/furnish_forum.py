"""Furnish the small world with a forum: a question with replies, one without a name, a task."""

import uuid
from decimal import Decimal

from lms.tests.world import World
from realtime.enums import ThreadKind
from realtime.models import ForumBoard
from realtime.services.forum import NewThread, start_thread, write_post
from realtime.services.forum_keeping import add_board, report_post, set_forum
from realtime.services.forum_task import TaskWish, set_task


def furnish_forum(world: World) -> None:
    """A question of the learner, replies of each kind, a restricted thread, a graded one."""
    course, teacher, learner = world.course, world.actors["instructor"], world.actors["learner"]
    set_forum(actor=teacher, course=course, anonymous_allowed=True)
    asked = start_thread(
        actor=learner,
        course=course,
        new=NewThread(
            title="Why do stones stand?",
            body="Does anybody know?",
            client_id=uuid.uuid4(),
            kind=ThreadKind.QUESTION,
        ),
    ).post
    world.things |= {"thread": asked.thread, "first post": asked, "board": asked.thread.board}
    for name, who, nameless in (
        ("reply", "learner2", False),
        ("staff reply", "instructor", False),
        ("nameless reply", "learner2", True),
    ):
        world.things[name] = write_post(
            actor=world.actors[who],
            thread=asked.thread,
            client_id=uuid.uuid4(),
            body="By their own weight.",
            anonymous=nameless,
        ).post
    report_post(actor=learner, post=world.things["reply"], reason="Rude")
    spare = add_board(actor=teacher, course=course, title="Spare")
    world.things["spare board"] = ForumBoard.objects.get(pk=spare.pk)
    _restricted(world)


def _restricted(world: World) -> None:
    teacher = world.actors["instructor"]
    group = world.things["group"]
    inner = start_thread(
        actor=teacher,
        course=world.course,
        new=NewThread(
            title="For the first row",
            body="Among you.",
            client_id=uuid.uuid4(),
            group=group.public_id,
        ),
    ).post
    world.things["group thread"] = inner.thread
    graded = start_thread(
        actor=teacher,
        course=world.course,
        new=NewThread(title="Discuss cairns", body="What for?", client_id=uuid.uuid4()),
    ).post
    wish = TaskWish(points=Decimal(10), post_first=True)
    set_task(actor=teacher, thread=graded.thread, wish=wish)
    world.things["graded thread"] = graded.thread

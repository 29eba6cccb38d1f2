"""What a forum keeps from learners: who wrote without a name, other groups' threads, reports."""

import uuid

from courses.services.group import create_group
from lms.kernel import actors
from lms.tests.leaks.marker import marker
from lms.tests.world import World
from realtime.models import ForumPost
from realtime.services.forum import NewThread, start_thread, write_post
from realtime.services.forum_editing import delete_post, edit_post
from realtime.services.forum_keeping import report_post, set_forum

MARKERS = [
    marker("a thread of another group", "zqothergroup"),
    marker("what a post said before it was edited", "zqearlierpost"),
    marker("what a deleted post said", "zqdeletedpost"),
    marker("why a classmate reported a post", "zqpostreport"),
    marker("what others wrote where one writes first", "zqwritefirst"),
]


def plant_forum(world: World) -> None:
    """Threads of which a learner may not learn everything.

    The classmate who says nothing under their name says something here without it: their name is
    a secret of its own.
    """
    teacher, peer = world.actors["instructor"], actors.for_user(world.people["peer"])
    set_forum(actor=teacher, course=world.course, anonymous_allowed=True)
    hidden = NewThread(
        title="Nobody shall know", body="I ask.", client_id=uuid.uuid4(), anonymous=True
    )
    thread = start_thread(actor=peer, course=world.course, new=hidden).post.thread

    def say(text: str) -> ForumPost:
        return write_post(
            actor=peer, thread=thread, client_id=uuid.uuid4(), body=text, anonymous=True
        ).post

    edit_post(actor=peer, post=say("zqearlierpost"), body="Said right")
    delete_post(actor=peer, post=say("zqdeletedpost"))
    report_post(actor=peer, post=world.things["staff reply"], reason="zqpostreport")
    others = create_group(
        actor=teacher, course=world.course, name="Far row", learners=[world.people["learner2"]]
    )
    inner = NewThread(
        title="zqothergroup", body="zqothergroup", client_id=uuid.uuid4(), group=others.public_id
    )
    start_thread(actor=teacher, course=world.course, new=inner)
    graded = world.things["graded thread"]
    write_post(
        actor=world.actors["learner2"],
        thread=graded,
        client_id=uuid.uuid4(),
        body="zqwritefirst",
    )

"""Events of every kind of audience, and addresses of calendars."""

from datetime import timedelta

from courses.services.group import create_group
from interop.services.event import EventFields, plan_event
from interop.services.feed import make_feed
from lms.kernel import clock
from lms.tests.world import World


def furnish_calendar(world: World) -> None:
    """What the course plans, what it plans for a group, what people plan for themselves."""
    teacher, learner = world.actors["instructor"], world.actors["learner"]
    group = create_group(
        actor=teacher,
        course=world.course,
        name="Calendar group",
        learners=[world.people["learner2"]],
    )
    day = clock.now() + timedelta(days=1)
    walk, visit, own, foreign = (
        EventFields(title=title, starts_at=day, ends_at=day + timedelta(hours=1))
        for title in ("A walk", "A visit", "My plan", "The teacher's plan")
    )
    world.things["event"] = plan_event(actor=teacher, course=world.course, fields=walk)
    plan_event(
        actor=teacher,
        course=world.course,
        fields=EventFields(title=visit.title, starts_at=day, ends_at=day, group=group.public_id),
    )
    world.things["own event"] = plan_event(actor=learner, fields=own)
    plan_event(actor=teacher, fields=foreign)
    world.things["feed"], world.tokens["feed"] = make_feed(actor=learner)
    make_feed(actor=teacher, course=world.course)

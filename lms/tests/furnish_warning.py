"""What the early warning said of people in the small world, and an objection that waits."""

from analytics.models import LearnerRisk
from analytics.services.risk import monday_of, object_to_warning
from lms.kernel import clock
from lms.tests.world import World

TOLD = {
    "base": -0.4,
    "rest": 0.1,
    "reasons": [["work", 1.3], ["silence", 0.4], ["joining", -0.2]],
    "figures": {"due": 4.0, "missed": 3.0, "silent": 12.0, "joined": -2.0},
}


def furnish_warning(world: World) -> None:
    """Risks of two learners this week; one of them objects."""
    now = clock.now()
    for name, chance in (("learner", 0.76), ("learner2", 0.61)):
        LearnerRisk.objects.create(
            course=world.course,
            learner=world.people[name],
            week=monday_of(now),
            day=40,
            chance=chance,
            told=TOLD,
            told_at=now,
        )
    world.things["risk objection"] = object_to_warning(
        actor=world.actors["learner2"], course=world.course, text="I was ill for a week."
    )

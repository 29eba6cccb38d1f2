"""The quiz of the small world asks about the outcome, and its learner masters some of it."""

from analytics.services.mastery import take_in
from lms.tests.world import World


def furnish_mastery(world: World) -> None:
    """The learner's handed-in answer counts for the outcome."""
    world.things["question"].outcomes.add(world.things["outcome"])
    take_in(
        world.course.pk,
        quizzes=[world.things["quiz"].pk],
        learners=[world.people["learner"].pk],
    )

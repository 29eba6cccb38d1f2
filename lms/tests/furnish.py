"""Furnish the small world with something of every kind that a rule speaks of."""

from lms.kernel.models import Job
from lms.tests.world import World


def furnish(world: World) -> None:
    """Add jobs, questions, attempts, grades, messages, drafts and the rest."""
    for name in ("learner", "instructor"):
        Job.objects.create(kind="kernel.x", actor_kind="user", created_by_id=world.people[name].pk)

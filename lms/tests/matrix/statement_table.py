"""Who tells of acts of learning, and reads their own."""

from typing import Any

from lms.kernel import clock
from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1
from lms.tests.matrix.run import Row
from lms.tests.world import World


def _told(world: World) -> dict[str, Any]:
    now = clock.now().isoformat()
    act = {"id": "7f8d0c3e-6c1f-4b9a-9d53-1d0b6a1c2f10", "verb": "played", "at": now}
    return {"course": world.course.public_id, "sent_at": now, "events": [act]}


API = [
    Row(f"GET {V1}/analytics/events/", p.members(), query="?course={course}"),
    Row(f"POST {V1}/analytics/events/", p.learners(), body=_told),
]

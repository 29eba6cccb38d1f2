"""What the demo's people plan: an hour every week, a walk, and something private."""

from datetime import UTC, datetime, timedelta

from interop.services.event import EventFields, plan_event
from lms.management.demo_timeline import Stage

COURSE = "thinking-with-data"
TEACHER, MIKA = "instructor@example.com", "student@example.com"


def plan_demo(stage: Stage, now: datetime) -> None:
    """Events of the first course around today, and one that Mika alone sees."""
    teacher, course = stage.actor(TEACHER), stage.courses[COURSE]
    noon = now.astimezone(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
    hour = EventFields(
        title="Office hour",
        text="Bring the figure that does not want to add up.",
        starts_at=noon - timedelta(weeks=2, days=noon.weekday()),
        ends_at=noon - timedelta(weeks=2, days=noon.weekday()) + timedelta(hours=1),
        place="Room 2.14",
        repeat_until=(noon + timedelta(weeks=6)).date(),
    )
    count = EventFields(
        title="A morning of counting",
        text="We count what passes the bridge, and compare our tables afterwards.",
        starts_at=noon + timedelta(days=3),
        all_day=True,
        place="The old bridge",
    )
    mine = EventFields(
        title="Read chapter three again",
        starts_at=noon + timedelta(days=1),
        ends_at=noon + timedelta(days=1, hours=2),
    )
    plan_event(actor=teacher, course=course, fields=hour)
    plan_event(actor=teacher, course=course, fields=count)
    plan_event(actor=stage.actor(MIKA), fields=mine)

"""Files of reports and reports by mail in the small world."""

from datetime import timedelta

from django.core.files.base import ContentFile

from analytics.models import ReportExport, ReportSchedule
from lms.kernel import clock
from lms.tests.world import World


def furnish_reports(world: World) -> None:
    """A report by mail and an export of the instructor's, and one that nobody else may take."""
    world.things["report schedule"] = ReportSchedule.objects.create(
        course=world.course,
        user=world.people["instructor"],
        every="weekly",
        weekday=0,
        hour=8,
        next_at=clock.now() + timedelta(days=3),
    )
    for name, who in (("report export", "instructor"), ("foreign export", "left")):
        row = ReportExport(
            course=world.course,
            made_by=world.people[who],
            format="csv",
            expires_at=clock.now() + timedelta(days=1),
        )
        row.file.save("world.zip", ContentFile(b"PK"), save=False)
        row.save()
        world.things[name] = row

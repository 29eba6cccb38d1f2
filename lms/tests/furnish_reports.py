"""Files of reports in the small world."""

from datetime import timedelta

from django.core.files.base import ContentFile

from analytics.models import ReportExport
from lms.kernel import clock
from lms.tests.world import World


def furnish_reports(world: World) -> None:
    """An export of the instructor's, and one that nobody else may take."""
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

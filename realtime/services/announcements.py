"""Tell everybody in a course something."""

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, render_markdown, require_line, require_text
from realtime.enums import MAX_ANNOUNCEMENT, MAX_TITLE
from realtime.events import AnnouncementPublished
from realtime.models import Announcement
from realtime.rules import DELETE_ANNOUNCEMENT


def announce(*, actor: Actor, course: Course, title: str, body: str) -> Announcement:
    """Publish an announcement; members hear of it by their notification switches.

    Raises Invalid with the field, Denied for everybody but the course's instructors.
    """
    require(actor, MANAGE_COURSE, course)
    title = require_line(title.strip(), field="title", max_length=MAX_TITLE)
    body = require_text(body, field="body", max_length=MAX_ANNOUNCEMENT).strip()
    for field, value in (("title", title), ("body", body)):
        if not value:
            raise Invalid(_("Write something first."), field=field)
    with transaction.atomic():
        announcement = Announcement(
            course=course,
            title=title,
            body=body,
            pipeline_version=str(PIPELINE_VERSION),
            author_id=actor.user_id,
            published_at=clock.now(),
        )
        announcement.html = render_markdown(body, namespace=announcement.public_id)
        announcement.save()
        publish(
            AnnouncementPublished(announcement_id=announcement.pk, course_id=course.pk),
            actor=actor,
        )
    return announcement


def delete_announcement(*, actor: Actor, announcement: Announcement) -> None:
    """Hide an announcement; what went out by mail stays out. Raises Denied, NotFound."""
    require(actor, DELETE_ANNOUNCEMENT, announcement)
    Announcement.objects.filter(pk=announcement.pk, deleted_at=None).update(deleted_at=clock.now())

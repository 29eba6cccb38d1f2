"""Tell everybody in a course something."""

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid, NotFound, Stale
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, render_markdown, require_line, require_text
from realtime.enums import MAX_ANNOUNCEMENT, MAX_TITLE, NotificationKind
from realtime.events import AnnouncementEdited, AnnouncementPublished
from realtime.models import Announcement, Notification
from realtime.rules import DELETE_ANNOUNCEMENT, EDIT_ANNOUNCEMENT
from realtime.services.occasions import announcement_key


def announce(*, actor: Actor, course: Course, title: str, body: str) -> Announcement:
    """Publish an announcement; members hear of it by their notification switches.

    Raises Invalid with the field, Denied for everybody but the course's instructors.
    """
    require(actor, MANAGE_COURSE, course)
    title, body = _checked(title, body)
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


def edit_announcement(
    *,
    actor: Actor,
    announcement: Announcement,
    title: str,
    body: str,
    expected: int | None = None,
) -> Announcement:
    """Put an announcement in other words: the page says that it was, and nobody is told again.

    Where its title stands in people's notifications the new one takes its place. Raises Invalid
    with the field, Denied, NotFound when it was deleted, Stale when `expected` is not its version.
    """
    require(actor, EDIT_ANNOUNCEMENT, announcement)
    title, body = _checked(title, body)
    with transaction.atomic():
        row = lock(Announcement.objects.filter(pk=announcement.pk, deleted_at=None)).first()
        if row is None:
            raise NotFound
        if expected not in {None, row.version}:
            raise Stale
        if (row.title, row.body) == (title, body):
            return row
        retitled = row.title != title
        row.title, row.body, row.version = title, body, row.version + 1
        row.html = render_markdown(body, namespace=row.public_id)
        row.pipeline_version = str(PIPELINE_VERSION)
        row.edited_at, row.edited_by_other = clock.now(), row.author_id != actor.user_id
        row.save()
        if retitled:
            _retitle(row)
        publish(
            AnnouncementEdited(
                announcement_id=row.pk, course_id=row.course_id, version=row.version
            ),
            actor=actor,
        )
    return row


def _checked(title: str, body: str) -> tuple[str, str]:
    title = require_line(title.strip(), field="title", max_length=MAX_TITLE)
    body = require_text(body, field="body", max_length=MAX_ANNOUNCEMENT).strip()
    for field, value in (("title", title), ("body", body)):
        if not value:
            raise Invalid(_("Write something first."), field=field)
    return title, body


def _retitle(row: Announcement) -> None:
    """The course narrows what is looked at: keys alone have no index."""
    told = Notification.objects.filter(
        course=row.course_id, kind=NotificationKind.ANNOUNCEMENT, key=announcement_key(row.pk)
    )
    told.update(args={"course": row.course.title, "subject": row.title})


def delete_announcement(*, actor: Actor, announcement: Announcement) -> None:
    """Hide an announcement; what went out by mail stays out. Raises Denied, NotFound."""
    require(actor, DELETE_ANNOUNCEMENT, announcement)
    Announcement.objects.filter(pk=announcement.pk, deleted_at=None).update(deleted_at=clock.now())

"""What people and courses plan, and the private address of somebody's calendar."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course, LearnerGroup
from interop.enums import MAX_PLACE, MAX_TITLE, MAX_URL, FeedScope
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import PersonalData


class CalendarEvent(Stamped, Versioned):
    """Something planned by a course, or by one person for themselves (`owner`).

    Of `all_day` events the moments are midnights in UTC and the days are read in UTC: they are
    the same days everywhere. Others keep the hour of `time_zone` when they come again, every week
    up to the day `repeat_until`. With a `group` only its learners and the staff see it.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Private entries of somebody's calendar.",
        subject="owner_id",
        erase="delete",
    )
    public_id = PublicIdField()
    course = models.ForeignKey(
        Course, null=True, on_delete=models.CASCADE, related_name="calendar_events"
    )
    group = models.ForeignKey(
        LearnerGroup, null=True, on_delete=models.CASCADE, related_name="calendar_events"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="calendar_events",
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    text = models.TextField(_("details"), blank=True)
    place = models.CharField(_("place"), max_length=MAX_PLACE, blank=True)
    url = models.URLField(_("web address"), max_length=MAX_URL, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    all_day = models.BooleanField(_("all day"), default=False)
    time_zone = models.CharField(max_length=50, default="UTC")
    repeat_until = models.DateField(_("every week until"), null=True)

    class Meta:
        verbose_name = _("event of a calendar")
        verbose_name_plural = _("events of calendars")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(course=None, owner__isnull=False) | Q(course__isnull=False, owner=None),
                name="event_of_course_or_person",
            ),
            models.CheckConstraint(
                condition=Q(group=None) | Q(course__isnull=False), name="event_group_has_course"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="event_ends_after_it_starts"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "starts_at"], name="event_of_course"),
            models.Index(fields=["owner", "starts_at"], name="event_of_person"),
        ]

    def __str__(self) -> str:
        return f"event {self.public_id}"

    @property
    def last_moment(self) -> datetime:
        """When it ends, of whole days the midnight with which its last day begins."""
        return self.ends_at - timedelta(days=1) if self.all_day else self.ends_at


class CalendarFeed(models.Model):
    """The private address of somebody's calendar: of all their courses, of one, or of reviews.

    Its token is kept as a SHA-256 hash.
    """

    personal_data = PersonalData(
        kind="security",
        purpose="Lets a calendar program read somebody's dates without signing in.",
        subject="person_id",
        erase="delete",
        hidden=("digest",),
    )
    public_id = PublicIdField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(
        max_length=10,
        choices=FeedScope.choices,
        default=FeedScope.DATES,
        db_default=FeedScope.DATES,
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "scope"], condition=Q(course=None), name="one_feed_of_a_scope"
            ),
            models.UniqueConstraint(fields=["person", "course"], name="one_feed_of_a_course"),
            models.CheckConstraint(
                condition=Q(scope__in=FeedScope.values), name="feed_scope_known"
            ),
            models.CheckConstraint(
                condition=Q(scope=FeedScope.DATES) | Q(course=None), name="reviews_of_all_courses"
            ),
        ]

    def __str__(self) -> str:
        return f"feed of {self.person_id}"

"""When and where people want to be reached, and what is on its way to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData

CHOICE = PersonalData(
    kind="activity",
    purpose="Keeps to when and of what the person wants to be told.",
    subject="user_id",
    erase="delete",
)
ON_ITS_WAY = PersonalData(
    kind="activity",
    purpose="Sees to it that a mail or push comes once and not too often.",
    retention="90 days",
    subject="user_id",
    erase="delete",
)
LAST_TIMES = PersonalData(
    kind="activity",
    purpose="Sees to it that a mail or push comes once and not too often.",
    subject="user_id",
    erase="delete",
)
DEFAULT_HOUR = 7
EVERY_DAY = 0b111_1111


class NotificationTimes(models.Model):
    """When a person's digests come and when nothing may; hours and days are those of their zone.

    `quiet_days` has bit n for weekday n (0 is Monday), the day on which the quiet begins.
    `review_hour` is when they are told of due cards, null never; `review_next` is the next time.
    """

    personal_data = CHOICE
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    digest_hour = models.PositiveSmallIntegerField(default=DEFAULT_HOUR)
    digest_day = models.PositiveSmallIntegerField(default=0)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    quiet_days = models.PositiveSmallIntegerField(default=EVERY_DAY)
    review_hour = models.PositiveSmallIntegerField(null=True)
    review_next = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = _("times of notifications")
        verbose_name_plural = _("times of notifications")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(digest_hour__lte=23, digest_day__lte=6, quiet_days__lte=127)
                & (models.Q(review_hour=None) | models.Q(review_hour__lte=23)),
                name="notification_times_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="notification_quiet_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"times of {self.user_id}"


class MutedCourse(models.Model):
    """A course of which a person wants no mail and no push, and nothing new in the bell."""

    personal_data = CHOICE
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("muted course")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "course"], name="muted_once")
        ]

    def __str__(self) -> str:
        return f"course {self.course_id} muted by {self.user_id}"


class Mailbox(models.Model):
    """What the sender knows of a person; its lock is what makes one mail of many things.

    `push_not_before` is the end of the moment after a push, or of their quiet hours.
    `queued_until` keeps the sweep from queueing them twice, `not_before` is the end of their quiet
    hours or the next try after a refusal, `refused_since` the first of the refusals in a row.
    """

    personal_data = LAST_TIMES
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    last_mail_at = models.DateTimeField(null=True)
    push_not_before = models.DateTimeField(null=True)
    queued_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    refused_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return f"mailbox of {self.user_id}"


class Letter(models.Model):
    """One mail to one person. Handed over and not sent: nobody knows whether it arrived."""

    personal_data = ON_ITS_WAY
    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    things = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(handed_at=None),
                name="one_letter_to_try_again",
            )
        ]

    def __str__(self) -> str:
        return f"letter {self.public_id} to {self.user_id}"


class PushSubscription(models.Model):
    """A browser that shows a person's notifications; address and keys are the browser's secrets."""

    personal_data = PersonalData(
        kind="security",
        purpose="Reaches a browser in which the person asked to be told.",
        retention="until it is switched off or refused by its service",
        subject="user_id",
        erase="delete",
        hidden=("endpoint", "p256dh", "auth"),
    )
    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=32)
    name = models.CharField(_("browser"), max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("push subscription")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"browser {self.public_id} of {self.user_id}"


class PushDelivery(models.Model):
    """One push to one browser that its service has not taken yet."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Tries a push again that its service did not take.",
        retention="six hours",
        subject="subscription__user_id",
        erase="delete",
    )
    subscription = models.ForeignKey(
        PushSubscription, on_delete=models.CASCADE, related_name="deliveries"
    )
    notification = models.CharField(max_length=22)
    kind = models.CharField(max_length=20)
    things = models.PositiveIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("push on its way")
        verbose_name_plural = _("pushes on their way")

    def __str__(self) -> str:
        return f"push {self.pk} to browser {self.subscription_id}"

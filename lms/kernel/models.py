"""The kernel's own tables: events and their delivery, jobs, search documents, kept requests."""

from typing import Any, ClassVar

from django.db import models

from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class EventRecord(models.Model):
    """One thing that happened, written in the transaction of the change it tells of.

    No foreign keys to or from it: rows are ids and small primitives, so that the table can be
    split into monthly partitions on `occurred_at`. `transaction_id` is PostgreSQL's, for readers
    that fold by id and must stop before transactions that are still open.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Analytics, notifications and audit read what happened.",
        retention="25 months, then removed by the retention job",
        subject="actor_id",
        erase="anonymise",
        blank=("actor_id",),
    )
    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=80)
    occurred_at = models.DateTimeField(default=clock.now)
    transaction_id = models.BigIntegerField(default=0)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    course_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["course_id", "occurred_at"], name="event_course_time"),
            models.Index(fields=["kind", "occurred_at"], name="event_kind_time"),
            models.Index(fields=["transaction_id", "id"], name="event_fold_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class EventDelivery(models.Model):
    """One event for one subscriber: written with the event, finished by delivery or the sweep."""

    personal_data = NOTHING_PERSONAL
    event_id = models.BigIntegerField()
    subscriber = models.CharField(max_length=80)
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "event deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event_id", "subscriber"], name="delivery_once_per_subscriber"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="delivery_waiting",
                condition=models.Q(state=DeliveryState.WAITING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} of #{self.event_id}: {self.state}"


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_STATES = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)
# Asked for by name, not as "none of the others": the index of unfinished jobs serves it.
UNFINISHED_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """Work that outlives a request. This row is the truth; the broker is only a doorbell.

    A worker that holds `lease_token` owns the row until `lease_until`; every write of progress or
    result carries the token, so that a worker that lost its lease writes nothing.
    `cost` is in millionths of the currency of the AI price list.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows people the work they started and its result.",
        retention="90 days after it finished",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by_id", "params", "result"),
    )
    public_id = PublicIdField()
    kind = models.CharField(max_length=80)
    queue = models.CharField(max_length=20, default="default")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    cost = models.BigIntegerField(default=0)
    idempotency_key = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001
    created_by_id = models.BigIntegerField(null=True, db_index=True)
    actor_kind = models.CharField(max_length=12)
    course_id = models.BigIntegerField(null=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    rung_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="job_progress_max")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "lease_until"],
                name="job_unfinished",
                condition=models.Q(state__in=[*UNFINISHED_STATES]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}: {self.state}"

    @property
    def finished(self) -> bool:
        return self.state in FINAL_STATES


class SearchDocument(models.Model):
    """One findable thing, written by `lms.kernel.search` alone.

    Never altered after creation: the full-text columns and tables beside it belong to each
    database's own migration.
    """

    personal_data = NOTHING_PERSONAL
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    course_id = models.BigIntegerField(null=True, db_index=True)
    language = models.CharField(max_length=10, default="en")
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_one_per_object")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class KeptRequest(models.Model):
    """An answered POST with an Idempotency-Key, kept for 24 hours per actor and route.

    `status` is null while the first request is still being answered.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Answers a repeated request the same way.",
        retention="24 hours",
        subject="user_id",
        erase="delete",
        export=False,
        # It can be words that nobody else reads, such as a message to one person.
        hidden=("answer",),
    )
    user_id = models.BigIntegerField()
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=100)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer: Any = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "route", "key"], name="kept_request_once")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class ThrottleCount(models.Model):
    """Hits in one window: tries at a password, and all others while the shared cache is away."""

    personal_data = PersonalData(
        kind="security",
        purpose="Limits tries at passwords, and requests while the cache is away.",
        retention="one day",
        export=False,
    )
    key = models.CharField(max_length=200, unique=True)
    hits = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.hits}"

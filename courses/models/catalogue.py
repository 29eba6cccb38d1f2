"""A course as the catalogue knows it."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseLevel, CourseState, EnrolmentPolicy
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


def new_join_code() -> str:
    """A code for the join link, 96 bits."""
    return secrets.token_urlsafe(12)


class Tag(models.Model):
    """A subject word of the catalogue."""

    personal_data = NOTHING_PERSONAL
    name = models.CharField(_("name"), max_length=50, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Course(Stamped, Versioned):
    """A course. `learner_count`, `lesson_count` and `minutes` are counters kept by services.

    `price_minor` is in minor units of `currency` (cents of EUR); 0 is free.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Teaching material; names who created it.",
        retention="until deleted by its instructors",
        subject="created_by_id",
        erase="keep",
    )
    public_id = PublicIdField()
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=150)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_html = models.TextField(blank=True, editable=False)
    pipeline_version = models.CharField(max_length=12, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, default="en")
    level = models.CharField(
        _("level"), max_length=12, choices=CourseLevel.choices, default=CourseLevel.BEGINNER
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="courses")
    cover = models.FileField(upload_to="covers/", blank=True)
    price_minor = models.PositiveIntegerField(_("price in minor units"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    state = models.CharField(
        _("state"), max_length=10, choices=CourseState.choices, default=CourseState.DRAFT
    )
    enrolment_policy = models.CharField(
        _("enrolment"),
        max_length=10,
        choices=EnrolmentPolicy.choices,
        default=EnrolmentPolicy.OPEN,
    )
    join_code = models.CharField(max_length=20, unique=True, default=new_join_code)
    join_link_on = models.BooleanField(_("join link works"), default=False)
    learner_count = models.PositiveIntegerField(default=0, editable=False)
    lesson_count = models.PositiveIntegerField(default=0, editable=False)
    minutes = models.PositiveIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="created_courses"
    )

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None)
                | models.Q(starts_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="course_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity=None) | models.Q(capacity__gte=1),
                name="course_capacity_positive",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-published_at", "-id"],
                name="course_catalogue",
                condition=models.Q(state="published", deleted_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        return self.state == CourseState.PUBLISHED and self.deleted_at is None

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.learner_count >= self.capacity

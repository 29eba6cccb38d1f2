"""The gradebook of a course: how grades become totals, and the totals themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.enums import Aggregate, CurveKind, Ungraded
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData

MAX_NAME = 100
MAX_DROP = 20


class Gradebook(Stamped, Versioned):
    """How a course counts. One without a row counts like a new one.

    `levels` are `{"label", "least"}` from the highest, empty without letters. `periods` are
    `{"key", "name", "starts", "ends", "closed"}` with dates as text; grades of a closed one stay.
    `statuses` are the course's own, as `scoring.gradebook_statuses` writes and reads them.
    """

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="gradebook")
    rule = models.CharField(
        _("the total is"), max_length=13, choices=Aggregate.choices, default=Aggregate.POINTS
    )
    ungraded = models.CharField(
        _("empty cells"), max_length=6, choices=Ungraded.choices, default=Ungraded.IGNORE
    )
    show_totals = models.BooleanField(_("learners see their total"), default=True)
    levels = models.JSONField(default=list)
    periods = models.JSONField(default=list)
    statuses = models.JSONField(default=list)

    class Meta:
        verbose_name = _("gradebook")

    def __str__(self) -> str:
        return f"gradebook of course {self.course_id}"


class GradeCategory(Stamped, Versioned):
    """Columns that count together, inside another category or the course."""

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="grade_categories")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(_("name"), max_length=MAX_NAME)
    rule = models.CharField(
        _("counts by"), max_length=13, choices=Aggregate.choices, default=Aggregate.POINTS
    )
    weight = models.DecimalField(_("weight"), max_digits=7, decimal_places=2, default=1)
    extra = models.BooleanField(_("extra credit"), default=False)
    drop_lowest = models.PositiveSmallIntegerField(_("drop the lowest"), default=0)
    drop_highest = models.PositiveSmallIntegerField(_("drop the highest"), default=0)
    ordinal = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("grade category")
        verbose_name_plural = _("grade categories")
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=1000), name="category_weight_sane"
            ),
            models.CheckConstraint(
                condition=Q(drop_lowest__lte=MAX_DROP, drop_highest__lte=MAX_DROP),
                name="category_drops_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GradeCurve(models.Model):
    """A curve over one column, as it was fitted; undone ones stay as a record."""

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    item = models.ForeignKey(
        "assessments.GradeItem", on_delete=models.PROTECT, related_name="curves"
    )
    kind = models.CharField(_("kind"), max_length=11, choices=CurveKind.choices)
    slope = models.DecimalField(max_digits=20, decimal_places=10, default=1)
    shift = models.DecimalField(max_digits=20, decimal_places=10, default=0)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("curve")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(undone_at=None), name="one_curve_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} over item {self.item_id}"


class CourseTotal(models.Model):
    """A learner's figures in a course, as percentages: of all grades, of the posted ones.

    They are what `scoring.gradebook` gives, null when nothing counts; `override` stands above both.
    `parts` has the percentage of all grades in each category, as text by its public id.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="The result a learner earned in a course.",
        retention="as long as the course's records",
        subject="learner_id",
        erase="keep",
        hidden=("total",),
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="totals")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="course_totals"
    )
    total = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    posted = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    parts = models.JSONField(default=dict)
    override = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("course total")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "learner"], name="one_total_per_course"),
            models.CheckConstraint(
                condition=Q(override=None) | Q(override__gte=0, override__lte=1000),
                name="override_within_bounds",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["learner"], name="total_of_learner")]

    def __str__(self) -> str:
        return f"total of {self.learner_id} in course {self.course_id}"


class TotalOverride(models.Model):
    """A course total set by hand, or given back (`after` null): append-only like grade changes."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Proves how a total that was set by hand came about.",
        retention="as long as the course's records; the reason until the account is erased",
        subject="total__learner_id",
        erase="anonymise",
        blank=("reason",),
    )
    total = models.ForeignKey(CourseTotal, on_delete=models.PROTECT, related_name="overrides")
    before = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    after = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("total set by hand")
        verbose_name_plural = _("totals set by hand")

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"

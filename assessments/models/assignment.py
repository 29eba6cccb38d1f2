"""An assignment: what is asked, what may be handed in, by when, and what lateness costs."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import AssignmentState, LateUnit, Resubmission
from assessments.models.rubric import RubricVersion
from courses.models import Course, Lesson
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL

HUNDRED = 100


class Assignment(Stamped, Versioned):
    """The assignment of one lesson of kind assignment.

    Work is taken from `opens_at`, is late after `due_at` and refused from `cutoff_at`; null is no
    border. `late_percent` of the points is deducted for each `late_unit` begun, at most `late_cap`
    percent. Who handed in nothing gets `missing_percent` of the points once nothing can come any
    more; null gives no grade. `resubmit_times` counts all versions. `file_kinds` lists the endings
    that are accepted, empty for all that the site takes in. While marking is `anonymous`, nothing
    tells markers whose work they read before it is released. Of `two_markers` the mean counts when
    their marks differ by at most `threshold` percent of the points.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="assignment")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="assignments")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=AssignmentState.choices,
        default=AssignmentState.DRAFT,
    )
    instructions = models.TextField(_("instructions"), blank=True)
    instructions_html = models.TextField(blank=True, editable=False)
    takes_text = models.BooleanField(_("text"), default=True)
    takes_files = models.BooleanField(_("files"), default=True)
    takes_url = models.BooleanField(_("a web address"), default=False)
    file_kinds = models.JSONField(default=list)
    max_files = models.PositiveSmallIntegerField(_("files at most"), default=5)
    max_file_mb = models.PositiveSmallIntegerField(_("megabytes a file"), default=20)
    points = models.DecimalField(_("points"), max_digits=9, decimal_places=4, default=100)
    opens_at = models.DateTimeField(_("opens"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    cutoff_at = models.DateTimeField(_("accepted until"), null=True)
    late_unit = models.CharField(
        _("late work"), max_length=4, choices=LateUnit.choices, default=LateUnit.NONE
    )
    late_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    late_cap = models.DecimalField(max_digits=7, decimal_places=4, default=HUNDRED)
    missing_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    resubmit = models.CharField(
        _("submitting again"),
        max_length=10,
        choices=Resubmission.choices,
        default=Resubmission.UNTIL_DUE,
    )
    resubmit_times = models.PositiveSmallIntegerField(_("versions at most"), default=3)
    group_work = models.BooleanField(_("group work"), default=False)
    rubric = models.ForeignKey(
        RubricVersion, null=True, on_delete=models.PROTECT, related_name="assignments"
    )
    anonymous = models.BooleanField(_("anonymous marking"), default=False)
    two_markers = models.BooleanField(_("two markers"), default=False)
    threshold = models.DecimalField(max_digits=7, decimal_places=4, default=10)
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("assignment")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(opens_at=None)
                | models.Q(due_at=None)
                | models.Q(due_at__gt=models.F("opens_at")),
                name="assignment_due_after_it_opens",
            ),
            models.CheckConstraint(
                condition=models.Q(cutoff_at=None)
                | models.Q(due_at=None)
                | models.Q(cutoff_at__gte=models.F("due_at")),
                name="assignment_cutoff_not_before_due",
            ),
            models.CheckConstraint(
                condition=models.Q(takes_text=True)
                | models.Q(takes_files=True)
                | models.Q(takes_url=True),
                name="assignment_takes_something",
            ),
            models.CheckConstraint(
                condition=models.Q(points__gt=0, points__lte=10000),
                name="assignment_points_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    late_percent__gte=0,
                    late_percent__lte=HUNDRED,
                    late_cap__gte=0,
                    late_cap__lte=HUNDRED,
                )
                & (
                    models.Q(missing_percent=None)
                    | models.Q(missing_percent__gte=0, missing_percent__lte=HUNDRED)
                ),
                name="assignment_percents_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.public_id}"

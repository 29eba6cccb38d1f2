"""Grades and every change of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.enums import GradeItemKind, GradeSource, GradeStatus
from assessments.models.assignment import Assignment
from assessments.models.attempt import Attempt
from assessments.models.gradebook import GradeCategory
from assessments.models.quiz import Quiz
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData

MAX_TITLE = 200


class GradeItem(Stamped, Versioned):
    """A column of the gradebook: a quiz, an assignment, or graded by hand.

    `title` is that of a manual item; the others bear their lesson's. `max_score` is null where the
    source has points of its own.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="grade_items")
    kind = models.CharField(
        _("kind"), max_length=10, choices=GradeItemKind.choices, default=GradeItemKind.QUIZ
    )
    quiz = models.OneToOneField(
        Quiz, null=True, on_delete=models.PROTECT, related_name="grade_item"
    )
    assignment = models.OneToOneField(
        Assignment, null=True, on_delete=models.PROTECT, related_name="grade_item"
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE, blank=True)
    max_score = models.DecimalField(_("out of"), max_digits=9, decimal_places=4, null=True)
    ordinal = models.PositiveIntegerField(default=0)
    category = models.ForeignKey(
        GradeCategory, null=True, on_delete=models.SET_NULL, related_name="items"
    )
    weight = models.DecimalField(_("weight"), max_digits=7, decimal_places=2, default=1)
    extra = models.BooleanField(_("extra credit"), default=False)
    period = models.CharField(_("grading period"), max_length=22, blank=True)

    class Meta:
        verbose_name = _("grade item")
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=GradeItemKind.QUIZ, quiz__isnull=False)
                | Q(~Q(kind=GradeItemKind.QUIZ), quiz__isnull=True),
                name="grade_item_kind_has_its_source",
            ),
            models.CheckConstraint(
                condition=Q(kind=GradeItemKind.ASSIGNMENT, assignment__isnull=False)
                | Q(~Q(kind=GradeItemKind.ASSIGNMENT), assignment__isnull=True),
                name="grade_item_kind_has_its_assignment",
            ),
            models.CheckConstraint(
                condition=~Q(kind=GradeItemKind.MANUAL) | Q(~Q(title=""), max_score__isnull=False),
                name="manual_item_is_described",
            ),
            models.CheckConstraint(
                condition=Q(max_score=None) | Q(max_score__gt=0), name="grade_item_has_points"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=1000), name="grade_item_weight_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"grade item {self.public_id}"

    @property
    def name(self) -> str:
        """What people call it; reads a lesson: select `quiz__lesson` and `assignment__lesson`."""
        source = self.quiz or self.assignment
        return self.title or (source.lesson.title if source else "")


class Grade(Stamped, Versioned):
    """A learner's grade in an item. Seen by them once `released`, which is to say posted.

    `attempt` is the quiz attempt that counts. `status` is a built-in one or the key of one of the
    course's own. A graded one has a score, an excused one or one in
    progress has none, a missing or late one may have. One that was `overridden` by hand no longer
    follows its work. `raw_score` is what a curve made `score` of, null without one.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="The result a learner earned.",
        retention="as long as the course's records",
        subject="learner_id",
        erase="keep",
        withheld=("score", "raw_score"),
        withheld_while=Q(released=False),
    )
    public_id = PublicIdField()
    item = models.ForeignKey(GradeItem, on_delete=models.PROTECT, related_name="grades")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grades"
    )
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"), max_length=20, choices=GradeStatus.choices, default=GradeStatus.GRADED
    )
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    max_score = models.DecimalField(max_digits=9, decimal_places=4)
    released = models.BooleanField(default=False)
    overridden = models.BooleanField(default=False)
    raw_score = models.DecimalField(max_digits=9, decimal_places=4, null=True)

    class Meta:
        verbose_name = _("grade")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "learner"], name="one_grade_per_item"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=F("max_score")),
                name="grade_within_bounds",
            ),
            models.CheckConstraint(
                condition=~Q(status=GradeStatus.GRADED) | Q(score__isnull=False),
                name="graded_has_a_score",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[GradeStatus.EXCUSED, GradeStatus.IN_PROGRESS])
                | Q(score=None),
                name="excused_has_no_score",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["learner", "item"], name="grade_of_learner")]

    def __str__(self) -> str:
        return f"grade {self.public_id}"

    @property
    def status_name(self) -> str:
        """The word for its status; select `item__course__gradebook` for those of the course."""
        if self.status in GradeStatus.values:
            return str(GradeStatus(self.status).label)
        book = getattr(self.item.course, "gradebook", None)
        own = book.statuses if book else []
        return next((one["name"] for one in own if one["key"] == self.status), "")


class GradeChange(models.Model):
    """A grade before and after: never changed, never removed (D3, a trigger guards it).

    `before` and `status_before` are empty for the first one, `after` when there is no score.
    `actor` is null when the work scored itself. Posting is null where it was not yet recorded.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Proves how a grade came about.",
        retention="as long as the course's records; the reason until the account is erased",
        subject="grade__learner_id",
        erase="anonymise",
        blank=("reason",),
        withheld=("before", "after", "reason"),
        withheld_while=Q(grade__released=False),
    )
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="changes")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=GradeSource.choices, default=GradeSource.WORK)
    before = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    after = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    max_score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    status_before = models.CharField(max_length=20, blank=True)
    status_after = models.CharField(max_length=20, default=GradeStatus.GRADED)
    released_before = models.BooleanField(null=True)
    released_after = models.BooleanField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("change of a grade")
        verbose_name_plural = _("changes of grades")

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"

"""Results that pages show without counting anew."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class CourseTotals(models.Model):
    """Class totals of a course at `counted_at`; `stale` when something happened since.

    `funnel`: [{lesson, reached, started, completed}] with the lesson's inner id, `reached` missing
    in rows of old. `scores`: [{quiz, n, mean, bins}] with the lesson's inner id of the quiz, the
    mean as a share of full marks, and ten bins of ten percent.
    """

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="+")
    counted_at = models.DateTimeField(null=True)
    stale = models.BooleanField(default=True)
    funnel = models.JSONField(default=list)
    scores = models.JSONField(default=list)

    class Meta:
        verbose_name = _("totals of a course")
        verbose_name_plural = _("totals of courses")
        indexes: ClassVar = [
            models.Index(fields=["counted_at"], name="totals_stale", condition=models.Q(stale=True))
        ]

    def __str__(self) -> str:
        return f"totals of {self.course_id}"


class PatternRun(models.Model):
    """Learning patterns of a course as found by one job; who is in which group is in the points.

    `k` None: no groups were found. `chosen`: nobody asked for that k. `relations` are those of
    `scoring.relations` over the figures of the points.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    job_id = models.BigIntegerField(unique=True)
    k = models.PositiveSmallIntegerField(null=True)
    chosen = models.BooleanField(default=False)
    relations = models.JSONField(default=list)
    clusters = models.JSONField(default=list)
    correlation = models.FloatField(null=True)
    p_value = models.FloatField(null=True)
    n = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("learning patterns")
        verbose_name_plural = _("learning patterns")
        indexes: ClassVar = [
            models.Index(fields=["course", "-created_at"], name="patterns_of_course")
        ]

    def __str__(self) -> str:
        return f"patterns of {self.course_id} at {self.created_at:%Y-%m-%d %H:%M}"


class PatternPoint(models.Model):
    """One learner in one run: the figures of `scoring.course_patterns.Habits`, and the group.

    Runs of old know neither `regularity` nor `recency` nor `messages`.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows staff which learners work alike.",
        retention="until the next run of the course",
        subject="user_id",
        erase="delete",
    )
    run = models.ForeignKey(PatternRun, on_delete=models.CASCADE, related_name="points")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    label = models.PositiveSmallIntegerField(null=True)
    time_spent = models.FloatField()
    completion_rate = models.FloatField()
    regularity = models.FloatField(null=True)
    recency = models.FloatField(null=True)
    messages = models.FloatField(null=True)
    performance = models.FloatField(null=True)

    class Meta:
        verbose_name = _("learner in a pattern")
        verbose_name_plural = _("learners in patterns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "user"], name="point_once_per_run")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in run {self.run_id}"


class CourseAffinity(models.Model):
    """How much the people of `course` are those of `other`: at least five share both.

    `weight` is what having taken `course` adds to the score of `other`, in the model that ranks.
    """

    personal_data = NOTHING_PERSONAL
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    together = models.PositiveIntegerField()
    similarity = models.FloatField()
    weight = models.FloatField(null=True)

    class Meta:
        verbose_name = _("likeness of courses")
        verbose_name_plural = _("likenesses of courses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "other"], name="affinity_once"),
            models.CheckConstraint(
                condition=models.Q(together__gte=5), name="affinity_tells_on_nobody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} ~ {self.other_id}"


class CourseLikeness(models.Model):
    """How much `other` is about the same as `course`, by the words of both."""

    personal_data = NOTHING_PERSONAL
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    similarity = models.FloatField()

    class Meta:
        verbose_name = _("likeness of words of courses")
        verbose_name_plural = _("likenesses of words of courses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "other"], name="course_likeness_once")
        ]

    def __str__(self) -> str:
        return f"{self.course_id} ≈ {self.other_id}"

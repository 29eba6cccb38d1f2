"""What learners master: the answers that tell it, the estimate of each skill, its parameters."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models import AttemptQuestion, LearningOutcome
from courses.models import Course
from lms.kernel import clock
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class CourseMastery(models.Model):
    """The mastery of a course: when answers came last, when its parameters were fitted last.

    Whoever writes a course's estimates locks this row first.
    """

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    fitted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mastery of a course")
        verbose_name_plural = _("mastery of courses")

    def __str__(self) -> str:
        return f"mastery in {self.course_id}"


class SkillFit(models.Model):
    """How an outcome is learnt in its course (`scoring.mastery.tracing.Skill`).

    `fitted` tells that the parameters come from its `answers`; below 30 they are assumed.
    """

    personal_data = NOTHING_PERSONAL
    outcome = models.OneToOneField(LearningOutcome, on_delete=models.CASCADE, related_name="+")
    prior = models.FloatField()
    learn = models.FloatField()
    guess = models.FloatField()
    slip = models.FloatField()
    answers = models.PositiveIntegerField(default=0)
    fitted = models.BooleanField(default=False)
    fitted_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("parameters of a skill")
        verbose_name_plural = _("parameters of skills")

    def __str__(self) -> str:
        return f"skill {self.outcome_id}"


class SkillAnswer(models.Model):
    """An answer counted for an outcome that its question serves; `at` is when it was handed in."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Shows from which answers the mastery of a skill is estimated.",
        retention="as long as the course's records",
        subject="learner_id",
        erase="delete",
        withheld=("right",),
        withheld_by="analytics.queries.mastery_withheld.answers",
    )
    answer = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="+")
    outcome = models.ForeignKey(LearningOutcome, on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer of a skill")
        verbose_name_plural = _("answers of skills")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "outcome"], name="answer_counts_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["learner", "outcome", "at"], name="answers_of_skill"),
            models.Index(fields=["course"], name="skill_answers_of_course"),
        ]

    def __str__(self) -> str:
        return f"answer {self.answer_id} of skill {self.outcome_id}"


class SkillMastery(models.Model):
    """The chance that a learner masters an outcome, from all their scored answers in its course.

    `last_at` and `last_answer` are the place of the newest answer counted.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Shows a course's staff what a learner masters, and what to practise next.",
        retention="as long as the course's records",
        subject="learner_id",
        erase="delete",
        withheld=("mastery", "right"),
        withheld_by="analytics.queries.mastery_withheld.cells",
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    outcome = models.ForeignKey(LearningOutcome, on_delete=models.CASCADE, related_name="+")
    mastery = models.FloatField()
    answers = models.PositiveIntegerField()
    right = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    last_answer = models.BigIntegerField()

    class Meta:
        verbose_name = _("mastery of a skill")
        verbose_name_plural = _("mastery of skills")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "outcome"], name="one_mastery_of_a_skill"),
            models.CheckConstraint(
                condition=models.Q(mastery__gte=0, mastery__lte=1), name="mastery_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(right__lte=models.F("answers")), name="right_among_answers"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["course", "learner"], name="mastery_of_course")]

    def __str__(self) -> str:
        return f"{self.learner_id} in skill {self.outcome_id}"

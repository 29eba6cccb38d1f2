"""What an attempt will ask, drawn before its learner starts it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.bank import QuestionVersion
from assessments.models.quiz import Quiz
from assessments.models.section import QuizDraw, QuizSection
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData


class PreparedAttempt(models.Model):
    """The questions of a learner's first attempt at a quiz, drawn ahead of the exam.

    It is no attempt and counts as none: a table of its own keeps it out of every list, sum and
    copy of data. `fingerprint` tells from which state of the quiz it was drawn; with another one it
    is worth nothing. Dates, time limits and accommodations are not in it, they are those of the
    start. It has `question_count` questions, of which draws gave `drawn_count`.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Keeps the questions of an exam ready before a learner starts it.",
        retention="until the exam is started, at most a week",
        subject="learner_id",
        erase="delete",
        export=False,
    )
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="prepared")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    fingerprint = models.CharField(max_length=64)
    page_count = models.PositiveSmallIntegerField(default=1)
    question_count = models.PositiveIntegerField()
    drawn_count = models.PositiveIntegerField(default=0)
    max_score = models.DecimalField(max_digits=9, decimal_places=4)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("prepared attempt")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quiz", "learner"], name="prepared_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["made_at"], name="prepared_by_age")]

    def __str__(self) -> str:
        return f"prepared attempt of {self.learner_id} at quiz {self.quiz_id}"


class PreparedQuestion(models.Model):
    """A question of a prepared attempt; its fields become those of the attempt's question.

    `draw` is the draw that gave it, null for a fixed question.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Keeps a question of an exam ready, with its order of options and its values.",
        retention="until the exam is started, at most a week",
        subject="prepared__learner_id",
        erase="delete",
        export=False,
    )
    public_id = PublicIdField()
    prepared = models.ForeignKey(
        PreparedAttempt, on_delete=models.CASCADE, related_name="questions"
    )
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="+")
    section = models.ForeignKey(QuizSection, on_delete=models.CASCADE, related_name="+")
    draw = models.ForeignKey(QuizDraw, null=True, on_delete=models.CASCADE, related_name="+")
    ordinal = models.PositiveIntegerField()
    page = models.PositiveSmallIntegerField(default=1)
    option_order = models.JSONField(default=list)
    drawn = models.JSONField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=4)

    class Meta:
        verbose_name = _("prepared question")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["prepared", "ordinal"], name="prepared_ordinal_once"),
        ]

    def __str__(self) -> str:
        return f"question {self.ordinal} of prepared attempt {self.prepared_id}"

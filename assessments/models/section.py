"""The parts of a quiz: its sections, and the draws among its questions."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.bank import Question
from assessments.models.quiz import Quiz
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL


class QuizSection(models.Model):
    """A part of a quiz in its order. Every quiz has one at least, which may be without title.

    `introduction` (Markdown) is shown where the section begins. With `shuffle` its questions come
    in another order in each attempt.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="sections")
    ordinal = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=150, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    introduction_html = models.TextField(blank=True, editable=False)
    shuffle = models.BooleanField(_("shuffle"), default=False)

    class Meta:
        verbose_name = _("section of a quiz")
        verbose_name_plural = _("sections of quizzes")
        ordering: ClassVar = ["ordinal", "id"]
        indexes: ClassVar = [models.Index(fields=["quiz", "ordinal"], name="quiz_section_order")]

    def __str__(self) -> str:
        return self.title or f"section {self.ordinal} of quiz {self.quiz_id}"


class QuizDraw(models.Model):
    """`count` questions at `points` each, drawn for every attempt from the ready ones of the bank.

    `narrow` says which ones fit, as `scoring.narrow.Narrow` writes it. `ordinal` counts
    through the fixed questions and the draws of the quiz together.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="draws")
    section = models.ForeignKey(QuizSection, on_delete=models.RESTRICT, related_name="draws")
    ordinal = models.PositiveIntegerField()
    count = models.PositiveSmallIntegerField(_("questions"))
    points = models.DecimalField(_("points each"), max_digits=9, decimal_places=4)
    narrow = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("draw of a quiz")
        verbose_name_plural = _("draws of quizzes")
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(points__gt=0), name="draw_has_points"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="draw_asks_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["quiz", "ordinal"], name="quiz_draw_order")]

    def __str__(self) -> str:
        return f"draw {self.ordinal} of quiz {self.quiz_id}"


class QuestionUse(models.Model):
    """How often the draws of a quiz gave a question to somebody, told in several shards.

    A shard is written by a part of the learners, so that they hardly wait for each other when all
    start at once; the sum over the shards is what counts.
    """

    personal_data = NOTHING_PERSONAL
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="question_uses")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    shard = models.PositiveSmallIntegerField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("use of a question")
        verbose_name_plural = _("uses of questions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quiz", "question", "shard"], name="question_use_once"),
        ]

    def __str__(self) -> str:
        return f"question {self.question_id} in quiz {self.quiz_id}: {self.used}"

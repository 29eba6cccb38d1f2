"""Questions and their versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import Difficulty, QuestionOrigin, QuestionState, question_kinds
from assessments.models.filing import LearningOutcome, QuestionCategory, QuestionTag
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import PersonalData


class QuestionBank(Stamped):
    """The questions of a course, or of a person.

    Services make one for each when the first question comes. The bank of a person who was erased
    belongs to nobody; what courses still ask stays in it.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Keeps the questions that a person wrote for several courses.",
        retention="until the account is erased; what a course asks as long as the course",
        subject="owner_id",
        erase="anonymise",
        blank=("owner",),
    )
    public_id = PublicIdField()
    course = models.OneToOneField(
        Course, null=True, on_delete=models.CASCADE, related_name="question_bank"
    )
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="question_bank",
    )
    title = models.CharField(_("title"), max_length=150)
    question_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("question bank")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(course=None) | models.Q(owner=None), name="bank_of_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(Stamped, Versioned):
    """A question through all its versions.

    `latest` is the newest version. `text` repeats its stem as plain text for search and lists,
    `use_count` counts the quizzes that ask it: both kept by services. A draft may be incomplete
    and is never asked. `origin` says how it came into the bank.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Teaching material; names who wrote it.",
        retention="as long as the course",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    public_id = PublicIdField()
    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(_("kind"), max_length=16, choices=question_kinds)
    state = models.CharField(
        _("state"), max_length=8, choices=QuestionState.choices, default=QuestionState.READY
    )
    difficulty = models.CharField(
        _("difficulty"), max_length=8, choices=Difficulty.choices, blank=True
    )
    text = models.TextField(editable=False)
    latest = models.ForeignKey(
        "QuestionVersion", null=True, on_delete=models.RESTRICT, related_name="+"
    )
    use_count = models.PositiveIntegerField(default=0, editable=False)
    category = models.ForeignKey(
        QuestionCategory, null=True, on_delete=models.SET_NULL, related_name="questions"
    )
    tags = models.ManyToManyField(QuestionTag, related_name="questions")
    outcomes = models.ManyToManyField(LearningOutcome, related_name="questions")
    origin = models.CharField(
        _("source"),
        max_length=9,
        choices=QuestionOrigin.choices,
        default=QuestionOrigin.WRITTEN,
        editable=False,
    )
    imported_in = models.ForeignKey(
        "QuestionImport", null=True, on_delete=models.SET_NULL, related_name="questions"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("question")
        indexes: ClassVar = [
            models.Index(fields=["bank", "state", "-id"], name="question_list"),
            models.Index(fields=["category", "state"], name="question_of_category"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class QuestionVersion(models.Model):
    """What a question says at one time; immutable once an attempt used it (D5, also a trigger).

    `body` is what learners see beside the stem, `key` what scores an answer, and the hints; see
    `scoring.content`. `provenance` of generated questions: model, prompt version, sources,
    approver.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Teaching material; names who wrote it.",
        retention="as long as the course",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    stem = models.TextField()
    stem_html = models.TextField()
    body = models.JSONField(default=dict)
    key = models.JSONField(default=dict)
    explanation = models.TextField(blank=True)
    explanation_html = models.TextField(blank=True)
    points = models.DecimalField(max_digits=9, decimal_places=4)
    pipeline_version = models.CharField(max_length=12)
    provenance = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("version of a question")
        verbose_name_plural = _("versions of questions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "number"], name="question_version_once"),
            models.CheckConstraint(condition=models.Q(points__gt=0), name="version_has_points"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"

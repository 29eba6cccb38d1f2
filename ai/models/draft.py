"""Generated questions on their way to a person's decision."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import Bloom, Difficulty, DraftState, QuestionKind
from assessments.models import LearningOutcome, Question
from courses.models import Course, Lesson
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.models import Job
from lms.kernel.privacy import PersonalData


class Draft(Stamped, Versioned):
    """One generated question (I5). Nothing of it reaches learners before somebody accepts it.

    `content` is the question in plain text, see `services.drafting`; `evidence` the sentences that
    prove the answer; `source` says where they stand: lesson, version, title, passage, blocks with
    their hashes. `ordinal` makes a job that runs again write each question once.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Generated teaching material; names who asked for it and who decided.",
        retention="as long as the course; without a course until the account is erased",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    public_id = PublicIdField()
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    ordinal = models.PositiveIntegerField()
    course = models.ForeignKey(
        Course, null=True, on_delete=models.CASCADE, related_name="ai_drafts"
    )
    lesson = models.ForeignKey(Lesson, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=QuestionKind.choices)
    difficulty = models.CharField(_("difficulty"), max_length=8, choices=Difficulty.choices)
    bloom = models.CharField(_("asks to"), max_length=10, choices=Bloom.choices, blank=True)
    outcome = models.ForeignKey(
        LearningOutcome, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    content = models.JSONField()
    evidence = models.JSONField(default=list)
    source = models.JSONField(default=dict)
    checks = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=120)
    prompt_version = models.CharField(max_length=40)
    state = models.CharField(
        _("state"), max_length=8, choices=DraftState.choices, default=DraftState.DRAFT
    )
    edited = models.BooleanField(_("edited"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    question = models.ForeignKey(Question, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("generated question")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "ordinal"], name="draft_once_per_job"),
            models.CheckConstraint(
                condition=models.Q(state=DraftState.DRAFT) | models.Q(decided_at__isnull=False),
                name="draft_decided_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "state", "-id"], name="draft_queue"),
            models.Index(fields=["created_by", "-id"], name="draft_of_person"),
        ]

    def __str__(self) -> str:
        return str(self.content.get("stem", ""))[:80]

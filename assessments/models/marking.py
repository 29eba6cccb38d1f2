"""Marks of markers, their comments, and the outcome that becomes the grade."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import MarkRole
from assessments.models.rubric import RubricVersion
from assessments.models.submission import Submission, SubmissionFile, SubmissionVersion
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import PersonalData

KEPT = "as long as the course's records; its text until the learner's account is erased"


class Mark(Stamped, Versioned):
    """What one marker thinks of a submission: a mark before lateness, points by criterion, words.

    `work` is the version that was read. Nobody else reads a mark before it is `done`, and of two
    markers neither reads the other's before both are. `feedback` reaches the learner with the
    release, `private_note` never does.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Says what a marker thought of a learner's work.",
        retention=KEPT,
        subject="submission__learner_id",
        erase="anonymise",
        blank=("feedback", "private_note", "picks"),
        export=False,  # what was released of it is in the outcome
    )
    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="marks")
    work = models.ForeignKey(SubmissionVersion, on_delete=models.PROTECT, related_name="+")
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=6, choices=MarkRole.choices)
    rubric = models.ForeignKey(
        RubricVersion, null=True, on_delete=models.PROTECT, related_name="marks"
    )
    picks = models.JSONField(default=dict)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    feedback = models.TextField(_("feedback"), blank=True)
    private_note = models.TextField(_("note for staff"), blank=True)
    done = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("mark")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "role"], name="one_mark_per_role"),
            models.UniqueConstraint(fields=["submission", "marker"], name="one_mark_per_marker"),
            models.CheckConstraint(
                condition=models.Q(done=False) | models.Q(score__isnull=False),
                name="done_mark_has_a_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} mark of submission {self.submission_id}"


class WorkComment(models.Model):
    """A marker's remark at a place of a version: a range of its text, or a page of a file.

    `start` and `end` count characters of the version's text; `x` and `y` are hundredths of the
    page from its top left. Without a place it is about the whole.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Tells a learner what a marker noticed at a place of their work.",
        retention=KEPT,
        subject="work__submission__learner_id",
        erase="anonymise",
        blank=("body",),
        export=False,
    )
    public_id = PublicIdField()
    work = models.ForeignKey(SubmissionVersion, on_delete=models.PROTECT, related_name="comments")
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(
        SubmissionFile, null=True, on_delete=models.CASCADE, related_name="comments"
    )
    page = models.PositiveIntegerField(null=True)
    x = models.PositiveSmallIntegerField(null=True)
    y = models.PositiveSmallIntegerField(null=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    body = models.TextField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["file", "page", "start", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(start=None, end=None)
                | models.Q(end__gt=models.F("start"), file=None, page=None),
                name="comment_on_a_range",
            ),
            models.CheckConstraint(
                condition=models.Q(page=None, x=None, y=None)
                | models.Q(file__isnull=False, page__gte=1),
                name="comment_on_a_page",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.public_id}"


class BankComment(Stamped):
    """A remark that a marker keeps for a course, to use again."""

    personal_data = PersonalData(
        kind="content",
        purpose="Saves a marker from writing the same remark again.",
        subject="marker_id",
        erase="delete",
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bank_comments"
    )
    body = models.TextField()

    class Meta:
        ordering: ClassVar = ["-updated_at", "-id"]

    def __str__(self) -> str:
        return f"bank comment {self.public_id}"


class Outcome(Stamped):
    """What the marks of a submission come to, before and after lateness.

    `mark` is what counts of the marks, `taken` what lateness cost, `score` the grade, `words` the
    arithmetic. It is a draft until released; `shown` is what its authors were given then.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="The result of a learner's work and the arithmetic behind it.",
        retention=KEPT,
        subject="submission__learner_id",
        erase="anonymise",
        blank=("words", "agreed_reason", "shown"),
        hidden=("agreed_by", "mark", "taken", "score", "words", "agreed_reason"),
    )
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="outcome")
    work = models.ForeignKey(SubmissionVersion, on_delete=models.PROTECT, related_name="+")
    mark = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    taken = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    words = models.TextField(blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_reason = models.CharField(max_length=500, blank=True)
    released = models.BooleanField(default=False)
    released_at = models.DateTimeField(null=True)
    shown = models.JSONField(null=True)

    class Meta:
        verbose_name = _("outcome")

    def __str__(self) -> str:
        return f"outcome of submission {self.submission_id}"

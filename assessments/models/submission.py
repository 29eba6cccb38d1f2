"""What a learner, or a group, hands in: one submission with its draft and its versions."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import SubmissionState
from assessments.models.assignment import Assignment
from assessments.models.stored_file import StoredFile
from courses.models import Course, LearnerGroup
from lms.kernel import clock
from lms.kernel.db.fields import ALPHABET, PublicIdField, Stamped
from lms.kernel.privacy import PersonalData

CODE_LENGTH = 6
CODE_LETTERS = "".join(letter for letter in ALPHABET if not letter.islower())


def new_code() -> str:
    """What stands for the name while marking is anonymous: 6 random letters and digits."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


class Submission(Stamped):
    """The work of one learner, or of a group, for one assignment; made when it is first opened.

    `learner` is null for a group's work, `group` otherwise and once the group is deleted; whose it
    is stands in `members` either way. `draft_text`
    and `draft_url` are what was typed last, under the number `draft_seq` of the client.
    `version_count` numbers the versions handed in. `revision_asked` lets its authors hand in
    again, whatever the dates.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Keeps what a learner is writing and whether it was handed in.",
        retention="as long as the course's records; the text until its writer's account is erased",
        subject="saved_by_id",
        erase="anonymise",
        blank=("draft_text", "draft_url"),
    )
    public_id = PublicIdField()
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="submissions")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="submissions"
    )
    group = models.ForeignKey(
        LearnerGroup, null=True, on_delete=models.SET_NULL, related_name="submissions"
    )
    code = models.CharField(max_length=CODE_LENGTH, default=new_code, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=SubmissionState.choices, default=SubmissionState.DRAFT
    )
    draft_text = models.TextField(blank=True)
    draft_url = models.CharField(max_length=2000, blank=True)
    draft_seq = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version_count = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    revision_asked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("submission")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "code"], name="submission_code_once"),
            models.UniqueConstraint(
                fields=["assignment", "group"], name="one_submission_per_group"
            ),
            models.CheckConstraint(
                condition=models.Q(version_count=0, state="draft", submitted_at=None)
                | (
                    models.Q(version_count__gt=0, submitted_at__isnull=False)
                    & ~models.Q(state="draft")
                ),
                name="submission_submitted_with_a_version",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["assignment", "state"], name="submission_of_assignment"),
        ]

    def __str__(self) -> str:
        return f"submission {self.public_id}"


class SubmissionMember(models.Model):
    """Somebody whose work a submission is: one row for one's own, one for each of a group.

    `assignment` repeats the submission's, so that the database holds a learner to one. With
    `apart_score` a member of a group gets that score instead of the group's.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Says whose work a submission is.",
        retention="as long as the course's records; the reason until the account is erased",
        subject="learner_id",
        erase="anonymise",
        blank=("apart_reason",),
        hidden=("apart_score", "apart_reason"),
    )
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="members")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    apart_score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    apart_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment", "learner"], name="one_submission_per_learner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in submission {self.submission_id}"


class SubmissionFile(StoredFile):
    """A private file of a submission; `in_draft` files go into the next version."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Work that a learner handed in.",
        retention="as long as the course's records, or until its sender's account is erased",
        subject="uploaded_by_id",
        erase="delete",
    )
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(upload_to="submissions/")
    in_draft = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["submission", "in_draft"], name="file_of_submission")
        ]


class SubmissionVersion(models.Model):
    """What was handed in at one time: never changed, never removed (a trigger guards it).

    `due_at` is what was due for its authors then. `asked` versions were handed in because staff
    asked for a revision; they are as late as the version they revise.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Proves what was handed in, and when.",
        retention="as long as the course's records; the text until its sender's account is erased",
        subject="submitted_by_id",
        erase="anonymise",
        blank=("text", "url"),
    )
    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    url = models.CharField(max_length=2000, blank=True)
    files = models.ManyToManyField(SubmissionFile, related_name="versions")
    submitted_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    due_at = models.DateTimeField(null=True)
    asked = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "number"], name="submission_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of submission {self.submission_id}"

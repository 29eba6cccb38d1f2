"""Peer review: its phases, who reviews what, examples to calibrate by, objections."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import AppealState, PeerPhase
from assessments.models.assignment import Assignment
from assessments.models.submission import Submission
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class PeerReview(Stamped, Versioned):
    """The peer review of one assignment.

    Everybody reviews `each` works by `due_at`. A work with fewer than `least` reviews at the close
    goes to staff. Authors may object until `appeal_until`. With `show_reviewers` they learn who
    reviewed them.
    """

    personal_data = NOTHING_PERSONAL
    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, related_name="peer_review"
    )
    phase = models.CharField(
        _("phase"), max_length=10, choices=PeerPhase.choices, default=PeerPhase.SETUP
    )
    each = models.PositiveSmallIntegerField(_("reviews for each"), default=3)
    least = models.PositiveSmallIntegerField(_("reviews that count at least"), default=2)
    due_at = models.DateTimeField(_("reviews due"), null=True)
    appeal_until = models.DateTimeField(_("objections until"), null=True)
    show_reviewers = models.BooleanField(_("authors learn who reviewed them"), default=False)

    class Meta:
        verbose_name = _("peer review")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(each__gte=1, each__lte=10, least__gte=1)
                & models.Q(least__lte=models.F("each")),
                name="peer_numbers_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"peer review of assignment {self.assignment_id}"


class PeerTask(models.Model):
    """A work that a peer reviews; `withdrawn` when the reviewer left before they did."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Says who reviewed whose work, and what they wrote.",
        retention="as long as the course's records; its text until the reviewer is erased",
        subject="reviewer_id",
        erase="anonymise",
        blank=("feedback", "picks"),
    )
    public_id = PublicIdField()
    peer_review = models.ForeignKey(PeerReview, on_delete=models.PROTECT, related_name="tasks")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="peer_tasks")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    picks = models.JSONField(default=dict)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    feedback = models.TextField(_("feedback"), blank=True)
    done_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("review by a peer")
        verbose_name_plural = _("reviews by peers")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "reviewer"], name="one_review_per_peer_and_work"
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(score__isnull=False),
                name="done_review_has_a_score",
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.public_id}"


class PeerExample(Stamped):
    """An example that the instructor scored; reviewers judge it before they review."""

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    peer_review = models.ForeignKey(PeerReview, on_delete=models.CASCADE, related_name="examples")
    text = models.TextField(_("example"))
    score = models.DecimalField(max_digits=9, decimal_places=4)

    def __str__(self) -> str:
        return f"example {self.public_id}"


class PeerTry(models.Model):
    """A reviewer's score of an example: written once."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Weighs a reviewer's word by how they judged examples.",
        subject="reviewer_id",
        erase="delete",
    )
    example = models.ForeignKey(PeerExample, on_delete=models.CASCADE, related_name="tries")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    score = models.DecimalField(max_digits=9, decimal_places=4)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "peer tries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["example", "reviewer"], name="one_try_per_example"),
        ]

    def __str__(self) -> str:
        return f"try of example {self.example_id}"


class PeerAppeal(models.Model):
    """An author's objection to the reviews of their work, and what staff decided."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Lets an author object to reviews.",
        retention="as long as the course's records; its text until the author's account is erased",
        subject="author_id",
        erase="anonymise",
        blank=("reason", "answer"),
    )
    public_id = PublicIdField()
    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, related_name="peer_appeal"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=AppealState.choices, default=AppealState.OPEN)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"objection {self.public_id}"

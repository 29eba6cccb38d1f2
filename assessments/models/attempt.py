"""An attempt and its log."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import AttemptState, Behaviour, Certainty, StepKind, Verdict
from assessments.models.bank import QuestionVersion
from assessments.models.quiz import PENALTY, Quiz
from assessments.models.section import QuizSection
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData

SCORING = (
    StepKind.CHECKED,
    StepKind.SCORED,
    StepKind.REGRADED,
    StepKind.MARKED,
    StepKind.OVERRIDDEN,
)


class Attempt(models.Model):
    """One go at a quiz. `deadline` is fixed when it starts; only a recorded extension moves it.

    `score` counts once the state is scored or released. `override` replaces the sum of the
    questions' scores. `closed_by_clock` tells that time ran out before the learner submitted.
    The learner may stop the clock for `break_seconds` in all, of which `break_used` are gone;
    `paused_at` is since when it stands, and the deadline moves when it goes on.
    `grace_seconds` after the deadline the last answers still count. A late attempt lost
    `late_percent` of the points to be had, which is `deducted` points, as far as there were any.
    `behaviour`, `tries_allowed` and `try_penalty` are the quiz's when it started.
    Its questions stand on `page_count` pages; with `forward_only` it is on `page`, and those before
    are left for good.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Records what a learner did in a quiz and what it scored.",
        retention="as long as the course's records",
        subject="learner_id",
        erase="keep",
        withheld=("score", "override"),
        withheld_while=~models.Q(state=AttemptState.RELEASED),
    )
    public_id = PublicIdField()
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts"
    )
    number = models.PositiveIntegerField()
    state = models.CharField(
        _("state"), max_length=10, choices=AttemptState.choices, default=AttemptState.OPEN
    )
    started_at = models.DateTimeField(default=clock.now)
    deadline = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    closed_by_clock = models.BooleanField(default=False)
    behaviour = models.CharField(
        max_length=12, choices=Behaviour.choices, default=Behaviour.DEFERRED
    )
    tries_allowed = models.PositiveSmallIntegerField(default=3)
    try_penalty = models.DecimalField(max_digits=5, decimal_places=2, default=PENALTY)
    grace_seconds = models.PositiveSmallIntegerField(default=0)
    break_seconds = models.PositiveIntegerField(default=0)
    break_used = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    forward_only = models.BooleanField(default=False)
    page = models.PositiveSmallIntegerField(default=1)
    page_count = models.PositiveSmallIntegerField(default=1)
    late_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    deducted = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    max_score = models.DecimalField(max_digits=9, decimal_places=4)
    override = models.DecimalField(max_digits=9, decimal_places=4, null=True)

    class Meta:
        verbose_name = _("attempt")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["quiz", "learner", "number"], name="attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["quiz", "learner"],
                condition=models.Q(state="open"),
                name="one_open_attempt",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", submitted_at=None)
                | (~models.Q(state="open") & models.Q(submitted_at__isnull=False)),
                name="attempt_submitted_unless_open",
            ),
            models.CheckConstraint(
                condition=models.Q(score=None)
                | models.Q(score__gte=0, score__lte=models.F("max_score")),
                name="attempt_score_within_bounds",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["quiz", "state"], name="attempt_of_quiz"),
            models.Index(fields=["learner", "course"], name="attempt_of_learner"),
            models.Index(
                fields=["deadline"],
                name="attempt_overdue",
                condition=models.Q(state="open", deadline__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.public_id}"

    @property
    def break_left(self) -> int:
        """Seconds for which the clock may still be stopped; a break that runs is not taken off."""
        return max(0, self.break_seconds - self.break_used)

    @property
    def break_ends_at(self) -> datetime | None:
        """When a running break is used up."""
        if self.paused_at is None:
            return None
        return self.paused_at + timedelta(seconds=self.break_left)

    @property
    def share(self) -> Decimal | None:
        """The score as a share of what was to be had, 0..1; None without a score."""
        return None if self.score is None or not self.max_score else self.score / self.max_score


class AttemptQuestion(models.Model):
    """A question as drawn for an attempt, with the state that its steps add up to.

    `seq` is the number of its last step. `option_order` lists option ids as shown, `drawn` holds
    the values that this attempt alone was given. `page` is where it stands, in `section` unless
    that was removed since. `scored_with` is the version whose key gives the
    score when a regrade named another one. An answer that a
    person marks has no score until then; `comment` (Markdown) is theirs to the learner.
    `certainty` is how sure the learner is. `tries` answers were checked; a `final` one takes no
    other. A score is below 0 where certainty was wrong, by at most twice the points.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Keeps a learner's answer and its score.",
        retention="as long as the course's records; the answer until the account is erased",
        subject="attempt__learner_id",
        erase="anonymise",
        blank=("answer", "comment"),
        withheld=("score", "verdict", "comment", "drawn"),
        withheld_by="assessments.queries.withheld.questions",
    )
    public_id = PublicIdField()
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    scored_with = models.ForeignKey(
        QuestionVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    section = models.ForeignKey(QuizSection, null=True, on_delete=models.SET_NULL, related_name="+")
    ordinal = models.PositiveIntegerField()
    page = models.PositiveSmallIntegerField(default=1)
    option_order = models.JSONField(default=list)
    drawn = models.JSONField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=4)
    seq = models.PositiveIntegerField(default=0)
    answer = models.JSONField(null=True)
    answered_at = models.DateTimeField(null=True)
    certainty = models.PositiveSmallIntegerField(choices=Certainty.choices, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    final = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    overridden = models.BooleanField(default=False)
    comment = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "ordinal"], name="attempt_ordinal_once"),
            models.UniqueConstraint(fields=["attempt", "version"], name="attempt_version_once"),
            models.CheckConstraint(
                condition=models.Q(score=None)
                | models.Q(score__gte=models.F("points") * -2, score__lte=models.F("points")),
                name="question_score_within_points",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["attempt"],
                name="question_waits",
                condition=models.Q(verdict="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.ordinal} of attempt {self.attempt_id}"


class AttemptStep(models.Model):
    """One line of an attempt's log: never changed, never removed (a trigger guards it).

    `question` is null for steps of the whole attempt. `seq` rises per question; for saved answers
    it is the number the client sent.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Proves what was answered when, for review, regrading and complaints.",
        retention="as long as the course's records; its text until the account is erased",
        subject="attempt__learner_id",
        erase="anonymise",
        blank=("data",),
        withheld=("data",),
        withheld_by="assessments.queries.withheld.steps",
    )
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="steps")
    question = models.ForeignKey(
        AttemptQuestion, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    seq = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "question", "seq"], name="step_seq_once"),
            models.UniqueConstraint(
                fields=["attempt", "seq"],
                condition=models.Q(question=None),
                name="attempt_step_seq_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq} of attempt {self.attempt_id}"

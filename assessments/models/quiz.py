"""A quiz: the rules of its attempts and the questions it asks."""

from decimal import Decimal
from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import (
    AiHelp,
    Behaviour,
    Counting,
    ExamChat,
    LateUnit,
    Layout,
    Navigation,
    QuizState,
)
from assessments.models.bank import Question, QuestionVersion
from courses.models import Course, Lesson
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL

# A third, as most systems have it: three tries are worth 100, 67 and 33 per cent.
PENALTY: Final = Decimal("33.33")


class Quiz(Stamped, Versioned):
    """The quiz of one lesson of kind quiz.

    `time_limit_seconds` and `attempts_allowed` are unlimited when null. `behaviour` says when
    answers are scored, `tries_allowed` and `try_penalty` (per cent of the points) what further
    tries are worth; `review` is the policy of what learners see when (`scoring/review.py`, empty
    for the usual one). Attempts start from `opens_at` and end by `closes_at`; null is no border.
    What comes in after `due_at` is late and loses `late_percent` of the points per begun
    `late_unit`, at most `late_cap`. `grace_seconds` lets last answers in after the deadline.
    `access_code` is a hash; `addresses` lists the networks from which it may be taken, empty is
    any. In exam mode `exam_ai` and `exam_chat` say what is left of help and talk to whoever has
    an open attempt. `layout` cuts the questions into pages, `navigation` says whether one may go
    back. `points` and `item_count` (questions asked in an attempt) are kept by services.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="quiz")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="quizzes")
    state = models.CharField(
        _("state"), max_length=10, choices=QuizState.choices, default=QuizState.DRAFT
    )
    instructions = models.TextField(_("instructions"), blank=True)
    instructions_html = models.TextField(blank=True, editable=False)
    time_limit_seconds = models.PositiveIntegerField(_("time limit in seconds"), null=True)
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), null=True, default=1)
    counting = models.CharField(
        _("attempt that counts"), max_length=5, choices=Counting.choices, default=Counting.BEST
    )
    shuffle_questions = models.BooleanField(_("shuffle questions"), default=False)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)
    layout = models.CharField(_("pages"), max_length=8, choices=Layout.choices, default=Layout.ALL)
    navigation = models.CharField(
        _("moving between pages"),
        max_length=8,
        choices=Navigation.choices,
        default=Navigation.FREE,
    )
    behaviour = models.CharField(
        _("how questions behave"),
        max_length=12,
        choices=Behaviour.choices,
        default=Behaviour.DEFERRED,
    )
    tries_allowed = models.PositiveSmallIntegerField(_("tries per question"), default=3)
    try_penalty = models.DecimalField(
        _("cost of another try in percent"), max_digits=5, decimal_places=2, default=PENALTY
    )
    review = models.JSONField(_("what learners see"), default=dict)
    opens_at = models.DateTimeField(_("opens"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    closes_at = models.DateTimeField(_("closes"), null=True)
    late_unit = models.CharField(
        _("late work"), max_length=4, choices=LateUnit.choices, default=LateUnit.NONE
    )
    late_percent = models.DecimalField(
        _("deduction in percent"), max_digits=5, decimal_places=2, default=0
    )
    late_cap = models.DecimalField(
        _("at most in percent"), max_digits=5, decimal_places=2, default=100
    )
    grace_seconds = models.PositiveSmallIntegerField(_("grace in seconds"), default=0)
    cooldown_seconds = models.PositiveIntegerField(_("wait between attempts"), default=0)
    access_code = models.CharField(max_length=200, blank=True, editable=False)
    exam_mode = models.BooleanField(_("exam mode"), default=False)
    exam_ai = models.CharField(
        _("AI help during the exam"),
        max_length=4,
        choices=AiHelp.choices,
        default=AiHelp.OFF,
    )
    exam_chat = models.CharField(
        _("chat during the exam"),
        max_length=6,
        choices=ExamChat.choices,
        default=ExamChat.CLOSED,
    )
    addresses = models.JSONField(_("allowed networks"), default=list)
    points = models.DecimalField(max_digits=9, decimal_places=4, default=0, editable=False)
    item_count = models.PositiveIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(time_limit_seconds=None)
                | models.Q(time_limit_seconds__gte=10, time_limit_seconds__lte=604800),
                name="quiz_time_limit_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(attempts_allowed=None)
                | models.Q(attempts_allowed__gte=1, attempts_allowed__lte=1000),
                name="quiz_attempts_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at=None)
                | models.Q(closes_at=None)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="quiz_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=(models.Q(due_at=None) | models.Q(opens_at=None))
                | models.Q(due_at__gt=models.F("opens_at")),
                name="quiz_due_after_it_opens",
            ),
            models.CheckConstraint(
                condition=(models.Q(due_at=None) | models.Q(closes_at=None))
                | models.Q(due_at__lte=models.F("closes_at")),
                name="quiz_due_before_it_closes",
            ),
            models.CheckConstraint(
                condition=models.Q(tries_allowed__gte=1, tries_allowed__lte=10),
                name="quiz_tries_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(try_penalty__gte=0, try_penalty__lte=100),
                name="quiz_try_penalty_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(late_percent__gte=0, late_percent__lte=100),
                name="quiz_late_percent_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(late_cap__gte=0, late_cap__lte=100), name="quiz_late_cap_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"quiz {self.public_id}"


class QuizItem(models.Model):
    """A question in a quiz: `pinned` asks that version, otherwise the latest when one starts.

    `ordinal` counts through the fixed questions and the draws of all sections together.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="items")
    section = models.ForeignKey("QuizSection", on_delete=models.RESTRICT, related_name="items")
    question = models.ForeignKey(Question, on_delete=models.RESTRICT, related_name="items")
    pinned = models.ForeignKey(
        QuestionVersion, null=True, on_delete=models.RESTRICT, related_name="+"
    )
    ordinal = models.PositiveIntegerField()
    points = models.DecimalField(max_digits=9, decimal_places=4)

    class Meta:
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quiz", "question"], name="question_once_per_quiz"),
            models.CheckConstraint(condition=models.Q(points__gt=0), name="item_has_points"),
        ]
        indexes: ClassVar = [models.Index(fields=["quiz", "ordinal"], name="quiz_item_order")]

    def __str__(self) -> str:
        return f"item {self.ordinal} of quiz {self.quiz_id}"

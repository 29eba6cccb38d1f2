"""Generated teaching material on its way to a person's decision, and what it was made from."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import ContentKind, DraftState, SourceOrigin
from ai.models.draft import Draft
from ai.models.suggestion import Suggestion
from courses.models import Course, Lesson
from lms.kernel.db.fields import Stamped
from lms.kernel.models import Job
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class SourceDocument(Stamped):
    """A text from outside the course as one job read it: a job taken up again reads the same.

    `lost` says in words what did not survive the reading; `address` is where a page was.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Shows what generated teaching material was made from; names who brought it.",
        retention="as long as the course; without a course until the account is erased",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(_("origin"), max_length=8, choices=SourceOrigin.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=2000, blank=True)
    markdown = models.TextField()
    lost = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("source document")

    def __str__(self) -> str:
        return self.title or self.address or self.origin


class ContentPiece(Suggestion):
    """One generated piece of teaching material.

    `markdown` goes below `heading` of the lesson; of an outline `data` holds a section with its
    lessons instead. `source` names the blocks it was made from with their hashes, `block_keys` the
    blocks of the lesson it became. `replaces` is an older piece whose place it takes.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=ContentKind.choices)
    heading = models.CharField(_("heading"), max_length=150, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    markdown = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    block_keys = models.JSONField(default=list)
    replaces = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("generated piece")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "ordinal"], name="piece_once_per_job"),
            models.CheckConstraint(
                condition=models.Q(state=DraftState.DRAFT) | models.Q(decided_at__isnull=False),
                name="piece_decided_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "state", "-id"], name="piece_queue"),
            models.Index(fields=["lesson", "state"], name="piece_of_lesson"),
        ]

    def __str__(self) -> str:
        return self.title or self.markdown[:80]


class Dependence(models.Model):
    """An accepted question or piece was made from this block of a lesson as it read then.

    It is out of date while the lesson's current text has no block of that key and hash; nothing is
    stored about that, so that taking an edit back makes it good again.
    """

    personal_data = NOTHING_PERSONAL
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="+")
    block_key = models.CharField(max_length=22)
    sha256 = models.CharField(max_length=64)
    draft = models.ForeignKey(
        Draft, null=True, on_delete=models.CASCADE, related_name="dependences"
    )
    piece = models.ForeignKey(
        ContentPiece, null=True, on_delete=models.CASCADE, related_name="dependences"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(draft=None, piece__isnull=False)
                | models.Q(draft__isnull=False, piece=None),
                name="dependence_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["draft", "lesson", "block_key"], name="draft_depends_once"
            ),
            models.UniqueConstraint(
                fields=["piece", "lesson", "block_key"], name="piece_depends_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "lesson"], name="dependence_of_course"),
        ]

    def __str__(self) -> str:
        return f"{self.block_key} of lesson {self.lesson_id}"

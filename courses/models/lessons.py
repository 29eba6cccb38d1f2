"""The outline and what stands in it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.enums import LessonKind, VersionState
from courses.models.catalogue import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class Section(Stamped, Versioned):
    """A part of a course; titles and order are live."""

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(_("title"), max_length=150)
    ordinal = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["ordinal", "id"]
        indexes: ClassVar = [models.Index(fields=["course", "ordinal"], name="section_order")]

    def __str__(self) -> str:
        return self.title


class Lesson(Stamped, Versioned):
    """One item of the outline. What it says is in its versions; `published` shows it to learners.

    `course` repeats the section's course, so that rules and lists need no join.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lessons")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="lessons")
    title = models.CharField(_("title"), max_length=150)
    kind = models.CharField(
        _("kind"), max_length=10, choices=LessonKind.choices, default=LessonKind.TEXT
    )
    ordinal = models.PositiveIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    free_preview = models.BooleanField(_("free preview"), default=False)
    published = models.BooleanField(_("published"), default=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["section__ordinal", "ordinal", "id"]
        indexes: ClassVar = [
            models.Index(fields=["section", "ordinal"], name="lesson_order"),
            models.Index(fields=["course", "published"], name="lesson_of_course"),
        ]

    def __str__(self) -> str:
        return self.title


class LessonVersion(models.Model):
    """What a lesson says: at most one draft and one published version at a time.

    `provenance` of AI output and imports: model, prompt version, source blocks and their hashes,
    approver.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Teaching material; names who wrote it.",
        retention="as long as the lesson",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    markdown = models.TextField(blank=True)
    html = models.TextField(blank=True)
    pipeline_version = models.CharField(max_length=12, blank=True)
    video_url = models.URLField(blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lesson", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["lesson"],
                condition=models.Q(state="draft"),
                name="lesson_has_one_draft",
            ),
            models.UniqueConstraint(
                fields=["lesson"],
                condition=models.Q(state="published"),
                name="lesson_has_one_published_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} v{self.number} ({self.state})"


class Block(models.Model):
    """A paragraph, list, table, figure or code block of a version: what AI cites and hashes.

    `key` is stable across versions as long as the block is recognisably the same.
    """

    personal_data = NOTHING_PERSONAL
    version = models.ForeignKey(LessonVersion, on_delete=models.CASCADE, related_name="blocks")
    key = models.CharField(max_length=22)
    ordinal = models.PositiveIntegerField()
    heading_path = models.JSONField(default=list)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "key"], name="block_key_once"),
            models.UniqueConstraint(fields=["version", "ordinal"], name="block_ordinal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of version {self.version_id}"


class Attachment(models.Model):
    """A private file of a course; `file` has a generated name, `name` is what people see.

    `size` is in bytes.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Teaching material; names who uploaded it.",
        retention="as long as the course",
        subject="uploaded_by_id",
        erase="anonymise",
        blank=("uploaded_by",),
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="attachments")
    lesson = models.ForeignKey(
        Lesson, null=True, on_delete=models.CASCADE, related_name="attachments"
    )
    file = models.FileField(upload_to="attachments/")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["lesson"], name="attachment_of_lesson")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether a text can show it."""
        return self.content_type.startswith("image/")

    @property
    def markdown(self) -> str:
        """What shows an image in a text, or links another file."""
        words = self.name.rpartition(".")[0] if self.is_image else self.name
        label = "".join(f"\\{c}" if c in "\\[]`*_$<" else c for c in words)
        return f"{'!' if self.is_image else ''}[{label}](attachment:{self.public_id})"

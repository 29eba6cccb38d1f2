"""What the tutor may read and cite: blocks of published lessons and answered questions."""

from typing import ClassVar

from django.db import models

from ai.models.faq import Faq
from courses.models import Course, Lesson, LessonVersion
from lms.kernel.privacy import NOTHING_PERSONAL


class Chunk(models.Model):
    """One block of a published version, or a FAQ entry; written by `services.indexing` alone.

    `key` is the block's key, or the entry's public id. Who sees it is asked when it is read: a
    chunk outlives the moment in which its lesson is hidden by as long as a job takes. Code,
    formulas and tables are found and cited, but are no sentences to quote: `quotable` is False.
    """

    personal_data = NOTHING_PERSONAL
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(
        LessonVersion, null=True, on_delete=models.CASCADE, related_name="+"
    )
    faq = models.ForeignKey(Faq, null=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=22)
    ordinal = models.PositiveIntegerField(default=0)
    heading_path = models.JSONField(default=list)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    quotable = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["lesson_id", "ordinal", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lesson", "key"], condition=models.Q(faq=None), name="chunk_once_per_lesson"
            ),
            models.UniqueConstraint(fields=["faq"], name="chunk_once_per_faq"),
            models.CheckConstraint(
                condition=models.Q(faq__isnull=False)
                | models.Q(lesson__isnull=False, version__isnull=False),
                name="chunk_has_a_source",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["course", "lesson"], name="chunk_of_course")]

    def __str__(self) -> str:
        return f"chunk {self.key} of course {self.course_id}"


class ChunkVector(models.Model):
    """The meaning of a chunk by one model: a unit vector, little-endian float16."""

    personal_data = NOTHING_PERSONAL
    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, related_name="vectors")
    model_id = models.CharField(max_length=120)
    dim = models.PositiveIntegerField()
    vec = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chunk", "model_id"], name="chunk_vector_once")
        ]

    def __str__(self) -> str:
        return f"vector of chunk {self.chunk_id} by {self.model_id}"

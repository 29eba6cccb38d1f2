"""A file that is, or was, the answer to a question of an attempt."""

from typing import ClassVar

from django.db import models

from assessments.models.attempt import Attempt, AttemptQuestion
from assessments.models.stored_file import StoredFile
from lms.kernel.privacy import PersonalData


class AnswerFile(StoredFile):
    """A private file of one answer; a step of the attempt's log names it by id and `sha256`.

    `acknowledged` is whether such a step does. Until then it counts for nothing, and a sweep
    removes what is never named. What was named stays, as all of the log does.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="An answer that a learner handed in as a file.",
        retention="as long as the course's records, or until its sender's account is erased",
        subject="uploaded_by_id",
        erase="delete",
    )
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="files")
    question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="answers/")
    sha256 = models.CharField(max_length=64)
    acknowledged = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="answer_file_unnamed",
                condition=models.Q(acknowledged=False),
            ),
        ]

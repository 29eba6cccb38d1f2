"""What AI suggests and a person decides about: the part that questions and pieces share."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import DraftState
from courses.models import Course, Lesson
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.models import Job
from lms.kernel.privacy import PersonalData


class Suggestion(Stamped, Versioned):
    """Something generated that waits for a person's decision (I5); learners see none of it before.

    `source` says what it was made from: blocks with their hashes, and more by kind. `ordinal` makes
    a job that runs again write each once. `decided_at` is set while `state` is not DRAFT.
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
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=120)
    prompt_version = models.CharField(max_length=40)
    state = models.CharField(
        _("state"), max_length=8, choices=DraftState.choices, default=DraftState.DRAFT
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True

"""Who is in a course, in which role, and who is asked to come."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseRole, EnrolmentSource, EnrolmentState, InvitationState
from courses.models.catalogue import Course
from courses.models.lessons import Lesson
from courses.models.roles import forget_roles
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData


class EnrolmentRows(models.QuerySet["Enrolment"]):
    """Enrolments; writing any of them forgets what the request knew about roles."""

    def update(self, **changes: Any) -> int:
        """As of Django."""
        forget_roles()
        return super().update(**changes)

    def delete(self) -> tuple[int, dict[str, int]]:
        """As of Django."""
        forget_roles()
        return super().delete()

    def bulk_create(
        self, objs: Iterable["Enrolment"], *args: Any, **options: Any
    ) -> list["Enrolment"]:
        """As of Django."""
        forget_roles()
        return super().bulk_create(objs, *args, **options)


class Enrolment(models.Model):
    """A person in a course, one row for ever; `state` and `role` change.

    `completed_lessons`, `seconds` and `completion` (0 to 1 of the published lessons) are counters
    kept by the progress service; `resume_lesson` is where "continue" leads. `completed_at` is when
    a learner had first done every lesson published that day: it stands when lessons are added later
    and `completion` falls, so that who has finished is asked of it and never of `completion`.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Membership, role and progress in a course.",
        subject="user_id",
        erase="delete",
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments"
    )
    role = models.CharField(
        _("role"), max_length=10, choices=CourseRole.choices, default=CourseRole.LEARNER
    )
    state = models.CharField(
        _("state"), max_length=8, choices=EnrolmentState.choices, default=EnrolmentState.ACTIVE
    )
    source = models.CharField(
        max_length=10, choices=EnrolmentSource.choices, default=EnrolmentSource.SELF
    )
    created_at = models.DateTimeField(default=clock.now)
    last_active_at = models.DateTimeField(null=True)
    completed_lessons = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    completion = models.FloatField(default=0.0)
    resume_lesson = models.ForeignKey(
        Lesson, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    completed_at = models.DateTimeField(null=True)
    objects = EnrolmentRows.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="enrolled_once"),
            models.CheckConstraint(
                condition=models.Q(completion__gte=0, completion__lte=1),
                name="completion_is_a_share",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "state"], name="enrolment_of_user"),
            models.Index(fields=["course", "state", "role"], name="enrolment_of_course"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id} as {self.role}"

    def save(self, *args: Any, **options: Any) -> None:
        """As of Django; forgets what the request knew about roles."""
        forget_roles()
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """As of Django; forgets what the request knew about roles."""
        forget_roles()
        return super().delete(*args, **options)


class Invitation(models.Model):
    """An address asked to join; the link's token is kept as a SHA-256 hash."""

    personal_data = PersonalData(
        kind="contact",
        purpose="Asks somebody to join a course.",
        retention="90 days after it was accepted, revoked or ran out",
        subject="accepted_by_id",
        erase="delete",
        hidden=("token_digest",),
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(
        _("role"), max_length=10, choices=CourseRole.choices, default=CourseRole.LEARNER
    )
    token_digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(
        max_length=8, choices=InvitationState.choices, default=InvitationState.SENT
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "email"],
                condition=models.Q(state="sent"),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.public_id}"

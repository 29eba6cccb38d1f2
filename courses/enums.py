"""Choices of the courses app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CourseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class CourseLevel(models.TextChoices):
    BEGINNER = "beginner", _("Beginner")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")


class EnrolmentPolicy(models.TextChoices):
    OPEN = "open", _("Open to everybody")
    INVITATION = "invitation", _("By invitation")


class CourseRole(models.TextChoices):
    LEARNER = "learner", _("Learner")
    OBSERVER = "observer", _("Observer")
    ASSISTANT = "assistant", _("Assistant")
    INSTRUCTOR = "instructor", _("Instructor")


class EnrolmentState(models.TextChoices):
    ACTIVE = "active", _("Active")
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed")


class EnrolmentSource(models.TextChoices):
    SELF = "self", _("Enrolled themselves")
    INVITED = "invited", _("Invited")
    JOIN_LINK = "join_link", _("Join link")
    STAFF = "staff", _("Added by staff")
    CREATOR = "creator", _("Created the course")


class LessonKind(models.TextChoices):
    TEXT = "text", _("Text")
    VIDEO = "video", _("Video")
    FILE = "file", _("File")
    QUIZ = "quiz", _("Quiz")
    ASSIGNMENT = "assignment", _("Assignment")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")


class ProgressState(models.TextChoices):
    STARTED = "started", _("Started")
    COMPLETED = "completed", _("Completed")


class InvitationState(models.TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")


# What these are about lies in another app, which also says when they are done.
HANDED_IN = (LessonKind.QUIZ, LessonKind.ASSIGNMENT)
STAFF_ROLES = (CourseRole.ASSISTANT, CourseRole.INSTRUCTOR)

"""What people do in a forum beside writing, and what staff keep of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models import GradeItem
from lms.kernel import clock
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData
from realtime.enums import RevisionKind
from realtime.models.forum import ForumBoard, ForumPost, ForumThread

_USER = settings.AUTH_USER_MODEL


class ForumAlias(models.Model):
    """The number under which somebody writes in one thread where their name is not shown."""

    personal_data = PersonalData(
        kind="content",
        purpose="Keeps one pseudonym for one person within a thread.",
        retention="as long as the course",
        subject="user_id",
        erase="delete",
        hidden=("user",),
    )
    thread = models.ForeignKey(ForumThread, on_delete=models.CASCADE, related_name="aliases")
    user = models.ForeignKey(_USER, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("pseudonym in a thread")
        verbose_name_plural = _("pseudonyms in threads")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "user"], name="one_alias_per_thread"),
            models.UniqueConstraint(fields=["thread", "number"], name="alias_number_once"),
        ]

    def __str__(self) -> str:
        return f"anonymous {self.number} of thread {self.thread_id}"


class ForumFollow(models.Model):
    """Somebody wants to be told of a thread, or of new threads on a board."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Tells the person of what they follow.",
        subject="user_id",
        erase="delete",
        # An author follows by writing: whose row it is could tell who wrote without a name.
        hidden=("user",),
    )
    user = models.ForeignKey(_USER, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(
        ForumThread, null=True, on_delete=models.CASCADE, related_name="follows"
    )
    board = models.ForeignKey(
        ForumBoard, null=True, on_delete=models.CASCADE, related_name="follows"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("follower in the forum")
        verbose_name_plural = _("followers in the forum")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "thread"], name="thread_followed_once"),
            models.UniqueConstraint(fields=["user", "board"], name="board_followed_once"),
            models.CheckConstraint(
                condition=Q(thread=None, board__isnull=False) | Q(thread__isnull=False, board=None),
                name="follows_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"follow {self.pk}"


class ForumRead(models.Model):
    """Up to which post somebody has read a thread."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows what is new to the person.",
        retention="as long as the course",
        subject="user_id",
        erase="delete",
        hidden=("user",),
    )
    thread = models.ForeignKey(ForumThread, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey(_USER, on_delete=models.CASCADE, related_name="+")
    last_seq = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("place read to in a thread")
        verbose_name_plural = _("places read to in threads")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "user"], name="thread_read_once")
        ]

    def __str__(self) -> str:
        return f"read to {self.last_seq} in thread {self.thread_id}"


class ForumVote(models.Model):
    """Somebody found a post helpful; others see how many did."""

    personal_data = PersonalData(
        kind="content",
        purpose="Counts how many found a post helpful.",
        retention="as long as the course",
        subject="user_id",
        erase="delete",
    )
    post = models.ForeignKey(ForumPost, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(_USER, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("helpful mark")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "user"], name="found_helpful_once")
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} found helpful"


class PostRevision(models.Model):
    """What a post said before it was edited or deleted; the staff of the course read it."""

    personal_data = PersonalData(
        kind="content",
        purpose="Lets staff see what was said when a post is reported or disputed.",
        retention="90 days",
        subject="author_id",
        erase="delete",
        hidden=("author", "made_by"),
    )
    post = models.ForeignKey(ForumPost, on_delete=models.CASCADE, related_name="revisions")
    author = models.ForeignKey(_USER, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=RevisionKind.choices)
    title = models.CharField(max_length=150, blank=True)
    body = models.TextField()
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(_USER, null=True, on_delete=models.SET_NULL, related_name="+")
    by_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("earlier words of a post")
        verbose_name_plural = _("earlier words of posts")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"post {self.post_id} before it was {self.kind}"


class PostReport(models.Model):
    """A member asks staff to look at a post; each once."""

    personal_data = PersonalData(
        kind="content",
        purpose="Tells staff of a post that breaks the rules; only they see who reported it.",
        retention="as long as the course",
        subject="reporter_id",
        erase="delete",
        hidden=("settled_by",),
    )
    post = models.ForeignKey(ForumPost, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(_USER, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("what is wrong"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(_USER, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("report of a post")
        verbose_name_plural = _("reports of posts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "reporter"], name="post_reported_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["post"], name="post_report_open", condition=Q(settled_at=None))
        ]

    def __str__(self) -> str:
        return f"report of post {self.post_id}"


class ForumTask(models.Model):
    """A thread that is graded: what each learner is to write in it, until when, in which column.

    Without `item` its column was removed from the gradebook.
    """

    personal_data = NOTHING_PERSONAL
    thread = models.OneToOneField(ForumThread, on_delete=models.CASCADE, related_name="task")
    item = models.OneToOneField(
        GradeItem, null=True, on_delete=models.SET_NULL, related_name="forum_task"
    )
    due_at = models.DateTimeField(_("due"), null=True)
    posts_needed = models.PositiveSmallIntegerField(_("posts of one's own"), default=1)
    replies_needed = models.PositiveSmallIntegerField(_("replies to others"), default=2)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("graded discussion")

    def __str__(self) -> str:
        return f"task of thread {self.thread_id}"

"""The forum of a course: boards, threads and posts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.models import Faq
from courses.models import Course, LearnerGroup
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData
from realtime.enums import MAX_TITLE, ThreadKind

MAX_BOARD_TITLE = 80
SEQ_DIGITS = 8
MAX_DEPTH = 2


class Forum(models.Model):
    """How a course's forum works; made by the first thing written there, and locked to begin one.

    With `anonymous_allowed` learners may post without their name being shown to each other.
    """

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="forum")
    anonymous_allowed = models.BooleanField(_("learners may post anonymously"), default=False)

    def __str__(self) -> str:
        return f"forum of course {self.course_id}"


class ForumBoard(models.Model):
    """A place for threads of one topic, mostly of one kind. Counts leave out what was deleted."""

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="forum_boards")
    title = models.CharField(_("title"), max_length=MAX_BOARD_TITLE)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    kind = models.CharField(
        _("what is begun here"), max_length=10, choices=ThreadKind.choices, default="discussion"
    )
    ordinal = models.PositiveIntegerField(default=0)
    thread_count = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("board")
        ordering: ClassVar = ["ordinal", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "course", models.functions.Lower("title"), name="board_title_once_per_course"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ForumThread(models.Model):
    """A discussion or a question, begun by its first post (number 1).

    `last_seq` numbers its posts, `reply_count` counts those that stand, `pseudonyms` the people who
    posted in it without their name. `anonymous` is the number of whoever began it so. With
    `group_only` it is for `group` and staff alone; when that group is deleted, for staff. With
    `post_first` learners see what others wrote once they have written themselves.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Discussion among the people of a course.",
        retention="as long as the course",
        subject="author_id",
        erase="anonymise",
        blank=("author", "title"),
        # Who posted without their name is told by one recorded act alone.
        hidden=("author", "deleted_by"),
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="forum_threads")
    board = models.ForeignKey(ForumBoard, on_delete=models.CASCADE, related_name="threads")
    kind = models.CharField(_("kind"), max_length=10, choices=ThreadKind.choices)
    title = models.CharField(_("title"), max_length=MAX_TITLE, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    anonymous = models.PositiveSmallIntegerField(null=True)
    pseudonyms = models.PositiveSmallIntegerField(default=0)
    group = models.ForeignKey(LearnerGroup, null=True, on_delete=models.SET_NULL, related_name="+")
    group_only = models.BooleanField(default=False)
    post_first = models.BooleanField(default=False)
    pinned_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    solved_post = models.ForeignKey(
        "realtime.ForumPost", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    solved_at = models.DateTimeField(null=True)
    faq = models.ForeignKey(Faq, null=True, on_delete=models.SET_NULL, related_name="+")
    last_seq = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0)
    last_post = models.ForeignKey(
        "realtime.ForumPost", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_post_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("thread of the forum")
        verbose_name_plural = _("threads of the forum")
        ordering: ClassVar = ["-last_post_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["course", "-last_post_at"], name="thread_of_course"),
            models.Index(fields=["board", "-last_post_at"], name="thread_of_board"),
        ]

    def __str__(self) -> str:
        return f"thread {self.public_id}"


class ForumPost(models.Model):
    """What somebody wrote in a thread. A deleted post keeps its place and loses its words.

    `path` orders the tree: the numbers of its parents and its own, eight digits each. Replies
    are shown at most two levels deep; a deeper one stands beside its parent and keeps `parent`.
    `anonymous` is the author's number in this thread when their name is not shown.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Discussion among the people of a course.",
        retention="as long as the course",
        subject="author_id",
        erase="anonymise",
        blank=("author", "body", "html"),
        hidden=("author", "deleted_by"),
    )
    public_id = PublicIdField()
    thread = models.ForeignKey(ForumThread, on_delete=models.CASCADE, related_name="posts")
    seq = models.PositiveIntegerField()
    path = models.CharField(max_length=SEQ_DIGITS * (MAX_DEPTH + 1))
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    client_id = models.UUIDField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    anonymous = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    pipeline_version = models.CharField(max_length=12, blank=True)
    mentions = models.JSONField(default=list)
    helpful_count = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True)
    edited_by_staff = models.BooleanField(default=False)
    edit_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    delete_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("post of the forum")
        verbose_name_plural = _("posts of the forum")
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "seq"], name="post_seq_once"),
            models.UniqueConstraint(
                fields=["thread", "author", "client_id"], name="post_written_once"
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="post_seq_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["thread", "path"], name="post_in_tree"),
            models.Index(fields=["author", "thread"], name="post_of_author"),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} of thread {self.thread_id}"

    @property
    def depth(self) -> int:
        """How deep it is shown: 0 for the first post and what replies to the thread itself."""
        return len(self.path) // SEQ_DIGITS - 1

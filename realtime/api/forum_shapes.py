"""What boards, threads and posts look like in the API."""

from typing import Any

from rest_framework import serializers

from ai.services.faq import MAX_ANSWER, MAX_QUESTION
from realtime.enums import MAX_POST, MAX_TITLE, RevisionKind, ThreadKind
from realtime.models import ForumBoard, ForumThread
from realtime.models.forum import MAX_BOARD_TITLE
from realtime.queries.forum import Face, Faces
from realtime.queries.forum_thread import PostLine
from realtime.services.forum_editing import MAX_REASON
from realtime.services.forum_keeping import MAX_ABOUT, MAX_REPORT
from realtime.services.forum_task import MOST_NEEDED

MOST_SEQ = 2**31 - 1


class FaceSerializer(serializers.Serializer[Any]):
    """Who wrote it. Without a name here (`anonymous`) and for erased accounts `id` is empty.

    `mine` is true for whoever wrote it, `role` is that of staff in words.
    """

    id = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    anonymous = serializers.BooleanField()
    mine = serializers.BooleanField()
    role = serializers.CharField(allow_blank=True)


class BoardSerializer(serializers.Serializer[Any]):
    """A board with its counts; `kind` is what is mostly begun there."""

    id = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=ThreadKind.choices)
    threads = serializers.IntegerField()
    posts = serializers.IntegerField()
    followed = serializers.BooleanField()


class BoardFieldsSerializer(serializers.Serializer[Any]):
    """What a board says of itself."""

    title = serializers.CharField(max_length=MAX_BOARD_TITLE)
    about = serializers.CharField(max_length=MAX_ABOUT, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=ThreadKind.choices, default=ThreadKind.DISCUSSION)


class NewBoardSerializer(BoardFieldsSerializer):
    """A board of a course."""

    course = serializers.CharField(max_length=40)


class BoardOrderSerializer(serializers.Serializer[Any]):
    """The boards of a course, each once, in the order wanted."""

    course = serializers.CharField(max_length=40)
    boards = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50)


class ForumSettingsSerializer(serializers.Serializer[Any]):
    """How a forum works."""

    anonymous_allowed = serializers.BooleanField()


class ThreadBoardSerializer(serializers.Serializer[Any]):
    """Where a thread stands."""

    id = serializers.CharField()
    title = serializers.CharField()


class ForumThreadSerializer(serializers.Serializer[Any]):
    """A thread; `solved_by` is the id of the post that solved it, `read_seq` how far you read.

    `last_seq` is the number of its newest post, `group` the name of the group it is for.
    """

    id = serializers.CharField()
    board = ThreadBoardSerializer()
    kind = serializers.ChoiceField(choices=ThreadKind.choices)
    title = serializers.CharField(allow_blank=True)
    author = FaceSerializer()
    replies = serializers.IntegerField()
    last_seq = serializers.IntegerField()
    read_seq = serializers.IntegerField()
    followed = serializers.BooleanField()
    pinned = serializers.BooleanField()
    locked = serializers.BooleanField()
    solved_by = serializers.CharField(allow_null=True)
    group_only = serializers.BooleanField()
    group = serializers.CharField(allow_null=True)
    post_first = serializers.BooleanField()
    graded = serializers.BooleanField()
    faq = serializers.BooleanField()
    deleted = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    last_post_at = serializers.DateTimeField()


class ForumPostSerializer(serializers.Serializer[Any]):
    """A post. `depth` says how deep it is shown, `voted` whether you found it helpful."""

    id = serializers.CharField()
    thread = serializers.CharField()
    seq = serializers.IntegerField()
    reply_to = serializers.CharField(allow_null=True)
    depth = serializers.IntegerField()
    author = FaceSerializer()
    body = serializers.CharField(allow_blank=True)
    html = serializers.CharField(allow_blank=True)
    mentions = serializers.ListField(child=serializers.CharField())
    helpful = serializers.IntegerField()
    voted = serializers.BooleanField()
    solves = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    edit_reason = serializers.CharField(allow_blank=True)
    deleted = serializers.BooleanField()
    delete_reason = serializers.CharField(allow_blank=True)


class NewThreadSerializer(serializers.Serializer[Any]):
    """What a thread begins with; without `board` its kind chooses one."""

    course = serializers.CharField(max_length=40)
    client_id = serializers.UUIDField()
    title = serializers.CharField(max_length=MAX_TITLE)
    body = serializers.CharField(max_length=MAX_POST)
    kind = serializers.ChoiceField(choices=ThreadKind.choices, default=ThreadKind.DISCUSSION)
    board = serializers.CharField(max_length=40, allow_blank=True, default="")
    group = serializers.CharField(max_length=40, allow_blank=True, default="")
    anonymous = serializers.BooleanField(default=False)


class NewPostSerializer(serializers.Serializer[Any]):
    """A reply, to the post `reply_to` or to the thread itself."""

    client_id = serializers.UUIDField()
    body = serializers.CharField(max_length=MAX_POST)
    reply_to = serializers.CharField(max_length=40, allow_blank=True, default="")
    anonymous = serializers.BooleanField(default=False)


class EditPostSerializer(serializers.Serializer[Any]):
    """Other words for a post; `title` for a first one, `reason` for somebody else's."""

    body = serializers.CharField(max_length=MAX_POST)
    title = serializers.CharField(max_length=MAX_TITLE, required=False)
    reason = serializers.CharField(max_length=MAX_REASON, allow_blank=True, default="")


class PostReasonSerializer(serializers.Serializer[Any]):
    """Why somebody else's post is taken away."""

    reason = serializers.CharField(max_length=MAX_REASON, allow_blank=True, default="")


class SwitchSerializer(serializers.Serializer[Any]):
    """On, or no longer."""

    on = serializers.BooleanField()


class MoveThreadSerializer(serializers.Serializer[Any]):
    """The board to which a thread goes."""

    board = serializers.CharField(max_length=40)


class SolveThreadSerializer(serializers.Serializer[Any]):
    """The id of the reply that solved the question, or null for none."""

    post = serializers.CharField(max_length=40, allow_null=True)


class ReadThreadSerializer(serializers.Serializer[Any]):
    """The number up to which you have read."""

    seq = serializers.IntegerField(min_value=0, max_value=MOST_SEQ)


class ThreadNewsSerializer(serializers.Serializer[Any]):
    """How many posts of others came after a number, and the newest number."""

    count = serializers.IntegerField()
    last_seq = serializers.IntegerField()


class ReportPostSerializer(serializers.Serializer[Any]):
    """What is wrong with the post, for the people who teach."""

    reason = serializers.CharField(max_length=MAX_REPORT, allow_blank=True, default="")


class SettlePostSerializer(serializers.Serializer[Any]):
    """Whether the reported post is taken away, and why."""

    remove = serializers.BooleanField(default=False)
    reason = serializers.CharField(max_length=MAX_REASON, allow_blank=True, default="")


class SettledPostSerializer(serializers.Serializer[Any]):
    """How many reports were open."""

    settled = serializers.IntegerField()


class AuthorSerializer(serializers.Serializer[Any]):
    """Who wrote a post without their name; null once the account is erased."""

    id = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)


class PostRevisionSerializer(serializers.Serializer[Any]):
    """What a post said before it was edited or deleted."""

    kind = serializers.ChoiceField(choices=RevisionKind.choices)
    title = serializers.CharField(allow_blank=True)
    body = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    by_staff = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class PostReportSerializer(serializers.Serializer[Any]):
    """One open report of a post."""

    reporter = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class ReportedPostSerializer(serializers.Serializer[Any]):
    """A post with its open reports."""

    post = ForumPostSerializer()
    reports = PostReportSerializer(many=True)


class PromotePostSerializer(serializers.Serializer[Any]):
    """Question and answer in words for everybody, without names."""

    question = serializers.CharField(max_length=MAX_QUESTION)
    answer = serializers.CharField(max_length=MAX_ANSWER)


class ForumTaskSerializer(serializers.Serializer[Any]):
    """What a graded discussion asks for, and its points."""

    points = serializers.DecimalField(max_digits=9, decimal_places=4, min_value=0)
    due_at = serializers.DateTimeField(allow_null=True, default=None)
    posts_needed = serializers.IntegerField(min_value=0, max_value=MOST_NEEDED, default=1)
    replies_needed = serializers.IntegerField(min_value=0, max_value=MOST_NEEDED, default=2)
    post_first = serializers.BooleanField(default=False)


class TaskProgressSerializer(serializers.Serializer[Any]):
    """How far you are in a graded discussion."""

    posts = serializers.IntegerField()
    posts_needed = serializers.IntegerField()
    replies = serializers.IntegerField()
    replies_needed = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)
    met = serializers.BooleanField()


class GradedThreadSerializer(ForumTaskSerializer):
    """A graded discussion: its thread, what it asks for, how far you are (null if not asked).

    `points` is null where its column of the gradebook was removed.
    """

    id = serializers.CharField()
    title = serializers.CharField()
    points = serializers.DecimalField(max_digits=9, decimal_places=4, allow_null=True)
    progress = TaskProgressSerializer(allow_null=True)


class ThreadMarkSerializer(serializers.Serializer[Any]):
    """A learner's points for a graded discussion; `expected` is the cell's version you saw."""

    learner = serializers.CharField(max_length=40)
    score = serializers.DecimalField(max_digits=9, decimal_places=4, min_value=0)
    expected = serializers.IntegerField(min_value=0, max_value=MOST_SEQ, required=False)


class ThreadMarkedSerializer(serializers.Serializer[Any]):
    """A learner in a graded discussion: what they wrote in time, and their points."""

    learner = serializers.CharField()
    name = serializers.CharField()
    posts = serializers.IntegerField()
    replies = serializers.IntegerField()
    met = serializers.BooleanField()
    score = serializers.DecimalField(max_digits=9, decimal_places=4, allow_null=True)
    version = serializers.IntegerField()


def face_body(face: Face) -> dict[str, Any]:
    """Who wrote something, as the reader may know it."""
    return {
        "id": face.id,
        "name": face.name,
        "anonymous": face.anonymous,
        "mine": face.mine,
        "role": face.role,
    }


def board_body(row: ForumBoard) -> dict[str, Any]:
    """A board; one that was just written is followed by nobody."""
    return {
        "id": row.public_id,
        "title": row.title,
        "about": row.about,
        "kind": row.kind,
        "threads": row.thread_count,
        "posts": row.post_count,
        "followed": getattr(row, "followed", False),
    }


def thread_body(faces: Faces, row: ForumThread) -> dict[str, Any]:
    """A thread as `threads_of` reads it."""
    solved = row.solved_post
    return {
        "id": row.public_id,
        "board": {"id": row.board.public_id, "title": row.board.title},
        "kind": row.kind,
        "title": row.title,
        "author": face_body(faces.of(row.author, row.anonymous)),
        "replies": row.reply_count,
        "last_seq": row.last_seq,
        "read_seq": getattr(row, "read_seq", 0),
        "followed": getattr(row, "followed", False),
        "pinned": row.pinned_at is not None,
        "locked": row.locked_at is not None,
        "solved_by": solved.public_id if solved is not None else None,
        "group_only": row.group_only,
        "group": row.group.name if row.group is not None else None,
        "post_first": row.post_first,
        "graded": hasattr(row, "task"),
        "faq": row.faq_id is not None,
        "deleted": row.deleted_at is not None,
        "created_at": row.created_at,
        "last_post_at": row.last_post_at,
    }


def post_body(line: PostLine) -> dict[str, Any]:
    """A post as one reader sees it; a deleted one has no words."""
    row = line.post
    gone = row.deleted_at is not None
    return {
        "id": row.public_id,
        "thread": row.thread.public_id,
        "seq": row.seq,
        "reply_to": row.parent.public_id if row.parent is not None else None,
        "depth": row.depth,
        "author": face_body(line.face),
        "body": line.body,
        "html": "" if gone else row.html,
        "mentions": [] if gone else list(row.mentions),
        "helpful": row.helpful_count,
        "voted": line.voted,
        "solves": line.solves,
        "created_at": row.created_at,
        "edited_at": row.edited_at,
        "edit_reason": row.edit_reason,
        "deleted": gone,
        "delete_reason": row.delete_reason,
    }

"""Shapes of rooms and their messages in the API."""

from typing import Any

from rest_framework import serializers

from ai.services.faq import MAX_ANSWER, MAX_QUESTION
from realtime.enums import (
    MAX_ALT,
    MAX_BODY,
    MAX_FILES,
    MAX_SLOW_SECONDS,
    Asked,
    DirectPolicy,
    RestrictionKind,
    RevisionKind,
)


class MemberSerializer(serializers.Serializer[Any]):
    """A person as others in the room see them."""

    id = serializers.CharField()
    name = serializers.CharField()


class RoomSerializer(serializers.Serializer[Any]):
    """A course's room; its id is the course's."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    slug = serializers.CharField()
    last_seq = serializers.IntegerField()


class RoomDetailSerializer(RoomSerializer):
    """A room with who is in it now and whether you may write."""

    may_write = serializers.BooleanField()
    members = MemberSerializer(many=True)


class CitationSerializer(serializers.Serializer[Any]):
    """Where an answer stands; of an answered question without a lesson `lesson` is empty."""

    block = serializers.CharField()
    lesson = serializers.CharField(allow_blank=True)
    quote = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)


class RoomAnswerSerializer(serializers.Serializer[Any]):
    """What marks an answer of the tutor. `by_model`: a language model worded it."""

    mode = serializers.CharField()
    answerable = serializers.BooleanField()
    by_model = serializers.BooleanField()
    citations = CitationSerializer(many=True)


class MessageFileSerializer(serializers.Serializer[Any]):
    """A file of a message; `url` asks whether you may see it and leads to the bytes."""

    id = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    url = serializers.CharField()
    picture = serializers.BooleanField()
    alt = serializers.CharField(allow_blank=True)
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)


class NamedFileSerializer(serializers.Serializer[Any]):
    """A file that you uploaded and what it shows, in words, if it is a picture."""

    id = serializers.CharField(max_length=22)
    alt = serializers.CharField(max_length=MAX_ALT, required=False, allow_blank=True, default="")


class MessageSerializer(serializers.Serializer[Any]):
    """A message; a deleted one has no words. `sender` is null once the account is erased.

    `ai` is set on answers of the course's tutor, which have no sender. `change` grows with each
    change in the room: of two states of a message the higher one holds. `asked` says how far the
    tutor is with a message that mentions `@tutor`: waiting, answered, refused, failed, or empty.
    """

    id = serializers.CharField()
    seq = serializers.IntegerField()
    change = serializers.IntegerField()
    client_id = serializers.UUIDField()
    sender = MemberSerializer(allow_null=True)
    ai = RoomAnswerSerializer(allow_null=True)
    reply_to = serializers.CharField(allow_null=True)
    thread = serializers.CharField(allow_null=True)
    replies = serializers.IntegerField()
    body = serializers.CharField(allow_blank=True)
    html = serializers.CharField(allow_blank=True)
    files = MessageFileSerializer(many=True)
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted = serializers.BooleanField()
    pinned = serializers.BooleanField()
    mentions = serializers.ListField(child=serializers.CharField())
    reactions = serializers.DictField(child=serializers.IntegerField())
    asked = serializers.CharField(allow_blank=True)
    faq = serializers.BooleanField()


class NewMessageSerializer(serializers.Serializer[Any]):
    """What to say, where, and your own id of it: the same id is stored once.

    `reply_to` is the id of the message it replies to, `files` are files that you uploaded; with
    them the body may be empty. Mention `@tutor` to ask the course's tutor.
    """

    room = serializers.CharField(max_length=22)
    client_id = serializers.UUIDField()
    body = serializers.CharField(max_length=MAX_BODY, required=False, allow_blank=True, default="")
    reply_to = serializers.CharField(max_length=22, required=False, allow_blank=True, default="")
    files = serializers.ListField(child=NamedFileSerializer(), required=False, max_length=MAX_FILES)


class PromoteSerializer(serializers.Serializer[Any]):
    """The question and its answer in words for everybody, without names."""

    question = serializers.CharField(max_length=MAX_QUESTION)
    answer = serializers.CharField(max_length=MAX_ANSWER)


class RoomQuestionSerializer(serializers.Serializer[Any]):
    """What became of your question to the tutor: `detail` says why nothing did, in words."""

    state = serializers.ChoiceField(choices=Asked.choices)
    detail = serializers.CharField(allow_blank=True)


class EditMessageSerializer(serializers.Serializer[Any]):
    """Other words for one's own message; none where it has files."""

    body = serializers.CharField(max_length=MAX_BODY, allow_blank=True)


class ListedMessageSerializer(MessageSerializer):
    """A message in a list, with your own reactions to it."""

    mine = serializers.ListField(child=serializers.CharField())


class ThreadSerializer(serializers.Serializer[Any]):
    """The message that began a thread and what replied to it, oldest first."""

    root = ListedMessageSerializer()
    replies = ListedMessageSerializer(many=True)


class RevisionSerializer(serializers.Serializer[Any]):
    """What a message said before it was edited or deleted."""

    kind = serializers.ChoiceField(choices=RevisionKind.choices)
    body = serializers.CharField()
    created_at = serializers.DateTimeField()


class PinSerializer(serializers.Serializer[Any]):
    """Whether the message is pinned."""

    on = serializers.BooleanField()


class ReportMessageSerializer(serializers.Serializer[Any]):
    """What is wrong with the message, for the people who teach."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class SettleReportsSerializer(serializers.Serializer[Any]):
    """Whether the reported message is taken away."""

    remove = serializers.BooleanField(default=False)


class SettledSerializer(serializers.Serializer[Any]):
    """How many reports were open."""

    settled = serializers.IntegerField()


class ReopenedSerializer(serializers.Serializer[Any]):
    """How many reports are open again."""

    opened = serializers.IntegerField()


class OpenReportSerializer(serializers.Serializer[Any]):
    """One report of a message."""

    reporter = MemberSerializer()
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class ReportedMessageSerializer(serializers.Serializer[Any]):
    """A message with the number of its open reports, and the first 20 of these."""

    message = MessageSerializer()
    count = serializers.IntegerField()
    reports = OpenReportSerializer(many=True)


class RoomSettingsSerializer(serializers.Serializer[Any]):
    """How a room works: seconds between messages of a learner, words that are not used.

    `direct` says who may write to each other beside it; without it that stays as it is.
    """

    slow_seconds = serializers.IntegerField(min_value=0, max_value=MAX_SLOW_SECONDS)
    blocked_words = serializers.CharField(max_length=5_000, allow_blank=True)
    direct = serializers.ChoiceField(choices=DirectPolicy.choices, required=False)


class RestrictMemberSerializer(serializers.Serializer[Any]):
    """Whom to mute or ban, for how many minutes (null: until lifted) and why."""

    member = serializers.CharField(max_length=22)
    kind = serializers.ChoiceField(choices=RestrictionKind.choices)
    minutes = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class RestrictionSerializer(serializers.Serializer[Any]):
    """Who is muted or banned, until when, and why."""

    member = MemberSerializer()
    kind = serializers.ChoiceField(choices=RestrictionKind.choices)
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class ReadRoomSerializer(serializers.Serializer[Any]):
    """The number up to which you have read."""

    seq = serializers.IntegerField(min_value=0)

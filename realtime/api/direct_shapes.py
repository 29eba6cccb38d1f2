"""Shapes of messages between two people in the API."""

from typing import Any

from rest_framework import serializers

from realtime.api.chat_shapes import (
    MemberSerializer,
    MessageFileSerializer,
    NamedFileSerializer,
)
from realtime.enums import MAX_BODY, MAX_FILES


class DirectMessageSerializer(serializers.Serializer[Any]):
    """A message between two people; a deleted one has no words. Numbers are as in a room."""

    id = serializers.CharField()
    conversation = serializers.CharField()
    seq = serializers.IntegerField()
    change = serializers.IntegerField()
    client_id = serializers.UUIDField()
    sender = MemberSerializer(allow_null=True)
    body = serializers.CharField(allow_blank=True)
    html = serializers.CharField(allow_blank=True)
    files = MessageFileSerializer(many=True)
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted = serializers.BooleanField()


class ConversationSerializer(serializers.Serializer[Any]):
    """A conversation of yours; `person` is the other one, null once their account is erased."""

    id = serializers.CharField()
    person = MemberSerializer(allow_null=True)
    last_seq = serializers.IntegerField()
    last_change = serializers.IntegerField()
    last_at = serializers.DateTimeField()
    read = serializers.IntegerField()
    unread = serializers.IntegerField()


class ConversationDetailSerializer(ConversationSerializer):
    """Whether you may write there now, and whether you block the other one."""

    may_write = serializers.BooleanField()
    blocked = serializers.BooleanField()


class NewDirectMessageSerializer(serializers.Serializer[Any]):
    """What to say to whom, and your own id of it: the same id is stored once."""

    person = serializers.CharField(max_length=22)
    client_id = serializers.UUIDField()
    body = serializers.CharField(max_length=MAX_BODY, required=False, allow_blank=True, default="")
    files = serializers.ListField(child=NamedFileSerializer(), required=False, max_length=MAX_FILES)


class EditDirectMessageSerializer(serializers.Serializer[Any]):
    """Other words for one's own message; none where it has files."""

    body = serializers.CharField(max_length=MAX_BODY, allow_blank=True)


class ReadConversationSerializer(serializers.Serializer[Any]):
    """The number up to which you have read."""

    seq = serializers.IntegerField(min_value=0)


class PersonBlockSerializer(serializers.Serializer[Any]):
    """Whether you block the other one."""

    blocked = serializers.BooleanField()


class UnreadConversationsSerializer(serializers.Serializer[Any]):
    """How many of your conversations have something new."""

    count = serializers.IntegerField()


class ReportDirectSerializer(serializers.Serializer[Any]):
    """What is wrong with it, and the course whose staff look at it; without one the newest."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    course = serializers.CharField(max_length=22, required=False, allow_blank=True, default="")


class DirectReportSerializer(serializers.Serializer[Any]):
    """A reported message between two people: what it said then, by whom, who reported it, why."""

    id = serializers.CharField()
    reporter = MemberSerializer()
    sender = MemberSerializer(allow_null=True)
    body = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class SettleDirectSerializer(serializers.Serializer[Any]):
    """Whether the reported message is taken away."""

    remove = serializers.BooleanField(default=False)

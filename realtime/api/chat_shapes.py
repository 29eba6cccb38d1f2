"""Shapes of rooms and their messages in the API."""

from typing import Any

from rest_framework import serializers

from ai.services.faq import MAX_ANSWER, MAX_QUESTION
from realtime.enums import MAX_BODY, Asked


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
    body = serializers.CharField(allow_blank=True)
    html = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    deleted = serializers.BooleanField()
    asked = serializers.CharField(allow_blank=True)
    faq = serializers.BooleanField()


class NewMessageSerializer(serializers.Serializer[Any]):
    """What to say, where, and your own id of it: the same id is stored once.

    `reply_to` is the id of the message it replies to. Mention `@tutor` to ask the course's tutor.
    """

    room = serializers.CharField(max_length=22)
    client_id = serializers.UUIDField()
    body = serializers.CharField(max_length=MAX_BODY)
    reply_to = serializers.CharField(max_length=22, required=False, allow_blank=True, default="")


class PromoteSerializer(serializers.Serializer[Any]):
    """The question and its answer in words for everybody, without names."""

    question = serializers.CharField(max_length=MAX_QUESTION)
    answer = serializers.CharField(max_length=MAX_ANSWER)


class RoomQuestionSerializer(serializers.Serializer[Any]):
    """What became of your question to the tutor: `detail` says why nothing did, in words."""

    state = serializers.ChoiceField(choices=Asked.choices)
    detail = serializers.CharField(allow_blank=True)

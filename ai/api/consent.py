"""Agreeing to talk to an AI, turning it off, and what it saw, through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.enums import Purpose
from ai.models import CallText
from ai.queries.consent import CONSENT_VERSION, ai_site, own_consent, own_switch
from ai.queries.seen import own_text, own_texts
from ai.services.consent import give_consent, switch_person, withdraw_consent
from ai.services.texts import delete_text
from ai.services.tutor_help import require_seen
from assessments.api.fields import paged
from courses.api.shapes import ID, PAGING, checked
from lms.kernel.actors import Actor
from lms.kernel.errors import SignInRequired
from lms.kernel.rest.views import KernelViewSet


class ConsentIn(serializers.Serializer[Any]):
    """`of_age`: 16 or older, or with a guardian's permission."""

    of_age = serializers.BooleanField()


class SwitchIn(serializers.Serializer[Any]):
    """Whether AI is off for you."""

    off = serializers.BooleanField()


class ConsentOut(serializers.Serializer[Any]):
    """Whether AI may answer you. `needed` is false where the site does not ask."""

    needed = serializers.BooleanField()
    version = serializers.CharField()
    given = serializers.BooleanField()
    given_at = serializers.DateTimeField(allow_null=True)
    off = serializers.BooleanField()
    off_by_admin = serializers.BooleanField()


class SeenOut(serializers.Serializer[Any]):
    """One text as it left, names replaced, and the answer to it."""

    id = serializers.CharField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    course = serializers.CharField(allow_null=True)
    model = serializers.CharField()
    hidden = serializers.IntegerField()
    sent = serializers.CharField()
    answer = serializers.CharField()
    created_at = serializers.DateTimeField()


class ConsentViewSet(KernelViewSet):
    """Your own agreement."""

    permission_words = {
        "list": "anyone signed in, own",
        "create": "anyone signed in, own",
        "withdraw": "anyone signed in, own",
        "switch": "anyone signed in, own; not what an admin turned off",
    }

    @extend_schema(responses=ConsentOut)
    def list(self, _request: Request) -> Response:
        """Whether AI may answer you."""
        return Response(_state(self.actor))

    @extend_schema(request=ConsentIn, responses={200: ConsentOut})
    def create(self, request: Request) -> Response:
        """Agree to talk to an AI."""
        give_consent(actor=self.actor, of_age=checked(ConsentIn, request)["of_age"])
        return Response(_state(self.actor))

    @extend_schema(request=None, responses=ConsentOut)
    @action(detail=False, methods=["post"])
    def withdraw(self, _request: Request) -> Response:
        """Take your consent back."""
        withdraw_consent(actor=self.actor)
        return Response(_state(self.actor))

    @extend_schema(request=SwitchIn, responses=ConsentOut)
    @action(detail=False, methods=["post"])
    def switch(self, request: Request) -> Response:
        """Turn AI off or on for yourself."""
        switch_person(actor=self.actor, off=checked(SwitchIn, request)["off"])
        return Response(_state(self.actor))


class SeenViewSet(KernelViewSet):
    """What AI saw about you."""

    permission_words = {
        "list": "anyone signed in, own; not while an exam limits AI",
        "retrieve": "the person it is about; not while an exam limits AI",
        "destroy": "the person it is about",
    }

    @extend_schema(parameters=[*PAGING], responses=SeenOut(many=True))
    def list(self, request: Request) -> Response:
        """Texts that left for a provider, newest first."""
        rows = own_texts(self.actor)
        require_seen(self.actor)
        return paged(request, rows, _seen)

    @extend_schema(parameters=[ID], responses=SeenOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One text that left for a provider, and the answer to it."""
        row = own_text(self.actor, id)
        require_seen(self.actor)
        return Response(_seen(row))

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Delete one text that left for a provider; that a call was made stays in the ledger."""
        row = own_text(self.actor, id)
        delete_text(actor=self.actor, text_id=row.public_id)
        return Response(status=204)


def _state(actor: Actor) -> dict[str, Any]:
    if actor.user_id is None:
        raise SignInRequired
    consent, switch = own_consent(actor.user_id), own_switch(actor.user_id)
    return {
        "needed": ai_site().ask_consent,
        "version": CONSENT_VERSION,
        "given": consent is not None,
        "given_at": consent.given_at if consent else None,
        "off": switch is not None,
        "off_by_admin": switch is not None and switch.by_admin,
    }


def _seen(row: CallText) -> dict[str, Any]:
    course = row.call.course
    return {
        "id": row.public_id,
        "purpose": row.call.purpose,
        "course": course.public_id if course else None,
        "model": row.call.model,
        "hidden": row.hidden,
        "sent": row.sent,
        "answer": row.answer,
        "created_at": row.created_at,
    }

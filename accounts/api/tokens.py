"""API tokens: by password for scripts, and one's own list."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.examples import SIGN_IN
from accounts.models import ApiToken
from accounts.queries.people import own_person
from accounts.queries.tokens import live_tokens, own_token
from accounts.services.tokens import (
    MAX_DAYS,
    MAX_NAME,
    Issued,
    issue_token,
    revoke_token,
    sign_in_for_token,
)
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.permissions import Public
from lms.kernel.rest.views import KernelView, KernelViewSet
from lms.kernel.web.address import address_of

SCOPES = (("read", "read"), ("write", "write"))
ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)


class CredentialsSerializer(serializers.Serializer[Any]):
    """What the sign-in form asks."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)


class SignedInSerializer(serializers.Serializer[Any]):
    """A new token; its text is not shown again."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))


class TokenSerializer(serializers.Serializer[ApiToken]):
    """A token without its text."""

    id = serializers.CharField(source="public_id", read_only=True)
    name = serializers.CharField(max_length=MAX_NAME)
    prefix = serializers.CharField(read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)


class NewTokenSerializer(serializers.Serializer[Any]):
    """What to make."""

    name = serializers.CharField(max_length=MAX_NAME)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), allow_empty=False, max_length=2
    )
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=90)


class IssuedSerializer(TokenSerializer):
    """A new token with its text, this once."""

    token = serializers.CharField(read_only=True)


class SignInView(KernelView):
    """A token by e-mail address and password."""

    authentication_classes = ()
    permission_classes = (Public,)
    throttle_classes = ()
    permission_words = {"post": "anyone; 10 failures per account and 30 per address in 15 minutes"}

    @extend_schema(
        operation_id="auth_token_create",
        request=CredentialsSerializer,
        responses=SignedInSerializer,
        auth=[],
        examples=SIGN_IN,
    )
    def post(self, request: Request) -> Response:
        """Sign in for `Authorization: Bearer …`; 403 `mfa_required` with a second factor."""
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        issued = sign_in_for_token(address=address_of(request._request), **given.validated_data)
        body = {
            "token": issued.text,
            "expires_at": issued.token.expires_at,
            "scopes": issued.token.scopes,
        }
        return Response(SignedInSerializer(body).data)


class TokenViewSet(KernelViewSet):
    """Your own API tokens."""

    permission_words = {
        "list": "anyone signed in, own tokens",
        "create": "anyone signed in by session; never a token",
        "destroy": "whose token it is; write scope",
    }

    @extend_schema(operation_id="me_tokens_list", responses=TokenSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your tokens that still work, newest first."""
        pages = Pages()
        page = pages.paginate_queryset(live_tokens(self.actor), request) or []
        return pages.get_paginated_response([TokenSerializer(token).data for token in page])

    @extend_schema(
        operation_id="me_tokens_create",
        request=NewTokenSerializer,
        responses={201: IssuedSerializer},
    )
    def create(self, request: Request) -> Response:
        """Make a token; its text is in this answer alone."""
        given = NewTokenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        issued = issue_token(
            actor=self.actor,
            person=own_person(self.actor),
            name=given.validated_data["name"],
            scopes=frozenset(given.validated_data["scopes"]),
            days=given.validated_data["days"],
        )
        return Response(_with_text(issued), status=201)

    @extend_schema(operation_id="me_tokens_destroy", parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Revoke a token at once."""
        revoke_token(actor=self.actor, token=own_token(self.actor, id))
        return Response(status=204)


def _with_text(issued: Issued) -> dict[str, Any]:
    return {**TokenSerializer(issued.token).data, "token": issued.text}

"""Browsers that are told things by push, through the API."""

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelView
from realtime.gateway.web_push import MAX_ENDPOINT, public_key
from realtime.models import PushSubscription
from realtime.queries.browsers import browsers_of
from realtime.services.browsers import MAX_NAME, add_browser, remove_browser

BROWSER = OpenApiParameter("browser_id", OpenApiTypes.STR, OpenApiParameter.PATH)
TAIL = 8
# In a session: the subscription of the browser that it belongs to, which ends with it.
HERE = "push_browser"


class BrowserKeysSerializer(serializers.Serializer[Any]):
    """The keys of a browser's `PushSubscription`, in base64url."""

    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=32)


class NewBrowserSerializer(serializers.Serializer[Any]):
    """A browser's `PushSubscription` as its `toJSON()` gives it, and a name to know it by."""

    endpoint = serializers.CharField(max_length=MAX_ENDPOINT)
    keys = BrowserKeysSerializer()
    name = serializers.CharField(max_length=MAX_NAME, required=False, allow_blank=True)


class BrowserSerializer(serializers.Serializer[Any]):
    """A browser of yours; the end of its address tells it from others."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    endpoint_tail = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True)

    def get_endpoint_tail(self, row: PushSubscription) -> str:
        """The last characters of its address, which as a whole is a secret."""
        return row.endpoint[-TAIL:]


class PushKeySerializer(serializers.Serializer[Any]):
    """The `applicationServerKey`; empty where push is not set up."""

    key = serializers.CharField(allow_blank=True)


class PushKeyView(KernelView):
    """What browsers know this site by."""

    permission_words = {"get": "anyone signed in"}

    @extend_schema(responses=PushKeySerializer)
    def get(self, request: Request) -> Response:
        """The public key to subscribe to push with."""
        return Response({"key": public_key(settings.PUSH_KEY) if settings.PUSH_KEY else ""})


class BrowsersSerializer(serializers.Serializer[Any]):
    """A page of them."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = BrowserSerializer(many=True)


class BrowsersView(KernelView):
    """Your browsers that are told things."""

    permission_words = {"get": "anyone signed in, their own", "post": "anyone signed in, their own"}

    @extend_schema(responses=BrowsersSerializer)
    def get(self, request: Request) -> Response:
        """Browsers in which push is on."""
        pages = Pages()
        page = pages.paginate_queryset(browsers_of(self.actor), request) or []
        return pages.get_paginated_response(BrowserSerializer(page, many=True).data)

    @extend_schema(request=NewBrowserSerializer, responses={201: BrowserSerializer})
    def post(self, request: Request) -> Response:
        """Switch push on in a browser; again is the same, and the oldest of more than ten goes."""
        data = NewBrowserSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        row = add_browser(
            actor=self.actor,
            endpoint=given["endpoint"],
            name=given.get("name", ""),
            **given["keys"],
        )
        if SESSION_KEY in request.session:
            request.session[HERE] = row.public_id
        return Response(BrowserSerializer(row).data, status=201)


class BrowserView(KernelView):
    """One of your browsers."""

    permission_words = {"delete": "whose it is"}

    @extend_schema(parameters=[BROWSER], responses={204: None})
    def delete(self, request: Request, browser_id: str) -> Response:
        """Switch push off in a browser."""
        remove_browser(actor=self.actor, browser_id=browser_id)
        return Response(status=204)

"""Private calendar addresses through the API."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.shapes import checked
from courses.rules import VIEW_COURSE
from interop.enums import FeedScope
from interop.queries.feed import feed_address, own_feeds
from interop.rules import VIEW_FEED
from interop.services.feed import end_feed, make_feed
from lms.kernel.errors import Invalid, SignInRequired
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import fetch

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)


class CalendarFeedOut(serializers.Serializer[Any]):
    """A private address; what it is was told once.

    Of `dates` in one course or (null) in all, or of `reviews`: on which day how many cards come.
    """

    id = serializers.CharField(source="public_id")
    scope = serializers.ChoiceField(choices=FeedScope.choices)
    course = serializers.CharField(source="course.public_id", default=None, allow_null=True)
    created_at = serializers.DateTimeField()


class NewCalendarFeedIn(serializers.Serializer[Any]):
    """The id of a course, or nothing for all courses; `scope` is `dates` without it."""

    scope = serializers.ChoiceField(choices=FeedScope.choices, required=False)
    course = serializers.CharField(max_length=22, required=False, allow_blank=True, allow_null=True)


class NewCalendarFeedOut(CalendarFeedOut):
    """The address too, told this once."""

    url = serializers.CharField()


class CalendarFeedViewSet(KernelViewSet):
    """Addresses under which calendar programs read your dates without signing in."""

    permission_words = {
        "list": "anyone signed in, their own",
        "create": "anyone signed in, of courses they may open",
        "destroy": "whose it is",
    }

    @extend_schema(responses=CalendarFeedOut(many=True))
    def list(self, request: Request) -> Response:
        """Your private calendar addresses, without their keys."""
        pages = Pages()
        page = pages.paginate_queryset(own_feeds(self.actor), request) or []
        return pages.get_paginated_response(CalendarFeedOut(page, many=True).data)

    @extend_schema(request=NewCalendarFeedIn, responses={201: NewCalendarFeedOut})
    def create(self, request: Request) -> Response:
        """Make a private calendar address; an older one of the same ends."""
        if not self.actor.signed_in:
            raise SignInRequired
        given = request.data.get("course") if isinstance(request.data, dict) else None
        if given is not None and not isinstance(given, str):
            raise Invalid(_("Name a course by its id."), field="course")
        course = fetch(self.actor, VIEW_COURSE, public_id=given) if given else None
        scope = FeedScope(checked(NewCalendarFeedIn, request).get("scope", FeedScope.DATES))
        feed, token = make_feed(actor=self.actor, course=course, scope=scope)
        data = {**CalendarFeedOut(feed).data, "url": feed_address(token)}
        return Response(data, status=201)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """End a private calendar address."""
        end_feed(actor=self.actor, feed=fetch(self.actor, VIEW_FEED, public_id=id))
        return Response(status=204)

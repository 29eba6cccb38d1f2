"""Planned events through the API."""

from datetime import UTC, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.shapes import IF_MATCH, KEY
from courses.rules import VIEW_COURSE
from interop.api.examples import PLANNED
from interop.enums import MAX_PLACE, MAX_TEXT, MAX_TITLE, MAX_URL
from interop.models import CalendarEvent
from interop.queries.event import event, events
from interop.rules import EDIT_EVENT
from interop.services.event import EventFields, call_off_event, change_event, plan_event
from lms.kernel import clock
from lms.kernel.errors import Invalid, SignInRequired
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import fetch, require

NOON = time(12)
ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
FIELDS = (
    "title",
    "starts_at",
    "ends_at",
    "all_day",
    "text",
    "place",
    "url",
    "repeat_until",
    "time_zone",
)


class CalendarEventOut(serializers.Serializer[Any]):
    """What is planned; of whole days `ends_at` is the midnight (UTC) after the last one.

    `course` is null for what one plans for oneself, `group` for what is for everybody in it.
    """

    id = serializers.CharField(source="public_id")
    course = serializers.CharField(source="course.public_id", default=None, allow_null=True)
    group = serializers.CharField(source="group.public_id", default=None, allow_null=True)
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    place = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    all_day = serializers.BooleanField()
    repeat_until = serializers.DateField(allow_null=True)
    time_zone = serializers.CharField()
    version = serializers.IntegerField()


class CalendarEventFieldsIn(serializers.Serializer[Any]):
    """What is planned; of whole days `starts_at` and `ends_at` lie in the first and the last one.

    A weekly event keeps its hour in `time_zone`, your own without it. Whole days are those of UTC
    without it.
    """

    title = serializers.CharField(max_length=MAX_TITLE)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    all_day = serializers.BooleanField(required=False)
    text = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    place = serializers.CharField(max_length=MAX_PLACE, required=False, allow_blank=True)
    url = serializers.CharField(max_length=MAX_URL, required=False, allow_blank=True)
    group = serializers.CharField(max_length=22, required=False, allow_blank=True, allow_null=True)
    repeat_until = serializers.DateField(required=False, allow_null=True)
    time_zone = serializers.CharField(max_length=50, required=False)


class NewCalendarEventIn(CalendarEventFieldsIn):
    """What to plan, for a course or without one for oneself."""

    course = serializers.CharField(max_length=22, required=False, allow_blank=True, allow_null=True)


class CalendarEventViewSet(KernelViewSet):
    """What courses plan beside their work, and what people plan for themselves."""

    permission_words = {
        "list": "anyone signed in, what they may see",
        "retrieve": "members of the course, of its group; whose it is",
        "create": "instructors of the course; anyone signed in for themselves",
        "partial_update": "instructors of the course; whose it is",
        "destroy": "instructors of the course; whose it is",
    }

    @extend_schema(responses=CalendarEventOut(many=True))
    def list(self, request: Request) -> Response:
        """Planned events of your courses and your own, the latest first."""
        if not self.actor.signed_in:
            raise SignInRequired
        pages = Pages()
        page = pages.paginate_queryset(events(self.actor), request) or []
        return pages.get_paginated_response(CalendarEventOut(page, many=True).data)

    @extend_schema(parameters=[ID], responses=CalendarEventOut)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One planned event."""
        row = event(self.actor, id)
        return versioned(CalendarEventOut(row).data, row.version)

    @extend_schema(
        parameters=[KEY],
        request=NewCalendarEventIn,
        responses={201: CalendarEventOut},
        examples=PLANNED,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Plan an event of a course, or one of your own."""
        if not self.actor.signed_in:
            raise SignInRequired
        given = request.data.get("course") if isinstance(request.data, dict) else None
        if given is not None and not isinstance(given, str):
            raise Invalid(_("Name a course by its id."), field="course")
        course = fetch(self.actor, VIEW_COURSE, public_id=given) if given else None
        data = NewCalendarEventIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = plan_event(
            actor=self.actor, course=course, fields=_fields(_placed(data.validated_data))
        )
        return versioned(CalendarEventOut(row).data, row.version, status=201)

    @extend_schema(
        parameters=[ID, IF_MATCH], request=CalendarEventFieldsIn, responses=CalendarEventOut
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change an event; what is left out stays."""
        row = event(self.actor, id)
        require(self.actor, EDIT_EVENT, row)
        data = CalendarEventFieldsIn(data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        row = change_event(
            actor=self.actor,
            event=row,
            fields=_fields({**_known(row, data.validated_data), **data.validated_data}),
            version=expected_version(request),
        )
        return versioned(CalendarEventOut(row).data, row.version)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Call an event off, with all its weeks."""
        call_off_event(actor=self.actor, event=event(self.actor, id))
        return Response(status=204)


def _placed(given: dict[str, Any]) -> dict[str, Any]:
    """What comes at an hour keeps it in the asker's own zone, unless they name another."""
    zone = "" if given.get("all_day") else timezone.get_current_timezone_name()
    return {"time_zone": zone, **given} if zone else given


def _fields(given: dict[str, Any]) -> EventFields:
    known = {name: given[name] for name in FIELDS if given.get(name) is not None}
    return EventFields(**known, group=given.get("group") or "")


def _known(row: CalendarEvent, given: dict[str, Any]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in FIELDS}
    found["group"] = row.group.public_id if row.group else ""
    if row.all_day:
        # Its days stay the same, whatever zone somebody writes in.
        zone = clock.zone_named(given.get("time_zone") or "UTC")
        for name, moment in (("starts_at", row.starts_at), ("ends_at", row.last_moment)):
            found[name] = datetime.combine(moment.astimezone(UTC).date(), NOON, zone)
        found["time_zone"] = zone.key
    return found

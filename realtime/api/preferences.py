"""What you want to hear of, where and when, through the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.rules import OPEN_COURSE
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelView
from lms.kernel.rules import fetch
from realtime.enums import Frequency, NotificationKind
from realtime.queries.notifications import preferences_of
from realtime.queries.times import days_of, muted_courses, own_hours
from realtime.services.preferences import (
    mute_course,
    set_digests,
    set_preference,
    set_quiet,
    unmute_course,
)

KIND = OpenApiParameter(
    "kind", OpenApiTypes.STR, OpenApiParameter.PATH, enum=NotificationKind.values
)
COURSE = OpenApiParameter("course_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class SwitchesSerializer(serializers.Serializer[Any]):
    """Where you want to hear of a kind, and when its mail leaves. What is not given stays."""

    in_app = serializers.BooleanField()
    mail = serializers.BooleanField()
    push = serializers.BooleanField(required=False)
    frequency = serializers.ChoiceField(choices=Frequency.choices, required=False)


class PreferenceSerializer(serializers.Serializer[Any]):
    """The switches of one kind, with its name in your language."""

    in_app = serializers.BooleanField()
    mail = serializers.BooleanField()
    push = serializers.BooleanField()
    frequency = serializers.ChoiceField(choices=Frequency.choices)
    kind = serializers.ChoiceField(choices=NotificationKind.choices)
    name = serializers.CharField(source="kind.label")


class PreferencesSerializer(serializers.Serializer[Any]):
    """The switches of every kind."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PreferenceSerializer(many=True)


@extend_schema_field(
    {
        "type": "string",
        "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
    }
)
class ClockField(serializers.TimeField):
    """A time on the clock of the person's own zone, which `time` of JSON Schema always names."""


class NotificationTimesSerializer(serializers.Serializer[Any]):
    """When digests come and when nothing may: hours of your zone, days from 0, Monday.

    `quiet_days` are those on which the quiet begins; without both ends there is none. `review_hour`
    is when you are told of due cards, null never.
    """

    digest_hour = serializers.IntegerField(min_value=0, max_value=23)
    digest_day = serializers.IntegerField(min_value=0, max_value=6)
    review_hour = serializers.IntegerField(min_value=0, max_value=23, allow_null=True)
    quiet_from = ClockField(allow_null=True)
    quiet_until = ClockField(allow_null=True)
    quiet_days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), max_length=7
    )
    zone = serializers.CharField(read_only=True)
    next_daily = serializers.DateTimeField(read_only=True)
    next_weekly = serializers.DateTimeField(read_only=True)


class MutedCourseSerializer(serializers.Serializer[Any]):
    """A course that you muted."""

    course = serializers.CharField(source="course.public_id")
    title = serializers.CharField(source="course.title")
    created_at = serializers.DateTimeField()


class PreferencesView(KernelView):
    """Where you want to hear of what."""

    permission_words = {"get": "anyone signed in, their own"}

    @extend_schema(responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """The switches of every kind of notification."""
        rows = preferences_of(self.actor.user_id or 0)
        results = PreferenceSerializer(rows, many=True).data
        return Response({"count": len(rows), "next": None, "previous": None, "results": results})


class PreferenceView(KernelView):
    """The switches of one kind."""

    permission_words = {"put": "anyone signed in, their own"}

    @extend_schema(parameters=[KIND], request=SwitchesSerializer, responses=PreferenceSerializer)
    def put(self, request: Request, kind: str) -> Response:
        """Set the switches of a kind of notification.

        What waits to be mailed or pushed follows them.
        """
        if kind not in NotificationKind.values:
            raise NotFound
        data = SwitchesSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        set_preference(actor=self.actor, kind=NotificationKind(kind), **data.validated_data)
        rows = preferences_of(self.actor.user_id or 0)
        return Response(PreferenceSerializer(next(r for r in rows if r.kind == kind)).data)


class TimesView(KernelView):
    """Digests, quiet hours and the reminder of cards."""

    permission_words = {"get": "anyone signed in, their own", "put": "anyone signed in, their own"}

    @extend_schema(responses=NotificationTimesSerializer)
    def get(self, request: Request) -> Response:
        """Your times of mail, and when the next digests come."""
        return Response(self._shown())

    @extend_schema(request=NotificationTimesSerializer, responses=NotificationTimesSerializer)
    def put(self, request: Request) -> Response:
        """Set your times of mail; what waits to be mailed follows them."""
        data = NotificationTimesSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        set_quiet(
            actor=self.actor,
            start=given["quiet_from"],
            end=given["quiet_until"],
            days=given["quiet_days"],
        )
        set_digests(
            actor=self.actor,
            hour=given["digest_hour"],
            weekday=given["digest_day"],
            review_hour=given["review_hour"],
        )
        return Response(self._shown())

    def _shown(self) -> Any:
        hours, now = own_hours(self.actor), clock.now()
        row = hours.times
        return NotificationTimesSerializer(
            {
                "digest_hour": row.digest_hour,
                "digest_day": row.digest_day,
                "review_hour": row.review_hour,
                "quiet_from": row.quiet_from,
                "quiet_until": row.quiet_until,
                "quiet_days": days_of(row.quiet_days),
                "zone": hours.zone.key,
                "next_daily": hours.digest_at(now, Frequency.DAILY),
                "next_weekly": hours.digest_at(now, Frequency.WEEKLY),
            }
        ).data


class MutedCoursesSerializer(serializers.Serializer[Any]):
    """A page of them."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = MutedCourseSerializer(many=True)


class MutedCoursesView(KernelView):
    """The courses that you muted."""

    permission_words = {"get": "anyone signed in, their own"}

    @extend_schema(responses=MutedCoursesSerializer)
    def get(self, request: Request) -> Response:
        """Courses of which you get no mail and no push."""
        pages = Pages()
        page = pages.paginate_queryset(muted_courses(self.actor), request) or []
        return pages.get_paginated_response(MutedCourseSerializer(page, many=True).data)


class MutedCourseView(KernelView):
    """One course that is muted or not."""

    permission_words = {
        "put": "members of the course and admins, for themselves",
        "delete": "whoever muted it",
    }

    @extend_schema(parameters=[COURSE], request=None, responses={204: None})
    def put(self, request: Request, course_id: str) -> Response:
        """Mute a course: no mail and no push, nothing new at the bell.

        The list still has everything.
        """
        mute_course(actor=self.actor, course=fetch(self.actor, OPEN_COURSE, public_id=course_id))
        return Response(status=204)

    @extend_schema(parameters=[COURSE], responses={204: None})
    def delete(self, request: Request, course_id: str) -> Response:
        """Hear of a muted course again."""
        unmute_course(actor=self.actor, course_id=course_id)
        return Response(status=204)

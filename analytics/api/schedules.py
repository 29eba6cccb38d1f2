"""Reports of courses by mail through the API: one's own of each course that one staffs."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import course_of
from analytics.enums import Attachment, Rhythm, Weekday
from analytics.models import ReportSchedule
from analytics.queries.schedules import own_schedule, own_schedules, schedule_of
from analytics.services.schedules import Wish, set_schedule, stop_schedule
from assessments.api.fields import paged
from courses.api.shapes import ID, PAGING, checked, named
from lms.kernel.rest.views import KernelViewSet


class ScheduleIn(serializers.Serializer[Any]):
    """When it comes, by the clock of your time zone, and with which file; empty for none.

    `weekday` is 0 for Monday; by month it comes on the first such day. The file is without names.
    """

    every = serializers.ChoiceField(choices=Rhythm.choices)
    weekday = serializers.ChoiceField(choices=Weekday.choices)
    hour = serializers.IntegerField(min_value=0, max_value=23)
    attach = serializers.ChoiceField(
        choices=[("", _("None")), *Attachment.choices], required=False, default=""
    )


class NewScheduleIn(ScheduleIn):
    """The same with the id of the course."""

    course = serializers.CharField(max_length=22)


class ScheduleOut(ScheduleIn):
    """A report by mail; `next_at` is when it comes next, `sent_at` when it came last."""

    id = serializers.CharField()
    course = serializers.CharField()
    next_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class SchedulesViewSet(KernelViewSet):
    """Reports of courses that come by mail."""

    permission_words = {
        "list": "anyone signed in: their own, of courses that they staff",
        "retrieve": "whose it is, as long as they are staff of the course",
        "create": "assistants and instructors of the course, for themselves; admins",
        "update": "whose it is, as long as they are staff of the course",
        "destroy": "whose it is, as long as they are staff of the course",
    }

    @extend_schema(parameters=PAGING, responses=ScheduleOut(many=True))
    def list(self, request: Request) -> Response:
        """Your reports by mail, by course."""
        return paged(request, own_schedules(self.actor), _plain)

    @extend_schema(parameters=[ID], responses=ScheduleOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One report by mail."""
        return Response(_plain(schedule_of(self.actor, id)))

    @extend_schema(request=NewScheduleIn, responses={200: ScheduleOut, 201: ScheduleOut})
    def create(self, request: Request) -> Response:
        """Get the report of a course by mail; 200 when it came already, and now comes like this."""
        course = course_of(self.actor, named(request, "course"))
        given = checked(NewScheduleIn, request)
        before = own_schedule(self.actor, course)
        row = set_schedule(actor=self.actor, course=course, wish=_wish(given))
        return Response(_plain(row), status=200 if before and before.on else 201)

    @extend_schema(parameters=[ID], request=ScheduleIn, responses=ScheduleOut)
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Get a report at another time, or with another file."""
        course = schedule_of(self.actor, id).course
        given = checked(ScheduleIn, request)
        return Response(_plain(set_schedule(actor=self.actor, course=course, wish=_wish(given))))

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002
        """Get a report no more."""
        stop_schedule(actor=self.actor, course=schedule_of(self.actor, id).course)
        return Response(status=204)


def _wish(given: dict[str, Any]) -> Wish:
    return Wish(
        every=given["every"],
        weekday=int(given["weekday"]),
        hour=given["hour"],
        attach=given["attach"],
    )


def _plain(row: ReportSchedule) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "course": row.course.public_id,
        "every": row.every,
        "weekday": row.weekday,
        "hour": row.hour,
        "attach": row.attach,
        "next_at": row.next_at,
        "sent_at": row.sent_at,
    }

"""Everything dated, through the API."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.rules import OPEN_COURSE, VIEW_COURSE
from interop.api.examples import LINES
from interop.enums import MOST_DAYS, EntryKind
from interop.queries.calendar import Span, entries, my_courses
from interop.scoring.entry import Entry
from lms.kernel import clock
from lms.kernel.errors import Invalid, SignInRequired
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import fetch, require

DAYS = 31
YEARS = (1970, 2100)
FROM = OpenApiParameter("from", OpenApiTypes.DATE, description="First day; today without it.")
TO = OpenApiParameter("to", OpenApiTypes.DATE, description="Last day; 31 days on without it.")
COURSE = OpenApiParameter("course", OpenApiTypes.STR, description="Only of this course (id).")
KIND = OpenApiParameter(
    "kind", OpenApiTypes.STR, enum=EntryKind.values, description="Only lines of this kind."
)


class CalendarCourseOut(serializers.Serializer[Any]):
    """The course of a line."""

    id = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()


class CalendarEntryOut(serializers.Serializer[Any]):
    """Something with a date.

    Of whole days (`all_day`) `start` and `end` are midnights in UTC, `end` the one after the last
    day. `event` is the id of a planned event, empty for dates of work.
    """

    uid = serializers.CharField()
    kind = serializers.ChoiceField(choices=EntryKind.choices)
    title = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    all_day = serializers.BooleanField()
    path = serializers.CharField()
    course = CalendarCourseOut(allow_null=True)
    place = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    event = serializers.CharField(allow_blank=True)


class CalendarViewSet(KernelViewSet):
    """What has a date in your courses, by your own dates, and what you plan yourself."""

    permission_words = {"list": "anyone signed in, their own"}

    @extend_schema(
        parameters=[FROM, TO, COURSE, KIND], responses=CalendarEntryOut(many=True), examples=LINES
    )
    def list(self, request: Request) -> Response:
        """Everything dated from one day to another, a year at most, in your time zone."""
        if not self.actor.signed_in:
            raise SignInRequired
        zone = timezone.get_current_timezone()
        first = _day(request, "from") or clock.now().astimezone(zone).date()
        last = _day(request, "to") or first + timedelta(days=DAYS)
        if last < first or (last - first).days > MOST_DAYS:
            raise Invalid(_("Ask for a year at most, the first day first."), field="to")
        kind = request.query_params.get("kind", "")
        if kind and kind not in EntryKind.values:
            raise Invalid(_("There is no such kind."), field="kind")
        course = self._course(request.query_params.get("course", ""))
        found = entries(
            self.actor,
            Span(first, last, zone),
            courses=my_courses(self.actor) if course is None else [course],
            kinds=[kind] if kind else None,
            own=course is None,
        )
        pages = Pages()
        page: list[Entry] = pages.paginate_queryset(found, request) or []
        return pages.get_paginated_response(CalendarEntryOut(page, many=True).data)

    def _course(self, public_id: str) -> Any:
        if not public_id:
            return None
        course = fetch(self.actor, VIEW_COURSE, public_id=public_id)
        require(self.actor, OPEN_COURSE, course)
        return course


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise Invalid(_("Write a day as 2026-11-30."), field=name) from problem
    if not YEARS[0] <= day.year < YEARS[1]:
        raise Invalid(_("Choose a day between 1970 and 2100."), field=name)
    return day

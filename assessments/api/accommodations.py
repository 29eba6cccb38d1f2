"""Extra time of people through the API."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged
from assessments.models import Accommodation
from assessments.models.accommodation import (
    LEAST,
    MAX_BREAK,
    MAX_DAYS,
    MAX_EARLY,
    MAX_NOTE,
    MOST,
)
from assessments.queries.accommodation import (
    accommodation,
    accommodations,
    knows_note,
    person_taught,
)
from assessments.services.accommodation import remove_accommodation, set_accommodation
from courses.api.shapes import COURSE, ID, PAGING, asked, course_of
from lms.kernel.actors import Actor
from lms.kernel.rest.views import KernelViewSet


class AccommodationIn(serializers.Serializer[Any]):
    """What a person gets everywhere; what is left out is none. The note is for instructors."""

    time_factor = serializers.DecimalField(
        max_digits=3, decimal_places=2, min_value=Decimal(LEAST), max_value=Decimal(MOST)
    )
    break_minutes = serializers.IntegerField(min_value=0, max_value=MAX_BREAK, default=0)
    extra_days = serializers.IntegerField(min_value=0, max_value=MAX_DAYS, default=0)
    early_minutes = serializers.IntegerField(min_value=0, max_value=MAX_EARLY, default=0)
    note = serializers.CharField(max_length=MAX_NOTE, allow_blank=True, default="")


class AccommodationOut(serializers.Serializer[Any]):
    """Extra time of a person. `note` is null to the person it is about."""

    person = serializers.CharField()
    name = serializers.CharField()
    time_factor = serializers.DecimalField(max_digits=3, decimal_places=2)
    break_minutes = serializers.IntegerField()
    extra_days = serializers.IntegerField()
    early_minutes = serializers.IntegerField()
    note = serializers.CharField(allow_null=True, allow_blank=True)
    set_by = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField()


class AccommodationViewSet(KernelViewSet):
    """Extra time: a factor on every time limit of a person, in every course."""

    permission_words = {
        "list": "your own; instructors those of the learners of their courses",
        "retrieve": "the person; instructors of a course in which the person learns",
        "update": "instructors of a course in which the person learns",
        "destroy": "instructors of a course in which the person learns",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=AccommodationOut(many=True))
    def list(self, request: Request) -> Response:
        """Extra time you may know of, by name; with `course` that of its learners."""
        named = asked(request, "course")
        rows = accommodations(self.actor, course=course_of(self.actor, named) if named else None)
        return paged(request, rows, lambda row: accommodation_data(self.actor, row))

    @extend_schema(parameters=[ID], responses=AccommodationOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The extra time of one person, by the person's id."""
        return Response(accommodation_data(self.actor, accommodation(self.actor, id)))

    @extend_schema(parameters=[ID], request=AccommodationIn, responses=AccommodationOut)
    def update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give somebody extra time, or change it.

        Open attempts end later if that gives them more time.
        """
        person = person_taught(self.actor, id)
        sent = AccommodationIn(data=request.data)
        sent.is_valid(raise_exception=True)
        row = set_accommodation(actor=self.actor, person=person, **sent.validated_data)
        return Response(accommodation_data(self.actor, row))

    @extend_schema(parameters=[ID], request=None, responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take somebody's extra time back. Open attempts keep what they were given."""
        remove_accommodation(actor=self.actor, person=person_taught(self.actor, id))
        return Response(status=204)


def accommodation_data(actor: Actor, row: Accommodation) -> dict[str, Any]:
    """The JSON of an accommodation for one asker."""
    return {
        "person": row.person.public_id,
        "name": row.person.display_name,
        "time_factor": row.time_factor,
        "break_minutes": row.break_minutes,
        "extra_days": row.extra_days,
        "early_minutes": row.early_minutes,
        "note": row.note if knows_note(actor, row) else None,
        "set_by": row.set_by.public_id if row.set_by else None,
        "updated_at": row.updated_at,
    }

"""The dates of quizzes and assignments for people and groups through the API."""

from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import SEARCH, paged, paged_together
from assessments.models import DateOverride
from assessments.queries.assignment import assignment
from assessments.queries.dates import (
    LearnerDates,
    Work,
    change_of,
    dates_of_learners,
    learner_rows,
    override,
    overrides,
)
from assessments.queries.due import own_dates
from assessments.queries.quiz import quiz
from assessments.scoring.dates import Change, Dates
from assessments.services.override import remove_override, require_edit, set_override
from assessments.services.quiz_settings import MAX_ATTEMPTS, MAX_SECONDS, MIN_SECONDS
from courses.api.shapes import ID, PAGING, asked, checked, named
from courses.queries.group import group, learners_by_id
from lms.kernel.rest.views import KernelViewSet

OVERRIDE_ID: Final = OpenApiParameter("override_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class ChangeIn(serializers.Serializer[Any]):
    """Other borders; null, or left out, is as for everybody."""

    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    time_limit_seconds = serializers.IntegerField(
        min_value=MIN_SECONDS, max_value=MAX_SECONDS, required=False, allow_null=True
    )
    attempts_allowed = serializers.IntegerField(
        min_value=1, max_value=MAX_ATTEMPTS, required=False, allow_null=True
    )


class DateOverrideIn(ChangeIn):
    """Other borders for one learner (`person`) or one group; what there was is replaced.

    An assignment has no time limit and no attempts; `reviews_due_at` and `appeal_until` are for one
    that peers review. What a work does not have is refused.
    """

    reviews_due_at = serializers.DateTimeField(required=False, allow_null=True)
    appeal_until = serializers.DateTimeField(required=False, allow_null=True)

    person = serializers.CharField(max_length=22, required=False, allow_null=True)
    group = serializers.CharField(max_length=22, required=False, allow_null=True)


class DatesOut(serializers.Serializer[Any]):
    """The borders that hold for somebody; null is none.

    `closes_at` of an assignment is until when work is accepted.
    """

    opens_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    time_limit_seconds = serializers.IntegerField(allow_null=True)
    attempts_allowed = serializers.IntegerField(allow_null=True)


class DateOverrideOut(DatesOut):
    """An override; null leaves what holds otherwise."""

    id = serializers.CharField()
    person = serializers.CharField(allow_null=True)
    group = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    reviews_due_at = serializers.DateTimeField(allow_null=True)
    appeal_until = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()


class LearnerDatesOut(DatesOut):
    """What holds for one learner, and why.

    `groups` and `own` name the overrides that apply; with `narrow` even who starts at once gets
    less than the time limit.
    """

    learner = serializers.CharField()
    name = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    own = serializers.BooleanField()
    time_factor = serializers.DecimalField(max_digits=3, decimal_places=2)
    extra_days = serializers.IntegerField()
    break_minutes = serializers.IntegerField()
    narrow = serializers.BooleanField()


class _DatesViewSet(KernelViewSet, ABC):
    """Who has which dates in a piece of work."""

    permission_words = {
        "own_dates": "who may see it",
        "dates": "the course's staff",
        "overrides": "the course's staff",
        "set_override": "the course's instructors",
        "remove_override": "the course's instructors",
    }

    @abstractmethod
    def work(self, public_id: str) -> Work:
        """The quiz or the assignment, as far as the asker may see it."""

    @extend_schema(parameters=[ID], responses=DatesOut)
    @action(detail=True, methods=["get"], url_path="own-dates")
    def own_dates(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The dates that hold for you, with all you were given."""
        return Response(_dates(own_dates(self.actor, self.work(id))))

    @extend_schema(parameters=[ID, SEARCH, *PAGING], responses=LearnerDatesOut(many=True))
    @action(detail=True, methods=["get"])
    def dates(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The dates of each learner, by name."""
        row = self.work(id)
        people = learner_rows(self.actor, row, search=asked(request, "search"))
        return paged_together(
            request, people, lambda page: [_line(one) for one in dates_of_learners(row, page)]
        )

    @extend_schema(parameters=[ID, *PAGING], responses=DateOverrideOut(many=True))
    @action(detail=True, methods=["get"])
    def overrides(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What was set for groups and people."""
        return paged(request, overrides(self.actor, self.work(id)), override_data)

    @extend_schema(parameters=[ID], request=DateOverrideIn, responses=DateOverrideOut)
    @overrides.mapping.put
    def set_override(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give a learner or a group other dates. Open attempts end later if that gives more."""
        row = self.work(id)
        require_edit(self.actor, row)
        whose = self._whose(request, row)
        fields = checked(DateOverrideIn, request)
        change = Change(
            opens_at=fields.get("opens_at"),
            due_at=fields.get("due_at"),
            closes_at=fields.get("closes_at"),
            limit_seconds=fields.get("time_limit_seconds"),
            attempts_allowed=fields.get("attempts_allowed"),
        )
        reviews = Change(due_at=fields.get("reviews_due_at"), closes_at=fields.get("appeal_until"))
        made = set_override(actor=self.actor, work=row, change=change, reviews=reviews, **whose)
        return Response(override_data(made))

    @extend_schema(parameters=[ID, OVERRIDE_ID], request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path="overrides/(?P<override_id>[^/]+)")
    def remove_override(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        override_id: str,
    ) -> Response:
        """Take dates of a learner or a group back; open attempts keep what they were given."""
        row = self.work(id)
        require_edit(self.actor, row)
        remove_override(actor=self.actor, override=override(self.actor, row, override_id))
        return Response(status=204)

    def _whose(self, request: Request, row: Work) -> dict[str, Any]:
        person, of_group = (named(request, n, required=False) for n in ("person", "group"))
        found = learners_by_id(self.actor, row.course, [person]) if person else [None]
        return {
            "person": found[0],
            "group": group(self.actor, of_group, course=row.course) if of_group else None,
        }


class QuizDatesViewSet(_DatesViewSet):
    """Who has which dates at a quiz."""

    def work(self, public_id: str) -> Work:
        """The quiz."""
        return quiz(self.actor, public_id)


class AssignmentDatesViewSet(_DatesViewSet):
    """Who has which dates in an assignment."""

    def work(self, public_id: str) -> Work:
        """The assignment."""
        return assignment(self.actor, public_id)


def override_data(row: DateOverride) -> dict[str, Any]:
    """The shape of `DateOverrideOut`."""
    name = row.group.name if row.group else row.person.display_name if row.person else ""
    return {
        "id": row.public_id,
        "person": row.person.public_id if row.person else None,
        "group": row.group.public_id if row.group else None,
        "name": name,
        "updated_at": row.updated_at,
        "reviews_due_at": row.reviews_due_at,
        "appeal_until": row.appeal_until,
        **_dates(change_of(row)),
    }


def _dates(dates: Dates | Change) -> dict[str, Any]:
    fields = asdict(dates)
    limit = fields.pop("limit_seconds")
    return {**fields, "time_limit_seconds": limit}


def _line(one: LearnerDates) -> dict[str, Any]:
    return {
        "learner": one.learner.public_id,
        "name": one.learner.display_name,
        "groups": one.groups,
        "own": one.own,
        "time_factor": one.relief.time_factor,
        "extra_days": one.relief.extra_days,
        "break_minutes": one.relief.break_minutes,
        "narrow": one.dates.is_narrow,
        **_dates(one.dates),
    }

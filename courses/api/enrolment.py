"""Enrolments through the API: one's own, and those of courses one staffs."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.examples import ENROL
from courses.api.shapes import (
    COURSE,
    ID,
    KEY,
    PAGING,
    asked,
    check_choices,
    checked,
    course_of,
    named,
)
from courses.enums import CourseRole, EnrolmentSource, EnrolmentState
from courses.models import Course, Enrolment
from courses.queries.enrolment import (
    account_by_id,
    course_enrolments,
    own_enrolments,
    visible_enrolments,
)
from courses.rules import MANAGE_COURSE, MANAGE_ENROLMENT, STAFF_COURSE, VIEW_ENROLMENT
from courses.services.enrolment import (
    add_member,
    change_role,
    enrol_learner,
    join_by_link,
    withdraw,
)
from courses.services.invitation import course_by_join_code
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import allows, fetch, require, require_write


class EnrolledPersonSerializer(serializers.Serializer[Any]):
    """A person in a course."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="display_name")


class EnrolmentCourseSerializer(serializers.Serializer[Any]):
    """The course of an enrolment."""

    id = serializers.CharField(source="public_id")
    slug = serializers.CharField()
    title = serializers.CharField()


class EnrolmentSerializer(serializers.Serializer[Any]):
    """Somebody in a course; `completion` is 0 to 1 of the published lessons."""

    id = serializers.CharField(source="public_id")
    course = EnrolmentCourseSerializer()
    user = EnrolledPersonSerializer()
    role = serializers.ChoiceField(choices=CourseRole.choices)
    state = serializers.ChoiceField(choices=EnrolmentState.choices)
    origin = serializers.ChoiceField(choices=EnrolmentSource.choices, source="source")
    created_at = serializers.DateTimeField()
    last_active_at = serializers.DateTimeField(allow_null=True)
    completed_lessons = serializers.IntegerField()
    seconds = serializers.IntegerField()
    completion = serializers.FloatField()
    completed_at = serializers.DateTimeField(allow_null=True)
    resume_lesson = serializers.CharField(
        source="resume_lesson.public_id", default=None, allow_null=True
    )


@extend_schema_serializer(component_name="EnrolledPerson")
class StaffEnrolledPersonSerializer(EnrolledPersonSerializer):
    """A person in a course; `email` only for the staff of the course."""

    email = serializers.EmailField(required=False)


@extend_schema_serializer(component_name="Enrolment")
class StaffEnrolmentSerializer(EnrolmentSerializer):
    """Somebody in a course; `completion` is 0 to 1 of the published lessons."""

    user = StaffEnrolledPersonSerializer()


class NewEnrolmentSerializer(serializers.Serializer[Any]):
    """Enrol yourself by `course` or `join_code`; staff name a `user` and a `role` besides."""

    course = serializers.CharField(max_length=22, required=False)
    join_code = serializers.CharField(max_length=40, required=False)
    user = serializers.CharField(max_length=22, required=False)
    role = serializers.ChoiceField(choices=CourseRole.choices, required=False)


class RoleSerializer(serializers.Serializer[Any]):
    """What can be changed of an enrolment (Z4)."""

    role = serializers.ChoiceField(choices=CourseRole.choices)


FILTERS = [
    COURSE,
    OpenApiParameter(
        "search", OpenApiTypes.STR, description="With `course`: words of name or address."
    ),
    OpenApiParameter(
        "role",
        OpenApiTypes.STR,
        enum=CourseRole.values,
        description="With `course`: only this role.",
    ),
    OpenApiParameter(
        "state",
        OpenApiTypes.STR,
        enum=EnrolmentState.values,
        description="Only those in this state.",
    ),
]


class EnrolmentViewSet(KernelViewSet):
    """Who is in which course."""

    permission_words = {
        "list": "anyone signed in, own enrolments; with `course`, its staff; admins",
        "retrieve": "the person; staff of the course; admins",
        "create": "anyone signed in, themselves, in an open course; instructors anybody; admins",
        "partial_update": "instructors of the course; admins",
        "destroy": "the person; instructors of the course; admins",
    }

    @extend_schema(parameters=[*FILTERS, *PAGING], responses=StaffEnrolmentSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your enrolments, or with `course` those of a course you staff."""
        check_choices(request, FILTERS)
        public_id = asked(request, "course")
        pages = Pages()
        if not public_id:
            page = pages.paginate_queryset(own_enrolments(self.actor), request) or []
            return pages.get_paginated_response(EnrolmentSerializer(page, many=True).data)
        rows = course_enrolments(
            self.actor,
            course_of(self.actor, public_id),
            search=asked(request, "search"),
            role=asked(request, "role"),
            state=asked(request, "state"),
        )
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response(StaffEnrolmentSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=StaffEnrolmentSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One enrolment."""
        return self._shown(self._found(id))

    @extend_schema(
        parameters=[KEY],
        request=NewEnrolmentSerializer,
        responses={200: StaffEnrolmentSerializer, 201: StaffEnrolmentSerializer},
        examples=ENROL,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Enrol yourself or somebody else in a course; 200 when the person is in already."""
        require_write(self.actor)
        code = named(request, "join_code", required=False)
        course = (
            course_by_join_code(code) if code else course_of(self.actor, named(request, "course"))
        )
        if named(request, "user", required=False):
            require(self.actor, MANAGE_COURSE, course)
        given = checked(NewEnrolmentSerializer, request)
        before = visible_enrolments(self.actor).filter(course=course, state=EnrolmentState.ACTIVE)
        known = set(before.values_list("pk", flat=True))
        row = self._enrol(course, given)
        return self._shown(self._found(row.public_id), 200 if row.pk in known else 201)

    @extend_schema(parameters=[ID], request=RoleSerializer, responses=StaffEnrolmentSerializer)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Give a member another role."""
        row = self._found(id)
        require(self.actor, MANAGE_ENROLMENT, row)
        role = checked(RoleSerializer, request)["role"]
        changed = change_role(actor=self.actor, enrolment=row, role=role)
        return self._shown(self._found(changed.public_id))

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Leave a course, or remove a member from yours; progress is kept."""
        withdraw(actor=self.actor, enrolment=self._found(id))
        return Response(status=204)

    def _enrol(self, course: Course, given: dict[str, Any]) -> Enrolment:
        if "user" in given:
            user = account_by_id(given["user"])
            role = given.get("role", CourseRole.LEARNER)
            return add_member(actor=self.actor, course=course, user=user, role=role)
        if "join_code" in given:
            return join_by_link(actor=self.actor, course=course, code=given["join_code"])
        return enrol_learner(actor=self.actor, course=course)

    def _found(self, public_id: str) -> Enrolment:
        return fetch(
            self.actor,
            VIEW_ENROLMENT,
            select=("course", "user", "resume_lesson"),
            public_id=public_id,
        )

    def _shown(self, row: Enrolment, status: int = 200) -> Response:
        staff = allows(self.actor, STAFF_COURSE, row.course)
        shape = StaffEnrolmentSerializer if staff else EnrolmentSerializer
        return Response(shape(row).data, status=status)

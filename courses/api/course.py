"""Courses through the API."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.outline import ContentsSerializer, OrderSerializer, contents_data
from courses.api.shapes import ID, IF_MATCH, KEY, PAGING, asked, check_choices, checked, course_of
from courses.api.stored import stored_list
from courses.enums import CourseLevel, CourseRole, CourseState, EnrolmentPolicy
from courses.models import Course
from courses.queries.catalogue import (
    ORDERINGS,
    Filters,
    count_courses,
    course_rows,
    visible_courses,
)
from courses.queries.contents import contents_of, description_of, own_enrolment
from courses.rules import MANAGE_COURSE
from courses.services.attachment import remove_cover, set_cover
from courses.services.course import (
    MAX_CAPACITY,
    MAX_PRICE,
    MAX_SUMMARY,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    CourseContent,
    archive_course,
    content_of,
    create_course,
    delete_course,
    publish_course,
    restore_course,
    update_course,
)
from courses.services.invitation import rotate_join_link, set_join_link
from courses.services.outline import reorder
from lms.kernel.errors import NotFound
from lms.kernel.rest.paging import page_of_values, window_of
from lms.kernel.rest.permissions import PublicRead
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import allows, require
from lms.kernel.text import MAX_SOURCE


class PersonSerializer(serializers.Serializer[Any]):
    """Who teaches."""

    id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class CourseRowSerializer(serializers.Serializer[Any]):
    """A course as lists show it."""

    id = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    language = serializers.CharField()
    level = serializers.ChoiceField(choices=CourseLevel.choices)
    state = serializers.ChoiceField(choices=CourseState.choices)
    enrolment_policy = serializers.ChoiceField(choices=EnrolmentPolicy.choices)
    price_minor = serializers.IntegerField()
    currency = serializers.CharField()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    capacity = serializers.IntegerField(allow_null=True)
    learner_count = serializers.IntegerField()
    lesson_count = serializers.IntegerField()
    minutes = serializers.IntegerField()
    published_at = serializers.DateTimeField(allow_null=True)
    cover = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    instructor = PersonSerializer()
    tags = serializers.ListField(child=serializers.CharField())


class JoinLinkSerializer(serializers.Serializer[Any]):
    """The join link: its code, and whether it works."""

    code = serializers.CharField(read_only=True)
    on = serializers.BooleanField()


class CourseSerializer(CourseRowSerializer):
    """A course as its page shows it; `role` is one's own, null outside."""

    description_html = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=CourseRole.choices, allow_null=True)
    enrolment = serializers.CharField(allow_null=True)


class ManagedCourseSerializer(CourseSerializer):
    """What only those who manage the course see besides (null for everybody else) (Z4)."""

    description = serializers.CharField(allow_null=True)
    join_link = JoinLinkSerializer(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)


class CourseInputSerializer(serializers.Serializer[Any]):
    """What instructors write of a course; counters, state, slug and ids are the server's (Z4)."""

    title = serializers.CharField(max_length=MAX_TITLE)
    summary = serializers.CharField(max_length=MAX_SUMMARY, allow_blank=True, required=False)
    description = serializers.CharField(
        max_length=MAX_SOURCE, allow_blank=True, required=False, trim_whitespace=False
    )
    language = serializers.CharField(max_length=10, required=False)
    level = serializers.ChoiceField(choices=CourseLevel.choices, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=MAX_TAG), max_length=MAX_TAGS, required=False
    )
    price_minor = serializers.IntegerField(min_value=0, max_value=MAX_PRICE, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    starts_at = serializers.DateTimeField(allow_null=True, required=False)
    ends_at = serializers.DateTimeField(allow_null=True, required=False)
    capacity = serializers.IntegerField(
        min_value=1, max_value=MAX_CAPACITY, allow_null=True, required=False
    )
    enrolment_policy = serializers.ChoiceField(choices=EnrolmentPolicy.choices, required=False)


class CoverSerializer(serializers.Serializer[Any]):
    """A picture: PNG, JPEG, GIF or WebP, at most 5 MB."""

    file = serializers.FileField()


def _choice(name: str, values: list[str], words: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, enum=values, description=words)


FILTERS = [
    OpenApiParameter("search", OpenApiTypes.STR, description="Words of title, summary, text."),
    OpenApiParameter("slug", OpenApiTypes.STR, description="The course at this address."),
    _choice("level", CourseLevel.values, "Only courses of this level."),
    OpenApiParameter("language", OpenApiTypes.STR, description="Such as en."),
    OpenApiParameter("tag", OpenApiTypes.STR, description="Slug of a subject."),
    _choice("price", ["free", "paid"], "Only courses without a price, or with one."),
    _choice("state", CourseState.values, "Only courses in this state."),
    _choice("enrolment_policy", EnrolmentPolicy.values, "Only courses that one enters this way."),
    OpenApiParameter(
        "mine", OpenApiTypes.STR, enum=["staff"], description="Only courses you teach or assist."
    ),
    _choice("ordering", [name for name in ORDERINGS if name], "With - from the last or most."),
]


class CourseViewSet(KernelViewSet):
    """Courses: the catalogue for everybody, one's own in every state."""

    permission_classes = (PublicRead,)
    permission_words = {
        "list": "anyone: live courses; signed in also their own in any state",
        "retrieve": "anyone for live courses; members; admins",
        "create": "anyone who teaches; admins",
        "partial_update": "instructors of the course; admins",
        "destroy": "instructors of the course; admins",
        "restore": "instructors of the course; admins",
        "publish": "instructors of the course; admins",
        "archive": "instructors of the course; admins",
        "outline": "anyone for live courses; members; staff see drafts",
        "order": "instructors of the course; admins",
        "cover": "instructors of the course; admins",
        "delete_cover": "instructors of the course; admins",
        "join_link": "instructors of the course; admins",
        "rotate_join_link": "instructors of the course; admins",
    }

    @extend_schema(parameters=[*FILTERS, *PAGING], responses=CourseRowSerializer(many=True))
    def list(self, request: Request) -> HttpResponse:
        """Live courses, newest first; signed in also one's own in other states."""

        def read() -> Response:
            offset, limit = window_of(request)
            rows = visible_courses(self.actor, _filters(request))
            page = course_rows(rows, offset, limit)
            if offset and not page:
                raise NotFound("There is no such page.")
            count = count_courses(rows, offset, limit, len(page))
            return page_of_values(request, page, count)

        return stored_list(request, self.actor, read)

    @extend_schema(parameters=[ID], responses=ManagedCourseSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One course."""
        return self._shown(course_of(self.actor, id))

    @extend_schema(
        parameters=[KEY], request=CourseInputSerializer, responses={201: ManagedCourseSerializer}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Create a draft that you teach."""
        content = CourseContent(**checked(CourseInputSerializer, request))
        return self._shown(create_course(actor=self.actor, content=content), status=201)

    @extend_schema(
        parameters=[ID, IF_MATCH], request=CourseInputSerializer, responses=ManagedCourseSerializer
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change what you write of a course; what you leave out stays."""
        course = self._managed(id)
        changes = checked(CourseInputSerializer, request, partial=True)
        content = replace(content_of(course), **changes)
        return self._shown(
            update_course(
                actor=self.actor, course=course, content=content, expected=expected_version(request)
            )
        )

    @extend_schema(parameters=[ID, IF_MATCH], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Delete a course; `restore` takes that back."""
        course = self._managed(id)
        delete_course(actor=self.actor, course=course, expected=expected_version(request))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=None, responses=ManagedCourseSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take the deletion of a course back."""
        return self._shown(restore_course(actor=self.actor, course=self._managed(id)))

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=ManagedCourseSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:  # noqa: A002
        """Put a course into the catalogue."""
        course = self._managed(id)
        return self._shown(
            publish_course(actor=self.actor, course=course, expected=expected_version(request))
        )

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=ManagedCourseSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take a course from the catalogue; members still read it."""
        course = self._managed(id)
        return self._shown(
            archive_course(actor=self.actor, course=course, expected=expected_version(request))
        )

    @extend_schema(parameters=[ID], responses=ContentsSerializer)
    @action(detail=True, methods=["get"])
    def outline(self, request: Request, id: str) -> Response:  # noqa: A002
        """Sections and lessons as you may see them, with your marks."""
        return Response(contents_data(contents_of(self.actor, course_of(self.actor, id))))

    @extend_schema(parameters=[ID], request=OrderSerializer, responses=ContentsSerializer)
    @action(detail=True, methods=["put"])
    def order(self, request: Request, id: str) -> Response:  # noqa: A002
        """Put the whole outline in an order; every section and lesson named exactly once."""
        course = self._managed(id)
        given = checked(OrderSerializer, request)["sections"]
        order = [(row["id"], row["lessons"]) for row in given]
        reorder(actor=self.actor, course=course, order=order)
        return Response(contents_data(contents_of(self.actor, course)))

    @extend_schema(
        parameters=[ID],
        request={"multipart/form-data": CoverSerializer},
        responses=ManagedCourseSerializer,
    )
    @action(detail=True, methods=["put"], parser_classes=[MultiPartParser])
    def cover(self, request: Request, id: str) -> Response:  # noqa: A002
        """Set the picture of a course."""
        course = self._managed(id)
        file = checked(CoverSerializer, request)["file"]
        return self._shown(set_cover(actor=self.actor, course=course, content=file))

    @extend_schema(parameters=[ID], responses={204: None})
    @cover.mapping.delete
    def delete_cover(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take the picture of a course away."""
        remove_cover(actor=self.actor, course=self._managed(id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=JoinLinkSerializer, responses=ManagedCourseSerializer)
    @action(detail=True, methods=["put"], url_path="join-link")
    def join_link(self, request: Request, id: str) -> Response:  # noqa: A002
        """Switch the join link on or off."""
        course = self._managed(id)
        on = checked(JoinLinkSerializer, request)["on"]
        return self._shown(set_join_link(actor=self.actor, course=course, on=on))

    @extend_schema(parameters=[ID], request=None, responses=ManagedCourseSerializer)
    @action(detail=True, methods=["post"], url_path="join-link/rotate")
    def rotate_join_link(self, request: Request, id: str) -> Response:  # noqa: A002
        """Replace the join link's code; the old link stops working."""
        return self._shown(rotate_join_link(actor=self.actor, course=self._managed(id)))

    def _managed(self, public_id: str) -> Course:
        """The course, looked up and allowed before the body is read (Z2)."""
        course = course_of(self.actor, public_id)
        require(self.actor, MANAGE_COURSE, course)
        return course

    def _shown(self, course: Course, status: int = 200) -> Response:
        rows = visible_courses(self.actor, Filters()).filter(pk=course.pk)
        enrolment = own_enrolment(self.actor, course)
        data = {
            **course_rows(rows, 0, 1)[0],
            "description_html": description_of(course),
            "role": enrolment.role if enrolment else None,
            "enrolment": enrolment.public_id if enrolment else None,
            "description": None,
            "join_link": None,
            "deleted_at": None,
        }
        if allows(self.actor, MANAGE_COURSE, course):
            data["description"] = course.description
            data["join_link"] = {"code": course.join_code, "on": course.join_link_on}
            data["deleted_at"] = course.deleted_at
        return versioned(data, course.version, status)


def _filters(request: Request) -> Filters:
    names = ("search", "slug", "level", "language", "tag", "price", "state", "mine", "ordering")
    values = {name: asked(request, name) for name in names}
    policy = asked(request, "enrolment_policy")
    check_choices(request, FILTERS)
    return Filters(**values, policy=policy)

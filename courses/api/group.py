"""Groups of learners through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from courses.api.shapes import COURSE, ID, IF_MATCH, KEY, PAGING, asked, checked, course_of, named
from courses.models import LearnerGroup
from courses.models.group import MAX_GROUP_NAME
from courses.queries.group import group, groups, learners_by_id, members, names_in
from courses.rules import EDIT_GROUP, MANAGE_COURSE
from courses.services.group import change_group, create_group, delete_group
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require

MAX_LEARNERS = 5_000


class GroupMemberSerializer(serializers.Serializer[Any]):
    """A learner in a group."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="display_name")


class GroupSerializer(serializers.Serializer[Any]):
    """A group with its active learners."""

    id = serializers.CharField()
    course = serializers.CharField()
    name = serializers.CharField()
    learners = GroupMemberSerializer(many=True)
    version = serializers.IntegerField()


class GroupInputSerializer(serializers.Serializer[Any]):
    """What can be changed of a group (Z4); `learners` are ids of people and replace those in it."""

    name = serializers.CharField(max_length=MAX_GROUP_NAME)
    learners = serializers.ListField(
        child=serializers.CharField(max_length=22), max_length=MAX_LEARNERS, required=False
    )


class NewGroupSerializer(GroupInputSerializer):
    """A group to make in a course."""

    course = serializers.CharField(max_length=22)


class GroupViewSet(KernelViewSet):
    """Groups of learners inside courses."""

    permission_words = {
        "list": "staff of the course all; learners those they are in",
        "retrieve": "staff of the course; its learners",
        "create": "instructors of the course; admins",
        "partial_update": "instructors of the course; admins",
        "destroy": "instructors of the course; admins",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=GroupSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Groups you may see, by name; with `course` those of one course."""
        public_id = asked(request, "course")
        course = course_of(self.actor, public_id) if public_id else None
        pages = Pages()
        page = pages.paginate_queryset(groups(self.actor, course=course), request) or []
        people = names_in(page)
        return pages.get_paginated_response([group_data(row, people[row.pk]) for row in page])

    @extend_schema(parameters=[ID], responses=GroupSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One group with its learners."""
        return _shown(group(self.actor, id))

    @extend_schema(parameters=[KEY], request=NewGroupSerializer, responses={201: GroupSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a group, empty or with learners."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, MANAGE_COURSE, course)
        given = checked(NewGroupSerializer, request)
        learners = learners_by_id(self.actor, course, given.get("learners", ()))
        made = create_group(actor=self.actor, course=course, name=given["name"], learners=learners)
        return _shown(made, 201)

    @extend_schema(
        parameters=[ID, IF_MATCH], request=GroupInputSerializer, responses=GroupSerializer
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change the name of a group, its learners, or both."""
        row = group(self.actor, id)
        require(self.actor, EDIT_GROUP, row)
        given = checked(GroupInputSerializer, request, partial=True)
        learners = None
        if "learners" in given:
            learners = learners_by_id(self.actor, row.course, given["learners"])
        changed = change_group(
            actor=self.actor,
            group=row,
            name=given.get("name"),
            learners=learners,
            expected=expected_version(request),
        )
        return _shown(changed)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Delete a group; its learners stay in the course."""
        delete_group(actor=self.actor, group=group(self.actor, id))
        return Response(status=204)


def group_data(row: LearnerGroup, learners: list[User]) -> dict[str, Any]:
    """The JSON of a group."""
    return {
        "id": row.public_id,
        "course": row.course.public_id,
        "name": row.name,
        "learners": GroupMemberSerializer(learners, many=True).data,
        "version": row.version,
    }


def _shown(row: LearnerGroup, status: int = 200) -> Response:
    return versioned(group_data(row, list(members(row))), row.version, status)

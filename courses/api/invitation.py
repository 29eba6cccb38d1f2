"""Invitations through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.enrolment import EnrolmentSerializer, StaffEnrolmentSerializer
from courses.api.shapes import COURSE, ID, KEY, PAGING, asked, checked, course_of, named
from courses.enums import CourseRole, InvitationState
from courses.models import Invitation
from courses.queries.enrolment import course_invitations, visible_enrolments
from courses.rules import MANAGE_COURSE, MANAGE_INVITATION, VIEW_INVITATION
from courses.services.invitation import (
    MAX_ROWS,
    MAX_TABLE,
    Invitee,
    accept_invitation,
    invite_people,
    preview_invitations,
    read_table,
    revoke_invitation,
)
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import fetch, require


class InvitationSerializer(serializers.Serializer[Any]):
    """Somebody asked to join."""

    id = serializers.CharField(source="public_id")
    course = serializers.CharField(source="course.public_id")
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=CourseRole.choices)
    state = serializers.ChoiceField(choices=InvitationState.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InviteeSerializer(serializers.Serializer[Any]):
    """Somebody to ask; problems of a row are reported, not refused."""

    email = serializers.CharField(max_length=320)
    name = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    role = serializers.CharField(max_length=20, required=False, default=CourseRole.LEARNER)


class InviteSerializer(serializers.Serializer[Any]):
    """People, or a CSV table with the columns email, name, role; `dry_run` only reports."""

    course = serializers.CharField(max_length=22)
    people = serializers.ListField(
        child=InviteeSerializer(), max_length=MAX_ROWS, required=False, allow_empty=False
    )
    table = serializers.CharField(
        max_length=MAX_TABLE, required=False, trim_whitespace=False, allow_blank=False
    )
    dry_run = serializers.BooleanField(default=False)


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of one person, or would become with `dry_run`."""

    line = serializers.IntegerField()
    email = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()
    status = serializers.ChoiceField(
        choices=["invite", "invited", "member", "already_invited", "repeated", "invalid"]
    )
    problem = serializers.CharField(allow_blank=True)


class ReportSerializer(serializers.Serializer[Any]):
    """One row per person, in order."""

    invited = serializers.IntegerField()
    rows = OutcomeSerializer(many=True)


class TokenSerializer(serializers.Serializer[Any]):
    """The word at the end of an invitation's link."""

    token = serializers.CharField(max_length=64)


class InvitationViewSet(KernelViewSet):
    """People asked to join courses."""

    throttle_scope = "invite"
    permission_words = {
        "list": "instructors of the course; admins",
        "retrieve": "instructors of the course; admins",
        "create": "instructors of the course; admins",
        "destroy": "instructors of the course; admins",
        "accept": "anyone signed in who has the link",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=InvitationSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Invitations of a course you manage, or of all of them, newest first."""
        public_id = asked(request, "course")
        course = course_of(self.actor, public_id) if public_id else None
        if course is not None:
            require(self.actor, MANAGE_COURSE, course)
        pages = Pages()
        page = pages.paginate_queryset(course_invitations(self.actor, course), request) or []
        return pages.get_paginated_response(InvitationSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=InvitationSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One invitation."""
        return Response(InvitationSerializer(self._found(id)).data)

    @extend_schema(parameters=[KEY], request=InviteSerializer, responses={200: ReportSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Invite people by address, each by a mail of their own; `dry_run` writes nothing."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, MANAGE_COURSE, course)
        given = checked(InviteSerializer, request)
        people = _people(given)
        act = preview_invitations if given["dry_run"] else invite_people
        rows = act(actor=self.actor, course=course, people=people)
        invited = sum(row.status == "invited" for row in rows)
        return Response({"invited": invited, "rows": OutcomeSerializer(rows, many=True).data})

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Revoke an invitation; its link stops working."""
        row = self._found(id)
        require(self.actor, MANAGE_INVITATION, row)
        revoke_invitation(actor=self.actor, invitation=row)
        return Response(status=204)

    @extend_schema(request=TokenSerializer, responses=StaffEnrolmentSerializer)
    @action(detail=False, methods=["post"])
    def accept(self, request: Request) -> Response:
        """Join with an invitation's link."""
        token = checked(TokenSerializer, request)["token"]
        row = accept_invitation(actor=self.actor, token=token)
        found = visible_enrolments(self.actor).get(pk=row.pk)
        return Response(EnrolmentSerializer(found).data)

    def _found(self, public_id: str) -> Invitation:
        return fetch(self.actor, VIEW_INVITATION, select=("course",), public_id=public_id)


def _people(given: dict[str, Any]) -> list[Invitee]:
    if ("people" in given) == ("table" in given):
        raise Invalid("Give people or a table.", field="people")
    if "table" in given:
        return read_table(given["table"])
    return [
        Invitee(line=line, email=row["email"], name=row["name"], role=row["role"])
        for line, row in enumerate(given["people"], start=1)
    ]

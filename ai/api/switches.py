"""What AI may do, through the API: in a course for its staff, on the site for admins."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.enums import TutorStyle
from ai.queries.consent import SWITCHED, ai_course, ai_site, course_is_off, off_for
from ai.services.switches import set_course_switches, set_site_switches
from ai.services.tutor_help import style_of
from courses.api.shapes import ID, checked, course_of
from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import require, require_write


class SiteSwitchesIO(serializers.Serializer[Any]):
    """`off`: no model is asked for anybody. `off_purposes`: what none is asked for.

    `ask_consent`: learners agree before first use.
    """

    off = serializers.BooleanField()
    ask_consent = serializers.BooleanField()
    off_purposes = serializers.ListField(
        child=serializers.ChoiceField(choices=[(one.value, one.label) for one in SWITCHED]),
        max_length=len(SWITCHED),
    )


class CourseSwitchesIn(SiteSwitchesIO):
    """The same for a course, and how its tutor helps."""

    style = serializers.ChoiceField(choices=TutorStyle.choices)  # type: ignore[assignment]


class CourseSwitchesOut(CourseSwitchesIn):
    """What a course chose, and under `site` what holds besides: what is off there stays off."""

    course = serializers.CharField()
    site = SiteSwitchesIO()


class SwitchesViewSet(KernelViewSet):
    """Switches of AI by purpose, for a course and for the site."""

    permission_words = {
        "retrieve": "the course's staff",
        "partial_update": "the course's instructors",
        "site": "admins",
        "change_site": "admins",
    }

    @extend_schema(parameters=[ID], responses=CourseSwitchesOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What AI may do in a course; `id` is the course's."""
        course = course_of(self.actor, id)
        require(self.actor, STAFF_COURSE, course)
        return Response(_of_course(course))

    @extend_schema(parameters=[ID], request=CourseSwitchesIn, responses=CourseSwitchesOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Choose what AI may do in a course; fields that are left out stay as they are."""
        course = course_of(self.actor, id)
        require(self.actor, MANAGE_COURSE, course)
        fields = checked(CourseSwitchesIn, request, partial=True)
        set_course_switches(actor=self.actor, course=course, **fields)
        return Response(_of_course(course))

    @extend_schema(responses=SiteSwitchesIO)
    @action(detail=False, methods=["get"])
    def site(self, _request: Request) -> Response:
        """What AI may do on the whole site."""
        self._require_admin()
        return Response(_of_site())

    @extend_schema(request=SiteSwitchesIO, responses=SiteSwitchesIO)
    @site.mapping.patch
    def change_site(self, request: Request) -> Response:
        """Choose what AI may do on the whole site; fields that are left out stay as they are."""
        self._require_admin()
        require_write(self.actor)
        fields = checked(SiteSwitchesIO, request, partial=True)
        set_site_switches(actor=self.actor, **fields)
        return Response(_of_site())

    def _require_admin(self) -> None:
        if not self.actor.signed_in:
            raise SignInRequired
        if not self.actor.is_admin:
            raise Denied


def _of_course(course: Course) -> dict[str, Any]:
    row = ai_course(course)
    return {
        "course": course.public_id,
        "off": course_is_off(course),
        "style": style_of(course),
        "ask_consent": row.ask_consent,
        "off_purposes": row.off_purposes,
        "site": _of_site(),
    }


def _of_site() -> dict[str, Any]:
    row = ai_site()
    return {
        "off": off_for([], None) == "site",
        "ask_consent": row.ask_consent,
        "off_purposes": row.off_purposes,
    }

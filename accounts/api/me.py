"""One's own profile."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import SiteRole, Theme
from accounts.models import User
from accounts.queries.people import own_person
from accounts.services.people import MAX_NAME, edit_profile
from lms.kernel.rest.views import KernelView


class MeSerializer(serializers.Serializer[User]):
    """A person as they see themselves; all but four fields are the server's (Z4)."""

    id = serializers.CharField(source="public_id", read_only=True)
    email = serializers.EmailField(read_only=True)
    name = serializers.CharField(required=False, allow_blank=True, max_length=MAX_NAME)
    site_role = serializers.ChoiceField(choices=SiteRole.choices, read_only=True)
    time_zone = serializers.CharField(required=False, max_length=50)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = serializers.ChoiceField(choices=Theme.choices, required=False)
    date_joined = serializers.DateTimeField(read_only=True)


class MeView(KernelView):
    """Who you are."""

    permission_words = {"get": "anyone signed in", "patch": "anyone signed in; write scope"}

    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Your own profile."""
        return Response(MeSerializer(own_person(self.actor)).data)

    @extend_schema(operation_id="me_update", request=MeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change your name, time zone, language or theme."""
        given = MeSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        person = edit_profile(
            actor=self.actor, person=own_person(self.actor), **given.validated_data
        )
        return Response(MeSerializer(person).data)

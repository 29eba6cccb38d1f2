"""A copy of one's data, and its erasure, through the API."""

from typing import Any

from django.contrib.auth import logout
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import BadCredentials
from accounts.models import User
from accounts.queries.people import own_person
from accounts.services.privacy import erase_person, export_person
from accounts.services.sign_in import confirm_password
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.kernel.rest.views import KernelView
from lms.kernel.rest.wire import FILES
from lms.kernel.rules import require_write
from lms.kernel.web.address import address_of

ZIP = "application/zip"


class PasswordSerializer(serializers.Serializer[Any]):
    """One's password once more: a token alone neither takes nor ends all there is (A9)."""

    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)


class ExportView(KernelView):
    """Everything held about oneself."""

    renderer_classes = FILES
    permission_words = {"post": "anyone signed in, with their password; write scope"}

    @extend_schema(
        operation_id="me_export_create",
        request=PasswordSerializer,
        responses={(200, ZIP): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> FileResponse:
        """Everything held about yourself as a ZIP: a JSON file for each table, and your files.

        A wrong password is 400; ten of them in 15 minutes are 429.
        """
        person = _confirmed(self, request)
        archive = export_person(actor=self.actor, person=person)
        name = f"cairn-my-data-{clock.now():%Y-%m-%d}.zip"
        answer = FileResponse(archive, as_attachment=True, filename=name, content_type=ZIP)
        answer["Cache-Control"] = "no-store"
        return answer


class EraseView(KernelView):
    """The end of one's account."""

    permission_words = {"post": "anyone signed in, with their password; write scope"}

    @extend_schema(
        operation_id="me_erase_create", request=PasswordSerializer, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        """Erase your account and what is held about you; it cannot be undone.

        A wrong password is 400. The last administrator is 409.
        """
        erase_person(actor=self.actor, person=_confirmed(self, request))
        logout(request._request)
        return Response(status=204)


def _confirmed(view: KernelView, request: Request) -> User:
    person = own_person(view.actor)
    require_write(view.actor)
    given = PasswordSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    try:
        confirm_password(
            person=person,
            password=given.validated_data["password"],
            address=address_of(request._request),
        )
    except BadCredentials as problem:
        raise Invalid("This is not your password.", field="password") from problem
    return person

"""What holds for one request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from courses.models.roles import remembering_roles


class RolesMiddleware:
    """Ask for the role of a person in a course once per request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering_roles():
            return self.get_response(request)

"""The door's first question: must somebody be signed in? Everything else is a rule in a service."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class SignedIn(BasePermission):
    """Somebody is signed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated)


class Public(BasePermission):
    """Anybody; the service's rule decides what they see."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class PublicRead(BasePermission):
    """Anybody reads what the rules show them; writing needs someone signed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return True
        return bool(request.user and request.user.is_authenticated)

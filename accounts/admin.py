"""People in the admin: looked at, and changed through services."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import SiteRole
from accounts.models import User
from accounts.services.people import change_site_role, deactivate_person, reactivate_person
from accounts.services.privacy import erase_person
from lms.kernel.actors import Actor
from lms.kernel.errors import KernelError
from lms.kernel.web.admin import ReadOnlyAdmin
from lms.kernel.web.middleware import actor_of

Act = Callable[[Actor, User], object]


@admin.register(User)
class PersonAdmin(ReadOnlyAdmin):
    """Everybody with an account; roles, closing and erasing are actions."""

    list_display = ("email", "name", "site_role", "is_active", "date_joined")
    list_filter = ("site_role", "is_active")
    search_fields = ("email", "name", "public_id")
    ordering: ClassVar = ["email"]
    actions = (
        "make_student",
        "make_instructor",
        "make_analyst",
        "make_administrator",
        "deactivate",
        "reactivate",
        "erase",
    )

    @admin.action(description=gettext_lazy("Make students"))
    def make_student(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._give_role(request, people, SiteRole.STUDENT)

    @admin.action(description=gettext_lazy("Make instructors"))
    def make_instructor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._give_role(request, people, SiteRole.INSTRUCTOR)

    @admin.action(description=gettext_lazy("Make analysts"))
    def make_analyst(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._give_role(request, people, SiteRole.ANALYST)

    @admin.action(description=gettext_lazy("Make administrators"))
    def make_administrator(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._give_role(request, people, SiteRole.ADMIN)

    @admin.action(description=gettext_lazy("Close the accounts"))
    def deactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, lambda actor, one: deactivate_person(actor=actor, person=one))

    @admin.action(description=gettext_lazy("Open closed accounts again"))
    def reactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, lambda actor, one: reactivate_person(actor=actor, person=one))

    @admin.action(description=gettext_lazy("Erase for good"))
    def erase(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, lambda actor, one: erase_person(actor=actor, person=one))

    def _give_role(self, request: HttpRequest, people: Iterable[User], role: SiteRole) -> None:
        def give(actor: Actor, one: User) -> object:
            return change_site_role(actor=actor, person=one, role=role)

        self._each(request, people, give)

    def _each(self, request: HttpRequest, people: Iterable[User], act: Act) -> None:
        """Do it to each; tell what could not be done and go on."""
        actor, done = actor_of(request), 0
        for one in people:
            try:
                act(actor, one)
                done += 1
            except KernelError as problem:
                words = _("%(email)s: %(problem)s")
                told = words % {"email": one.email, "problem": problem.detail}
                messages.error(request, told)
        if done:
            words = ngettext("%(count)d person changed.", "%(count)d people changed.", done)
            messages.success(request, words % {"count": done})

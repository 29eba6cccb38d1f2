"""Which bank a page is about: the course's own, or the one that its address names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.queries.bank import banks_of_course
from assessments.rules import ADD_TO_BANK, EDIT_BANK, SHARE_BANK
from assessments.services.bank import open_bank
from courses.rules import ASSIST_COURSE, MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from assessments.models import QuestionBank
    from courses.models import Course
    from lms.kernel.actors import Actor


@dataclass(frozen=True)
class Place:
    """A bank inside the frame of a course; `bank` is None before the course's first question.

    What the asker may do with it is asked once per page, however many rows ask.
    """

    actor: Actor
    course: Course
    bank: QuestionBank | None
    banks: list[QuestionBank]

    @property
    def is_own(self) -> bool:
        """Whether it is the course's own bank."""
        return self.bank is None or self.bank.course_id == self.course.pk

    @property
    def key(self) -> str:
        """What addresses say of the bank; empty for the course's own."""
        return "" if self.bank is None or self.is_own else self.bank.public_id

    @property
    def query(self) -> str:
        """The same as a query string."""
        return f"?{urlencode({'bank': self.key})}" if self.key else ""

    @property
    def title(self) -> str:
        """The bank in words."""
        return _("Questions of this course") if self.is_own else self.named(self.bank)

    @cached_property
    def may_add(self) -> bool:
        """Whether the asker may add questions."""
        if self.bank is None:
            return allows(self.actor, ASSIST_COURSE, self.course)
        return allows(self.actor, ADD_TO_BANK, self.bank)

    @cached_property
    def may_edit(self) -> bool:
        """Whether the asker may change questions and how they are filed."""
        if self.bank is None:
            return allows(self.actor, MANAGE_COURSE, self.course)
        return allows(self.actor, EDIT_BANK, self.bank)

    @cached_property
    def may_share(self) -> bool:
        """Whether the asker may lend the bank."""
        return self.bank is not None and allows(self.actor, SHARE_BANK, self.bank)

    def named(self, bank: QuestionBank | None) -> str:
        """A bank in words, for lists of banks."""
        if bank is None or bank.course_id == self.course.pk:
            return _("Questions of this course")
        if bank.owner_id is None:
            return bank.title
        if bank.owner_id == self.actor.user_id:
            return _("My questions")
        name = bank.owner.display_name if bank.owner else bank.title
        return _("Questions of %(name)s") % {"name": name}

    def needed(self) -> QuestionBank:
        """The bank, made when there is none; raises what `open_bank` raises."""
        return self.bank or open_bank(actor=self.actor, course=self.course)

    def url(self, name: str, *args: str) -> str:
        """The address of a page of this bank."""
        return reverse(name, args=[self.course.slug, *args]) + self.query


def place_of(request: HttpRequest, slug: str, bank: QuestionBank | None = None) -> Place:
    """The bank of a page for staff of the course; raises NotFound and what `require` raises.

    `bank` is one that the asker was seen to have at hand; without it the address names one.
    """
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    banks = sorted(banks_of_course(actor, course), key=lambda one: one.course_id != course.pk)
    wanted = bank.public_id if bank is not None else request.GET.get("bank", "")
    if not wanted:
        own = next((one for one in banks if one.course_id == course.pk), None)
        return Place(actor, course, own, banks)
    found = next((one for one in banks if one.public_id == wanted), None)
    if found is None:
        raise NotFound
    return Place(actor, course, found, banks)


def bank_context(request: HttpRequest, place: Place, **more: Any) -> dict[str, Any]:
    """What every page of a bank needs."""
    return teach_context(
        request,
        place.course,
        "bank",
        place=place,
        bank=place.bank,
        bank_query=place.query,
        list_url=reverse("teach-bank", args=[place.course.slug]),
        has_own=any(one.owner_id == place.actor.user_id for one in place.banks),
        bank_choices=[(one.public_id, place.named(one)) for one in place.banks],
        **more,
    )

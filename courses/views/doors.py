"""How the pages of a course find it and answer a refusal in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest

from courses.models import Course
from courses.rules import OPEN_COURSE, STAFF_COURSE, VIEW_COURSE
from lms.kernel.errors import Conflict, Invalid, Stale
from lms.kernel.rules import Rule, allows, fetch, require
from lms.kernel.web.middleware import actor_of

if TYPE_CHECKING:
    from types import TracebackType

    from django import forms


def find_course(request: HttpRequest, slug: str, rule: Rule[Course] = VIEW_COURSE) -> Course:
    """The course at an address, after the rule; raises what `fetch` and `require` raise."""
    actor = actor_of(request)
    course = fetch(actor, VIEW_COURSE, slug=slug)
    require(actor, rule, course)
    return course


def course_context(request: HttpRequest, course: Course, tab: str, **more: Any) -> dict[str, Any]:
    """What the frame around a learner's page of a course needs."""
    actor = actor_of(request)
    return {
        "course": course,
        "tab": tab,
        "may_open": allows(actor, OPEN_COURSE, course),
        "may_staff": allows(actor, STAFF_COURSE, course),
        **more,
    }


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment."""
    details: Any = getattr(request, "htmx", None)
    return bool(details and details.request_type == "partial")


class refusals:  # noqa: N801 - reads as a statement: `with refusals(request):`
    """Show a refusal of the services on the form, or as a message on the next page.

    Only what the person can act on: Invalid, Conflict, Stale. With a form its fields are marked
    and nothing is raised; look at `form.errors` afterwards.
    """

    def __init__(self, request: HttpRequest, form: forms.BaseForm | None = None) -> None:
        self.request, self.form = request, form

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Swallow what was shown; everything else goes on."""
        if not isinstance(problem, Invalid | Conflict | Stale):
            return False
        if self.form is None:
            messages.error(self.request, problem.detail)
        elif isinstance(problem, Invalid):
            _mark(self.form, problem)
        else:
            self.form.add_error(None, problem.detail)
        return True


def _mark(form: forms.BaseForm, problem: Invalid) -> None:
    known = {name: words for name, words in problem.errors.items() if name in form.fields}
    for name, words in known.items():
        form.add_error(name, list(words))
    if not known:
        form.add_error(None, problem.detail)

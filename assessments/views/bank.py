"""A question of a bank: write, try, revise, file, retire."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from assessments.enums import QuestionKind, QuestionState
from assessments.forms.filing import FilingForm
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.registry import FORMS
from assessments.models import Question
from assessments.queries.bank import question, usage, versions
from assessments.queries.code import BY_JOB, why_no_code
from assessments.queries.content import version_content
from assessments.queries.picture import question_picture
from assessments.rules import ADD_TO_BANK, EDIT_QUESTION
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import checked, drafted, problem_of, type_of, with_ids
from assessments.services import bank as services
from assessments.services.question_save import save_question
from assessments.views.bank_list import Shelf, shelf_of
from assessments.views.bank_place import Place, bank_context, place_of
from assessments.views.code_trial import started_trial
from assessments.views.preview import shown, tried
from courses.models import Attachment, Course
from courses.queries.picture import course_pictures
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.services.attachment import attach_file
from courses.views.doors import find_course, refusals
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rules import allows, require
from lms.kernel.web import flash
from lms.kernel.web.middleware import actor_of

SAMPLES = 5
ACTS: dict[str, tuple[Callable[..., Question], str, Any]] = {
    "retire": (services.retire_question, "restore", gettext_lazy("The question is retired.")),
    "restore": (services.restore_question, "retire", gettext_lazy("The question is back.")),
    "ready": (
        partial(services.set_state, state=QuestionState.READY),
        "draft",
        gettext_lazy("The question is ready."),
    ),
    "draft": (
        partial(services.set_state, state=QuestionState.DRAFT),
        "ready",
        gettext_lazy("The question is a draft."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Write a question of one type."""
    place = place_of(request, slug)
    if place.bank is None:
        require(place.actor, ASSIST_COURSE, place.course)
    else:
        require(place.actor, ADD_TO_BANK, place.bank)
    if kind not in FORMS:
        raise NotFound
    return _edit(request, place, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, question_id: str) -> HttpResponse:
    """Read and try a question; who may change it writes its next version and files it."""
    place, row = _found(request, slug, question_id)
    return _edit(request, place, row.kind, row)


@require_POST
def change(request: HttpRequest, slug: str, question_id: str, verb: str) -> HttpResponse:
    """Retire or restore a question, make it a draft or ready, with a way back."""
    place, row = _found(request, slug, question_id)
    act, back, words = ACTS[verb]
    with refusals(request):
        act(actor=place.actor, question=row)
        path = request.path.removesuffix(f"{verb}/") + f"{back}/"
        flash.undoable(request, str(words), path)
    return redirect(place.url("teach-bank"))


@require_POST
def duplicate(request: HttpRequest, slug: str, question_id: str) -> HttpResponse:
    """Copy a question and go on with the copy."""
    place, row = _found(request, slug, question_id)
    copy = services.duplicate_question(actor=place.actor, question=row)
    messages.success(request, _("This is the copy. Change what you like."))
    return redirect("teach-question", slug=slug, question_id=copy.public_id)


def _found(request: HttpRequest, slug: str, question_id: str) -> tuple[Place, Question]:
    """A question of a bank at hand, and its bank."""
    course = find_course(request, slug, STAFF_COURSE)
    row = question(actor_of(request), question_id, course=course)
    return place_of(request, slug, row.bank), row


def _edit(request: HttpRequest, place: Place, kind: str, row: Question | None) -> HttpResponse:
    actor = place.actor
    stored = version_content(row.latest) if row else None
    form = _form(request, place, kind, row, stored)
    shelf = shelf_of(place)
    filing = filing_form(request, shelf, row)
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid() and filing.is_valid():
        with refusals(request, form):
            content = _numbered(_fitting(place, form, filing, row))
            if request.POST.get("act") == "save":
                return _save(request, place, row, form, filing, content)
            context = _preview(request, place, form, content)
    elif stored is not None and not form.is_bound:
        context = _preview(request, place, form, stored)
    context |= {
        "form": form,
        "filing": filing,
        "tags": shelf.tags,
        "question": row,
        "kind": QuestionKind(kind),
        "kind_off": why_no_code() if kind in BY_JOB else "",
        "may_edit": row is None or allows(actor, EDIT_QUESTION, row),
        "may_add": place.may_add,
        "usage": usage(actor, row) if row else None,
        "versions": versions(actor, row)[:20] if row else [],
    }
    page = bank_context(request, place, **context)
    status = 400 if form.errors or filing.errors else 200
    return render(request, "assessments/bank/edit.html", page, status=status)


def _fitting(
    place: Place, form: QuestionForm, filing: FilingForm, row: Question | None
) -> QuestionContent:
    """What was written, checked for the state it will have; a preview takes what a draft takes."""
    course = place.bank.course if place.bank else place.course
    content = services.illustrated(course, form.content())
    wanted = filing.cleaned_data["state"] or (row.state if row else QuestionState.READY)
    trying = form.data.get("act") != "save"
    is_draft = trying or wanted == QuestionState.DRAFT
    return drafted(content) if is_draft else checked(content)


def filing_form(request: HttpRequest, shelf: Shelf, row: Question | None) -> FilingForm:
    """The form of where a question is filed, as it was posted or as it is."""
    data = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {"state": "" if row else QuestionState.READY.value}
    if row is not None:
        initial |= {
            "category": row.category.public_id if row.category else "",
            "tags": ", ".join(one.name for one in row.tags.all()),
            "outcomes": [one.public_id for one in row.outcomes.all()],
        }
    else:
        initial["category"] = request.GET.get("category", "")
    return FilingForm(data, tree=shelf.tree, outcomes=shelf.outcomes, initial=initial)


def _form(
    request: HttpRequest,
    place: Place,
    kind: str,
    row: Question | None,
    stored: QuestionContent | None,
) -> QuestionForm:
    shape = FORMS[kind]
    if request.method == "POST":
        form = shape.posted(_with_picture(request, place.course))
    else:
        form = shape.opened(stored, row.version if row else None)
    if shape.takes_picture:
        form.offer_pictures([(one.public_id, one.name) for one in _pictures(place, stored)])
    return form


def _pictures(place: Place, stored: QuestionContent | None) -> list[Attachment]:
    """What a question may show: pictures of the course, in a bank of others the one it shows."""
    if place.is_own:
        return course_pictures(place.actor, place.course)
    shown = type_of(stored.kind).images(stored) if stored else []
    return [question_picture(place.actor, one) for one in shown if one]


def _with_picture(request: HttpRequest, course: Course) -> QueryDict:
    """What was posted; a picture that came along is kept among the course's files and chosen."""
    file = request.FILES.get("picture")
    if file is None:
        return request.POST
    data = request.POST.copy()
    with refusals(request):
        row = attach_file(actor=actor_of(request), course=course, name=str(file.name), content=file)
        data["attachment"] = row.public_id
    return data


def _save(
    request: HttpRequest,
    place: Place,
    row: Question | None,
    form: QuestionForm,
    filing: FilingForm,
    content: QuestionContent,
) -> HttpResponse:
    said = filing.cleaned_data["state"]
    state = QuestionState(said) if said else None
    if row is None:
        services.add_question(
            actor=place.actor,
            bank=place.needed(),
            content=content,
            state=state or QuestionState.READY,
            filing=filing.filing(),
        )
        messages.success(request, _("The question is in the bank."))
    else:
        save_question(
            actor=place.actor,
            question=row,
            content=content,
            filing=filing.filing(row),
            state=state,
            expected=form.cleaned_data["version"],
        )
        messages.success(request, _("The question is saved."))
    return redirect(place.url("teach-bank"))


def _numbered(content: QuestionContent) -> QuestionContent:
    fresh = count()
    return with_ids(content, lambda: f"new{next(fresh)}")


def _preview(
    request: HttpRequest, place: Place, form: QuestionForm, content: QuestionContent
) -> dict[str, Any]:
    """The question as learners see it, and what the tried answer would be worth."""
    act = request.POST.get("act")
    if content.kind in BY_JOB and act in {"try", "run"}:
        with refusals(request, form):
            trial = started_trial(request, place, content)
            return {**_preview_of(content), "run": trial}
    problem = problem_of(content)
    if problem is not None:
        return {"incomplete": problem.detail, **_incomplete(content)}
    context = _preview_of(content)
    if act != "try" or content.kind in BY_JOB:
        return context
    result = tried(content, request.POST)
    return {**context, "preview": result.sheet, "scored": result.scored}


def _preview_of(content: QuestionContent) -> dict[str, Any]:
    samples = type_of(content.kind).samples(content, SAMPLES)
    return {"preview": shown(content), "samples": samples, "hints": content.hints}


def _incomplete(content: QuestionContent) -> dict[str, Any]:
    """What can be shown of a draft that cannot be asked yet."""
    try:
        return {"preview": shown(content)}
    except (Invalid, ArithmeticError, LookupError, ValueError):
        return {}

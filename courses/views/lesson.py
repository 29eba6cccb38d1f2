"""The lesson editor: source and preview side by side, draft and published version, files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.forms.lesson import AttachmentForm, LessonEditorForm
from courses.models import Course, Lesson
from courses.queries.teaching import EditorState, editor_state
from courses.rules import STAFF_COURSE, VIEW_ATTACHMENT, VIEW_LESSON
from courses.services import lesson as lessons
from courses.services.attachment import attach_file, remove_attachment
from courses.services.outline import update_lesson
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import fetch
from lms.kernel.text import MAX_SOURCE, render_markdown
from lms.kernel.web.middleware import actor_of


def _lesson(request: HttpRequest, course: Course, lesson_id: str) -> Lesson:
    return fetch(
        actor_of(request),
        VIEW_LESSON,
        select=("course", "section"),
        public_id=lesson_id,
        course=course,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Save the draft, or save and publish it (`act=publish`)."""
    course = find_course(request, slug, STAFF_COURSE)
    lesson = _lesson(request, course, lesson_id)
    state = editor_state(lesson)
    form = LessonEditorForm(request.POST or None, initial=_initial(lesson, state))
    if request.method == "POST" and _saved(request, lesson, form, state):
        return redirect("teach-lesson", slug=slug, lesson_id=lesson_id)
    return _editor(request, lesson, form, state)


def _editor(
    request: HttpRequest, lesson: Lesson, form: LessonEditorForm, state: EditorState
) -> HttpResponse:
    context = teach_context(
        request,
        lesson.course,
        "outline",
        lesson=lesson,
        form=form,
        state=state,
        files=AttachmentForm(),
    )
    status = 400 if form.errors else 200
    return render(request, "courses/lesson/edit.html", context, status=status)


def _saved(
    request: HttpRequest, lesson: Lesson, form: LessonEditorForm, state: EditorState
) -> bool:
    """Whether the form was written; its errors say why not."""
    if form.is_valid():
        with refusals(request, form):
            _save(request, lesson, form, state)
    return not form.errors


def keep_typed(request: HttpRequest, lesson: Lesson) -> HttpResponse | None:
    """Save the text that came along with another button of the editor's form.

    Returns the editor when the text cannot be saved; nothing is lost and what the button does
    waits.
    """
    if "markdown" not in request.POST:
        return None
    state = editor_state(lesson)
    form = LessonEditorForm(request.POST, initial=_initial(lesson, state))
    return None if _saved(request, lesson, form, state) else _editor(request, lesson, form, state)


def _initial(lesson: Lesson, state: EditorState) -> dict[str, object]:
    return {
        "title": lesson.title,
        "minutes": lesson.minutes,
        "free_preview": lesson.free_preview,
        "markdown": state.markdown,
        "video_url": state.video_url,
        "version": lesson.version,
    }


def _save(request: HttpRequest, lesson: Lesson, form: LessonEditorForm, state: EditorState) -> None:
    """Write what changed; publishing comes last, so that a refusal leaves the draft saved."""
    actor, data = actor_of(request), form.cleaned_data
    text, seen = data["markdown"].replace("\r\n", "\n"), data["version"]
    if text != state.markdown or data["video_url"] != state.video_url:
        lessons.save_draft(
            actor=actor, lesson=lesson, markdown=text, video_url=data["video_url"], expected=seen
        )
        seen = _now_at(form, lesson)
    settings = {name: data[name] for name in ("title", "minutes", "free_preview")}
    update_lesson(actor=actor, lesson=lesson, expected=seen, **settings)
    _now_at(form, lesson)
    if request.POST.get("act") == "publish":
        lessons.publish_lesson(actor=actor, lesson=lesson)
        messages.success(request, _("Published. Learners see this version now."))
    elif request.POST.get("act") == "save":
        messages.success(request, _("The draft is saved."))


def _now_at(form: LessonEditorForm, lesson: Lesson) -> int:
    """The version after our own write, put into the form: a later refusal is no conflict."""
    lesson.refresh_from_db(fields=["version"])
    form.data = {name: form.data[name] for name in form.data} | {"version": str(lesson.version)}
    return lesson.version


@require_POST
def preview(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """The typed source as learners will read it; nothing is stored."""
    course = find_course(request, slug, STAFF_COURSE)
    _lesson(request, course, lesson_id)
    html = render_markdown(request.POST.get("markdown", "")[:MAX_SOURCE])
    return render(request, "courses/lesson/_preview.html", {"html": html})


@require_POST
def discard(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Throw the draft away; the published version stays."""
    course = find_course(request, slug, STAFF_COURSE)
    lessons.discard_draft(actor=actor_of(request), lesson=_lesson(request, course, lesson_id))
    messages.success(request, _("The draft is gone. The published version is as it was."))
    return redirect("teach-lesson", slug=slug, lesson_id=lesson_id)


@require_POST
def add_file(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Attach a file to the lesson, after saving the text that came along."""
    course = find_course(request, slug, STAFF_COURSE)
    lesson = _lesson(request, course, lesson_id)
    refused = keep_typed(request, lesson)
    if refused is not None:
        return refused
    form = AttachmentForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        with refusals(request):
            attach_file(
                actor=actor_of(request), course=course, lesson=lesson, name=file.name, content=file
            )
            messages.success(request, _("The file was added."))
    else:
        messages.error(request, _("Choose a file."))
    return redirect("teach-lesson", slug=slug, lesson_id=lesson_id)


@require_POST
def remove_file(request: HttpRequest, slug: str, lesson_id: str, file_id: str) -> HttpResponse:
    """Delete a file of the lesson, after saving the text that came along."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    lesson = _lesson(request, course, lesson_id)
    found = fetch(actor, VIEW_ATTACHMENT, public_id=file_id, course=course, lesson=lesson)
    refused = keep_typed(request, lesson)
    if refused is not None:
        return refused
    remove_attachment(actor=actor, attachment=found)
    messages.success(request, _("The file was removed."))
    return redirect("teach-lesson", slug=slug, lesson_id=lesson_id)

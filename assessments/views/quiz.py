"""The quiz builder: questions, their order and points, the settings, publishing."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments.enums import QuestionKind, QuizState
from assessments.forms.quiz import ItemForm, NewQuizForm
from assessments.models import Quiz, QuizDraw, QuizItem
from assessments.queries.bank import QuestionFilter, question
from assessments.queries.dates import dates_of
from assessments.queries.draws import draws
from assessments.queries.preparing import preparation
from assessments.queries.quiz import addable, item, quiz_of, section
from assessments.queries.results import quiz_lessons
from assessments.queries.review_words import behaviour_words, review_words
from assessments.queries.structure import banks_at_hand, structure
from assessments.services import quiz as services
from assessments.services import quiz_items
from assessments.services.preparing import prepare_later
from assessments.services.quiz_draws import remove_draw
from assessments.services.quiz_entries import move_entry
from assessments.views.preview import previewed
from courses.enums import LessonKind
from courses.models import Course, Lesson
from courses.queries.outline import sections_of
from courses.rules import EDIT_LESSON, MANAGE_COURSE, STAFF_COURSE, VIEW_LESSON
from courses.services.lesson import publish_lesson
from courses.services.outline import add_lesson
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 10


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The quiz lessons of a course and how far each is."""
    return _index(request, find_course(request, slug, STAFF_COURSE))


def _index(request: HttpRequest, course: Course, form: NewQuizForm | None = None) -> HttpResponse:
    lessons = [
        {"lesson": lesson, "quiz": getattr(lesson, "quiz", None)}
        for lesson in quiz_lessons(actor_of(request), course)
    ]
    where = _sections(request, course)
    form = form or NewQuizForm(sections=where)
    context = teach_context(request, course, "quizzes", lines=lessons, sections=where, new=form)
    status = 400 if form.errors else 200
    return render(request, "assessments/quiz/index.html", context, status=status)


@require_POST
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """A lesson of kind quiz at the end of a section; its builder opens."""
    course = find_course(request, slug, STAFF_COURSE)
    require(actor_of(request), MANAGE_COURSE, course)
    form = NewQuizForm(request.POST, sections=_sections(request, course))
    if form.is_valid():
        with refusals(request, form):
            section_id, title = form.cleaned_data["section"], form.cleaned_data["title"]
            found = sections_of(actor_of(request), course).get(public_id=section_id)
            lesson = add_lesson(
                actor=actor_of(request), section=found, title=title, kind=LessonKind.QUIZ
            )
            return redirect("teach-quiz", slug=slug, lesson_id=lesson.public_id)
    return _index(request, course, form)


def _sections(request: HttpRequest, course: Course) -> list[tuple[str, str]]:
    rows = sections_of(actor_of(request), course)
    return [(one.public_id, one.title) for one in rows]


@require_safe
def build(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """One quiz: its questions, its rules, what can be added."""
    course, lesson = find_place(request, slug, lesson_id)
    return _page(request, course, lesson, quiz_of(lesson))


@require_safe
def preview(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """The questions as learners see them, without taking the quiz."""
    course, lesson = find_place(request, slug, lesson_id)
    quiz = quiz_of(lesson)
    questions = previewed(actor_of(request), quiz) if quiz else []
    asked = request.GET.get("page", "")[:9]
    pages = max((one.page for one in questions), default=1)
    page = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdecimal() else 1
    context = teach_context(
        request,
        course,
        "quizzes",
        lesson=lesson,
        quiz=quiz,
        questions=[one for one in questions if one.page == page],
        page=page,
        pages=range(1, pages + 1),
    )
    return render(request, "assessments/quiz/preview.html", context)


@require_POST
def add(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Ask the chosen questions at the end of a section."""
    course, lesson = find_place(request, slug, lesson_id)
    actor = actor_of(request)
    quiz = begun(request, lesson)
    chosen = request.POST.getlist("question")[: quiz_items.MAX_ITEMS]
    named = request.POST.get("section", "")[:22]
    place = section(actor, quiz, named) if named else None
    if not chosen:
        messages.error(request, _("Tick the questions first."))
    with refusals(request):
        for public_id in chosen:
            row = question(actor, public_id, course=course)
            quiz_items.add_item(actor=actor, quiz=quiz, question=row, section=place)
        words = ngettext("%(n)s question added.", "%(n)s questions added.", len(chosen))
        if chosen:
            messages.success(request, words % {"n": len(chosen)})
    return redirect("teach-quiz", slug=slug, lesson_id=lesson_id)


@require_POST
def change_item(
    request: HttpRequest, slug: str, lesson_id: str, item_id: str, verb: str
) -> HttpResponse:
    """Move, weigh, pin or take out a question; move or take out a draw."""
    _course, lesson = find_place(request, slug, lesson_id)
    actor = actor_of(request)
    row = _entry(actor, _quiz(lesson), item_id)
    with refusals(request):
        if verb in {"up", "down"}:
            by = -1 if verb == "up" else 1
            move_entry(actor=actor, quiz=row.quiz, public_id=row.public_id, by=by)
        elif isinstance(row, QuizItem):
            _change_question(request, row, verb)
        elif verb == "remove":
            remove_draw(actor=actor, draw=row)
            messages.success(request, _("Nothing is drawn there any more."))
        else:
            raise NotFound
    return redirect("teach-quiz", slug=slug, lesson_id=lesson_id)


@require_POST
def reorder(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Put the questions in the dragged order."""
    _course, lesson = find_place(request, slug, lesson_id)
    order = request.POST.getlist("order")
    quiz_items.reorder_items(actor=actor_of(request), quiz=_quiz(lesson), order=order)
    return HttpResponse(status=204)


@require_POST
def change(request: HttpRequest, slug: str, lesson_id: str, verb: str) -> HttpResponse:
    """Publish, take back, draw everybody's questions ahead, or release the results so far."""
    _course, lesson = find_place(request, slug, lesson_id)
    actor = actor_of(request)
    quiz = _quiz(lesson)
    with refusals(request):
        if verb == "publish":
            services.publish_quiz(actor=actor, quiz=quiz)
            if not lesson.published:
                publish_lesson(actor=actor, lesson=lesson)
            messages.success(request, _("The quiz is open to learners."))
        elif verb == "unpublish":
            services.unpublish_quiz(actor=actor, quiz=quiz)
            messages.success(request, _("The quiz is a draft again."))
        elif verb == "prepare":
            prepare_later(actor=actor, quiz=quiz)
            messages.success(request, _("The questions of everybody are being drawn."))
        else:
            count = services.release_results(actor=actor, quiz=quiz)
            words = ngettext("%(n)s attempt released.", "%(n)s attempts released.", count)
            messages.success(request, words % {"n": count})
    if verb == "release":
        return redirect("teach-quiz-results", slug=slug, quiz_id=quiz.public_id)
    return redirect("teach-quiz", slug=slug, lesson_id=lesson_id)


def find_place(request: HttpRequest, slug: str, lesson_id: str) -> tuple[Course, Lesson]:
    """The course and its quiz lesson, for staff; raises NotFound and Denied."""
    course = find_course(request, slug, STAFF_COURSE)
    select = ("section", "course")
    lesson = fetch(
        actor_of(request), VIEW_LESSON, select=select, public_id=lesson_id, course=course
    )
    if lesson.kind != "quiz":
        raise NotFound
    return course, lesson


def begun(request: HttpRequest, lesson: Lesson) -> Quiz:
    """The quiz of a lesson, made when there is none yet; for its instructors."""
    require(actor_of(request), EDIT_LESSON, lesson)
    return services.create_quiz(actor=actor_of(request), lesson=lesson)


def _quiz(lesson: Lesson) -> Quiz:
    found = quiz_of(lesson)
    if found is None:
        raise NotFound
    return found


def _entry(actor: Actor, quiz: Quiz, public_id: str) -> QuizItem | QuizDraw:
    """A fixed question or a draw inside its quiz (Z3); raises NotFound."""
    found = draws(actor, quiz).filter(public_id=public_id).first()
    return found or item(actor, quiz, public_id)


def _change_question(request: HttpRequest, row: QuizItem, verb: str) -> None:
    if verb == "remove":
        quiz_items.remove_item(actor=actor_of(request), item=row)
        messages.success(request, _("Taken out of the quiz. It stays in the bank."))
    else:
        _weigh(request, row)


def _weigh(request: HttpRequest, row: QuizItem) -> None:
    form = ItemForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Points lie above 0 and go up to 500."))
        return
    number, actor = form.cleaned_data["pinned"], actor_of(request)
    # The quiz keeps what it asks, also when the question's bank is lent no more.
    pinned = row.question.versions.filter(number=number).first() if number else None
    quiz_items.update_item(actor=actor, item=row, points=form.cleaned_data["points"], pinned=pinned)
    messages.success(request, _("The points are saved."))


def _page(request: HttpRequest, course: Course, lesson: Lesson, quiz: Quiz | None) -> HttpResponse:
    actor = actor_of(request)
    search = request.GET.get("search", "")[:200].strip()
    kind = request.GET.get("kind", "")
    narrow = QuestionFilter(search=search, kind=kind if kind in QuestionKind.values else "")
    offered = Paginator(addable(actor, course, quiz, narrow), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    is_open = quiz is not None and quiz.state == QuizState.PUBLISHED
    context = teach_context(
        request,
        course,
        "quizzes",
        lesson=lesson,
        quiz=quiz,
        structure=structure(actor, quiz) if quiz else None,
        at_hand=banks_at_hand(actor, quiz) if quiz else set(),
        page=offered,
        narrow=narrow,
        kinds=QuestionKind.choices,
        dates=dates_of(quiz) if quiz else None,
        review_words=quiz and review_words(quiz, attempts_allowed=quiz.attempts_allowed),
        behaviour_words=behaviour_words(quiz) if quiz else "",
        preparation=preparation(actor, quiz) if quiz and is_open else None,
        prepare_minutes=settings.PREPARE_MINUTES,
    )
    return render(request, "assessments/quiz/build.html", context)

"""Taking a quiz as pages: start, answer, hand in, review. All of it works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import AttemptState
from assessments.forms.answer import Posted, read_posted
from assessments.models import Attempt, AttemptQuestion
from assessments.queries.attempt import QuestionSheet, part, sheet
from assessments.queries.attempt import attempt as find_attempt
from assessments.queries.checks import checks
from assessments.queries.quiz import quiz_of
from assessments.queries.review import review as review_of
from assessments.queries.review_words import later_words
from assessments.rules import ANSWER_ATTEMPT, GRADE_ATTEMPT
from assessments.services.answer_file import add_answer_file
from assessments.services.attempt import flag_question, save_answer, start_attempt
from assessments.services.breaks import pause_attempt, resume_attempt
from assessments.services.checking import check_question
from assessments.services.closing import settle, submit_attempt
from assessments.services.pages import move_on
from assessments.views.attempt_pages import page_number, page_query, shown_page
from courses.models import Course, Lesson
from courses.rules import VIEW_LESSON
from courses.views.doors import find_course, refusals
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.rules import allows, fetch, require
from lms.kernel.web.middleware import actor_of

CLOSED = {"deadline_passed", "attempt_closed", "page_left"}
CHECK = "check:"


@require_POST
def start(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Start the quiz of an item, or go on with the attempt that is open."""
    course, lesson = _place(request, slug, item)
    quiz = quiz_of(lesson)
    if quiz is None:
        raise NotFound
    code = request.POST.get("access_code", "")
    with refusals(request):
        row = start_attempt(actor=actor_of(request), quiz=quiz, access_code=code)
        return redirect("attempt", slug=slug, item=item, attempt_id=row.public_id)
    return redirect("learn", slug=course.slug, item=item)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, slug: str, item: str, attempt_id: str) -> HttpResponse:
    """The questions of an open attempt; a plain form post saves every answer on it."""
    course, row = _attempt(request, slug, item, attempt_id)
    require(actor_of(request), ANSWER_ATTEMPT, row)
    row = settle(row)
    if row.state != AttemptState.OPEN:
        return redirect("attempt-review", slug=slug, item=item, attempt_id=attempt_id)
    problems: dict[str, str] = {}
    if row.paused_at is not None:
        context = _context(request, course, row)
        return render(request, "assessments/attempt/paused.html", context)
    if request.method == "POST":
        try:
            problems = _save_all(request, row)
        except Conflict as refused:
            messages.error(request, refused.detail)
            return redirect("attempt", slug=slug, item=item, attempt_id=attempt_id)
        if not problems:
            return _after_save(request, row, slug, item)
    context = {**_context(request, course, row), "problems": problems}
    context |= shown_page(request, context["sheet"])
    return render(
        request, "assessments/attempt/take.html", context, status=400 if problems else 200
    )


@never_cache
@require_safe
def checked(
    request: HttpRequest, slug: str, item: str, attempt_id: str, part_id: str
) -> HttpResponse:
    """What checks of one question found so far, for the page that has just checked it."""
    course, row = _attempt(request, slug, item, attempt_id)
    require(actor_of(request), ANSWER_ATTEMPT, row)
    row = settle(row)
    shown = sheet(actor_of(request), row)
    one = next((one for one in shown.questions if one.id == part_id), None)
    found = checks(actor_of(request), row).get(part_id)
    if one is None or row.state != AttemptState.OPEN:
        raise NotFound
    context = {"course": course, "one": one, "check": found}
    return render(request, "assessments/attempt/_checked.html", context)


@require_POST
def go_on(request: HttpRequest, slug: str, item: str, attempt_id: str) -> HttpResponse:
    """End a break."""
    _course, row = _attempt(request, slug, item, attempt_id)
    require(actor_of(request), ANSWER_ATTEMPT, row)
    with refusals(request):
        resume_attempt(actor=actor_of(request), attempt=row)
    return redirect("attempt", slug=slug, item=item, attempt_id=attempt_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str, item: str, attempt_id: str) -> HttpResponse:
    """Name what is unanswered on the page, then leave it for good."""
    course, row = _attempt(request, slug, item, attempt_id)
    actor = actor_of(request)
    require(actor, ANSWER_ATTEMPT, row)
    if request.method == "POST":
        with refusals(request):
            move_on(actor=actor, attempt=row, page=page_number(request.POST) or row.page)
        return redirect("attempt", slug=slug, item=item, attempt_id=attempt_id)
    settle(row)
    fresh = find_attempt(actor, attempt_id, course=course)
    moves = fresh.forward_only and fresh.page < fresh.page_count
    if not moves or fresh.state != AttemptState.OPEN or fresh.paused_at is not None:
        return redirect("attempt", slug=slug, item=item, attempt_id=attempt_id)
    return render(request, "assessments/attempt/move.html", _context(request, course, fresh))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest, slug: str, item: str, attempt_id: str) -> HttpResponse:
    """Name what is unanswered, then submit."""
    course, row = _attempt(request, slug, item, attempt_id)
    actor = actor_of(request)
    require(actor, ANSWER_ATTEMPT, row)
    if request.method == "POST":
        with refusals(request):
            submit_attempt(actor=actor, attempt=row)
        return redirect("attempt-review", slug=slug, item=item, attempt_id=attempt_id)
    settle(row)
    fresh = find_attempt(actor, attempt_id, course=course)
    if fresh.state != AttemptState.OPEN:
        return redirect("attempt-review", slug=slug, item=item, attempt_id=attempt_id)
    if fresh.paused_at is not None:
        return redirect("attempt", slug=slug, item=item, attempt_id=attempt_id)
    return render(request, "assessments/attempt/hand_in.html", _context(request, course, fresh))


@never_cache
@require_safe
def review(request: HttpRequest, slug: str, item: str, attempt_id: str) -> HttpResponse:
    """Score, answers and explanations once they may be seen; before that, that they will be."""
    course, row = _attempt(request, slug, item, attempt_id)
    actor = actor_of(request)
    settle(row)
    row = find_attempt(actor, attempt_id, course=course)
    if row.state == AttemptState.OPEN:
        if not allows(actor, ANSWER_ATTEMPT, row):
            raise Conflict(_("This attempt is still open."), code="attempt_open")
        return redirect("attempt", slug=slug, item=item, attempt_id=attempt_id)
    context = {
        "course": course,
        "lesson": row.quiz.lesson,
        "quiz": row.quiz,
        "attempt": row,
        "may_grade": allows(actor, GRADE_ATTEMPT, row),
        "own": row.learner_id == actor.user_id,
    }
    try:
        context["review"] = shown = review_of(actor, row)
        context["later"] = later_words(row.quiz, shown.shown)
    except Denied:
        context["review"] = None
    return render(request, "assessments/attempt/review.html", context)


def _place(request: HttpRequest, slug: str, item: str) -> tuple[Course, Lesson]:
    course = find_course(request, slug)
    select = ("section", "course")
    lesson = fetch(actor_of(request), VIEW_LESSON, select=select, public_id=item, course=course)
    return course, lesson


def _attempt(request: HttpRequest, slug: str, item: str, attempt_id: str) -> tuple[Course, Attempt]:
    course = find_course(request, slug)
    row = find_attempt(actor_of(request), attempt_id, course=course)
    if row.quiz.lesson.public_id != item:
        raise NotFound
    return course, row


def _context(request: HttpRequest, course: Course, row: Attempt) -> dict[str, Any]:
    shown = sheet(actor_of(request), row)
    return {
        "course": course,
        "lesson": row.quiz.lesson,
        "quiz": row.quiz,
        "attempt": row,
        "sheet": shown,
        "checks": checks(actor_of(request), row) if shown.questions else {},
        "now": clock.now(),
    }


def _save_all(request: HttpRequest, row: Attempt) -> dict[str, str]:
    """Save what the form changed; words of refusal by question id. Answers that are good stay.

    Raises Conflict when the attempt was closed meanwhile, or its page left for good.
    """
    actor = actor_of(request)
    problems: dict[str, str] = {}
    if row.forward_only and (page_number(request.POST) or row.page) < row.page:
        words = _("You have left that page. What you changed on it since was not saved.")
        raise Conflict(words, code="page_left")
    for shown in sheet(actor, row).questions:
        posted = read_posted(request.POST, shown)
        if not posted.given:
            continue
        one = part(row, shown.id)
        try:
            answer = _with_files(request, row, one, posted.answer)
            if answer != shown.answer or posted.certainty != shown.certainty:
                _require_newest(posted, shown)
                save_answer(
                    actor=actor,
                    attempt=row,
                    question=one,
                    answer=answer,
                    seq=shown.seq + 1,
                    certainty=posted.certainty,
                )
                one.refresh_from_db()
            if posted.flagged != shown.flagged:
                flag_question(actor=actor, attempt=row, question=one, flagged=posted.flagged)
        except (Invalid, Conflict) as refused:
            if refused.code in CLOSED:
                raise
            problems[shown.id] = refused.detail
    return problems


def _with_files(request: HttpRequest, row: Attempt, one: AttemptQuestion, answer: Any) -> Any:
    """The answer with the files that came along in the form."""
    sent = request.FILES.getlist(f"answer-{one.public_id}-files")
    if not sent:
        return answer
    actor = actor_of(request)
    added = [
        add_answer_file(
            actor=actor, attempt=row, question=one, name=file.name or "file", content=file
        )
        for file in sent
    ]
    kept = answer["files"] if answer else []
    return {"files": [*kept, *({"id": file.public_id} for file in added)]}


def _require_newest(posted: Posted, shown: QuestionSheet) -> None:
    """Raise Conflict when another tab answered after the form was made, so that nothing is lost."""
    if posted.seq is not None and posted.seq < shown.seq:
        words = _(
            "Answered elsewhere meanwhile: that answer is shown now. To keep yours, give it again."
        )
        raise Conflict(words, code="stale_seq")


def _check(request: HttpRequest, row: Attempt, part_id: str) -> None:
    """Check the answer that was just saved."""
    actor = actor_of(request)
    shown = next((one for one in sheet(actor, row).questions if one.id == part_id), None)
    if shown is None:
        raise NotFound
    check_question(
        actor=actor,
        attempt=row,
        question=part(row, part_id),
        answer=shown.answer,
        seq=shown.seq + 1,
    )


def _after_save(request: HttpRequest, row: Attempt, slug: str, item: str) -> HttpResponse:
    act, place = request.POST.get("act", ""), (slug, item, row.public_id)
    if act.startswith(CHECK):
        part_id = act.removeprefix(CHECK)[:22]
        with refusals(request):
            _check(request, row, part_id)
        return redirect(reverse("attempt", args=place) + f"#checked-{part_id}")
    if act == "hand-in":
        return redirect("attempt-hand-in", *place)
    if act == "move":
        return redirect("attempt-move", *place)
    if act.startswith("page-"):
        return redirect(f"{reverse('attempt', args=place)}{page_query(act)}")
    if act == "pause":
        with refusals(request):
            pause_attempt(actor=actor_of(request), attempt=row)
    else:
        messages.success(request, _("Your answers are saved."))
    number = page_number(request.POST)
    query = f"?page={number}" if number and row.page_count > 1 else ""
    return redirect(f"{reverse('attempt', args=place)}{query}")

"""The marking desk: what waits, and one submission with rubric, comments and history."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.enums import LateUnit, MarkingState
from assessments.forms.marking import AgreeForm, ApartForm, CommentForm, MarkForm
from assessments.models import Assignment, Mark, Submission, SubmissionVersion
from assessments.queries.anonymity import is_nameless, neutral_name
from assessments.queries.assignment import assignment
from assessments.queries.desk import desk_lines
from assessments.queries.lateness import lateness_of_submission
from assessments.queries.marking import (
    MarkingFilter,
    comments_on,
    grade_history,
    handed_in,
    kept_comments,
    marked_assignments,
    marking_lines,
    neighbours,
    other_marks,
    outcome_of,
    own_mark,
    state_of,
    to_mark,
)
from assessments.queries.peer import done_reviews
from assessments.queries.submission import versions_of
from assessments.rules import EDIT_ASSIGNMENT, MARK_SUBMISSION, SEE_SUBMISSIONS
from assessments.scoring.lateness import deducted, in_words
from assessments.scoring.passages import pieces
from assessments.scoring.rubric import criteria_of, picks_of, points_of
from assessments.services.originality import similar_works
from assessments.services.outcome import is_rubric_sum, policy_of, rubric_words
from courses.models import Course
from courses.queries.group import groups
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 25
QUERY = ("state", "late", "group", "search")


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits in a course, in quizzes too, and its assignments with what came in."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    rows, lines = list(marked_assignments(actor, course)), desk_lines(actor, course)
    context = teach_context(request, course, "marking", assignments=rows, lines=lines)
    return render(request, "assessments/marking/index.html", context)


@require_safe
def listing(request: HttpRequest, slug: str, assignment_id: str) -> HttpResponse:
    """What was handed in for an assignment, with filters, and the release of what is marked."""
    course, asked = marked_place(request, slug, assignment_id)
    actor, narrow = actor_of(request), narrow_of(request)
    page = Paginator(to_mark(actor, asked, narrow), PAGE_SIZE).get_page(request.GET.get("page"))
    context = teach_context(
        request,
        course,
        "marking",
        assignment=asked,
        lesson=asked.lesson,
        page=page,
        lines=marking_lines(actor, list(page)),
        narrow=narrow,
        states=MarkingState.choices,
        groups=[] if asked.anonymous else list(groups(actor, course=course)),
        may_release=allows(actor, EDIT_ASSIGNMENT, asked),
        query=_query(request),
    )
    return render(request, "assessments/marking/list.html", context)


@never_cache
@require_safe
def desk(request: HttpRequest, slug: str, assignment_id: str, submission_id: str) -> HttpResponse:
    """One submission beside its rubric, comments and history."""
    course, asked = marked_place(request, slug, assignment_id)
    row = handed_in(actor_of(request), asked, submission_id)
    return desk_page(request, course, row)


@never_cache
@require_safe
def similar(
    request: HttpRequest, slug: str, assignment_id: str, submission_id: str
) -> HttpResponse:
    """Works of the course that share passages with this one, side by side."""
    course, asked = marked_place(request, slug, assignment_id)
    actor = actor_of(request)
    row = handed_in(actor, asked, submission_id)
    found = similar_works(actor=actor, submission=row)
    named = marking_lines(actor, [row, *(work.submission for work in found)])
    context = teach_context(
        request,
        course,
        "marking",
        assignment=asked,
        lesson=asked.lesson,
        submission=row,
        who=named[0].who,
        similar=[
            {"work": work, "who": line.who} for work, line in zip(found, named[1:], strict=True)
        ],
    )
    return render(request, "assessments/marking/similar.html", context)


def desk_page(
    request: HttpRequest, course: Course, row: Submission, status: int = 200, **more: Any
) -> HttpResponse:
    """The desk, with forms that were refused in place of fresh ones."""
    actor, asked = actor_of(request), row.assignment
    versions = list(versions_of(row))
    work = _chosen(request, versions)
    mine, outcome = own_mark(actor, row), outcome_of(row)
    others = list(other_marks(actor, row))
    line = marking_lines(actor, [row])[0]
    done = row.marks.filter(done=True).count()
    context = {
        "assignment": asked,
        "lesson": asked.lesson,
        "submission": row,
        "line": line,
        "state": state_of(row, done, outcome),
        "versions": versions,
        "work": work,
        **_work_context(request, row, work),
        "criteria": _criteria(asked, mine),
        "mine": mine,
        "others": [_other(mark, asked) for mark in others if mine is None or mark.pk != mine.pk],
        "outcome": outcome,
        "late_words": _late_words(row, mine),
        "near": neighbours(to_mark(actor, asked, narrow_of(request)), row.public_id),
        "query": _query(request),
        "kept": list(kept_comments(actor, course)[:50]),
        "history": list(grade_history(row)),
        "peer_reviews": list(done_reviews(row)),
        "may_mark": allows(actor, MARK_SUBMISSION, row),
        "may_release": allows(actor, EDIT_ASSIGNMENT, asked),
        **_people(row),
        **_forms(mine),
        **more,
    }
    page = teach_context(request, course, "marking", **context)
    return render(request, "assessments/marking/desk.html", page, status=status)


def _people(row: Submission) -> dict[str, Any]:
    """Whether names are hidden, and the members of a group whose names are not."""
    hidden = is_nameless(row)
    single = hidden or row.learner_id is not None
    members = row.members.select_related("learner").order_by("learner__name")
    return {"nameless": hidden, "members": [] if single else list(members)}


def _forms(mine: Mark | None) -> dict[str, Any]:
    return {
        "form": MarkForm(initial=_initial(mine)),
        "comment_form": CommentForm(),
        "agree_form": AgreeForm(),
        "apart_form": ApartForm(),
    }


def marked_place(request: HttpRequest, slug: str, assignment_id: str) -> tuple[Course, Assignment]:
    """A course and its assignment at an address of the desk."""
    course = find_course(request, slug, STAFF_COURSE)
    row = assignment(actor_of(request), assignment_id)
    if row.course_id != course.pk:
        raise NotFound
    require(actor_of(request), SEE_SUBMISSIONS, row)
    return course, row


def narrow_of(request: HttpRequest) -> MarkingFilter:
    """The filter in the address."""
    state = request.GET.get("state", "")
    return MarkingFilter(
        state=state if state in MarkingState.values else "",
        late=request.GET.get("late") == "1",
        group=request.GET.get("group", "")[:22],
        search=request.GET.get("search", "")[:200].strip(),
    )


def criteria_for(asked: Assignment, mine: Mark | None) -> tuple[Any, ...]:
    """The criteria that a marker judges by: those of their mark, or the assignment's."""
    version = mine.rubric if mine is not None else asked.rubric
    return criteria_of(version.criteria) if version else ()


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in list(kept):
        if name not in QUERY or not kept[name]:
            kept.pop(name)
    return f"?{kept.urlencode()}" if kept else ""


def _chosen(request: HttpRequest, versions: list[SubmissionVersion]) -> SubmissionVersion:
    asked_for = request.GET.get("version", "")
    named = (one for one in versions if str(one.number) == asked_for)
    return next(named, versions[-1])


def _work_context(request: HttpRequest, row: Submission, work: SubmissionVersion) -> dict[str, Any]:
    """The text with its remarks marked, and the files under the names that may be shown."""
    remarks = list(enumerate(comments_on(actor_of(request), work), start=1))
    ranges = [
        (one.start, one.end, number)
        for number, one in remarks
        if one.start is not None and one.end is not None
    ]
    numbered = [{"number": number, "row": one} for number, one in remarks]
    hidden = is_nameless(row)
    files = [
        {"row": file, "name": neutral_name(file, place) if hidden else file.name}
        for place, file in enumerate(work.files.all(), start=1)
    ]
    return {"pieces": pieces(work.text, ranges), "remarks": numbered, "files": files}


def _criteria(asked: Assignment, mine: Mark | None) -> list[dict[str, Any]]:
    picks = picks_of(mine.picks) if mine else {}
    lines = []
    for one in criteria_for(asked, mine):
        pick = picks.get(one.id)
        points = points_of(one, pick) if pick else None
        lines.append({"row": one, "pick": pick, "points": points})
    return lines


def _other(mark: Mark, asked: Assignment) -> dict[str, Any]:
    return {"row": mark, "words": rubric_words(mark, asked.points)}


def _late_words(row: Submission, mine: Mark | None) -> str:
    """What lateness costs, at the mark as it stands or at full marks."""
    asked = row.assignment
    mark = mine.score if mine is not None and mine.score is not None else asked.points
    cost = deducted(mark, asked.points, lateness_of_submission(row), policy_of(asked))
    return in_words(cost, LateUnit(asked.late_unit))


def _initial(mine: Mark | None) -> dict[str, Any]:
    if mine is None:
        return {"version": 0}
    by_hand = mine.score is not None and not is_rubric_sum(mine, mine.submission.assignment.points)
    return {
        "score": f"{mine.score.normalize():f}" if by_hand and mine.score is not None else None,
        "feedback": mine.feedback,
        "private_note": mine.private_note,
        "version": mine.version,
    }

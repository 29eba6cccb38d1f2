"""Giving work back: release with its grade, or to be revised."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import MarkRole, SubmissionState
from assessments.events import SubmissionReturned
from assessments.models import Assignment, Mark, Outcome, Submission, WorkComment
from assessments.rules import EDIT_ASSIGNMENT, MARK_SUBMISSION
from assessments.scoring.agreement import plain
from assessments.scoring.rubric import criteria_of, picks_of, points_of
from assessments.services.cells import require_open
from assessments.services.grade import item_of_assignment
from assessments.services.marking import locked_submission
from assessments.services.outcome import grade_authors
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict
from lms.kernel.events import publish
from lms.kernel.rules import require


def release_marks(
    *, actor: Actor, assignment: Assignment, submissions: Iterable[Submission] | None = None
) -> int:
    """Give back everything that is marked, or those of `submissions` that are; returns how many.

    Their authors see grade, comments and the rubric as they are now; later changes reach them
    with the next release. It is the same act as posting the column of the gradebook: a returned
    work has posted grades. One that cannot be released holds up no other. Raises Conflict
    `period_closed`, and what `require` raises.
    """
    require(actor, EDIT_ASSIGNMENT, assignment)
    require_open(item_of_assignment(assignment))
    rows = Submission.objects.filter(
        assignment=assignment, outcome__released=False, outcome__score__isnull=False
    )
    if submissions is not None:
        rows = rows.filter(pk__in=[row.pk for row in submissions])
    return sum(return_work(actor, row) for row in rows.select_related("course").order_by("pk"))


@transaction.atomic
def take_back(actor: Actor, submission: Submission) -> None:
    """Its grades were hidden: what was returned is hidden with them, and its outcome a draft.

    The caller took the authors' turns. A revision that was asked for stays asked.
    """
    row = locked_submission(submission)
    outcome = Outcome.objects.filter(submission=row).first()
    if outcome is None or not outcome.shown or outcome.shown.get("score") is None:
        return
    outcome.shown, outcome.released, outcome.released_at = None, False, None
    outcome.updated_at = clock.now()
    outcome.save(update_fields=["shown", "released", "released_at", "updated_at"])
    if row.state == SubmissionState.RETURNED:
        row.state, row.updated_at = SubmissionState.SUBMITTED, clock.now()
        row.save(update_fields=["state", "updated_at"])


@transaction.atomic
def ask_revision(*, actor: Actor, submission: Submission) -> Submission:
    """Give work back without a grade, with the comments so far, so that it is handed in again.

    Raises Conflict `revision_asked` when that was done already.
    """
    require(actor, MARK_SUBMISSION, submission)
    row = locked_submission(submission)
    if row.revision_asked:
        words = _("Its authors have been asked already.")
        raise Conflict(words, code="revision_asked")
    outcome = Outcome.objects.filter(submission=row).first()
    work = row.versions.order_by("-number")[0]
    outcome = outcome or Outcome(submission=row, work=work)
    outcome.shown = _without_mark(_shown(row, outcome))
    outcome.save()
    row.revision_asked, row.updated_at = True, clock.now()
    row.save(update_fields=["revision_asked", "updated_at"])
    _tell(actor, row, revise=True)
    return row


@transaction.atomic
def return_work(actor: Actor, submission: Submission) -> bool:
    """Return one work that is marked; whether it was one to return. The caller checked the rule."""
    row = locked_submission(submission)
    outcome = Outcome.objects.filter(submission=row, released=False).first()
    if outcome is None or outcome.score is None:
        return False
    outcome.shown = _shown(row, outcome)
    outcome.released, outcome.released_at = True, clock.now()
    outcome.save(update_fields=["shown", "released", "released_at"])
    row.state, row.updated_at = SubmissionState.RETURNED, clock.now()
    row.save(update_fields=["state", "updated_at"])
    grade_authors(actor, row, outcome, released=True)
    _tell(actor, row, revise=False)
    return True


def _tell(actor: Actor, row: Submission, *, revise: bool) -> None:
    told = SubmissionReturned(
        course_id=row.course_id,
        submission_id=row.pk,
        assignment_id=row.assignment_id,
        revise=revise,
    )
    publish(told, actor=actor)


def _shown(row: Submission, outcome: Outcome) -> dict[str, Any]:
    """What the authors get to see, without who marked."""
    marks = list(row.marks.filter(done=True).select_related("rubric").order_by("role"))
    comments = WorkComment.objects.filter(work__submission=row).select_related("file", "work")
    return {
        "version": outcome.work.number,
        "mark": _number(outcome.mark),
        "taken": _number(outcome.taken),
        "score": _number(outcome.score),
        "words": " ".join(part for part in (outcome.words, outcome.agreed_reason) if part),
        "feedback": [one for one in _words(row, marks) if one.strip()],
        "criteria": _criteria(marks),
        "comments": [_comment(one) for one in comments.order_by("work", "start", "page", "id")],
    }


def _without_mark(shown: dict[str, Any]) -> dict[str, Any]:
    """What was written to the authors, without what they got: that is not released."""
    noted = [one for one in shown["criteria"] if one["note"].strip()]
    criteria = [{**one, "points": None, "level": "", "description": ""} for one in noted]
    hidden = {"score": None, "words": "", "mark": None, "taken": None}
    return {**shown, **hidden, "criteria": criteria}


def _words(row: Submission, marks: list[Mark]) -> list[str]:
    """The feedback of markers, then of peers, without who wrote it."""
    peers = row.peer_tasks.filter(done_at__isnull=False, withdrawn=False).order_by("done_at", "id")
    return [mark.feedback for mark in marks] + [task.feedback for task in peers]


def _criteria(marks: list[Mark]) -> list[dict[str, Any]]:
    """The first marker's points by criterion, with the words of level and note."""
    mark = next((one for one in marks if one.role == MarkRole.FIRST and one.rubric), None)
    if mark is None or mark.rubric is None:
        return []
    picks, lines = picks_of(mark.picks), []
    for one in criteria_of(mark.rubric.criteria):
        pick = picks.get(one.id)
        points = points_of(one, pick) if pick else None
        level = next((level for level in one.levels if pick and level.id == pick.level), None)
        lines.append(
            {
                "title": one.title,
                "most": plain(one.points),
                "points": None if points is None else plain(points),
                "level": level.title if level else "",
                "description": level.description if level else "",
                "note": pick.note if pick else "",
            }
        )
    return lines


def _comment(one: WorkComment) -> dict[str, Any]:
    quote = ""
    if one.start is not None and one.end is not None:
        quote = one.work.text[one.start : one.end]
    return {
        "version": one.work.number,
        "quote": quote,
        "file": one.file.name if one.file else "",
        "page": one.page,
        "body": one.body,
    }


def _number(value: Any) -> str | None:
    return None if value is None else plain(value)

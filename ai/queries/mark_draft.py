"""Drafts of marks, for those who mark, and how far they agreed with people so far."""

from typing import Any

from ai.models import MarkDraft
from ai.scoring.agreement import Agreement, agreement
from assessments.models import Assignment, Mark, SubmissionVersion
from assessments.rules import MARK_SUBMISSION, SEE_SUBMISSIONS
from lms.kernel.actors import Actor
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import require

KIND = "ai.draft_mark"
MOST_COMPARED = 500


def mark_draft(actor: Actor, work: SubmissionVersion) -> MarkDraft | None:
    """The draft of one version for somebody who may mark it, else None."""
    rows = MarkDraft.objects.filter(submission__in=MARK_SUBMISSION.rows(actor))
    return rows.select_related("rubric").filter(work=work).first()


def unfinished_draft(work: SubmissionVersion) -> Job | None:
    """The job that reads this version now, whoever started it; for those who may mark it."""
    rows = Job.objects.filter(kind=KIND, state__in=UNFINISHED_STATES, params__work=work.pk)
    return rows.order_by("pk").first()


def last_draft_job(work: SubmissionVersion) -> Job | None:
    """The newest job that reads or read this version, whoever began it; for those who may mark."""
    course_id = work.submission.course_id
    rows = Job.objects.filter(course_id=course_id, kind=KIND, params__work=work.pk)
    return rows.order_by("-pk").first()


def draft_agreement(actor: Actor, assignment: Assignment) -> Agreement:
    """Drafts beside the finished marks of people on the same version, criterion by criterion.

    Each of two markers counts. Places of levels on a scale from 0 to 1; criteria that either side
    left open do not count. The newest 500 marks. Raises what `require` raises.
    """
    require(actor, SEE_SUBMISSIONS, assignment)
    marks = Mark.objects.filter(submission__assignment=assignment, done=True)
    newest = list(marks.order_by("-pk")[:MOST_COMPARED])
    works = {mark.work_id for mark in newest}
    drafts = MarkDraft.objects.filter(work__in=works).select_related("rubric")
    by_work = {draft.work_id: draft for draft in drafts}
    return agreement(
        [
            pair
            for mark in newest
            if (draft := by_work.get(mark.work_id)) and draft.rubric_id == mark.rubric_id
            for pair in _pairs(draft, mark.picks)
        ]
    )


def _pairs(draft: MarkDraft, picks: dict[str, Any]) -> list[tuple[float, float]]:
    said = {one["criterion"]: one["level"] for one in draft.criteria}
    found = []
    for criterion in draft.rubric.criteria:
        levels = [level["id"] for level in criterion.get("levels", ())]
        drafted, given = said.get(criterion["id"]), picks.get(criterion["id"], {}).get("level")
        if len(levels) > 1 and drafted in levels and given in levels:
            last = len(levels) - 1
            found.append((levels.index(drafted) / last, levels.index(given) / last))
    return found

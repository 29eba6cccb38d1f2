"""Submissions one may see, and where a learner stands in an assignment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from assessments.enums import Resubmission
from assessments.models import (
    Assignment,
    Submission,
    SubmissionFile,
    SubmissionMember,
    SubmissionVersion,
)
from assessments.queries.due import window_before_work, window_of_submission
from assessments.queries.handing_in import Handing, Refusal, Window, late_by, refusal
from assessments.rules import DO_ASSIGNMENT, VIEW_SUBMISSION, is_author
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, fetch

SELECT = (
    "assignment__lesson__section",
    "assignment__course",
    "course",
    "learner",
    "group",
    "saved_by",
)
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a learner may still do in an assignment, and what they handed in.

    `refused` says why no version is taken now; None when one is.
    """

    submission: Submission | None
    versions: list[SubmissionVersion]
    files: list[SubmissionFile]
    window: Window
    refused: Refusal | None
    may_do: bool
    now: datetime

    @property
    def may_submit(self) -> bool:
        """Whether the learner can hand something in now."""
        return self.may_do and self.refused is None

    @property
    def latest(self) -> SubmissionVersion | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None

    @property
    def is_late_now(self) -> bool:
        """Whether a version handed in now would be late."""
        return self.window.due_at is not None and self.now > self.window.due_at

    @property
    def is_missing(self) -> bool:
        """Whether it was due and nothing came."""
        return not self.versions and self.is_late_now

    @property
    def late(self) -> timedelta:
        """How late the version that counts is."""
        return lateness_of(self.versions, self.window)


def lateness_of(versions: list[SubmissionVersion], window: Window) -> timedelta:
    """How late what counts came: the last version that staff did not ask for."""
    unasked = [row for row in versions if not row.asked]
    return late_by(unasked[-1].submitted_at, window.due_at) if unasked else NO_TIME


def handing_of(assignment: Assignment, submission: Submission | None) -> Handing:
    """How often may be submitted, and what came so far."""
    return Handing(
        rule=Resubmission(assignment.resubmit),
        times=assignment.resubmit_times,
        versions=submission.version_count if submission else 0,
        asked=submission.revision_asked if submission else False,
    )


def submissions(
    actor: Actor, *, assignment: Assignment | None = None, mine: bool = False
) -> QuerySet[Submission]:
    """Submissions the actor may see, newest first; `mine` only their own."""
    rows = VIEW_SUBMISSION.rows(actor).select_related(*SELECT)
    if assignment is not None:
        rows = rows.filter(assignment=assignment)
    if mine:
        own = SubmissionMember.objects.filter(learner_id=actor.user_id or 0)
        rows = rows.filter(pk__in=own.values("submission_id"))
    return rows.order_by("-submitted_at", "-id")


def submission(actor: Actor, public_id: str) -> Submission:
    """One submission; raises what `fetch` raises."""
    return fetch(actor, VIEW_SUBMISSION, public_id=public_id, select=SELECT)


def own_submission(actor: Actor, assignment: Assignment) -> Submission | None:
    """The asker's own work for an assignment, if they began it."""
    if actor.user_id is None:
        return None
    rows = Submission.objects.select_related(*SELECT)
    return rows.filter(assignment=assignment, members__learner_id=actor.user_id).first()


def versions_of(row: Submission) -> QuerySet[SubmissionVersion]:
    """What was handed in, oldest first, with files; for whoever may see the submission."""
    files = Prefetch("files", SubmissionFile.objects.order_by("id"))
    return row.versions.select_related("submitted_by").prefetch_related(files).order_by("number")


def draft_files(row: Submission) -> QuerySet[SubmissionFile]:
    """The files of the draft, for its authors."""
    return row.files.filter(in_draft=True).order_by("id")


def file_of(actor: Actor, row: Submission, public_id: str) -> SubmissionFile:
    """A file inside its submission (Z3); of drafts its authors' alone. Raises NotFound."""
    rows = row.files.select_related("submission__assignment", "submission__course")
    if not is_author(actor, row):
        rows = rows.filter(versions__isnull=False).distinct()
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def standing_in(actor: Actor, row: Assignment) -> Standing:
    """Where the asker stands in an assignment they may see."""
    mine = own_submission(actor, row)
    window = window_of_submission(mine) if mine else window_before_work(row, actor.user_id or 0)
    now = clock.now()
    return Standing(
        submission=mine,
        versions=list(versions_of(mine)) if mine else [],
        files=list(draft_files(mine)) if mine else [],
        window=window,
        refused=refusal(now, window, handing_of(row, mine)),
        may_do=allows(actor, DO_ASSIGNMENT, row),
        now=now,
    )

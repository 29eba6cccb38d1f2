"""Handing in: begin, save the draft, add and remove files, submit a version."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final
from urllib.parse import urlsplit

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import SubmissionState
from assessments.events import SubmissionReceived
from assessments.models import (
    Assignment,
    Submission,
    SubmissionFile,
    SubmissionVersion,
)
from assessments.queries.due import window_before_work, window_of_submission
from assessments.queries.handing_in import Refusal, Window, late_by, refusal
from assessments.queries.submission import handing_of, own_submission
from assessments.rules import DO_ASSIGNMENT, WRITE_SUBMISSION
from assessments.services.authors import gather_group, join_authors
from assessments.services.intake import take_work
from assessments.services.log import take_turn
from assessments.services.outcome import clear_missing, reopen_marking
from courses.services.progress import complete_for_learner
from lms.kernel import clock
from lms.kernel.actors import Actor, system
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound, SignInRequired
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_line, require_text

MAX_TEXT: Final = 200_000
MAX_URL: Final = 2_000
MAX_SEQ: Final = 2_000_000_000
MAX_KEPT_FILES: Final = 200


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """An acknowledged draft: its number and its time."""

    seq: int
    saved_at: datetime


def open_submission(*, actor: Actor, assignment: Assignment) -> Submission:
    """The learner's submission, or their group's; made when there is none yet.

    Raises Conflict `not_open_yet`, `no_group`, and what `require` raises.
    """
    require(actor, DO_ASSIGNMENT, assignment)
    if actor.user_id is None:
        raise SignInRequired
    with transaction.atomic():
        take_turn(assignment.course_id, actor.user_id)
        mine = own_submission(actor, assignment)
        if mine is None:
            opens_at = window_before_work(assignment, actor.user_id).opens_at
            if opens_at is not None and clock.now() < opens_at:
                raise refused(Refusal.NOT_OPEN_YET)
            mine = join_authors(assignment, actor.user_id)
    return mine


@transaction.atomic
def save_draft(
    *, actor: Actor, submission: Submission, text: str, url: str = "", seq: int
) -> DraftSaved:
    """Keep what is being written; nobody but its authors sees it. Acknowledged means committed.

    `seq` must be above the draft's last number; the same number with the same words is answered
    like the first time. Raises Conflict `stale_draft` when another tab, device or group member
    saved later, the reason when nothing can be handed in any more, and Invalid for `text`, `url`.
    """
    require(actor, WRITE_SUBMISSION, submission)
    if not 1 <= seq <= MAX_SEQ:
        raise Invalid(_("seq is a whole number from 1 to 2000000000."), field="seq")
    require_text(text, field="text", max_length=MAX_TEXT)
    require_line(url.strip(), field="url", max_length=MAX_URL)
    row = _open(submission)
    typed = (text.replace("\r\n", "\n"), url.strip())
    if seq == row.draft_seq and typed == (row.draft_text, row.draft_url) and row.saved_at:
        return DraftSaved(seq, row.saved_at)
    if seq <= row.draft_seq:
        words = _("A newer draft is saved already (number %(seq)s). Reload to see it.")
        raise Conflict(words % {"seq": row.draft_seq}, code="stale_draft")
    now = clock.now()
    row.draft_text, row.draft_url = typed
    row.draft_seq, row.saved_at, row.saved_by_id = seq, now, actor.user_id
    row.save(update_fields=["draft_text", "draft_url", "draft_seq", "saved_at", "saved_by"])
    return DraftSaved(seq, now)


@transaction.atomic
def add_submission_file(
    *, actor: Actor, submission: Submission, name: str, content: IO[bytes]
) -> SubmissionFile:
    """Put a file into the draft, told by its content (U1).

    Raises Invalid for `file` when it is empty, too large or of a kind that is not accepted,
    Conflict `too_many_files`, and the reason when nothing can be handed in any more.
    """
    require(actor, WRITE_SUBMISSION, submission)
    if actor.user_id is None:
        raise SignInRequired
    row = _open(submission)
    asked = row.assignment
    if not asked.takes_files:
        raise Invalid(_("This assignment takes no files."), field="file")
    kinds, size = asked.file_kinds, asked.max_file_mb
    taken = take_work(content=content, name=name, kinds=kinds, max_mb=size)
    held = row.files.filter(in_draft=True).count()
    if held >= asked.max_files or row.files.count() >= MAX_KEPT_FILES:
        words = _("At most %(most)d files can be handed in.") % {"most": asked.max_files}
        raise Conflict(words, code="too_many_files")
    found = SubmissionFile(
        submission=row,
        name=taken.name,
        content_type=taken.content_type,
        size=taken.size,
        uploaded_by_id=actor.user_id,
        created_at=clock.now(),
    )
    found.file.save(taken.new_stored_name(), File(content), save=False)
    found.save()
    return found


@transaction.atomic
def remove_submission_file(*, actor: Actor, submission: Submission, file: SubmissionFile) -> None:
    """Take a file out of the draft; versions that were handed in keep it.

    Raises NotFound when it is not in the draft.
    """
    require(actor, WRITE_SUBMISSION, submission)
    row = _open(submission)
    found = row.files.filter(pk=file.pk, in_draft=True).first()
    if found is None:
        raise NotFound
    if found.versions.exists():
        found.in_draft = False
        found.save(update_fields=["in_draft"])
        return
    storage, stored = found.file.storage, str(found.file.name)
    found.delete()
    transaction.on_commit(lambda: storage.delete(stored), robust=True)


@transaction.atomic
def submit(*, actor: Actor, submission: Submission, number: int | None = None) -> Submission:
    """Hand the draft in as version `number`; exactly once, however often it is called.

    `number` is the version that the asker means to make (1 for the first); without it the next
    one, unless the draft says what the last version says. Raises Conflict with the reason when
    nothing is taken now, `empty_submission`, or `version_skipped` for a number too high.
    """
    require(actor, WRITE_SUBMISSION, submission)
    if actor.user_id is None:
        raise SignInRequired
    take_turn(submission.course_id, actor.user_id)
    row = _locked(submission)
    wanted = row.version_count + 1 if number is None else number
    if wanted <= row.version_count or (number is None and _unchanged(row)):
        return row
    window = window_of_submission(row)
    _require_open(row, window)
    if wanted > row.version_count + 1:
        raise Conflict(_("Hand in the versions before it first."), code="version_skipped")
    _require_content(row)
    gather_group(row)
    return _hand_in(actor, actor.user_id, row, window)


def refused(reason: Refusal) -> Conflict:
    """Why nothing is taken now, in words."""
    words = {
        Refusal.NOT_OPEN_YET: _("This assignment is not open yet."),
        Refusal.CLOSED: _("Nothing is accepted any more."),
        Refusal.NO_RESUBMISSION: _("You have handed this in. It cannot be handed in again."),
        Refusal.NO_VERSIONS_LEFT: _("You have handed in as often as is allowed."),
        Refusal.PAST_DUE: _("It was due. What you handed in counts."),
        Refusal.NOT_ASKED: _("You can hand in again when you are asked to revise it."),
    }
    return Conflict(words[reason], code=str(reason))


def _hand_in(actor: Actor, sender_id: int, row: Submission, window: Window) -> Submission:
    now = clock.now()
    version = SubmissionVersion.objects.create(
        submission=row,
        number=row.version_count + 1,
        text=row.draft_text if row.assignment.takes_text else "",
        url=row.draft_url if row.assignment.takes_url else "",
        submitted_at=now,
        submitted_by_id=sender_id,
        due_at=window.due_at,
        asked=row.revision_asked,
    )
    version.files.set(row.files.filter(in_draft=True))
    row.version_count, row.submitted_at = version.number, now
    row.state, row.revision_asked, row.updated_at = SubmissionState.SUBMITTED, False, now
    row.save(
        update_fields=["version_count", "submitted_at", "state", "revision_asked", "updated_at"]
    )
    _complete(actor, row)
    clear_missing(actor, row)
    reopen_marking(row)
    told = SubmissionReceived(
        course_id=row.course_id,
        submission_id=row.pk,
        assignment_id=row.assignment_id,
        learner_id=sender_id,
        number=version.number,
        late=bool(late_by(now, window.due_at)),
    )
    publish(told, actor=actor)
    return row


def _complete(actor: Actor, row: Submission) -> None:
    """The lesson is done for everybody whose work it is."""
    for member in row.members.select_related("learner").order_by("learner_id"):
        own = member.learner_id == actor.user_id
        by = actor if own else system("assessments.group_submission")
        complete_for_learner(actor=by, lesson=row.assignment.lesson, learner=member.learner)


def _require_content(row: Submission) -> None:
    asked = row.assignment
    text = asked.takes_text and row.draft_text.strip()
    url = asked.takes_url and row.draft_url
    files = asked.takes_files and row.files.filter(in_draft=True).exists()
    if not (text or url or files):
        raise Conflict(_("There is nothing to hand in yet."), code="empty_submission")
    if url:
        _require_address(row.draft_url)


def _require_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or " " in url:
        words = _("Give an address that starts with https:// or http://.")
        raise Invalid(words, field="url")


def _unchanged(row: Submission) -> bool:
    """Whether the draft is what the last version says already."""
    last = row.versions.order_by("-number").first()
    if last is None or row.revision_asked:
        return False
    asked = row.assignment
    text = row.draft_text if asked.takes_text else ""
    url = row.draft_url if asked.takes_url else ""
    if (last.text, last.url) != (text, url):
        return False
    now = row.files.filter(in_draft=True).order_by("pk").values_list("pk", flat=True)
    return list(last.files.order_by("pk").values_list("pk", flat=True)) == list(now)


def _open(submission: Submission) -> Submission:
    """The submission under its lock; raises Conflict unless a version could still come."""
    row = _locked(submission)
    _require_open(row, window_of_submission(row))
    return row


def _require_open(row: Submission, window: Window) -> None:
    reason = refusal(clock.now(), window, handing_of(row.assignment, row))
    if reason is not None:
        raise refused(reason)


def _locked(submission: Submission) -> Submission:
    rows = Submission.objects.select_related("assignment__lesson", "course", "group")
    row = lock(rows.filter(pk=submission.pk)).first()
    if row is None:
        raise NotFound
    return row

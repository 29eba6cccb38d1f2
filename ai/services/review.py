"""A person decides about generated questions: edit, accept, reject (I5)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import Difficulty, DraftState
from ai.events import DraftAccepted, DraftRejected, DraftReopened
from ai.gateway.checks import Surroundings, examine
from ai.models import Draft
from ai.rules import REVIEW_DRAFT, VIEW_DRAFT
from ai.services.deciding import decide, locked, save
from ai.services.dependence import depend, draft_blocks, forget
from ai.services.drafting import (
    DraftChanges,
    bank_content,
    changed,
    checks_json,
    from_draft,
    to_json,
)
from ai.services.judging import NoJudge
from assessments.enums import QuestionState
from assessments.rules import EDIT_QUESTION
from assessments.services.bank import create_question, restore_question, retire_question
from assessments.services.filing import Filing, file_question
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, KernelError
from lms.kernel.events import publish
from lms.kernel.rules import allows, require
from lms.kernel.text import require_clean, require_text

MAX_REASON = 500


@transaction.atomic
def edit_draft(
    *, actor: Actor, draft: Draft, changes: DraftChanges, expected: int | None = None
) -> Draft:
    """Change the question; the checks run again and are shown, the person decides.

    Raises Invalid by field when it could not be asked, Conflict when decided already, Stale, and
    what `require` raises.
    """
    row = _open(actor, draft, expected)
    question = changed(from_draft(row), changes)
    require_clean(to_json(question))
    row.content, row.edited = to_json(question), True
    row.checks = checks_json(examine(question, _around(row)))
    return save(row, "content", "edited", "checks")


@transaction.atomic
def accept_draft(
    *,
    actor: Actor,
    draft: Draft,
    course: Course | None = None,
    expected: int | None = None,
    state: QuestionState = QuestionState.READY,
) -> Draft:
    """Put the question into the course's bank with where it comes from and who approved it.

    In the bank it is ready, or a draft that quizzes do not ask yet.
    `course` is needed for a draft from pasted text, and must be the draft's own otherwise. Raises
    Invalid by field, Conflict when decided already, Stale, and what `require` raises.
    """
    row = _open(actor, draft, expected)
    target = row.course or course
    if target is None:
        raise Invalid(_("Name the course whose bank gets the question."), field="course")
    if course is not None and course.pk != target.pk:
        raise Invalid(_("This draft belongs to another course."), field="course")
    content = bank_content(from_draft(row), Difficulty(row.difficulty))
    row.question = create_question(
        actor=actor,
        course=target,
        content=content,
        provenance=provenance(row, actor),
        state=state,
    )
    if row.outcome is not None:
        filing = Filing(outcomes=[row.outcome])
        row.question = file_question(actor=actor, question=row.question, filing=filing)
    row.course = target
    decide(row, actor, DraftState.ACCEPTED)
    save(row, "question", "course")
    depend(row, draft_blocks(row))
    _retire_predecessor(actor, row)
    event = DraftAccepted(draft_id=row.pk, question_id=row.question.pk, course_id=target.pk)
    publish(event, actor=actor)
    return row


@transaction.atomic
def reject_draft(
    *, actor: Actor, draft: Draft, reason: str = "", expected: int | None = None
) -> Draft:
    """Turn the question down; the reason is kept with it.

    Raises Invalid, Conflict when decided already, Stale, and what `require` raises.
    """
    row = _open(actor, draft, expected)
    row.reason = require_text(reason.strip(), field="reason", max_length=MAX_REASON)
    decide(row, actor, DraftState.REJECTED)
    save(row, "reason")
    publish(DraftRejected(draft_id=row.pk, course_id=row.course_id), actor=actor)
    return row


@transaction.atomic
def reopen_draft(*, actor: Actor, draft: Draft) -> Draft:
    """Take a decision back; the question of an accepted draft is retired from the bank.

    Where it was asked anew for an older one, that one is offered again. Raises Conflict `open` when
    nothing was decided, Conflict `asked` when a quiz asks the question by now, and what `require`
    raises.
    """
    require(actor, REVIEW_DRAFT, draft)
    row = locked(Draft.objects.filter(pk=draft.pk), None)
    if row.state == DraftState.DRAFT:
        raise Conflict(_("Nobody has decided about this question yet."), code="open")
    if row.question is not None:
        if row.question.use_count:
            raise Conflict(_("A quiz asks this question by now."), code="asked")
        retire_question(actor=actor, question=row.question)
        _restore_predecessor(actor, row)
    forget(row)
    decide(row, actor, DraftState.DRAFT)
    row.question, row.reason = None, ""
    save(row, "question", "reason")
    publish(DraftReopened(draft_id=row.pk, course_id=row.course_id), actor=actor)
    return row


def reopen_drafts(*, actor: Actor, drafts: Iterable[Draft]) -> tuple[list[Draft], list[str]]:
    """Take several decisions back: which, and why the others not."""
    return _each(drafts, lambda draft: reopen_draft(actor=actor, draft=draft))


def accept_drafts(
    *,
    actor: Actor,
    drafts: Iterable[Draft],
    state: QuestionState = QuestionState.READY,
) -> tuple[list[Draft], list[str]]:
    """Accept several, each in a transaction of its own: which, and why the others not."""
    return _each(drafts, lambda draft: accept_draft(actor=actor, draft=draft, state=state))


def reject_drafts(
    *, actor: Actor, drafts: Iterable[Draft], reason: str = ""
) -> tuple[list[Draft], list[str]]:
    """Reject several, each in a transaction of its own: which, and why the others not."""
    return _each(drafts, lambda draft: reject_draft(actor=actor, draft=draft, reason=reason))


def provenance(draft: Draft, approver: Actor) -> dict[str, Any]:
    """What the bank keeps about where a question comes from."""
    return {
        "origin": "ai",
        "draft": draft.public_id,
        "provider": draft.provider,
        "model": draft.model,
        "prompt_version": draft.prompt_version,
        "source": {key: draft.source.get(key) for key in ("title", "version", "sha256", "blocks")},
        "lesson": draft.lesson.public_id if draft.lesson else None,
        "evidence": draft.evidence,
        "edited": draft.edited,
        "bloom": draft.bloom,
        "approver": approver.user_id,
    }


def _retire_predecessor(actor: Actor, row: Draft) -> None:
    """Retire the question that this one was made anew for; nothing depends through it any more.

    Who may add to the bank and not change it leaves it out of date, for somebody who may.
    """
    old = _predecessor(actor, row)
    if old is None:
        return
    if old.question is not None:
        if not allows(actor, EDIT_QUESTION, old.question):
            return
        retire_question(actor=actor, question=old.question)
    forget(old)


def _restore_predecessor(actor: Actor, row: Draft) -> None:
    """Undo the above; an older question that was retired otherwise still has its dependences."""
    old = _predecessor(actor, row)
    if old is None or old.question is None or old.dependences.exists():
        return
    restore_question(actor=actor, question=old.question)
    depend(old, draft_blocks(old))


def _predecessor(actor: Actor, row: Draft) -> Draft | None:
    pk = (row.job.params if row.job else {}).get("replaces")
    rows = VIEW_DRAFT.rows(actor).select_related("question__bank__course")
    return None if pk is None else rows.filter(pk=pk, course=row.course).first()


def _each(drafts: Iterable[Draft], act: Callable[[Draft], Draft]) -> tuple[list[Draft], list[str]]:
    done, problems = [], []
    for draft in drafts:
        try:
            done.append(act(draft))
        except KernelError as problem:
            problems.append(problem.detail)
    return done, problems


def _open(actor: Actor, draft: Draft, expected: int | None) -> Draft:
    """The draft under a lock, still undecided."""
    require(actor, REVIEW_DRAFT, draft)
    row = locked(Draft.objects.filter(pk=draft.pk), expected)
    if row.state != DraftState.DRAFT:
        raise Conflict(_("Somebody has decided about this question already."), code="decided")
    return row


def _around(row: Draft) -> Surroundings:
    source = "\n".join([str(row.source.get("passage", "")), *row.evidence])
    return Surroundings(source, judge=NoJudge(_("Not judged again after an edit.")))

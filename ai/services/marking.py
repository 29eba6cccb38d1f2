"""Drafts of marks: a model reads a submission by its rubric, a person decides.

A draft never touches marks, outcomes or grades, and is shown to those alone who may mark the work.
"""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import Purpose, SwitchScope, Use
from ai.gateway.marking import CriterionDraft, agreed, marking_prompt, read_marks
from ai.models import MarkDraft
from ai.queries.consent import off_for
from ai.queries.mark_draft import KIND, unfinished_draft
from ai.services.asking import Answer, NoModel, ask
from ai.services.routes import Line, routes_for
from assessments.models import Submission, SubmissionVersion
from assessments.rules import MARK_SUBMISSION
from assessments.scoring.rubric import Criterion, criteria_of
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Denied, Invalid, NotFound
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import Job
from lms.kernel.rules import fetch, require

if TYPE_CHECKING:
    from ai.gateway.replies.marks import MarkReply

MAX_TOKENS = 1_500


def request_mark_draft(*, actor: Actor, submission: Submission) -> Job:
    """Start reading the newest version by the assignment's rubric; once while it is being read.

    Raises what `require` raises, Denied `exam_mode`, NoModel without a model or where an author has
    AI off, Invalid when there is no text or no rubric with levels to read by.
    """
    require(actor, MARK_SUBMISSION, submission)
    routes_for(Line(actor, Purpose.MARKING, submission.course), Use.AUTO)
    _require_willing(submission)
    work = _work(submission)
    _criteria(submission)
    params = {"submission": submission.pk, "work": work.pk}
    with transaction.atomic():
        # Two readings cost twice and tell nothing more.
        list(lock(Submission.objects.filter(pk=submission.pk)).values_list("pk"))
        running = unfinished_draft(work)
        if running is not None:
            return running
        return enqueue(KIND, actor=actor, params=params, course_id=submission.course_id)


def may_draft(actor: Actor, course: Course) -> bool:
    """Whether a model may be asked for drafts now; rights on submissions are not looked at."""
    try:
        routes_for(Line(actor, Purpose.MARKING, course), Use.AUTO)
    except (NoModel, Denied):
        return False
    return True


def run_mark_draft(run: JobRun) -> dict[str, Any]:
    """Read the work twice and keep what holds; the rights are those its starter has now.

    Raises what `request_mark_draft` raises.
    """
    actor = run.actor()
    submission = fetch(
        actor, MARK_SUBMISSION, pk=run.params["submission"], select=("assignment__rubric",)
    )
    require(actor, MARK_SUBMISSION, submission)
    work, criteria = _work(submission), _criteria(submission)
    _require_willing(submission)
    run.progress(10, _("Reading the work"))
    first = _reading(run, actor, submission, work, criteria, backwards=False)
    run.progress(55, _("Reading it again"))
    second = _reading(run, actor, submission, work, criteria, backwards=True)
    readings = [read_marks(one.value, criteria, work.text) for one in (first, second)]
    found = agreed(readings[0], readings[1], work.text)
    draft = _keep(run, actor, submission, work, found, first)
    return {"draft": draft.public_id, "submission": submission.public_id}


def _reading(
    run: JobRun,
    actor: Actor,
    submission: Submission,
    work: SubmissionVersion,
    criteria: tuple[Criterion, ...],
    *,
    backwards: bool,
) -> "Answer[MarkReply]":
    from ai.gateway.replies import marks

    run.checkpoint()
    return ask(
        actor=actor,
        purpose=Purpose.MARKING,
        prompt=marking_prompt(criteria, work.text, backwards=backwards),
        schema=marks.MarkReply,
        course=submission.course,
        job_id=run.job_id,
        max_tokens=MAX_TOKENS,
        about=submission.learner_id,
    )


@transaction.atomic
def _keep(
    run: JobRun,
    actor: Actor,
    submission: Submission,
    work: SubmissionVersion,
    found: tuple[CriterionDraft, ...],
    answer: "Answer[MarkReply]",
) -> MarkDraft:
    """Write the draft in place of an older one of this version, while the lease is ours."""
    rubric = submission.assignment.rubric
    if rubric is None:
        raise NotFound
    run.progress(95, _("Keeping the draft"))
    draft, _made = MarkDraft.objects.update_or_create(
        work=work,
        defaults={
            "submission": submission,
            "rubric": rubric,
            "criteria": [as_json(one) for one in found],
            "provider": answer.provider,
            "model": answer.model[:120],
            "prompt_version": answer.prompt_version,
            "created_by_id": actor.user_id,
            "updated_at": clock.now(),
        },
    )
    return draft


def as_json(one: CriterionDraft) -> dict[str, Any]:
    """What a draft says of one criterion, as it is kept."""
    return {
        "criterion": one.criterion,
        "level": one.level,
        "points": None if one.points is None else str(one.points),
        "quote": one.quote,
        "start": one.start,
        "end": one.end,
        "reason": one.reason,
        "confidence": one.confidence.value,
    }


def _require_willing(submission: Submission) -> None:
    """Raise NoModel `off` where one of the authors, be it of a group, has AI off."""
    authors = submission.members.order_by().values_list("learner_id", flat=True)
    if off_for(list(authors), None) == SwitchScope.PERSON:
        raise NoModel("off", _("AI is turned off for somebody whose work this is."))


def _work(submission: Submission) -> SubmissionVersion:
    work = submission.versions.order_by("-number").first()
    if work is None or not work.text.strip():
        raise Invalid(_("There is no text to read; files are not read."), field="submission")
    return work


def _criteria(submission: Submission) -> tuple[Criterion, ...]:
    rubric = submission.assignment.rubric
    found = criteria_of(rubric.criteria) if rubric is not None else ()
    if not any(one.levels for one in found):
        words = _("A draft needs a rubric whose criteria have levels.")
        raise Invalid(words, field="rubric")
    return found

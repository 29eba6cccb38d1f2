"""Drafts of marks of short answers, without a model: by likeness to the accepted answers.

A quiz scores a short answer by the words it accepts; who is near them gets nothing. A draft shows
markers which of these answers they may want to look at. It touches no score, and is shown to
those alone who may change it.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import Purpose
from ai.gateway.embeddings import Embedder, best_embedder
from ai.gateway.short_answers import PROVIDER, VERSION, Reference, draft
from ai.models import AnswerDraft
from ai.queries.answer_draft import KIND, SHORT, unfinished_answer_drafts
from ai.services.marking import as_json
from ai.services.routes import Line, require_on
from assessments.enums import AttemptState
from assessments.models import Attempt, AttemptQuestion
from assessments.queries.content import version_content
from assessments.queries.exam import require_ai
from assessments.rules import GRADE_ATTEMPT
from assessments.scoring.short_answer import HUNDRED, all_accepted
from assessments.scoring.wildcards import without_stars
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import Job
from lms.kernel.rules import fetch, require


def request_answer_drafts(*, actor: Actor, attempt: Attempt) -> Job:
    """Start comparing an attempt's short answers; once while it is being done.

    Raises what `require` raises, Denied `exam_mode`, NoModel where AI is off or drafts of marks
    are, Conflict `attempt_open`, Invalid where no short answer missed a point.
    """
    _require(actor, attempt)
    if not _missed(attempt):
        raise Invalid(_("No short answer here missed a point."), field="attempt")
    with transaction.atomic():
        list(lock(Attempt.objects.filter(pk=attempt.pk)).values_list("pk"))
        running = unfinished_answer_drafts(attempt)
        if running is not None:
            return running
        params = {"attempt": attempt.pk}
        return enqueue(KIND, actor=actor, params=params, course_id=attempt.course_id)


def run_answer_drafts(run: JobRun) -> dict[str, Any]:
    """Compare and keep; the rights are those its starter has now."""
    actor = run.actor()
    attempt = fetch(actor, GRADE_ATTEMPT, pk=run.params["attempt"], select=("course",))
    _require(actor, attempt)
    embedder = best_embedder()
    parts = _missed(attempt)
    with transaction.atomic():
        run.progress(90, _("Comparing short answers"))
        for part in parts:
            _keep(actor, part, embedder)
    return {"drafts": len(parts), "attempt": attempt.public_id}


def _require(actor: Actor, attempt: Attempt) -> None:
    require(actor, GRADE_ATTEMPT, attempt)
    require_ai(actor)
    require_on(Line(actor, Purpose.MARKING, attempt.course, about=attempt.learner_id))
    if attempt.state == AttemptState.OPEN:
        raise Conflict(_("This attempt is not submitted yet."), code="attempt_open")


def _missed(attempt: Attempt) -> list[AttemptQuestion]:
    """The short answers that were given and did not earn all points."""
    rows = attempt.questions.filter(version__question__kind=SHORT)
    rows = rows.select_related("version__question", "scored_with__question")
    return [
        row
        for row in rows
        if isinstance(row.answer, str) and row.answer.strip() and _open_points(row)
    ]


def _open_points(row: AttemptQuestion) -> bool:
    return row.score is None or row.score < row.points


def _keep(actor: Actor, part: AttemptQuestion, embedder: Embedder) -> None:
    content = version_content(part.scored_with or part.version)
    accepted = [
        Reference(without_stars(one.text) if content.wildcards else one.text, one.share / HUNDRED)
        for one in all_accepted(content)
    ]
    found = draft(str(part.answer), accepted, Decimal(part.points), embedder)
    AnswerDraft.objects.update_or_create(
        answer=part,
        defaults={
            "criteria": [as_json(found)],
            "provider": PROVIDER,
            "model": embedder.name[:120],
            "prompt_version": VERSION,
            "created_by_id": actor.user_id,
            "updated_at": clock.now(),
        },
    )

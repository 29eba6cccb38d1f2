"""Generating questions: start the job, and do its work in steps that can be taken up again."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ai.enums import Difficulty, Purpose, QuestionKind, Use
from ai.gateway.checks import Known
from ai.gateway.generation import Batch, CheckedQuestion, generate
from ai.gateway.provider import MAX_COUNT, QuestionRequest
from ai.models import Draft
from ai.queries.draft import KIND, unfinished_jobs
from ai.rules import teaches
from ai.services.bank import known_questions
from ai.services.drafting import checks_json, from_draft, to_json
from ai.services.ledger import record_calls
from ai.services.providers import BREAKER, Choice, choose
from ai.services.source import Source, source_of_lesson, source_of_text
from assessments.queries.exam import require_ai
from courses.models import Course, Lesson
from courses.rules import ASSIST_COURSE, STAFF_COURSE, VIEW_LESSON
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, Throttled, Unavailable
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import Job
from lms.kernel.rules import fetch, require, require_write
from lms.kernel.text import require_text

MAX_CONTENT = 100_000
STEP = 5
MAX_AT_ONCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants generated: from a lesson, or from pasted text.

    `replaces` is an accepted question that is asked anew because its source was edited.
    """

    kind: QuestionKind
    count: int
    difficulty: Difficulty = Difficulty.MEDIUM
    use: Use = Use.AUTO
    content: str = ""
    lesson: Lesson | None = None
    course: Course | None = None
    replaces: Draft | None = None


def request_questions(*, actor: Actor, wish: Wish) -> Job:
    """Start the job.

    From a lesson or for a course: its staff. From pasted text alone: anyone who teaches. Raises
    what `require` raises, Denied `exam_mode` while an exam of the actor's runs, Invalid by field,
    Throttled with five jobs unfinished.
    """
    require_write(actor)
    require_ai(actor)
    course = wish.course if wish.lesson is None else wish.lesson.course
    if course is not None:
        require(actor, ASSIST_COURSE, course)
    elif not teaches(actor):
        raise Denied(_("Generating questions is for people who teach."))
    _check(wish)
    if unfinished_jobs(actor) >= MAX_AT_ONCE:
        raise Throttled(_("Wait until one of your five requests is done."), retry_after=30)
    params = {
        "kind": wish.kind.value,
        "count": wish.count,
        "difficulty": wish.difficulty.value,
        "use": wish.use.value,
        "content": wish.content,
        "lesson": wish.lesson.pk if wish.lesson else None,
        "replaces": wish.replaces.pk if wish.replaces else None,
    }
    return enqueue(KIND, actor=actor, params=params, course_id=course.pk if course else None)


def _check(wish: Wish) -> None:
    """Raise Invalid by field for what cannot be worked on."""
    if not 1 <= wish.count <= MAX_COUNT:
        words = _("Between 1 and %(most)d questions at a time.") % {"most": MAX_COUNT}
        raise Invalid(words, field="count")
    if wish.lesson is not None:
        if wish.content.strip():
            raise Invalid(_("Give a lesson or a text, not both."), field="content")
        if wish.course is not None and wish.course.pk != wish.lesson.course_id:
            raise Invalid(_("The lesson is not in this course."), field="lesson")
        source_of_lesson(wish.lesson)
        return
    require_text(wish.content, field="content", max_length=MAX_CONTENT)
    source_of_text(wish.content)


@dataclass(slots=True)
class _Work:
    """A running job: what is asked for, from what, with whom, and what is there already."""

    run: JobRun
    actor: Actor
    course: Course | None
    lesson: Lesson | None
    source: Source
    choice: Choice
    remarks: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def wanted(self) -> int:
        return int(self.run.params["count"])

    def made(self) -> list[Draft]:
        return list(Draft.objects.filter(job_id=self.run.job_id).order_by("ordinal"))


def run_generation(run: JobRun) -> dict[str, Any]:
    """Do the job with the rights its starter has now; drafts that are there already stay.

    Each step asks for at most five questions and writes them in one transaction that holds the
    job's lease, so that a worker that lost it writes nothing. Raises Unavailable in words when
    the text gives no question.
    """
    work = _prepare(run)
    run.progress(5, _("Reading the text"))
    made = work.made()
    while len(made) < work.wanted:
        batch = _ask(work, made)
        if not batch.items:
            break
        _keep(work, batch, len(made))
        made = work.made()
    if not made:
        words = " ".join(dict.fromkeys(work.remarks))
        raise Unavailable(_("No question could be made from this text.") + f" {words}".rstrip())
    return _result(work, made)


def _prepare(run: JobRun) -> _Work:
    actor = run.actor()
    course = lesson = None
    if run.course_id is not None:
        course = fetch(actor, STAFF_COURSE, pk=run.course_id)
    if run.params["lesson"] is not None:
        lesson = fetch(actor, VIEW_LESSON, pk=run.params["lesson"], course=course)
    source = source_of_lesson(lesson) if lesson else source_of_text(run.params["content"])
    choice = choose(actor, Use(run.params["use"]), course=course, job_id=run.job_id)
    return _Work(run, actor, course, lesson, source, choice, list(choice.remarks))


def _ask(work: _Work, made: list[Draft]) -> Batch:
    """One step with the providers; its calls are in the ledger whatever happens next."""
    params = work.run.params
    there = [from_draft(draft) for draft in made]
    request = QuestionRequest(
        text=work.source.text,
        kind=QuestionKind(params["kind"]),
        count=min(STEP, work.wanted - len(made)),
        difficulty=Difficulty(params["difficulty"]),
        seed=work.run.job_id,
        avoid=tuple(question.stem for question in there),
        skip=tuple(text for question in there for text in question.evidence),
    )
    work.run.checkpoint()
    batch = generate(
        request,
        work.choice.providers,
        known=[
            *known_questions(work.actor, work.course),
            *(Known(question.stem, question.answer, question.evidence) for question in there),
        ],
        embedder=work.choice.embedder,
        breaker=BREAKER,
    )
    record_calls(
        batch.calls,
        actor=work.actor,
        purpose=Purpose.QUESTIONS,
        course=work.course,
        job_id=work.run.job_id,
    )
    work.remarks += batch.remarks
    work.rejected += batch.rejected
    work.providers += [item.provider for item in batch.items]
    return batch


def _keep(work: _Work, batch: Batch, there: int) -> None:
    """Write the step's drafts, once per ordinal, while the lease is surely ours."""
    total = there + len(batch.items)
    words = ngettext("%(n)d question", "%(n)d questions", total) % {"n": total}
    with transaction.atomic():
        # The conditional update locks the job's row: who lost the lease stops here.
        work.run.progress(min(99, 5 + 95 * total // work.wanted), words)
        Draft.objects.bulk_create(
            [_draft(work, item, there + at) for at, item in enumerate(batch.items, 1)],
            ignore_conflicts=True,
        )


def _draft(work: _Work, item: CheckedQuestion, ordinal: int) -> Draft:
    return Draft(
        job_id=work.run.job_id,
        ordinal=ordinal,
        course=work.course,
        lesson=work.lesson,
        kind=item.question.kind,
        difficulty=work.run.params["difficulty"],
        content=to_json(item.question),
        evidence=list(item.question.evidence),
        source=work.source.cite(item.question.evidence),
        checks=checks_json(item.checks),
        notes=list(item.notes),
        provider=item.provider,
        model=item.model[:120],
        prompt_version=item.prompt_version,
        created_by_id=work.actor.user_id,
    )


def _result(work: _Work, made: list[Draft]) -> dict[str, Any]:
    remarks = list(dict.fromkeys(work.remarks))
    if len(made) < work.wanted:
        remarks.append(_("The text holds no more facts to ask for."))
    return {
        "asked": work.wanted,
        "made": len(made),
        "drafts": [draft.public_id for draft in made],
        "providers": sorted({draft.provider for draft in made}),
        "rejected": dict(work.rejected),
        "remarks": remarks,
    }

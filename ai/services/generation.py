"""Generating questions: start the job, and do its work in steps that can be taken up again."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.turn import take_own_turn
from ai.enums import Bloom, Difficulty, Purpose, QuestionKind, Use
from ai.gateway.checks import Known
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.gateway.generation import Batch, CheckedQuestion, generate
from ai.gateway.openai_compatible import size_of
from ai.gateway.provider import MAX_COUNT, QuestionRequest
from ai.models import Draft
from ai.queries.draft import KIND, unfinished_jobs
from ai.rules import teaches
from ai.services.bank import known_questions
from ai.services.coverage import Part, readable_lessons, spread
from ai.services.drafting import checks_json, from_draft, to_json
from ai.services.forecast import Forecast, Size, forecast, require_fit
from ai.services.judging import judge_sizes
from ai.services.ledger import record_calls
from ai.services.providers import BREAKER, Choice, choose
from ai.services.routes import Line
from ai.services.source import source_of_lesson, source_of_text
from assessments.models import LearningOutcome
from assessments.queries.exam import require_ai
from assessments.rules import VIEW_OUTCOME
from courses.models import Course, Lesson, Section
from courses.rules import ASSIST_COURSE, STAFF_COURSE, VIEW_LESSON, VIEW_SECTION
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
    """What somebody wants generated, from a lesson, a section, a course or pasted text.

    A course without any of the others is meant as a whole.
    `replaces` is an accepted question that is asked anew, because its source was edited, or with
    `reword` because it works poorly: the new one must then differ from it.
    """

    kind: QuestionKind
    count: int
    difficulty: Difficulty = Difficulty.MEDIUM
    use: Use = Use.AUTO
    content: str = ""
    lesson: Lesson | None = None
    section: Section | None = None
    course: Course | None = None
    replaces: Draft | None = None
    reword: bool = False
    bloom: Bloom = Bloom.REMEMBER
    outcome: LearningOutcome | None = None

    @property
    def target(self) -> Course | None:
        """The course that gets the drafts."""
        parent = self.lesson or self.section
        return self.course if parent is None else parent.course


def request_questions(*, actor: Actor, wish: Wish) -> Job:
    """Start the job.

    From a lesson or for a course: its staff. From pasted text alone: anyone who teaches. Raises
    what `require` raises, Denied `exam_mode` while an exam of the actor's runs, Invalid by field
    (`over_budget` when what is left of a budget cannot hold it), Throttled with five jobs
    unfinished.
    """
    found = estimate_questions(actor=actor, wish=wish)
    course = wish.target
    params = {
        "kind": wish.kind.value,
        "count": wish.count,
        "difficulty": wish.difficulty.value,
        "use": wish.use.value,
        "content": wish.content,
        "lesson": wish.lesson.pk if wish.lesson else None,
        "replaces": wish.replaces.pk if wish.replaces else None,
        "reword": wish.reword,
        "section": wish.section.pk if wish.section else None,
        "bloom": wish.bloom.value,
        "outcome": wish.outcome.pk if wish.outcome else None,
    }
    with transaction.atomic():
        take_own_turn(actor)
        if unfinished_jobs(actor) >= MAX_AT_ONCE:
            raise Throttled(_("Wait until one of your five requests is done."), retry_after=30)
        require_fit(found)
        return enqueue(KIND, actor=actor, params=params, course_id=course.pk if course else None)


def estimate_questions(*, actor: Actor, wish: Wish) -> Forecast:
    """What the job would cost, before it starts; nothing is written.

    Raises what `request_questions` raises but Throttled and `over_budget`.
    """
    require_write(actor)
    require_ai(actor)
    course = wish.target
    if course is not None:
        require(actor, ASSIST_COURSE, course)
    elif not teaches(actor):
        raise Denied(_("Generating questions is for people who teach."))
    parts = _checked(wish)
    line = Line(actor, Purpose.QUESTIONS, course)
    return forecast(line, wish.use, lambda route: _sizes(wish, parts, route.endpoint.window))


def _sizes(wish: Wish, parts: list[Part], window: int) -> list[Size]:
    """The calls of a job: five questions each, at most twice, when a text gives few."""
    found = []
    for part in parts:
        for begun in range(0, part.quota, STEP):
            request = QuestionRequest(
                text=part.source.text[:window],
                kind=wish.kind,
                count=min(STEP, part.quota - begun),
                difficulty=wish.difficulty,
                bloom=wish.bloom,
                outcome=str(wish.outcome or ""),
            )
            found.append(Size(*size_of(request), again=2, repair_held=True))
    return [*found, *judge_sizes(wish.kind, wish.count, wish.target)]


def _checked(wish: Wish) -> list[Part]:
    """The texts with what each should give. Raises Invalid by field for what cannot be done."""
    if not 1 <= wish.count <= MAX_COUNT:
        words = _("Between 1 and %(most)d questions at a time.") % {"most": MAX_COUNT}
        raise Invalid(words, field="count")
    _check_places(wish)
    if wish.lesson is not None:
        return [Part(source_of_lesson(wish.lesson), wish.lesson, wish.count)]
    if wish.target is not None and not wish.content.strip():
        return spread(readable_lessons(wish.target, wish.section), wish.count)
    require_text(wish.content, field="content", max_length=MAX_CONTENT)
    return [Part(source_of_text(wish.content), None, wish.count)]


def _check_places(wish: Wish) -> None:
    """Raise Invalid where places exclude each other or belong to another course."""
    places = [wish.lesson is not None, wish.section is not None, bool(wish.content.strip())]
    if sum(places) > 1:
        raise Invalid(_("Give a lesson, a section or a text, not several."), field="content")
    for place, name in ((wish.lesson, "lesson"), (wish.section, "section")):
        if place is not None and wish.course is not None and place.course_id != wish.course.pk:
            words = {"lesson": _("The lesson is not in this course.")}
            raise Invalid(words.get(name, _("The section is not in this course.")), field=name)
    target = wish.target
    if wish.outcome is not None and (target is None or wish.outcome.course_id != target.pk):
        raise Invalid(_("This outcome belongs to another course."), field="outcome")


@dataclass(slots=True)
class _Work:
    """A running job: what is asked for, from what, with whom, and what is there already."""

    run: JobRun
    actor: Actor
    course: Course | None
    parts: list[Part]
    outcome: LearningOutcome | None
    choice: Choice
    replaced: int | None = None
    remarks: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def wanted(self) -> int:
        return int(self.run.params["count"])

    def made(self) -> list[Draft]:
        return list(Draft.objects.filter(job_id=self.run.job_id).order_by("ordinal"))

    def made_from(self, part: Part) -> list[Draft]:
        return [draft for draft in self.made() if draft.lesson_id == part.lesson_id]


def run_generation(run: JobRun) -> dict[str, Any]:
    """Do the job with the rights its starter has now; drafts that are there already stay.

    Each step asks for at most five questions and writes them in one transaction that holds the
    job's lease, so that a worker that lost it writes nothing. Raises Unavailable in words when
    the text gives no question.
    """
    work = _prepare(run)
    run.progress(5, _("Reading the text"))
    for part in work.parts:
        _serve(work, part, part.quota)
    # What one text could not give, others may.
    for part in work.parts:
        missing = work.wanted - len(work.made())
        if missing <= 0 or len(work.parts) == 1:
            break
        _serve(work, part, len(work.made_from(part)) + missing)
    made = work.made()
    if not made:
        words = " ".join(dict.fromkeys(work.remarks))
        raise Unavailable(_("No question could be made from this text.") + f" {words}".rstrip())
    return _result(work, made)


def _serve(work: _Work, part: Part, wanted: int) -> None:
    """Drafts from one text until there are `wanted`, or it gives no more."""
    while (there := len(work.made_from(part))) < wanted:
        made = work.made()
        batch = _ask(work, part, made, min(STEP, wanted - there))
        if not batch.items:
            return
        _keep(work, part, batch, len(made))


def _prepare(run: JobRun) -> _Work:
    actor = run.actor()
    course = outcome = None
    if run.course_id is not None:
        course = fetch(actor, STAFF_COURSE, pk=run.course_id)
    if run.params.get("outcome") is not None:
        outcome = fetch(actor, VIEW_OUTCOME, pk=run.params["outcome"], course=course)
    parts = _parts(run, actor, course)
    choice = choose(actor, Use(run.params["use"]), course=course, job_id=run.job_id)
    remarks = list(choice.remarks)
    return _Work(run, actor, course, parts, outcome, choice, _replaced(run), remarks)


def _replaced(run: JobRun) -> int | None:
    """Key of the question that is asked anew."""
    pk = run.params.get("replaces")
    if pk is None or run.course_id is None:
        return None
    rows = Draft.objects.filter(pk=pk, course_id=run.course_id)
    return rows.values_list("question_id", flat=True).first()


def _known(work: _Work) -> list[Known]:
    """What a new question must differ from; from the one it replaces only to better that."""
    without = None if work.run.params.get("reword") else work.replaced
    return known_questions(work.actor, work.course, without=without)


def _parts(run: JobRun, actor: Actor, course: Course | None) -> list[Part]:
    """The texts of a job with what each should give."""
    params, count = run.params, int(run.params["count"])
    if params["lesson"] is not None:
        lesson = fetch(actor, VIEW_LESSON, pk=params["lesson"], course=course)
        return [Part(source_of_lesson(lesson), lesson, count)]
    if course is not None and not params["content"].strip():
        section = None
        if params.get("section") is not None:
            section = fetch(actor, VIEW_SECTION, pk=params["section"], course=course)
        return spread(readable_lessons(course, section), count)
    return [Part(source_of_text(params["content"]), None, count)]


def _ask(work: _Work, part: Part, made: list[Draft], count: int) -> Batch:
    """One step with the providers; its calls are in the ledger whatever happens next."""
    params = work.run.params
    there = [from_draft(draft) for draft in made]
    request = QuestionRequest(
        text=part.source.text,
        kind=QuestionKind(params["kind"]),
        count=count,
        difficulty=Difficulty(params["difficulty"]),
        seed=work.run.job_id,
        avoid=tuple(question.stem for question in there),
        skip=tuple(text for question in there for text in question.evidence),
        bloom=Bloom(params.get("bloom", Bloom.REMEMBER)),
        outcome=f"{work.outcome.title} {work.outcome.description}" if work.outcome else "",
    )
    work.run.checkpoint()
    batch = generate(
        request,
        work.choice.providers,
        known=[
            *_known(work),
            *(Known(question.stem, question.answer, question.evidence) for question in there),
        ],
        embedder=work.choice.embedder,
        breaker=BREAKER,
        judge=work.choice.judge,
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


def _keep(work: _Work, part: Part, batch: Batch, there: int) -> None:
    """Write the step's drafts, once per ordinal, while the lease is surely ours."""
    total = there + len(batch.items)
    words = ngettext("%(n)d question", "%(n)d questions", total) % {"n": total}
    with transaction.atomic():
        # The conditional update locks the job's row: who lost the lease stops here.
        work.run.progress(min(99, 5 + 95 * total // work.wanted), words)
        Draft.objects.bulk_create(
            [_draft(work, part, item, there + at) for at, item in enumerate(batch.items, 1)],
            ignore_conflicts=True,
        )


def _draft(work: _Work, part: Part, item: CheckedQuestion, ordinal: int) -> Draft:
    return Draft(
        job_id=work.run.job_id,
        ordinal=ordinal,
        course=work.course,
        lesson=part.lesson,
        # Rules ask for what is stated, whatever was wished.
        bloom=Bloom.REMEMBER
        if item.provider == ExtractiveProvider.name
        else work.run.params.get("bloom", Bloom.REMEMBER),
        outcome=work.outcome,
        kind=item.question.kind,
        difficulty=work.run.params["difficulty"],
        content=to_json(item.question),
        evidence=list(item.question.evidence),
        source=part.source.cite(item.question.evidence),
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
        remarks.append(_fewer(work, made))
    wished = work.run.params.get("bloom", Bloom.REMEMBER)
    if wished != Bloom.REMEMBER and any(draft.bloom != wished for draft in made):
        remarks.append(_("Rules ask for what the text states; other levels need a model."))
    by_lesson = Counter(draft.lesson_id for draft in made)
    return {
        "asked": work.wanted,
        "made": len(made),
        "drafts": [draft.public_id for draft in made],
        "providers": sorted({draft.provider for draft in made}),
        "rejected": dict(work.rejected),
        "remarks": remarks,
        "coverage": [
            {
                "lesson": part.lesson.public_id if part.lesson else None,
                "title": part.source.title,
                "asked": part.quota,
                "made": by_lesson[part.lesson_id],
            }
            for part in work.parts
        ],
    }


def _fewer(work: _Work, made: list[Draft]) -> str:
    """Why there are fewer questions than were asked for."""
    words = sum(len(part.source.text.split()) for part in work.parts)
    return ngettext(
        "%(made)d of %(asked)d: the text of %(words)d word holds no more facts to ask for.",
        "%(made)d of %(asked)d: the text of %(words)d words holds no more facts to ask for.",
        words,
    ) % {"made": len(made), "asked": work.wanted, "words": words}

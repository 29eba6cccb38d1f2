"""Code answers: tried against the examples while they are written, scored by a job once handed in.

Nothing runs in a web process. A handed-in answer waits; its job runs every test in the sandbox and
writes one step with the results. The sweep starts jobs for answers that wait without one: after a
dead worker, a lost job, a sandbox that was away.
"""

import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.turn import take_own_turn
from assessments.enums import AttemptState, StepKind, Verdict
from assessments.gateway.sandbox import Ended, Limits, Outcome, run_code
from assessments.models import Attempt, AttemptQuestion, QuestionVersion
from assessments.queries.access import require_place
from assessments.queries.code import BY_JOB, why_no_code
from assessments.queries.content import version_content
from assessments.rules import ANSWER_ATTEMPT
from assessments.scoring.code import Code, CodeTest, Ran, earned, passes
from assessments.scoring.content import detail_of
from assessments.scoring.numbers import portion
from assessments.scoring.registry import read_answer
from assessments.scoring.score import verdict_of
from assessments.services.closing import settle
from assessments.services.code_jobs import SCORE_CODE, ask_for_scores
from assessments.services.grading import conclude
from assessments.services.log import add_step, take_turn
from assessments.services.running import open_question, require_page
from assessments.services.sandbox_report import own_sandbox
from lms.kernel import clock
from lms.kernel.actors import Actor, system
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, SignInRequired
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import require

RUN_EXAMPLES: Final = "assessments.run_examples"
SHOWN_OUTPUT: Final = 2_000  # characters of a visible test's output that are kept
SWEEP_AFTER: Final = timedelta(minutes=2)
EXAMPLES_SECONDS: Final = 30  # after which a run of the examples tries no further test
SWEEP_EVERY: Final = 3600  # seconds between two jobs for the same answers


def require_code_on() -> None:
    """Raise Conflict `code_off` with the reason while no code runs on this site."""
    reason = why_no_code()
    if reason:
        raise Conflict(reason, code="code_off")


def require_rest(actor: Actor, kind: str) -> None:
    """Raise Conflict `already_running` while a run of that kind of theirs has not ended.

    The caller opened the transaction in which the next run is queued.
    """
    take_own_turn(actor)
    going = Job.objects.filter(kind=kind, created_by_id=actor.user_id, state__in=UNFINISHED_STATES)
    if going.exists():
        raise Conflict(_("Your last run has not ended yet."), code="already_running")


def run_examples(*, actor: Actor, attempt: Attempt, question: AttemptQuestion, code: object) -> Job:
    """Start a job that runs a program against the visible tests; it saves and scores nothing.

    Raises Conflict `code_off`, `already_running`, `deadline_passed`, `attempt_closed` or
    `attempt_paused`, Invalid for `answer` when it is no program or the question is none of code,
    and what `require` raises.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    if actor.user_id is None:
        raise SignInRequired
    settle(attempt)
    require_code_on()
    with transaction.atomic():
        row, part = open_question(attempt, question)
        require_page(row, part)
        if part.version.question.kind not in BY_JOB:
            raise Invalid(_("This question runs no code."), field="answer")
        program = read_answer(version_content(part.version), code)
        if program is None:
            raise Invalid(_("Write something first."), field="answer")
        require_rest(actor, RUN_EXAMPLES)
        params = {"question": part.pk, "code": program}
        return enqueue(RUN_EXAMPLES, actor=actor, params=params, course_id=row.course_id)


def do_run_examples(run: JobRun) -> dict[str, Any]:
    """The work of that job: what each visible test saw. Raises Conflict `code_off`."""
    rows = AttemptQuestion.objects.select_related("version__question")
    content = version_content(rows.get(pk=run.params["question"]).version)
    code = detail_of(content, Code)
    tests = [one for one in code.tests if not one.hidden]
    told, until = [], time.monotonic() + EXAMPLES_SECONDS
    for number, test in enumerate(tests, start=1):
        run.checkpoint()
        if time.monotonic() < until:
            with own_sandbox(run):
                outcome = outcome_of(code, test, run.params["code"])
        else:  # others wait for this worker
            outcome = Outcome(Ended.TIME, out="", err="", value="", cpu_ms=0)
        result = ran(test, outcome)
        told.append({**asdict(result), "number": number, "error": outcome.err[-SHOWN_OUTPUT:]})
    return {"tests": told}


def do_score_code(run: JobRun) -> dict[str, Any]:
    """The work of that job: run every test of every answer that waits, and write the scores."""
    again = run.params.get("again")
    parts = AttemptQuestion.objects.filter(
        attempt=run.params["attempt"], version__question__kind__in=BY_JOB, overridden=False
    ).exclude(attempt__state=AttemptState.OPEN)
    asked = parts.filter(pk=again) if again else parts.filter(verdict=Verdict.WAITING)
    scored = 0
    for part in asked.select_related("version__question", "scored_with__question"):
        version = _version_for(part, run.params.get("version"))
        content, results = version_content(version), list[Ran]()
        code = detail_of(content, Code)
        for test in code.tests if part.answer is not None else ():
            run.checkpoint()
            with own_sandbox(run):
                results.append(ran(test, outcome_of(code, test, str(part.answer))))
        if results:
            scored += record(part, version, results, again=bool(again))
    return {"scored": scored}


def _version_for(part: AttemptQuestion, named: int | None) -> QuestionVersion:
    """The version whose tests score: the one that a regrade named, else as it was asked."""
    if named is not None:
        rows = QuestionVersion.objects.select_related("question")
        return rows.get(pk=named, question=part.version.question_id)
    return part.scored_with or part.version


def sweep_code(*, limit: int = 200) -> int:
    """Start jobs for answers that wait without a score for minutes; returns for how many attempts.

    One job an hour for each attempt, so that an answer that ends its workers does not end them all.
    """
    if why_no_code():
        return 0
    waiting = AttemptQuestion.objects.filter(
        verdict=Verdict.WAITING,
        answer__isnull=False,  # the program of somebody who was erased is gone
        version__question__kind__in=BY_JOB,
        attempt__state=AttemptState.SUBMITTED,
        attempt__submitted_at__lt=clock.now() - SWEEP_AFTER,
    )
    going = Job.objects.filter(kind=SCORE_CODE, state__in=UNFINISHED_STATES)
    busy = {params.get("attempt") for params in going.values_list("params", flat=True)}
    found = waiting.order_by().values_list("attempt", flat=True).distinct()[:limit]
    ids = [one for one in found if one not in busy]
    hour = int(clock.now().timestamp()) // SWEEP_EVERY
    for row in Attempt.objects.filter(pk__in=ids):
        ask_for_scores(row, key=str(hour))
    return len(ids)


def outcome_of(code: Code, test: CodeTest, program: str) -> Outcome:
    """Run a program in the sandbox as one test asks; raises SandboxAway."""
    return run_code(
        program,
        stdin="" if test.call else test.given,
        expression=test.given.strip() if test.call else "",
        limits=Limits(seconds=code.seconds, memory_mb=code.memory_mb),
    )


def ran(test: CodeTest, outcome: Outcome) -> Ran:
    """Whether it passed, and of a hidden test nothing else.

    A program can say what it read by how long it takes and by how it ends, too.
    """
    done = outcome.ended is Ended.DONE
    passed = done and passes(test, out=outcome.out, value=outcome.value)
    if test.hidden:
        ended = Ended.DONE if passed else Ended.ERROR
        return Ran(id=test.id, passed=passed, ended=ended.value, ms=0, hidden=True, out="")
    said = outcome.value if test.call else outcome.out
    return Ran(
        id=test.id,
        passed=passed,
        ended=outcome.ended.value,
        ms=outcome.cpu_ms,
        hidden=False,
        out=said[:SHOWN_OUTPUT],
    )


@transaction.atomic
def record(
    part: AttemptQuestion, version: QuestionVersion, results: list[Ran], *, again: bool = False
) -> bool:
    """Write the score with its results and whose tests they were, unless somebody set it."""
    content = version_content(version)
    take_turn(part.attempt.course_id, part.attempt.learner_id)
    rows = Attempt.objects.select_related("quiz__lesson", "learner")
    row = lock(rows.filter(pk=part.attempt_id)).get()
    fresh = AttemptQuestion.objects.get(pk=part.pk)
    if fresh.overridden or fresh.answer != part.answer or (fresh.score is not None and not again):
        return False
    fraction = earned(content, results)
    score = portion(fraction, fresh.points)
    data: dict[str, Any] = {"score": str(score), "verdict": str(verdict_of(fraction))}
    kind = StepKind.SCORED
    if fresh.score is not None:
        kind, data["before"], data["after"] = StepKind.REGRADED, str(fresh.score), str(score)
    data["tests"] = [asdict(one) for one in results]
    actor = system(SCORE_CODE)
    add_step(row, kind, actor=actor, question=fresh, data=data)
    fresh.score, fresh.verdict = score, verdict_of(fraction)
    if fresh.scored_with_id is not None or version.pk != fresh.version_id:
        fresh.scored_with = version
    fresh.save(update_fields=["score", "verdict", "seq", "scored_with"])
    conclude(row, actor=actor)
    return True

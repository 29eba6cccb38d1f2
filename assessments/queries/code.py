"""Whether code runs on this site, and how the tests of an answer went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from assessments.enums import QuestionKind, StepKind
from assessments.models import AttemptQuestion, AttemptStep, SandboxReport
from assessments.scoring.code import Code, Ran
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.kinds import Marking
from assessments.scoring.registry import TYPES
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.jobs.access import VIEW_JOB
from lms.kernel.models import Job, JobState
from lms.kernel.rules import fetch

TRY_CODE: Final = "assessments.try_code"
REPORT_FOR: Final = timedelta(minutes=15)  # for which a worker's word on its sandbox holds
BY_JOB: Final = tuple(one.kind for one in TYPES if one.marking is Marking.JOB)


@dataclass(frozen=True, slots=True)
class TestLine:
    """A test of an answer as its learner and staff see it.

    `given` and `expected` are empty for hidden tests, whoever looks. `passed` is None while it has
    not run.
    """

    number: int
    hidden: bool
    given: str
    expected: str
    call: bool
    passed: bool | None
    ended: str = ""
    ms: int = 0
    out: str = ""


@dataclass(frozen=True, slots=True)
class TriedTest:
    """A test of an author's trial with all that came of it; the author sees hidden ones too."""

    number: int
    hidden: bool
    given: str
    expected: str
    weight: int
    passed: bool
    ended: str
    ms: int
    out: str
    error: str


@dataclass(frozen=True, slots=True)
class Trial:
    """An author's trial: its job, and its tests once the job has succeeded."""

    job: Job
    tests: list[TriedTest]

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.job.finished

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(one.passed for one in self.tests)


def trial_of(actor: Actor, course_id: int, job_id: str) -> Trial:
    """An own trial in that course; raises NotFound."""
    job = fetch(actor, VIEW_JOB, public_id=job_id, course_id=course_id, kind=TRY_CODE)
    results = (job.result or {}).get("tests", []) if job.state == JobState.SUCCEEDED else []
    tests = [
        TriedTest(
            hidden=row["hidden"],
            given=row["given"],
            expected=row["expected"],
            weight=row["weight"],
            **result,
        )
        for row, result in zip(job.params["code"]["tests"], results, strict=False)
    ]
    return Trial(job, tests)


def sandbox_reports() -> list[SandboxReport]:
    """What the workers that take code said of their sandboxes lately, by name."""
    return list(SandboxReport.objects.filter(at__gt=clock.now() - REPORT_FOR))


def why_no_code() -> str:
    """Why no code runs on this site, in words; empty while some worker's sandbox holds."""
    if not settings.CODE_QUESTIONS:
        return _("Code questions are switched off on this site (LMS_CODE_QUESTIONS).")
    said = sandbox_reports()
    if not said:
        return _("No worker has tested its sandbox in the last quarter of an hour.")
    if any(not one.reason for one in said):
        return ""
    return " ".join(dict.fromkeys(one.reason for one in said))


def code_state() -> str:
    """The line of /readyz, which everybody reads: off, degraded, or nothing when all is well.

    Degraded is also a site where some worker has no sandbox while others have one.
    """
    if not settings.CODE_QUESTIONS:
        return "off"
    said = sandbox_reports()
    return "" if said and not any(one.reason for one in said) else "degraded"


def is_scored_by_job(part: AttemptQuestion) -> bool:
    """Whether a job scores the answer; its version and question have to be loaded."""
    return part.version.question.kind in BY_JOB


def test_lines(content: QuestionContent, results: Mapping[str, Ran]) -> list[TestLine]:
    """The tests of a code question with what came out when they last ran; none for other types."""
    if content.kind != QuestionKind.CODE:
        return []
    lines = []
    for number, test in enumerate(detail_of(content, Code).tests, start=1):
        found = results.get(test.id)
        lines.append(
            TestLine(
                number=number,
                hidden=test.hidden,
                given="" if test.hidden else test.given,
                expected="" if test.hidden else test.expected,
                call=test.call,
                passed=found.passed if found else None,
                ended=found.ended if found else "",
                ms=found.ms if found else 0,
                out="" if test.hidden or found is None else found.out,
            )
        )
    return lines


def last_results(part_ids: Iterable[int]) -> dict[int, dict[str, Ran]]:
    """By question of an attempt and id of the test, from the last step that tells of tests."""
    kinds = (StepKind.SCORED, StepKind.REGRADED)
    steps = AttemptStep.objects.filter(question__in=list(part_ids), kind__in=kinds)
    found: dict[int, dict[str, Ran]] = {}
    for step in steps.order_by("pk"):
        rows: list[dict[str, Any]] = step.data.get("tests") or []
        if rows and step.question_id is not None:
            results = [Ran(**row) for row in rows]
            found[step.question_id] = {one.id: one for one in results}
    return found

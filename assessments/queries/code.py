"""Whether code runs on this site, and how the tests of an answer went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from assessments.enums import QuestionKind, StepKind
from assessments.models import AttemptQuestion, AttemptStep
from assessments.scoring.code import Code, Ran
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.kinds import Marking
from assessments.scoring.registry import TYPES

SANDBOX_KEY: Final = "assessments.sandbox"
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


def why_no_code() -> str:
    """Why no code runs on this site, in words; empty when it does. A worker says so of itself."""
    if not settings.CODE_QUESTIONS:
        return _("Code questions are switched off on this site (LMS_CODE_QUESTIONS).")
    said = cache.get(SANDBOX_KEY)
    if said is None:
        return _("No worker has tested its sandbox in the last quarter of an hour.")
    return str(said)


def code_state() -> str:
    """The line of /readyz, which everybody reads: off, degraded, or nothing when all is well."""
    if not settings.CODE_QUESTIONS:
        return "off"
    return "degraded" if why_no_code() else ""


def is_by_job(part: AttemptQuestion) -> bool:
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

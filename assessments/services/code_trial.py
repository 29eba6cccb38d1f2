"""An author tries a program against all tests of a code question before anybody is asked it.

The question is taken as it stands in the editor and need not be saved. Nothing is stored but the
job of the trial, which its author alone reads.
"""

import time
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.gateway.sandbox import Ended, Outcome
from assessments.models import Question
from assessments.queries.code import TRY_CODE
from assessments.queries.content import version_content
from assessments.rules import VIEW_QUESTION
from assessments.scoring.code import Code, CodeTest
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.registry import checked
from assessments.services.code import (
    SHOWN_OUTPUT,
    outcome_of,
    ran,
    require_code_on,
    require_rest,
)
from assessments.services.sandbox_report import own_sandbox
from courses.models import Course
from courses.rules import ASSIST_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, SignInRequired
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import Job
from lms.kernel.rules import require

TRIAL_SECONDS: Final = 60  # after which no further test is tried


@transaction.atomic
def try_code(
    *, actor: Actor, course: Course, content: QuestionContent, program: str, field: str
) -> Job:
    """Start a job that runs a program against every test of the question, hidden ones too.

    Raises Invalid for `field` when there is no program or naming what keeps the question from being
    asked, Conflict `not_code`, `code_off` or `already_running`, and what `require` raises.
    """
    require(actor, ASSIST_COURSE, course)
    if actor.user_id is None:
        raise SignInRequired
    if content.kind != QuestionKind.CODE:
        raise Conflict(_("Only code questions run programs."), code="not_code")
    require_code_on()
    code = detail_of(checked(content), Code)
    if not program.strip():
        raise Invalid(_("Write a program first."), field=field)
    require_rest(actor, TRY_CODE)
    params = {"program": program, "code": {**asdict(code), "solution": "", "starter": ""}}
    return enqueue(TRY_CODE, actor=actor, params=params, course_id=course.pk)


def try_stored(
    *, actor: Actor, question: Question, course: Course | None, program: str | None = None
) -> Job:
    """The same for a question as it is stored; without a program its own right one runs.

    Raises Invalid(field="course") for a question of a bank of no course while none is named, and
    what `try_code` and `require` raise.
    """
    require(actor, VIEW_QUESTION, question)
    if course is None:
        raise Invalid(_("Name a course in which it is tried."), field="course")
    content = version_content(question.latest)
    if program is None and content.kind == QuestionKind.CODE:
        program = detail_of(content, Code).solution
    return try_code(
        actor=actor, course=course, content=content, program=program or "", field="code"
    )


def do_try_code(run: JobRun) -> dict[str, Any]:
    """The work of that job: `{tests: [{number, passed, ended, ms, out, error}]}`, none left out.

    Raises Conflict `code_off`.
    """
    said = dict(run.params["code"])
    tests = [CodeTest(**row) for row in said.pop("tests")]
    code = Code(**said, tests=tuple(tests))
    told, until = [], time.monotonic() + TRIAL_SECONDS
    for number, test in enumerate(tests, start=1):
        run.progress(100 * (number - 1) // len(tests))
        outcome = Outcome(Ended.TIME, out="", err="", value="", cpu_ms=0)
        if time.monotonic() < until:  # others wait for this worker
            with own_sandbox(run):
                outcome = outcome_of(code, test, run.params["program"])
        result = ran(test, outcome)
        out = (outcome.value if test.call else outcome.out)[:SHOWN_OUTPUT]
        told.append(
            {
                "number": number,
                "passed": result.passed,
                "ended": outcome.ended.value,
                "ms": outcome.cpu_ms,
                "out": out,
                "error": outcome.err[-SHOWN_OUTPUT:],
            }
        )
    return {"tests": told}

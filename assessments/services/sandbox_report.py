"""Each worker that takes code says whether its sandbox holds; no worker speaks for another."""

import logging
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext as _

from assessments.gateway.sandbox import SandboxAway, check
from assessments.models import SandboxReport
from assessments.queries.code import sandbox_reports
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.kernel.jobs import JobRun
from lms.kernel.jobs.run import MAX_ATTEMPTS, LeaseLost

LONGEST_NAME: Final = 200
log = logging.getLogger(__name__)


def worker_name() -> str:
    """What this worker is called: `WORKER_NAME` and the machine, as the image names it."""
    return f"{os.environ.get('WORKER_NAME', 'worker')}@{platform.node()}"[:LONGEST_NAME]


def report_sandbox() -> str:
    """Test the sandbox of this worker and say so; returns why it runs no code, or nothing."""
    reason, name = check(), worker_name()
    before = SandboxReport.objects.filter(worker=name).values_list("reason", flat=True).first()
    said = {"reason": reason, "at": clock.now()}
    SandboxReport.objects.update_or_create(worker=name, defaults=said)
    if reason and reason != before:
        log.error("%s runs no code: %s", name, reason)
    return reason


@contextmanager
def own_sandbox(run: JobRun) -> Iterator[None]:
    """Run code of a job here; where this worker turns out to have no sandbox, another tries.

    A worker without one says so. The job is then left to expire, so that it is queued again, as
    long as some other worker holds; else it fails with Conflict `code_off`.
    """
    try:
        yield
    except SandboxAway as problem:
        away = bool(report_sandbox())
        others = any(not one.reason for one in sandbox_reports())
        if away and others and run.attempt < MAX_ATTEMPTS:
            raise LeaseLost from problem
        words = _("The program could not be run: %(why)s") % {"why": problem}
        raise Conflict(words, code="code_off") from problem

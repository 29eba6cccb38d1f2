"""Work of the AI queue."""

from typing import Any

from ai.queries.draft import KIND
from ai.services.generation import run_generation
from lms.kernel.jobs import JobRun, job_task


@job_task(KIND, queue="ai")
def generate_questions(run: JobRun) -> dict[str, Any]:
    """Make drafts of questions."""
    return run_generation(run)

"""Work of the AI queue."""

from typing import Any

from celery import shared_task
from celery.signals import celeryd_after_setup

from ai.queries.answer_draft import KIND as DRAFT_ANSWERS
from ai.queries.content import KIND as CONTENT
from ai.queries.draft import KIND
from ai.queries.mark_draft import KIND as DRAFT_MARK
from ai.services.budget import sweep
from ai.services.cache import forget_old
from ai.services.content import run_content
from ai.services.exchanges import forget_old_conversations
from ai.services.generation import run_generation
from ai.services.index_jobs import run_course_index, run_lesson_index
from ai.services.marking import run_mark_draft
from ai.services.providers import load_early
from ai.services.short_answers import run_answer_drafts
from ai.services.texts import forget_texts
from lms.kernel.jobs import JobRun, job_task

QUEUE = "ai"


@celeryd_after_setup.connect
def prepare_worker(instance: Any, **_kwargs: Any) -> None:
    """Load the language model in a worker of this queue before it forks.

    It takes seconds; once here it is shared by all processes of the worker and nobody waits.
    """
    if QUEUE in instance.app.amqp.queues.consume_from:
        load_early()


@job_task(KIND, queue=QUEUE)
def generate_questions(run: JobRun) -> dict[str, Any]:
    """Make drafts of questions."""
    return run_generation(run)


@job_task(DRAFT_MARK, queue=QUEUE)
def draft_mark(run: JobRun) -> dict[str, Any]:
    """Read a submission by its rubric."""
    return run_mark_draft(run)


@job_task(DRAFT_ANSWERS, queue=QUEUE)
def draft_answers(run: JobRun) -> dict[str, Any]:
    """Compare an attempt's short answers with the accepted ones."""
    return run_answer_drafts(run)


@job_task("ai.index_lesson", queue=QUEUE)
def index_lesson(run: JobRun) -> dict[str, Any]:
    """Bring the tutor's index after one lesson."""
    return {"written": run_lesson_index(run.actor(), run.params["lesson_id"])}


@job_task("ai.index_course", queue=QUEUE)
def index_course(run: JobRun) -> dict[str, Any]:
    """Bring the tutor's index after a whole course."""
    return {"written": run_course_index(run.actor(), run.params["course_id"])}


@shared_task(name="ai.sweep_budget", ignore_result=True)
def sweep_budget() -> int:
    """Settle the calls whose process ended; returns how many."""
    return sweep()


@shared_task(name="ai.forget", ignore_result=True)
def forget() -> int:
    """Forget cached answers and kept texts that are past their time; returns how many."""
    return forget_old() + forget_texts()


@job_task(CONTENT, queue=QUEUE)
def generate_content(run: JobRun) -> dict[str, Any]:
    """Make pieces of teaching material."""
    return run_content(run)


@shared_task(name="ai.forget_conversations", ignore_result=True)
def forget_conversations() -> None:
    """Keep to what the privacy map promises of conversations with the tutor."""
    forget_old_conversations()

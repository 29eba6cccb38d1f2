"""Ask for the scores of code answers: the one thing that closing and scoring again know of code."""

from typing import Any, Final

from assessments.models import Attempt, AttemptQuestion
from lms.kernel.actors import system
from lms.kernel.jobs import enqueue

SCORE_CODE: Final = "assessments.score_code"


def ask_for_scores(
    row: Attempt,
    *,
    again: AttemptQuestion | None = None,
    with_version: int | None = None,
    key: str = "first",
) -> None:
    """Start the job that scores the code answers of a handed-in attempt, once for each `key`.

    `again` scores that one question again, whatever its score, by the tests of `with_version`.
    """
    params: dict[str, Any] = {"attempt": row.pk}
    if again is not None:
        params |= {"again": again.pk, "version": with_version}
    enqueue(
        SCORE_CODE,
        actor=system(SCORE_CODE),
        params=params,
        course_id=row.course_id,
        idempotency_key=f"{SCORE_CODE}:{row.pk}:{again.pk if again else 0}:{key}",
    )

"""What a course's bank asks already, as far as a new question must differ from it."""

from typing import Any

from ai.gateway.checks import Known
from assessments.queries.bank import QuestionFilter, questions
from courses.models import Course
from lms.kernel.actors import Actor

MAX_BANK = 500


def known_questions(
    actor: Actor, course: Course | None, *, without: int | None = None
) -> list[Known]:
    """Stems of the course's bank with their right answers, newest first, at most 500.

    `without` is the key of a question that is asked anew and may be asked again.
    """
    if course is None:
        return []
    rows = questions(actor, QuestionFilter(), course=course).exclude(pk=without or 0)[:MAX_BANK]
    return [
        Known(row.text, _answer(row.latest.body, row.latest.key) if row.latest else "")
        for row in rows
    ]


def _answer(body: dict[str, Any], key: dict[str, Any]) -> str:
    """The right answer in words; empty for kinds that have none."""
    if key.get("accepted"):
        return str(key["accepted"][0])
    correct = set(key.get("correct") or ())
    right = [str(o.get("text", "")) for o in body.get("options") or () if o.get("id") in correct]
    return "; ".join(right) or str(key.get("value") or "")

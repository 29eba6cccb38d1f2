"""What a new attempt asks: what was prepared for its learner while it holds, else drawn now."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from assessments.models import Attempt, AttemptQuestion, PreparedAttempt, PreparedQuestion, Quiz
from assessments.queries.preparing import shape_of, still_fits
from assessments.scoring.score import total
from assessments.services.drawing import (
    choose_questions,
    drawn_keys,
    pages_of,
    write_questions,
)
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict

COPIED: Final = (
    "public_id",
    "version",
    "section",
    "ordinal",
    "page",
    "option_order",
    "drawn",
    "points",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions of a new attempt; `write` stores them, `drawn` are those that draws gave."""

    page_count: int
    max_score: Decimal
    drawn: list[int]
    write: Callable[[Attempt], None]


def plan_for(quiz: Quiz, learner_id: int, *, is_first: bool) -> Plan:
    """What the learner's next attempt asks; the caller is in their turn.

    Raises what `choose_questions` raises.
    """
    prepared = _prepared(quiz, learner_id) if is_first else None
    if prepared is not None:
        return prepared
    asked = choose_questions(quiz, learner_id)
    return Plan(
        page_count=pages_of(asked, quiz),
        max_score=total(one.points for one in asked),
        drawn=drawn_keys(asked),
        write=lambda attempt: write_questions(attempt, asked, quiz),
    )


def _prepared(quiz: Quiz, learner_id: int) -> Plan | None:
    """What was prepared, unless the quiz or its bank changed since; it stays locked."""
    row = lock(PreparedAttempt.objects.filter(quiz=quiz, learner_id=learner_id)).first()
    if row is None:
        return None
    shape = shape_of(quiz)
    drawn = still_fits(quiz, shape, row) if row.fingerprint == shape.fingerprint else None
    if drawn is None:
        return None
    return Plan(row.page_count, row.max_score, drawn, lambda attempt: _copy(row, attempt))


def _copy(row: PreparedAttempt, attempt: Attempt) -> None:
    """Make prepared questions those of an attempt, inside the database.

    They stay behind until the sweep: an attempt that is there makes them worthless, and their ids,
    which are unique, keep anybody from getting them again.
    """
    statement, defaults = _copy_statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, [attempt.pk, *defaults, row.pk])
        copied = cursor.rowcount
    if copied != row.question_count:
        words = _("The quiz was changed in this moment. Start again.")
        raise Conflict(words, code="quiz_changed")


@cache
def _copy_statement() -> tuple[str, list[Any]]:
    """The statement that copies, and the values of what a fresh question has not been given."""
    own = {field.name: field for field in PreparedQuestion._meta.concrete_fields}
    columns, values, defaults = ["attempt_id"], ["%s"], []
    for field in AttemptQuestion._meta.concrete_fields:
        if field.primary_key or field.name == "attempt":
            continue
        columns.append(str(field.column))
        if field.name in COPIED:
            values.append(str(own[field.name].column))
        else:
            values.append("%s")
            defaults.append(field.get_db_prep_save(field.get_default(), connection))
    statement = (
        f"INSERT INTO {AttemptQuestion._meta.db_table} ({', '.join(columns)})"  # noqa: S608 - names
        f" SELECT {', '.join(values)} FROM {PreparedQuestion._meta.db_table}"
        " WHERE prepared_id = %s"
    )
    return statement, defaults

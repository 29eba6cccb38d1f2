"""Who may write in a room at this moment with nothing in their way, by one prepared statement.

This is a short cut for the usual case and never the last word: whoever is not found here goes
through the rules and hears from them what stands in the way.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Exists, Model, OuterRef

from accounts.models import User
from assessments.queries.exam import kept_quiet
from courses.enums import EnrolmentState
from courses.models import Course, Enrolment
from courses.models.roles import note_role, remembering_roles
from courses.rules import TALK_COURSE
from lms.kernel import actors, clock
from lms.kernel.db.prepared import rows_of
from lms.kernel.rules import allows
from realtime.queries.chat import is_over
from realtime.rules import lasting_restrictions

PERSON: Final = frozenset(
    ("id", "public_id", "email", "name", "site_role", "is_active", "erased_at")
)
COURSE: Final = frozenset(("id", "public_id", "state", "deleted_at", "ends_at", "language"))
# Stand where the values of a question come; the ORM words the statement around them once.
_NOW: Final = datetime(2999, 1, 1, tzinfo=UTC)
_COURSE: Final = -1
_FIRST: Final = -2
M = TypeVar("M", bound=Model)


def clear_writers(course_id: int, user_ids: Iterable[int]) -> tuple[Course | None, dict[int, User]]:
    """The course and, by key, who of these may write there now; both hold few columns.

    Left out are people of whom an exam, a mute, a ban or the course's end keeps the words, who are
    members no more, and administrators who are none. PostgreSQL alone is asked: elsewhere nobody
    is clear.
    """
    asked = sorted(set(user_ids))
    if connection.vendor != "postgresql" or not asked:
        return None, {}
    found: dict[int, User] = {}
    course = None
    with remembering_roles():
        for role, *values in _ask(course_id, asked):
            person = _loaded(User, PERSON, values[: len(PERSON)])
            course = course or _loaded(Course, COURSE, values[len(PERSON) :])
            note_role(person.pk, course_id, role)
            actor = actors.for_user(person)
            if allows(actor, TALK_COURSE, course) and not is_over(course):
                found[person.pk] = person
    return course, found


def _ask(course_id: int, user_ids: list[int]) -> list[tuple[Any, ...]]:
    size = 1 << (len(user_ids) - 1).bit_length()  # few statements, whatever the crowd
    padded = user_ids + user_ids[-1:] * (size - len(user_ids))
    sql, params = _statement(size)
    now = clock.now()
    return rows_of(sql, [_value(given, course_id, padded, now) for given in params])


def _value(given: Any, course_id: int, user_ids: list[int], now: datetime) -> Any:
    if isinstance(given, datetime):
        return now + (given - _NOW)
    if isinstance(given, int) and given < 0:
        return course_id if given == _COURSE else user_ids[_FIRST - given]
    return given


@cache
def _statement(size: int) -> tuple[str, tuple[Any, ...]]:
    marks = [_FIRST - place for place in range(size)]
    quiet = kept_quiet(_NOW).filter(learner=OuterRef("user"), course=OuterRef("course"))
    kept = lasting_restrictions(_NOW).filter(user=OuterRef("user"), course=OuterRef("course"))
    rows = Enrolment.objects.filter(
        ~Exists(quiet),
        ~Exists(kept),
        course=_COURSE,
        user__in=marks,
        state=EnrolmentState.ACTIVE,
        user__is_active=True,
    )
    person = [f"user__{name}" for name in _columns(User, PERSON)]
    course = [f"course__{name}" for name in _columns(Course, COURSE)]
    return rows.order_by().values_list("role", *person, *course).query.sql_with_params()


@cache
def _columns(model: type[Model], names: frozenset[str]) -> list[str]:
    """In the order in which Django reads them."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


def _loaded(model: type[M], names: frozenset[str], values: list[Any]) -> M:
    """An object of some of its columns; asked for another, it reads that."""
    return model.from_db(connection.alias, _columns(model, names), values)

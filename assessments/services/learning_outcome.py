"""The learning outcomes of a course: add, change, order, delete."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.exchange.filed import Filed, Goal
from assessments.models import LearningOutcome, QuestionBank
from assessments.queries.filing import builds_on, outcome_courses
from assessments.rules import VIEW_OUTCOME
from assessments.scoring.folding import fold
from assessments.scoring.naming import outcome_code, outcome_title
from assessments.scoring.prerequisites import circle
from assessments.services.editing import locked, save_changes
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import allows, require
from lms.kernel.text import require_text

MAX_OUTCOMES: Final = 300
MAX_DESCRIPTION: Final = 5_000
MAX_PREREQUISITES: Final = 20
COMMA: Final = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFields:
    """What an outcome says: a short code, a title on one line, a description in Markdown.

    A code has no comma. `prerequisites` are what it builds on, at most 20; None leaves them.
    """

    code: str
    title: str
    description: str = ""
    prerequisites: Sequence[LearningOutcome] | None = None


@dataclass(frozen=True, slots=True)
class OutcomePlan:
    """What the outcomes that a file names are in a bank; both by the folded code.

    `known` are there already, `fresh` are to be made. What is in neither cannot come.
    """

    known: Mapping[str, LearningOutcome]
    fresh: Mapping[str, Goal]

    def losses(self, filed: Filed) -> list[str]:
        """What a question loses of its outcomes, in words."""
        words = [
            _("%(code)s is called “%(title)s” here.") % {"code": goal.code, "title": there.title}
            for goal in filed.outcomes
            if (there := self.known.get(goal.folded)) is not None and there.title != goal.title
        ]
        missing = [
            goal.code
            for goal in filed.outcomes
            if goal.folded not in self.known and goal.folded not in self.fresh
        ]
        if missing:
            said = _("Learning outcomes that the course does not have: %(codes)s.")
            words.append(said % {"codes": ", ".join(missing)})
        return words


@transaction.atomic
def add_outcome(*, actor: Actor, course: Course, fields: OutcomeFields) -> LearningOutcome:
    """A new outcome after the others.

    Raises Invalid naming the field, Conflict `too_many`, and what `require` raises.
    """
    require(actor, MANAGE_COURSE, course)
    _hold(course)
    values = _checked(course, fields)
    rows = LearningOutcome.objects.filter(course=course)
    if rows.count() >= MAX_OUTCOMES:
        raise Conflict(_("A course has at most 300 outcomes."), code="too_many")
    last = rows.aggregate(last=Max("ordinal"))["last"] or 0
    row = LearningOutcome.objects.create(course=course, ordinal=last + 1, **values)
    _build(row, fields.prerequisites)
    return row


@transaction.atomic
def update_outcome(
    *, actor: Actor, outcome: LearningOutcome, fields: OutcomeFields, expected: int | None = None
) -> LearningOutcome:
    """Change what it says. Raises Stale, Invalid naming the field, and what `require` raises."""
    require(actor, MANAGE_COURSE, outcome.course)
    _hold(outcome.course)
    row = locked(outcome, expected=expected)
    row = save_changes(row, **_checked(row.course, fields, itself=row))
    _build(row, fields.prerequisites)
    return row


@transaction.atomic
def delete_outcome(*, actor: Actor, outcome: LearningOutcome) -> int:
    """Remove it; answers how many questions served it. Raises what `require` raises."""
    require(actor, MANAGE_COURSE, outcome.course)
    row = locked(outcome)
    count = row.questions.count()
    row.delete()
    return count


@transaction.atomic
def reorder_outcomes(*, actor: Actor, course: Course, order: Sequence[str]) -> None:
    """Put them in the order of their public ids; raises Invalid unless each is named once."""
    require(actor, MANAGE_COURSE, course)
    _hold(course)
    rows = {row.public_id: row for row in LearningOutcome.objects.filter(course=course)}
    if sorted(order) != sorted(rows):
        raise Invalid(_("Name every outcome of the course once."), field="order")
    for ordinal, public_id in enumerate(order, start=1):
        rows[public_id].ordinal = ordinal
    LearningOutcome.objects.bulk_update(rows.values(), ["ordinal"])


def plan_outcomes(*, actor: Actor, bank: QuestionBank, goals: Iterable[Goal]) -> OutcomePlan:
    """Find outcomes of a file by their codes, among those the actor may see; writes nothing.

    Who manages the course of the bank brings along what it does not have, as far as a course has
    room and codes have no comma. In as many queries for a thousand as for one, in none for none.
    """
    wanted: dict[str, Goal] = {}
    for goal in goals:
        wanted.setdefault(goal.folded, goal)
    if not wanted:
        return OutcomePlan({}, {})
    reach = LearningOutcome.objects.filter(course__in=outcome_courses(bank))
    there = list(VIEW_OUTCOME.rows(actor).filter(pk__in=reach.values("pk")).order_by("-id"))
    known: dict[str, LearningOutcome] = {}
    for row in there:
        asked = wanted.get(row.folded)
        # A person's bank may reach two courses with the same code: the title then tells.
        if asked is not None and (row.folded not in known or row.title == asked.title):
            known[row.folded] = row
    fresh: dict[str, Goal] = {}
    if bank.course is not None and allows(actor, MANAGE_COURSE, bank.course):
        unknown = [one for folded, one in wanted.items() if folded not in known]
        missing = [one for one in unknown if COMMA not in one.code]
        fresh = {one.folded: one for one in missing[: max(0, MAX_OUTCOMES - len(there))]}
    return OutcomePlan(known, fresh)


@transaction.atomic
def ensure_outcomes(
    *, actor: Actor, bank: QuestionBank, plan: OutcomePlan
) -> dict[str, LearningOutcome]:
    """Make what a plan says is to be made; answers all of its outcomes by their folded codes.

    What somebody else made meanwhile is taken. Raises what `require` raises.
    """
    found = dict(plan.known)
    course = bank.course
    if not plan.fresh or course is None:
        return found
    require(actor, MANAGE_COURSE, course)
    _hold(course)
    rows = LearningOutcome.objects.filter(course=course)
    found |= {row.folded: row for row in rows if row.folded in plan.fresh}
    last = rows.aggregate(last=Max("ordinal"))["last"] or 0
    missing = [goal for folded, goal in plan.fresh.items() if folded not in found]
    made = LearningOutcome.objects.bulk_create(
        LearningOutcome(
            course=course,
            code=goal.code,
            folded=goal.folded,
            title=goal.title,
            ordinal=ordinal,
        )
        for ordinal, goal in enumerate(missing, start=last + 1)
    )
    return found | {row.folded: row for row in made}


def _build(row: LearningOutcome, wanted: Sequence[LearningOutcome] | None) -> None:
    """Say what an outcome builds on; the course is held, so that no circle is closed meanwhile."""
    if wanted is None:
        return
    field = "prerequisites"
    if len(wanted) > MAX_PREREQUISITES:
        raise Invalid(_("An outcome builds on at most 20 others."), field=field)
    if any(one.course_id != row.course_id for one in wanted):
        raise Invalid(_("This outcome belongs to another course."), field=field)
    way = circle(builds_on(row.course), row.pk, [one.pk for one in wanted])
    if way:
        rows = LearningOutcome.objects.filter(pk__in=way).values_list("pk", "code")
        codes = dict(rows)
        said = _("This goes in a circle, each building on the next: %(path)s.")
        raise Invalid(said % {"path": " → ".join(codes[key] for key in way)}, field=field)
    row.prerequisites.set(wanted)


def _hold(course: Course) -> None:
    if lock(Course.objects.filter(pk=course.pk)).first() is None:
        raise NotFound


def _checked(
    course: Course, fields: OutcomeFields, *, itself: LearningOutcome | None = None
) -> dict[str, Any]:
    code, title = outcome_code(fields.code), outcome_title(fields.title)
    # Codes stand in lists with commas between; those of before this was refused go on.
    if COMMA in code and (itself is None or itself.code != code):
        raise Invalid(_("Write a code without a comma."), field="code")
    same = LearningOutcome.objects.filter(course=course, folded=fold(code))
    if itself is not None:
        same = same.exclude(pk=itself.pk)
    if same.exists():
        raise Invalid(_("There is an outcome of this code already."), field="code")
    words = require_text(fields.description, field="description", max_length=MAX_DESCRIPTION)
    return {"code": code, "folded": fold(code), "title": title, "description": words}

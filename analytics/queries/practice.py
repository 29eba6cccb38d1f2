"""What to practise next in a course, with the reason in words.

Practice is a quiz without a limit of attempts that the learner may take now. An outcome waits
behind those it builds on until they are secure; what a learner may not open or take yet is not
recommended, and of equal ones the outcome that stands earlier in the course comes first.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.queries.asked import asked_outcomes
from analytics.queries.mastery import MasteryCell
from analytics.scoring.mastery.cells import LEAST_SHOWN, Level
from assessments.enums import AttemptState
from assessments.models import Attempt, Quiz
from assessments.queries.access import is_allowed_here
from assessments.queries.quiz import cooled_at
from assessments.queries.shown import Plans
from assessments.rules import TAKE_QUIZ
from courses.models import Course, Lesson
from lms.kernel import clock
from lms.kernel.actors import Actor

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Practice:
    """An outcome to practise, why, and where: the quiz's lesson, None where there is no practice.

    `begun` tells that an attempt waits to be gone on with.
    """

    cell: MasteryCell
    reason: str
    lesson: Lesson | None
    begun: bool = False


def recommended_practice(
    actor: Actor, course: Course, cells: Sequence[MasteryCell], *, limit: int = SHOWN
) -> list[Practice]:
    """The lowest mastery first within prerequisites, those with practice before those without.

    Secure ones never. `cells` are the asker's own. The same queries however many quizzes and
    outcomes there are.
    """
    waiting = [cell for cell in cells if cell.level != Level.SECURE]
    if actor.user_id is None or not waiting:
        return []
    quizzes = practice_quizzes(actor, course)
    places = asked_outcomes(course, [quiz for quiz, _begun in quizzes])
    begun = {quiz.pk for quiz, going in quizzes if going}
    found = []
    for cell in waiting:
        quiz = next((quiz for quiz, _going in quizzes if cell.outcome.pk in places[quiz.pk]), None)
        if quiz is None and not cell.answers:
            continue
        lesson = quiz.lesson if quiz else None
        going = quiz is not None and quiz.pk in begun
        found.append(Practice(cell, f"{reason_of(cell)}{_waits(cell, waiting)}", lesson, going))
    return _in_order(found)[:limit]


def _in_order(found: Sequence[Practice]) -> list[Practice]:
    """Each after what it builds on, and else by need: a circle cannot be stored."""
    left = sorted(
        found, key=lambda one: (one.lesson is None, one.cell.mastery is None, _order(one.cell))
    )
    placed: list[Practice] = []
    while left:
        keys = {one.cell.outcome.pk for one in left}
        free = (one for one in left if not keys & {on.pk for on in one.cell.builds_on})
        following = next(free, left[0])
        placed.append(following)
        left.remove(following)
    return placed


def _waits(cell: MasteryCell, waiting: Sequence[MasteryCell]) -> str:
    """Which of its prerequisites are not secure, as a sentence more; empty where all are."""
    open_keys = {one.outcome.pk for one in waiting}
    names = [f"“{one.title}”" for one in cell.builds_on if one.pk in open_keys]
    if not names:
        return ""
    return " " + ngettext(
        "It builds on %(outcomes)s, which comes first.",
        "It builds on %(outcomes)s, which come first.",
        len(names),
    ) % {"outcomes": ", ".join(names)}


def reason_of(cell: MasteryCell) -> str:
    """Why an outcome is worth practising, in a sentence."""
    if not cell.answers:
        return _("You have not answered anything on this yet.")
    if cell.mastery is None:
        missing = LEAST_SHOWN - cell.answers
        text = ngettext(
            "%(count)d more answer tells where you stand.",
            "%(count)d more answers tell where you stand.",
            missing,
        )
        return text % {"count": missing}
    text = ngettext(
        "You got %(right)d of %(count)d answer right; the estimate is %(share)d%%.",
        "You got %(right)d of %(count)d answers right; the estimate is %(share)d%%.",
        cell.answers,
    )
    figures = {"right": cell.right, "count": cell.answers, "share": round(100 * cell.mastery)}
    return text % figures


def practice_quizzes(actor: Actor, course: Course) -> list[tuple[Quiz, bool]]:
    """Quizzes without a limit of attempts that the asker may take now, and whether one is begun.

    In the order of the outline; none in exam mode, none that asks for a code.
    """
    if actor.user_id is None:
        return []
    rows = TAKE_QUIZ.rows(actor).filter(course=course, item_count__gt=0, exam_mode=False)
    order = ("lesson__section__ordinal", "lesson__ordinal", "pk")
    wanted = list(rows.filter(access_code="").select_related("lesson").order_by(*order))
    plans = Plans.read(actor.user_id, wanted)
    mine: dict[int, list[Attempt]] = defaultdict(list)
    for row in Attempt.objects.filter(quiz__in=wanted, learner_id=actor.user_id):
        mine[row.quiz_id].append(row)
    now = clock.now()
    found = []
    for quiz in wanted:
        dates, attempts = plans.dates(quiz, actor.user_id), mine[quiz.pk]
        going = any(one.state == AttemptState.OPEN for one in attempts)
        early = dates.opens_at is not None and now < dates.opens_at
        over = dates.closes_at is not None and now >= dates.closes_at
        cooled = cooled_at(quiz, attempts)
        cools = cooled is not None and now < cooled and not going
        if dates.attempts_allowed is not None or early or over or cools:
            continue
        if is_allowed_here(actor, quiz):
            found.append((quiz, going))
    return found


def _order(cell: MasteryCell) -> tuple[float, int, int]:
    return (cell.mastery or 0.0, cell.outcome.ordinal, cell.outcome.pk)

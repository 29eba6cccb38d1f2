"""The answers from which mastery is estimated, as assessments keep them: the only truth of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from analytics.models import SkillFit
from analytics.scoring.mastery.cells import Place, is_right
from analytics.scoring.mastery.tracing import DEFAULT, Skill
from assessments.enums import AttemptState, Behaviour, Verdict
from assessments.models import AttemptQuestion, Question
from assessments.scoring.behaviour.certainty import known

DONE = (AttemptState.SCORED, AttemptState.RELEASED)
COLUMNS = (
    "pk",
    "version__question_id",
    "attempt_id",
    "attempt__learner_id",
    "attempt__submitted_at",
    "score",
    "points",
    "certainty",
    "attempt__behaviour",
)


@dataclass(frozen=True, slots=True)
class Given:
    """A learner's answer that counts for an outcome; `answer` is the key of its question drawn."""

    answer: int
    outcome: int
    attempt: int
    learner: int
    right: bool
    place: Place


def given_answers(
    course_id: int,
    *,
    learners: Collection[int] | None = None,
    quizzes: Collection[int] | None = None,
) -> list[Given]:
    """What learners of a course answered to questions that serve its outcomes, in two queries.

    Answers count once their attempt is scored, and what nobody answered tells nothing. People who
    were erased are left out. The caller has checked who may know.
    """
    served = _served(course_id)
    if not served:
        return []
    rows = AttemptQuestion.objects.filter(
        attempt__course=course_id,
        attempt__state__in=DONE,
        attempt__learner__erased_at=None,
        version__question__in=served,
    )
    rows = rows.exclude(score=None).exclude(verdict=Verdict.UNANSWERED).order_by("pk")
    if learners is not None:
        rows = rows.filter(attempt__learner__in=learners)
    if quizzes is not None:
        rows = rows.filter(attempt__quiz__in=quizzes)
    found: list[Given] = []
    for pk, question, attempt, learner, at, score, points, sure, way in rows.values_list(*COLUMNS):
        worth = known(score, sure) if way == Behaviour.CERTAINTY else score
        right = is_right(worth, points)
        found += [
            Given(pk, outcome, attempt, learner, right, (at, pk)) for outcome in served[question]
        ]
    return found


def skills_of(course_id: int) -> dict[int, Skill]:
    """The fitted parameters of a course's outcomes by key; the others have the usual ones."""
    rows = SkillFit.objects.filter(outcome__course=course_id)
    return {
        row.outcome_id: Skill(prior=row.prior, learn=row.learn, guess=row.guess, slip=row.slip)
        for row in rows
    }


def skill_in(skills: dict[int, Skill], outcome: int) -> Skill:
    """The parameters of an outcome."""
    return skills.get(outcome, DEFAULT)


def _served(course_id: int) -> dict[int, list[int]]:
    """The outcomes of a course by the questions that serve them."""
    links = Question.outcomes.through._default_manager.filter(learningoutcome__course=course_id)
    found: dict[int, list[int]] = defaultdict(list)
    for question, outcome in links.order_by("pk").values_list("question_id", "learningoutcome_id"):
        found[question].append(outcome)
    return found

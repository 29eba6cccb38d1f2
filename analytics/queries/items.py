"""Item analysis for the staff of a course: what it is counted from, and what was counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from analytics.models import ItemStatistics, QuizAnalysis
from assessments.enums import AttemptState, Behaviour, QuestionKind
from assessments.models import Attempt, AttemptQuestion, Question, QuestionVersion, Quiz
from assessments.rules import SEE_RESULTS, VIEW_QUESTION
from assessments.scoring.behaviour.certainty import known
from lms.kernel.actors import Actor
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import require

KIND = "analytics.item_statistics"
CHOICES = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE)
TRUTHS = {True: "true", False: "false"}
DONE = (AttemptState.SCORED, AttemptState.RELEASED)
RELATED = (
    "version__question__latest__question",
    "analysis__quiz__lesson",
    "analysis__quiz__course",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A version in an attempt: its score of points, whether answered, ids of chosen options."""

    version: int
    score: Decimal
    points: Decimal
    answered: bool
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Takers:
    """Attempts to count: what was taken, the place of each version in the quiz, option ids."""

    sheets: list[list[Taken]]
    versions: dict[int, int]
    options: dict[int, list[str]]


def takers(quiz: Quiz) -> Takers:
    """The first attempt that each learner handed in, in four queries; people erased are left out.

    The caller has checked who may know.
    """
    sheets: dict[int, list[Taken]] = {pk: [] for pk in _firsts(quiz)}
    parts = AttemptQuestion.objects.filter(attempt__quiz=quiz, attempt__state__in=DONE)
    rows = parts.exclude(score=None).order_by("attempt_id", "ordinal")
    columns = ("attempt_id", "version_id", "version__question__kind", "score", "points", "answer")
    sure = (*columns, "certainty", "attempt__behaviour")
    for attempt, version, kind, score, points, answer, certainty, way in rows.values_list(*sure):
        if attempt in sheets:
            chosen = chosen_in(kind, answer)
            worth = known(score, certainty) if way == Behaviour.CERTAINTY else score
            one = Taken(version, worth, points, answer is not None, chosen)
            sheets[attempt].append(one)
    used = {one.version for sheet in sheets.values() for one in sheet}
    versions = list(QuestionVersion.objects.filter(pk__in=used).select_related("question"))
    places = dict(quiz.items.values_list("question_id", "ordinal"))
    last = max(places.values(), default=0) + 1
    versions.sort(key=lambda v: (places.get(v.question_id, last), v.question_id, v.number))
    return Takers(
        sheets=[sheet for sheet in sheets.values() if sheet],
        versions={version.pk: place for place, version in enumerate(versions, start=1)},
        options={version.pk: option_ids(version) for version in versions},
    )


def chosen_in(kind: str, answer: object) -> tuple[str, ...]:
    """The ids of the options in an answer as it is stored."""
    if kind == QuestionKind.TRUE_FALSE:
        return (TRUTHS[answer],) if isinstance(answer, bool) else ()
    if kind not in CHOICES or answer is None:
        return ()
    return tuple(str(one) for one in answer) if isinstance(answer, list) else (str(answer),)


def option_ids(version: QuestionVersion) -> list[str]:
    """The ids of a version's options; none for types that have no options to choose from."""
    kind = version.question.kind
    if kind == QuestionKind.TRUE_FALSE:
        return list(TRUTHS.values())
    if kind not in CHOICES:
        return []
    return [option["id"] for option in version.body.get("options", ())]


@dataclass(frozen=True, slots=True)
class Glance:
    """A question's figures in the quiz where most learners met its newest counted version."""

    n: int
    facility: float | None
    corrected: float | None
    discrimination: float | None
    flags: tuple[str, ...]


def quiz_analysis(actor: Actor, quiz: Quiz) -> QuizAnalysis | None:
    """The figures of a quiz as counted last, None before; raises what `require` raises."""
    require(actor, SEE_RESULTS, quiz)
    return QuizAnalysis.objects.filter(quiz=quiz).exclude(counted_at=None).first()


def item_statistics(
    actor: Actor, *, quiz: Quiz | None = None, question: Question | None = None
) -> QuerySet[ItemStatistics]:
    """Figures of questions in quizzes whose results the actor may see, in the quiz's order."""
    seen = SEE_RESULTS.rows(actor).values("pk")
    rows = ItemStatistics.objects.filter(analysis__quiz__in=seen).select_related(*RELATED)
    if quiz is not None:
        rows = rows.filter(analysis__quiz=quiz)
    if question is not None:
        rows = rows.filter(version__question=question)
    return rows.order_by("-analysis__quiz_id", "ordinal", "id")


def glances(actor: Actor, questions: Iterable[Question]) -> dict[int, Glance]:
    """Figures to show beside questions, by the question's key; one query for all."""
    seen = VIEW_QUESTION.rows(actor).filter(pk__in=[one.pk for one in questions])
    rows = ItemStatistics.objects.filter(version__question__in=seen.values("pk"), n__gt=0)
    found: dict[int, Glance] = {}
    columns = ("version__question_id", "n", "facility", "corrected", "discrimination", "flags")
    for question, n, facility, corrected, discrimination, flags in rows.order_by(
        "version__number", "n", "id"
    ).values_list(*columns):
        found[question] = Glance(n, facility, corrected, discrimination, tuple(flags))
    return found


def running_count(actor: Actor, quiz: Quiz) -> Job | None:
    """The unfinished count of a quiz that the actor started, if any."""
    require(actor, SEE_RESULTS, quiz)
    rows = Job.objects.filter(kind=KIND, course_id=quiz.course_id, created_by_id=actor.user_id)
    open_rows = rows.filter(state__in=UNFINISHED_STATES).order_by("-pk")
    return next((job for job in open_rows if job.params.get("quiz") == quiz.pk), None)


def _firsts(quiz: Quiz) -> list[int]:
    """The key of each learner's first attempt that is scored."""
    rows = Attempt.objects.filter(quiz=quiz, state__in=DONE, learner__erased_at=None)
    firsts: dict[int, int] = {}
    for pk, learner in rows.order_by("number").values_list("pk", "learner_id"):
        firsts.setdefault(learner, pk)
    return list(firsts.values())

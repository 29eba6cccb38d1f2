"""Grades: from the attempt that counts, by hand with a reason, again with a corrected key."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import AttemptState, Behaviour, Counting, GradeSource, StepKind
from assessments.events import AttemptRescored
from assessments.models import (
    Attempt,
    AttemptQuestion,
    Grade,
    Question,
    QuestionVersion,
    Quiz,
)
from assessments.queries.code import BY_JOB, is_scored_by_job, why_no_code
from assessments.queries.content import version_content
from assessments.queries.tries import rules_of, tries_of
from assessments.rules import EDIT_QUIZ, GRADE_ATTEMPT
from assessments.scoring.behaviour.certainty import LEAST_SHARE
from assessments.scoring.behaviour.registry import outcome
from assessments.scoring.content import POINT_DECIMALS, QuestionContent
from assessments.scoring.kinds import Marking
from assessments.scoring.lateness import taken_off
from assessments.scoring.registry import type_of, with_drawn
from assessments.scoring.review import policy_from
from assessments.scoring.score import counting_index, mean_score, total, verdict_of
from assessments.services.code_jobs import ask_for_scores
from assessments.services.grade import Origin, item_of_quiz, through_curve, write_grade
from assessments.services.log import add_step, take_turn, take_turns
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_REASON = 500
DONE = (AttemptState.SCORED, AttemptState.RELEASED)
# What `sum_up` changes of an attempt.
SUMMED_UP = ("state", "score", "override", "deducted")


@transaction.atomic
def override_score(
    *,
    actor: Actor,
    attempt: Attempt,
    score: Decimal,
    reason: str,
    question: AttemptQuestion | None = None,
) -> Attempt:
    """Set the score of one question, or of the whole attempt, by hand and with a reason.

    A score of the whole attempt stands over the sum of its questions, until the next one.
    Raises Conflict `attempt_open` before it is handed in, `attempt_waiting` for the whole of one in
    which answers wait for marking, Invalid for a score outside 0..points or an
    empty reason, NotFound for a question of another attempt.
    """
    require(actor, GRADE_ATTEMPT, attempt)
    take_turn(attempt.course_id, attempt.learner_id)
    row = _handed_in(attempt)
    reason = _reason(reason)
    if question is None:
        if row.state not in DONE:
            words = _("Answers of this attempt wait for marking.")
            raise Conflict(words, code="attempt_waiting")
        check_question_score(score, row.max_score)
        data = {"before": str(row.score), "after": str(score), "reason": reason}
        row.override = score
        add_step(row, StepKind.OVERRIDDEN, actor=actor, data=data)
    else:
        _override_question(actor, row, question, score, reason)
        row.override = None
    if row.state not in DONE:
        conclude(row, actor=actor)
        return row
    _add_up(row, actor)
    refresh_grade(actor=actor, attempt=row, reason=reason, by_hand=True)
    return row


@transaction.atomic
def regrade_question(*, actor: Actor, quiz: Quiz, question: Question) -> int:
    """Score everybody's answers to a question again with its latest version's key.

    Scores set by hand stay; attempts that are still open will be scored with that key. Returns how
    many scores changed; answers that a job scores are run again, and change when it is done. Raises
    Conflict `code_off` for those while no code runs, `options_changed` when the latest version
    misses an option that attempts were shown, `values_changed` when it wants other values than they
    drew, `marked_by_people` for a question that no key scores.
    """
    require(actor, EDIT_QUIZ, quiz)
    if type_of(question.kind).marking is Marking.PERSON:
        words = _("People mark this question; there is nothing to score again.")
        raise Conflict(words, code="marked_by_people")
    if question.kind in BY_JOB and why_no_code():
        raise Conflict(why_no_code(), code="code_off")
    latest = question.versions.select_related("question").order_by("-number")[0]
    parts = AttemptQuestion.objects.filter(
        attempt__quiz=quiz,
        attempt__learner__erased_at=None,  # their answers are gone, their scores stay
        version__question=question,
        overridden=False,
    ).select_related("attempt", "version__question")
    learners = set(parts.values_list("attempt__learner_id", flat=True))
    take_turns(quiz.course_id, learners)
    changed = 0
    for part in parts.filter(attempt__learner__in=learners).order_by("attempt_id"):
        _require_same_options(part, latest)
        changed += _regrade(actor, part, latest)
    return changed


def conclude(row: Attempt, *, actor: Actor) -> None:
    """Sum up a handed-in attempt and grade it, unless a question still waits for its score."""
    scores = list(row.questions.order_by().values_list("score", flat=True))
    if sum_up(row, actor=actor, scores=scores):
        row.save(update_fields=SUMMED_UP)
        _tell_rescored(row, actor)
        refresh_grade(actor=actor, attempt=row)


def sum_up(
    row: Attempt, *, actor: Actor, scores: Sequence[Decimal | None], seq: int | None = None
) -> bool:
    """Whether every question of a locked, handed-in attempt has a score; then it gets its own.

    One that becomes scored by this is released at once when its quiz tells scores at once. The
    caller saves what is `SUMMED_UP`; `seq` is the number of the next step where it is known.
    """
    if None in scores:
        return False
    before = row.score
    _sum(row, scores)
    if row.state not in DONE:
        at_once = policy_from(row.quiz.review).tells_score_at_once
        row.state = AttemptState.RELEASED if at_once else AttemptState.SCORED
    if before != row.score:
        data = {"score": str(row.score)}
        if row.late_percent:
            data |= {"late_percent": str(row.late_percent), "deducted": str(row.deducted)}
        add_step(row, StepKind.SCORED, actor=actor, data=data, seq=seq)
    return True


def refresh_grade(
    *, actor: Actor, attempt: Attempt, reason: str = "", by_hand: bool = False
) -> Grade:
    """Bring the learner's grade in line with the attempt that counts; the caller is in their turn.

    A grade that was overridden in the gradebook stays as it is.
    """
    item = item_of_quiz(attempt.quiz)
    known = lock(item.grades.filter(learner_id=attempt.learner_id)).first()
    if known is not None and known.overridden:
        return known
    counted = _counted(attempt)
    most = counted.attempt.max_score
    after, raw = through_curve(item, counted.score, most)
    source = GradeSource.HAND if by_hand else GradeSource.WORK
    return write_grade(
        actor=actor,
        item=item,
        learner=attempt.learner,
        score=after,
        max_score=most,
        released=counted.released,
        reason=reason,
        origin=Origin(source, counted.attempt, raw=raw, known=(known,)),
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """The attempt that makes a grade, or the last one of those whose mean does."""

    attempt: Attempt
    score: Decimal
    released: bool


def _counted(attempt: Attempt) -> Counted:
    done = Attempt.objects.filter(
        quiz_id=attempt.quiz_id, learner_id=attempt.learner_id, state__in=DONE
    )
    attempts = list(done.order_by("number"))
    counting = Counting(attempt.quiz.counting)
    scores = [one.score or Decimal(0) for one in attempts]
    index = counting_index(scores, counting)
    chosen = attempt if index is None else attempts[index]
    score, counts = chosen.score or Decimal(0), [chosen]
    if counting == Counting.MEAN and attempts:
        pairs = [(one.score or Decimal(0), one.max_score) for one in attempts]
        score, counts = mean_score(pairs, chosen.max_score), attempts
    released = all(one.state == AttemptState.RELEASED for one in counts)
    return Counted(chosen, score, released)


def _handed_in(attempt: Attempt) -> Attempt:
    row = lock(Attempt.objects.select_related("quiz", "learner").filter(pk=attempt.pk)).first()
    if row is None:
        raise NotFound
    if row.state == AttemptState.OPEN:
        raise Conflict(_("This attempt is not submitted yet."), code="attempt_open")
    return row


def _override_question(
    actor: Actor, row: Attempt, question: AttemptQuestion, score: Decimal, reason: str
) -> None:
    part = row.questions.filter(pk=question.pk).first()
    if part is None:
        raise NotFound
    least = LEAST_SHARE * part.points if row.behaviour == Behaviour.CERTAINTY else Decimal(0)
    check_question_score(score, part.points, least)
    part.verdict = verdict_of(max(score, Decimal(0)) / part.points)
    data = {"before": str(part.score), "after": str(score), "reason": reason}
    data["verdict"] = str(part.verdict)
    add_step(row, StepKind.OVERRIDDEN, actor=actor, question=part, data=data)
    part.score, part.overridden = score, True
    part.save(update_fields=["score", "verdict", "overridden", "seq"])


def _regrade(actor: Actor, part: AttemptQuestion, latest: QuestionVersion) -> bool:
    """Whether the score changed; the caller is in the learner's turn."""
    asked = _asked(part, latest)
    if is_scored_by_job(part) and part.attempt.state != AttemptState.OPEN:
        # The job names the key that scored with the score: until then the old one stands.
        if part.answer is not None:
            key = clock.now().isoformat()
            ask_for_scores(part.attempt, again=part, with_version=latest.pk, key=key)
        return False
    if part.version_id != latest.pk or part.scored_with_id is not None:
        part.scored_with = latest
        part.save(update_fields=["scored_with"])
    if part.attempt.state == AttemptState.OPEN:
        return False
    row = _handed_in(part.attempt)
    scored = outcome(rules_of(row), asked, tries_of(row, [part])[part.pk], part.points)
    if scored.score == part.score:
        return False
    data = {"before": str(part.score), "after": str(scored.score), "version": latest.number}
    data["verdict"] = str(scored.verdict)
    add_step(row, StepKind.REGRADED, actor=actor, question=part, data=data)
    part.score, part.verdict = scored.score, scored.verdict
    part.save(update_fields=["score", "verdict", "seq"])
    if row.state in DONE:
        _add_up(row, actor)
        refresh_grade(actor=actor, attempt=row, reason=_("Regraded with a corrected key."))
    return True


def _asked(part: AttemptQuestion, latest: QuestionVersion) -> QuestionContent:
    """The latest version as the attempt asked it: with the values that are stored with it."""
    try:
        return with_drawn(version_content(latest), part.drawn)
    except Invalid as problem:
        raise Conflict(problem.detail, code="values_changed") from problem


def _add_up(row: Attempt, actor: Actor) -> None:
    _sum(row, list(row.questions.order_by().values_list("score", flat=True)))
    row.save(update_fields=["score", "override", "deducted"])
    _tell_rescored(row, actor)


def _tell_rescored(row: Attempt, actor: Actor) -> None:
    """Also where no grade changes by it, because another attempt counts."""
    told = AttemptRescored(
        course_id=row.course_id,
        attempt_id=row.pk,
        quiz_id=row.quiz_id,
        learner_id=row.learner_id,
    )
    publish(told, actor=actor)


def _sum(row: Attempt, scores: Sequence[Decimal | None]) -> None:
    summed = max(total(score for score in scores if score is not None), Decimal(0))
    row.deducted = taken_off(summed, row.max_score, row.late_percent)
    row.score = summed - row.deducted if row.override is None else row.override


def _require_same_options(part: AttemptQuestion, latest: QuestionVersion) -> None:
    kind = type_of(latest.question.kind)
    if not kind.ids(part.version.body) <= kind.ids(latest.body):
        raise Conflict(
            _("The latest version misses an option that learners were shown."),
            code="options_changed",
        )


def check_question_score(score: Decimal, most: Decimal, least: Decimal = Decimal(0)) -> None:
    exponent = score.as_tuple().exponent
    if not score.is_finite() or not least <= score <= most:
        borders = {"least": f"{least.normalize():f}", "most": f"{most.normalize():f}"}
        words = _("The score lies between %(least)s and %(most)s.") % borders
        raise Invalid(words, field="score")
    if isinstance(exponent, int) and exponent < -POINT_DECIMALS:
        raise Invalid(_("The score has at most four decimals."), field="score")


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    return require_text(reason.strip(), field="reason", max_length=MAX_REASON)

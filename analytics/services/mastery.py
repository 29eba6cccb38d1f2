"""Mastery kept up to date: by one answer after the other, and counted anew with fitted parameters.

What counts is always read from the attempts, so that reading an event twice, late or not at all
does no harm: a re-marked or withdrawn answer only means that its skill is traced from the first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from analytics.models import CourseMastery, FoldState, SkillAnswer, SkillFit, SkillMastery
from analytics.queries.events import BATCH, Told, horizon, next_batch, restored_up_to
from analytics.queries.mastery_answers import Given, given_answers, skill_in, skills_of
from analytics.scoring.mastery.cells import Place, Trace, begin, step, traced_cell
from analytics.scoring.mastery.tracing import Skill, fit_skill
from assessments.models import LearningOutcome
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.db.locks import lock
from lms.kernel.jobs import enqueue

STATE = "mastery"
FIT = "analytics.fit_mastery"
KINDS = frozenset(
    {
        "assessments.attempt_submitted",
        "assessments.attempt_rescored",
        "assessments.grade_changed",
    }
)
# A course is fitted again so long after the last time: if answers came since, and else for the
# questions that were filed under other outcomes.
EVERY, AT_LEAST = timedelta(hours=20), timedelta(days=7)
AT_ONCE = 200
CHUNK = 500
Cell = tuple[int, int]


def catch_up() -> int:
    """Take in the answers that new events tell of; how many events were read."""
    FoldState.objects.get_or_create(name=STATE)
    read = 0
    while done := _catch_up_once():
        read += done
        if done < BATCH:
            break
    return read


@transaction.atomic
def _catch_up_once() -> int:
    state = lock(FoldState.objects.filter(name=STATE), skip_locked=True).first()
    if state is None:
        return 0
    seen = horizon()
    if seen is not None and state.transaction_id >= seen.next:
        # Restored into another server: nothing tells what came since, so every course is due.
        state.transaction_id = state.event_id = 0
        state.floor_id = restored_up_to(seen)
        CourseMastery.objects.update(changed_at=clock.now(), fitted_at=None)
    events = next_batch(state, seen)
    if events:
        _take_in_told(events)
        state.transaction_id, state.event_id = events[-1].transaction_id, events[-1].id
    state.ran_at = clock.now()
    state.save(update_fields=["transaction_id", "event_id", "floor_id", "ran_at"])
    return len(events)


def _take_in_told(events: Iterable[Told]) -> None:
    told: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for one in events:
        quiz, learner = one.data.get("quiz_id"), one.data.get("learner_id")
        if one.kind in KINDS and one.course_id and quiz and learner:
            told[one.course_id].add((int(quiz), int(learner)))
    alive = Course.objects.filter(pk__in=told).values_list("pk", flat=True)
    for course_id in sorted(alive):
        pairs = told[course_id]
        take_in(
            course_id,
            quizzes={quiz for quiz, _learner in pairs},
            learners={learner for _quiz, learner in pairs},
        )


@transaction.atomic
def take_in(course_id: int, *, quizzes: Collection[int], learners: Collection[int]) -> int:
    """Bring the mastery of some learners in line with their answers in some quizzes.

    Returns how many cells changed. The same answers again change nothing; an answer after all
    others is one step, and anything else traces its skill from the first answer.
    """
    row, _made = CourseMastery.objects.get_or_create(course_id=course_id)
    lock(CourseMastery.objects.filter(pk=row.pk)).get()
    wanted = given_answers(course_id, learners=learners, quizzes=quizzes)
    known = SkillAnswer.objects.filter(
        course=course_id, learner__in=learners, answer__attempt__quiz__in=quizzes
    )
    fresh, touched = _keep_answers(course_id, wanted, list(known))
    cells = {(one.learner, one.outcome) for one in fresh} | touched
    if not cells:
        return 0
    traces = _after(course_id, fresh, touched)
    _keep_cells(course_id, cells, traces)
    CourseMastery.objects.filter(pk=row.pk).update(changed_at=clock.now())
    return len(cells)


def start_due_fits() -> int:
    """Start fitting courses with answers since the last time; returns how many."""
    now = clock.now()
    due = Q(fitted_at=None) | Q(fitted_at__lte=now - AT_LEAST)
    due |= Q(fitted_at__lte=now - EVERY, changed_at__gt=F("fitted_at"))
    rows = CourseMastery.objects.filter(due, course__deleted_at=None)
    found = list(rows.order_by(F("fitted_at").asc(nulls_first=True), "pk")[:AT_ONCE])
    for row in found:
        last = row.fitted_at.isoformat() if row.fitted_at else "never"
        enqueue(
            FIT,
            actor=system("analytics.mastery"),
            params={"course": row.course_id},
            course_id=row.course_id,
            idempotency_key=f"mastery:{row.course_id}:{last}:{now.date()}",
        )
    return len(found)


def fit_mastery(course_id: int) -> int:
    """Fit the parameters of a course's outcomes and count everybody anew; how many were fitted.

    Fitting twice gives the same. The fit itself holds no lock; counting does, and reads again.
    """
    started = clock.now()
    sequences: dict[int, dict[int, list[tuple[Place, bool]]]] = defaultdict(dict)
    for one in given_answers(course_id):
        sequences[one.outcome].setdefault(one.learner, []).append((one.place, one.right))
    fits = {
        outcome: fit_skill([[right for _at, right in sorted(row)] for row in learners.values()])
        for outcome, learners in sequences.items()
    }
    outcomes = set(LearningOutcome.objects.filter(course=course_id).values_list("pk", flat=True))
    rows = [
        SkillFit(
            outcome_id=outcome,
            prior=fit.skill.prior,
            learn=fit.skill.learn,
            guess=fit.skill.guess,
            slip=fit.skill.slip,
            answers=fit.answers,
            fitted=fit.loglik is not None,
            fitted_at=started,
        )
        for outcome, fit in fits.items()
        if outcome in outcomes
    ]
    with transaction.atomic():
        row, _made = CourseMastery.objects.get_or_create(course_id=course_id)
        lock(CourseMastery.objects.filter(pk=row.pk)).get()
        SkillFit.objects.filter(outcome__course=course_id).delete()
        SkillFit.objects.bulk_create(rows)
        _count_anew(course_id)
        CourseMastery.objects.filter(pk=row.pk).update(fitted_at=started)
    return sum(one.fitted for one in rows)


def _count_anew(course_id: int) -> None:
    """Every answer and every cell of a course from its attempts; the caller holds its lock."""
    wanted = given_answers(course_id)
    _keep_answers(course_id, wanted, list(SkillAnswer.objects.filter(course=course_id)))
    answers: dict[Cell, list[tuple[Place, bool]]] = defaultdict(list)
    for one in wanted:
        answers[one.learner, one.outcome].append((one.place, one.right))
    skills = skills_of(course_id)
    SkillMastery.objects.filter(course=course_id).delete()
    traces = {
        cell: traced_cell(skill_in(skills, cell[1]), found) for cell, found in answers.items()
    }
    _keep_cells(course_id, set(traces), traces)


def _keep_answers(
    course_id: int, wanted: list[Given], known: list[SkillAnswer]
) -> tuple[list[Given], set[Cell]]:
    """Store what counts; the answers that are new, and the cells of those that changed or went."""
    kept = {(row.answer_id, row.outcome_id): row for row in known}
    asked = {(one.answer, one.outcome): one for one in wanted}
    gone = [row for key, row in kept.items() if key not in asked]
    changed = []
    for key, row in kept.items():
        one = asked.get(key)
        if one is not None and (row.right, row.at) != (one.right, one.place[0]):
            row.right, row.at = one.right, one.place[0]
            changed.append(row)
    fresh = [one for key, one in asked.items() if key not in kept]
    SkillAnswer.objects.filter(pk__in=[row.pk for row in gone]).delete()
    SkillAnswer.objects.bulk_update(changed, ["right", "at"], batch_size=CHUNK)
    rows = [
        SkillAnswer(
            answer_id=one.answer,
            outcome_id=one.outcome,
            course_id=course_id,
            learner_id=one.learner,
            right=one.right,
            at=one.place[0],
        )
        for one in fresh
    ]
    SkillAnswer.objects.bulk_create(rows, batch_size=CHUNK)
    return fresh, {(row.learner_id, row.outcome_id) for row in (*gone, *changed)}


def _after(course_id: int, fresh: list[Given], touched: set[Cell]) -> dict[Cell, Trace]:
    """The cells after new answers: a step for each where all are newer, else traced anew."""
    skills = skills_of(course_id)
    by_cell: dict[Cell, list[Given]] = defaultdict(list)
    for one in sorted(fresh, key=lambda one: one.place):
        by_cell[one.learner, one.outcome].append(one)
    cells = set(by_cell) | touched
    stored = {
        (row.learner_id, row.outcome_id): _trace_of(row)
        for row in SkillMastery.objects.filter(
            learner__in={cell[0] for cell in cells}, outcome__in={cell[1] for cell in cells}
        )
    }
    found: dict[Cell, Trace] = {}
    anew = set(touched)
    for cell, answers in by_cell.items():
        skill = skill_in(skills, cell[1])
        trace = stored.get(cell, begin(skill))
        if cell in anew or (trace.last is not None and answers[0].place <= trace.last):
            anew.add(cell)
            continue
        for one in answers:
            trace = step(skill, trace, right=one.right, place=one.place)
        found[cell] = trace
    return found | _traced(anew, skills)


def _traced(cells: set[Cell], skills: dict[int, Skill]) -> dict[Cell, Trace]:
    if not cells:
        return {}
    rows = SkillAnswer.objects.filter(
        learner__in={cell[0] for cell in cells}, outcome__in={cell[1] for cell in cells}
    )
    answers: dict[Cell, list[tuple[Place, bool]]] = defaultdict(list)
    columns = ("learner_id", "outcome_id", "at", "answer_id", "right")
    for learner, outcome, at, answer, right in rows.values_list(*columns):
        answers[learner, outcome].append(((at, answer), right))
    return {
        cell: traced_cell(skill_in(skills, cell[1]), answers[cell])
        for cell in cells
        if answers[cell]
    }


def _trace_of(row: SkillMastery) -> Trace:
    return Trace(row.mastery, row.answers, row.right, (row.last_at, row.last_answer))


def _keep_cells(course_id: int, cells: set[Cell], traces: dict[Cell, Trace]) -> None:
    """Write the cells; one without an answer left goes."""
    for learner, outcome in cells - set(traces):
        SkillMastery.objects.filter(learner=learner, outcome=outcome).delete()
    rows = [
        SkillMastery(
            course_id=course_id,
            learner_id=learner,
            outcome_id=outcome,
            mastery=trace.mastery,
            answers=trace.answers,
            right=trace.right,
            last_at=trace.last[0],
            last_answer=trace.last[1],
        )
        for (learner, outcome), trace in sorted(traces.items())
        if trace.last is not None
    ]
    SkillMastery.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["learner", "outcome"],
        update_fields=["mastery", "answers", "right", "last_at", "last_answer"],
    )

"""Item analysis: start the job, count a quiz, find quizzes that are due."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from analytics.models import ItemStatistics, QuizAnalysis
from analytics.queries.items import KIND, Taken, Takers, running_count, takers
from analytics.scoring.item_analysis import ItemFigures, ItemScore, QuizFigures, analyse
from analytics.scoring.item_report import better_by_bic
from analytics.scoring.latent.report import latent_report
from analytics.scoring.mastery.cells import is_right
from assessments.models import Quiz
from assessments.rules import SEE_RESULTS
from courses.rules import ASSIST_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor, system
from lms.kernel.db.locks import lock
from lms.kernel.jobs import enqueue
from lms.kernel.models import Job
from lms.kernel.rules import require

# A quiz that is still open is counted at most this often; a closed one as soon as it changed.
EVERY = timedelta(hours=1)
AT_ONCE = 50


def start_count(*, actor: Actor, quiz: Quiz) -> Job:
    """Start counting a quiz that one staffs; a count that still waits or runs is returned.

    Raises what `require` raises.
    """
    require(actor, SEE_RESULTS, quiz)
    require(actor, ASSIST_COURSE, quiz.course)
    running = running_count(actor, quiz)
    if running is not None:
        return running
    return enqueue(KIND, actor=actor, params={"quiz": quiz.pk}, course_id=quiz.course_id)


def start_due_counts(*, limit: int = AT_ONCE) -> int:
    """Start counting quizzes that changed: closed ones now, others at most hourly; how many."""
    now = clock.now()
    changed = Q(counted_at=None) | Q(changed_at__gt=F("counted_at"))
    due = Q(quiz__closes_at__lte=now) | Q(counted_at=None) | Q(counted_at__lte=now - EVERY)
    rows = QuizAnalysis.objects.filter(changed, due, quiz__lesson__deleted_at=None)
    rows = rows.select_related("quiz").order_by(F("counted_at").asc(nulls_first=True), "pk")
    found = list(rows[:limit])
    for row in found:
        # One count for each state of a quiz; one that failed is tried again the next day.
        last = row.counted_at.isoformat() if row.counted_at else "never"
        enqueue(
            KIND,
            actor=system("analytics.items"),
            params={"quiz": row.quiz_id},
            course_id=row.quiz.course_id,
            idempotency_key=f"items:{row.quiz_id}:{last}:{now.date()}",
        )
    return len(found)


def count_items(*, actor: Actor, quiz: Quiz) -> QuizAnalysis:
    """Count a quiz from the first attempt that each learner handed in, and keep the figures.

    Counting twice gives the same; an older count never replaces a newer one. Raises what `require`
    raises.
    """
    require(actor, SEE_RESULTS, quiz)
    started = clock.now()
    found = takers(quiz)
    sheets = [[_score(one) for one in sheet] for sheet in found.sheets]
    figures = analyse(sheets, list(found.versions), found.options)
    latent = _latent(found)
    with transaction.atomic():
        QuizAnalysis.objects.get_or_create(quiz=quiz, defaults={"changed_at": started})
        row = lock(QuizAnalysis.objects.filter(quiz=quiz)).get()
        if row.counted_at is not None and row.counted_at > started:
            return row
        row.latent = latent
        return _keep(row, figures, found, started)


def _score(one: Taken) -> ItemScore:
    return ItemScore(one.version, one.score, one.points, one.answered, one.chosen)


def _latent(found: Takers) -> dict[str, Any]:
    """The latent model of the quiz that has the lower BIC; a question not answered is not right."""
    rows = []
    for sheet in found.sheets:
        taken = {one.version: one for one in sheet if one.points > 0}
        rows.append(
            [
                float(is_right(taken[version].score, taken[version].points))
                if version in taken
                else None
                for version in found.versions
            ]
        )
    names = [str(version) for version in found.versions]
    one, two = (latent_report(names, rows, common=common) for common in (True, False))
    chosen = two if better_by_bic(one, two) == "2pl" else one
    return {**chosen, "bic_of": {"1pl": one.get("bic"), "2pl": two.get("bic")}}


def _keep(
    row: QuizAnalysis, figures: QuizFigures, found: Takers, started: datetime
) -> QuizAnalysis:
    for name, value in figures.figures.items():
        setattr(row, name, value)
    row.n, row.alpha_n, row.reasons = figures.n, figures.alpha_n, figures.reasons
    row.counted_at = started
    row.save()
    row.items.all().delete()
    ItemStatistics.objects.bulk_create(
        [_line(row, one, found.versions[one.item]) for one in figures.items]
    )
    return row


def _line(row: QuizAnalysis, one: ItemFigures, ordinal: int) -> ItemStatistics:
    return ItemStatistics(
        analysis=row,
        version_id=one.item,
        ordinal=ordinal,
        n=one.n,
        answered=one.answered,
        options=[asdict(option) for option in one.options],
        flags=[str(flag) for flag in one.flags],
        reasons=one.reasons,
        **one.figures,
    )

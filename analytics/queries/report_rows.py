"""The rows of a report's tables, one after the other, for the staff of the course."""

import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from analytics.models import (
    DailyActivity,
    ItemStatistics,
    LearnerFeature,
    LearnerRisk,
    PatternPoint,
    PatternRun,
    SkillMastery,
)
from analytics.queries.learners import LearnerFigures, figures_of, mean_score
from analytics.queries.overview import RECENT
from analytics.queries.risk import warned_of
from analytics.scoring.activity import share_of
from analytics.scoring.help import Assessment
from analytics.scoring.mastery.cells import Level, level_of
from analytics.scoring.report_tables import TABLES, Line, Table
from assessments.models import Grade
from courses.enums import CourseRole, EnrolmentState, ProgressState
from courses.models import Course, Enrolment, Lesson, LessonProgress
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.rules import require

CHUNK = 2_000
Assess = Callable[[Course, list[LearnerFigures]], dict[int, Assessment]]


class Names:
    """What people are called in one export: by their public id, or by a random one."""

    def __init__(self, *, pseudonymous: bool) -> None:
        self.pseudonymous = pseudonymous
        self._random: dict[int, str] = {}

    def of(self, user_id: int, public_id: str) -> str:
        """The id of a person; random ones are the same in all tables of the export."""
        if not self.pseudonymous:
            return public_id
        return self._random.setdefault(user_id, f"p-{secrets.token_hex(8)}")

    def ordered(self, rows: QuerySet[Any], *columns: str) -> QuerySet[Any]:
        """Rows in order; by chance where the order of keys would tell who somebody is."""
        return rows.order_by("?") if self.pseudonymous else rows.order_by(*columns)


class ReportRows:
    """The tables of one course for one export, each counted when it is read."""

    def __init__(self, course: Course, assess: Assess, *, pseudonymous: bool) -> None:
        self.course, self.assess = course, assess
        self.names = Names(pseudonymous=pseudonymous)
        self.now = clock.now()

    def __iter__(self) -> Iterator[tuple[Table, Iterator[Line]]]:
        """Every table of the schema with its rows."""
        for table in TABLES:
            yield table, getattr(self, f"{table.name}_lines")()

    def course_lines(self) -> Iterator[Line]:
        """The course itself."""
        one = self.course
        yield (one.public_id, one.title, self.now, self.names.pseudonymous)

    def lessons_lines(self) -> Iterator[Line]:
        """Published lessons."""
        columns = ("public_id", "title", "kind")
        rows = _lessons(self.course).values_list(*columns)
        yield from ((*row, place) for place, row in enumerate(rows, start=1))

    def learners_lines(self) -> Iterator[Line]:
        """Active learners with their figures; who left while they were read is left out."""
        figures = figures_of([self.course.pk])[self.course.pk]
        told = self.assess(self.course, figures)
        groups = _groups(self.course)
        more = _enrolled(self.course)
        features = {row.user_id: row for row in LearnerFeature.objects.filter(course=self.course)}
        hidden, lines = self.names.pseudonymous, []
        # Who is gone by the second read has left: an export must not fail of it.
        for one in (figure for figure in figures if figure.user_id in more):
            feature = features.get(one.user_id) or LearnerFeature()
            email, active, finished = more[one.user_id]
            assessed = told[one.user_id]
            lines.append(
                (
                    self.names.of(one.user_id, one.public_id),
                    None if hidden else one.name,
                    None if hidden else email,
                    one.enrolled_at.date(),
                    one.completion,
                    finished is not None,
                    one.seconds,
                    feature.active_days,
                    feature.lessons_completed,
                    feature.attempts_started,
                    feature.attempts_submitted,
                    mean_score(feature),
                    feature.scored,
                    feature.messages,
                    one.last_seen.date() if one.last_seen else None,
                    active is not None and active >= self.now - RECENT,
                    assessed.state.value,
                    assessed.points,
                    " ".join(reason.text for reason in assessed.reasons),
                    groups.get(one.user_id),
                )
            )
        # The order of joining would tell who somebody is.
        yield from sorted(lines, key=lambda line: str(line[0])) if hidden else lines

    def daily_lines(self) -> Iterator[Line]:
        """Days of everybody who was active."""
        columns = ("day", "seconds", "lessons_completed", "attempts", "messages", "events")
        rows = DailyActivity.objects.filter(course=self.course)
        rows = self.names.ordered(rows, "day", "user_id")
        yield from self._named(rows, "user", *columns)

    def progress_lines(self) -> Iterator[Line]:
        """Lessons that active learners opened."""
        rows = LessonProgress.objects.filter(
            enrolment__in=_active(self.course), lesson__in=_lessons(self.course).order_by()
        )
        rows = self.names.ordered(rows, "enrolment_id", "lesson_id")
        columns = ("lesson__public_id", "state", "seconds", "started_at", "completed_at")
        for who, lesson, state, seconds, began, ended in self._named(
            rows, "enrolment__user", *columns
        ):
            done = state == ProgressState.COMPLETED
            yield (who, lesson, done, seconds, _day(began), _day(ended))

    def grades_lines(self) -> Iterator[Line]:
        """Scores in quizzes."""
        rows = Grade.objects.filter(
            item__course=self.course,
            item__quiz__lesson__in=_lessons(self.course).order_by(),
            score__isnull=False,
            learner__in=_active(self.course).values("user"),
        )
        rows = self.names.ordered(rows, "item_id", "learner_id")
        columns = ("item__quiz__lesson__public_id", "score", "max_score")
        for who, lesson, score, full in self._named(rows, "learner", *columns):
            share = share_of(score, full)
            if share is not None:
                yield (who, lesson, float(share))

    def items_lines(self) -> Iterator[Line]:
        """Questions as counted last."""
        rows = ItemStatistics.objects.filter(
            analysis__quiz__course=self.course, analysis__quiz__lesson__deleted_at=None
        ).order_by("analysis__quiz_id", "ordinal", "pk")
        columns = ("n", "answered", "facility", "item_total", "corrected")
        more = ("discrimination", "alpha_if_deleted", "flags")
        names = ("analysis__quiz__lesson__public_id", "analysis__quiz__lesson__title")
        asked = ("version__question__public_id", "ordinal")
        for *line, flags in rows.values_list(*names, *asked, *columns, *more).iterator(CHUNK):
            yield (*line, ", ".join(flags))

    def mastery_lines(self) -> Iterator[Line]:
        """Outcomes of active learners."""
        rows = SkillMastery.objects.filter(
            course=self.course, learner__in=_active(self.course).values("user")
        )
        rows = self.names.ordered(rows, "learner_id", "outcome_id")
        columns = ("outcome__public_id", "outcome__title", "answers", "right", "mastery")
        for who, outcome, title, answers, right, mastery in self._named(rows, "learner", *columns):
            level = level_of(mastery, answers)
            known = None if level == Level.UNKNOWN else mastery
            yield (who, outcome, title, answers, right, known, level.value)

    def risk_lines(self) -> Iterator[Line]:
        """What the early warning said, week by week."""
        rows = LearnerRisk.objects.filter(
            course=self.course, learner__in=_active(self.course).values("user")
        ).select_related("learner", "model")
        for row in self.names.ordered(rows, "learner_id", "week").iterator(CHUNK):
            told = warned_of(row)
            reasons = sorted(told.reasons, key=lambda part: -part.log_odds)
            model = row.model.public_id if row.model else "shipped"
            who = self.names.of(row.learner_id, row.learner.public_id)
            words = " ".join(part.text for part in reasons) or told.note
            yield (who, row.week, row.chance, told.level, words, model)

    def _named(self, rows: QuerySet[Any], person: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Values of rows, the person's name in this export first."""
        wanted = (f"{person}_id", f"{person}__public_id", *columns)
        for user_id, public_id, *line in rows.values_list(*wanted).iterator(CHUNK):
            yield (self.names.of(user_id, public_id), *line)


def report_rows(actor: Actor, course: Course, assess: Assess, *, pseudonymous: bool) -> ReportRows:
    """The tables of a course. Raises what `require` raises.

    `assess` says what the fixed rule says of each learner, by key.
    """
    require(actor, STAFF_COURSE, course)
    return ReportRows(course, assess, pseudonymous=pseudonymous)


def _lessons(course: Course) -> QuerySet[Lesson]:
    return Lesson.objects.filter(
        course=course, published=True, deleted_at=None, section__deleted_at=None
    )


def _active(course: Course) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(
        course=course, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
    )


def _enrolled(course: Course) -> dict[int, tuple[str, datetime | None, datetime | None]]:
    """The address of each learner, when they were here last, and when they finished."""
    columns = ("user_id", "user__email", "last_active_at", "completed_at")
    return {user_id: tuple(more) for user_id, *more in _active(course).values_list(*columns)}


def _groups(course: Course) -> dict[int, str]:
    """The pattern group of each learner by name, of the newest run."""
    run = PatternRun.objects.filter(course=course).order_by("-created_at", "-pk").first()
    if run is None:
        return {}
    names = {cluster["label"]: cluster["name"] for cluster in run.clusters}
    points = PatternPoint.objects.filter(run=run, label__isnull=False)
    return {user: names.get(label, "") for user, label in points.values_list("user_id", "label")}


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None

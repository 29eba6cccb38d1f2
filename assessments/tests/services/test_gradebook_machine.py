"""No sequence of acts on a gradebook breaks what teachers and learners rely on."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assessments.enums import (
    Aggregate,
    CurveKind,
    GradeStatus,
    QuestionKind,
    Resubmission,
    StatusEffect,
    Ungraded,
)
from assessments.models import (
    Attempt,
    Grade,
    Gradebook,
    GradeCategory,
    GradeChange,
    GradeItem,
    Submission,
)
from assessments.queries.gradebook import total_of
from assessments.queries.marking import posted_grade, shown_to_authors
from assessments.queries.own_grades import own_gradebook
from assessments.queries.reconcile import mismatches
from assessments.scoring.gradebook_trace import evaluate, figure_of, to_data
from assessments.services.cells import set_cell
from assessments.services.curve import CurveWish, apply_curve, undo_curve
from assessments.services.grade_status import (
    StatusFields,
    create_status,
    delete_status,
    update_status,
)
from assessments.services.gradebook import (
    CategoryFields,
    GradebookSettings,
    ItemFields,
    create_category,
    create_manual_item,
    update_category,
    update_gradebook,
    update_item,
)
from assessments.services.grading import override_score
from assessments.services.marking import Judgement, save_mark
from assessments.services.posting import post_grades
from assessments.services.returning import release_marks
from assessments.services.submission import submit
from assessments.services.totals import override_total
from assessments.tests.factories import make_attempt, make_quiz, make_school
from assessments.tests.handed_in import begin, make_assignment
from lms.kernel.errors import KernelError
from lms.kernel.testing import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PLACES = st.integers(0, 3)
CHANGES = ("pk", "before", "after", "status_before", "status_after", "released_after", "reason")
WHO = st.sampled_from(["learner", "classmate"])
SCORES = st.integers(0, 1000).map(lambda number: Decimal(number) / 100)


class Teaching(RuleBasedStateMachine):
    """Two columns by hand, a quiz and an assignment, two learners, all an instructor may do."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.school = make_school()
        self.teacher = self.school.actor("instructor")
        self.quiz = make_quiz(
            self.school, QuestionKind.TRUE_FALSE, attempts_allowed=None, show_review=False
        )
        course = self.school.course
        self.category = create_category(
            actor=self.teacher, course=course, fields=CategoryFields(name="Talks", drop_lowest=1)
        )
        self.items: list[GradeItem] = [self.quiz.grade_item]
        for title in ("One", "Two"):
            fields = ItemFields(title=title, max_score=Decimal(10), category=self.category)
            item = create_manual_item(actor=self.teacher, course=course, fields=fields)
            self.items.append(item)
        self.asked = make_assignment(
            self.school, resubmit=Resubmission.TIMES, resubmit_times=100, points=Decimal(10)
        )
        self.items.append(self.asked.grade_item)
        create_status(
            actor=self.teacher, course=course, fields=StatusFields(name="Own a", sign="a")
        )
        self.history: dict[int, tuple[Any, ...]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, act: Any) -> None:
        """Do it, or be refused in words."""
        try:
            act()
        except KernelError:
            return

    @rule(place=PLACES, who=WHO, score=SCORES, status=st.sampled_from(list(GradeStatus)))
    def grade(self, place: int, who: str, score: Decimal, status: GradeStatus) -> None:
        bare = status in {GradeStatus.EXCUSED, GradeStatus.IN_PROGRESS}
        self.attempt(
            lambda: set_cell(
                actor=self.school.actor("assistant"),
                item=self.items[place],
                learner=getattr(self.school, who),
                score=None if bare else score,
                status=status,
            )
        )

    @rule(place=PLACES, who=WHO, score=st.none() | SCORES, nth=st.integers(0, 2))
    def grade_by_own_status(self, place: int, who: str, score: Decimal | None, nth: int) -> None:
        known = Gradebook.objects.get(course=self.school.course).statuses
        self.attempt(
            lambda: set_cell(
                actor=self.school.actor("assistant"),
                item=self.items[place],
                learner=getattr(self.school, who),
                score=score,
                status=known[nth % len(known)]["key"],
            )
        )

    @rule(
        sign=st.sampled_from("abc"),
        effect=st.sampled_from(list(StatusEffect)),
        percent=st.integers(0, 100).map(Decimal),
        archived=st.booleans(),
    )
    def define(self, sign: str, effect: StatusEffect, percent: Decimal, archived: bool) -> None:
        """A status of the course is made, or another effect given to it."""
        course = self.school.course
        fields = StatusFields(
            name=f"Own {sign}", sign=sign, effect=effect, percent=percent, archived=archived
        )
        known = {one["sign"]: one["key"] for one in Gradebook.objects.get(course=course).statuses}
        if sign in known:
            update_status(actor=self.teacher, course=course, key=known[sign], fields=fields)
        else:
            create_status(actor=self.teacher, course=course, fields=fields)
        run_jobs()

    @rule(nth=st.integers(0, 2))
    def undefine(self, nth: int) -> None:
        """A status that no grade bore goes; one that was borne is refused."""
        course = self.school.course
        known = Gradebook.objects.get(course=course).statuses
        key = known[nth % len(known)]["key"]
        if len(known) > 1:
            self.attempt(lambda: delete_status(actor=self.teacher, course=course, key=key))

    @rule(who=WHO, wrong=st.integers(0, 1))
    def take(self, who: str, wrong: int) -> None:
        make_attempt(self.school, self.quiz, who, wrong=wrong)

    @rule(who=WHO, score=SCORES)
    def mark(self, who: str, score: Decimal) -> None:
        """Another version comes and is marked."""
        row = begin(self.school, self.asked, who, f"Version worth {score}.")
        submit(actor=self.school.actor(who), submission=row)
        judgement = Judgement(picks={}, score=score, feedback="Clear.", private_note="")
        actor = self.school.actor("assistant")
        self.attempt(lambda: save_mark(actor=actor, submission=row, judgement=judgement, done=True))

    @rule()
    def give_back(self) -> None:
        self.attempt(lambda: release_marks(actor=self.teacher, assignment=self.asked))

    @rule(score=st.integers(0, 4), who=WHO)
    def regrade(self, score: int, who: str) -> None:
        """The score of a whole attempt is set anew."""
        last = Attempt.objects.filter(quiz=self.quiz, learner=getattr(self.school, who)).last()
        if last is not None:
            self.attempt(
                lambda: override_score(
                    actor=self.teacher, attempt=last, score=Decimal(score) / 4, reason="Again."
                )
            )

    @rule(lowest=st.integers(0, 2), highest=st.integers(0, 2), extra=st.booleans())
    def drop(self, lowest: int, highest: int, extra: bool) -> None:
        fields = CategoryFields(name="Talks", drop_lowest=lowest, drop_highest=highest, extra=extra)
        row = GradeCategory.objects.get(pk=self.category.pk)
        update_category(actor=self.teacher, category=row, fields=fields)
        run_jobs()

    @rule(place=PLACES, closed=st.booleans())
    def close_a_period(self, place: int, closed: bool) -> None:
        """A column lies in a period that is closed or opened again."""
        day = date(2026, 5, 4)
        period = {"key": "p1", "name": "May", "starts": day, "ends": day, "closed": closed}
        update_gradebook(
            actor=self.teacher,
            course=self.school.course,
            settings=GradebookSettings(periods=[period]),
        )
        item = GradeItem.objects.get(pk=self.items[place].pk)
        fields = ItemFields(
            title=item.title,
            max_score=item.max_score,
            category=item.category,
            weight=item.weight,
            extra=item.extra,
            period="p1",
        )
        update_item(actor=self.teacher, item=item, fields=fields)
        self.items[place] = GradeItem.objects.select_related("course").get(pk=item.pk)
        run_jobs()

    @rule(place=PLACES, released=st.booleans())
    def post(self, place: int, released: bool) -> None:
        item = GradeItem.objects.get(pk=self.items[place].pk)
        self.attempt(lambda: post_grades(actor=self.teacher, item=item, released=released))

    @rule(place=PLACES, kind=st.sampled_from(list(CurveKind)))
    def curve(self, place: int, kind: CurveKind) -> None:
        wish = CurveWish(kind, Decimal("0.5"), Decimal("0.5"), Decimal(1))
        self.attempt(lambda: apply_curve(actor=self.teacher, item=self.items[place], wish=wish))

    @rule(place=PLACES)
    def uncurve(self, place: int) -> None:
        self.attempt(lambda: undo_curve(actor=self.teacher, item=self.items[place]))

    @rule(who=WHO, total=st.none() | st.integers(0, 100).map(Decimal))
    def override(self, who: str, total: Decimal | None) -> None:
        override_total(
            actor=self.teacher,
            course=self.school.course,
            learner=getattr(self.school, who),
            total=total,
            reason="Agreed.",
        )

    @rule(how=st.sampled_from(list(Aggregate)), empty=st.sampled_from(list(Ungraded)))
    def count(self, how: Aggregate, empty: Ungraded) -> None:
        update_gradebook(
            actor=self.teacher,
            course=self.school.course,
            settings=GradebookSettings(rule=how, ungraded=empty),
        )
        run_jobs()

    @rule(place=PLACES, inside=st.booleans(), weight=st.integers(0, 3), extra=st.booleans())
    def weigh(self, place: int, inside: bool, weight: int, extra: bool) -> None:
        item = GradeItem.objects.get(pk=self.items[place].pk)
        fields = ItemFields(
            title=item.title,
            max_score=item.max_score,
            category=self.category if inside else None,
            weight=Decimal(weight),
            extra=extra,
        )
        update_item(actor=self.teacher, item=item, fields=fields)
        run_jobs()

    @invariant()
    def everything_agrees(self) -> None:  # D6: history complete, stored totals as worked out
        assert {words: n for words, n in mismatches().items() if n} == {}

    @invariant()
    def every_status_has_a_name(self) -> None:
        book = Gradebook.objects.get(course=self.school.course)
        named = {*GradeStatus.values, *(one["key"] for one in book.statuses)}
        assert set(Grade.objects.values_list("status", flat=True)) <= named
        told = GradeChange.objects.values_list("status_after", flat=True)
        assert set(told) <= named

    @invariant()
    def history_only_grows(self) -> None:  # D3
        now = {row[0]: row for row in GradeChange.objects.values_list(*CHANGES)}
        assert {key: now.get(key) for key in self.history} == self.history
        self.history = now

    @invariant()
    def a_result_is_shown_with_its_grade(self) -> None:  # Z7
        for who in ("learner", "classmate"):
            mine = Submission.objects.filter(learner=getattr(self.school, who)).first()
            shown = shown_to_authors(mine) if mine else None
            if shown is not None:
                grade = posted_grade(self.school.actor(who), self.asked)
                assert grade is not None

    @invariant()
    def a_trace_gives_its_figure(self) -> None:
        for who in ("learner", "classmate"):
            person = getattr(self.school, who)
            trace = total_of(self.teacher, self.school.course, person).trace
            assert evaluate(to_data(trace)) == figure_of(trace)

    @invariant()
    def the_unposted_is_never_visible(self) -> None:  # Z7
        for who in ("learner", "classmate"):
            own = own_gradebook(self.school.actor(who), self.school.course)
            seen = {line.grade.pk for line in own.lines.values() if line.grade}
            posted = Grade.objects.filter(released=True, learner=getattr(self.school, who))
            assert seen == set(posted.values_list("pk", flat=True))
            if own.trace is not None:
                hidden = Grade.objects.filter(released=False, learner=getattr(self.school, who))
                keys = set(hidden.values_list("item__public_id", flat=True))
                assert not any(key in keys for key in _scored(to_data(own.trace)["step"]))


def _scored(step: dict[str, Any]) -> list[str]:
    """Keys of the columns that a trace gives a score for which is no stand-in."""
    found = [step["key"]] if step["score"] is not None and step["note"] != "as_zero" else []
    return found + [key for part in step["parts"] for key in _scored(part)]


def test_no_sequence_of_acts_breaks_a_gradebook() -> None:
    run_state_machine_as_test(
        Teaching, settings=settings(max_examples=8, stateful_step_count=10, deadline=None)
    )

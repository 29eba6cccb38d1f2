"""No sequence of acts on a gradebook breaks what teachers and learners rely on."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assessments.enums import Aggregate, CurveKind, GradeStatus, QuestionKind, Ungraded
from assessments.models import Grade, GradeItem
from assessments.queries.gradebook import total_of
from assessments.queries.own_grades import own_gradebook
from assessments.queries.reconcile import mismatches
from assessments.scoring.gradebook_trace import evaluate, figure_of, to_data
from assessments.services.cells import set_cell
from assessments.services.curve import CurveWish, apply_curve, undo_curve
from assessments.services.gradebook import (
    CategoryFields,
    GradebookSettings,
    ItemFields,
    create_category,
    create_manual_item,
    update_gradebook,
    update_item,
)
from assessments.services.posting import post_grades
from assessments.services.totals import override_total
from assessments.tests.factories import make_attempt, make_quiz, make_school
from lms.kernel.errors import KernelError
from lms.kernel.testing import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PLACES = st.integers(0, 2)
WHO = st.sampled_from(["learner", "classmate"])
SCORES = st.integers(0, 1000).map(lambda number: Decimal(number) / 100)


class Teaching(RuleBasedStateMachine):
    """Two columns by hand and a quiz, two learners, everything an instructor may do."""

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

    @rule(who=WHO, wrong=st.integers(0, 1))
    def take(self, who: str, wrong: int) -> None:
        make_attempt(self.school, self.quiz, who, wrong=wrong)

    @rule(place=PLACES, released=st.booleans())
    def post(self, place: int, released: bool) -> None:
        post_grades(actor=self.teacher, item=self.items[place], released=released)

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

"""Codes of outcomes stand in lists with commas between, so that none has a comma itself."""

import pytest

from assessments.exchange.filed import Goal
from assessments.models import LearningOutcome
from assessments.services.bank import bank_of
from assessments.services.learning_outcome import (
    OutcomeFields,
    add_outcome,
    plan_outcomes,
    update_outcome,
)
from assessments.tests.factories import School, make_school
from lms.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def test_a_new_code_with_a_comma_is_refused(school: School) -> None:
    teacher = school.actor("instructor")
    with pytest.raises(Invalid) as refused:
        add_outcome(
            actor=teacher, course=school.course, fields=OutcomeFields(code="A, B", title="Both")
        )
    assert list(refused.value.errors) == ["code"]
    row = add_outcome(
        actor=teacher, course=school.course, fields=OutcomeFields(code="A", title="One")
    )
    with pytest.raises(Invalid):
        update_outcome(actor=teacher, outcome=row, fields=OutcomeFields(code="A,B", title="One"))


def test_an_older_code_keeps_its_comma(school: School) -> None:
    row = LearningOutcome.objects.create(
        course=school.course, code="A, B", folded="a, b", title="Both", ordinal=1
    )
    fields = OutcomeFields(code="A, B", title="Both of them")
    kept = update_outcome(actor=school.actor("instructor"), outcome=row, fields=fields)
    assert (kept.code, kept.title) == ("A, B", "Both of them")


def test_a_file_brings_no_code_with_a_comma(school: School) -> None:
    bank = bank_of(school.course)
    goals = [Goal("A", "One"), Goal("A, B", "Both")]
    plan = plan_outcomes(actor=school.actor("instructor"), bank=bank, goals=goals)
    assert [goal.code for goal in plan.fresh.values()] == ["A"]

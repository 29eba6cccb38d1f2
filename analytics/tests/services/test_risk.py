"""The early warning as a product: told, kept, switched off, contested, followed, learnt again."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import exp

import pytest

from analytics.enums import RiskModelState, SupportKind
from analytics.models import EarlyWarning, LearnerRisk, RiskModelVersion
from analytics.queries.outcomes import outcomes_of
from analytics.queries.records import Cohort, cohort_of
from analytics.queries.risk import drift_of, followed, history_of, latest_risks, own_warning
from analytics.queries.risk_card import card
from analytics.services.help import in_words, needs_help, note_contact
from analytics.services.risk import (
    answer_objection,
    object_to_warning,
    switch_warning,
    tell_due_risks,
    tell_risks,
)
from analytics.services.risk_models import own_rows, retrain_due
from analytics.tests.early import DUE_DAYS, NOW, day, make_course_under_way
from analytics.tests.factories import make_learner
from assessments.models import CourseTotal
from assessments.tests.factories import make_attempt
from courses.models import Course, Enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def test_reasons_add_up_to_the_chance_and_order_the_learners() -> None:
    school, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        assert tell_risks(school.course) == 2
        told = latest_risks([school.course.pk])
    good = told[school.course.pk, school.learner.pk]
    poor = told[school.course.pk, school.classmate.pk]
    assert poor.chance is not None
    assert good.chance is not None
    assert poor.chance > good.chance + 0.3
    assert "Handed in 0 of 4 tasks that were due." in [part.text for part in poor.raising]
    for one in (good, poor):
        assert len(one.reasons) == 3
        odds = one.base + one.rest + sum(part.log_odds for part in one.reasons)
        assert one.chance == pytest.approx(1 / (1 + exp(-odds)), abs=1e-6)


def test_the_week_is_written_anew_and_told_once_a_day() -> None:
    school, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        assert tell_due_risks() == 1
        assert tell_due_risks() == 0
        tell_risks(school.course)
    assert LearnerRisk.objects.count() == 2
    with clock.travel(NOW + timedelta(days=7)):
        assert tell_due_risks() == 1
        weeks = history_of(school.actor("assistant"), school.course, school.classmate.pk)
    assert len(weeks) == 2
    with clock.travel(day(101)):
        assert tell_due_risks() == 0  # the course is over


def test_a_course_that_fails_keeps_no_other_from_its_risks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, _quizzes = make_course_under_way()
    second, _more = make_course_under_way()

    def cohort(course: Course, at: datetime) -> Cohort:
        if course.pk == first.course.pk:
            raise ValueError
        return cohort_of(course, at)

    monkeypatch.setattr("analytics.services.risk.cohort_of", cohort)
    with clock.travel(NOW):
        tell_due_risks()
    assert set(LearnerRisk.objects.values_list("course", flat=True)) == {second.course.pk}


def test_who_joined_this_week_is_told_nothing_with_the_reason() -> None:
    school, _quizzes = make_course_under_way()
    new = make_learner(school.course, created_at=NOW - timedelta(days=3))
    with clock.travel(NOW):
        tell_risks(school.course)
        warned = latest_risks([school.course.pk])[school.course.pk, new.pk]
    assert warned.chance is None
    assert warned.note == "Not enough data yet: joined less than a week ago."
    assert warned.level == "unknown"


def test_switched_off_nothing_is_told_shown_or_kept() -> None:
    school, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        tell_risks(school.course)
        with pytest.raises(Denied):
            switch_warning(actor=school.actor("assistant"), course=school.course, on=False)
        switch_warning(actor=school.actor("instructor"), course=school.course, on=False)
        assert not LearnerRisk.objects.exists()
        assert tell_risks(school.course) == 0
        assert tell_due_risks() == 0
        entries = needs_help(actor=school.actor("instructor"), course=school.course)
        assert {(entry.told, entry.chance) for entry in entries} == {(False, None)}
        shown = in_words(school.course, entries)
        assert [entry.warned for entry in shown] == [None, None]
        switch_warning(actor=school.actor("instructor"), course=school.course, on=True)
        assert tell_due_risks() == 1
    assert EarlyWarning.objects.get().changed_by == school.instructor


def test_a_learner_reads_only_what_is_said_of_them() -> None:
    school, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        tell_risks(school.course)
        mine = own_warning(school.actor("learner"), school.course)
        assert mine is not None
        assert mine.learner_id == school.learner.pk
        assert own_warning(school.actor("observer"), school.course) is None
        with pytest.raises(Denied):
            own_warning(school.actor("outsider"), school.course)


def test_an_objection_is_answered_once_and_one_waits_at_a_time() -> None:
    school, _quizzes = make_course_under_way()
    actor, course = school.actor("learner"), school.course
    with pytest.raises(Invalid):
        object_to_warning(actor=actor, course=course, text="  ")
    with pytest.raises(Denied):
        object_to_warning(actor=school.actor("observer"), course=course, text="No.")
    row = object_to_warning(actor=actor, course=course, text="I was ill.")
    with pytest.raises(Conflict):
        object_to_warning(actor=actor, course=course, text="Again.")
    staff = school.actor("assistant")
    with pytest.raises(NotFound):
        answer_objection(actor=staff, course=course, objection_id="nothing", answer="Yes.")
    answer_objection(actor=staff, course=course, objection_id=row.public_id, answer="Noted.")
    with pytest.raises(Conflict):
        answer_objection(actor=staff, course=course, objection_id=row.public_id, answer="Again.")
    object_to_warning(actor=actor, course=course, text="One more thing.")


def test_what_was_done_is_followed_from_the_risk_of_that_day() -> None:
    school, _quizzes = make_course_under_way()
    staff, who = school.actor("assistant"), school.classmate
    with clock.travel(NOW):
        tell_risks(school.course)
        before = latest_risks([school.course.pk])[school.course.pk, who.pk].chance
        note_contact(
            actor=staff,
            course=school.course,
            learner_id=who.public_id,
            kind=SupportKind.MEETING,
            note="Met on Monday.",
        )
        (only,) = followed(staff, school.course, who.pk)
        assert (only.before, only.after, only.settled) == (before, None, False)
    for weeks, settled in ((1, False), (2, True)):
        with clock.travel(NOW + timedelta(weeks=weeks)):
            tell_risks(school.course)
            (only,) = followed(staff, school.course, who.pk)
            assert only.settled is settled
            assert only.after is not None
            assert only.change == only.after - (before or 0)


def ended(number: int, *, odd: bool) -> Course:
    """A course that is over, of twenty learners, half of whom handed in everything.

    They passed, or where it is odd the other half did, which the model that comes with Cairn could
    never tell.
    """
    school, quizzes = make_course_under_way()
    people = [school.learner, school.classmate]
    for at in range(18):
        people.append(make_learner(school.course, created_at=day(-3 - at % 5)))
        if at % 2:
            own = replace(school, learner=people[-1])
            for due, quiz in zip(DUE_DAYS, quizzes, strict=True):
                with clock.travel(day(due - 1)):
                    make_attempt(own, quiz)
    for at, person in enumerate(people):
        handed_in = at == 0 or (at > 1 and at % 2 == 1)
        CourseTotal.objects.update_or_create(
            course=school.course,
            learner=person,
            defaults={"total": 80 if handed_in is not odd else 20},
        )
    Course.objects.filter(pk=school.course.pk).update(ends_at=day(60), title=f"Ended {number}")
    school.course.refresh_from_db()
    return school.course


@pytest.mark.parametrize("odd", [True, False])
def test_a_site_learns_its_own_model_once_enough_learners_ended(odd: bool) -> None:
    first = ended(1, odd=odd)
    with clock.travel(day(70)):
        assert retrain_due() is None  # twenty are too few
        assert card()["own"] is False
        second = ended(2, odd=odd)
        rows = own_rows([first, second])
        assert set(rows.days) == {14.0, 35.0, 56.0}
        version = retrain_due()
        assert version is not None
        assert version.learners == 40
        held = version.held_out
        better = held["own"]["brier"] < held["before"]["brier"]
        assert version.state == (RiskModelState.ACTIVE if better else RiskModelState.CANDIDATE)
        assert better or not odd
        assert held["own"]["auc"] > 0.9
        assert set(held["by_course"]) == {first.public_id, second.public_id}
        # Nobody more has ended, however many of them were seen.
        RiskModelVersion.objects.update(learners=1)
        assert retrain_due() is None
        assert card()["own"] is better
        assert ("2 ended courses" in card()["learnt_from"]) is better
    school, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        tell_risks(school.course)
    used = version.pk if better else None
    assert set(LearnerRisk.objects.values_list("model", flat=True)) == {used}
    assert RiskModelVersion.objects.count() == 1


def test_outcomes_and_drift_of_an_ended_course() -> None:
    school, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        tell_risks(school.course)
        assert drift_of(school.course) is None
    CourseTotal.objects.update_or_create(
        course=school.course, learner=school.classmate, defaults={"total": 90}
    )
    outcomes = outcomes_of(school.course)
    assert outcomes == {school.learner.pk: False, school.classmate.pk: False}
    with clock.travel(day(101)):
        found = drift_of(school.course)
    assert found is not None
    assert (found["n"], found["observed"]) == (2, 0.0)
    assert found["notice"] is (found["predicted"] > 0.10)
    Enrolment.objects.filter(user=school.classmate).update(state="left")
    assert outcomes_of(school.course)[school.classmate.pk] is True

"""Suggestions for the reasons of the early warning: in words, and to the right door."""

import pytest

from analytics.enums import SupportDoor
from analytics.queries.risk import Part
from analytics.queries.support import missed_work, suggestions
from analytics.tests.early import NOW, day, make_course_under_way
from analytics.tests.mastery import answer, make_outcome, make_skill_quiz, take_all
from assessments.scoring.dates import Change
from assessments.services.override import set_override
from lms.kernel import clock
from lms.kernel.errors import Denied

pytestmark = pytest.mark.django_db


def part(theme: str, log_odds: float = 1.0) -> Part:
    return Part(theme, log_odds, theme)


def test_the_work_missed_last_is_named_by_the_learners_own_dates() -> None:
    school, quizzes = make_course_under_way()
    teacher = school.actor("instructor")
    with clock.travel(NOW):
        assert missed_work(school.course, school.learner) is None
        assert missed_work(school.course, school.classmate) == quizzes[3]
        change = Change(due_at=day(60))
        set_override(actor=teacher, work=quizzes[3], person=school.classmate, change=change)
        assert missed_work(school.course, school.classmate) == quizzes[2]
        reasons = [part("work", 1.5), part("timing"), part("silence", 0.5), part("course")]
        found = suggestions(teacher, school.course, school.classmate, reasons)
    assert [(one.door, one.theme) for one in found] == [
        (SupportDoor.DATES, "work"),
        (SupportDoor.WRITE, "silence"),
    ]
    assert found[0].work == quizzes[2]
    assert quizzes[2].lesson.title in found[0].text


def test_without_missed_work_one_writes_and_lowering_reasons_ask_for_nothing() -> None:
    school, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        reasons = [part("timing"), part("scores", -1.0)]
        found = suggestions(school.actor("assistant"), school.course, school.learner, reasons)
    assert [one.door for one in found] == [SupportDoor.WRITE]


def test_low_scores_propose_practice_on_the_weakest_outcome() -> None:
    school, _quizzes = make_course_under_way()
    weak, strong = make_outcome(school, "G1", "Stack stones"), make_outcome(school, "G2")
    answer(make_skill_quiz(school, weak), school.learner, "0100")
    answer(make_skill_quiz(school, strong), school.learner, "1111")
    take_all(school)
    staff = school.actor("assistant")
    (one,) = suggestions(staff, school.course, school.learner, [part("scores")])
    assert (one.door, one.outcome) == (SupportDoor.PRACTICE, weak.public_id)
    assert "Stack stones" in one.text
    assert "1 of 4 answers right" in one.text
    (vague,) = suggestions(staff, school.course, school.classmate, [part("scores")])
    assert (vague.door, vague.outcome) == (SupportDoor.PRACTICE, "")


def test_only_staff_get_suggestions() -> None:
    school, _quizzes = make_course_under_way()
    with pytest.raises(Denied):
        suggestions(school.actor("learner"), school.course, school.learner, [part("work")])

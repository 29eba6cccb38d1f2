"""What a course knew at a moment: dates of each learner, work and scores strictly before it."""

from datetime import timedelta
from decimal import Decimal
from math import inf

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.queries.records import cohort_of
from analytics.scoring.risk.figures import NAMES, figures
from analytics.tests.early import DUE_DAYS, NOW, day, make_course_under_way
from analytics.tests.factories import make_learner
from assessments.enums import GradeStatus
from assessments.models import GradeItem, Quiz
from assessments.queries.dates import dates_of
from assessments.scoring.dates import Change
from assessments.services.cells import set_cell
from assessments.services.grade import write_grade
from assessments.services.gradebook import ItemFields, create_manual_item
from assessments.services.override import set_override
from courses.models import Enrolment
from lms.kernel import clock

pytestmark = pytest.mark.django_db


def test_work_and_scores_are_those_before_the_moment() -> None:
    school, quizzes = make_course_under_way()
    late = cohort_of(school.course, NOW).members[school.learner.pk]
    assert [task.due for task in late.run.tasks] == list(DUE_DAYS)
    assert [round(one.day, 3) for one in late.handed.values()] == [due - 2 for due in DUE_DAYS]
    assert {one.score for one in late.handed.values()} == {100.0}
    assert late.run.days == 100
    assert late.joined == -7

    early = cohort_of(school.course, day(12)).members[school.learner.pk]
    assert len(early.handed) == 1  # the second came in on day 12, which is not before it
    assert cohort_of(school.course, NOW).members[school.classmate.pk].handed == {}

    item = GradeItem.objects.get(quiz=quizzes[0])
    with clock.travel(day(20)):
        write_grade(
            actor=school.actor("instructor"),
            item=item,
            learner=school.learner,
            score=None,
            max_score=quizzes[0].points,
            status=GradeStatus.EXCUSED,
        )
    excused = cohort_of(school.course, NOW).members[school.learner.pk]
    assert item.public_id not in excused.handed
    assert len(excused.run.tasks) == 3
    before = cohort_of(school.course, day(19)).members[school.learner.pk]
    assert before.handed[item.public_id].score == 100.0


def test_a_learner_is_held_to_their_own_dates() -> None:
    school, quizzes = make_course_under_way()
    with clock.travel(day(1)):
        set_override(
            actor=school.actor("instructor"),
            work=quizzes[0],
            person=school.classmate,
            change=Change(due_at=day(40)),
        )
    members = cohort_of(school.course, NOW).members
    assert members[school.classmate.pk].run.tasks[0].due == 40
    assert members[school.learner.pk].run.tasks[0].due == 7
    assert dates_of(quizzes[0]).due_at == day(7)


def test_undated_work_is_due_when_it_is_handed_in_and_never_before() -> None:
    school, quizzes = make_course_under_way()
    Quiz.objects.filter(pk=quizzes[1].pk).update(due_at=None)
    members = cohort_of(school.course, NOW).members
    done, open_ = members[school.learner.pk], members[school.classmate.pk]
    assert sorted(round(task.due, 3) for task in done.run.tasks) == [7, 12, 21, 28]
    assert sorted(task.due for task in open_.run.tasks) == [7, 21, 28, inf]
    found = dict(zip(NAMES, figures([open_], 30.5)[0], strict=True))
    assert (found["due"], found["missed"]) == (3, 3)
    assert round(found["weight_left"]) == 25


def test_who_left_is_not_there_afterwards() -> None:
    school, _quizzes = make_course_under_way()
    Enrolment.objects.filter(user=school.classmate).update(state="left", last_active_at=day(9))
    member = cohort_of(school.course, NOW).members[school.classmate.pk]
    assert member.present(8)
    assert not member.present(10)


def test_queries_do_not_grow_with_learners() -> None:
    school, _quizzes = make_course_under_way()
    with CaptureQueriesContext(connection) as few:
        cohort_of(school.course, NOW)
    for _ in range(4):
        make_learner(school.course, created_at=NOW - timedelta(days=3))
    with CaptureQueriesContext(connection) as many:
        assert len(cohort_of(school.course, NOW).members) == 6
    assert len(many) == len(few)


def test_columns_graded_by_hand_are_due_when_they_are_first_scored() -> None:
    """A score is work that came, a cell that says missing is work that did not."""
    school, _quizzes = make_course_under_way()
    teacher = school.actor("instructor")
    fields = ItemFields(title="Talk", max_score=Decimal(10))
    talk = create_manual_item(actor=teacher, course=school.course, fields=fields)
    with clock.travel(day(15)):
        set_cell(actor=teacher, item=talk, learner=school.learner, score=Decimal(4))
        write_grade(
            actor=teacher,
            item=talk,
            learner=school.classmate,
            score=None,
            max_score=Decimal(10),
            status=GradeStatus.MISSING,
        )
    with clock.travel(day(20)):
        set_cell(actor=teacher, item=talk, learner=school.learner, score=Decimal(8))
    assert talk.public_id not in {
        task.key for task in cohort_of(school.course, day(14)).members[school.learner.pk].run.tasks
    }
    then = cohort_of(school.course, day(18)).members[school.learner.pk]
    assert (then.handed[talk.public_id].day, then.handed[talk.public_id].score) == (15, 40.0)
    members = cohort_of(school.course, NOW).members
    assert members[school.learner.pk].handed[talk.public_id].score == 80.0
    missed = members[school.classmate.pk]
    assert talk.public_id not in missed.handed
    assert [task.due for task in missed.run.tasks if task.key == talk.public_id] == [15]
    found = dict(zip(NAMES, figures([missed], 30.5)[0], strict=True))
    assert (found["due"], found["missed"]) == (5, 5)
    with clock.travel(day(25)):
        write_grade(
            actor=teacher,
            item=talk,
            learner=school.learner,
            score=None,
            max_score=Decimal(10),
            status=GradeStatus.EXCUSED,
        )
    excused = cohort_of(school.course, NOW).members[school.learner.pk]
    assert talk.public_id not in {task.key for task in excused.run.tasks}

"""Posting an assignment's column and returning its works are one act (Z7)."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from assessments.enums import CurveKind, GradeStatus, SubmissionState
from assessments.models import Assignment, Grade, Outcome, Submission
from assessments.queries.marking import shown_to_authors
from assessments.queries.reconcile import mismatches
from assessments.services.cells import set_cell
from assessments.services.curve import CurveWish, apply_curve, undo_curve
from assessments.services.gradebook import (
    GradebookSettings,
    ItemFields,
    update_gradebook,
    update_item,
)
from assessments.services.marking import Judgement, save_mark
from assessments.services.missing import settle_missing
from assessments.services.posting import post_grades
from assessments.services.returning import release_marks
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import hand_in, make_assignment, make_group
from lms.kernel import clock
from lms.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def marked(school: School, asked: Assignment, who: str, score: int) -> Submission:
    row = hand_in(school, asked, who, f"Work of {who}.")
    judgement = Judgement(picks={}, score=Decimal(score), feedback="Clear.", private_note="")
    save_mark(actor=school.actor("assistant"), submission=row, judgement=judgement, done=True)
    return row


def found() -> dict[str, int]:
    return {words: count for words, count in mismatches().items() if count}


def posted(asked: Assignment) -> dict[int, tuple[Decimal | None, bool]]:
    rows = Grade.objects.filter(item__assignment=asked)
    return {row.learner_id: (row.score, row.released) for row in rows}


def test_posting_the_column_returns_what_is_marked_and_hiding_takes_it_back(
    school: School,
) -> None:
    asked, teacher = make_assignment(school), school.actor("instructor")
    row = marked(school, asked, "learner", 70)
    assert post_grades(actor=teacher, item=asked.grade_item, released=True) == 1
    row.refresh_from_db()
    shown = shown_to_authors(row)
    assert shown is not None
    assert (shown["score"], shown["feedback"], row.state) == ("70", ["Clear."], "returned")
    assert posted(asked) == {school.learner.pk: (Decimal(70), True)}
    assert found() == {}
    assert post_grades(actor=teacher, item=asked.grade_item, released=False) == 1
    row.refresh_from_db()
    assert (shown_to_authors(row), row.state) == (None, SubmissionState.SUBMITTED)
    assert posted(asked) == {school.learner.pk: (Decimal(70), False)}
    assert found() == {}
    assert release_marks(actor=teacher, assignment=asked) == 1
    assert posted(asked) == {school.learner.pk: (Decimal(70), True)}
    assert found() == {}


def test_posting_a_group_returns_its_works_for_all_their_authors(school: School) -> None:
    asked = make_assignment(school, group_work=True)
    make_group(school, "learner", "classmate")
    row = marked(school, asked, "learner", 70)
    late = make_group(school, "learner", name="Late shift")
    teacher = school.actor("instructor")
    assert post_grades(actor=teacher, item=asked.grade_item, released=True, group=late) == 2
    assert {score for score, _shown in posted(asked).values()} == {Decimal(70)}
    assert Outcome.objects.get(submission=row).released
    assert post_grades(actor=teacher, item=asked.grade_item, released=False, group=late) == 2
    assert {shown for _score, shown in posted(asked).values()} == {False}
    assert found() == {}


def test_an_anonymous_work_is_returned_by_posting_too(school: School) -> None:
    asked = make_assignment(school, anonymous=True)
    marked(school, asked, "learner", 70)
    assert posted(asked) == {}
    assert post_grades(actor=school.actor("instructor"), item=asked.grade_item, released=True) == 1
    assert posted(asked) == {school.learner.pk: (Decimal(70), True)}


def test_a_grade_set_by_hand_is_posted_with_the_work_it_stands_over(school: School) -> None:
    asked, teacher = make_assignment(school), school.actor("instructor")
    marked(school, asked, "learner", 70)
    item = asked.grade_item
    set_cell(actor=teacher, item=item, learner=school.learner, score=Decimal(90))
    assert release_marks(actor=teacher, assignment=asked) == 1
    assert posted(asked) == {school.learner.pk: (Decimal(90), True)}
    assert found() == {}


def test_released_marks_go_through_the_curve_and_come_back_from_it(school: School) -> None:
    now = clock.now()
    asked = make_assignment(school, missing_percent=Decimal(10), due_at=now + timedelta(seconds=30))
    teacher, item = school.actor("instructor"), asked.grade_item
    row = marked(school, asked, "learner", 36)
    release_marks(actor=teacher, assignment=asked)
    apply_curve(actor=teacher, item=item, wish=CurveWish(CurveKind.SQUARE_ROOT))
    assert posted(asked) == {school.learner.pk: (Decimal(60), True)}
    judgement = Judgement(picks={}, score=Decimal(49), feedback="", private_note="")
    save_mark(actor=school.actor("assistant"), submission=row, judgement=judgement, done=True)
    assert posted(asked) == {school.learner.pk: (Decimal(60), True)}
    release_marks(actor=teacher, assignment=asked)
    assert posted(asked) == {school.learner.pk: (Decimal(70), True)}
    with clock.travel(now + timedelta(minutes=1)):
        assert settle_missing() == 1
    missing = Grade.objects.get(learner=school.classmate)
    assert (missing.status, missing.raw_score) == (GradeStatus.MISSING, Decimal(10))
    assert missing.score == Decimal("31.6228")
    assert found() == {}
    undo_curve(actor=teacher, item=item)
    assert {score for score, _shown in posted(asked).values()} == {Decimal(49), Decimal(10)}
    assert found() == {}


def test_nothing_is_returned_in_a_closed_grading_period(school: School) -> None:
    asked, teacher = make_assignment(school), school.actor("instructor")
    row = marked(school, asked, "learner", 70)
    period = {
        "key": "p1",
        "name": "Autumn",
        "starts": date(2026, 9, 1),
        "ends": date(2026, 12, 31),
        "closed": True,
    }
    update_gradebook(
        actor=teacher, course=school.course, settings=GradebookSettings(periods=[period])
    )
    update_item(actor=teacher, item=asked.grade_item, fields=ItemFields(period="p1"))
    for chosen in (None, [row]):
        with pytest.raises(Conflict) as refused:
            release_marks(actor=teacher, assignment=asked, submissions=chosen)
        assert refused.value.code == "period_closed"
    client = Client()
    client.force_login(school.instructor)
    url = f"/teach/{school.course.slug}/marking/{asked.public_id}/release/"
    page = client.post(url, follow=True)
    assert (page.status_code, "grading period is closed" in page.content.decode()) == (200, True)
    assert posted(asked) == {school.learner.pk: (Decimal(70), False)}
    assert shown_to_authors(row) is None
    update_gradebook(
        actor=teacher,
        course=school.course,
        settings=GradebookSettings(periods=[{**period, "closed": False}]),
    )
    assert release_marks(actor=teacher, assignment=asked, submissions=[row]) == 1
    assert posted(asked) == {school.learner.pk: (Decimal(70), True)}


def test_each_disagreement_of_works_and_grades_is_counted(school: School) -> None:  # D6
    asked = make_assignment(school)
    marked(school, asked, "learner", 70)
    marked(school, asked, "classmate", 80)
    release_marks(actor=school.actor("instructor"), assignment=asked)
    Outcome.objects.filter(submission__learner=school.learner).update(score=Decimal(71))
    Grade.objects.filter(learner=school.classmate).update(released=False)
    counted = found()
    assert counted["returned works without that grade"] == 2
    assert counted["works shown to authors whose grade is hidden"] == 1

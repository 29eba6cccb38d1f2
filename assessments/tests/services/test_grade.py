from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.enums import GradeItemKind, GradeSource, GradeStatus
from assessments.models import Grade, GradeChange, GradeItem
from assessments.queries.reconcile import mismatches
from assessments.services.grade import Origin, item_of_quiz, set_posted, write_grade
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from lms.kernel.errors import Invalid, Stale
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
TEN = Decimal(10)
HAND = Origin(GradeSource.HAND)


@pytest.fixture
def school() -> School:
    return make_school()


def manual(school: School, **fields: Any) -> GradeItem:
    """A column that is graded by hand, out of ten."""
    return GradeItem.objects.create(
        course=school.course,
        **{"kind": GradeItemKind.MANUAL, "title": "Talk", "max_score": TEN, **fields},
    )


def write(school: School, item: GradeItem, score: str | None, **more: Any) -> Grade:
    return write_grade(
        actor=school.actor("assistant"),
        item=item,
        learner=school.learner,
        score=None if score is None else Decimal(score),
        max_score=TEN,
        **{"origin": HAND, **more},
    )


def history(grade: Grade) -> list[tuple[Any, ...]]:
    fields = ("before", "after", "status_before", "status_after", "released_after", "reason")
    return list(grade.changes.order_by("pk").values_list(*fields))


def test_every_kind_of_change_is_in_the_history_and_told(school: School) -> None:  # D3
    item = manual(school)
    grade = write(school, item, "7", reason="Clear.")
    write(school, item, "7", reason="Again.")
    write(school, item, None, status=GradeStatus.EXCUSED, reason="Ill.")
    assert set_posted(actor=school.actor("assistant"), grade=Grade.objects.get(), released=True)
    assert not set_posted(actor=school.actor("assistant"), grade=Grade.objects.get(), released=True)
    write(school, item, "8.5", status=GradeStatus.LATE)
    seven, more = Decimal(7), Decimal("8.5")
    assert history(grade) == [
        (None, seven, "", "graded", False, "Clear."),
        (seven, None, "graded", "excused", False, "Ill."),
        (None, None, "excused", "excused", True, ""),
        (None, more, "excused", "late", True, ""),
    ]
    sources = list(grade.changes.order_by("pk").values_list("source", flat=True))
    assert sources == ["hand", "hand", "posting", "hand"]
    assert Grade.objects.get().version == 4
    told = events_of("assessments.grade_changed")
    assert [(t["before"], t["after"], t["status"], t["released"]) for t in told] == [
        (None, "7.0000", "graded", False),
        ("7.0000", None, "excused", False),
        (None, None, "excused", True),
        (None, "8.5000", "late", True),
    ]
    assert {(t["quiz_id"], t["attempt_id"], t["item_id"]) for t in told} == {(None, None, item.pk)}
    assert not any(mismatches().values())


@pytest.mark.parametrize(
    ("score", "status"),
    [
        (None, GradeStatus.GRADED),
        ("1", GradeStatus.EXCUSED),
        ("1", GradeStatus.IN_PROGRESS),
        ("-0.0001", GradeStatus.GRADED),
        ("10.0001", GradeStatus.LATE),
        ("NaN", GradeStatus.GRADED),
    ],
)
def test_a_score_fits_its_range_and_status(
    school: School, score: str | None, status: GradeStatus
) -> None:
    with pytest.raises(Invalid) as refused:
        write(school, manual(school), score, status=status)
    assert list(refused.value.errors) == ["score"]
    assert not GradeChange.objects.exists()


def test_a_stale_writer_is_refused(school: School) -> None:  # P4
    item = manual(school)
    grade = write(school, item, "1", expected=0)
    write(school, item, "2", expected=grade.version)
    for version in (0, grade.version, 3):
        with pytest.raises(Stale):
            write(school, item, "3", expected=version)
    assert [row[1] for row in history(grade)] == [1, 2]


def test_an_overridden_grade_no_longer_follows_its_attempts(school: School) -> None:
    quiz = make_quiz(school, attempts_allowed=None)
    make_attempt(school, quiz, wrong=3)
    item = item_of_quiz(quiz)
    write(school, item, "9", origin=Origin(GradeSource.HAND, overridden=True), reason="Oral exam.")
    make_attempt(school, quiz)
    assert Grade.objects.get().score == 9
    assert not any(mismatches().values())


def test_items_of_a_course_are_numbered_and_agree_with_their_source(school: School) -> None:  # D2
    first, second = (item_of_quiz(make_quiz(school)) for _ in range(2))
    assert (first.ordinal, second.ordinal) == (1, 2)
    assert first.name == first.quiz.lesson.title  # type: ignore[union-attr]
    assert manual(school).name == "Talk"
    wrong: list[dict[str, Any]] = [
        {"kind": GradeItemKind.QUIZ},
        {"title": ""},
        {"max_score": None},
        {"max_score": 0},
        {"quiz": make_quiz(school), "kind": GradeItemKind.ASSIGNMENT},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            manual(school, **fields)


def test_the_database_keeps_scores_and_statuses_together(school: School) -> None:  # D2
    write(school, manual(school), "1")
    changes: list[dict[str, Any]] = [
        {"score": None},
        {"score": 11},
        {"status": "excused"},
        {"status": "in_progress"},
    ]
    for fields in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Grade.objects.update(**fields)

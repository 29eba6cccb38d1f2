from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assessments.enums import AssignmentState, LateUnit, Resubmission
from assessments.models import Assignment
from assessments.services.assignment import (
    AssignmentSettings,
    assignment_settings_of,
    create_assignment,
    publish_assignment,
    unpublish_assignment,
    update_assignment,
)
from assessments.tests.factories import School, make_lesson, make_school
from assessments.tests.handed_in import begin, make_assignment
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
EARLY, LATE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
ALL = AssignmentSettings(
    instructions="Weigh *it*.",
    takes_text=False,
    takes_url=True,
    file_kinds=("pdf", "docx"),
    max_files=2,
    max_file_mb=3,
    points=Decimal("12.5"),
    opens_at=EARLY,
    due_at=LATE,
    cutoff_at=LATE,
    late_unit=LateUnit.HOUR,
    late_percent=Decimal("2.5"),
    late_cap=Decimal(40),
    missing_percent=Decimal(0),
    resubmit=Resubmission.TIMES,
    resubmit_times=2,
    group_work=True,
)


@pytest.fixture
def school() -> School:
    return make_school()


def test_an_assignment_is_made_once_per_lesson(school: School) -> None:
    actor, lesson = school.actor("instructor"), make_lesson(school, kind="assignment")
    first = create_assignment(actor=actor, lesson=lesson)
    assert create_assignment(actor=actor, lesson=lesson) == first
    assert assignment_settings_of(first) == AssignmentSettings()
    with pytest.raises(Invalid) as refused:
        create_assignment(actor=actor, lesson=make_lesson(school, kind="quiz"))
    assert list(refused.value.errors) == ["lesson"]


def test_every_setting_is_written(school: School) -> None:
    actor, row = school.actor("instructor"), make_assignment(school)
    update_assignment(actor=actor, assignment=row, settings=ALL, expected=row.version)
    stored = Assignment.objects.get(pk=row.pk)
    assert assignment_settings_of(stored) == ALL
    assert stored.instructions_html == "<p>Weigh <em>it</em>.</p>\n"
    with pytest.raises(Stale):  # P4
        update_assignment(actor=actor, assignment=row, settings=ALL, expected=row.version)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"takes_text": False, "takes_files": False}, "takes_text"),
        ({"file_kinds": ("exe",)}, "file_kinds"),
        ({"max_files": 0}, "max_files"),
        ({"max_file_mb": 51}, "max_file_mb"),
        ({"resubmit_times": 101}, "resubmit_times"),
        ({"points": Decimal(0)}, "points"),
        ({"points": Decimal("1.00001")}, "points"),
        ({"points": Decimal("NaN")}, "points"),
        ({"late_percent": Decimal(-1)}, "late_percent"),
        ({"late_cap": Decimal(101)}, "late_cap"),
        ({"opens_at": LATE, "due_at": EARLY}, "due_at"),
        ({"due_at": LATE, "cutoff_at": EARLY}, "cutoff_at"),
        ({"opens_at": LATE, "cutoff_at": EARLY}, "cutoff_at"),
        ({"late_unit": LateUnit.DAY}, "due_at"),
        ({"missing_percent": Decimal(0)}, "missing_percent"),
        ({"instructions": "\x00"}, "instructions"),  # C4
    ],
)
def test_settings_out_of_range_name_their_field(
    school: School, changes: dict[str, object], field: str
) -> None:
    row = make_assignment(school)
    with pytest.raises(Invalid) as refused:
        update_assignment(
            actor=school.actor("instructor"),
            assignment=row,
            settings=AssignmentSettings(**changes),  # type: ignore[arg-type]
        )
    assert list(refused.value.errors) == [field]


def test_publishing_tells_once_and_needs_something_to_do(school: School) -> None:
    actor = school.actor("instructor")
    row = make_assignment(school, published=False, instructions=" ")
    with pytest.raises(Conflict) as refused:
        publish_assignment(actor=actor, assignment=row)
    assert refused.value.code == "nothing_asked"
    filled = AssignmentSettings(instructions="Build one.")
    update_assignment(actor=actor, assignment=row, settings=filled)
    for _again in range(2):
        row = publish_assignment(actor=actor, assignment=row)
    assert row.state == AssignmentState.PUBLISHED
    assert events_of("assessments.assignment_published") == [
        {
            "course_id": school.course.pk,
            "assignment_id": row.pk,
            "lesson_id": row.lesson_id,
            "actor_id": school.instructor.pk,
        }
    ]
    assert unpublish_assignment(actor=actor, assignment=row).state == AssignmentState.DRAFT


def test_group_work_is_fixed_once_somebody_began(school: School) -> None:
    row = make_assignment(school)
    begin(school, row)
    with pytest.raises(Conflict) as refused:
        update_assignment(
            actor=school.actor("instructor"),
            assignment=row,
            settings=AssignmentSettings(group_work=True),
        )
    assert refused.value.code == "has_submissions"


@pytest.mark.parametrize("who", ["assistant", "learner", "observer", "outsider"])
def test_only_instructors_change_assignments(school: School, who: str) -> None:
    row, actor = make_assignment(school), school.actor(who)
    acts = [
        lambda: create_assignment(actor=actor, lesson=row.lesson),
        lambda: update_assignment(actor=actor, assignment=row, settings=AssignmentSettings()),
        lambda: publish_assignment(actor=actor, assignment=row),
        lambda: unpublish_assignment(actor=actor, assignment=row),
    ]
    for act in acts:
        with pytest.raises((Denied, NotFound)):
            act()
    assert Assignment.objects.get(pk=row.pk).version == row.version

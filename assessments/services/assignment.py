"""An assignment's settings and life: made for a lesson, changed, published, taken back."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import AssignmentState, LateUnit, Resubmission
from assessments.events import AssignmentPublished
from assessments.models import Assignment, Mark, Rubric, RubricVersion, Submission
from assessments.rules import EDIT_ASSIGNMENT
from assessments.services.editing import locked, save_changes
from assessments.services.grade import item_of_assignment
from assessments.services.moved_dates import moving_dates
from assessments.services.totals import recount_if_counted
from courses.enums import LessonKind
from courses.models import Lesson
from courses.rules import EDIT_LESSON
from courses.services.moments import require_moments
from courses.services.sniffing import KNOWN_EXTENSIONS
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import render_markdown, require_text

MAX_INSTRUCTIONS: Final = 20_000
MAX_POINTS: Final = Decimal(10_000)
MAX_FILES: Final = 20
MAX_FILE_MB: Final = 50
MAX_TIMES: Final = 100
HUNDRED: Final = Decimal(100)
PERCENTS: Final = ("late_percent", "late_cap", "missing_percent", "threshold")
READ_APART: Final = ("file_kinds", "rubric", "late_unit", "resubmit")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentSettings:
    """What is asked and taken. Dates are aware, percents 0 to 100, None is without border.

    `rubric` is the id of a rubric of the course, whose latest version judges the work; "" for none.
    """

    instructions: str = ""
    takes_text: bool = True
    takes_files: bool = True
    takes_url: bool = False
    file_kinds: tuple[str, ...] = ()
    max_files: int = 5
    max_file_mb: int = 20
    points: Decimal = HUNDRED
    opens_at: datetime | None = None
    due_at: datetime | None = None
    cutoff_at: datetime | None = None
    late_unit: LateUnit = LateUnit.NONE
    late_percent: Decimal = Decimal(0)
    late_cap: Decimal = HUNDRED
    missing_percent: Decimal | None = None
    resubmit: Resubmission = Resubmission.UNTIL_DUE
    resubmit_times: int = 3
    group_work: bool = False
    rubric: str = ""
    anonymous: bool = False
    two_markers: bool = False
    threshold: Decimal = Decimal(10)


def assignment_settings_of(row: Assignment) -> AssignmentSettings:
    """The present settings of an assignment."""
    names = [name for name in AssignmentSettings.__slots__ if name not in READ_APART]
    return AssignmentSettings(
        file_kinds=tuple(row.file_kinds),
        rubric=row.rubric.rubric.public_id if row.rubric else "",
        late_unit=LateUnit(row.late_unit),
        resubmit=Resubmission(row.resubmit),
        **{name: getattr(row, name) for name in names},
    )


@transaction.atomic
def create_assignment(
    *, actor: Actor, lesson: Lesson, settings: AssignmentSettings | None = None
) -> Assignment:
    """The assignment of a lesson, made when there is none yet; otherwise the one there is.

    Raises Invalid for a lesson of another kind or settings out of range.
    """
    require(actor, EDIT_LESSON, lesson)
    if lesson.kind != LessonKind.ASSIGNMENT:
        raise Invalid(_("This lesson is not an assignment."), field="lesson")
    wanted = settings or AssignmentSettings()
    fields = {**_checked(wanted), "rubric": _rubric(lesson.course_id, wanted.rubric)}
    row, made = Assignment.objects.get_or_create(
        lesson=lesson, defaults={"course_id": lesson.course_id, **fields}
    )
    if made:
        item_of_assignment(row)
    return row


@transaction.atomic
def update_assignment(
    *,
    actor: Actor,
    assignment: Assignment,
    settings: AssignmentSettings,
    expected: int | None = None,
) -> Assignment:
    """Change settings; what was handed in stays, and marks follow dates and costs of lateness.

    Raises Invalid naming the field that is out of range, Stale, Conflict `has_submissions` for
    turning single work into group work or back once somebody began, Conflict `marking_begun` for
    changing points, rubric, anonymity or the number of markers once there are marks.
    """
    require(actor, EDIT_ASSIGNMENT, assignment)
    fields = _checked(settings)
    row = locked(assignment, expected=expected)
    if settings.group_work != row.group_work and Submission.objects.filter(assignment=row).exists():
        words = _("Somebody has begun this assignment. It stays single or group work.")
        raise Conflict(words, code="has_submissions")
    rubric = row.rubric
    if settings.rubric != (rubric.rubric.public_id if rubric else ""):
        rubric = _rubric(row.course_id, settings.rubric)
    _require_same_marking(row, {**fields, "rubric": rubric})
    works = Submission.objects.filter(assignment=row)
    with moving_dates(actor, works, assignment=row):
        return save_changes(row, **fields, rubric=rubric)


@transaction.atomic
def follow_rubric(*, actor: Actor, assignment: Assignment) -> Assignment:
    """Judge by the newest version of the rubric, as long as there are no marks."""
    require(actor, EDIT_ASSIGNMENT, assignment)
    row = locked(assignment)
    if row.rubric is None:
        return row
    latest = row.rubric.rubric.latest
    _require_same_marking(row, {"rubric": latest})
    return save_changes(row, rubric=latest)


@transaction.atomic
def publish_assignment(
    *, actor: Actor, assignment: Assignment, expected: int | None = None
) -> Assignment:
    """Open an assignment to learners; idempotent. Raises Conflict `nothing_asked` when it is blank.

    What is asked stands in the instructions or in the lesson's own text.
    """
    require(actor, EDIT_ASSIGNMENT, assignment)
    row = locked(assignment, expected=expected)
    if row.state == AssignmentState.PUBLISHED:
        return row
    if not row.instructions.strip() and not _introduced(row):
        words = _("Write what is to be done before you publish the assignment.")
        raise Conflict(words, code="nothing_asked")
    row = save_changes(row, state=AssignmentState.PUBLISHED, published_at=clock.now())
    told = AssignmentPublished(
        course_id=row.course_id, assignment_id=row.pk, lesson_id=row.lesson_id
    )
    publish(told, actor=actor)
    return row


@transaction.atomic
def unpublish_assignment(
    *, actor: Actor, assignment: Assignment, expected: int | None = None
) -> Assignment:
    """Take an assignment back to draft: learners no longer see it, what they sent stays."""
    require(actor, EDIT_ASSIGNMENT, assignment)
    row = locked(assignment, expected=expected)
    if row.state == AssignmentState.DRAFT:
        return row
    recount_if_counted(actor, row.course_id)
    return save_changes(row, state=AssignmentState.DRAFT)


def _introduced(row: Assignment) -> bool:
    return row.lesson.versions.exclude(markdown="").exists()


def _rubric(course_id: int, public_id: str) -> RubricVersion | None:
    if not public_id:
        return None
    rows = Rubric.objects.select_related("latest")
    found = rows.filter(course_id=course_id, public_id=public_id, retired=False).first()
    if found is None:
        raise Invalid(_("There is no such rubric in this course."), field="rubric")
    return found.latest


def _require_same_marking(row: Assignment, fields: dict[str, Any]) -> None:
    """What marks were made under stays, once there are marks."""
    fixed = ("points", "rubric", "anonymous", "two_markers")
    changed = any(name in fields and fields[name] != getattr(row, name) for name in fixed)
    if changed and Mark.objects.filter(submission__assignment=row).exists():
        words = _("Marking has begun. Points, rubric, anonymity and markers stay as they are.")
        raise Conflict(words, code="marking_begun")


def _checked(settings: AssignmentSettings) -> dict[str, Any]:
    _check_kinds(settings)
    _check_numbers(settings)
    _check_dates(settings)
    require_text(settings.instructions, field="instructions", max_length=MAX_INSTRUCTIONS)
    written = asdict(settings)
    written.pop("rubric")
    return {
        **written,
        "file_kinds": list(settings.file_kinds),
        "instructions_html": render_markdown(settings.instructions),
    }


def _check_kinds(settings: AssignmentSettings) -> None:
    if not (settings.takes_text or settings.takes_files or settings.takes_url):
        raise Invalid(_("Accept text, files or a web address."), field="takes_text")
    unknown = [kind for kind in settings.file_kinds if kind not in KNOWN_EXTENSIONS]
    if unknown:
        words = _("Files of this kind cannot be taken in: %(kinds)s.")
        raise Invalid(words % {"kinds": ", ".join(unknown)}, field="file_kinds")


def _check_numbers(settings: AssignmentSettings) -> None:
    whole = {"max_files": MAX_FILES, "max_file_mb": MAX_FILE_MB, "resubmit_times": MAX_TIMES}
    for name, most in whole.items():
        if not 1 <= getattr(settings, name) <= most:
            words = _("Give a number from 1 to %(most)d.") % {"most": most}
            raise Invalid(words, field=name)
    _require_decimal(settings.points, "points", MAX_POINTS)
    if settings.points <= 0:
        raise Invalid(_("Points lie above 0."), field="points")
    for name in PERCENTS:
        value = getattr(settings, name)
        if value is not None:
            _require_decimal(value, name, HUNDRED)


def _require_decimal(value: Decimal, field: str, most: Decimal) -> None:
    exponent = value.as_tuple().exponent
    if not value.is_finite() or not 0 <= value <= most:
        raise Invalid(_("Give a number from 0 to %(most)s.") % {"most": most}, field=field)
    if isinstance(exponent, int) and exponent < -4:
        raise Invalid(_("Give at most four decimals."), field=field)


def _check_dates(settings: AssignmentSettings) -> None:
    opens, due, cutoff = settings.opens_at, settings.due_at, settings.cutoff_at
    require_moments(opens_at=opens, due_at=due, cutoff_at=cutoff)
    if opens is not None and due is not None and due <= opens:
        raise Invalid(_("It has to be due after it opens."), field="due_at")
    if due is not None and cutoff is not None and cutoff < due:
        raise Invalid(_("Work is accepted at least until it is due."), field="cutoff_at")
    if opens is not None and cutoff is not None and cutoff <= opens:
        raise Invalid(_("Work is accepted at least until it opens."), field="cutoff_at")
    late = settings.late_unit != LateUnit.NONE
    if late and due is None:
        raise Invalid(_("Say when it is due, or deduct nothing for lateness."), field="due_at")
    if settings.missing_percent is not None and due is None and cutoff is None:
        words = _("Say when it is due, or give missing work no grade.")
        raise Invalid(words, field="missing_percent")

"""Assignments and submissions of a school, for tests."""

from io import BytesIO
from typing import Any

from assessments.models import Assignment, Submission
from assessments.services.assignment import (
    AssignmentSettings,
    create_assignment,
    publish_assignment,
)
from assessments.services.submission import (
    add_submission_file,
    open_submission,
    save_draft,
    submit,
)
from assessments.tests.factories import School, make_lesson
from courses.enums import LessonKind
from courses.models import LearnerGroup
from courses.services.group import create_group

PDF = b"%PDF-1.7 stones"


def make_assignment(school: School, *, published: bool = True, **settings: Any) -> Assignment:
    """An assignment of the school's course."""
    actor = school.actor("instructor")
    filled = {"instructions": "Describe a *cairn*.", **settings}
    row = create_assignment(
        actor=actor,
        lesson=make_lesson(school, kind=LessonKind.ASSIGNMENT),
        settings=AssignmentSettings(**filled),
    )
    return publish_assignment(actor=actor, assignment=row) if published else row


def begin(school: School, asked: Assignment, who: str = "learner", text: str = "") -> Submission:
    """A draft of somebody."""
    actor = school.actor(who)
    row = open_submission(actor=actor, assignment=asked)
    if text:
        save_draft(actor=actor, submission=row, text=text, seq=row.draft_seq + 1)
    row.refresh_from_db()
    return row


def hand_in(
    school: School, asked: Assignment, who: str = "learner", text: str = "A pile of stones."
) -> Submission:
    """A version handed in by somebody."""
    row = begin(school, asked, who, text)
    submit(actor=school.actor(who), submission=row)
    row.refresh_from_db()
    return row


def put_file(
    school: School, row: Submission, who: str = "learner", name: str = "a.pdf", data: bytes = PDF
) -> Any:
    """A file in somebody's draft."""
    return add_submission_file(
        actor=school.actor(who), submission=row, name=name, content=BytesIO(data)
    )


def make_group(school: School, *names: str, name: str = "Masons") -> LearnerGroup:
    """A group of some of the school's learners."""
    return create_group(
        actor=school.actor("instructor"),
        course=school.course,
        name=name,
        learners=[getattr(school, who) for who in names],
    )

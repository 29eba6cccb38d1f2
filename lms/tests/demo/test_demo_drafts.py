"""Generated questions wait in the demo's review queue."""

import pytest

from accounts.models import User
from ai.enums import DraftState
from ai.models import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_demo_time")]


def test_drafts_wait_for_a_reviewer() -> None:  # I5
    rows = Draft.objects.filter(course__slug="thinking-with-data")
    assert rows.filter(state=DraftState.DRAFT).count() == 5
    assert set(rows.values_list("provider", flat=True)) == {"extractive"}
    for row in rows:
        assert all(check["passed"] for check in row.checks if check["blocking"])
        assert row.evidence


def test_one_draft_was_accepted_and_one_turned_down() -> None:
    teacher = User.objects.get(email="instructor@example.com")
    accepted = Draft.objects.get(state=DraftState.ACCEPTED)
    assert accepted.question is not None
    assert accepted.question.latest is not None
    assert accepted.question.latest.provenance["approver"] == teacher.pk
    rejected = Draft.objects.get(state=DraftState.REJECTED)
    assert rejected.reason == "Asks for a number that nobody needs to remember."
    assert rejected.decided_by == teacher

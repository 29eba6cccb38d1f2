"""Generated questions wait in the demo's review queue."""

import pytest

from accounts.models import User
from ai.enums import DraftState, Purpose
from ai.models import Draft, Profile
from ai.queries.consent import consented, purpose_off
from ai.queries.spend import spend
from courses.models import Course
from lms.kernel.actors import for_user

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


def test_the_demo_shows_budgets_and_consent_and_claims_no_spend() -> None:
    admin = for_user(User.objects.get(email="admin@example.com"))
    found = spend(admin)
    assert [row.share for row in found.budgets] == [0, 0]
    assert (found.tokens, found.cost) == (0, "0.00 USD")
    assert {row.purpose for row in found.rows} == {"Question generation"}
    assert consented(User.objects.get(email="student@example.com").pk)
    bridges = Course.objects.get(slug="how-bridges-stand-up")
    assert purpose_off(Purpose.MARKING, bridges) == "course"
    # A model that the environment names is asked: the demo's profile is not in use.
    assert not Profile.objects.filter(active=True).exists()

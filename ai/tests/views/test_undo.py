"""What was decided together can be taken back together."""

import pytest
from django.test import Client

from ai.enums import DraftState
from ai.models import Draft
from ai.services.review import accept_draft
from ai.tests.factories import make_drafts
from ai.tests.passages import PLATES
from assessments.enums import QuestionState
from assessments.models import Question
from courses.models import Course
from courses.tests.factories import CourseFactory
from lms.kernel import actors

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def drafts(course: Course) -> list[Draft]:
    actor = actors.for_user(course.created_by)
    return make_drafts(actor, course=course, content=PLATES, count=3)


@pytest.mark.parametrize("act", ["accept", "reject"])
def test_a_decision_about_several_is_undone(
    client: Client, course: Course, drafts: list[Draft], act: str
) -> None:
    client.force_login(course.created_by)
    home = f"/teach/{course.slug}/ai/drafts/"
    chosen = [draft.public_id for draft in drafts[:2]]
    client.post(f"{home}several/", {"draft": chosen, "act": act})
    assert Draft.objects.filter(state=DraftState.DRAFT).count() == 1
    assert f"{home}undo/" in client.get(home).content.decode()
    client.post(f"{home}undo/")
    assert Draft.objects.filter(state=DraftState.DRAFT, question=None).count() == 3
    assert not Question.objects.exclude(state=QuestionState.RETIRED).exists()
    assert f"{home}undo/" not in client.get(home).content.decode()
    client.post(f"{home}undo/")
    assert Draft.objects.filter(state=DraftState.DRAFT).count() == 3


def test_a_question_that_a_quiz_asks_stays(
    client: Client, course: Course, drafts: list[Draft]
) -> None:
    client.force_login(course.created_by)
    home = f"/teach/{course.slug}/ai/drafts/"
    client.post(f"{home}several/", {"draft": [drafts[0].public_id], "act": "accept"})
    Question.objects.update(use_count=1)
    page = client.post(f"{home}undo/", follow=True).content.decode()
    assert "A quiz asks this question by now." in page
    assert Draft.objects.get(pk=drafts[0].pk).state == DraftState.ACCEPTED


def test_what_was_decided_before_is_not_undone(
    client: Client, course: Course, drafts: list[Draft]
) -> None:
    accept_draft(actor=actors.for_user(course.created_by), draft=drafts[0])
    client.force_login(course.created_by)
    home = f"/teach/{course.slug}/ai/drafts/"
    chosen = [draft.public_id for draft in drafts[:2]]
    client.post(f"{home}several/", {"draft": chosen, "act": "reject"})
    client.post(f"{home}undo/")
    states = [Draft.objects.get(pk=draft.pk).state for draft in drafts[:2]]
    assert states == [DraftState.ACCEPTED, DraftState.DRAFT]


def test_when_nothing_could_be_decided_only_the_reason_is_said(
    client: Client, course: Course, drafts: list[Draft]
) -> None:
    accept_draft(actor=actors.for_user(course.created_by), draft=drafts[0])
    client.force_login(course.created_by)
    address = f"/teach/{course.slug}/ai/drafts/several/"
    sent = {"draft": [drafts[0].public_id], "act": "accept"}
    page = client.post(address, sent, follow=True).content.decode()
    assert "Somebody has decided about this question already." in page
    assert "0 questions" not in page

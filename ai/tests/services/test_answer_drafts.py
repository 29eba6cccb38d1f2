"""Short answers beside the accepted ones: a draft for markers, never a score."""

import pytest
from django.test import Client
from django.urls import reverse

from ai.enums import Purpose
from ai.models import AiCall, AnswerDraft
from ai.queries.answer_draft import answer_drafts
from ai.services.consent import switch_person
from ai.services.routes import NoModel
from ai.services.short_answers import request_answer_drafts
from ai.services.switches import set_site_switches
from ai.tests.fake_model import FakeModel
from assessments.enums import QuestionKind
from assessments.models import Attempt, AttemptQuestion, GradeChange
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import School, make_quiz, make_school
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.models import JobState
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def answered(school: School, said: str) -> Attempt:
    """An attempt whose one question, after the capital of Ecuador, was answered so."""
    learner = school.actor("learner")
    attempt = start_attempt(actor=learner, quiz=make_quiz(school, QuestionKind.SHORT_ANSWER))
    part = attempt.questions.get()
    save_answer(actor=learner, attempt=attempt, question=part, answer=said, seq=part.seq + 1)
    return submit_attempt(actor=learner, attempt=attempt)


def drafted(school: School, attempt: Attempt) -> AnswerDraft:
    request_answer_drafts(actor=school.actor("assistant"), attempt=attempt)
    (done,) = run_jobs()
    assert done.state == JobState.SUCCEEDED, done.error
    return AnswerDraft.objects.get()


def test_an_answer_that_means_an_accepted_one_gets_a_draft_and_no_score(school: School) -> None:
    attempt = answered(school, "It is San Francisco of Quito")
    part = attempt.questions.get()
    before = (part.score, part.verdict, attempt.score, GradeChange.objects.count())
    draft = drafted(school, attempt)
    (one,) = draft.criteria
    assert (draft.provider, draft.prompt_version) == ("similarity", "similarity-2")
    assert draft.model
    assert "San Francisco de Quito" in one["reason"]
    assert str(part.answer)[one["start"] : one["end"]] == one["quote"] == "San Francisco"
    assert AiCall.objects.count() == 0
    part.refresh_from_db()
    attempt.refresh_from_db()
    assert (part.score, part.verdict, attempt.score, GradeChange.objects.count()) == before
    again = drafted(school, attempt)
    assert again.pk == draft.pk


def test_nothing_in_common_is_drafted_as_nothing(school: School) -> None:
    (one,) = drafted(school, answered(school, "a purple umbrella")).criteria
    assert (one["points"], one["quote"], one["confidence"]) == ("0.0000", "", "likeness")


def test_only_markers_ask_and_see(school: School) -> None:
    attempt = answered(school, "Kito")
    for who in ("learner", "observer", "outsider"):
        with pytest.raises((Denied, NotFound)):
            request_answer_drafts(actor=school.actor(who), attempt=attempt)
    drafted(school, attempt)
    for who in ("learner", "observer", "outsider"):
        assert answer_drafts(school.actor(who), attempt) == {}
    assert len(answer_drafts(school.actor("assistant"), attempt)) == 1


def test_what_needs_no_draft_is_refused_in_words(school: School) -> None:
    with pytest.raises(Invalid, match="missed a point"):
        request_answer_drafts(actor=school.actor("assistant"), attempt=answered(school, "Quito"))
    other = make_quiz(school, QuestionKind.SHORT_ANSWER)
    still_open = start_attempt(actor=school.actor("learner"), quiz=other)
    with pytest.raises(Conflict):
        request_answer_drafts(actor=school.actor("assistant"), attempt=still_open)


def test_asked_twice_it_is_done_once(school: School) -> None:
    attempt = answered(school, "Kito")
    jobs = {
        request_answer_drafts(actor=school.actor(who), attempt=attempt).pk
        for who in ("assistant", "instructor")
    }
    assert len(jobs) == 1


def test_off_is_off_for_the_learner_and_for_drafts_of_marks(
    school: School, model: FakeModel
) -> None:
    attempt, marker = answered(school, "Kito"), school.actor("assistant")
    switch_person(actor=school.actor("learner"), off=True)
    with pytest.raises(NoModel):
        request_answer_drafts(actor=marker, attempt=attempt)
    switch_person(actor=school.actor("learner"), off=False)
    off = [Purpose.MARKING]
    set_site_switches(actor=school.actor("admin"), off=False, ask_consent=True, off_purposes=off)
    with pytest.raises(NoModel):
        request_answer_drafts(actor=marker, attempt=attempt)
    assert model.requests == []


@pytest.fixture
def clients(school: School) -> dict[str, Client]:
    found = {}
    for who in ("assistant", "learner"):
        found[who] = Client()
        found[who].force_login(getattr(school, who))
    return found


def test_the_attempts_page_offers_shows_and_the_review_does_not(
    school: School, clients: dict[str, Client]
) -> None:
    attempt = answered(school, "It is San Francisco of Quito")
    page = reverse("teach-attempt", args=[school.course.slug, attempt.public_id])
    shown = clients["assistant"].get(page).content.decode()
    assert "Compare them" in shown
    door = reverse("teach-ai-answer-drafts", args=[school.course.slug, attempt.public_id])
    assert clients["assistant"].post(door)["Location"] == page
    assert "Answers are being compared" in clients["assistant"].get(page).content.decode()
    run_jobs()
    shown = clients["assistant"].get(page).content.decode()
    assert "Draft by likeness" in shown
    assert "San Francisco de Quito" in shown
    lesson = attempt.quiz.lesson.public_id
    own = f"/c/{school.course.slug}/learn/{lesson}/attempt/{attempt.public_id}/"
    seen = clients["learner"].get(own, follow=True).content.decode()
    assert "likeness" not in seen
    assert clients["learner"].post(door).status_code in {403, 404}
    assert AttemptQuestion.objects.get().score == 0

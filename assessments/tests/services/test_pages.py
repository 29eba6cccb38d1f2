"""Attempts on several pages: what is reached, what is left, going on."""

import pytest
from django.test import Client

from assessments.enums import AttemptState, Layout, Navigation, QuestionKind, StepKind
from assessments.models import Attempt
from assessments.queries.attempt import sheet
from assessments.queries.replay import differences
from assessments.services.attempt import flag_question, save_answer, start_attempt
from assessments.services.closing import submit_attempt
from assessments.services.pages import move_on
from assessments.services.quiz import QuizSettings, update_quiz
from assessments.tests.factories import School, make_quiz, make_school
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
THREE = (QuestionKind.TRUE_FALSE, QuestionKind.NUMERIC, QuestionKind.SHORT_ANSWER)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def attempt(school: School) -> Attempt:
    quiz = make_quiz(
        school, *THREE, layout=Layout.QUESTION, navigation=Navigation.FORWARD, show_review=False
    )
    return start_attempt(actor=school.actor("learner"), quiz=quiz)


def seen(school: School, attempt: Attempt, who: str = "learner") -> list[int]:
    row = Attempt.objects.get(pk=attempt.pk)
    return [one.ordinal for one in sheet(school.actor(who), row).questions]


def test_a_learner_sees_the_page_they_are_on_alone(school: School, attempt: Attempt) -> None:
    actor = school.actor("learner")
    assert (attempt.page, attempt.page_count, attempt.forward_only) == (1, 3, True)
    assert seen(school, attempt) == [1]
    assert seen(school, attempt, "assistant") == [1, 2, 3]
    move_on(actor=actor, attempt=attempt, page=1)
    assert seen(school, attempt) == [2]
    submit_attempt(actor=actor, attempt=attempt)
    assert seen(school, attempt) == []
    Attempt.objects.update(state=AttemptState.RELEASED)
    assert seen(school, attempt) == [1, 2, 3]


def test_moving_on_is_logged_once_and_ends_at_the_last_page(
    school: School, attempt: Attempt
) -> None:
    actor = school.actor("learner")
    for _twice in range(2):
        assert move_on(actor=actor, attempt=attempt, page=1).page == 2
    for page, code in ((3, "page_not_reached"),):
        with pytest.raises(Conflict) as refused:
            move_on(actor=actor, attempt=attempt, page=page)
        assert refused.value.code == code
    assert move_on(actor=actor, attempt=attempt, page=2).page == 3
    with pytest.raises(Conflict) as refused:
        move_on(actor=actor, attempt=attempt, page=3)
    assert refused.value.code == "last_page"
    for page in (0, 4):
        with pytest.raises(Invalid):
            move_on(actor=actor, attempt=attempt, page=page)
    moved = attempt.steps.filter(kind=StepKind.MOVED).order_by("seq")
    assert [step.data for step in moved] == [{"page": 2}, {"page": 3}]
    submit_attempt(actor=actor, attempt=attempt)
    with pytest.raises(Conflict) as refused:
        move_on(actor=actor, attempt=attempt, page=3)
    assert refused.value.code == "attempt_closed"
    with pytest.raises(NotFound):
        move_on(actor=school.actor("classmate"), attempt=attempt, page=1)
    with pytest.raises(Denied):
        move_on(actor=school.actor("instructor"), attempt=attempt, page=1)


def test_answers_of_other_pages_are_refused(school: School, attempt: Attempt) -> None:
    actor = school.actor("learner")
    first, second, _third = attempt.questions.order_by("ordinal")
    act = {"actor": actor, "attempt": attempt}
    with pytest.raises(NotFound):
        save_answer(**act, question=second, answer="324", seq=1)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        flag_question(**act, question=second, flagged=True)  # type: ignore[arg-type]
    saved = save_answer(**act, question=first, answer=True, seq=1)  # type: ignore[arg-type]
    move_on(actor=actor, attempt=attempt, page=1)
    again = save_answer(**act, question=first, answer=True, seq=1)  # type: ignore[arg-type]
    assert again.saved_at == saved.saved_at
    for answer, seq in ((False, 1), (False, 2), (True, 2)):
        with pytest.raises(Conflict) as refused:
            save_answer(**act, question=first, answer=answer, seq=seq)  # type: ignore[arg-type]
        assert refused.value.code == "page_left"
    with pytest.raises(Conflict) as refused:
        flag_question(**act, question=first, flagged=True)  # type: ignore[arg-type]
    assert refused.value.code == "page_left"
    first.refresh_from_db()
    assert (first.answer, first.seq) == (True, 1)
    save_answer(**act, question=second, answer="324", seq=1)  # type: ignore[arg-type]


def test_staff_read_in_the_log_which_page_was_gone_on_to(school: School, attempt: Attempt) -> None:
    move_on(actor=school.actor("learner"), attempt=attempt, page=1)
    staff = Client()
    staff.force_login(school.assistant)
    url = f"/teach/{school.course.slug}/results/attempts/{attempt.public_id}/"
    assert "Page 2" in staff.get(url).content.decode()
    assert list(differences(Attempt.objects.all())) == []


def test_free_pages_are_read_and_answered_in_any_order(school: School) -> None:
    quiz = make_quiz(school, *THREE, layout=Layout.QUESTION)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    assert seen(school, attempt) == [1, 2, 3]
    second = attempt.questions.get(ordinal=2)
    save_answer(actor=actor, attempt=attempt, question=second, answer="324", seq=1)
    assert sheet(actor, attempt).here == 2
    with pytest.raises(Conflict) as refused:
        move_on(actor=actor, attempt=attempt, page=1)
    assert refused.value.code == "moves_freely"


def test_an_attempt_keeps_the_pages_it_began_with(school: School, attempt: Attempt) -> None:
    update_quiz(actor=school.actor("instructor"), quiz=attempt.quiz, settings=QuizSettings())
    attempt.refresh_from_db()
    assert (attempt.forward_only, attempt.page_count) == (True, 3)
    assert seen(school, attempt) == [1]


def test_forward_only_needs_pages(school: School) -> None:
    with pytest.raises(Invalid) as refused:
        make_quiz(school, navigation=Navigation.FORWARD)
    assert set(refused.value.errors) == {"layout"}


def test_the_api_gives_and_takes_the_reached_page_alone(school: School, attempt: Attempt) -> None:
    client = Client()
    client.force_login(school.learner)
    url = f"/api/v1/attempts/{attempt.public_id}/"
    body = client.get(url).json()
    assert [one["page"] for one in body["questions"]] == [1]
    assert (body["page"], body["page_count"], body["forward_only"]) == (1, 3, True)
    second = attempt.questions.get(ordinal=2)
    answer = {"answer": "324", "seq": 1}
    place = f"{url}answers/{second.public_id}/"
    assert client.put(place, answer, content_type="application/json").status_code == 404
    moved = client.post(f"{url}move/", {"page": 1}, content_type="application/json").json()
    assert [one["id"] for one in moved["questions"]] == [second.public_id]
    assert client.put(place, answer, content_type="application/json").status_code == 200
    first = attempt.questions.get(ordinal=1)
    left = client.put(
        f"{url}answers/{first.public_id}/",
        {"answer": True, "seq": 1},
        content_type="application/json",
    )
    assert (left.status_code, left.json()["code"]) == (409, "page_left")

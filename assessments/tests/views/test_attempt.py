import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from assessments.enums import AttemptState, QuestionKind, Solutions
from assessments.models import Attempt, AttemptStep, Quiz
from assessments.queries.attempt import sheet
from assessments.services.attempt import start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import (
    School,
    answer_all,
    make_attempt,
    make_quiz,
    make_school,
    right_answer,
    tells,
)
from lms.kernel.clock import travel
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "learner")


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def item_url(quiz: Quiz) -> str:
    return f"/c/{quiz.course.slug}/learn/{quiz.lesson.public_id}/"


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def test_the_player_shows_the_rules_and_starts(school: School, client: Client) -> None:
    quiz = make_quiz(school, time_limit_seconds=600, attempts_allowed=2)
    shown = page(client, item_url(quiz))
    assert "5 questions, 6 points" in shown
    assert "10 min from the moment you start" in shown
    assert "2 attempts" in shown
    started = client.post(f"{item_url(quiz)}attempt/")
    attempt = Attempt.objects.get()
    assert started.headers["Location"] == f"{item_url(quiz)}attempt/{attempt.public_id}/"
    assert "Go on with your attempt" in page(client, item_url(quiz))


def test_the_page_has_every_question_and_no_key(school: School, client: Client) -> None:  # Z5
    quiz = make_quiz(school, time_limit_seconds=600)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    shown = page(client, f"{item_url(quiz)}attempt/{attempt.public_id}/")
    assert shown.count('class="question"') == 5
    for secret in ("KEYWORD", "cooled from lava", "San Francisco", "Three times", "324"):
        assert not tells(shown, secret)
    assert attempt.deadline is not None
    assert f'data-deadline="{attempt.deadline.isoformat()}' in shown
    assert "style=" not in shown


def test_a_plain_form_saves_every_answer(school: School, client: Client) -> None:
    quiz = make_quiz(school, shuffle_options=False)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    url = f"{item_url(quiz)}attempt/{attempt.public_id}/"
    form: dict[str, object] = {}
    for part in attempt.questions.all():
        answer = right_answer(part.version)
        form[f"asked-{part.public_id}"] = "1"
        form[f"answer-{part.public_id}"] = str(answer).lower() if answer is True else answer
        if part.ordinal == 2:
            form[f"flag-{part.public_id}"] = "1"
    assert client.post(url, {**form, "act": "save"}).headers["Location"] == url
    assert [p.answer for p in attempt.questions.all()] == [
        right_answer(p.version) for p in attempt.questions.all()
    ]
    assert [p.flagged for p in attempt.questions.all()] == [False, True, False, False, False]
    steps = AttemptStep.objects.count()
    answered = client.post(url, {**form, "act": "hand-in"})
    assert answered.headers["Location"] == f"{url}hand-in/"
    assert AttemptStep.objects.count() == steps
    assert "You have answered every question." in page(client, f"{url}hand-in/")
    assert client.post(f"{url}hand-in/").headers["Location"] == f"{url}review/"
    attempt.refresh_from_db()
    assert attempt.score == 6


def test_a_plain_form_marks_what_cannot_be_saved_and_keeps_the_rest(
    school: School, client: Client
) -> None:
    quiz = make_quiz(school, QuestionKind.NUMERIC, QuestionKind.SHORT_ANSWER)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    number, word = attempt.questions.all()
    form = {
        f"asked-{number.public_id}": "1",
        f"answer-{number.public_id}": "tall",
        f"asked-{word.public_id}": "1",
        f"answer-{word.public_id}": "Quito",
    }
    answer = client.post(f"{item_url(quiz)}attempt/{attempt.public_id}/", form)
    assert answer.status_code == 400
    assert "Write a number, for example 12.5 or 12,5." in answer.content.decode()
    word.refresh_from_db()
    assert word.answer == "Quito"


def test_the_confirmation_names_what_is_unanswered(school: School, client: Client) -> None:
    quiz = make_quiz(school)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    answer_all(attempt, actor, wrong=2)
    shown = page(client, f"{item_url(quiz)}attempt/{attempt.public_id}/hand-in/")
    assert "2 questions are not answered:" in shown
    assert re.findall(r"#q(\d)", shown) == ["4", "5"]


def test_the_review_shows_keys_once_released(school: School, client: Client) -> None:
    quiz = make_quiz(school)
    attempt = make_attempt(school, quiz, wrong=1)
    shown = page(client, f"{item_url(quiz)}attempt/{attempt.public_id}/review/")
    for words in (
        "KEYWORD",
        "cooled from lava",
        "San Francisco de Quito",
        "324 m",
        "5 of 6",
        "83%",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("settings", "hours", "told"),
    [
        ({"solutions": Solutions.AT_ONCE, "attempts_allowed": 2}, 0, True),
        ({"solutions": Solutions.LAST_ATTEMPT, "attempts_allowed": 2}, 0, False),
        ({"solutions": Solutions.LAST_ATTEMPT, "attempts_allowed": 2}, 2, True),
        ({"solutions": Solutions.LAST_ATTEMPT, "attempts_allowed": 1}, 0, True),
        ({"solutions": Solutions.LAST_ATTEMPT, "attempts_allowed": None}, 0, True),
        ({"solutions": Solutions.CLOSED, "attempts_allowed": 1}, 0, False),
        ({"solutions": Solutions.CLOSED, "attempts_allowed": 1}, 2, True),
        ({"solutions": Solutions.NEVER, "attempts_allowed": 1}, 2, False),
    ],
)
def test_right_answers_are_shown_when_the_quiz_says(
    school: School, client: Client, settings: dict[str, Any], hours: int, told: bool
) -> None:  # Z5
    quiz = make_quiz(school, closes_at=NOON + timedelta(hours=1), **settings)
    with travel(NOON):
        attempt = make_attempt(school, quiz, wrong=1)
    with travel(NOON + timedelta(hours=hours)):
        url = f"{item_url(quiz)}attempt/{attempt.public_id}/review/"
        shown = (
            page(client, url)
            + client.get(f"/api/v1/attempts/{attempt.public_id}/review/").content.decode()
        )
        staff = page(
            client_of(school, "assistant"),
            f"/teach/{school.course.slug}/results/attempts/{attempt.public_id}/",
        )
    keys = ("KEYWORD", "cooled from lava", "San Francisco de Quito", "324")
    assert [tells(shown, word) for word in keys] == [told] * 4
    assert [tells(staff, word) for word in keys] == [True] * 4
    assert "5 of 6" in shown


def test_the_start_says_when_the_quiz_opens_and_when_it_closed(
    school: School, client: Client
) -> None:
    quiz = make_quiz(school, opens_at=NOON, closes_at=NOON + timedelta(hours=1))
    with travel(NOON - timedelta(hours=1)):
        assert "This quiz opens 4 May 2026" in page(client, item_url(quiz))
        refused = client.post(f"{item_url(quiz)}attempt/", follow=True).content.decode()
        assert "This quiz is not open yet." in refused
    with travel(NOON):
        assert "Start the quiz" in page(client, item_url(quiz))
    with travel(NOON + timedelta(hours=1)):
        assert "This quiz closed 4 May 2026" in page(client, item_url(quiz))


def test_a_late_start_is_told_that_the_closing_date_cuts_it_short(
    school: School, client: Client
) -> None:
    quiz = make_quiz(school, time_limit_seconds=3600, closes_at=NOON + timedelta(hours=1))
    with travel(NOON + timedelta(minutes=30)):
        assert "ends then, before its time limit" in page(client, item_url(quiz))
    with travel(NOON - timedelta(minutes=30)):
        assert "before its time limit" not in page(client, item_url(quiz))


def test_the_review_waits_for_the_release(school: School, client: Client) -> None:  # Z7
    quiz = make_quiz(school, show_review=False)
    attempt = make_attempt(school, quiz)
    shown = page(client, f"{item_url(quiz)}attempt/{attempt.public_id}/review/")
    assert "Your answers are in" in shown
    assert shown.count("Back to the course</a>") + shown.count("Back to the course<svg") == 1
    for secret in ("KEYWORD", "5 of 6", "6 of 6"):
        assert secret not in shown
    staff = page(
        client_of(school, "assistant"), f"{item_url(quiz)}attempt/{attempt.public_id}/review/"
    )
    assert "KEYWORD" in staff


def test_any_page_hands_in_what_is_overdue(school: School, client: Client) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=60)
    with travel(NOON):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    url = f"{item_url(quiz)}attempt/{attempt.public_id}/"
    with travel(NOON + timedelta(seconds=61)):
        assert client.get(url).headers["Location"] == f"{url}review/"
        assert "Time ran out." in page(client, f"{url}review/")
        assert client.post(f"{url}hand-in/").headers["Location"] == f"{url}review/"
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.RELEASED


def test_pages_of_an_attempt_are_its_learners_alone(school: School) -> None:  # Z2
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    url = f"{item_url(quiz)}attempt/{attempt.public_id}/"
    expected = {"classmate": 404, "outsider": 404, "observer": 404, "other_instructor": 404}
    assert {who: client_of(school, who).get(url).status_code for who in expected} == expected
    assert client_of(school, "assistant").get(url).status_code == 403
    assert Client().get(url).status_code == 302
    assert page(client_of(school, "learner"), url)


def test_an_attempt_is_found_under_its_own_lesson_alone(  # Z3
    school: School, client: Client
) -> None:
    quiz, other = make_quiz(school), make_quiz(school)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert client.get(f"{item_url(other)}attempt/{attempt.public_id}/").status_code == 404


def test_starting_without_attempts_left_says_so(school: School, client: Client) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    make_attempt(school, quiz)
    answer = client.post(f"{item_url(quiz)}attempt/", follow=True)
    assert "You have used all attempts." in answer.content.decode()
    assert Attempt.objects.count() == 1


def test_grades_list_every_quiz(school: School, client: Client) -> None:
    first, second = make_quiz(school), make_quiz(school)
    make_attempt(school, first, wrong=1)
    shown = page(client, f"/c/{school.course.slug}/grades/")
    assert first.lesson.title in shown
    assert second.lesson.title in shown
    assert shown.count("none yet") == 1
    assert "Latest results" in page(client, "/me/")


def test_the_take_page_reads_a_constant_number_of_rows(school: School, client: Client) -> None:
    counts = []
    for kinds in ([QuestionKind.NUMERIC], list(QuestionKind)[:3]):
        quiz = make_quiz(school, *kinds)
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        url = f"{item_url(quiz)}attempt/{attempt.public_id}/"
        client.get(url)
        counts.append(count_queries(lambda url=url: client.get(url)))  # type: ignore[misc]
    assert counts[0] == counts[1]


def test_a_sheet_never_reads_the_key(school: School) -> None:  # Z5
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school))
    with CaptureQueriesContext(connection) as captured:
        sheet(actor, attempt)
    assert not any('"key"' in query["sql"] for query in captured.captured_queries)
    submit_attempt(actor=actor, attempt=attempt)

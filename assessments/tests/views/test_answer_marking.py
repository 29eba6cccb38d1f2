"""Essays and marking on pages: editor, attempt, queue, mark, review, the teacher's home."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.enums import AttemptState, QuestionKind
from assessments.models import Attempt, Question, Quiz
from assessments.queries.content import version_content
from assessments.scoring.essay import Essay
from assessments.services.attempt import start_attempt
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
ESSAY = QuestionKind.ESSAY
WORDS = {"stem": "Why?", "points": "4", "difficulty": "", "explanation": ""}
FIELDS = {
    **WORDS,
    "min_words": "5",
    "max_words": "",
    "markdown": "on",
    "template": "## Claim\r\n",
    "notes": "Look for **reasons**.",
}


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def marking_url(quiz: Quiz) -> str:
    return f"/teach/{quiz.course.slug}/results/{quiz.public_id}/marking/"


def attempt_url(attempt: Attempt) -> str:
    lesson = attempt.quiz.lesson.public_id
    return f"/c/{attempt.course.slug}/learn/{lesson}/attempt/{attempt.public_id}/"


def test_an_essay_is_written_and_tried(school: School) -> None:
    client = client_of(school, "instructor")
    url = f"/teach/{school.course.slug}/bank/new/essay/"
    tried = client.post(url, {**FIELDS, "act": "try", "answer-preview": "Because of rain."})
    shown = tried.content.decode()
    assert "Waiting for marking" in shown
    assert "Write at least 5 words." in shown
    assert client.post(url, {**FIELDS, "act": "save"}).status_code == 302
    content = version_content(Question.objects.get().latest)
    assert content.detail == Essay(5, 0, True, "## Claim\n", "Look for **reasons**.")
    again = page(client, f"/teach/{school.course.slug}/bank/{Question.objects.get().public_id}/")
    assert "Look for **reasons**.</textarea>" in again


def test_an_essay_is_handed_in_without_a_script_and_waits(school: School) -> None:
    quiz = make_quiz(school, ESSAY)
    client = client_of(school, "learner")
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    url, part = attempt_url(attempt), attempt.questions.get()
    shown = page(client, url)
    assert 'data-fewest="3" data-most="50"' in shown
    assert "waymarks" not in shown  # Z5
    typed = {
        f"asked-{part.public_id}": "1",
        f"answer-{part.public_id}": "To mark\r\nthe **way**.",
        "act": "hand-in",
    }
    assert client.post(url, typed).status_code == 302
    part.refresh_from_db()
    assert part.answer == "To mark\nthe **way**."
    assert client.post(f"{url}hand-in/").status_code == 302
    assert "Waiting for marking: a person reads" in page(client, f"{url}review/")
    assert "Waiting for marking" in page(client, url.split("attempt/")[0])


def test_staff_mark_one_answer_after_the_other(school: School) -> None:
    quiz = make_quiz(school, ESSAY)
    first, second = (make_attempt(school, quiz, who) for who in ("learner", "classmate"))
    client = client_of(school, "assistant")
    assert "Needs marking" in page(client, "/teach/")
    assert "Mark 2 answers" in page(client, f"/teach/{quiz.course.slug}/results/{quiz.public_id}/")
    queue = page(client, marking_url(quiz))
    assert queue.count(">Mark<span") == 2
    urls = [f"{marking_url(quiz)}{one.questions.get().public_id}/" for one in (first, second)]
    shown = page(client, urls[0])
    assert "<strong>waymarks</strong>" in shown
    assert "It marks the <strong>way</strong>." in shown
    assert 'data-step="following"' in shown
    assert 'data-step="previous"' not in shown
    form = {"score": "3", "comment": "Say *why*.", "seq": seq_of(first), "act": "next"}
    kept = client.post(urls[0], form)
    assert kept.headers["Location"] == urls[1]
    last = client.post(urls[1], {"score": "4", "comment": "", "seq": seq_of(second), "act": "next"})
    assert last.headers["Location"] == marking_url(quiz)
    assert "Nothing waits" in page(client, marking_url(quiz))
    assert {one.state for one in Attempt.objects.all()} == {AttemptState.RELEASED}
    review = page(client_of(school, "learner"), f"{attempt_url(first)}review/")
    assert "Say <em>why</em>." in review
    assert "3 of 4" in review
    assert "waymarks" not in review


def test_a_refused_mark_stays_on_the_page(school: School) -> None:
    quiz = make_quiz(school, ESSAY)
    attempt = make_attempt(school, quiz)
    client = client_of(school, "assistant")
    url = f"{marking_url(quiz)}{attempt.questions.get().public_id}/"
    high = client.post(url, {"score": "9", "comment": "Long words.", "seq": seq_of(attempt)})
    assert high.status_code == 400
    assert "The score lies between 0 and 4." in high.content.decode()
    assert ">\nLong words.</textarea>" in high.content.decode()
    stale = client.post(url, {"score": "1", "comment": "", "seq": "0"})
    assert stale.status_code == 400
    assert "changed by somebody else" in stale.content.decode()


def test_a_comment_alone_is_kept_and_the_whole_attempt_says_it_waits(school: School) -> None:
    quiz = make_quiz(school, ESSAY, show_review=False)
    attempt = make_attempt(school, quiz)
    client = client_of(school, "assistant")
    url = f"{marking_url(quiz)}{attempt.questions.get().public_id}/"
    form: dict[str, Any] = {"score": "", "comment": "Hm.", "seq": seq_of(attempt), "act": "stay"}
    assert client.post(url, form).headers["Location"] == url
    assert ">\nHm.</textarea>" in page(client, url)
    whole = page(client, f"/teach/{quiz.course.slug}/results/attempts/{attempt.public_id}/")
    assert "Answers of this attempt wait for marking." in whole
    assert "Waiting for marking" in page(client, f"/teach/{quiz.course.slug}/results/")
    form = {"score": "2,5", "comment": "Hm.", "seq": seq_of(attempt), "act": "stay"}
    assert client.post(url, {**form, "score": "2.5"}).status_code == 302
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (AttemptState.SCORED, Decimal("2.5"))
    everything = page(client, f"{marking_url(quiz)}?show=all")
    assert "2.5 / 4" in everything


def test_the_pages_cost_the_same_for_one_and_three(school: School) -> None:
    quiz = make_quiz(school, ESSAY, attempts_allowed=None)
    client = client_of(school, "assistant")
    first = make_attempt(school, quiz)
    one_url = f"{marking_url(quiz)}{first.questions.get().public_id}/"
    urls = (marking_url(quiz), one_url, "/teach/")
    before = [count_queries(lambda url=url: client.get(url)) for url in urls]  # type: ignore[misc]
    make_attempt(school, quiz, "classmate")
    make_attempt(school, quiz)
    after = [count_queries(lambda url=url: client.get(url)) for url in urls]  # type: ignore[misc]
    assert before == after


def seq_of(attempt: Attempt) -> str:
    return str(attempt.questions.get().seq)

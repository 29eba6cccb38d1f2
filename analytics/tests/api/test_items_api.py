"""Item statistics over HTTP, and how they look on the pages of quizzes and questions."""

import re

import pytest
from django.test import Client

from accounts.models import User
from analytics.models import ItemStatistics, QuizAnalysis
from analytics.scoring.item_analysis import LEAST
from analytics.services.items import count_items
from assessments.enums import QuestionKind
from assessments.models import Quiz
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from lms.kernel import actors
from lms.kernel.models import Job
from lms.kernel.testing import assert_constant_queries, count_queries, run_jobs

pytestmark = pytest.mark.django_db
API = "/api/v1/analytics/item-statistics/"


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def counted(school: School, *kinds: QuestionKind) -> Quiz:
    """A quiz that two took, counted."""
    quiz = make_quiz(school, *kinds, shuffle_questions=False)
    make_attempt(school, quiz, "learner")
    make_attempt(school, quiz, "classmate", wrong=1)
    count_items(actor=actors.system("test"), quiz=quiz)
    return quiz


def test_item_statistics_of_a_quiz(school: School) -> None:
    quiz = counted(school, QuestionKind.TRUE_FALSE, QuestionKind.SINGLE_CHOICE)
    answer = client_of(school.assistant).get(API, {"quiz": quiz.public_id}).json()
    first, second = answer["results"]
    assert answer["count"] == 2
    assert {k: first[k] for k in ("quiz", "n", "answered", "enough", "facility", "flags")} == {
        "quiz": quiz.public_id,
        "n": 2,
        "answered": 2,
        "enough": False,
        "facility": 1.0,
        "flags": [],
    }
    assert (first["corrected"], first["reasons"]["corrected"]) == (None, "same_scores")
    assert (second["facility"], second["answered"], second["discrimination"]) == (0.5, 1, 1.0)
    assert [one["count"] for one in second["options"]] == [1, 1, 0, 0]
    one = client_of(school.assistant).get(API, {"question": first["question"]}).json()
    assert [row["question"] for row in one["results"]] == [first["question"]]


def test_a_quiz_as_a_whole(school: School) -> None:
    client = client_of(school.instructor)
    fresh = make_quiz(school, QuestionKind.TRUE_FALSE)
    before = client.get(f"{API}{fresh.public_id}/").json()
    assert (before["counted_at"], before["stale"], before["n"]) == (None, True, 0)
    quiz = counted(school, QuestionKind.TRUE_FALSE, QuestionKind.SINGLE_CHOICE)
    found = client.get(f"{API}{quiz.public_id}/").json()
    assert (found["n"], found["mean"], found["stale"]) == (2, 0.75, False)
    assert (found["alpha"], found["reasons"]) == (0.0, {})


def test_counting_is_a_job(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    client = client_of(school.assistant)
    body = {"quiz": quiz.public_id}
    answer = client.post(API, body, content_type="application/json")
    assert (answer.status_code, answer.json()["job"]["kind"]) == (202, "analytics.item_statistics")
    assert [job.state for job in run_jobs("analytics.item_statistics")] == ["succeeded"]
    assert QuizAnalysis.objects.get().counted_at is not None


@pytest.mark.parametrize("query", [{}, {"quiz": "nothing"}, {"question": "nothing"}])
def test_refusals(school: School, query: dict[str, str]) -> None:
    answer = client_of(school.instructor).get(API, query)
    assert answer.status_code == (404 if query else 400)


def test_learners_get_nothing_of_a_question(school: School) -> None:
    quiz = counted(school, QuestionKind.TRUE_FALSE)
    question = quiz.items.get().question.public_id
    for person, expected in ((school.learner, 403), (school.outsider, 404)):
        assert client_of(person).get(API, {"quiz": quiz.public_id}).status_code == expected
        assert client_of(person).get(API, {"question": question}).status_code == 404


@pytest.mark.parametrize("address", ["{api}?quiz={quiz}", "/teach/{slug}/results/{quiz}/"])
def test_lists_cost_the_same_for_one_row_and_three(school: School, address: str) -> None:
    client = client_of(school.instructor)
    spent = []
    for number in (1, 3):
        quiz = counted(school, *[QuestionKind.SINGLE_CHOICE] * number).public_id
        path = address.format(api=API, quiz=quiz, slug=school.course.slug)
        client.get(path)
        spent.append(count_queries(lambda path=path: client.get(path)))  # type: ignore[misc]
    assert spent[0] == spent[1]


def page(person: User, address: str) -> str:
    """The words of a page."""
    answer = client_of(person).get(address)
    assert answer.status_code == 200
    return re.sub(
        r"\s+",
        " ",
        re.sub(r"<script.*?</script>|<[^>]*>", " ", answer.content.decode(), flags=re.DOTALL),
    )


def test_the_results_page_says_how_the_questions_worked(school: School) -> None:
    quiz = counted(school, QuestionKind.SINGLE_CHOICE, QuestionKind.TRUE_FALSE)
    row = ItemStatistics.objects.order_by("ordinal").first()
    address = f"/teach/{school.course.slug}/results/{quiz.public_id}/"
    assert row is not None
    words = page(school.assistant, address)
    assert f"Too few attempts to say: 2 of the {LEAST}" in words
    assert "From the first attempts of 2 learners" in words
    QuizAnalysis.objects.update(n=LEAST)
    ItemStatistics.objects.filter(pk=row.pk).update(n=LEAST, flags=["negative", "unused_option"])
    words = page(school.assistant, address)
    assert "Check the key" in words
    assert "the key may be wrong" in words
    assert "An option that nobody chooses tells nothing." in words
    assert "Nobody" in words


def test_a_count_is_started_from_the_page(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    client = client_of(school.assistant)
    address = f"/teach/{school.course.slug}/analytics/quizzes/{quiz.public_id}/count/"
    assert client.post(address).status_code == 302
    assert Job.objects.get().params == {"quiz": quiz.pk}
    assert "Counting how the questions worked" in page(
        school.assistant, f"/teach/{school.course.slug}/results/{quiz.public_id}/"
    )
    other = make_quiz(make_school(), QuestionKind.TRUE_FALSE)
    elsewhere = address.replace(quiz.public_id, other.public_id)
    assert client.post(elsewhere).status_code == 404


def test_figures_stand_beside_questions_in_the_bank(school: School) -> None:
    quiz = counted(school, QuestionKind.SINGLE_CHOICE)
    question = quiz.items.get().question.public_id
    bank = f"/teach/{school.course.slug}/bank/"
    assert f"Too few attempts to say (2 of {LEAST})" in page(school.assistant, bank)
    ItemStatistics.objects.update(n=LEAST, flags=["too_easy"])
    for address in (bank, f"{bank}{question}/"):
        words = page(school.assistant, address)
        assert f"Facility 50%, fit \N{EN DASH}, {LEAST} learners" in words
        assert "Too easy" in words


def test_the_bank_costs_the_same_for_one_row_and_three(school: School) -> None:
    client = client_of(school.assistant)
    counted(school, QuestionKind.SINGLE_CHOICE)
    assert_constant_queries(
        lambda: client.get(f"/teach/{school.course.slug}/bank/"),
        lambda: counted(school, QuestionKind.SINGLE_CHOICE),
    )

"""Every page has something to show in the loaded demo."""

import pytest
from django.test import Client

from accounts.models import User
from assessments.models import Quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_demo_time")]


@pytest.mark.parametrize(
    ("email", "path"),
    [
        ("student@example.com", "/me/"),
        ("student@example.com", "/c/thinking-with-data/"),
        ("student@example.com", "/c/thinking-with-data/grades/"),
        ("student@example.com", "/c/thinking-with-data/chat/"),
        ("student2@example.com", "/c/how-bridges-stand-up/"),
        ("instructor@example.com", "/teach/"),
        ("instructor@example.com", "/teach/thinking-with-data/"),
        ("instructor@example.com", "/teach/thinking-with-data/bank/"),
        ("instructor@example.com", "/teach/thinking-with-data/quizzes/"),
        ("instructor@example.com", "/teach/thinking-with-data/results/"),
        ("instructor@example.com", "/teach/thinking-with-data/people/"),
        ("instructor@example.com", "/teach/thinking-with-data/analytics/"),
        ("assistant@example.com", "/teach/thinking-with-data/ai/"),
        ("admin@example.com", "/admin/"),
        ("analyst@example.com", "/me/"),
        ("analyst@example.com", "/institution/fairness/"),
    ],
)
def test_page_opens(email: str, path: str) -> None:
    client = Client()
    client.force_login(User.objects.get(email=email))
    assert client.get(path).status_code == 200


def test_the_institution_is_counted() -> None:
    client = Client()
    client.force_login(User.objects.get(email="analyst@example.com"))
    page = client.get("/institution/").content.decode()
    assert "Thinking with Data" in page
    assert "Nothing is counted yet" not in page


def test_the_questions_of_the_quizzes_are_counted() -> None:
    client = Client()
    client.force_login(User.objects.get(email="instructor@example.com"))
    quiz = Quiz.objects.get(lesson__title="Quiz: reading a log")
    page = client.get(f"/teach/thinking-with-data/results/{quiz.public_id}/").content.decode()
    assert "Question by question" in page

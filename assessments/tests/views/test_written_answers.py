"""Short answers with shares and numbers with units: editor, try, attempt and review."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.enums import DigitsRule, QuestionKind, UnitRule
from assessments.models import Attempt, Question
from assessments.queries.content import version_content
from assessments.scoring.content import Accepted
from assessments.scoring.units import Unit
from assessments.services.attempt import start_attempt
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from assessments.tests.factories import School, make_lesson, make_school

pytestmark = pytest.mark.django_db
WORDS = {"stem": "What do plants do?", "points": "4", "difficulty": "", "explanation": "Light."}
SHORT = {
    **WORDS,
    "accepted": "photosynthesis",
    "answers-text": ["photo*", "breath*", ""],
    "answers-share": ["50", "0", ""],
    "answers-feedback": ["Say the whole word.", "That is the reverse.", ""],
    "wildcards": "on",
    "spelling": "on",
}
NUMBER = {
    **WORDS,
    "value": "12.5",
    "tolerance": "0.1",
    "tolerance_kind": "absolute",
    "unit": "m/s",
    "unit_rule": "required",
    "unit_cost": "25",
    "digits_rule": "figures",
    "digits": "3",
    "digits_cost": "50",
    "units-name": ["km/h", ""],
    "units-factor": ["0.2777777777", ""],
}


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def write(school: School, client: Client, kind: str, form: dict[str, Any]) -> Question:
    answer = client.post(f"/teach/{school.course.slug}/bank/new/{kind}/", {**form, "act": "save"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Question.objects.get()


def asked(school: School, question: Question) -> Attempt:
    """An open attempt at a quiz that asks the question."""
    actor = school.actor("instructor")
    quiz = create_quiz(actor=actor, lesson=make_lesson(school), settings=QuizSettings())
    add_item(actor=actor, quiz=quiz, question=question)
    quiz = publish_quiz(actor=actor, quiz=quiz)
    return start_attempt(actor=school.actor("learner"), quiz=quiz)


def handed_in(school: School, attempt: Attempt, answer: str) -> tuple[str, str]:
    """The page of the attempt, and its review once the answer is handed in without a script."""
    client = client_of(school, "learner")
    url = f"/c/{school.course.slug}/learn/{attempt.quiz.lesson.public_id}/attempt/"
    url = f"{url}{attempt.public_id}/"
    shown = client.get(url).content.decode()
    part = attempt.questions.get()
    fields = {f"asked-{part.public_id}": "1", f"answer-{part.public_id}": answer, "act": "hand-in"}
    assert client.post(url, fields).status_code == 302
    assert client.post(f"{url}hand-in/").status_code == 302
    return shown, client.get(f"{url}review/").content.decode()


def test_shares_stars_and_slips_are_written_in_rows(school: School, client: Client) -> None:
    question = write(school, client, QuestionKind.SHORT_ANSWER, SHORT)
    content = version_content(question.latest)
    assert content.accepted == ("photosynthesis",)
    assert content.answers == (
        Accepted("photo*", Decimal(50), "Say the whole word."),
        Accepted("breath*", Decimal(0), "That is the reverse."),
    )
    assert (content.wildcards, content.spelling, content.match_accents) == (True, True, False)
    shown = client.get(f"/teach/{school.course.slug}/bank/{question.public_id}/").content.decode()
    assert 'name="answers-text" type="text" maxlength="200" value="photo*"' in shown


@pytest.mark.parametrize(
    ("typed", "verdict", "said"),
    [
        ("photography", "Partly correct: 2 / 4", "Say the whole word."),
        ("fotosynthesis", "Correct: 4 / 4", "Spelled otherwise, and accepted as: photosynthesis"),
        ("breathing", "Not correct: 0 / 4", "That is the reverse."),
    ],
)
def test_a_short_answer_is_tried(
    school: School, client: Client, typed: str, verdict: str, said: str
) -> None:
    url = f"/teach/{school.course.slug}/bank/new/short_answer/"
    tried = client.post(url, {**SHORT, "act": "try", "answer-preview": typed})
    shown = tried.content.decode()
    assert verdict in shown
    assert said in shown


def test_rows_are_added_and_removed_without_a_script(school: School, client: Client) -> None:
    url = f"/teach/{school.course.slug}/bank/new/short_answer/"
    more = client.post(url, {**SHORT, "act": "more-answers"}).content.decode()
    assert more.count('name="answers-text"') == 5
    less = client.post(url, {**SHORT, "act": "remove-answers-0"}).content.decode()
    assert 'value="photo*"' not in less
    assert 'value="breath*"' in less


def test_a_share_that_is_none_is_named(school: School, client: Client) -> None:
    url = f"/teach/{school.course.slug}/bank/new/short_answer/"
    form = {**SHORT, "answers-share": ["half", "0", ""], "act": "save"}
    answer = client.post(url, form)
    assert answer.status_code == 400
    assert "“half” is no share." in answer.content.decode()


def test_the_review_says_what_the_author_says_to_the_answer(school: School, client: Client) -> None:
    attempt = asked(school, write(school, client, QuestionKind.SHORT_ANSWER, SHORT))
    shown, review = handed_in(school, attempt, "photograph")
    assert "Small slips of spelling are let pass." in shown
    assert "photosynthesis" not in shown  # Z5
    assert "Say the whole word." not in shown
    assert "Say the whole word." in review
    assert "photo* (50 %)" in review
    assert "2 of 4" in review


def test_units_and_digits_are_written_on_a_page(school: School, client: Client) -> None:
    content = version_content(write(school, client, QuestionKind.NUMERIC, NUMBER).latest)
    assert content.units == (Unit("km/h", "0.2777777777"),)
    assert (content.unit, content.unit_rule, content.unit_cost) == (
        "m/s",
        UnitRule.REQUIRED,
        Decimal(25),
    )
    assert (content.digits_rule, content.digits, content.digits_cost) == (
        DigitsRule.FIGURES,
        3,
        Decimal(50),
    )


def test_a_number_is_handed_in_with_its_unit(school: School, client: Client) -> None:
    attempt = asked(school, write(school, client, QuestionKind.NUMERIC, NUMBER))
    shown, review = handed_in(school, attempt, "45.0 km/h")
    assert "Write the unit behind the number. Give 3 significant figures." in shown
    assert "m/s" not in shown  # Z5
    assert "4 of 4" in review
    assert "12.5 m/s" in review


def test_the_review_says_what_is_wrong_with_a_right_number(school: School, client: Client) -> None:
    attempt = asked(school, write(school, client, QuestionKind.NUMERIC, NUMBER))
    _shown, review = handed_in(school, attempt, "12.50")
    assert "1 of 4" in review
    assert "The number is right, its unit is not." in review
    assert "It is written with another number of digits." in review

"""Values that each attempt draws for itself: stored once, never worked out again."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from assessments.enums import QuestionKind, Solutions
from assessments.models import Attempt, AttemptQuestion
from assessments.queries.attempt import sheet
from assessments.queries.content import version_content
from assessments.queries.review import review
from assessments.scoring.formula import Formula
from assessments.scoring.variables import Variable
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import revise_question
from assessments.services.closing import submit_attempt
from assessments.services.grading import regrade_question
from assessments.tests.factories import School, make_quiz, make_school
from lms.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def drawn_values(part: AttemptQuestion) -> tuple[Decimal, Decimal]:
    assert part.drawn is not None
    return Decimal(part.drawn["a"]), Decimal(part.drawn["h"])


def answered(school: School, attempt: Attempt, factor: str = "0.5") -> Attempt:
    part = attempt.questions.get()
    base, height = drawn_values(part)
    save_answer(
        actor=school.actor("learner"),
        attempt=attempt,
        question=part,
        answer=str(base * height * Decimal(factor)),
        seq=1,
    )
    return submit_attempt(actor=school.actor("learner"), attempt=attempt)


def test_values_are_drawn_once_and_shown_in_the_words(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.FORMULA)
    learner = school.actor("learner")
    attempt = start_attempt(actor=learner, quiz=quiz)
    part = attempt.questions.get()
    base, height = drawn_values(part)
    assert 2 <= base <= 9
    assert height in [Decimal(n) / 2 for n in range(2, 11)]
    for _again in range(2):
        (shown,) = sheet(learner, start_attempt(actor=learner, quiz=quiz)).questions
        assert part.drawn is not None
        assert f"base {part.drawn['a']} m and height {part.drawn['h']} m" in shown.stem
        assert "{a}" not in shown.stem_html


def test_each_attempt_is_scored_and_reviewed_with_its_own_values(school: School) -> None:
    quiz = make_quiz(
        school, QuestionKind.FORMULA, attempts_allowed=None, solutions=Solutions.AT_ONCE
    )
    for _number in range(3):
        attempt = answered(school, start_attempt(actor=school.actor("learner"), quiz=quiz))
        assert attempt.score == 1
        base, height = drawn_values(attempt.questions.get())
        (shown,) = review(school.actor("learner"), Attempt.objects.get(pk=attempt.pk)).questions
        assert Decimal(str(shown.solution)) == base * height / 2
        assert f"Half of {base} times" in shown.explanation_html
        assert "{a}" not in shown.sheet.stem_html


def test_a_corrected_expression_scores_the_stored_values_again(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.FORMULA)
    attempt = answered(school, start_attempt(actor=school.actor("learner"), quiz=quiz), "1")
    assert attempt.score == 0
    before = attempt.questions.get().drawn
    question = attempt.questions.get().version.question
    instructor = school.actor("instructor")
    content = version_content(question.latest)
    assert isinstance(content.detail, Formula)
    corrected = replace(content, detail=replace(content.detail, expression="a * h"))
    revise_question(actor=instructor, question=question, content=corrected)
    assert regrade_question(actor=instructor, quiz=quiz, question=question) == 1
    part = attempt.questions.get()
    assert (part.score, part.drawn) == (Decimal(1), before)
    more = replace(
        corrected,
        detail=Formula((*content.detail.variables, Variable("w", "1", "2")), "a * h * w"),
    )
    revise_question(actor=instructor, question=question, content=more)
    with pytest.raises(Conflict) as refused:
        regrade_question(actor=instructor, quiz=quiz, question=question)
    assert refused.value.code == "values_changed"


FORM = {
    "stem": "How much are {a} and {b}?",
    "points": "2",
    "difficulty": "",
    "explanation": "",
    "expression": "a + b",
    "tolerance": "0",
    "tolerance_kind": "absolute",
    "unit": "",
    "variables-name": ["a", "b", ""],
    "variables-low": ["1", "0.5", ""],
    "variables-high": ["9", "2", ""],
    "variables-step": ["", "0.25", ""],
}


def test_a_formula_is_written_with_samples_and_tried(school: School) -> None:
    client = Client()
    client.force_login(school.instructor)
    url = f"/teach/{school.course.slug}/bank/new/formula/"
    shown = client.post(url, {**FORM, "act": "preview"}).content.decode()
    assert "What attempts may draw, with the right number" in shown
    assert shown.count('<td class="num strong">') == 5
    sample = shown.split('<td class="num strong">')[1].split("<")[0]
    tried = client.post(url, {**FORM, "act": "try", "answer-preview": sample}).content.decode()
    assert "Correct: 2 / 2" in tried
    refused = client.post(url, {**FORM, "expression": "a + c", "act": "save"})
    assert refused.status_code == 400
    assert "“c” in the expression is no variable." in refused.content.decode()
    assert client.post(url, {**FORM, "act": "save"}).status_code == 302
    made = Client()
    made.force_login(school.instructor)
    question = school.course.question_bank.questions.get()
    content = version_content(question.latest)
    assert content.detail == Formula(
        (Variable("a", "1", "9", "1"), Variable("b", "0.5", "2", "0.25")), "a + b"
    )
    api = made.get(f"/api/v1/questions/{question.public_id}/").json()
    assert api["detail"]["expression"] == "a + b"
    again = made.patch(
        f"/api/v1/questions/{question.public_id}/",
        {"detail": {**api["detail"], "expression": "a - b"}},
        content_type="application/json",
    )
    assert again.json()["detail"]["expression"] == "a - b"

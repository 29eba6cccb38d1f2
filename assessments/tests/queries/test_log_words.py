from decimal import Decimal

import pytest

from assessments.enums import Behaviour, Layout, Navigation, QuestionKind, StepKind
from assessments.queries.log_words import PLAIN, log_lines
from assessments.services.attempt import flag_question, save_answer, start_attempt
from assessments.services.checking import check_question
from assessments.services.closing import submit_attempt
from assessments.services.grading import override_score
from assessments.services.pages import move_on
from assessments.tests.factories import make_quiz, make_school
from lms.kernel.errors import Denied
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


def test_the_log_says_in_words_what_happened() -> None:
    school = make_school()
    actor, staff = school.actor("learner"), school.actor("assistant")
    quiz = make_quiz(school, QuestionKind.SHORT_ANSWER, behaviour=Behaviour.INTERACTIVE)
    attempt = start_attempt(actor=actor, quiz=quiz)
    part = attempt.questions.get()
    started = count_queries(lambda: log_lines(staff, attempt))
    act = {"actor": actor, "attempt": attempt, "question": part}
    save_answer(**act, answer="Lima", seq=1)  # type: ignore[arg-type]
    check_question(**act, answer="Lima", seq=2)  # type: ignore[arg-type]
    flag_question(**act, flagged=True, seq=3)  # type: ignore[arg-type]
    save_answer(**act, answer=None, seq=4)  # type: ignore[arg-type]
    submit_attempt(actor=actor, attempt=attempt)
    override_score(
        actor=staff, attempt=attempt, question=part, score=Decimal("0.5"), reason="A typo."
    )
    lines = log_lines(staff, attempt)
    assert [(line.kind, line.ordinal, line.words) for line in lines] == [
        ("Started", None, ""),
        ("Answer saved", 1, "Lima"),
        ("Answer checked", 1, "Lima · try 1 · Not correct · 0 points so far"),
        ("Flagged", 1, "To come back to"),
        ("Answer saved", 1, "Answer cleared"),
        ("Submitted", None, "Handed in by hand"),
        ("Scored", 1, "0 · Not correct"),
        ("Scored", None, "0"),
        ("Score changed", 1, "0 → 0.5 · A typo."),
    ]
    assert {line.who for line in lines} == {
        school.learner.display_name,
        school.assistant.display_name,
    }
    assert count_queries(lambda: log_lines(staff, attempt)) <= started
    with pytest.raises(Denied):
        log_lines(actor, attempt)


def test_every_kind_of_step_has_its_words() -> None:
    assert {*PLAIN, StepKind.ANSWER_SAVED, StepKind.CHECKED} == set(StepKind)
    school = make_school()
    quiz = make_quiz(
        school,
        QuestionKind.TRUE_FALSE,
        QuestionKind.NUMERIC,
        layout=Layout.QUESTION,
        navigation=Navigation.FORWARD,
    )
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    move_on(actor=school.actor("learner"), attempt=attempt, page=1)
    words = [line.words for line in log_lines(school.actor("assistant"), attempt)]
    assert words == ["", "Page 2"]

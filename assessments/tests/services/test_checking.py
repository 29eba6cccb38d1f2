from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.enums import (
    Behaviour,
    Layout,
    Navigation,
    QuestionKind,
    ReviewItem,
    ReviewPreset,
    StepKind,
    Verdict,
)
from assessments.models import Attempt, AttemptQuestion, Quiz
from assessments.queries.checks import check_of, checks
from assessments.queries.content import version_content
from assessments.scoring.behaviour.certainty import known
from assessments.scoring.review import PRESETS, policy_json
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import revise_question
from assessments.services.checking import check_question
from assessments.services.closing import submit_attempt
from assessments.services.grading import override_score, regrade_question
from assessments.services.pages import move_on
from assessments.tests.factories import School, make_quiz, make_school
from lms.kernel.clock import travel
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PRACTICE = PRESETS[ReviewPreset.PRACTICE]


@pytest.fixture
def school() -> School:
    return make_school()


def begun(
    school: School,
    behaviour: Behaviour,
    kind: QuestionKind = QuestionKind.SHORT_ANSWER,
    **settings: Any,
) -> tuple[Attempt, AttemptQuestion]:
    quiz = make_quiz(school, kind, behaviour=behaviour, **settings)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    return attempt, attempt.questions.get()


def check(school: School, attempt: Attempt, part: AttemptQuestion, answer: Any, seq: int) -> Any:
    actor = school.actor("learner")
    check_question(actor=actor, attempt=attempt, question=part, answer=answer, seq=seq)
    return check_of(actor, attempt, part)


def with_hints(quiz: Quiz, *hints: str) -> None:
    """Hints for the quiz's only question, before anybody was asked it."""
    version = quiz.items.get().question.latest
    assert version is not None
    version.key = {**version.key, "hints": list(hints)}
    version.save(update_fields=["key"])


def test_immediate_takes_one_check_and_then_stands(school: School) -> None:
    attempt, part = begun(school, Behaviour.IMMEDIATE, review=PRACTICE)
    found = check(school, attempt, part, "Lima", 1)
    assert (found.verdict, found.score, found.final) == (Verdict.WRONG, Decimal(0), True)
    assert found.solution_words == ("Quito", "San Francisco de Quito")
    actor = school.actor("learner")
    for act in (save_answer, check_question):
        with pytest.raises(Conflict) as refused:
            act(actor=actor, attempt=attempt, question=part, answer="Quito", seq=2)
        assert refused.value.code == "question_final"
    assert submit_attempt(actor=actor, attempt=attempt).score == 0


def test_interactive_hints_between_tries_and_costs(school: School) -> None:
    quiz = make_quiz(
        school, QuestionKind.SHORT_ANSWER, behaviour=Behaviour.INTERACTIVE, review=PRACTICE
    )
    with_hints(quiz, "It lies **high**.", "Q…")
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    part = attempt.questions.get()
    first = check(school, attempt, part, "Lima", 1)
    assert (first.tries_left, first.final, first.hint_html) == (
        2,
        False,
        "<p>It lies <strong>high</strong>.</p>\n",
    )
    assert (first.solution, first.explanation_html) == (None, "")
    second = check(school, attempt, part, "Quito", 2)
    assert (second.verdict, second.score, second.final) == ("correct", Decimal("0.6667"), True)
    assert second.hint_html == ""
    row = submit_attempt(actor=actor, attempt=attempt)
    assert (row.score, row.questions.get().verdict) == (Decimal("0.6667"), Verdict.CORRECT)


def test_a_check_that_is_sent_again_is_one_try(school: School) -> None:
    attempt, part = begun(school, Behaviour.INTERACTIVE)
    for _again in range(3):
        found = check(school, attempt, part, "Lima", 1)
        assert (found.tries, found.tries_left) == (1, 2)
    assert part.steps.filter(kind=StepKind.CHECKED).count() == 1
    actor = school.actor("learner")
    for answer, seq in (("Bogotá", 1), ("Lima", 0)):
        with pytest.raises((Conflict, Invalid)):
            check_question(actor=actor, attempt=attempt, question=part, answer=answer, seq=seq)
    with pytest.raises(Conflict) as refused:
        save_answer(actor=actor, attempt=attempt, question=part, answer="Lima", seq=1)
    assert refused.value.code == "stale_seq"


def test_an_answer_after_the_last_check_is_one_more_try(school: School) -> None:
    attempt, part = begun(school, Behaviour.ADAPTIVE, try_penalty=Decimal(10))
    check(school, attempt, part, "Lima", 1)
    actor = school.actor("learner")
    save_answer(actor=actor, attempt=attempt, question=part, answer="Quito", seq=2)
    assert submit_attempt(actor=actor, attempt=attempt).score == Decimal("0.9")


def test_nothing_is_checked_after_the_deadline_or_without_an_answer(school: School) -> None:
    with travel(NOON):
        attempt, part = begun(school, Behaviour.ADAPTIVE, time_limit_seconds=60)
        with pytest.raises(Invalid):
            check(school, attempt, part, None, 1)
    with travel(NOON + timedelta(seconds=61)), pytest.raises(Conflict) as refused:
        check(school, attempt, part, "Quito", 1)
    assert refused.value.code == "deadline_passed"
    assert not part.steps.filter(kind=StepKind.CHECKED).exists()


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (Behaviour.DEFERRED, QuestionKind.SHORT_ANSWER),
        (Behaviour.CERTAINTY, QuestionKind.SHORT_ANSWER),
        (Behaviour.ADAPTIVE, QuestionKind.ESSAY),
    ],
)
def test_what_is_scored_later_is_not_checked(
    school: School, behaviour: Behaviour, kind: QuestionKind
) -> None:
    attempt, part = begun(school, behaviour, kind)
    with pytest.raises(Conflict) as refused:
        check(school, attempt, part, "A way to be found.", 1)
    assert refused.value.code == "not_checked"


def test_nothing_is_checked_on_a_page_that_was_left_or_is_not_reached(school: School) -> None:
    quiz = make_quiz(
        school,
        QuestionKind.TRUE_FALSE,
        QuestionKind.TRUE_FALSE,
        QuestionKind.TRUE_FALSE,
        behaviour=Behaviour.IMMEDIATE,
        layout=Layout.QUESTION,
        navigation=Navigation.FORWARD,
    )
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    move_on(actor=actor, attempt=attempt, page=1)
    left, here, ahead = attempt.questions.order_by("ordinal")
    with pytest.raises(Conflict) as refused:
        check(school, attempt, left, answer=True, seq=1)
    assert refused.value.code == "page_left"
    with pytest.raises(NotFound):
        check(school, attempt, ahead, answer=True, seq=1)
    assert check(school, attempt, here, answer=True, seq=1).verdict == Verdict.CORRECT


def test_a_check_tells_no_more_than_the_policy(school: School) -> None:  # Z7
    silent = replace(PRACTICE, during=frozenset())
    attempt, part = begun(school, Behaviour.IMMEDIATE, review=silent)
    found = check(school, attempt, part, "Quito", 1)
    told = (found.verdict, found.score, found.penalty, found.solution, found.solution_words)
    assert told == ("", None, None, None, ())
    assert (found.feedback_html, found.explanation_html, found.hint_html) == ((), "", "")
    judged = frozenset({ReviewItem.ATTEMPT, ReviewItem.CORRECTNESS})
    Quiz.objects.update(review={**attempt.quiz.review, "during": sorted(judged)})
    attempt.refresh_from_db()
    found = check_of(school.actor("learner"), Attempt.objects.get(pk=attempt.pk), part)
    assert (found.verdict, found.score) == ("correct", None)


def test_further_tries_need_a_policy_that_tells_what_is_wrong(school: School) -> None:
    with pytest.raises(Invalid) as refused:
        make_quiz(school, behaviour=Behaviour.ADAPTIVE, review=PRESETS[ReviewPreset.EXAM])
    assert list(refused.value.errors) == ["review"]


def test_wrong_and_very_sure_takes_points_but_never_more_than_there_are(school: School) -> None:
    quiz = make_quiz(
        school,
        QuestionKind.SHORT_ANSWER,
        QuestionKind.TRUE_FALSE,
        QuestionKind.NUMERIC,
        behaviour=Behaviour.CERTAINTY,
        attempts_allowed=None,
    )
    actor = school.actor("learner")
    for sure, scores, whole in (
        (2, ["0.6667", "0.6667", "-0.6667"], "0.6667"),
        (3, ["1.0000", "1.0000", "-2.0000"], "0.0000"),
    ):
        attempt = start_attempt(actor=actor, quiz=quiz)
        for part, answer in zip(attempt.questions.all(), ("Quito", True, "7"), strict=True):
            save_answer(
                actor=actor, attempt=attempt, question=part, answer=answer, seq=1, certainty=sure
            )
        row = submit_attempt(actor=actor, attempt=attempt)
        assert [str(one.score) for one in row.questions.all()] == scores
        assert str(row.score) == whole
    open_one = start_attempt(actor=actor, quiz=quiz)
    part = open_one.questions.get(ordinal=1)
    with pytest.raises(Invalid):
        save_answer(
            actor=actor, attempt=open_one, question=part, answer="Quito", seq=1, certainty=4
        )


def test_regrading_replays_the_tries_with_the_new_key(school: School) -> None:
    attempt, part = begun(school, Behaviour.INTERACTIVE, QuestionKind.TRUE_FALSE)
    check(school, attempt, part, False, 1)
    check(school, attempt, part, True, 2)
    row = submit_attempt(actor=school.actor("learner"), attempt=attempt)
    assert row.score == Decimal("0.6667")
    question, teacher = part.version.question, school.actor("instructor")
    content = replace(version_content(part.version), truth=False)
    revise_question(actor=teacher, question=question, content=content)
    assert regrade_question(actor=teacher, quiz=attempt.quiz, question=question) == 1
    row.refresh_from_db()
    assert row.score == 1  # the first try was right after all


def test_a_check_costs_the_same_with_many_questions_and_tries(school: School) -> None:
    spent = []
    for kinds in ([QuestionKind.SHORT_ANSWER], [QuestionKind.SHORT_ANSWER, QuestionKind.NUMERIC]):
        quiz = make_quiz(school, *kinds, behaviour=Behaviour.ADAPTIVE)
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        part = attempt.questions.get(version__question__kind=QuestionKind.SHORT_ANSWER)
        for seq in range(1, 4 * len(kinds)):
            check(school, attempt, part, f"Lima {seq}", seq)
        spent.append(count_queries(lambda: checks(school.actor("learner"), attempt)))  # noqa: B023
    assert spent[0] == spent[1]


def test_a_page_checks_without_a_script_and_shows_what_was_found(school: School) -> None:
    attempt, part = begun(school, Behaviour.INTERACTIVE, review=PRACTICE)
    client = Client()
    client.force_login(school.learner)
    lesson = attempt.quiz.lesson
    url = f"/c/{school.course.slug}/learn/{lesson.public_id}/attempt/{attempt.public_id}/"
    form = {
        f"asked-{part.public_id}": "0",
        f"answer-{part.public_id}": "Lima",
        "act": f"check:{part.public_id}",
    }
    assert client.post(url, form)["Location"].endswith(f"#checked-{part.public_id}")
    page = client.get(url).content.decode()
    assert "Not correct" in page
    assert "2 tries left" in page
    fragment = client.get(f"{url}checked/{part.public_id}/").content.decode()
    assert "2 tries left" in fragment
    assert "Quito" not in page + fragment


def test_a_form_made_before_another_tab_answered_overwrites_nothing(school: School) -> None:
    attempt, part = begun(school, Behaviour.DEFERRED)
    client = Client()
    client.force_login(school.learner)
    lesson = attempt.quiz.lesson
    url = f"/c/{school.course.slug}/learn/{lesson.public_id}/attempt/{attempt.public_id}/"
    actor = school.actor("learner")
    save_answer(actor=actor, attempt=attempt, question=part, answer="Quito", seq=1)
    late = client.post(
        url, {f"asked-{part.public_id}": "0", f"answer-{part.public_id}": "Lima", "act": "save"}
    )
    assert late.status_code == 400
    assert "Answered elsewhere" in late.content.decode()
    part.refresh_from_db()
    assert part.answer == "Quito"


def test_standing_answers_are_read_once_until_something_changes(school: School) -> None:
    attempt, part = begun(school, Behaviour.DEFERRED)
    client = Client()
    client.force_login(school.learner)
    url = f"/api/v1/attempts/{attempt.public_id}/answers/"
    first = client.get(url)
    assert first.json()["answers"][0]["answer"] is None
    known = {"If-None-Match": first["ETag"]}
    assert client.get(url, headers=known).status_code == 304
    actor = school.actor("learner")
    save_answer(actor=actor, attempt=attempt, question=part, answer="Quito", seq=1)
    fresh = client.get(url, headers=known)
    assert (fresh.status_code, fresh.json()["answers"][0]["answer"]) == (200, "Quito")
    assert fresh.json()["answers"][0]["seq"] == 1
    submit_attempt(actor=actor, attempt=attempt)
    assert client.get(url).json() == {"state": "released", "answers": []}


def test_a_check_tells_nothing_once_the_quiz_tells_nothing_meanwhile(school: School) -> None:  # Z5
    """The attempt keeps its behaviour when the instructor makes an exam of the quiz."""
    attempt, part = begun(school, Behaviour.ADAPTIVE)
    check(school, attempt, part, "no", 1)
    policy = policy_json(PRESETS[ReviewPreset.EXAM])
    Quiz.objects.filter(pk=attempt.quiz_id).update(review=policy)
    fresh = Attempt.objects.get(pk=attempt.pk)
    with pytest.raises(Conflict) as caught:
        check(school, fresh, part, "Quito", 2)
    assert caught.value.code == "not_checked"


def test_staff_can_put_back_what_certainty_cost(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, behaviour=Behaviour.CERTAINTY)
    actor, marker = school.actor("learner"), school.actor("assistant")
    attempt = start_attempt(actor=actor, quiz=quiz)
    part = attempt.questions.get()
    save_answer(actor=actor, attempt=attempt, question=part, answer=False, seq=1, certainty=3)
    submit_attempt(actor=actor, attempt=attempt)
    part.refresh_from_db()
    lost = part.score
    assert lost is not None
    assert lost == -2 * part.points
    for score in (Decimal(0), lost):
        override_score(actor=marker, attempt=attempt, question=part, score=score, reason="Look.")
    part.refresh_from_db()
    assert part.score == lost
    with pytest.raises(Invalid):
        override_score(
            actor=marker, attempt=attempt, question=part, score=lost - 1, reason="Too low."
        )


@pytest.mark.parametrize(
    ("score", "certainty", "worth"),
    [(1, 1, 3), (2, 2, 3), (3, 3, 3), (-6, 3, 0), (0, None, 0), (1, None, 3)],
)
def test_item_analysis_reads_answers_without_their_certainty(
    score: int, certainty: int | None, worth: int
) -> None:
    assert known(Decimal(score), certainty) == worth

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from assessments.enums import QuestionKind, QuestionState, QuizState, ReviewPreset
from assessments.models import GradeChange, Question, Quiz
from assessments.queries.content import version_content
from assessments.scoring.cloze import Blanks
from assessments.scoring.registry import type_of
from assessments.scoring.review import PRESETS, policy_from
from assessments.services.attempt import start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import (
    School,
    make_attempt,
    make_lesson,
    make_question,
    make_quiz,
    make_school,
)
from assessments.tests.views.test_attempt import client_of, page
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


def base(school: School) -> str:
    return f"/teach/{school.course.slug}/"


OPTIONS: dict[str, object] = {
    "option-id": ["", "", "", ""],
    "option-text": ["Granite", "Basalt", "", ""],
    "option-feedback": ["", "Yes.", "", ""],
    "option-correct": ["1"],
}
WORDS = {"stem": "Which **stone**?", "points": "2.5", "difficulty": "easy", "explanation": ""}
FIELDS: dict[str, dict[str, object]] = {
    "single_choice": OPTIONS,
    "multiple_choice": {**OPTIONS, "option-correct": ["0", "1"], "partial_credit": "on"},
    "true_false": {"truth": "false"},
    "short_answer": {"accepted": "Quito\n\n San Francisco \n", "match_accents": "on"},
    "numeric": {"value": "12,5", "tolerance": "0.1", "tolerance_kind": "relative", "unit": "kg"},
    "matching": {
        "pair-id": ["", "", ""],
        "pair-choice_id": ["", "", ""],
        "pair-prompt": ["Basalt", "Chalk", " "],
        "pair-choice": ["igneous", "sedimentary", ""],
        "extra-id": [""],
        "extra-text": ["meteoric"],
    },
    "ordering": {
        "item-id": ["", "", "", ""],
        "item-text": ["first", "", "second", "third"],
        "partial_credit": "on",
    },
    "cloze": {
        "stem": "A [[1]] is [[2]].",
        "blank-id": ["", "", ""],
        "blank-accepted": ["stone\nrock", "", "hard"],
        "blank-wrong": ["", "", "soft\n"],
        "blank-weight": ["", "1", "3"],
        "match_case": "on",
    },
    "drag_words": {
        "stem": "A [[1]] is [[2]].",
        "word-id": ["", "", ""],
        "word-choice_id": ["", "", ""],
        "word-choice": ["stone", "", "hard"],
        "extra-id": [""],
        "extra-text": ["soft"],
    },
}


@pytest.mark.parametrize("kind", FIELDS)
def test_every_type_is_written_on_a_page(school: School, client: Client, kind: str) -> None:
    url = f"{base(school)}bank/new/{kind}/"
    assert "As learners see it" in page(client, url)
    answer = client.post(url, {**WORDS, **FIELDS[kind], "act": "save"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    content = version_content(Question.objects.get().latest)
    assert (content.kind, content.points, content.difficulty) == (kind, Decimal("2.5"), "easy")
    expected: dict[str, Callable[[], object]] = {
        "single_choice": lambda: (
            [(o.text, o.correct, o.feedback) for o in content.options]
            == [("Granite", False, ""), ("Basalt", True, "Yes.")]
        ),
        "multiple_choice": lambda: (
            [o.correct for o in content.options] == [True, True] and content.partial_credit
        ),
        "true_false": lambda: content.truth is False,
        "short_answer": lambda: (
            content.accepted == ("Quito", "San Francisco")
            and content.match_accents
            and not content.match_case
        ),
        "numeric": lambda: (
            (content.value, content.tolerance_kind, content.unit) == ("12,5", "relative", "kg")
        ),
        "matching": lambda: (
            not content.partial_credit
            and type_of(content.kind).solution_words(content)
            == ["Basalt: igneous", "Chalk: sedimentary"]
        ),
        "ordering": lambda: (
            content.partial_credit
            and type_of(content.kind).solution_words(content)
            == ["1. first", "2. second", "3. third"]
        ),
        "cloze": lambda: (
            isinstance(content.detail, Blanks)
            and [(b.accepted, b.wrong, b.weight) for b in content.detail.blanks]
            == [(("stone", "rock"), (), 1), (("hard",), ("soft",), 3)]
            and content.match_case
            and not content.match_accents
        ),
        "drag_words": lambda: (
            type_of(content.kind).solution_words(content) == ["1: stone", "2: hard"]
        ),
    }
    assert expected[kind]()


def test_an_answer_can_be_tried_before_saving(school: School, client: Client) -> None:
    url = f"{base(school)}bank/new/single_choice/"
    for chosen, words in (("new1", "Correct: 2.5 / 2.5"), ("new0", "Not correct: 0 / 2.5")):
        answer = client.post(url, {**WORDS, **OPTIONS, "act": "try", "answer-preview": chosen})
        assert words in answer.content.decode()
    assert Question.objects.count() == 0


def test_a_refused_question_keeps_what_was_typed(school: School, client: Client) -> None:
    url = f"{base(school)}bank/new/single_choice/"
    answer = client.post(url, {**WORDS, **OPTIONS, "option-correct": [], "act": "save"})
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "Mark exactly one option as correct." in shown
    assert ">Granite</textarea>" in shown
    more = client.post(url, {**WORDS, **OPTIONS, "act": "more"}).content.decode()
    assert more.count('name="option-text"') == 6


def test_rows_are_added_moved_and_removed_without_a_script(school: School, client: Client) -> None:
    url = f"{base(school)}bank/new/ordering/"
    for act, words in (
        ("up-item-2", ["first", "second", "", "third"]),
        ("down-item-0", ["", "first", "second", "third"]),
        ("remove-item-1", ["first", "second", "third"]),
        ("up-item-0", ["first", "", "second", "third"]),
        ("up-item-99", ["first", "", "second", "third"]),
        ("up-item-" + "9" * 5_000, ["first", "", "second", "third"]),
        ("more-item", ["first", "", "second", "third", "", ""]),
    ):
        form = {**WORDS, **FIELDS["ordering"], "act": act, "partial_credit": ""}
        shown = client.post(url, form).content.decode()
        assert re.findall(r'name="item-text"[^>]*>(.*?)</textarea>', shown) == words
        assert 'name="partial_credit" id="id_partial_credit" checked' not in shown
    assert Question.objects.count() == 0


def test_refused_rows_say_why_where_they_are(school: School, client: Client) -> None:
    form = {**WORDS, **FIELDS["matching"], "extra-text": ["igneous"], "act": "save"}
    answer = client.post(f"{base(school)}bank/new/matching/", form)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert shown.index("Choices without a prompt") < shown.index("says the same as one")


def test_editing_writes_a_version_and_refuses_a_lost_edit(  # P4
    school: School, client: Client
) -> None:
    question = make_question(school, QuestionKind.TRUE_FALSE)
    url = f"{base(school)}bank/{question.public_id}/"
    assert "A cairn is a pile of stones." in page(client, url)
    form = {**WORDS, "truth": "false", "version": "1", "act": "save"}
    assert client.post(url, form).status_code == 302
    stale = client.post(url, form)
    assert stale.status_code == 400
    assert "changed by somebody else" in stale.content.decode()
    assert question.versions.count() == 2


def test_assistants_read_and_try_but_do_not_revise(school: School) -> None:
    question = make_question(school, QuestionKind.TRUE_FALSE)
    assistant = client_of(school, "assistant")
    url = f"{base(school)}bank/{question.public_id}/"
    shown = page(assistant, url)
    assert "Save as a new version" not in shown
    tried = assistant.post(url, {**WORDS, "truth": "true", "act": "try", "answer-preview": "true"})
    assert "Correct: 2.5 / 2.5" in tried.content.decode()
    refused = assistant.post(url, {**WORDS, "truth": "true", "act": "save"})
    assert refused.status_code == 403
    assert question.versions.count() == 1


def test_the_bank_is_narrowed_by_the_address(school: School, client: Client) -> None:
    make_question(school, QuestionKind.TRUE_FALSE, stem="About cairns")
    make_question(school, QuestionKind.NUMERIC, stem="About towers")
    url = f"{base(school)}bank/"
    assert "About cairns" in page(client, url)
    narrowed = page(client, f"{url}?search=tower&kind=numeric&unused=1&ordering=text&state=all")
    assert "About towers" in narrowed
    assert "About cairns" not in narrowed
    assert "No question fits" in page(client, f"{url}?search=nothing")
    assert "No question fits" in page(client, f"{url}?state=retired&difficulty=hard")


def test_retiring_can_be_undone(school: School, client: Client) -> None:
    question = make_question(school)
    url = f"{base(school)}bank/{question.public_id}/"
    answer = client.post(f"{url}retire/", follow=True).content.decode()
    assert f'action="{url}restore/"' in answer
    question.refresh_from_db()
    assert question.state == QuestionState.RETIRED
    client.post(f"{url}restore/")
    question.refresh_from_db()
    assert question.state == QuestionState.READY
    client.post(f"{url}duplicate/")
    assert Question.objects.count() == 2


def test_the_builder_makes_a_quiz_step_by_step(school: School, client: Client) -> None:
    lesson = make_lesson(school)
    first, second = make_question(school), make_question(school, QuestionKind.NUMERIC)
    url = f"{base(school)}quizzes/{lesson.public_id}/"
    assert "No questions yet" in page(client, url)
    assert Quiz.objects.count() == 0
    client.post(f"{url}add/", {"question": [first.public_id, second.public_id]})
    quiz = Quiz.objects.get()
    one, two = quiz.items.all()
    client.post(f"{url}items/{two.public_id}/up/")
    client.post(f"{url}items/{one.public_id}/weigh/", {"points": "3", "pinned": "1"})
    one.refresh_from_db()
    assert (one.ordinal, one.points, one.pinned) == (2, Decimal(3), first.latest)
    assert client.post(f"{url}order/", {"order": [one.public_id, two.public_id]}).status_code == 204
    client.post(f"{url}items/{two.public_id}/remove/")
    assert [item.public_id for item in quiz.items.all()] == [one.public_id]
    quiz.refresh_from_db()
    settings = {"minutes": "1.5", "attempts_allowed": "", "counting": "last", "instructions": "Go."}
    settings |= {"preset": "exam", "opens_at": "2026-03-01T09:00", "closes_at": ""}
    settings |= {
        "due_at": "2026-03-02T09:00",
        "late_percent": "5",
        "late_unit": "day",
        "addresses": "10.1.0.0/16",
    }
    settings |= {"cooldown_minutes": "90", "access_code": "basalt"}
    client.post(f"{url}settings/", {**settings, "version": str(quiz.version)})
    quiz.refresh_from_db()
    assert (quiz.time_limit_seconds, quiz.attempts_allowed, quiz.counting) == (90, None, "last")
    assert policy_from(quiz.review) == PRESETS[ReviewPreset.EXAM]
    assert quiz.closes_at is None
    assert quiz.opens_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert (str(quiz.late_percent), str(quiz.late_cap)) == ("5.00", "100.00")
    assert quiz.cooldown_seconds == 5400
    assert quiz.access_code.startswith("argon2") or "$" in quiz.access_code
    for words in ("Asks for a code", "10.1.0.0/16", 'value="90"'):
        assert words in page(client, f"{url}settings/")
    assert "5 percent of the points off for each day late" in page(client, url)
    cleared = {**settings, "access_code": "", "no_code": "on", "late_unit": "none"}
    assert client.post(f"{url}settings/", cleared).status_code == 302
    quiz.refresh_from_db()
    assert (quiz.access_code, quiz.late_unit) == ("", "none")
    client.post(f"{url}publish/")
    quiz.refresh_from_db()
    assert quiz.state == QuizState.PUBLISHED
    assert "Open to learners" in page(client, url)
    assert "Which stone is" in page(client, f"{url}preview/")
    assert "Which stone is" in page(client, f"{url}preview/?page={'9' * 5_000}")
    client.post(f"{url}unpublish/")
    quiz.refresh_from_db()
    assert quiz.state == QuizState.DRAFT


def test_bad_settings_are_shown_where_they_are_wrong(school: School, client: Client) -> None:
    quiz = make_quiz(school, QuestionKind.NUMERIC)
    url = f"{base(school)}quizzes/{quiz.lesson.public_id}/"
    for minutes in ("0.01", "-1", "abc"):
        answer = client.post(f"{url}settings/", {"minutes": minutes, "counting": "best"})
        assert answer.status_code == 400
    assert "field-error" in answer.content.decode() or "alert bad" in answer.content.decode()


def test_the_builder_is_for_quiz_lessons_and_instructors(school: School) -> None:
    text = make_lesson(school, kind="text")
    instructor, assistant = client_of(school, "instructor"), client_of(school, "assistant")
    assert instructor.get(f"{base(school)}quizzes/{text.public_id}/").status_code == 404
    quiz = make_quiz(school, QuestionKind.NUMERIC)
    url = f"{base(school)}quizzes/{quiz.lesson.public_id}/"
    assert f"{url}settings/" not in page(assistant, url)
    assert assistant.get(f"{url}settings/").status_code == 403
    assert assistant.post(f"{url}unpublish/").status_code == 403
    assert client_of(school, "learner").get(url).status_code == 403
    quiz.refresh_from_db()
    assert quiz.state == QuizState.PUBLISHED


def test_the_quiz_list_tells_drafts_from_open_ones(school: School, client: Client) -> None:
    empty, quiz = make_lesson(school), make_quiz(school, QuestionKind.NUMERIC)
    shown = page(client, f"{base(school)}quizzes/")
    assert empty.title in shown
    assert quiz.lesson.title in shown


def test_results_from_course_to_attempt(school: School, client: Client) -> None:
    quiz = make_quiz(school)
    attempt = make_attempt(school, quiz, wrong=1)
    assert school.learner.display_name in page(client, f"{base(school)}results/")
    url = f"{base(school)}results/{quiz.public_id}/"
    assert school.learner.display_name in page(client, f"{url}?state=released&ordering=score")
    assert "No attempts" in page(client, f"{url}?search=nobody")
    one = f"{base(school)}results/attempts/{attempt.public_id}/"
    shown = page(client, one)
    assert "Answer saved" in shown
    assert "KEYWORD" in shown


def test_scores_by_hand_on_the_attempt_page(school: School) -> None:
    attempt = make_attempt(school, make_quiz(school), wrong=1)
    assistant = client_of(school, "assistant")
    url = f"{base(school)}results/attempts/{attempt.public_id}/score/"
    part = attempt.questions.get(ordinal=5)
    form = {"question": part.public_id, "score": "0.5", "reason": "Nearly."}
    assert assistant.post(url, form).status_code == 302
    assert assistant.post(url, {"score": "1", "reason": "Whole."}).status_code == 302
    for bad in (
        {"score": "7", "reason": "x"},
        {"score": "1", "reason": ""},
        {**form, "score": "2"},
    ):
        assert assistant.post(url, bad).status_code == 400
    reasons = GradeChange.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["", "Nearly.", "Whole."]
    assert client_of(school, "learner").post(url, form).status_code == 403


def test_more_time_on_the_attempt_page(school: School, client: Client) -> None:
    quiz = make_quiz(school, time_limit_seconds=600)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    url = f"{base(school)}results/attempts/{attempt.public_id}/"
    assert "Give more time" in page(client, url)
    assert client.post(f"{url}time/", {"minutes": "0", "reason": "x"}).status_code == 400
    assert client.post(f"{url}time/", {"minutes": "5", "reason": "Alarm."}).status_code == 302
    before = attempt.deadline
    attempt.refresh_from_db()
    assert attempt.deadline is not None
    assert before is not None
    assert (attempt.deadline - before).total_seconds() == 300


def test_release_regrade_and_export(school: School, client: Client) -> None:
    quiz = make_quiz(school, show_review=False)
    school.learner.name = "=cmd()"
    school.learner.save()
    attempt = make_attempt(school, quiz)
    url = f"{base(school)}results/{quiz.public_id}/"
    assert "Release the results" in page(client, url)
    client.post(f"{base(school)}quizzes/{quiz.lesson.public_id}/release/")
    attempt.refresh_from_db()
    assert attempt.state == "released"
    question = quiz.items.all()[0].question
    again = client.post(f"{url}regrade/", {"question": question.public_id}, follow=True)
    assert "0 scores changed." in again.content.decode()
    table = client.get(f"{url}export.csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.content.decode().splitlines()[1].startswith("'=cmd(),1,released,")  # C7
    start_attempt(actor=school.actor("classmate"), quiz=quiz)
    rows = client.get(f"{url}export.csv").content.decode().splitlines()[1:]
    assert [row.rsplit(",", 2)[1] for row in rows if ",open," in row] == [""]


def test_lists_read_a_constant_number_of_rows(school: School, client: Client) -> None:
    quiz = make_quiz(school, attempts_allowed=None)
    make_attempt(school, quiz)

    def grow() -> None:
        make_attempt(school, quiz)
        make_attempt(school, quiz, "classmate")
        make_quiz(school, QuestionKind.TRUE_FALSE)

    learner = client_of(school, "learner")
    for who, url in (
        (client, f"{base(school)}bank/"),
        (client, f"{base(school)}quizzes/"),
        (client, f"{base(school)}quizzes/{quiz.lesson.public_id}/"),
        (client, f"{base(school)}results/"),
        (client, f"{base(school)}results/{quiz.public_id}/"),
        (learner, f"/c/{school.course.slug}/grades/"),
        (learner, f"/c/{school.course.slug}/learn/{quiz.lesson.public_id}/"),
    ):
        assert_constant_queries(lambda who=who, url=url: page(who, url), grow)  # type: ignore[misc]


def test_submitting_is_shown_to_staff_at_once(school: School, client: Client) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    url = f"{base(school)}results/attempts/{attempt.public_id}/"
    assert "This attempt is still open." in page(client, url)
    submit_attempt(actor=school.actor("learner"), attempt=attempt)
    assert "Score the whole attempt by hand" in page(client, url)

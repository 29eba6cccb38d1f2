"""Late work, grace, waits, means, codes and networks: the same for every door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.enums import AttemptState, Counting, LateUnit, QuestionKind, StepKind
from assessments.models import Attempt, Grade, Quiz
from assessments.queries.attempt import sheet
from assessments.queries.reconcile import mismatches
from assessments.services import attempt as attempts
from assessments.services.access import set_access_code
from assessments.services.attempt import flag_question, save_answer, start_attempt
from assessments.services.closing import settle, settle_open, submit_attempt
from assessments.services.grading import override_score, regrade_question
from assessments.services.quiz import settings_of, update_quiz
from assessments.tests.factories import (
    School,
    answer_all,
    make_attempt,
    make_quiz,
    make_school,
)
from lms.kernel.clock import travel
from lms.kernel.errors import Invalid, KernelError
from lms.kernel.models import ThrottleCount

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def school() -> School:
    return make_school()


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(KernelError) as refused:
        act()
    return refused.value.code


def late_quiz(school: School, **settings: Any) -> Quiz:
    return make_quiz(
        school,
        QuestionKind.SINGLE_CHOICE,
        QuestionKind.MULTIPLE_CHOICE,
        due_at=NOON,
        closes_at=NOON + 7 * DAY,
        late_percent=Decimal(10),
        **{"late_unit": LateUnit.DAY, **settings},
    )


def test_late_attempts_lose_their_percent_on_the_record(school: School) -> None:
    quiz = late_quiz(school)
    with travel(NOON + DAY + timedelta(seconds=1)):
        attempt = make_attempt(school, quiz)
    found = (attempt.late_percent, attempt.deducted, attempt.score)
    assert found == (Decimal(20), Decimal("0.6"), Decimal("2.4"))
    assert Grade.objects.get().score == Decimal("2.4")
    step = attempt.steps.filter(kind=StepKind.SCORED, question=None).get()
    assert step.data == {"score": "2.4000", "late_percent": "20.00", "deducted": "0.6000"}
    assert sum(mismatches().values()) == 0


def test_in_time_and_late_are_told_by_the_moment(school: School) -> None:
    quiz = late_quiz(school)
    with travel(NOON):
        assert make_attempt(school, quiz).late_percent == 0
    with travel(NOON + timedelta(microseconds=1)):
        assert make_attempt(school, quiz, "classmate").late_percent == 10


def test_a_deduction_follows_when_a_score_changes(school: School) -> None:
    quiz = late_quiz(school)
    with travel(NOON + timedelta(hours=1)):
        attempt = make_attempt(school, quiz, wrong=1)
    assert (attempt.score, attempt.deducted) == (Decimal("0.7"), Decimal("0.3"))
    act = {"actor": school.actor("assistant"), "attempt": attempt, "reason": "Unclear."}
    part = attempt.questions.get(ordinal=2)
    changed = override_score(**act, score=Decimal(1), question=part)  # type: ignore[arg-type]
    assert (changed.score, changed.deducted) == (Decimal("1.7"), Decimal("0.3"))
    whole = override_score(**act, score=Decimal(3))  # type: ignore[arg-type]
    assert whole.score == 3  # a score by hand stands as it is
    assert sum(mismatches().values()) == 0
    question = quiz.items.all()[0].question
    assert regrade_question(actor=school.actor("instructor"), quiz=quiz, question=question) == 0


def test_answers_and_handing_in_within_the_grace_count(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=60, grace_seconds=30)
    actor = school.actor("learner")
    with travel(NOON):
        attempt = start_attempt(actor=actor, quiz=quiz)
    part = attempt.questions.get()
    act = {"actor": actor, "attempt": attempt, "question": part}
    with travel(NOON + timedelta(seconds=90)):
        assert settle(attempt).state == AttemptState.OPEN
        save_answer(**act, answer=True, seq=1)  # type: ignore[arg-type]
        done = submit_attempt(actor=actor, attempt=attempt)
    assert (str(done.score), done.closed_by_clock) == ("1.0000", False)
    assert done.submitted_at == NOON + timedelta(seconds=60)
    with travel(NOON):
        other = start_attempt(actor=school.actor("classmate"), quiz=quiz)
    with travel(NOON + timedelta(seconds=90, microseconds=1)):
        closed = settle(other)
    assert (closed.closed_by_clock, closed.submitted_at) == (True, other.deadline)


def test_the_next_attempt_waits(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=2, cooldown_seconds=3600)
    actor = school.actor("learner")
    with travel(NOON):
        make_attempt(school, quiz)
    with travel(NOON + timedelta(minutes=59)):
        assert code_of(lambda: start_attempt(actor=actor, quiz=quiz)) == "cooling_down"
    with travel(NOON + timedelta(minutes=60)):
        assert start_attempt(actor=actor, quiz=quiz).number == 2


def test_the_mean_of_all_attempts_counts(school: School) -> None:
    quiz = make_quiz(
        school,
        QuestionKind.SINGLE_CHOICE,
        QuestionKind.MULTIPLE_CHOICE,
        attempts_allowed=None,
        counting=Counting.MEAN,
    )
    make_attempt(school, quiz)
    make_attempt(school, quiz, wrong=1)
    last = make_attempt(school, quiz, wrong=1)
    grade = Grade.objects.get()
    assert (grade.score, grade.attempt, grade.released) == (Decimal("1.6667"), last, True)
    assert sum(mismatches().values()) == 0
    Grade.objects.update(score=Decimal("1.6"))
    found = {words for words, count in mismatches().items() if count}
    assert "grades that are not their attempts' mean" in found


def test_a_code_is_asked_before_the_start_only(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=2)
    quiz = set_access_code(actor=school.actor("instructor"), quiz=quiz, code=" basalt-7 ")
    assert "basalt" not in quiz.access_code
    actor = school.actor("learner")
    assert code_of(lambda: start_attempt(actor=actor, quiz=quiz)) == "access_code_required"
    wrong = lambda: start_attempt(actor=actor, quiz=quiz, access_code="chalk")  # noqa: E731
    assert code_of(wrong) == "access_code_wrong"
    attempt = start_attempt(actor=actor, quiz=quiz, access_code="basalt-7")
    assert start_attempt(actor=actor, quiz=quiz) == attempt
    quiz = set_access_code(actor=school.actor("instructor"), quiz=quiz, code="")
    submit_attempt(actor=actor, attempt=attempt)
    assert start_attempt(actor=actor, quiz=quiz).number == 2


def test_an_attempt_that_ends_in_the_same_moment_opens_no_other_without_its_code(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=2)
    quiz = set_access_code(actor=school.actor("instructor"), quiz=quiz, code="basalt-7")
    actor = school.actor("learner")
    first = start_attempt(actor=actor, quiz=quiz, access_code="basalt-7")

    def looked_and_ended(quiz: Quiz, learner_id: int) -> bool:
        still = settle_open(quiz, learner_id)
        submit_attempt(actor=actor, attempt=first)
        return still

    monkeypatch.setattr(attempts, "settle_open", looked_and_ended)
    assert code_of(lambda: start_attempt(actor=actor, quiz=quiz)) == "attempt_closed"
    assert Attempt.objects.filter(quiz=quiz).count() == 1
    monkeypatch.undo()
    assert code_of(lambda: start_attempt(actor=actor, quiz=quiz)) == "access_code_required"


def test_wrong_codes_are_counted_and_right_ones_are_not(school: School) -> None:  # A5
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    quiz = set_access_code(actor=school.actor("instructor"), quiz=quiz, code="basalt-7")
    learner, classmate = school.actor("learner"), school.actor("classmate")
    with travel(NOON):
        codes = [
            code_of(lambda: start_attempt(actor=learner, quiz=quiz, access_code="chalk"))
            for _ in range(11)
        ]
        assert codes == ["access_code_wrong"] * 10 + ["throttled"]
        right = lambda who: start_attempt(actor=who, quiz=quiz, access_code="basalt-7")  # noqa: E731
        assert code_of(lambda: right(learner)) == "throttled"
        assert right(classmate)
    assert sorted(ThrottleCount.objects.values_list("hits", flat=True)) == [0, 12]


@pytest.mark.parametrize(("code", "good"), [("abc", False), ("x" * 65, False), ("abcd", True)])
def test_a_code_has_a_length(school: School, code: str, good: bool) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    act = lambda: set_access_code(actor=school.actor("instructor"), quiz=quiz, code=code)  # noqa: E731
    if good:
        assert act().access_code
    else:
        assert code_of(act) == "invalid"


def test_a_quiz_is_taken_from_its_networks_alone(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, addresses=("10.1.2.3/16",))
    assert quiz.addresses == ["10.1.0.0/16"]
    inside = school.actor("learner").at("10.1.9.9")
    outside, unknown = inside.at("10.2.0.1"), inside.at("")
    attempt = start_attempt(actor=inside, quiz=quiz)
    part = attempt.questions.get()
    fields: dict[str, Any] = {"attempt": attempt, "question": part}
    for actor in (outside, unknown):
        doors: list[Callable[[], object]] = [
            lambda actor=actor: start_attempt(actor=actor, quiz=quiz),  # type: ignore[misc]
            lambda actor=actor: sheet(actor, attempt),  # type: ignore[misc]
            lambda actor=actor: save_answer(actor=actor, **fields, answer=True, seq=1),  # type: ignore[misc]
            lambda actor=actor: flag_question(actor=actor, **fields, flagged=True),  # type: ignore[misc]
            lambda actor=actor: submit_attempt(actor=actor, attempt=attempt),  # type: ignore[misc]
        ]
        assert {code_of(door) for door in doors} == {"address_not_allowed"}
    answer_all(attempt, inside)
    submit_attempt(actor=inside, attempt=attempt)
    assert sheet(outside, Attempt.objects.get()).score == 1


def test_pages_and_api_know_where_they_are_asked_from(school: School) -> None:  # P7
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, addresses=("10.1.0.0/16",))
    client = Client()
    client.force_login(school.learner)
    url = f"/c/{quiz.course.slug}/learn/{quiz.lesson.public_id}/"
    body = {"quiz": quiz.public_id}
    there = {"REMOTE_ADDR": "10.1.0.9"}
    assert "you are in another one" in client.get(url).content.decode()
    assert "you are in another one" not in client.get(url, **there).content.decode()  # type: ignore[arg-type]
    refused = client.post("/api/v1/attempts/", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "address_not_allowed")
    client.post(f"{url}attempt/")
    assert Attempt.objects.count() == 0
    forged = {"HTTP_X_FORWARDED_FOR": "10.1.0.9"}
    client.post(f"{url}attempt/", **forged)  # type: ignore[arg-type]
    assert Attempt.objects.count() == 0
    assert client.post(f"{url}attempt/", **there).status_code == 302  # type: ignore[arg-type]
    attempt = Attempt.objects.get()
    assert client.get(f"{url}attempt/{attempt.public_id}/").status_code == 403
    assert client.get(f"{url}attempt/{attempt.public_id}/", **there).status_code == 200  # type: ignore[arg-type]


def test_page_and_api_ask_for_the_code_and_never_tell_it(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    teacher, client = Client(), Client()
    teacher.force_login(school.instructor)
    client.force_login(school.learner)
    path = f"/api/v1/quizzes/{quiz.public_id}/"
    sent = {"content_type": "application/json"}
    told = teacher.put(f"{path}access-code/", {"code": "basalt-7"}, **sent)  # type: ignore[arg-type]
    assert (told.status_code, told.json()["asks_code"]) == (200, True)
    quiz.refresh_from_db()
    start = f"/c/{quiz.course.slug}/learn/{quiz.lesson.public_id}/"
    shown = client.get(start).content.decode()
    assert 'name="access_code"' in shown
    for text in (shown, client.get(path).content.decode(), teacher.get(path).content.decode()):
        assert "basalt" not in text
        assert quiz.access_code not in text
    body = {"quiz": quiz.public_id, "access_code": "chalk"}
    refused = client.post("/api/v1/attempts/", body, **sent)  # type: ignore[arg-type]
    assert (refused.status_code, refused.json()["code"]) == (403, "access_code_wrong")
    page = client.post(f"{start}attempt/", {"access_code": "chalk"}, follow=True)
    assert "This is not the code of this quiz." in page.content.decode()
    body["access_code"] = "basalt-7"
    assert client.post("/api/v1/attempts/", body, **sent).status_code == 201  # type: ignore[arg-type]


def test_only_those_who_may_change_a_quiz_read_its_networks(school: School) -> None:  # Z4
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, addresses=("10.1.0.0/16",))
    seen = {}
    for who in ("learner", "assistant", "instructor"):
        client = Client()
        client.force_login(getattr(school, who))
        seen[who] = client.get(f"/api/v1/quizzes/{quiz.public_id}/").json()["addresses"]
    assert seen == {"learner": None, "assistant": None, "instructor": ["10.1.0.0/16"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_at": NOON, "opens_at": NOON}, "due_at"),
        ({"due_at": NOON, "closes_at": NOON - DAY}, "closes_at"),
        ({"late_percent": Decimal(10), "late_unit": LateUnit.DAY}, "due_at"),
        ({"late_unit": LateUnit.HOUR, "due_at": NOON}, "late_percent"),
        ({"late_percent": Decimal(101), "due_at": NOON}, "late_percent"),
        ({"late_percent": Decimal("0.001"), "due_at": NOON}, "late_percent"),
        ({"late_cap": Decimal(-1)}, "late_cap"),
        ({"grace_seconds": 601}, "grace_seconds"),
        ({"cooldown_seconds": -1}, "cooldown_seconds"),
        ({"addresses": ("10.1.0.0/33",)}, "addresses"),
        ({"addresses": ("10.1.0.1",) * 101}, "addresses"),
    ],
)
def test_settings_out_of_range_are_named(
    school: School, changes: dict[str, object], field: str
) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    settings = replace(settings_of(quiz), **changes)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        update_quiz(actor=school.actor("instructor"), quiz=quiz, settings=settings)
    assert list(refused.value.errors) == [field]


def test_settings_come_back_as_they_were_given(school: School) -> None:
    quiz = late_quiz(
        school,
        late_unit=LateUnit.HOUR,
        late_cap=Decimal("12.5"),
        grace_seconds=5,
        cooldown_seconds=60,
        addresses=("10.1.0.0/16",),
    )
    known = settings_of(quiz)
    update_quiz(actor=school.actor("instructor"), quiz=quiz, settings=known)
    quiz.refresh_from_db()
    assert settings_of(quiz) == known
    assert (known.late_unit, known.late_cap) == (LateUnit.HOUR, Decimal("12.5"))

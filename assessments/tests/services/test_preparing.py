"""Attempts that are drawn ahead of an exam: what is claimed, what goes stale, who sees them."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.services.privacy import export_person
from accounts.tests.factories import UserFactory
from assessments.enums import AttemptState, Layout, QuestionKind
from assessments.models import (
    Attempt,
    AttemptQuestion,
    PreparedAttempt,
    PreparedQuestion,
    Question,
    QuestionUse,
    Quiz,
    QuizDraw,
)
from assessments.queries.attempt import attempts, results
from assessments.queries.content import version_content
from assessments.queries.preparing import Preparation, preparation
from assessments.queries.quiz import standing
from assessments.queries.reconcile import mismatches
from assessments.scoring.narrow import Narrow
from assessments.services.accommodation import set_accommodation
from assessments.services.attempt import start_attempt
from assessments.services.bank import retire_question, revise_question
from assessments.services.closing import submit_attempt
from assessments.services.preparing import do_prepare, prepare_attempts, prepare_due, prepare_later
from assessments.services.quiz import QuizSettings, settings_of, unpublish_quiz, update_quiz
from assessments.services.quiz_draws import add_draw, update_draw
from assessments.services.quiz_entries import order_of, reorder_items
from assessments.services.quiz_items import add_item, remove_item, update_item
from assessments.services.quiz_sections import add_section, update_section
from assessments.tests.factories import School, answer_all, make_question, make_quiz, make_school
from assessments.tests.services.test_quiz_structure import drawn_quiz, fill
from courses.enums import CourseRole, EnrolmentState
from courses.models import Enrolment
from lms.kernel.clock import travel
from lms.kernel.errors import Conflict, Denied, NotFound
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def school() -> School:
    return make_school()


def own(school: School, quiz: Quiz, who: str = "learner") -> PreparedAttempt | None:
    return PreparedAttempt.objects.filter(quiz=quiz, learner=getattr(school, who)).first()


def ids(rows: object) -> list[str]:
    return list(rows.order_by("ordinal").values_list("public_id", flat=True))  # type: ignore[attr-defined]


def claims(school: School, quiz: Quiz) -> bool:
    """Whether the learner who starts now gets what was prepared."""
    prepared = own(school, quiz)
    assert prepared is not None
    planned = ids(prepared.questions)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    return ids(attempt.questions) == planned


def test_everybody_who_has_not_started_is_prepared_once(school: School) -> None:
    quiz = make_quiz(school)
    start_attempt(actor=school.actor("classmate"), quiz=quiz)
    assert prepare_attempts(quiz=quiz) == 1
    assert prepare_attempts(quiz=quiz) == 0
    assert [row.learner for row in PreparedAttempt.objects.all()] == [school.learner]


def test_a_start_claims_every_field_of_what_was_prepared(school: School) -> None:
    fill(school, 5)
    quiz = make_quiz(school, QuestionKind.FORMULA, QuestionKind.MATCHING, layout=Layout.QUESTION)
    teacher = school.actor("instructor")
    narrow = Narrow(kinds=(QuestionKind.TRUE_FALSE,))
    add_draw(actor=teacher, quiz=quiz, count=2, points=Decimal(3), narrow=narrow)
    prepare_attempts(quiz=quiz)
    prepared = own(school, quiz)
    assert prepared is not None
    copied = ("public_id", "version", "section", "ordinal", "page", "option_order", "drawn")
    planned = list(prepared.questions.order_by("ordinal").values_list(*copied, "points"))
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert list(attempt.questions.order_by("ordinal").values_list(*copied, "points")) == planned
    assert (attempt.page_count, attempt.max_score) == (4, sum(one[-1] for one in planned))
    fresh = AttemptQuestion(attempt=attempt)
    for part in attempt.questions.all():
        for name in ("seq", "answer", "tries", "final", "flagged", "score", "verdict", "comment"):
            assert getattr(part, name) == getattr(fresh, name)
    assert sum(QuestionUse.objects.values_list("used", flat=True)) == 2


def test_a_prepared_attempt_is_answered_scored_and_reconciled_like_any(school: School) -> None:
    quiz = make_quiz(school)
    prepare_attempts(quiz=quiz)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    answer_all(attempt, actor)
    done = submit_attempt(actor=actor, attempt=attempt)
    assert (done.state, done.score) == (AttemptState.RELEASED, done.max_score)
    assert set(mismatches().values()) == {0}


def test_times_are_those_of_the_start(school: School) -> None:
    quiz = make_quiz(school, time_limit_seconds=600)
    prepare_attempts(quiz=quiz)
    set_accommodation(
        actor=school.actor("instructor"),
        person=school.learner,
        time_factor=Decimal(2),
        break_minutes=3,
    )
    with travel(NINE):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert (attempt.started_at, attempt.deadline) == (NINE, NINE + timedelta(seconds=1200))
    assert attempt.break_seconds == 180
    prepared = own(school, quiz)
    assert prepared is not None
    assert ids(attempt.questions) == ids(prepared.questions)


def test_a_prepared_attempt_does_not_open_a_quiz_early(school: School) -> None:
    quiz = make_quiz(school, opens_at=NINE)
    prepare_attempts(quiz=quiz)
    with travel(NINE - timedelta(seconds=1)), pytest.raises(Conflict) as refused:
        start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert refused.value.code == "not_open_yet"
    assert Attempt.objects.count() == 0


def _add_item(school: School, quiz: Quiz) -> None:
    add_item(actor=school.actor("instructor"), quiz=quiz, question=make_question(school))


def _remove_item(school: School, quiz: Quiz) -> None:
    remove_item(actor=school.actor("instructor"), item=quiz.items.first())  # type: ignore[arg-type]


def _weigh(school: School, quiz: Quiz) -> None:
    item = quiz.items.get(ordinal=1)
    update_item(actor=school.actor("instructor"), item=item, points=Decimal(7), pinned=item.pinned)


def _revise(school: School, quiz: Quiz) -> None:
    question = quiz.items.get(ordinal=1).question
    content = version_content(question.latest)
    revise_question(actor=school.actor("instructor"), question=question, content=content)


def _reorder(school: School, quiz: Quiz) -> None:
    section, first, *others = order_of(quiz)
    order = [section, *others, first]
    reorder_items(actor=school.actor("instructor"), quiz=quiz, order=order)


def _shuffle(school: School, quiz: Quiz) -> None:
    _set(school, quiz, shuffle_questions=True)


def _page(school: School, quiz: Quiz) -> None:
    _set(school, quiz, layout=Layout.QUESTION)


def _shuffle_section(school: School, quiz: Quiz) -> None:
    update_section(
        actor=school.actor("instructor"),
        section=quiz.sections.get(),
        title="",
        introduction="",
        shuffle=True,
    )


def _widen(school: School, quiz: Quiz) -> None:
    _redraw(school, quiz, 1, Narrow(kinds=(QuestionKind.TRUE_FALSE,)))


def _narrow(school: School, quiz: Quiz) -> None:
    _redraw(school, quiz, 2, Narrow(kinds=(QuestionKind.TRUE_FALSE, QuestionKind.NUMERIC)))


def _redraw(school: School, quiz: Quiz, count: int, narrow: Narrow) -> None:
    teacher, draw = school.actor("instructor"), quiz.draws.get()
    update_draw(actor=teacher, draw=draw, count=count, points=Decimal(2), narrow=narrow)


def _set(school: School, quiz: Quiz, **changes: object) -> None:
    fields = settings_of(quiz)
    for name, value in changes.items():
        fields = QuizSettings(**{**_fields(fields), name: value})  # type: ignore[arg-type]
    update_quiz(actor=school.actor("instructor"), quiz=quiz, settings=fields)


def _fields(settings: QuizSettings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in QuizSettings.__dataclass_fields__}


CHANGES: list[Callable[[School, Quiz], None]] = [
    _add_item,
    _remove_item,
    _weigh,
    _revise,
    _reorder,
    _shuffle,
    _page,
    _shuffle_section,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_change_of_the_quiz_makes_stale_is_drawn_again(
    school: School, change: Callable[[School, Quiz], None]
) -> None:
    quiz = make_quiz(school)
    prepare_attempts(quiz=quiz)
    before = own(school, quiz)
    change(school, quiz)
    quiz.refresh_from_db()
    assert preparation(school.actor("instructor"), quiz) == Preparation(0, 2)
    assert not claims(school, quiz)
    assert prepare_attempts(quiz=quiz) == 1  # the classmate's; the learner has started
    assert before is not None
    assert not PreparedAttempt.objects.filter(pk=before.pk).exists()


@pytest.mark.parametrize("change", [_widen, _narrow])
def test_what_a_change_of_a_draw_makes_stale_is_not_claimed(
    school: School, change: Callable[[School, Quiz], None]
) -> None:
    fill(school, 4)
    make_question(school, QuestionKind.NUMERIC)
    quiz = drawn_quiz(school, 2)
    prepare_attempts(quiz=quiz)
    change(school, quiz)
    quiz.refresh_from_db()
    assert not claims(school, quiz)


@pytest.mark.parametrize("what", ["retired", "revised", "asked anyway"])
def test_a_drawn_question_that_no_longer_fits_is_not_given_out(school: School, what: str) -> None:
    fill(school, 6)
    quiz = drawn_quiz(school, 2)
    prepare_attempts(quiz=quiz)
    prepared, teacher = own(school, quiz), school.actor("instructor")
    assert prepared is not None
    first = prepared.questions.order_by("ordinal")[0]
    question = Question.objects.get(versions=first.version)
    if what == "retired":
        retire_question(actor=teacher, question=question)
    elif what == "revised":
        content = version_content(question.latest)
        revise_question(actor=teacher, question=question, content=content)
    else:
        add_item(actor=teacher, quiz=quiz, question=question)
    quiz.refresh_from_db()
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    asked = list(attempt.questions.values_list("version__question", "version"))
    assert len(dict(asked)) == len(asked) == quiz.item_count
    question.refresh_from_db()
    assert (first.version_id in dict(asked).values()) == (what == "asked anyway")
    assert ids(attempt.questions) != ids(prepared.questions)


def test_a_drawn_question_that_was_retired_is_drawn_again_for_those_who_wait(
    school: School,
) -> None:
    fill(school, 6)
    quiz = drawn_quiz(school, 2)
    prepare_attempts(quiz=quiz)
    taken = PreparedQuestion.objects.filter(prepared__learner=school.learner).first()
    assert taken is not None
    question = Question.objects.get(versions=taken.version)
    retire_question(actor=school.actor("instructor"), question=question)
    assert prepare_attempts(quiz=quiz) >= 1
    left = PreparedQuestion.objects.filter(version__question=question)
    assert not left.exists()
    assert PreparedAttempt.objects.count() == 2


def test_prepared_draws_are_spread_evenly(school: School) -> None:
    for _ in range(6):
        Enrolment.objects.create(course=school.course, user=UserFactory(), role=CourseRole.LEARNER)
    fill(school, 4)
    quiz = drawn_quiz(school, 2)
    assert prepare_attempts(quiz=quiz) == 8
    counted = Counter(PreparedQuestion.objects.values_list("version__question", flat=True))
    assert set(counted.values()) == {4}


def test_who_left_the_course_is_forgotten_and_who_came_is_prepared(school: School) -> None:
    quiz = make_quiz(school)
    prepare_attempts(quiz=quiz)
    Enrolment.objects.filter(user=school.learner).update(state=EnrolmentState.LEFT)
    comer = UserFactory()
    Enrolment.objects.create(course=school.course, user=comer, role=CourseRole.LEARNER)
    assert prepare_attempts(quiz=quiz) == 1
    people = set(PreparedAttempt.objects.values_list("learner", flat=True))
    assert people == {school.classmate.pk, comer.pk}
    with pytest.raises((Denied, NotFound)):
        start_attempt(actor=school.actor("learner"), quiz=quiz)


def test_a_bank_that_is_too_small_prepares_nobody(school: School) -> None:
    questions = fill(school, 2)
    quiz = drawn_quiz(school, 2)
    retire_question(actor=school.actor("instructor"), question=questions[0])
    with pytest.raises(Conflict) as refused:
        prepare_attempts(quiz=quiz)
    assert refused.value.code == "draw_short"
    assert PreparedAttempt.objects.count() == 0


def test_a_second_attempt_is_drawn_as_ever(school: School) -> None:
    quiz = make_quiz(school, attempts_allowed=2)
    prepare_attempts(quiz=quiz)
    actor = school.actor("learner")
    first = start_attempt(actor=actor, quiz=quiz)
    submit_attempt(actor=actor, attempt=first)
    second = start_attempt(actor=actor, quiz=quiz)
    assert not set(ids(first.questions)) & set(ids(second.questions))
    assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize(("minutes", "drawn"), [(-1, 0), (0, 0), (1, 2), (60, 2), (61, 0)])
def test_the_sweep_prepares_what_opens_within_the_hour(
    school: School, minutes: int, drawn: int
) -> None:
    make_quiz(school, opens_at=NINE)
    with travel(NINE - timedelta(minutes=minutes)):
        assert prepare_due() == drawn
        assert prepare_due() == 0
    assert PreparedAttempt.objects.count() == drawn


def test_the_sweep_prepares_no_draft_and_nothing_without_a_date(school: School) -> None:
    make_quiz(school)
    make_quiz(school, opens_at=NINE, published=False)
    with travel(NINE - timedelta(minutes=5)):
        assert prepare_due() == 0


def test_one_quiz_that_cannot_be_prepared_stops_no_other(school: School) -> None:
    questions = fill(school, 2)
    short = drawn_quiz(school, 2, opens_at=NINE - timedelta(minutes=1))
    retire_question(actor=school.actor("instructor"), question=questions[0])
    quiz = make_quiz(school, QuestionKind.NUMERIC, opens_at=NINE)
    with travel(NINE - timedelta(minutes=5)):
        assert prepare_due() == 2
    assert own(school, short) is None
    assert own(school, quiz) is not None


def test_the_sweep_forgets_what_was_started_is_old_or_cannot_be_started(school: School) -> None:
    started, closed, kept = (make_quiz(school, QuestionKind.NUMERIC) for _ in range(3))
    with travel(NINE):
        for quiz in (started, closed, kept):
            prepare_attempts(quiz=quiz)
        start_attempt(actor=school.actor("learner"), quiz=started)
        unpublish_quiz(actor=school.actor("instructor"), quiz=closed)
        prepare_due()
        left = PreparedAttempt.objects.order_by("quiz", "learner").values_list("quiz", "learner")
        both = [(kept.pk, school.learner.pk), (kept.pk, school.classmate.pk)]
        assert sorted(left) == sorted([(started.pk, school.classmate.pk), *both])
    with travel(NINE + timedelta(days=7, seconds=1)):
        prepare_due()
    assert PreparedAttempt.objects.count() == PreparedQuestion.objects.count() == 0


def test_preparing_counts_as_no_attempt_anywhere(school: School) -> None:
    quiz = make_quiz(school)
    prepare_attempts(quiz=quiz)
    teacher, learner = school.actor("instructor"), school.actor("learner")
    assert (attempts(learner).count(), attempts(teacher).count()) == (0, 0)
    assert results(teacher, quiz).count() == 0
    stands = standing(learner, quiz)
    assert (stands.used, stands.open_attempt, stands.may_start) == (0, None, True)
    assert QuestionUse.objects.count() == AttemptQuestion.objects.count() == 0


def test_a_copy_of_ones_own_data_holds_nothing_that_is_prepared(school: School) -> None:
    quiz = make_quiz(school)
    prepare_attempts(quiz=quiz)
    prepared = own(school, quiz)
    assert prepared is not None
    with export_person(actor=school.actor("learner"), person=school.learner) as out:
        told = out.read()
    assert b"prepared" not in told.lower()
    assert not any(one.encode() in told for one in ids(prepared.questions))


def test_staff_see_how_far_it_is_and_instructors_prepare(school: School) -> None:
    quiz = make_quiz(school)
    assert preparation(school.actor("assistant"), quiz) == Preparation(0, 2)
    with pytest.raises(Denied):
        prepare_later(actor=school.actor("assistant"), quiz=quiz)
    for who in ("learner", "observer"):
        with pytest.raises(Denied):
            preparation(school.actor(who), quiz)
    job = prepare_later(actor=school.actor("instructor"), quiz=quiz)
    assert (job.kind, job.params) == ("assessments.prepare_attempts", {"quiz_id": quiz.pk})
    prepare_attempts(quiz=quiz)
    found = preparation(school.actor("assistant"), quiz)
    assert (found, found.is_whole) == (Preparation(2, 2), True)
    start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert preparation(school.actor("assistant"), quiz) == Preparation(1, 1)


def test_a_draft_is_not_prepared(school: School) -> None:
    quiz = make_quiz(school, published=False)
    with pytest.raises(Conflict) as refused:
        prepare_later(actor=school.actor("instructor"), quiz=quiz)
    assert refused.value.code == "quiz_draft"
    assert prepare_attempts(quiz=quiz) == 0


def test_the_job_says_how_many_it_drew(school: School) -> None:
    quiz = make_quiz(school)

    class Run:
        params = {"quiz_id": quiz.pk}

        def checkpoint(self) -> None:
            """Nobody cancels it."""

    assert do_prepare(Run()) == {"prepared": 2}  # type: ignore[arg-type]


def test_a_claim_that_lost_a_question_writes_nothing(school: School) -> None:
    """Somebody deletes a prepared question between the look and the copy."""
    quiz = make_quiz(school)
    prepare_attempts(quiz=quiz)
    prepared = own(school, quiz)
    assert prepared is not None
    prepared.questions.order_by("ordinal")[0].delete()
    with pytest.raises(Conflict) as refused:
        start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert refused.value.code == "quiz_changed"
    assert Attempt.objects.count() == AttemptQuestion.objects.count() == 0


@pytest.mark.parametrize("draws", [False, True])
def test_a_prepared_start_is_a_fixed_number_of_queries(school: School, draws: bool) -> None:
    def quiz_of(count: int) -> Quiz:
        if draws:
            return drawn_quiz(school, count)
        return make_quiz(school, *[QuestionKind.NUMERIC] * count)

    fill(school, 8)
    client, spent = Client(), []
    client.force_login(school.learner)

    def start(quiz: Quiz) -> None:
        body = {"quiz": quiz.public_id}
        answer = client.post("/api/v1/attempts/", body, content_type="application/json")
        assert answer.status_code == 201

    start(make_quiz(school, QuestionKind.NUMERIC))  # the session's own queries
    for count in (1, 4):
        quiz = quiz_of(count)
        prepare_attempts(quiz=quiz)
        spent.append(count_queries(lambda quiz=quiz: start(quiz)))  # type: ignore[misc]
    # The counters of drawn questions are sent together, however many they are.
    assert spent[0] == spent[1] <= (22 if draws else 18)


def test_preparing_many_costs_as_many_queries_as_preparing_few(school: School) -> None:
    fill(school, 4)
    few, many = drawn_quiz(school, 2), drawn_quiz(school, 2)
    spent = [count_queries(lambda: prepare_attempts(quiz=few))]
    for _ in range(10):
        Enrolment.objects.create(course=school.course, user=UserFactory(), role=CourseRole.LEARNER)
    spent.append(count_queries(lambda: prepare_attempts(quiz=many)))
    assert spent[1] <= spent[0] + 2  # at most, the questions that the first draws did not look up


def test_sections_and_draws_that_go_take_their_prepared_questions(school: School) -> None:
    fill(school, 4)
    quiz = drawn_quiz(school, 2)
    add_section(actor=school.actor("instructor"), quiz=quiz, title="Second")
    prepare_attempts(quiz=quiz)
    QuizDraw.objects.filter(quiz=quiz).delete()
    assert PreparedQuestion.objects.count() == 0

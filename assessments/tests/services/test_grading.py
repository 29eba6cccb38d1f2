from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.enums import AttemptState, Counting, QuestionKind, StepKind
from assessments.models import Attempt, Grade, GradeChange
from assessments.queries.content import version_content
from assessments.queries.review import review
from assessments.scoring.content import Option
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import revise_question
from assessments.services.closing import submit_attempt
from assessments.services.grading import override_score, regrade_question
from assessments.services.quiz import release_results
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from courses.tests.factories import actor_for
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
GRADE_CHANGED = "assessments.grade_changed"


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.mark.parametrize(
    ("counting", "number", "score"),
    [(Counting.BEST, 2, 6), (Counting.FIRST, 1, 5), (Counting.LAST, 3, 4)],
)
def test_the_attempt_that_counts_makes_the_grade(
    school: School, counting: Counting, number: int, score: int
) -> None:
    quiz = make_quiz(school, attempts_allowed=None, counting=counting)
    for wrong in (1, 0, 2):
        make_attempt(school, quiz, wrong=wrong)
    grade = Grade.objects.get()
    assert grade.attempt is not None
    assert (grade.attempt.number, grade.score, grade.max_score) == (
        number,
        Decimal(score),
        Decimal(6),
    )
    assert grade.released


def test_every_change_of_a_grade_is_kept_and_told(school: School) -> None:  # D3
    quiz = make_quiz(school, attempts_allowed=None)
    make_attempt(school, quiz, wrong=2)
    make_attempt(school, quiz, wrong=2)
    make_attempt(school, quiz)
    changes = GradeChange.objects.order_by("pk").values_list("before", "after")
    assert list(changes) == [(None, Decimal(4)), (Decimal(4), Decimal(6))]
    told = events_of(GRADE_CHANGED)
    assert [(t["before"], t["after"], t["by_hand"]) for t in told] == [
        (None, "4.0000", False),
        ("4.0000", "6.0000", False),
    ]


def test_results_wait_for_their_release(school: School) -> None:  # Z7
    quiz = make_quiz(school, show_review=False)
    attempt = make_attempt(school, quiz)
    assert attempt.state == AttemptState.SCORED
    assert not Grade.objects.get().released
    assert release_results(actor=school.actor("instructor"), quiz=quiz) == 1
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.RELEASED
    assert Grade.objects.get().released
    assert release_results(actor=school.actor("instructor"), quiz=quiz) == 0
    seen = [(t["before"], t["after"], t["released"]) for t in events_of(GRADE_CHANGED)]
    assert seen == [(None, "6.0000", False), ("6.0000", "6.0000", True)]
    told = events_of("assessments.results_released")
    assert [(t["quiz_id"], t["released_count"]) for t in told] == [(quiz.pk, 1)]
    with pytest.raises(Denied):
        release_results(actor=school.actor("assistant"), quiz=quiz)


def test_override_of_a_question_adds_up_and_keeps_the_reason(school: School) -> None:
    attempt = make_attempt(school, make_quiz(school), wrong=1)
    part = attempt.questions.get(ordinal=5)
    row = override_score(
        actor=school.actor("assistant"),
        attempt=attempt,
        question=part,
        score=Decimal("0.5"),
        reason=" Right idea. ",
    )
    assert row.score == Decimal("5.5")
    part.refresh_from_db()
    assert (part.score, part.verdict, part.overridden) == (Decimal("0.5"), "partial", True)
    step = part.steps.get(kind=StepKind.OVERRIDDEN)
    data = {"before": "0.0000", "after": "0.5", "reason": "Right idea.", "verdict": "partial"}
    assert step.data == data
    change = GradeChange.objects.latest("pk")
    assert (change.before, change.after, change.reason, change.actor) == (
        Decimal(5),
        Decimal("5.5"),
        "Right idea.",
        school.assistant,
    )
    assert events_of(GRADE_CHANGED)[-1]["by_hand"] is True
    told = review(actor_for(row.learner), row)
    assert [one.reason for one in told.questions] == ["", "", "", "", "Right idea."]
    assert told.reason == ""


def test_override_of_the_attempt_stands_until_the_next(school: School) -> None:
    actor, attempt = school.actor("instructor"), make_attempt(school, make_quiz(school), wrong=1)
    row = override_score(actor=actor, attempt=attempt, score=Decimal(2), reason="Copied.")
    assert (row.score, row.override) == (Decimal(2), Decimal(2))
    assert review(actor, row).reason == "Copied."
    part = attempt.questions.get(ordinal=5)
    row = override_score(
        actor=actor, attempt=attempt, question=part, score=Decimal(1), reason="Cleared."
    )
    assert (row.score, row.override) == (Decimal(6), None)
    assert Grade.objects.get().score == 6


def test_override_refuses(school: School) -> None:
    quiz = make_quiz(school, attempts_allowed=None)
    attempt, other = make_attempt(school, quiz), make_attempt(school, quiz, "classmate")
    actor = school.actor("assistant")
    for score, reason, field in (
        (Decimal("6.0001"), "x", "score"),
        (Decimal(-1), "x", "score"),
        (Decimal("1.00001"), "x", "score"),
        (Decimal("NaN"), "x", "score"),
        (Decimal(1), "  ", "reason"),
        (Decimal(1), "x" * 501, "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            override_score(actor=actor, attempt=attempt, score=score, reason=reason)
        assert list(refused.value.errors) == [field]
    with pytest.raises(NotFound):  # Z3
        override_score(
            actor=actor,
            attempt=attempt,
            score=Decimal(0),
            reason="x",
            question=other.questions.get(ordinal=1),
        )
    with pytest.raises(Denied):
        override_score(actor=school.actor("learner"), attempt=attempt, score=Decimal(6), reason="x")
    going = start_attempt(actor=school.actor("learner"), quiz=quiz)
    with pytest.raises(Conflict) as early:
        override_score(actor=actor, attempt=going, score=Decimal(1), reason="x")
    assert early.value.code == "attempt_open"
    assert GradeChange.objects.filter(actor=school.assistant).count() == 0


def wrong_then_corrected(school: School) -> tuple[Attempt, Attempt]:
    """Two learners chose what the key first called wrong; then the key was corrected."""
    quiz = make_quiz(school, QuestionKind.SINGLE_CHOICE)
    done = []
    for who in ("learner", "classmate"):
        actor = school.actor(who)
        attempt = start_attempt(actor=actor, quiz=quiz)
        part = attempt.questions.get()
        slate = version_content(part.version).options[2].id
        save_answer(actor=actor, attempt=attempt, question=part, answer=slate, seq=1)
        done.append(submit_attempt(actor=actor, attempt=attempt))
    question = quiz.items.get().question
    content = version_content(question.latest)
    options = tuple(replace(o, correct=o.text == "Slate") for o in content.options)
    revise_question(
        actor=school.actor("instructor"),
        question=question,
        content=replace(content, options=options),
    )
    return done[0], done[1]


def test_regrade_scores_again_with_the_corrected_key(school: School) -> None:
    first, second = wrong_then_corrected(school)
    part = second.questions.get()
    override_score(
        actor=school.actor("assistant"),
        attempt=second,
        question=part,
        score=Decimal("0.25"),
        reason="By hand.",
    )
    question = first.quiz.items.get().question
    actor = school.actor("instructor")
    assert regrade_question(actor=actor, quiz=first.quiz, question=question) == 1
    assert regrade_question(actor=actor, quiz=first.quiz, question=question) == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.score, second.score) == (Decimal(1), Decimal("0.25"))
    regraded = first.questions.get()
    assert regraded.scored_with is not None
    assert (regraded.version.number, regraded.scored_with.number) == (1, 2)
    assert regraded.steps.get(kind=StepKind.REGRADED).data == {
        "before": "0.0000",
        "after": "1.0000",
        "version": 2,
        "verdict": "correct",
    }
    assert Grade.objects.get(learner=school.learner).score == 1


def test_regrade_leaves_the_scores_of_erased_people(school: School) -> None:  # V2
    first, second = wrong_then_corrected(school)
    school.learner.erased_at = "2026-05-01T00:00Z"
    school.learner.save()
    question = first.quiz.items.get().question
    actor = school.actor("instructor")
    assert regrade_question(actor=actor, quiz=first.quiz, question=question) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.score, second.score) == (Decimal(0), Decimal(1))


def test_regrade_refuses_when_an_option_is_gone(school: School) -> None:
    attempt = make_attempt(school, make_quiz(school, QuestionKind.SINGLE_CHOICE))
    question = attempt.quiz.items.get().question
    options = (Option(text="Basalt", correct=True), Option(text="Chalk"))
    content = replace(version_content(question.latest), options=options)
    actor = school.actor("instructor")
    revise_question(actor=actor, question=question, content=content)
    with pytest.raises(Conflict) as refused:
        regrade_question(actor=actor, quiz=attempt.quiz, question=question)
    assert refused.value.code == "options_changed"
    with pytest.raises(Denied):
        regrade_question(actor=school.actor("assistant"), quiz=attempt.quiz, question=question)

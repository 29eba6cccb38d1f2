"""The picture of a lent question is seen where the question is, and nowhere else."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments.enums import Layout, Navigation, QuestionKind, ShareLevel
from assessments.models import Attempt, Question, Quiz
from assessments.queries.bank import QuestionFilter
from assessments.queries.content import version_content
from assessments.queries.draws import draw_lines
from assessments.queries.picture import question_picture
from assessments.queries.quiz import addable
from assessments.scoring.hotspot import Spots
from assessments.scoring.narrow import Narrow
from assessments.services.attempt import start_attempt
from assessments.services.bank_share import end_share, share_with_course
from assessments.services.closing import submit_attempt
from assessments.services.quiz import publish_quiz
from assessments.services.quiz_draws import add_draw
from assessments.services.quiz_items import add_item
from assessments.tests.factories import School, make_question, make_quiz, make_school
from courses.models import Attachment
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
ONE_BY_ONE: dict[str, Any] = {"layout": Layout.QUESTION, "navigation": Navigation.FORWARD}
EVERYBODY = [
    "learner",
    "classmate",
    "observer",
    "outsider",
    "assistant",
    "instructor",
    "other_instructor",
]


@pytest.fixture
def lender() -> School:
    return make_school()


@pytest.fixture
def borrower(lender: School) -> School:
    school = make_school()
    make_question(lender, QuestionKind.TRUE_FALSE)
    bank = make_question(lender, QuestionKind.HOTSPOT).bank
    admin = lender.actor("admin")
    share_with_course(actor=admin, bank=bank, course=school.course, level=ShareLevel.READ)
    return school


@pytest.fixture
def question(lender: School, borrower: School) -> Question:
    return Question.objects.get(kind=QuestionKind.HOTSPOT)


@pytest.fixture
def quiz(borrower: School, question: Question) -> Quiz:
    quiz = make_quiz(borrower, QuestionKind.TRUE_FALSE, published=False, **ONE_BY_ONE)
    add_item(actor=borrower.actor("instructor"), quiz=quiz, question=question)
    quiz.refresh_from_db()
    publish_quiz(actor=borrower.actor("instructor"), quiz=quiz)
    quiz.refresh_from_db()
    return quiz


def picture(question: Question) -> str:
    detail = version_content(question.latest).detail
    assert isinstance(detail, Spots)
    return detail.attachment


def seen_by(school: School, question: Question) -> set[str]:
    found = set()
    for name in EVERYBODY:
        try:
            row = question_picture(school.actor(name), picture(question))
        except NotFound:
            continue
        assert row.public_id == picture(question)
        found.add(name)
    return found


def begun(school: School, quiz: Quiz, who: str = "learner") -> Attempt:
    return start_attempt(actor=school.actor(who), quiz=quiz)


def turn(attempt: Attempt, page: int) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(page=page)


def test_a_lent_question_with_a_picture_can_be_added(
    borrower: School, question: Question, quiz: Quiz
) -> None:
    actor, fresh = borrower.actor("instructor"), make_quiz(borrower)
    offered = addable(actor, borrower.course, fresh, QuestionFilter(kind="hotspot"))
    assert list(offered) == [question]
    assert not addable(actor, borrower.course, quiz, QuestionFilter(kind="hotspot")).exists()
    for row in offered:
        assert add_item(actor=actor, quiz=fresh, question=row).question == question


def test_a_lent_question_with_a_picture_can_be_drawn(borrower: School, question: Question) -> None:
    actor, quiz = borrower.actor("instructor"), make_quiz(borrower, published=False)
    narrow = Narrow(banks=(question.bank.public_id,), kinds=(QuestionKind.HOTSPOT,))
    add_draw(actor=actor, quiz=quiz, narrow=narrow, count=1, points=Decimal(1))
    (line,) = draw_lines(quiz, list(quiz.draws.all()))
    assert (line.matching, line.missing) == (1, 0)
    quiz.refresh_from_db()
    attempt = begun(borrower, publish_quiz(actor=actor, quiz=quiz))
    assert attempt.questions.filter(version__question=question).exists()
    assert seen_by(borrower, question) == {"learner", "assistant", "instructor"}


def test_the_picture_is_seen_by_those_whose_attempt_shows_the_question(
    lender: School, borrower: School, question: Question, quiz: Quiz
) -> None:
    assert seen_by(borrower, question) == {"assistant", "instructor"}
    attempt = begun(borrower, quiz)
    begun(borrower, quiz, "classmate")
    page = attempt.questions.get(version__question=question).page
    assert page == 2
    assert seen_by(borrower, question) == {"assistant", "instructor"}
    turn(attempt, page)
    assert seen_by(borrower, question) == {"assistant", "instructor", "learner"}
    Attempt.objects.filter(pk=attempt.pk).update(paused_at=clock.now())
    assert seen_by(borrower, question) == {"assistant", "instructor"}
    assert seen_by(lender, question) == {
        "learner",
        "classmate",
        "observer",
        "assistant",
        "instructor",
    }


def test_an_attempt_outside_its_networks_shows_no_picture(
    borrower: School, question: Question, quiz: Quiz
) -> None:
    turn(begun(borrower, quiz), 2)
    Quiz.objects.update(addresses=["10.0.0.0/8"])
    assert "learner" not in seen_by(borrower, question)


def test_the_review_decides_afterwards(borrower: School, question: Question, quiz: Quiz) -> None:
    attempt = begun(borrower, quiz)
    turn(attempt, 2)
    attempt.refresh_from_db()
    submit_attempt(actor=borrower.actor("learner"), attempt=attempt)
    assert "learner" in seen_by(borrower, question)
    hidden: dict[str, list[str]] = {phase: [] for phase in Quiz.objects.get(pk=quiz.pk).review}
    Quiz.objects.update(review=hidden)
    assert "learner" not in seen_by(borrower, question)


def test_a_loan_that_ended_leaves_the_picture_where_it_is_asked(
    lender: School, borrower: School, question: Question, quiz: Quiz
) -> None:
    end_share(actor=lender.actor("admin"), share=question.bank.shares.get())
    assert seen_by(borrower, question) == {"assistant", "instructor"}
    turn(begun(borrower, quiz), 2)
    quiz.items.filter(question=question).delete()
    assert seen_by(borrower, question) == {"assistant", "instructor", "learner"}


def test_a_loan_that_ended_shows_no_picture_that_nothing_asks(
    lender: School, borrower: School, question: Question
) -> None:
    end_share(actor=lender.actor("admin"), share=question.bank.shares.get())
    assert seen_by(borrower, question) == set()


def test_other_files_of_the_lender_stay_theirs(
    lender: School, borrower: School, question: Question, quiz: Quiz
) -> None:
    turn(begun(borrower, quiz), 2)
    spare = make_question(lender, QuestionKind.HOTSPOT)
    loose = Attachment.objects.get(public_id=picture(spare))
    spare.delete()
    for name in ("learner", "instructor"):
        for public_id in (loose.public_id, "1" * 22, "a\x00b"):
            with pytest.raises(NotFound):
                question_picture(borrower.actor(name), public_id)


def test_pages_show_the_picture(borrower: School, question: Question, quiz: Quiz) -> None:  # U3
    attempt = begun(borrower, quiz)
    turn(attempt, 2)
    address = f"/pictures/{picture(question)}/"
    learn = f"/c/{borrower.course.slug}/learn/{quiz.lesson.public_id}/attempt/"
    teach = f"/teach/{borrower.course.slug}"
    for person, page in (
        (borrower.learner, f"{learn}{attempt.public_id}/?page=2"),
        (borrower.instructor, f"{teach}/bank/{question.public_id}/"),
        (borrower.instructor, f"{teach}/quizzes/{quiz.lesson.public_id}/preview/?page=2"),
    ):
        client = Client()
        client.force_login(person)
        assert address in client.get(page).content.decode(), page
        sent = client.get(address)
        assert sent.status_code == 302
        assert sent["Cache-Control"] == "no-store"
        assert client.get(sent["Location"])["Content-Type"] == "image/png"
    client = Client()
    client.force_login(borrower.classmate)
    assert client.get(address).status_code == 404


def test_more_attempts_cost_no_more_queries(
    borrower: School, question: Question, quiz: Quiz
) -> None:
    Quiz.objects.update(attempts_allowed=None)
    turn(begun(borrower, quiz), 2)
    learner, public_id = borrower.actor("learner"), picture(question)
    one = count_queries(lambda: question_picture(learner, public_id))
    for ended in (1, 2):
        row = Attempt.objects.get(number=ended)
        row.state, row.submitted_at = "submitted", clock.now() - timedelta(hours=1)
        row.save()
        turn(begun(borrower, quiz), 2)
    assert count_queries(lambda: question_picture(learner, public_id)) == one

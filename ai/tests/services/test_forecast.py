"""What a job would cost is said before it; one that cannot fit is refused before it spends."""

from datetime import date
from typing import Any

import pytest

from accounts.tests.factories import UserFactory
from ai.enums import ContentKind, QuestionKind, Use
from ai.models import AiCall, Budget, Price, Reservation, Window
from ai.queries.budget import left_of
from ai.services.consent import switch_course
from ai.services.content import ContentWish, estimate_content, request_content
from ai.services.forecast import Forecast, left_rows
from ai.services.generation import Wish, estimate_questions, request_questions
from ai.tests.factories import wish
from ai.tests.fake_model import FakeModel
from ai.tests.passages import ALL, PLATES
from courses.models import Course
from courses.tests.factories import CourseFactory, LessonFactory, people_around
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid
from lms.kernel.models import Job
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    made = CourseFactory()
    for number, text in enumerate(ALL.values()):
        LessonFactory(course=made, title=f"Lesson {number}", text=text)
    return made


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


def questions(actor: Actor, **changes: Any) -> Forecast:
    return estimate_questions(actor=actor, wish=wish(**changes))


def price(cents_in: int, cents_out: int) -> None:
    Price.objects.create(
        model="fake",
        valid_from=date(2020, 1, 1),
        per_million_in=cents_in,
        per_million_out=cents_out,
    )


def test_without_a_model_it_costs_nothing_and_says_so(teacher: Actor, course: Course) -> None:
    found = questions(teacher, course=course)
    assert (found.model, found.calls.most, found.tokens.most, found.fits) == ("", 0, 0, True)
    assert found.notes == ("No AI model is connected.",)


def test_rules_only_and_off_cost_nothing_with_a_model(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    assert questions(teacher, course=course, use=Use.RULES).model == ""
    switch_course(actor=teacher, course=course, off=True)
    found = questions(teacher, course=course)
    assert (found.model, found.notes) == ("", ("AI is turned off in this course.",))


def test_more_questions_take_more_calls(teacher: Actor, course: Course, model: FakeModel) -> None:
    few, many = (questions(teacher, course=course, count=count) for count in (5, 23))
    assert few.model == "fake (127.0.0.1)"
    assert (few.calls.least, many.calls.least) == (1, 5)
    # Twice five questions, and each judged twice.
    assert few.calls.most == 2 + 2 * 5
    assert 0 < few.tokens.least < few.tokens.most < many.tokens.most
    assert model.requests == []
    assert not Job.objects.exists()
    assert not Reservation.objects.exists()


def test_a_whole_course_is_counted_lesson_by_lesson(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    whole = Wish(kind=QuestionKind.SINGLE_CHOICE, count=10, course=course)
    found = estimate_questions(actor=teacher, wish=whole)
    assert found.calls.least == len(ALL)


def test_the_cost_is_a_range_at_todays_price_or_said_not_to_be_known(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    unknown = questions(teacher, course=course)
    assert unknown.cost is None
    assert "Nobody entered a price" in unknown.notes[0]
    price(100, 400)
    found = questions(teacher, course=course)
    assert found.cost is not None
    assert 0 < found.cost.least < found.cost.most <= 400 * found.tokens.most
    assert found.cost_words.endswith("USD")


@pytest.mark.parametrize("kind", [ContentKind.SIMPLER, ContentKind.RUBRIC])
def test_what_really_happens_is_inside_the_range(
    teacher: Actor, course: Course, model: FakeModel, kind: ContentKind
) -> None:
    text = "\n\n".join("A stone stands by its weight. " * 60 for _ in range(6))
    asked = ContentWish(kind=kind, course=course, content=text)
    found = estimate_content(actor=teacher, wish=asked)
    criteria = {"criterion": "Stones", "full": "a", "part": "b", "none": "c", "sources": [1]}
    item = {"title": "", "text": "A stone stands by its weight.", "sources": [1]}
    model.replies = [{"criteria": [criteria] * 3} if kind == "rubric" else {"items": [item]}]
    request_content(actor=teacher, wish=asked)
    run_jobs()
    calls = AiCall.objects.count()
    spent = sum(row.tokens_in + row.tokens_out for row in AiCall.objects.all())
    assert found.calls.least <= calls <= found.calls.most
    assert calls == (1 if kind == ContentKind.RUBRIC else 3)
    # The lower end expects real answers; the fake's are a few words.
    assert spent <= found.tokens.most


def test_a_page_is_a_wide_guess_and_is_not_fetched(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    asked = ContentWish(kind=ContentKind.SUMMARY, course=course, url="https://example.org/a")
    found = estimate_content(actor=teacher, wish=asked)
    assert (found.calls.least, found.calls.most) == (1, 12)
    assert "wide guess" in found.notes[-1]


def test_what_is_left_is_that_of_the_tightest_budget(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    Budget.objects.create(scope="course", period="month", course=course, tokens=9_000)
    Budget.objects.create(scope="site", period="day", money=500)
    AiCall.objects.create(actor_kind="user", course=course, purpose="tutor", tokens_in=8_000)
    mine = questions(teacher, course=course)
    assert (mine.left.cost, mine.shown.cost, mine.left_money) == (500_000_000, None, "")
    assert [row.what for row in left_rows(mine)] == ["tokens"]
    found = questions(actors.for_user(UserFactory(admin=True)), course=course)
    assert found.left.tokens == 1_000
    assert found.left_money == "5.00 USD"
    assert [(row.budget, row.left) for row in left_rows(found)] == [
        ("The course's AI budget of this month", "1,000 tokens"),
        ("The site's AI budget of today", "5.00 USD"),
    ]


def test_what_is_held_by_running_calls_is_not_left(teacher: Actor, course: Course) -> None:
    Budget.objects.create(scope="site", period="day", tokens=100)
    Window.objects.create(key="site", period="day", starts=clock.now().date(), tokens=30)
    assert left_of(teacher, course).tokens == 70


@pytest.mark.parametrize("cap", [{"tokens": 3_000}, {"money": 1}])
def test_a_job_that_cannot_fit_is_refused_in_words_and_spends_nothing(
    teacher: Actor, course: Course, model: FakeModel, cap: dict[str, int]
) -> None:
    price(10_000, 40_000)
    Budget.objects.create(scope="site", period="day", **cap)
    refused = {
        "questions": lambda: request_questions(actor=teacher, wish=wish(course=course, count=25)),
        "content": lambda: request_content(
            actor=teacher,
            wish=ContentWish(kind=ContentKind.SIMPLER, course=course, content=PLATES * 20),
        ),
    }
    for start in refused.values():
        with pytest.raises(
            Invalid, match="The site's AI budget of today has too little left for this"
        ) as caught:
            start()
        assert caught.value.code == "over_budget"
        assert list(caught.value.errors) == ["use"]
    assert model.requests == []
    assert not Job.objects.exists()
    assert not Reservation.objects.exists()
    request_questions(actor=teacher, wish=wish(course=course, count=5, use=Use.RULES))


def test_a_page_that_proves_too_long_is_refused_before_the_first_call(
    teacher: Actor, course: Course, model: FakeModel
) -> None:
    asked = ContentWish(kind=ContentKind.SIMPLER, course=course, content=PLATES * 20)
    job = request_content(actor=teacher, wish=asked)
    Budget.objects.create(scope="site", period="day", tokens=3_000)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, model.requests) == ("failed", [])
    assert "The site's AI budget of today has too little left for this" in job.error
    assert not AiCall.objects.exists()


def test_the_forecast_is_for_those_who_may_start(course: Course) -> None:
    learner = people_around(course)["learner"]
    with pytest.raises(Denied):
        questions(learner, course=course)

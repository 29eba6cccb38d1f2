"""Generated questions whose live answers show that they work poorly."""

from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from ai.enums import QuestionKind
from ai.models import Draft
from ai.queries.weak import weak_questions
from ai.services.review import accept_draft
from ai.tests.factories import make_drafts
from ai.tests.fake_model import FakeModel
from ai.tests.passages import PLATES
from analytics.models import ItemStatistics, QuizAnalysis
from assessments.models import Question, Quiz
from assessments.services.bank import retire_question
from assessments.tests.factories import make_quiz, make_school
from courses.models import Course
from courses.tests.factories import CourseFactory, LessonFactory
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied
from lms.kernel.models import Job
from lms.kernel.testing import assert_constant_queries, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


@pytest.fixture
def accepted(teacher: Actor, course: Course) -> list[Draft]:
    lesson = LessonFactory(course=course, text=PLATES)
    made = make_drafts(
        teacher, course=course, kind=QuestionKind.SINGLE_CHOICE, count=3, lesson=lesson
    )
    assert len(made) == 3
    return [accept_draft(actor=teacher, draft=row) for row in made]


def answered(row: Draft, quiz: Quiz, n: int = 40, **figures: Any) -> None:
    """What item analysis counted of a question."""
    analysis, _made = QuizAnalysis.objects.get_or_create(
        quiz=quiz, defaults={"counted_at": clock.now()}
    )
    question = row.question
    assert question is not None
    assert question.latest is not None
    ItemStatistics.objects.create(
        analysis=analysis,
        version=question.latest,
        ordinal=analysis.items.count(),
        n=n,
        answered=n,
        **{"facility": 0.6, "discrimination": 0.45, "corrected": 0.4, **figures},
    )


@pytest.fixture
def quiz() -> Quiz:
    return make_quiz(make_school())


def test_weak_ones_are_listed_poorest_first_from_thirty_answers_on(
    teacher: Actor, course: Course, accepted: list[Draft], quiz: Quiz
) -> None:
    answered(accepted[0], quiz, facility=0.99, flags=["too_easy"])
    answered(accepted[1], quiz, discrimination=0.05)
    answered(accepted[2], quiz, n=29, discrimination=-0.4, flags=["negative"])
    found = weak_questions(teacher, course)
    assert [one.draft.pk for one in found] == [accepted[1].pk, accepted[0].pk]
    assert found[1].words == ["Too easy"]
    assert found[0].words == ["Hardly parts those who know from those who do not"]
    question = accepted[1].question
    assert question is not None
    retire_question(actor=teacher, question=question)
    assert [one.draft.pk for one in weak_questions(teacher, course)] == [accepted[0].pk]
    with pytest.raises(Denied):
        weak_questions(actors.for_user(UserFactory()), course)


def test_another_question_is_proposed_that_differs(
    teacher: Actor,
    course: Course,
    accepted: list[Draft],
    quiz: Quiz,
    model: FakeModel,
) -> None:
    answered(accepted[1], quiz, discrimination=0.05)
    client = Client()
    client.force_login(course.created_by)
    page = f"/teach/{course.slug}/ai/stale/"
    html = client.get(page).content.decode()
    assert "Propose another" in html
    assert "40 answers" in html
    door = f"{page}question/{accepted[1].public_id}/"
    assert client.post(door, {"act": "reword"}).status_code == 302
    job = Job.objects.latest("pk")
    assert (job.params["reword"], job.params["replaces"]) == (True, accepted[1].pk)
    run_jobs()
    old = accepted[1].question
    assert old is not None
    new = Draft.objects.filter(job=job)
    assert old.text not in [row.content["stem"] for row in new]
    assert Question.objects.get(pk=old.pk).state == "ready"
    shown = client.get(page).content.decode()
    assert ("A new one waits for your decision" in shown) is new.exists()


def test_without_a_model_the_page_says_that_rules_cannot_better_it(
    course: Course, accepted: list[Draft], quiz: Quiz
) -> None:
    answered(accepted[0], quiz, flags=["unused_option"])
    client = Client()
    client.force_login(course.created_by)
    html = client.get(f"/teach/{course.slug}/ai/stale/").content.decode()
    assert "edit it by hand" in html
    assert "Propose another" not in html
    assert "Unused option" in html


def test_queries_do_not_grow(
    teacher: Actor, course: Course, accepted: list[Draft], quiz: Quiz
) -> None:
    waiting = iter(accepted)
    answered(next(waiting), quiz, discrimination=0.0)
    assert_constant_queries(
        lambda: weak_questions(teacher, course),
        lambda: answered(next(waiting), quiz, discrimination=0.0),
        most=5,
    )

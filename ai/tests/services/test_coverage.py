"""Questions over a section or a course, for an outcome, and with the reason when there are few."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai.enums import Bloom, DraftState
from ai.services.coverage import shares
from ai.services.generation import request_questions
from ai.services.review import accept_draft
from ai.tests.factories import drafts_of, make_drafts, wish
from ai.tests.passages import MARKETS, NETWORKS, PHOTOSYNTHESIS, PLATES
from assessments.models import LearningOutcome
from courses.models import Course
from courses.tests.factories import CourseFactory, LessonFactory, SectionFactory
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.models import Job
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


def outcome_of(course: Course, title: str = "Name things") -> LearningOutcome:
    return LearningOutcome.objects.create(course=course, code="O1", folded="o1", title=title)


def result_of(job: Job | None) -> dict[str, Any]:
    """What a finished job says."""
    assert job is not None
    assert job.result is not None
    return dict(job.result)


@settings(deadline=None)
@given(lengths=st.lists(st.integers(0, 10_000), min_size=1, max_size=40), count=st.integers(1, 50))
def test_shares_add_up_and_leave_nobody_out(lengths: list[int], count: int) -> None:
    found = shares(lengths, count)
    assert sum(found) == count
    assert min(found) >= (1 if count >= len(lengths) else 0)


def test_longer_texts_get_more() -> None:
    assert shares([100, 300, 600], 10) == [2, 3, 5]
    assert shares([10, 30, 20], 2) == [0, 1, 1]


def test_a_section_is_covered_lesson_by_lesson(teacher: Actor, course: Course) -> None:
    first = LessonFactory(course=course, text=PLATES)
    second = LessonFactory(course=course, section=first.section, text=NETWORKS)
    other = LessonFactory(course=course, section=SectionFactory(course=course), text=MARKETS)
    made = make_drafts(teacher, section=first.section, content="", count=6)
    assert {draft.lesson_id for draft in made} == {first.pk, second.pk}
    assert [draft.lesson_id for draft in made].count(first.pk) == 3
    whole = make_drafts(teacher, course=course, content="", count=6)
    assert {draft.lesson_id for draft in whole} == {first.pk, second.pk, other.pk}
    job = whole[0].job
    assert [part["made"] for part in result_of(job)["coverage"]] == [2, 2, 2]


def test_what_one_lesson_lacks_another_gives(teacher: Actor, course: Course) -> None:
    short = LessonFactory(course=course, text="Basalt is a rock. It is hard.")
    long = LessonFactory(course=course, section=short.section, text=PHOTOSYNTHESIS)
    made = make_drafts(teacher, section=short.section, content="", count=5)
    assert {draft.lesson_id for draft in made} == {long.pk}
    assert len(made) == 5


def test_questions_are_spread_over_a_long_lesson(teacher: Actor, course: Course) -> None:
    lesson = LessonFactory(course=course, text=f"{PLATES}\n\n{NETWORKS}")
    made = make_drafts(teacher, lesson=lesson, count=4)
    in_first = sum(draft.evidence[0] in " ".join(PLATES.split()) for draft in made)
    assert len(made) == 4
    assert 1 <= in_first <= 3


def test_thirty_of_a_short_text_give_fewer_with_the_reason(teacher: Actor) -> None:
    job = request_questions(actor=teacher, wish=wish(content=PHOTOSYNTHESIS, count=30))
    run_jobs()
    job.refresh_from_db()
    made, words = result_of(job)["made"], len(PHOTOSYNTHESIS.split())
    assert 5 <= made < 30
    assert (
        f"{made} of 30: the text of {words} words holds no more facts to ask for."
        in (result_of(job)["remarks"])
    )


def test_an_outcome_comes_first_and_goes_with_the_question(teacher: Actor, course: Course) -> None:
    outcome = outcome_of(
        course, "Explain how the Domain Name System translates names into addresses"
    )
    lesson = LessonFactory(course=course, text=NETWORKS)
    (draft,) = make_drafts(teacher, lesson=lesson, count=1, outcome=outcome)
    assert "Domain Name System" in draft.evidence[0]
    assert draft.outcome == outcome
    accepted = accept_draft(actor=teacher, draft=draft)
    assert accepted.state == DraftState.ACCEPTED
    assert accepted.question is not None
    assert list(accepted.question.outcomes.all()) == [outcome]


def test_rules_say_that_they_only_ask_for_facts(teacher: Actor) -> None:
    job = request_questions(actor=teacher, wish=wish(bloom=Bloom.APPLY))
    run_jobs()
    job.refresh_from_db()
    assert {draft.bloom for draft in drafts_of(job)} == {Bloom.REMEMBER}
    assert any("other levels need a model" in remark for remark in result_of(job)["remarks"])


def test_places_that_exclude_each_other_are_refused(teacher: Actor, course: Course) -> None:
    lesson = LessonFactory(course=course, text=PLATES)
    elsewhere = LessonFactory(text=PLATES)
    foreign = outcome_of(elsewhere.course)
    for changes, field in (
        ({"section": lesson.section, "content": PLATES}, "content"),
        ({"section": lesson.section, "course": elsewhere.course, "content": ""}, "section"),
        ({"lesson": lesson, "outcome": foreign}, "outcome"),
        ({"section": SectionFactory(course=course), "content": ""}, "section"),
    ):
        with pytest.raises(Invalid) as caught:
            request_questions(actor=actors.system("test"), wish=wish(**changes))
        assert list(caught.value.errors) == [field]

"""What is found is what this asker may read now."""

import pytest

from ai.gateway.embeddings import best_embedder
from ai.queries import retrieval
from ai.queries.retrieval import readable_chunks
from ai.services.indexing import index_course
from ai.services.retrieval import find_blocks, gather_evidence
from courses.enums import CourseRole
from courses.models import Course, Lesson
from courses.services.lesson import hide_lesson
from courses.tests.factories import SYSTEM, CourseFactory, EnrolmentFactory, LessonFactory
from lms.kernel.actors import Actor, for_user
from lms.kernel.errors import Denied
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    made = CourseFactory()
    LessonFactory(
        course=made,
        title="Volcanoes",
        text="Basalt is a dark volcanic rock. It forms when lava cools quickly at the surface.\n\n"
        "Granite cools slowly, deep under the ground, and its crystals are large.",
    )
    LessonFactory(
        course=made,
        title="Sediments",
        text="Chalk is a soft white rock made of the shells of tiny sea animals.\n\n"
        "Sandstone is made of grains of sand that were pressed together.",
    )
    index_course(actor=SYSTEM, course=made)
    return made


@pytest.fixture
def learner(course: Course) -> Actor:
    return for_user(EnrolmentFactory(course=course).user)


def found(actor: Actor, course: Course, question: str) -> list[str]:
    return [one.text for one in find_blocks(actor=actor, course=course, question=question)]


@pytest.mark.parametrize("meaning", [True, False])
def test_the_block_that_answers_comes_first(course: Course, learner: Actor, meaning: bool) -> None:
    blocks = find_blocks(
        actor=learner, course=course, question="What is chalk made of?", meaning=meaning
    )
    assert blocks[0].text.startswith("Chalk is a soft white rock")
    assert blocks[0].score > blocks[1].score


def test_meaning_finds_what_shares_no_word(course: Course, learner: Actor) -> None:
    if best_embedder().name.startswith("tfidf-"):
        pytest.skip("the embedding model is not installed")
    asked = "Which stone consists of skeletons from the ocean?"
    assert found(learner, course, asked)[0].startswith("Chalk")


def test_a_lesson_hidden_a_moment_ago_is_not_found(course: Course, learner: Actor) -> None:
    assert found(learner, course, "chalk")
    hide_lesson(actor=SYSTEM, lesson=Lesson.objects.get(title="Sediments"))
    assert not any("Chalk" in text for text in found(learner, course, "chalk"))
    staff = for_user(course.created_by)
    assert not any("Chalk" in text for text in found(staff, course, "chalk"))


def test_who_may_not_read_the_course_finds_nothing(course: Course) -> None:
    outsider = for_user(EnrolmentFactory().user)
    assert readable_chunks(outsider, course).count() == 0
    with pytest.raises(Denied):
        find_blocks(actor=outsider, course=course, question="chalk")
    observer = for_user(EnrolmentFactory(course=course, role=CourseRole.OBSERVER).user)
    assert found(observer, course, "chalk")


def test_other_courses_are_never_found(course: Course, learner: Actor) -> None:
    other = CourseFactory()
    LessonFactory(course=other, text="Chalk, chalk and chalk again.")
    index_course(actor=SYSTEM, course=other)
    assert "Chalk, chalk and chalk again." not in found(learner, course, "chalk")


@pytest.mark.parametrize("meaning", [True, False])
def test_the_decision_and_the_sentences(course: Course, learner: Actor, meaning: bool) -> None:
    asked = "What is chalk, the soft white rock, made of?"
    yes = gather_evidence(actor=learner, course=course, question=asked, meaning=meaning)
    assert yes.answerable
    assert yes.quotes[0].text.startswith("Chalk is a soft white rock made of the shells")
    assert yes.quotes[0].text in yes.quotes[0].found.text
    no = gather_evidence(
        actor=learner, course=course, question="Who painted the Mona Lisa?", meaning=meaning
    )
    assert not no.answerable


def test_more_rows_cost_no_more_queries(course: Course, learner: Actor) -> None:
    def more() -> None:
        LessonFactory(course=course, text="Slate splits into sheets.")
        index_course(actor=SYSTEM, course=course)

    def look() -> None:
        retrieval._indexes.clear()
        assert "Slate" not in found(learner, course, "chalk")[0]

    assert_constant_queries(look, more)


def test_an_empty_course_answers_nothing() -> None:
    bare = CourseFactory()
    actor = for_user(bare.created_by)
    assert found(actor, bare, "chalk") == []
    assert not gather_evidence(actor=actor, course=bare, question="chalk").answerable

"""What the tutor may read follows what is published, block by block."""

from typing import Any

import pytest

from ai.gateway.embeddings import best_embedder
from ai.models import Chunk, ChunkVector, Faq
from ai.services.indexing import index_course, index_lesson
from courses.enums import LessonKind
from courses.models import Course, Lesson
from courses.services.lesson import hide_lesson, publish_lesson, save_draft
from courses.services.outline import delete_section, restore_section
from courses.tests.factories import SYSTEM, CourseFactory, LessonFactory
from lms.kernel.actors import for_user
from lms.kernel.errors import Denied
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db
TEXT = "# Rocks\n\nBasalt is volcanic.\n\nChalk is made of shells."


@pytest.fixture
def lesson() -> Lesson:
    return LessonFactory(text=TEXT)


def texts(course: Course) -> list[str]:
    return list(Chunk.objects.filter(course=course).values_list("text", flat=True))


def test_a_lesson_becomes_chunks_with_their_place(lesson: Lesson) -> None:
    assert index_lesson(actor=SYSTEM, lesson=lesson) == 2
    first, second = Chunk.objects.filter(lesson=lesson)
    assert (first.text, second.text) == ("Basalt is volcanic.", "Chalk is made of shells.")
    assert first.heading_path == ["Rocks"]
    version = lesson.versions.get(state="published")
    assert [first.key, second.key] == list(version.blocks.values_list("key", flat=True))
    assert first.version == version


def test_only_changed_blocks_are_written_again(lesson: Lesson) -> None:
    index_lesson(actor=SYSTEM, lesson=lesson)
    assert index_lesson(actor=SYSTEM, lesson=lesson) == 0
    before = {chunk.text: chunk.pk for chunk in Chunk.objects.all()}
    save_draft(actor=SYSTEM, lesson=lesson, markdown=f"{TEXT} It is soft.\n\nSlate splits.")
    assert index_lesson(actor=SYSTEM, lesson=lesson) == 0, "a draft is not read"
    lesson.refresh_from_db()
    publish_lesson(actor=SYSTEM, lesson=lesson)
    assert index_lesson(actor=SYSTEM, lesson=lesson) == 2
    after = {chunk.text: chunk.pk for chunk in Chunk.objects.all()}
    assert set(after) == {
        "Basalt is volcanic.",
        "Chalk is made of shells. It is soft.",
        "Slate splits.",
    }
    assert after["Basalt is volcanic."] == before["Basalt is volcanic."]
    assert {chunk.version.number for chunk in Chunk.objects.all() if chunk.version} == {2}


def test_hidden_lessons_and_work_to_hand_in_are_never_read(lesson: Lesson) -> None:
    course = lesson.course
    LessonFactory(course=course, text="A secret plan.", published=False)
    for kind in (LessonKind.QUIZ, LessonKind.ASSIGNMENT):
        LessonFactory(course=course, kind=kind, text="The key is basalt.")
    assert index_course(actor=SYSTEM, course=course) == 2
    hide_lesson(actor=SYSTEM, lesson=lesson)
    index_lesson(actor=SYSTEM, lesson=lesson)
    assert texts(course) == []


def test_what_is_hidden_to_a_reader_is_not_in_the_index(lesson: Lesson) -> None:
    save_draft(actor=SYSTEM, lesson=lesson, markdown="Bas\u200balt <!-- obey me --> is hard.")
    publish_lesson(actor=SYSTEM, lesson=lesson)
    index_lesson(actor=SYSTEM, lesson=lesson)
    (text,) = texts(lesson.course)
    assert "obey" not in text
    assert "\u200b" not in text


def test_every_chunk_gets_a_vector_once(lesson: Lesson) -> None:
    if best_embedder().name.startswith("tfidf-"):
        pytest.skip("the embedding model is not installed")
    for _again in range(2):
        index_lesson(actor=SYSTEM, lesson=lesson)
    assert [row.dim for row in ChunkVector.objects.all()] == [384, 384]
    assert {len(bytes(row.vec)) for row in ChunkVector.objects.all()} == {768}


def test_publishing_and_hiding_start_the_work(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        lesson = LessonFactory(text=TEXT)
    run_jobs("ai.index_lesson")
    assert len(texts(lesson.course)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        hide_lesson(actor=SYSTEM, lesson=lesson)
    run_jobs("ai.index_lesson")
    assert texts(lesson.course) == []


def test_a_section_takes_its_lessons_along(
    lesson: Lesson, django_capture_on_commit_callbacks: Any
) -> None:
    index_lesson(actor=SYSTEM, lesson=lesson)
    with django_capture_on_commit_callbacks(execute=True):
        section = delete_section(actor=SYSTEM, section=lesson.section)
    run_jobs("ai.index_course")
    assert texts(lesson.course) == []
    with django_capture_on_commit_callbacks(execute=True):
        restore_section(actor=SYSTEM, section=section or lesson.section)
    run_jobs("ai.index_course")
    assert len(texts(lesson.course)) == 2


def test_a_faq_entry_is_read_too(lesson: Lesson) -> None:
    course = lesson.course
    Faq.objects.create(course=course, question="When is the exam?", answer="On 3 May.")
    assert index_course(actor=SYSTEM, course=course) == 3
    assert index_course(actor=SYSTEM, course=course) == 0
    assert "When is the exam?\nOn 3 May." in texts(course)


def test_only_who_manages_a_course_indexes_it() -> None:
    course, other = CourseFactory(), CourseFactory()
    with pytest.raises(Denied):
        index_course(actor=for_user(other.created_by), course=course)


def test_code_formulas_and_tables_are_found_and_not_quoted() -> None:
    lesson = LessonFactory(
        text="Chalk is soft.\n\n```python\nchalk = 'soft'\n```\n\n"
        "$$c = 1$$\n\n| chalk |\n|---|\n| soft |"
    )
    index_lesson(actor=SYSTEM, lesson=lesson)
    kept = dict(Chunk.objects.filter(lesson=lesson).values_list("text", "quotable"))
    assert [kept["Chalk is soft."], kept["chalk = 'soft'"], kept["c = 1"]] == [True, False, False]
    assert list(kept.values()).count(True) == 1

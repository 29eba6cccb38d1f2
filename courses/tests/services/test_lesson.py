"""Drafts, publishing, blocks that keep their keys, and what can be found."""

from typing import Any

import pytest
from django.db import connection

from courses.enums import LessonKind, VersionState
from courses.models import Attachment, Block, Lesson, LessonVersion
from courses.queries.video import embed_of
from courses.rules import VIEW_LESSON
from courses.services import lesson as service
from courses.services.lesson import (
    discard_draft,
    hide_lesson,
    publish_lesson,
    save_draft,
    set_video,
)
from courses.services.outline import delete_lesson, delete_section, restore_section
from courses.tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    actor_for,
    people_around,
)
from lms.kernel import search, text
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, KernelError, NotFound, Stale
from lms.kernel.testing import events_of
from lms.kernel.text import PIPELINE_VERSION

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> Lesson:
    """A lesson without any text."""
    return LessonFactory(text=None, published=False)


def _manager(lesson: Lesson) -> Actor:
    return actor_for(lesson.course.created_by)


def _keys(version: LessonVersion) -> list[str]:
    return list(version.blocks.order_by("ordinal").values_list("key", flat=True))


def test_a_draft_keeps_the_source_as_typed_and_its_blocks(lesson: Lesson) -> None:  # C1
    source = "# One\n\n  Text <b>\n\n- a  \n"
    draft = save_draft(actor=_manager(lesson), lesson=lesson, markdown=source)
    assert draft.markdown == source
    assert "<b>" not in draft.html
    assert draft.pipeline_version == PIPELINE_VERSION
    assert list(draft.blocks.values_list("ordinal", "heading_path", "text")) == [
        (1, ["One"], "Text <b>"),
        (2, ["One"], "a"),
    ]
    assert events_of("courses.lesson_draft_saved")[0]["version_id"] == draft.pk


def test_saving_again_changes_the_same_draft(lesson: Lesson) -> None:
    actor = _manager(lesson)
    first = save_draft(actor=actor, lesson=lesson, markdown="One.")
    again = save_draft(actor=actor, lesson=lesson, markdown="One. Two.")
    assert (again.pk, again.number) == (first.pk, 1)
    assert Block.objects.count() == 1


def test_publishing_replaces_the_version_before_and_keys_live_on(lesson: Lesson) -> None:
    actor = _manager(lesson)
    save_draft(actor=actor, lesson=lesson, markdown="The sun is a star.\n\nThe moon is not.")
    publish_lesson(actor=actor, lesson=lesson)
    draft = save_draft(
        actor=actor, lesson=lesson, markdown="New.\n\nThe sun is a small star.\n\nThe moon is not."
    )
    publish_lesson(actor=actor, lesson=lesson)
    old, new = LessonVersion.objects.order_by("number")
    assert (old.state, new.state) == (VersionState.SUPERSEDED, VersionState.PUBLISHED)
    assert _keys(new)[1:] == _keys(old)
    assert [event["version_id"] for event in events_of("courses.lesson_published")] == [
        old.pk,
        draft.pk,
    ]


def test_a_block_that_comes_back_gets_its_published_key(lesson: Lesson) -> None:
    actor = _manager(lesson)
    save_draft(actor=actor, lesson=lesson, markdown="Alpha beta.\n\nGamma delta.")
    publish_lesson(actor=actor, lesson=lesson)
    published = _keys(LessonVersion.objects.get(state=VersionState.PUBLISHED))
    save_draft(actor=actor, lesson=lesson, markdown="Gamma delta.")
    draft = save_draft(actor=actor, lesson=lesson, markdown="Alpha beta.\n\nGamma delta.")
    assert _keys(draft) == published


def test_publishing_again_without_a_draft_changes_nothing(lesson: Lesson) -> None:
    actor = _manager(lesson)
    save_draft(actor=actor, lesson=lesson, markdown="One.")
    first = publish_lesson(actor=actor, lesson=lesson)
    assert publish_lesson(actor=actor, lesson=lesson).version == first.version
    assert len(events_of("courses.lesson_published")) == 1


def test_hiding_and_showing_again_keeps_the_version(lesson: Lesson) -> None:
    actor = _manager(lesson)
    save_draft(actor=actor, lesson=lesson, markdown="One.")
    publish_lesson(actor=actor, lesson=lesson)
    hide_lesson(actor=actor, lesson=lesson)
    hide_lesson(actor=actor, lesson=lesson)
    assert len(events_of("courses.lesson_hidden")) == 1
    assert publish_lesson(actor=actor, lesson=lesson).published
    assert LessonVersion.objects.count() == 1


@pytest.mark.parametrize("kind", [LessonKind.TEXT, LessonKind.VIDEO, LessonKind.FILE])
def test_an_empty_lesson_is_not_published(lesson: Lesson, kind: str) -> None:
    Lesson.objects.filter(pk=lesson.pk).update(kind=kind)
    save_draft(actor=_manager(lesson), lesson=lesson, markdown="  \n ")
    with pytest.raises(Conflict) as caught:
        publish_lesson(actor=_manager(lesson), lesson=lesson)
    assert caught.value.code == "empty_lesson"
    Attachment.objects.create(
        course=lesson.course, lesson=lesson, file="a", name="a", content_type="a/b", size=1
    )
    assert publish_lesson(actor=_manager(lesson), lesson=lesson).published


def test_a_quiz_lesson_has_its_content_elsewhere(lesson: Lesson) -> None:
    Lesson.objects.filter(pk=lesson.pk).update(kind=LessonKind.QUIZ)
    assert publish_lesson(actor=_manager(lesson), lesson=lesson).published


def test_discarding_leaves_what_is_published(lesson: Lesson) -> None:
    actor = _manager(lesson)
    save_draft(actor=actor, lesson=lesson, markdown="One.")
    publish_lesson(actor=actor, lesson=lesson)
    save_draft(actor=actor, lesson=lesson, markdown="Two.")
    discard_draft(actor=actor, lesson=lesson)
    assert [v.markdown for v in LessonVersion.objects.all()] == ["One."]
    with pytest.raises(NotFound):
        discard_draft(actor=actor, lesson=lesson)


def test_a_video_starts_a_draft_from_what_is_published(lesson: Lesson) -> None:
    actor = _manager(lesson)
    save_draft(actor=actor, lesson=lesson, markdown="One.")
    publish_lesson(actor=actor, lesson=lesson)
    draft = set_video(actor=actor, lesson=lesson, url=" https://vimeo.com/123456 ")
    assert (draft.number, draft.markdown, draft.video_url) == (
        2,
        "One.",
        "https://vimeo.com/123456",
    )
    assert draft.blocks.count() == 1
    assert set_video(actor=actor, lesson=lesson, url="").video_url == ""


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("markdown", {"markdown": "a\0b"}),
        ("markdown", {"markdown": "x" * 200_001}),
        ("video_url", {"markdown": "", "video_url": "javascript:alert(1)"}),
        (
            "video_url",
            {"markdown": "", "video_url": "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ"},
        ),
        ("provenance", {"markdown": "", "provenance": {"model": "a\0"}}),
    ],
)
def test_a_draft_names_what_it_refuses(  # C4
    lesson: Lesson, field: str, options: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as caught:
        save_draft(actor=_manager(lesson), lesson=lesson, **options)
    assert list(caught.value.errors) == [field]
    assert LessonVersion.objects.count() == 0


def test_a_stale_draft_is_refused(lesson: Lesson) -> None:  # P4
    save_draft(actor=_manager(lesson), lesson=lesson, markdown="One.", expected=1)
    with pytest.raises(Stale):
        save_draft(actor=_manager(lesson), lesson=lesson, markdown="Two.", expected=1)


def test_provenance_is_kept_until_another_is_given(lesson: Lesson) -> None:  # I5
    actor = _manager(lesson)
    save_draft(actor=actor, lesson=lesson, markdown="One.", provenance={"model": "m"})
    assert save_draft(actor=actor, lesson=lesson, markdown="Two.").provenance == {"model": "m"}


def test_only_managers_write_lessons() -> None:  # Z1
    course = CourseFactory()
    lesson = LessonFactory(course=course)
    allowed = set()
    for name, actor in people_around(course).items():
        try:
            save_draft(actor=actor, lesson=lesson, markdown=name)
            publish_lesson(actor=actor, lesson=lesson)
        except KernelError:
            continue
        allowed.add(name)
    assert allowed == {"instructor", "admin", "writer_token", "system"}


def test_search_follows_what_learners_may_read() -> None:  # Z7
    course = CourseFactory()
    manager = actor_for(course.created_by)
    lesson = LessonFactory(course=course, text="About photosynthesis.")
    learner = actor_for(EnrolmentFactory(course=course).user)
    outsider = actor_for(EnrolmentFactory().user)

    def found(actor: Actor) -> list[int]:
        return search.find("lesson", "photosynthesis", allowed=VIEW_LESSON.rows(actor))

    assert (found(learner), found(outsider)) == ([lesson.pk], [])
    save_draft(actor=manager, lesson=lesson, markdown="About stones.")
    assert found(learner) == [lesson.pk]
    publish_lesson(actor=manager, lesson=lesson)
    assert found(learner) == []
    assert search.find("lesson", "stones", allowed=VIEW_LESSON.rows(learner)) == [lesson.pk]
    delete_section(actor=manager, section=lesson.section)
    assert search.find("lesson", "stones", allowed=None) == []
    restore_section(actor=manager, section=lesson.section)
    assert search.find("lesson", "stones", allowed=None) == [lesson.pk]
    delete_lesson(actor=manager, lesson=lesson)
    assert search.find("lesson", "stones", allowed=None) == []


def test_reindexing_writes_the_same_again() -> None:
    course = CourseFactory(title="Botany")
    LessonFactory(course=course, text="About photosynthesis.")
    LessonFactory(course=course, text="Secret.", published=False)
    counts = search.reindex(["course", "lesson"])
    assert counts == {"course": 1, "lesson": 1}
    assert search.find("course", "botany", allowed=None) == [course.pk]
    assert len(search.find("lesson", "photosynthesis", allowed=None)) == 1


@pytest.mark.parametrize(
    ("url", "src"),
    [
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        (
            "https://m.youtube.com/watch?a=1&v=dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ),
        (
            "https://www.youtube.com/shorts/dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ),
        ("https://player.vimeo.com/video/42", "https://player.vimeo.com/video/42?dnt=1"),
        ("http://youtu.be/dQw4w9WgXcQ", None),
        ("https://user@youtu.be/dQw4w9WgXcQ", None),
        ("https://youtu.be:8443/dQw4w9WgXcQ", None),
        ("https://youtu.be/", None),
        ("https://www.youtube.com/watch?v=../../x", None),
        ("https://vimeo.com/about", None),
        ("https://evil.example/watch?v=dQw4w9WgXcQ", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_videos_are_framed_from_known_providers_only(url: str, src: str | None) -> None:  # C2
    embed = embed_of(url)
    assert (embed.src if embed else None) == src


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_rendered_before_the_lock_and_again_when_another_came_between(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = _manager(lesson)
    locked_while_rendering: list[bool] = []
    render = text.render_document

    def render_slowly(*args: Any, **kwargs: Any) -> Any:
        locked_while_rendering.append(connection.in_atomic_block)
        if len(locked_while_rendering) == 1:
            save_draft(actor=manager, lesson=lesson, markdown="First of all.")
        return render(*args, **kwargs)

    monkeypatch.setattr(service, "render_document", render_slowly)
    draft = save_draft(actor=manager, lesson=lesson, markdown="First of all.\n\nThen more.")
    assert locked_while_rendering == [False, False, True]
    first = _keys(draft)[:1]
    assert _keys(save_draft(actor=manager, lesson=lesson, markdown="First of all.")) == first

"""Sections and lessons through the API."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from courses.api.lesson import DraftSerializer, LessonInputSerializer, NewLessonSerializer
from courses.api.section import NewSectionSerializer, SectionInputSerializer
from courses.enums import CourseRole
from courses.models import Course, Lesson, Section
from courses.tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    SectionFactory,
    person,
)
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]


def test_inputs_take_no_field_of_the_server() -> None:  # Z4
    shapes = (
        NewSectionSerializer,
        SectionInputSerializer,
        NewLessonSerializer,
        LessonInputSerializer,
        DraftSerializer,
    )
    writable = {
        shape.__name__: sorted(n for n, f in shape().fields.items() if not f.read_only)
        for shape in shapes
    }
    assert writable == {
        "NewSectionSerializer": ["course", "title"],
        "SectionInputSerializer": ["title"],
        "NewLessonSerializer": ["free_preview", "kind", "minutes", "section", "title"],
        "LessonInputSerializer": ["free_preview", "minutes", "title"],
        "DraftSerializer": ["markdown", "video_url"],
    }


def test_sections_are_added_renamed_moved_deleted_and_restored(ask: Ask) -> None:
    course = CourseFactory()
    who = course.created_by
    first = ask(who, "post", "sections/", {"course": course.public_id, "title": "One"}).json()
    second = ask(who, "post", "sections/", {"course": course.public_id, "title": "Two"}).json()
    path = f"sections/{second['id']}/"
    renamed = ask(who, "patch", path, {"title": "Zwei"}, HTTP_IF_MATCH='"1"')
    assert (renamed.json()["title"], renamed["ETag"]) == ("Zwei", '"2"')
    assert ask(who, "patch", path, {"title": "x"}, HTTP_IF_MATCH='"1"').status_code == 412
    ask(who, "post", f"{path}move/", {"direction": "up"})
    listed = ask(who, "get", f"sections/?course={course.public_id}").json()["results"]
    assert [row["id"] for row in listed] == [second["id"], first["id"]]
    assert ask(who, "delete", path).status_code == 204
    assert ask(person(), "get", path).status_code == 404
    assert ask(who, "post", f"{path}restore/").status_code == 200
    assert ask(person(), "get", path).status_code == 200


def test_sections_are_made_by_managers_only(ask: Ask) -> None:
    course = CourseFactory()
    body = {"course": course.public_id, "title": "x"}
    assistant = EnrolmentFactory(course=course, role=CourseRole.ASSISTANT).user
    assert ask(None, "post", "sections/", body).status_code == 401
    assert ask(assistant, "post", "sections/", body).status_code == 403
    assert ask(person(), "post", "sections/", body).status_code == 403
    hidden = {"course": CourseFactory(draft=True).public_id, "title": ""}
    assert ask(person(), "post", "sections/", hidden).status_code == 404  # Z2
    assert Section.objects.count() == 0


@pytest.mark.parametrize("given", [None, 5, ["x"], {"a": 1}, ""])
def test_a_parent_that_is_no_id_is_refused_by_name(ask: Ask, given: Any) -> None:  # P6
    teacher = person(instructor=True)
    for path, name in (("sections/", "course"), ("lessons/", "section")):
        response = ask(teacher, "post", path, {name: given, "title": "x"})
        assert response.status_code == 400
        assert list(response.json()["errors"]) == [name]


def _lesson(ask: Ask, course: Course) -> dict[str, Any]:
    section = SectionFactory(course=course)
    body = {"section": section.public_id, "title": "Stones", "minutes": 7}
    made: dict[str, Any] = ask(course.created_by, "post", "lessons/", body).json()
    return made


def test_a_lesson_goes_from_draft_to_published_and_back(ask: Ask) -> None:
    course = CourseFactory()
    who, learner = course.created_by, EnrolmentFactory(course=course).user
    made = _lesson(ask, course)
    path = f"lessons/{made['id']}/"
    assert (made["published"], made["minutes"]) == (False, 7)
    assert ask(learner, "get", path).status_code == 404
    draft = ask(who, "put", f"{path}draft/", {"markdown": "Hello **you**"})
    assert draft.json()["html"].startswith('<p id="b-')
    assert ask(learner, "get", f"{path}draft/").status_code == 404
    assert ask(who, "post", f"{path}publish/").json()["published"] is True
    shown = ask(learner, "get", path).json()
    assert "<strong>you</strong>" in shown["html"]
    assert ask(learner, "put", f"{path}draft/", {"markdown": "x"}).status_code == 403
    blocks = ask(learner, "get", f"{path}blocks/").json()["results"]
    assert [block["text"] for block in blocks] == ["Hello you"]
    ask(who, "put", f"{path}draft/", {"markdown": "Hello **you** there"})
    assert "there" not in ask(learner, "get", path).json()["html"]
    assert ask(who, "delete", f"{path}draft/").status_code == 204
    assert ask(who, "get", f"{path}draft/").status_code == 404
    assert ask(who, "post", f"{path}hide/").json()["published"] is False
    assert ask(learner, "get", path).status_code == 404


def test_an_empty_lesson_is_not_published(ask: Ask) -> None:
    course = CourseFactory()
    made = _lesson(ask, course)
    response = ask(course.created_by, "post", f"lessons/{made['id']}/publish/")
    assert (response.status_code, response.json()["code"]) == (409, "empty_lesson")


def test_draft_is_refused_when_stale_or_unusable(ask: Ask) -> None:  # P4
    course = CourseFactory()
    path, who = f"lessons/{_lesson(ask, course)['id']}/draft/", course.created_by
    first = ask(who, "put", path, {"markdown": "a"}, HTTP_IF_MATCH='"1"')
    assert first["ETag"] == '"2"'
    assert ask(who, "put", path, {"markdown": "b"}, HTTP_IF_MATCH='"1"').status_code == 412
    for body, field in (
        ({}, "markdown"),
        ({"markdown": "x" * 200_001}, "markdown"),
        ({"markdown": "", "video_url": "https://evil.example/v"}, "video_url"),
    ):
        response = ask(who, "put", path, body)
        assert response.status_code == 400
        assert list(response.json()["errors"]) == [field]


def test_draft_takes_a_video_and_shows_its_private_frame(ask: Ask) -> None:
    course = CourseFactory()
    path, who = f"lessons/{_lesson(ask, course)['id']}/", course.created_by
    url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    ask(who, "put", f"{path}draft/", {"markdown": "", "video_url": url})
    shown = ask(who, "post", f"{path}publish/").json()
    assert shown["video"] == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"


def test_a_free_preview_is_readable_by_everybody(ask: Ask) -> None:
    course = CourseFactory()
    free = LessonFactory(course=course, free_preview=True)
    closed = LessonFactory(course=course)
    assert ask(None, "get", f"lessons/{free.public_id}/").status_code == 200
    assert ask(None, "get", f"lessons/{closed.public_id}/").status_code == 404
    listed = ask(None, "get", f"lessons/?course={course.public_id}").json()
    assert [row["id"] for row in listed["results"]] == [free.public_id]


def test_lessons_name_their_readable_neighbours(ask: Ask) -> None:
    course = CourseFactory()
    rows = [LessonFactory(course=course) for _ in range(3)]
    LessonFactory(course=course, published=False)
    learner = EnrolmentFactory(course=course).user
    found = [ask(learner, "get", f"lessons/{row.public_id}/").json() for row in rows]
    ids = [row.public_id for row in rows]
    assert [(f["previous"], f["next"]) for f in found] == [
        (None, ids[1]),
        (ids[0], ids[2]),
        (ids[1], None),
    ]


def test_lesson_is_changed_moved_deleted_and_restored(ask: Ask) -> None:
    course = CourseFactory()
    one, two = SectionFactory(course=course), SectionFactory(course=course)
    lesson = LessonFactory(course=course, section=one)
    path, who = f"lessons/{lesson.public_id}/", course.created_by
    changed = ask(who, "patch", path, {"title": "New", "free_preview": True}).json()
    assert (changed["title"], changed["free_preview"], changed["minutes"]) == ("New", True, 5)
    moved = ask(who, "post", f"{path}move/", {"section": two.public_id, "position": 0}).json()
    assert moved["section"] == two.public_id
    assert ask(who, "post", f"{path}move/", {}).status_code == 400
    foreign = SectionFactory().public_id
    assert ask(who, "post", f"{path}move/", {"section": foreign}).status_code == 400  # Z3
    assert ask(who, "post", f"{path}move/", {"direction": "up"}).json()["section"] == one.public_id
    assert ask(who, "delete", path).status_code == 204
    assert Lesson.objects.get(pk=lesson.pk).deleted_at is not None
    assert ask(who, "post", f"{path}restore/").status_code == 200


def test_lists_take_the_same_queries_for_one_and_three_rows(ask: Ask) -> None:
    course = CourseFactory()
    LessonFactory(course=course)
    who = EnrolmentFactory(course=course).user

    def grow() -> None:
        LessonFactory(course=course, section=SectionFactory(course=course))

    for path in (
        f"lessons/?course={course.public_id}",
        f"sections/?course={course.public_id}",
        f"courses/{course.public_id}/outline/",
    ):
        assert_constant_queries(partial(ask, who, "get", path), grow, most=9)

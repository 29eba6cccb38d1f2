"""Courses through the API."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from courses.api.course import CourseInputSerializer
from courses.enums import CourseRole, CourseState
from courses.models import Course
from courses.tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    SectionFactory,
    person,
)
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]


def _picture(kind: str = "PNG") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (2000, 1000), "teal").save(out, kind)
    return SimpleUploadedFile("x.exe", out.getvalue())


def test_list_shows_live_courses_to_nobody_in_particular(ask: Ask) -> None:
    live = CourseFactory(title="Botany")
    CourseFactory(draft=True)
    CourseFactory(archived=True)
    CourseFactory(deleted=True)
    body = ask(None, "get", "courses/").json()
    assert (body["count"], body["next"], body["previous"]) == (1, None, None)
    assert body["results"][0]["id"] == live.public_id
    assert body["results"][0]["instructor"] == {
        "id": live.created_by.public_id,
        "name": live.created_by.name,
    }


def test_list_adds_own_courses_in_every_state_for_their_instructor(ask: Ask) -> None:
    draft = CourseFactory(draft=True)
    CourseFactory(draft=True)
    body = ask(draft.created_by, "get", "courses/").json()
    assert [row["id"] for row in body["results"]] == [draft.public_id]


def test_list_pages_and_links(ask: Ask) -> None:  # P2
    for _ in range(5):
        CourseFactory()
    body = ask(None, "get", "courses/?page=2&page_size=2").json()
    assert body["count"] == 5
    assert len(body["results"]) == 2
    assert "page=3" in body["next"]
    assert "page=1" in body["previous"]
    assert ask(None, "get", "courses/?page=9").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("ordering=password", "ordering"),
        ("level=guru", "level"),
        ("page_size=201", "page_size"),
        ("page=0", "page"),
        ("price=cheap", "price"),
    ],
)
def test_list_refuses_what_is_not_on_its_lists(ask: Ask, query: str, field: str) -> None:  # P2
    response = ask(None, "get", f"courses/?{query}")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_list_filters_by_tag_slug_level_and_price(ask: Ask) -> None:
    teacher = person(instructor=True)
    body = {"title": "Algebra", "tags": ["Maths", "Proof"], "level": "advanced", "price_minor": 5}
    made = ask(teacher, "post", "courses/", body).json()
    ask(teacher, "post", f"courses/{made['id']}/publish/")
    CourseFactory(title="Other")
    for query in ("tag=maths", "slug=algebra", "level=advanced", "price=paid"):
        found = ask(None, "get", f"courses/?{query}").json()["results"]
        assert [row["title"] for row in found] == ["Algebra"], query
        assert found[0]["tags"] == ["maths", "proof"]


def test_list_finds_words_of_the_description(ask: Ask) -> None:
    teacher = person(instructor=True)
    body = {"title": "Plants", "description": "Learn about **photosynthesis**."}
    made = ask(teacher, "post", "courses/", body).json()
    assert ask(None, "get", "courses/?search=photosynthesis").json()["count"] == 0
    ask(teacher, "post", f"courses/{made['id']}/publish/")
    assert ask(None, "get", "courses/?search=photosynthesis").json()["count"] == 1


def test_list_takes_the_same_queries_for_one_and_three_courses(ask: Ask) -> None:
    CourseFactory()
    assert_constant_queries(
        lambda: ask(None, "get", "courses/?page_size=100"), CourseFactory, most=2
    )


def test_list_orders_by_learners(ask: Ask) -> None:
    small, large = CourseFactory(), CourseFactory()
    EnrolmentFactory(course=large)
    found = ask(None, "get", "courses/?ordering=-learner_count").json()["results"]
    assert [row["id"] for row in found] == [large.public_id, small.public_id]
    assert found[0]["learner_count"] == 1


def test_create_makes_a_draft_that_one_teaches(ask: Ask) -> None:
    teacher = person(instructor=True)
    response = ask(teacher, "post", "courses/", {"title": "  Intro to Stones "})
    body = response.json()
    assert response.status_code == 201
    assert response["ETag"] == '"1"'
    assert (body["title"], body["slug"], body["state"], body["role"]) == (
        "Intro to Stones",
        "intro-to-stones",
        "draft",
        "instructor",
    )


def test_create_numbers_an_address_that_is_taken(ask: Ask) -> None:
    teacher = person(instructor=True)
    slugs = [ask(teacher, "post", "courses/", {"title": "Same"}).json()["slug"] for _ in range(3)]
    assert slugs == ["same", "same-2", "same-3"]


def test_create_answers_a_repeated_key_with_the_first_course(ask: Ask) -> None:  # P3
    teacher = person(instructor=True)
    key = {"HTTP_IDEMPOTENCY_KEY": "abc"}
    first = ask(teacher, "post", "courses/", {"title": "Once"}, **key)
    again = ask(teacher, "post", "courses/", {"title": "Once"}, **key)
    other = ask(teacher, "post", "courses/", {"title": "Twice"}, **key)
    assert again.json()["id"] == first.json()["id"]
    assert other.status_code == 422
    assert Course.objects.count() == 1


def test_create_is_for_those_who_teach(ask: Ask) -> None:
    assert ask(None, "post", "courses/", {"title": "x"}).status_code == 401
    assert ask(person(), "post", "courses/", {"title": "x"}).status_code == 403
    assert Course.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"title": "x", "level": "guru"}, "level"),
        ({"title": "x", "language": "english!"}, "language"),
        ({"title": "x", "currency": "eur"}, "currency"),
        ({"title": "x", "capacity": 0}, "capacity"),
        ({"title": "x", "price_minor": -1}, "price_minor"),
        ({"title": "x", "tags": ["!!!"]}, "tags"),
        (
            {"title": "x", "starts_at": "2026-02-01T00:00Z", "ends_at": "2026-01-01T00:00Z"},
            "ends_at",
        ),
        ({"title": ["x"]}, "title"),
    ],
)
def test_create_names_the_field_it_refuses(ask: Ask, body: Any, field: str) -> None:  # P6
    response = ask(person(instructor=True), "post", "courses/", body)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_create_refuses_nul(ask: Ask) -> None:  # C4
    response = ask(person(instructor=True), "post", "courses/", {"title": "a\0b"})
    assert response.status_code == 400


def test_input_takes_no_field_of_the_server(ask: Ask) -> None:  # Z4
    writable = {
        name for name, field in CourseInputSerializer().fields.items() if not field.read_only
    }
    assert writable == {
        "title",
        "summary",
        "description",
        "language",
        "level",
        "tags",
        "price_minor",
        "currency",
        "starts_at",
        "ends_at",
        "capacity",
        "enrolment_policy",
    }
    body = {"title": "x", "state": "published", "learner_count": 9, "slug": "y", "id": "z"}
    made = ask(person(instructor=True), "post", "courses/", body).json()
    assert (made["state"], made["learner_count"], made["slug"]) == ("draft", 0, "x")


def test_retrieve_shows_managers_what_others_do_not_see(ask: Ask) -> None:
    course = CourseFactory(description="Source")
    own = ask(course.created_by, "get", f"courses/{course.public_id}/").json()
    other = ask(person(), "get", f"courses/{course.public_id}/").json()
    assert (own["description"], own["join_link"]["on"]) == ("Source", False)
    assert (other["description"], other["join_link"], other["role"]) == (None, None, None)


def test_retrieve_hides_drafts_like_missing_ones(ask: Ask) -> None:  # Z2
    draft = CourseFactory(draft=True)
    hidden = ask(person(), "get", f"courses/{draft.public_id}/")
    missing = ask(person(), "get", "courses/1111111111111111111111/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert {**hidden.json(), "id": ""} == {**missing.json(), "id": ""}


def test_update_changes_what_is_named_and_keeps_the_rest(ask: Ask) -> None:
    course = CourseFactory(summary="Kept")
    response = ask(
        course.created_by,
        "patch",
        f"courses/{course.public_id}/",
        {"title": "New"},
        HTTP_IF_MATCH='"1"',
    )
    assert response.status_code == 200
    assert response["ETag"] == '"2"'
    course.refresh_from_db()
    assert (course.title, course.summary, course.version) == ("New", "Kept", 2)


def test_update_refuses_a_stale_version(ask: Ask) -> None:  # P4
    course = CourseFactory()
    response = ask(
        course.created_by,
        "patch",
        f"courses/{course.public_id}/",
        {"title": "x"},
        HTTP_IF_MATCH='"7"',
    )
    assert response.status_code == 412


def test_update_looks_the_course_up_before_it_reads_the_body(ask: Ask) -> None:  # Z2
    course = CourseFactory()
    assert ask(person(), "patch", f"courses/{course.public_id}/", {"title": ""}).status_code == 403
    assert ask(None, "patch", f"courses/{course.public_id}/", {"title": ""}).status_code == 401


def test_publish_archive_delete_and_restore_move_a_course(ask: Ask) -> None:
    course = CourseFactory(draft=True)
    teacher, path = course.created_by, f"courses/{course.public_id}/"
    assert ask(teacher, "post", f"{path}publish/").json()["state"] == CourseState.PUBLISHED
    assert ask(None, "get", path).status_code == 200
    assert ask(teacher, "post", f"{path}archive/").json()["state"] == CourseState.ARCHIVED
    assert ask(None, "get", path).status_code == 404
    assert ask(teacher, "post", f"{path}publish/").status_code == 200
    assert ask(teacher, "delete", path).status_code == 204
    assert ask(person(), "get", path).status_code == 404
    assert ask(teacher, "post", f"{path}restore/").json()["deleted_at"] is None
    assert ask(None, "get", path).status_code == 200


def test_outline_shows_drafts_to_staff_only(ask: Ask) -> None:
    course = CourseFactory()
    LessonFactory(course=course, title="Shown")
    LessonFactory(course=course, title="Hidden", published=False)
    learner = EnrolmentFactory(course=course).user
    path = f"courses/{course.public_id}/outline/"

    def titles(who: User | None) -> list[str]:
        parts = ask(who, "get", path).json()["sections"]
        return [lesson["title"] for part in parts for lesson in part["lessons"]]

    assert titles(course.created_by) == ["Shown", "Hidden"]
    assert titles(learner) == ["Shown"]
    assert titles(None) == ["Shown"]


def test_order_needs_every_lesson_once(ask: Ask) -> None:
    course = CourseFactory()
    first, second = SectionFactory(course=course), SectionFactory(course=course)
    lesson = LessonFactory(course=course, section=first)
    path, teacher = f"courses/{course.public_id}/order/", course.created_by
    whole = [
        {"id": second.public_id, "lessons": [lesson.public_id]},
        {"id": first.public_id, "lessons": []},
    ]
    assert ask(teacher, "put", path, {"sections": whole[:1]}).status_code == 409
    assert ask(teacher, "put", path, {"sections": whole}).status_code == 200
    lesson.refresh_from_db()
    assert lesson.section == second


def test_cover_is_drawn_anew_and_served_under_its_version(ask: Ask, client: Any) -> None:  # U1
    course = CourseFactory()
    path = f"courses/{course.public_id}/cover/"
    made = ask(course.created_by, "put", path, {"file": _picture()}, format="multipart")
    assert made.status_code == 200
    assert made.json()["cover"] == f"/covers/{course.public_id}/2/"
    course.refresh_from_db()
    assert str(course.cover.name).endswith(".webp")
    assert ask(course.created_by, "delete", path).status_code == 204
    course.refresh_from_db()
    assert course.cover.name == ""


def test_cover_refuses_what_is_no_picture(ask: Ask) -> None:  # U1
    course = CourseFactory()
    path = f"courses/{course.public_id}/cover/"
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 20, b"x"):
        file = SimpleUploadedFile("a.png", content, content_type="image/png")
        response = ask(course.created_by, "put", path, {"file": file}, format="multipart")
        assert response.status_code == 400, content
        assert list(response.json()["errors"]) == ["file"]


def test_join_link_is_switched_and_rotated_by_managers(ask: Ask) -> None:
    course = CourseFactory()
    path = f"courses/{course.public_id}/join-link/"
    on = ask(course.created_by, "put", path, {"on": True}).json()["join_link"]
    assert on == {"code": course.join_code, "on": True}
    fresh = ask(course.created_by, "post", f"{path}rotate/").json()["join_link"]
    assert fresh["code"] != course.join_code
    assistant = EnrolmentFactory(course=course, role=CourseRole.ASSISTANT).user
    assert ask(assistant, "put", path, {"on": False}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_list_kept_as_bytes_follows_every_change(ask: Ask) -> None:
    course = CourseFactory()
    teacher = course.created_by

    def titles() -> list[tuple[str, int]]:
        rows = ask(None, "get", "courses/").json()["results"]
        return [(row["title"], row["learner_count"]) for row in rows]

    ask(teacher, "patch", f"courses/{course.public_id}/", {"title": "First"})
    assert titles() == titles() == [("First", 0)]
    ask(teacher, "patch", f"courses/{course.public_id}/", {"title": "Second"})
    assert titles() == [("Second", 0)]
    ask(person(), "post", "enrolments/", {"course": course.public_id})
    assert titles() == [("Second", 1)]
    ask(teacher, "delete", f"courses/{course.public_id}/")
    assert titles() == []
    assert [row["title"] for row in ask(teacher, "get", "courses/").json()["results"]] == ["Second"]


def test_list_keeps_courses_that_ended(ask: Ask) -> None:
    CourseFactory(ends_at=clock.now() - timedelta(days=1))
    assert ask(None, "get", "courses/").json()["count"] == 1


@pytest.mark.parametrize("body", [[], [1], "x", 7, None, {"title": {"a": 1}}, {"title": None}])
def test_odd_bodies_are_refused_in_words(ask: Ask, body: Any) -> None:  # P6
    teacher = person(instructor=True)
    course = CourseFactory(created_by=teacher)
    for method, path in (
        ("post", "courses/"),
        ("post", "sections/"),
        ("post", "lessons/"),
        ("post", "enrolments/"),
        ("post", "invitations/"),
        ("post", "invitations/accept/"),
        ("post", "progress/"),
        ("put", f"courses/{course.public_id}/order/"),
        ("put", f"courses/{course.public_id}/join-link/"),
    ):
        response = ask(teacher, method, path, body)
        assert response.status_code == 400, path
        assert response["Content-Type"] == "application/problem+json"

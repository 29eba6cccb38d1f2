"""Files of courses through the API, and their short-lived addresses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.models import Attachment, Course
from courses.tests.factories import CourseFactory, EnrolmentFactory, LessonFactory, person
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]
PDF = b"%PDF-1.7\n1 0 obj\n"


def _upload(ask: Ask, course: Course, name: str, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile(name, content, content_type="text/html")
    body = {"course": course.public_id, "file": file, **more}
    return ask(course.created_by, "post", "attachments/", body, format="multipart")


def test_a_file_gets_a_generated_name_and_a_kind_by_content(ask: Ask) -> None:  # U1
    course = CourseFactory()
    made = _upload(ask, course, "../../Über uns.html", PDF)
    assert made.status_code == 201
    row = Attachment.objects.get()
    assert (row.name, row.content_type, row.size) == ("Über uns.pdf", "application/pdf", len(PDF))
    assert str(row.file.name).startswith("attachments/")
    assert "Über" not in str(row.file.name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html><script>alert(1)</script>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.pdf", b"MZ\x90\x00"),
        ("a.txt", b"binary\x00text"),
        ("a.docx", b"PK\x03\x04broken"),
        ("a.txt", b"\xff\xfe\x00\x00"),
        ("a.exe", b"text but no text's ending"),
    ],
)
def test_a_file_of_another_kind_is_refused(ask: Ask, name: str, content: bytes) -> None:  # U1
    response = _upload(ask, CourseFactory(), name, content)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["file"])
    assert Attachment.objects.count() == 0


def test_an_empty_file_is_refused(ask: Ask) -> None:
    assert _upload(ask, CourseFactory(), "a.txt", b"").status_code == 400


def test_a_signed_address_serves_the_file_for_five_minutes(ask: Ask, client: Any) -> None:  # U2 U3
    course = CourseFactory()
    made = _upload(ask, course, "notes.pdf", PDF).json()
    learner = EnrolmentFactory(course=course).user
    with time_machine.travel(clock.now(), tick=False):
        found = ask(learner, "get", f"attachments/{made['id']}/").json()
        response = client.get(found["url"])
    assert b"".join(response.streaming_content) == PDF
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Disposition"] == 'attachment; filename="notes.pdf"'
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        assert client.get(found["url"]).status_code == 404
    assert client.get(found["url"].replace(":", "x", 1)).status_code == 404


def test_a_file_follows_its_lesson(ask: Ask) -> None:  # Z7
    course = CourseFactory()
    hidden = LessonFactory(course=course, published=False)
    free = LessonFactory(course=course, free_preview=True)
    first = _upload(ask, course, "a.pdf", PDF, lesson=hidden.public_id).json()
    second = _upload(ask, course, "b.pdf", PDF, lesson=free.public_id).json()
    learner = EnrolmentFactory(course=course).user
    assert ask(learner, "get", f"attachments/{first['id']}/").status_code == 404
    assert ask(None, "get", f"attachments/{second['id']}/").status_code == 200
    listed = ask(learner, "get", f"attachments/?course={course.public_id}").json()
    assert [row["id"] for row in listed["results"]] == [second["id"]]
    assert ask(None, "get", f"attachments/?lesson={hidden.public_id}").status_code == 404


def test_files_are_changed_by_managers_only(
    ask: Ask, django_capture_on_commit_callbacks: Any
) -> None:
    course = CourseFactory()
    made = _upload(ask, course, "a.pdf", PDF).json()
    learner = EnrolmentFactory(course=course).user
    path = f"attachments/{made['id']}/"
    assert ask(learner, "delete", path).status_code == 403
    assert ask(person(), "delete", path).status_code == 404
    stored = Attachment.objects.get().file
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(course.created_by, "delete", path).status_code == 204
    assert not stored.storage.exists(str(stored.name))
    body = {"course": course.public_id, "file": SimpleUploadedFile("a.pdf", PDF)}
    assert ask(learner, "post", "attachments/", body, format="multipart").status_code == 403


def test_a_lesson_of_another_course_is_refused(ask: Ask) -> None:  # Z3
    course = CourseFactory()
    foreign = LessonFactory(course=CourseFactory(created_by=course.created_by))
    response = _upload(ask, course, "a.pdf", PDF, lesson=foreign.public_id)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["lesson"])


def test_list_takes_the_same_queries_for_one_and_three_files(ask: Ask) -> None:
    course = CourseFactory()
    _upload(ask, course, "a.pdf", PDF)
    assert_constant_queries(
        lambda: ask(course.created_by, "get", f"attachments/?course={course.public_id}"),
        lambda: _upload(ask, course, "a.pdf", PDF),
        most=5,
    )

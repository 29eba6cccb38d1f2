"""What people who teach do: courses, outline, lessons, people, settings, the student view."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from courses.enums import CourseRole, CourseState, LessonKind, VersionState
from courses.models import Attachment, Course, Enrolment, Invitation, Lesson, LessonVersion, Section
from courses.tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    SectionFactory,
    actor_for,
    person,
    section_of,
)
from lms.kernel.testing.queries import assert_constant_queries

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_teach_lists_own_courses_and_for_admins_all(browser: Browser, course: Course) -> None:
    CourseFactory(title="Of somebody else")
    own = browser(course.created_by).get("/teach/")
    assert [row.title for row in own.context["page"]] == ["Thinking with data"]
    admin = browser(person(admin=True))
    assert len(admin.get("/teach/").context["page"]) == 0
    assert len(admin.get("/teach/?all=1").context["page"]) == 2


def test_teach_asks_the_same_queries_for_more_courses(teacher: Client, course: Course) -> None:
    user = course.created_by
    assert_constant_queries(lambda: teacher.get("/teach/"), lambda: CourseFactory(created_by=user))


def test_creating_a_course_opens_its_outline(browser: Browser) -> None:
    client = browser(person(instructor=True))
    data = {"title": "New things", "summary": "", "level": "beginner", "language": "en"}
    assert client.post("/teach/new/", data)["Location"] == "/teach/new-things/"
    assert Course.objects.get().state == CourseState.DRAFT
    empty = client.post("/teach/new/", {**data, "title": " "})
    assert empty.status_code == 400
    assert "This field is required." in empty.content.decode()


def test_students_create_no_courses(browser: Browser, client: Client) -> None:
    assert browser(person()).get("/teach/new/").status_code == 403
    assert client.get("/teach/new/").status_code == 302


def test_outline_is_read_by_assistants_and_hidden_from_learners(
    browser: Browser, learner: Client, course: Course
) -> None:
    LessonFactory(course=course)
    assistant = browser(EnrolmentFactory(course=course, role=CourseRole.ASSISTANT).user)
    page = assistant.get("/teach/data/").content.decode()
    assert "You assist in this course" in page
    assert "Add a lesson" not in page
    assert learner.get("/teach/data/").status_code == 403
    refused = assistant.post("/teach/data/sections/", {"title": "Mine"})
    assert refused.status_code == 403
    assert Section.objects.filter(course=course).count() == 1


def test_outline_asks_the_same_queries_for_more_lessons(teacher: Client, course: Course) -> None:
    LessonFactory(course=course)
    assert_constant_queries(
        lambda: teacher.get("/teach/data/"), lambda: LessonFactory(course=course)
    )


def test_sections_are_added_renamed_moved_deleted_and_brought_back(
    teacher: Client, course: Course
) -> None:
    for title in ("One", "Two"):
        teacher.post("/teach/data/sections/", {"title": title})
    one, two = Section.objects.filter(course=course)
    base = "/teach/data/sections"
    teacher.post(f"{base}/{two.public_id}/rename/", {"title": "Zwei"})
    teacher.post(f"{base}/{two.public_id}/up/")
    assert [s.title for s in Section.objects.filter(course=course)] == ["Zwei", "One"]
    page = teacher.post(f"{base}/{one.public_id}/delete/", follow=True).content.decode()
    assert "“One” was deleted." in page
    assert f"{base}/{one.public_id}/restore/" in page
    assert Section.objects.filter(course=course, deleted_at=None).count() == 1
    teacher.post(f"{base}/{one.public_id}/restore/")
    assert Section.objects.filter(course=course, deleted_at=None).count() == 2


def test_empty_titles_are_refused_in_words(teacher: Client, course: Course) -> None:
    page = teacher.post("/teach/data/sections/", {"title": " "}, follow=True).content.decode()
    assert "This field is required." in page
    section = SectionFactory(course=course)
    address = f"/teach/data/sections/{section.public_id}/rename/"
    assert "Write a title." in teacher.post(address, {"title": " "}, follow=True).content.decode()


def test_moving_by_htmx_answers_with_the_outline(teacher: Client, course: Course) -> None:
    first = LessonFactory(course=course, title="First")
    LessonFactory(course=course, title="Second")
    page = teacher.post(f"/teach/data/lessons/{first.public_id}/down/", headers=HTMX)
    assert page.content.decode().index("Second") < page.content.decode().index("First")
    assert b"<html" not in page.content


def test_dragging_sends_the_whole_outline(teacher: Client, course: Course) -> None:
    one, two = LessonFactory(course=course), LessonFactory(course=course)
    target = SectionFactory(course=course, ordinal=500)
    order = [
        f"section:{target.public_id}",
        f"lesson:{two.public_id}",
        f"section:{section_of(course).public_id}",
        f"lesson:{one.public_id}",
    ]
    assert teacher.post("/teach/data/order/", {"order": order}).status_code == 204
    two.refresh_from_db()
    assert two.section_id == target.pk
    assert teacher.post("/teach/data/order/", {"order": order[:2]}).status_code == 409


def test_new_lesson_opens_its_editor(teacher: Client, course: Course) -> None:
    section = SectionFactory(course=course)
    address = f"/teach/data/sections/{section.public_id}/lessons/"
    response = teacher.post(address, {"title": "Averages", "kind": LessonKind.TEXT})
    lesson = Lesson.objects.get()
    assert response["Location"] == f"/teach/data/lessons/{lesson.public_id}/"
    refused = teacher.post(address, {"title": "", "kind": "x"}, follow=True).content.decode()
    assert "Select a valid choice" in refused


def test_lesson_is_published_hidden_deleted_and_brought_back(
    teacher: Client, course: Course
) -> None:
    lesson = LessonFactory(course=course, published=False)
    base = f"/teach/data/lessons/{lesson.public_id}"
    for verb, published, gone in (
        ("publish", True, False),
        ("hide", False, False),
        ("delete", False, True),
        ("restore", False, False),
    ):
        teacher.post(f"{base}/{verb}/")
        lesson.refresh_from_db()
        assert (lesson.published, lesson.deleted_at is not None) == (published, gone), verb


def test_editor_saves_a_draft_and_publishes_it(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, text="Old words.")
    address = f"/teach/data/lessons/{lesson.public_id}/"
    data = {"title": "Averages", "minutes": 12, "markdown": "New *words*.\r\n", "video_url": ""}
    teacher.post(address, {**data, "version": lesson.version, "act": "save"})
    lesson.refresh_from_db()
    assert (lesson.title, lesson.minutes) == ("Averages", 12)
    assert LessonVersion.objects.get(state=VersionState.DRAFT).markdown == "New *words*.\n"
    page = teacher.get(address).content.decode()
    assert "Unpublished changes" in page
    teacher.post(address, {**data, "version": lesson.version, "act": "publish"})
    shown = LessonVersion.objects.get(lesson=lesson, state=VersionState.PUBLISHED)
    assert "New <em>words</em>." in shown.html


def test_editor_refuses_to_overwrite_somebody_else_s_edit(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course)
    data = {"title": "Mine", "minutes": 5, "markdown": "x", "version": lesson.version - 1}
    response = teacher.post(f"/teach/data/lessons/{lesson.public_id}/", data)
    assert response.status_code == 400  # P4
    assert "changed by somebody else" in response.content.decode()
    assert "Mine" in response.content.decode()


def test_editor_marks_a_video_address_nobody_can_play(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, kind=LessonKind.VIDEO)
    data = {
        "title": "V",
        "minutes": 5,
        "markdown": "x",
        "video_url": "https://example.com/v",
        "version": lesson.version,
    }
    page = teacher.post(f"/teach/data/lessons/{lesson.public_id}/", data).content.decode()
    assert "YouTube or Vimeo" in page
    lesson.refresh_from_db()
    assert (lesson.title, lesson.minutes) != ("V", 5)


def test_editor_goes_on_after_a_refusal_without_a_conflict(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, text=None, published=False)
    address = f"/teach/data/lessons/{lesson.public_id}/"
    data = {"title": "T", "minutes": 5, "markdown": " ", "version": lesson.version}
    refused = teacher.post(address, {**data, "act": "publish"})
    assert refused.status_code == 400
    assert "changed by somebody else" not in refused.content.decode()
    seen = refused.context["form"]["version"].value()
    done = teacher.post(address, {**data, "markdown": "x", "version": seen, "act": "publish"})
    assert done.status_code == 302


def test_editor_is_read_only_for_assistants(browser: Browser, course: Course) -> None:
    lesson = LessonFactory(course=course)
    assistant = browser(EnrolmentFactory(course=course, role=CourseRole.ASSISTANT).user)
    address = f"/teach/data/lessons/{lesson.public_id}/"
    assert "Save draft" not in assistant.get(address).content.decode()
    data = {"title": "T", "minutes": 5, "markdown": "x", "version": lesson.version}
    assert assistant.post(address, data).status_code == 403


def test_preview_renders_and_cleans_without_storing(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, text="As it was.")
    page = teacher.post(
        f"/teach/data/lessons/{lesson.public_id}/text/",
        {"markdown": "**Bold** <script>alert(1)</script>"},
    ).content.decode()
    assert "<strong>Bold</strong>" in page
    assert "<script" not in page  # C1
    assert not LessonVersion.objects.filter(state=VersionState.DRAFT).exists()


def test_draft_is_thrown_away(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, published=False)
    teacher.post(f"/teach/data/lessons/{lesson.public_id}/discard/")
    assert not LessonVersion.objects.exists()


def test_files_are_added_served_and_removed(
    teacher: Client, learner: Client, client: Client, course: Course
) -> None:
    lesson = LessonFactory(course=course)
    base = f"/teach/data/lessons/{lesson.public_id}/files/"
    file = SimpleUploadedFile("notes.txt", b"Three kinds of average.", "text/plain")
    teacher.post(base, {"file": file})
    row = Attachment.objects.get()
    address = f"/c/data/files/{row.public_id}/"
    signed = learner.get(address)["Location"]
    served: Any = client.get(signed)
    assert b"".join(served.streaming_content) == b"Three kinds of average."
    assert served["Content-Disposition"] == 'attachment; filename="notes.txt"'  # U2
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    assert client.get(address).status_code in {302, 404}  # U3
    assert client.get("/files/forged/").status_code == 404
    assert "Choose a file." in teacher.post(base, follow=True).content.decode()
    teacher.post(f"{base}{row.public_id}/remove/")
    assert not Attachment.objects.exists()


def test_text_is_kept_when_a_file_is_added_or_removed(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, text="Old words.")
    base = f"/teach/data/lessons/{lesson.public_id}/files/"
    text = {"title": lesson.title, "minutes": 5, "video_url": "", "version": lesson.version}
    file = SimpleUploadedFile("a [1].png", b"\x89PNG\r\n\x1a\n....", "image/png")
    page = teacher.post(base, {**text, "markdown": "Typed.", "file": file}, follow=True)
    assert page.context["form"]["markdown"].value() == "Typed."
    row = Attachment.objects.get()
    assert f"![a \\[1\\]](attachment:{row.public_id})" in page.content.decode()
    seen = page.context["form"]["version"].value()
    more = {**text, "markdown": "More.", "version": seen}
    page = teacher.post(f"{base}{row.public_id}/remove/", more, follow=True)
    assert page.context["form"]["markdown"].value() == "More."
    stale = teacher.post(base, {**more, "markdown": "Lost?", "version": 0, "file": file})
    assert stale.status_code == 400
    assert "Lost?" in stale.content.decode()
    assert not Attachment.objects.exists()


def test_refused_file_tells_which_kinds_are_allowed(teacher: Client, course: Course) -> None:
    lesson = LessonFactory(course=course)
    file = SimpleUploadedFile("a.svg", b"<svg/>", "image/svg+xml")
    base = f"/teach/data/lessons/{lesson.public_id}/files/"
    assert (
        "Images (PNG, JPEG, GIF, WebP), PDF"
        in teacher.post(base, {"file": file}, follow=True).content.decode()
    )


def test_people_are_searched_and_listed_with_constant_queries(
    teacher: Client, course: Course
) -> None:
    EnrolmentFactory(course=course, user=person(name="Ada Lovelace"))
    EnrolmentFactory(course=course, user=person(name="Grace Hopper"))
    rows = teacher.get("/teach/data/people/", {"search": "lovelace"}).context["page"]
    assert [row.user.name for row in rows] == ["Ada Lovelace"]
    assert len(teacher.get("/teach/data/people/", {"role": "instructor"}).context["page"]) == 1
    assert_constant_queries(
        lambda: teacher.get("/teach/data/people/"), lambda: EnrolmentFactory(course=course)
    )


def test_people_are_invited_and_each_refusal_is_told(teacher: Client, course: Course) -> None:
    member = EnrolmentFactory(course=course).user
    emails = f"new@example.com, nonsense; {member.email}"
    address = "/teach/data/people/invite/"
    page = teacher.post(address, {"emails": emails, "role": "learner"}, follow=True)
    words = page.content.decode()
    assert "1 person was invited." in words
    assert "nonsense: This is not an e-mail address." in words
    assert f"{member.email} is in the course." in words
    again = teacher.post(address, {"emails": "new@example.com", "role": "learner"}, follow=True)
    assert "was asked before" in again.content.decode()
    assert teacher.post(address, {"emails": "", "role": "learner"}).status_code == 400


def test_table_is_previewed_before_anybody_is_asked(teacher: Client, course: Course) -> None:
    table = "email,name,role\nada@example.com,Ada,assistant\nbroken,X,learner\n"
    file = SimpleUploadedFile("people.csv", table.encode())
    shown = teacher.post("/teach/data/people/table/", {"file": file})
    assert "1 person would be invited" in shown.content.decode()
    assert not Invitation.objects.exists()
    sent = teacher.post("/teach/data/people/table/", {"table": table, "confirmed": "1"})
    assert "1 invitation is on its way" in sent.content.decode()
    assert Invitation.objects.get().role == CourseRole.ASSISTANT


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The submitted file is empty."),
        (b"\xff\xfe\x00", "Save the file as UTF-8"),
        (b"a" * 1_000_001, "too large"),
    ],
)
def test_table_that_cannot_be_read_is_refused(
    teacher: Client, course: Course, content: bytes, words: str
) -> None:
    file = SimpleUploadedFile("people.csv", content)
    response = teacher.post("/teach/data/people/table/", {"file": file})
    assert response.status_code == 400
    assert words in response.content.decode()


def test_members_change_role_and_are_removed(teacher: Client, course: Course) -> None:
    row = EnrolmentFactory(course=course)
    base = f"/teach/data/people/{row.public_id}"
    teacher.post(f"{base}/role/", {"role": "observer"})
    row.refresh_from_db()
    assert row.role == CourseRole.OBSERVER
    assert (
        "no such role" in teacher.post(f"{base}/role/", {"role": "x"}, follow=True).content.decode()
    )
    teacher.post(f"{base}/remove/")
    row.refresh_from_db()
    assert row.state == "removed"
    own = Enrolment.objects.get(user=course.created_by)
    page = teacher.post(f"/teach/data/people/{own.public_id}/remove/", follow=True)
    assert "A course needs an instructor." in page.content.decode()


def test_invitation_is_withdrawn(teacher: Client, course: Course) -> None:
    teacher.post("/teach/data/people/invite/", {"emails": "new@example.com", "role": "learner"})
    row = Invitation.objects.get()
    teacher.post(f"/teach/data/people/invitations/{row.public_id}/revoke/")
    row.refresh_from_db()
    assert row.state == "revoked"


def test_join_link_is_switched_and_renewed(teacher: Client, course: Course) -> None:
    teacher.post("/teach/data/people/link/on/")
    page = teacher.get("/teach/data/people/").content.decode()
    assert f"/join/{course.join_code}/" in page
    teacher.post("/teach/data/people/link/renew/")
    teacher.post("/teach/data/people/link/off/")
    fresh = Course.objects.get(pk=course.pk)
    assert fresh.join_code != course.join_code
    assert fresh.join_link_on is False


SETTINGS = {
    "title": "Thinking with data",
    "summary": "Better.",
    "description": "**Learn.**",
    "tags": "data, statistics ,",
    "level": "advanced",
    "language": "de",
    "enrolment_policy": "invitation",
    "capacity": "30",
    "price": "19.99",
    "currency": "usd",
    "starts_at": "2026-12-01T09:00",
    "ends_at": "",
}


def test_settings_are_saved_with_money_in_minor_units(teacher: Client, course: Course) -> None:
    data = {**SETTINGS, "version": course.version}
    assert teacher.post("/teach/data/settings/", data).status_code == 302
    fresh = Course.objects.get(pk=course.pk)
    assert (fresh.price_minor, fresh.currency, fresh.capacity) == (1999, "USD", 30)
    assert sorted(tag.name for tag in fresh.tags.all()) == ["data", "statistics"]
    assert fresh.description_html == "<p><strong>Learn.</strong></p>\n"
    page = teacher.get("/teach/data/settings/").content.decode()
    assert "19.99" in page


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [("1500", "JPY", 1500), ("1.234", "KWD", 1234), ("19.90", "eur", 1990), ("", "EUR", 0)],
)
def test_price_is_counted_in_the_units_of_its_currency(
    teacher: Client, course: Course, price: str, currency: str, minor: int
) -> None:
    data = {**SETTINGS, "version": course.version, "price": price, "currency": currency}
    assert teacher.post("/teach/data/settings/", data).status_code == 302
    assert Course.objects.get(pk=course.pk).price_minor == minor
    shown = teacher.get("/teach/data/settings/").context["form"]["price"].value()
    assert shown == Decimal(price or 0)


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [("15.50", "JPY", "is a whole number."), ("1.505", "EUR", "has at most 2 decimals.")],
)
def test_price_finer_than_its_currency_is_refused(
    teacher: Client, course: Course, price: str, currency: str, words: str
) -> None:
    data = {**SETTINGS, "version": course.version, "price": price, "currency": currency}
    refused = teacher.post("/teach/data/settings/", data)
    assert refused.status_code == 400
    assert words in refused.content.decode()


def test_settings_show_what_is_wrong_and_refuse_a_stale_form(
    teacher: Client, course: Course
) -> None:
    wrong = {**SETTINGS, "version": course.version, "ends_at": "2026-11-01T09:00"}
    page = teacher.post("/teach/data/settings/", wrong)
    assert page.status_code == 400
    assert "has to end after it starts" in page.content.decode()
    stale = teacher.post("/teach/data/settings/", {**SETTINGS, "version": course.version + 5})
    assert "changed by somebody else" in stale.content.decode()


def test_course_is_published_archived_deleted_and_brought_back(browser: Browser) -> None:
    course = CourseFactory(draft=True, slug="life")
    client = browser(course.created_by)
    for verb, state in (("publish", "published"), ("archive", "archived")):
        client.post(f"/teach/life/settings/{verb}/")
        course.refresh_from_db()
        assert course.state == state
    page = client.post("/teach/life/settings/delete/", follow=True).content.decode()
    assert "/teach/life/settings/restore/" in page
    course.refresh_from_db()
    assert course.deleted_at is not None
    client.post("/teach/life/settings/restore/")
    course.refresh_from_db()
    assert course.deleted_at is None


def test_cover_is_set_served_and_removed(teacher: Client, client: Client, course: Course) -> None:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (320, 180), "teal").save(out, "PNG")
    teacher.post(
        "/teach/data/settings/cover/",
        {"file": SimpleUploadedFile("c.png", out.getvalue(), "image/png"), "act": "set"},
    )
    course.refresh_from_db()
    address = f"/covers/{course.public_id}/{course.version}/"
    assert address in client.get("/courses/").content.decode()
    assert client.get(address)["Content-Type"] == "image/webp"
    bad = SimpleUploadedFile("c.png", b"no picture", "image/png")
    page = teacher.post("/teach/data/settings/cover/", {"file": bad}, follow=True)
    assert "Choose a PNG" in page.content.decode()
    teacher.post("/teach/data/settings/cover/", {"act": "remove"})
    assert client.get(address).status_code == 404


def test_student_view_is_bannered_and_read_only(teacher: Client, course: Course) -> None:  # Z8
    hidden = LessonFactory(course=course, published=False)
    shown = LessonFactory(course=course)
    assert teacher.post("/teach/data/preview/")["Location"] == "/c/data/"
    page = teacher.get(f"/c/data/learn/{shown.public_id}/").content.decode()
    assert "You see this course as a student." in page
    assert teacher.get(f"/c/data/learn/{hidden.public_id}/").status_code == 404
    refused = teacher.post("/teach/data/sections/", {"title": "No"})
    assert refused.status_code == 403
    assert teacher.post("/teach/preview/end/")["Location"] == "/teach/data/"
    assert teacher.get(f"/c/data/learn/{hidden.public_id}/").status_code == 200
    assert actor_for(course.created_by).preview_course_id is None

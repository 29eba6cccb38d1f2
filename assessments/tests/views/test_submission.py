from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from assessments.models import Assignment, Submission, SubmissionVersion
from assessments.services.assignment import assignment_settings_of
from assessments.tests.factories import School, make_lesson, make_school
from assessments.tests.handed_in import PDF, begin, hand_in, make_assignment, put_file
from lms.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def url_of(asked: Assignment, rest: str = "") -> str:
    return f"/c/{asked.course.slug}/learn/{asked.lesson.public_id}/{rest}"


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def test_a_whole_submission_without_javascript(school: School) -> None:
    asked, client = make_assignment(school), client_of(school, "learner")
    shown = page(client, url_of(asked))
    assert "Describe a <em>cairn</em>." in shown
    assert "Check and hand in" in shown
    file = BytesIO(PDF)
    file.name = "plan.pdf"
    typed = {"text": "Stones.", "seq": "0", "files": file, "act": "check"}
    sent = client.post(url_of(asked, "submission/"), typed)
    assert sent.headers["Location"] == url_of(asked, "submission/hand-in/")
    check = page(client, url_of(asked, "submission/hand-in/"))
    assert "Stones." in check
    assert "plan.pdf" in check
    assert not SubmissionVersion.objects.exists()
    for _twice in range(2):
        client.post(url_of(asked, "submission/hand-in/"), {"number": "1"})
    version = SubmissionVersion.objects.get()
    assert (version.text, version.files.get().name) == ("Stones.", "plan.pdf")
    shown = page(client, url_of(asked))
    assert "What you handed in" in shown
    assert "Handed in" in shown


def test_a_stale_page_does_not_overwrite_a_newer_draft(school: School) -> None:
    asked, client = make_assignment(school), client_of(school, "learner")
    begin(school, asked, text="Newer words")
    sent = client.post(url_of(asked, "submission/"), {"text": "Old", "seq": "0"}, follow=True)
    assert "A newer draft is saved already" in sent.content.decode()
    assert Submission.objects.get().draft_text == "Newer words"


def test_files_are_served_as_downloads_with_a_sandbox(school: School) -> None:  # U2 U3
    asked, client = make_assignment(school), client_of(school, "learner")
    file = put_file(school, begin(school, asked))
    lead = client.get(url_of(asked, f"submission/files/{file.public_id}/"))
    served = Client().get(lead.headers["Location"])
    assert b"".join(served.streaming_content) == PDF  # type: ignore[attr-defined]
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    client.post(url_of(asked, f"submission/files/{file.public_id}/remove/"))
    page(client, url_of(asked, f"submission/files/{file.public_id}/"), 404)


def test_dates_are_told_on_the_page(school: School) -> None:
    now = clock.now()
    asked = make_assignment(school, due_at=now - timedelta(hours=1), cutoff_at=now)
    client = client_of(school, "learner")
    with clock.travel(now - timedelta(minutes=1)):
        assert "Overdue" in page(client, url_of(asked))
        assert "What you hand in now is late" in page(client, url_of(asked))
    assert "Nothing is accepted any more." in page(client, url_of(asked))


def test_an_instructor_writes_and_publishes(school: School) -> None:
    lesson = make_lesson(school, kind="assignment", published=False)
    client = client_of(school, "instructor")
    url = f"/teach/{school.course.slug}/assignments/{lesson.public_id}/"
    page(client, url)
    form = {
        "instructions": "Build one.",
        "takes_files": "on",
        "file_kinds": ".PDF; docx",
        "max_files": "2",
        "max_file_mb": "3",
        "points": "40",
        "late_unit": "none",
        "late_percent": "0",
        "late_cap": "100",
        "resubmit": "never",
        "resubmit_times": "1",
        "threshold": "10",
    }
    assert client.post(url, form).status_code == 302
    asked = Assignment.objects.get()
    assert assignment_settings_of(asked).file_kinds == ("pdf", "docx")
    refused = client.post(url, {**form, "version": str(asked.version), "points": "0"})
    assert refused.status_code == 400
    assert "Points lie above 0." in refused.content.decode()
    client.post(f"{url}publish/")
    asked.refresh_from_db()
    lesson.refresh_from_db()
    assert (asked.state, lesson.published) == ("published", True)
    hand_in_page = page(client_of(school, "learner"), url_of(asked))
    assert "up to 2 files" in hand_in_page.lower()


def test_staff_see_the_list_and_no_place_to_work(school: School) -> None:
    asked = make_assignment(school)
    hand_in(school, asked)
    client = client_of(school, "assistant")
    listed = page(client, f"/teach/{school.course.slug}/assignments/")
    assert asked.lesson.title in listed
    shown = page(client, url_of(asked))
    assert "Check and hand in" not in shown
    page(client, url_of(asked, "submission/hand-in/"), 403)

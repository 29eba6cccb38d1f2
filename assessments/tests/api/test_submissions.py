import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import PDF, hand_in, make_assignment
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def send(client: Client, method: str, path: str, body: object = None, **headers: str) -> Any:
    return client.generic(
        method,
        f"{API}{path}",
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers=headers,
    )


def test_a_whole_submission_through_the_api(school: School) -> None:
    asked, client = make_assignment(school), client_of(school, "learner")
    begun = send(client, "POST", "submissions/", {"assignment": asked.public_id})
    assert begun.status_code == 201
    one = begun.json()
    path = f"submissions/{one['id']}/"
    assert (one["state"], one["version_count"], one["draft"]["seq"]) == ("draft", 0, 0)
    again = send(client, "POST", "submissions/", {"assignment": asked.public_id})
    assert again.json()["id"] == one["id"]
    saved = send(client, "PUT", f"{path}draft/", {"text": "Stones.", "seq": 1})
    assert saved.json()["seq"] == 1
    stale = send(client, "PUT", f"{path}draft/", {"text": "Other.", "seq": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_draft")
    file = SimpleUploadedFile("plan.pdf", PDF)
    added = client.post(f"{API}{path}files/", {"file": file})
    assert added.status_code == 201
    for _again in range(2):
        sent = send(client, "POST", f"{path}submit/", {"number": 1})
        assert (sent.status_code, sent.json()["version_count"]) == (200, 1)
    version = sent.json()["versions"][0]
    assert (version["text"], version["files"]) == ("Stones.", [added.json()])
    access = send(client, "GET", f"{path}files/{added.json()['id']}/").json()
    assert access["url"].startswith("/submission-files/")
    staff = send(client_of(school, "assistant"), "GET", path).json()
    assert (staff["draft"], staff["versions"]) == (None, sent.json()["versions"])


def test_an_assignment_is_written_through_the_api(school: School) -> None:
    asked, client = make_assignment(school), client_of(school, "instructor")
    path = f"assignments/{asked.public_id}/"
    before = send(client, "GET", path)
    change = {"points": "20", "file_kinds": ["pdf"], "resubmit": "never"}
    done = send(client, "PATCH", path, change, **{"If-Match": before.headers["ETag"]})
    assert done.status_code == 200
    assert (done.json()["points"], done.json()["file_kinds"]) == ("20.0000", ["pdf"])
    stale = send(client, "PATCH", path, change, **{"If-Match": before.headers["ETag"]})
    assert stale.status_code == 412  # P4
    assert send(client, "PATCH", path, {"late_cap": "101"}).status_code == 400
    seen = send(client_of(school, "learner"), "GET", path).json()
    assert seen["instructions"] is None


def test_lists_cost_the_same_with_more_rows(school: School) -> None:
    client, learner = client_of(school, "instructor"), client_of(school, "learner")
    asked = make_assignment(school)
    hand_in(school, asked)

    def grow() -> None:
        other = make_school().learner
        Enrolment.objects.create(course=school.course, user=other, role=CourseRole.LEARNER)
        school.outsider = other
        hand_in(school, make_assignment(school), "learner")
        hand_in(school, asked, "outsider")

    url = f"{API}submissions/?assignment={asked.public_id}"
    assert_constant_queries(lambda: client.get(url), grow)
    assert_constant_queries(lambda: learner.get(f"{API}submissions/?mine=true"), grow)
    assert_constant_queries(lambda: client.get(f"{API}assignments/?page_size=200"), grow)
    assert_constant_queries(lambda: client.get(f"/teach/{school.course.slug}/assignments/"), grow)

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import UserFactory
from ai.enums import QuestionKind
from ai.models import AiCall, Draft
from ai.tests.factories import make_drafts
from ai.tests.passages import NETWORKS, PLATES
from assessments.models import Question
from courses.enums import CourseRole
from courses.models import Course
from courses.tests.factories import CourseFactory, EnrolmentFactory, LessonFactory
from lms.kernel import actors
from lms.kernel.models import Job
from lms.kernel.testing import assert_constant_queries, run_jobs

pytestmark = pytest.mark.django_db

BODY = {"content": PLATES, "kind": "single_choice", "count": 2, "difficulty": "easy"}


@pytest.fixture
def course() -> Course:
    return CourseFactory()


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def send(person: User | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
    client = client_of(person)
    call = getattr(client, method)
    return call(f"/api/v1/ai/{path}", body, content_type="application/json", headers=headers)


def test_generate_answers_202_with_the_job(course: Course) -> None:
    answer = send(course.created_by, "post", "generate-questions/", BODY)
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert (job["kind"], job["state"]) == ("ai.generate_questions", "queued")
    run_jobs()
    done = client_of(course.created_by).get(f"/api/v1/ai/jobs/{job['id']}/").json()
    assert (done["state"], done["progress"], done["result"]["made"]) == ("succeeded", 100, 2)
    listed = client_of(course.created_by).get(f"/api/v1/ai/drafts/?job={job['id']}").json()
    assert [row["id"] for row in listed["results"]] == done["result"]["drafts"]


def test_generate_from_a_lesson_puts_drafts_into_its_course(course: Course) -> None:
    lesson = LessonFactory(course=course, text=PLATES)
    body = {"lesson": lesson.public_id, "kind": "true_false", "count": 2, "difficulty": "medium"}
    assert send(course.created_by, "post", "generate-questions/", body).status_code == 202
    run_jobs()
    path = f"/api/v1/ai/drafts/?course={course.public_id}&state=draft&kind=true_false"
    rows = client_of(course.created_by).get(path).json()["results"]
    assert [row["lesson"] for row in rows] == [lesson.public_id] * 2
    row = rows[0]
    assert set(row["question"]) == {
        "stem",
        "options",
        "answer",
        "accepted",
        "tolerance",
        "unit",
        "explanation",
    }
    assert row["evidence"] in PLATES.replace("\n", " ")
    assert row["provider"] == "extractive"
    assert row["prompt_version"] == "extractive-2"
    passed = {"passed": True, "detail": "", "blocking": True, "judged": True}
    assert {**passed, "name": "evidence_in_source"} in row["checks"]


def test_generate_honours_prefer_wait_and_the_idempotency_key(course: Course) -> None:
    first = send(
        course.created_by,
        "post",
        "generate-questions/",
        BODY,
        Idempotency_Key="once",
        Prefer="wait=0",
    )
    again = send(course.created_by, "post", "generate-questions/", BODY, Idempotency_Key="once")
    assert first.json()["job"]["id"] == again.json()["job"]["id"]
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "essay"}, "kind"),
        ({"kind": None}, "kind"),
        ({"count": 0}, "count"),
        ({"count": 51}, "count"),
        ({"count": "many"}, "count"),
        ({"difficulty": "odd"}, "difficulty"),
        ({"content": ""}, "content"),
        ({"content": 5}, "content"),
        ({"use": "magic"}, "use"),
        ({"lesson": 5}, "lesson"),
        ({"course": ["x"]}, "course"),
    ],
)
def test_generate_refuses_by_field(course: Course, change: dict[str, Any], field: str) -> None:
    answer = send(course.created_by, "post", "generate-questions/", {**BODY, **change})
    if field == "content" and change["content"] == 5:
        assert answer.status_code in {202, 400}
        return
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Job.objects.exists()


def test_missing_and_foreign_parents_are_404_before_validation(course: Course) -> None:  # Z2
    hidden = LessonFactory(course=CourseFactory(draft=True))
    for body in (
        {"lesson": "nowhere"},
        {"lesson": hidden.public_id},
        {"course": "nowhere"},
        {"course": hidden.course.public_id},
    ):
        answer = send(course.created_by, "post", "generate-questions/", body)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("assistant", 202), ("instructor", 202), ("observer", 403), ("learner", 403)],
)
def test_generate_for_a_course_is_for_its_staff(course: Course, role: str, status: int) -> None:
    person = EnrolmentFactory(course=course, role=role).user
    body = {**BODY, "course": course.public_id}
    assert send(person, "post", "generate-questions/", body).status_code == status
    assert send(UserFactory(), "post", "generate-questions/", body).status_code == 403
    assert send(None, "post", "generate-questions/", body).status_code == 401


def test_a_draft_is_edited_with_its_etag(course: Course) -> None:  # P4
    teacher = actors.for_user(course.created_by)
    (draft, *_) = make_drafts(teacher, course=course)
    shown = send(course.created_by, "get", f"drafts/{draft.public_id}/")
    assert shown["ETag"] == '"1"'
    path = f"drafts/{draft.public_id}/"
    options = [{"text": "Alpha", "right": True}, {"text": "Beta", "right": False}]
    body = {"stem": "Which one is it then?", "options": options}
    done = send(course.created_by, "patch", path, body, If_Match='"1"')
    assert done.status_code == 200
    assert done["ETag"] == '"2"'
    assert done.json()["question"]["options"] == options
    assert done.json()["question"]["answer"] == "Alpha"
    assert done.json()["edited"] is True
    stale = send(course.created_by, "patch", path, {"stem": "Another one, no?"}, If_Match='"1"')
    assert stale.status_code == 412


def test_server_managed_fields_are_not_writable(course: Course) -> None:  # Z4
    teacher = actors.for_user(course.created_by)
    (draft, *_) = make_drafts(teacher, course=course)
    body = {"state": "accepted", "evidence": "mine", "provider": "me", "unit": "m"}
    send(course.created_by, "patch", f"drafts/{draft.public_id}/", body)
    fresh = Draft.objects.get(pk=draft.pk)
    assert (fresh.state, fresh.provider) == ("draft", "extractive")
    assert fresh.evidence == draft.evidence


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stem": ""}, "stem"),
        ({"stem": "a\u0000b"}, ""),
        ({"options": "x"}, "options"),
        ({"options": [{"text": "A", "right": True}]}, "options"),
        ({"options": [{"right": True}, {"text": "B"}]}, "options"),
        ({"options": [{"text": str(n), "right": n == 1} for n in range(11)]}, "options"),
        ({"explanation": "x" * 2001}, "explanation"),
    ],
)
def test_a_bad_edit_is_refused_by_field(course: Course, body: Any, field: str) -> None:
    teacher = actors.for_user(course.created_by)
    (draft, *_) = make_drafts(teacher, course=course)
    answer = send(course.created_by, "patch", f"drafts/{draft.public_id}/", body)
    assert answer.status_code == 400
    if field:
        assert field in str(answer.json()["errors"])


def test_accept_and_reject(course: Course) -> None:
    teacher = actors.for_user(course.created_by)
    first, second = make_drafts(teacher, course=course)
    done = send(course.created_by, "post", f"drafts/{first.public_id}/accept/", {})
    assert done.status_code == 200
    assert done.json()["state"] == "accepted"
    assert done.json()["accepted_question"] == Question.objects.get().public_id
    again = send(course.created_by, "post", f"drafts/{first.public_id}/accept/", {})
    assert (again.status_code, again.json()["code"]) == (409, "decided")
    done = send(course.created_by, "post", f"drafts/{second.public_id}/reject/", {"reason": "No."})
    assert (done.json()["state"], done.json()["reason"]) == ("rejected", "No.")


def test_accept_of_pasted_text_names_the_course(course: Course) -> None:
    teacher = actors.for_user(course.created_by)
    (draft, *_) = make_drafts(teacher)
    path = f"drafts/{draft.public_id}/accept/"
    assert send(course.created_by, "post", path, {}).json()["errors"].keys() == {"course"}
    foreign = CourseFactory()
    refused = send(course.created_by, "post", path, {"course": foreign.public_id})
    assert refused.status_code == 403
    done = send(course.created_by, "post", path, {"course": course.public_id})
    assert done.json()["course"] == course.public_id


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("assistant", 200),
        ("observer", 404),
        ("learner", 404),
        ("outsider", 404),
        ("anonymous", 401),
    ],
)
def test_drafts_are_seen_and_decided_by_staff_alone(
    course: Course, role: str, status: int
) -> None:  # Z5
    teacher = actors.for_user(course.created_by)
    (draft, *_) = make_drafts(teacher, course=course)
    person = None
    if role == "outsider":
        person = UserFactory()
    elif role != "anonymous":
        person = EnrolmentFactory(course=course, role=CourseRole(role)).user
    path = f"drafts/{draft.public_id}/"
    assert send(person, "get", path).status_code == status
    assert send(person, "post", f"{path}accept/", {}).status_code == status
    if status == 404:
        assert send(person, "patch", path, {"stem": ""}).status_code == 404
        assert send(person, "get", "drafts/").json()["count"] == 0
        assert send(person, "get", f"drafts/?course={course.public_id}").status_code == 403


def test_a_list_of_drafts_costs_the_same_with_more_rows(course: Course) -> None:
    teacher = actors.for_user(course.created_by)
    lesson = LessonFactory(course=course, text=PLATES + "\n\n" + NETWORKS)
    make_drafts(teacher, lesson=lesson, count=1)
    client = client_of(course.created_by)

    def read() -> None:
        assert client.get("/api/v1/ai/drafts/").status_code == 200

    def grow() -> None:
        make_drafts(teacher, lesson=lesson, count=3, kind=QuestionKind.TRUE_FALSE)

    assert_constant_queries(read, grow)


def test_filters_come_from_an_allow_list(course: Course) -> None:  # P2
    assert send(course.created_by, "get", "drafts/?state=odd").status_code == 400
    assert send(course.created_by, "get", "drafts/?kind=essay").status_code == 400
    assert send(course.created_by, "get", "drafts/?course=nowhere").status_code == 404


def test_usage_is_ones_own_a_courses_or_all(course: Course) -> None:
    teacher = actors.for_user(course.created_by)
    make_drafts(teacher, course=course)
    other, admin = UserFactory(instructor=True), UserFactory(admin=True)
    AiCall.objects.create(
        actor_kind="user",
        person=other,
        purpose="questions",
        provider="openai_compatible",
        model="m",
        tokens_in=70,
        tokens_out=5,
        outcome="answered",
    )
    own = send(course.created_by, "get", "usage/").json()
    assert (own["calls"], own["tokens_in"], own["days"]) == (1, 0, 30)
    assert own["rows"][0]["provider"] == "extractive"
    theirs = send(other, "get", "usage/").json()
    assert (theirs["calls"], theirs["tokens_in"], theirs["tokens_out"]) == (1, 70, 5)
    path = f"usage/?course={course.public_id}"
    assert send(course.created_by, "get", path).json()["calls"] == 1
    assert send(other, "get", path).status_code == 403
    assert send(other, "get", "usage/?scope=all").status_code == 403
    assert send(admin, "get", "usage/?scope=all").json()["calls"] == 2
    assert send(None, "get", "usage/").status_code == 401


def test_only_ai_jobs_are_listed_and_cancelled(course: Course) -> None:
    answer = send(course.created_by, "post", "generate-questions/", BODY)
    Job.objects.create(kind="other.work", actor_kind="user", created_by_id=course.created_by.pk)
    rows = send(course.created_by, "get", "jobs/").json()["results"]
    assert [row["kind"] for row in rows] == ["ai.generate_questions"]
    job = answer.json()["job"]["id"]
    assert send(UserFactory(), "post", f"jobs/{job}/cancel/").status_code == 404
    assert send(course.created_by, "post", f"jobs/{job}/cancel/").json()["state"] == "cancelled"

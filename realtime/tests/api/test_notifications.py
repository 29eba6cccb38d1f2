"""Notifications, announcements, switches and tickets through the API."""

from typing import Any

import pytest
from django.test import Client

from lms.kernel.actors import system
from lms.kernel.testing import assert_constant_queries
from realtime.enums import NotificationKind
from realtime.models import Announcement, Notification, NotificationPreference, WsTicket
from realtime.services.announcements import announce
from realtime.services.notify import notify
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/notifications/"
PREFERENCES = "/api/v1/me/notification-preferences/"


def tell(cast: Cast, who: str, key: str = "k") -> Notification:
    notify(
        actor=system("test"),
        kind=NotificationKind.ENROLLED,
        recipients=[cast.people[who].pk],
        course=cast.course,
        key=key,
        args={"course": cast.course.title},
        url=f"/c/{cast.course.slug}/",
    )
    return Notification.objects.get(user=cast.people[who], key=key)


def put(client: Client, url: str, data: Any) -> Any:
    return client.put(url, data, content_type="application/json")


def test_notifications_are_listed_counted_and_read(cast: Cast) -> None:
    row, _second = tell(cast, "learner"), tell(cast, "learner", "k2")
    client = api(cast, "learner")
    shown = client.get(f"{ROOT}{row.public_id}/").json()
    assert shown == {
        "id": row.public_id,
        "kind": "enrolled",
        "course": cast.course.public_id,
        "title": f"You are enrolled in {cast.course.title}",
        "detail": "The course is on your list. You can begin at once.",
        "url": f"/c/{cast.course.slug}/",
        "read_at": None,
        "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert client.get(f"{ROOT}unread-count/").json() == {"count": 2}
    assert client.post(f"{ROOT}{row.public_id}/read/").json()["read_at"] is not None
    assert client.get(ROOT, {"unread": "true"}).json()["count"] == 1
    assert client.get(ROOT).json()["count"] == 2
    assert client.get(ROOT, {"unread": "maybe"}).status_code == 400
    assert client.post(f"{ROOT}read-all/").json() == {"read": 1}
    assert client.get(f"{ROOT}unread-count/").json() == {"count": 0}


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("learner2", 404), ("admin", 404), ("learner", 200)]
)
def test_notification_is_its_owners_alone(cast: Cast, who: str, status: int) -> None:  # Z2
    row = tell(cast, "learner")
    client = api(cast, who)
    assert client.get(f"{ROOT}{row.public_id}/").status_code == status
    assert client.post(f"{ROOT}{row.public_id}/read/").status_code == status


def test_preferences_are_shown_and_set(cast: Cast) -> None:
    client = api(cast, "learner")
    found = client.get(PREFERENCES).json()
    assert found["count"] == len(NotificationKind) == len(found["results"])
    assert found["results"][0] == {
        "in_app": True,
        "mail": True,
        "push": True,
        "frequency": "at_once",
        "kind": "invited",
        "name": "Invitations to courses",
    }
    changed = put(client, f"{PREFERENCES}enrolled/", {"in_app": True, "mail": False})
    assert (changed.status_code, changed.json()["mail"]) == (200, False)
    row = NotificationPreference.objects.get()
    assert (row.user, row.kind, row.in_app, row.mail) == (
        cast.people["learner"],
        "enrolled",
        True,
        False,
    )
    assert put(client, f"{PREFERENCES}nothing/", {"in_app": True, "mail": True}).status_code == 404
    assert put(client, f"{PREFERENCES}enrolled/", {"mail": "x"}).status_code == 400
    anonymous = api(cast, "anonymous")
    assert anonymous.get(PREFERENCES).status_code == 401
    assert put(anonymous, f"{PREFERENCES}enrolled/", {}).status_code == 401


ANNOUNCE = {
    "anonymous": 401,
    "outsider": 403,
    "learner": 403,
    "observer": 403,
    "assistant": 403,
    "other_instructor": 403,
    "instructor": 201,
    "admin": 201,
}


@pytest.mark.parametrize(("who", "status"), ANNOUNCE.items())
def test_announcement_is_written_by_instructors(cast: Cast, who: str, status: int) -> None:
    data = {"course": cast.course.public_id, "title": "Exam", "body": "On **Monday**"}
    answer = api(cast, who).post("/api/v1/announcements/", data, content_type="application/json")
    assert answer.status_code == status
    assert Announcement.objects.count() == (status == 201)
    if status == 201:
        assert answer.json()["html"] == "<p>On <strong>Monday</strong></p>\n"
        assert answer.json()["author"] == cast.people[who].name


def test_announcements_are_read_by_members_and_deleted_by_instructors(cast: Cast) -> None:
    row = announce(actor=cast.actor("instructor"), course=cast.course, title="x", body="y")
    url = f"/api/v1/announcements/{row.public_id}/"
    for who, status in {"observer": 200, "learner": 200, "outsider": 404, "anonymous": 401}.items():
        assert api(cast, who).get(url).status_code == status, who
    course = {"course": cast.course.public_id}
    assert api(cast, "learner").get("/api/v1/announcements/", course).json()["count"] == 1
    assert api(cast, "outsider").get("/api/v1/announcements/", course).status_code == 403
    assert api(cast, "outsider").get("/api/v1/announcements/").json()["count"] == 0
    assert api(cast, "learner").delete(url).status_code == 403
    assert api(cast, "instructor").delete(url).status_code == 204
    assert api(cast, "instructor").get(url).status_code == 404
    bad = api(cast, "instructor").post(
        "/api/v1/announcements/", {**course, "title": "", "body": "y"}, "application/json"
    )
    assert list(bad.json()["errors"]) == ["title"]
    lost = api(cast, "instructor").post("/api/v1/announcements/", {}, "application/json")
    assert list(lost.json()["errors"]) == ["course"]


def test_ticket_is_given_for_a_socket(cast: Cast) -> None:
    client = api(cast, "learner")
    answer = client.post(
        "/api/v1/ws-tickets/", {"course": cast.course.public_id}, "application/json"
    )
    assert answer.status_code == 201
    assert set(answer.json()) == {"ticket", "expires_at"}
    assert WsTicket.objects.get().course == cast.course
    assert client.post("/api/v1/ws-tickets/", {}, "application/json").status_code == 201
    for who, status in {"anonymous": 401, "outsider": 403, "observer": 403}.items():
        data = {"course": cast.course.public_id}
        given = api(cast, who).post("/api/v1/ws-tickets/", data, "application/json")
        assert given.status_code == status, who
    missing = client.post("/api/v1/ws-tickets/", {"course": "nothing"}, "application/json")
    assert missing.status_code == 404


def test_lists_take_the_same_queries_for_any_number_of_rows(cast: Cast) -> None:
    tell(cast, "learner")
    client, numbers = api(cast, "learner"), iter(range(100))

    def more() -> None:
        tell(cast, "learner", f"more{next(numbers)}")
        announce(actor=cast.actor("instructor"), course=cast.course, title="x", body="y")

    more()
    assert_constant_queries(lambda: client.get(ROOT), more)
    assert_constant_queries(lambda: client.get("/api/v1/announcements/"), more)

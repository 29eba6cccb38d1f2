"""Switches, times and muted courses through the API and by form."""

from typing import Any

import pytest

from lms.kernel.testing import assert_constant_queries
from realtime.enums import NotificationKind
from realtime.models import MutedCourse, NotificationPreference, NotificationTimes
from realtime.tests.api.test_chat import api
from realtime.tests.api.test_notifications import PREFERENCES, put
from realtime.tests.factories import Cast, course_of, enrol

pytestmark = pytest.mark.django_db
TIMES = "/api/v1/me/notification-times/"
MUTED = "/api/v1/me/muted-courses/"
SETTINGS = "/me/notifications/settings/"
GIVEN = {
    "digest_hour": 6,
    "digest_day": 4,
    "review_hour": 18,
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "quiet_days": [0, 4],
}


def test_frequency_and_push_are_set_and_stay_when_left_out(cast: Cast) -> None:
    client = api(cast, "learner")
    url = f"{PREFERENCES}enrolled/"
    full = {"in_app": True, "mail": True, "push": False, "frequency": "weekly"}
    found = put(client, url, full).json()
    assert {name: found[name] for name in full} == full
    found = put(client, url, {"in_app": False, "mail": False}).json()
    assert {name: found[name] for name in full} == full | {"in_app": False, "mail": False}
    assert put(client, url, full | {"frequency": "hourly"}).status_code == 400
    assert put(client, url, full | {"push": None}).status_code == 400
    assert NotificationPreference.objects.get().frequency == "weekly"


def test_times_are_shown_and_set(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    learner = cast.people["learner"]
    learner.time_zone = "Europe/Berlin"
    learner.save()
    client = api(cast, "learner")
    usual = client.get(TIMES).json()
    assert usual == {
        "digest_hour": 7,
        "digest_day": 0,
        "review_hour": None,
        "quiet_from": None,
        "quiet_until": None,
        "quiet_days": [0, 1, 2, 3, 4, 5, 6],
        "zone": "Europe/Berlin",
        "next_daily": "2026-03-03T06:00:00Z",
        "next_weekly": "2026-03-09T06:00:00Z",
    }
    saved = put(client, TIMES, GIVEN).json()
    assert saved == usual | GIVEN | {
        "quiet_from": "22:00:00",
        "quiet_until": "07:00:00",
        # At six it is quiet still.
        "next_daily": "2026-03-03T06:00:00Z",
        "next_weekly": "2026-03-06T05:00:00Z",
    }
    assert client.get(TIMES).json() == saved
    row = NotificationTimes.objects.get()
    assert (row.user, row.quiet_days) == (learner, 0b10001)
    assert row.review_next is not None
    assert row.review_next.isoformat() == "2026-03-02T17:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"digest_hour": 24}, "digest_hour"),
        ({"digest_day": 7}, "digest_day"),
        ({"digest_day": -1}, "digest_day"),
        ({"review_hour": 99}, "review_hour"),
        ({"quiet_from": None}, "quiet_from"),
        ({"quiet_until": None}, "quiet_until"),
        ({"quiet_until": "22:00:59"}, "quiet_until"),
        ({"quiet_days": []}, "quiet_days"),
        ({"quiet_days": [7]}, "quiet_days"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"digest_hour": 10**30}, "digest_hour"),
    ],
)
def test_times_that_cannot_be_are_refused_by_their_field(
    cast: Cast, change: dict[str, Any], field: str
) -> None:
    answer = put(api(cast, "learner"), TIMES, GIVEN | change)
    assert answer.status_code == 400
    assert [name.partition("[")[0].partition(".")[0] for name in answer.json()["errors"]] == [field]
    assert not NotificationTimes.objects.exists()


def test_a_time_with_a_zone_is_the_time_on_the_wall(cast: Cast) -> None:
    given = GIVEN | {"quiet_from": "22:00:30.5+05:00", "quiet_days": [4, 4, 0]}
    answer = put(api(cast, "learner"), TIMES, given)
    assert (answer.status_code, answer.json()["quiet_from"]) == (200, "22:00:00")
    assert answer.json()["quiet_days"] == [0, 4]


def test_courses_are_muted_and_heard_of_again(cast: Cast) -> None:
    client = api(cast, "learner")
    url = f"{MUTED}{cast.course.public_id}/"
    for _ in range(2):
        assert client.put(url).status_code == 204
    found = client.get(MUTED).json()
    assert found["count"] == 1
    assert found["results"][0]["course"] == cast.course.public_id
    assert found["results"][0]["title"] == cast.course.title
    assert api(cast, "learner2").get(MUTED).json()["count"] == 0
    assert api(cast, "learner2").delete(url).status_code == 404
    assert client.delete(url).status_code == 204
    assert client.delete(url).status_code == 404
    assert not MutedCourse.objects.exists()
    assert client.put(f"{MUTED}nothing/").status_code == 404


def test_a_course_that_was_left_can_be_heard_of_again(cast: Cast) -> None:
    client = api(cast, "learner")
    url = f"{MUTED}{cast.course.public_id}/"
    client.put(url)
    cast.course.enrolments.filter(user=cast.people["learner"]).update(state="left")
    assert cast.course.title in client.get(SETTINGS).content.decode()
    assert client.delete(url).status_code == 204


def test_muted_courses_take_the_same_queries_for_any_number(cast: Cast) -> None:
    client = api(cast, "learner")

    def more() -> None:
        other = course_of(cast.people["other_instructor"])
        enrol(cast.people["learner"], other)
        client.put(f"{MUTED}{other.public_id}/")

    more()
    assert_constant_queries(lambda: client.get(MUTED), more)
    assert_constant_queries(lambda: client.get(SETTINGS), more)


def test_settings_page_shows_and_saves_the_table(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    client = api(cast, "learner")
    page = client.get(SETTINGS).content.decode()
    assert "No digest is planned" in page
    assert page.count('-mail" aria-label=') == len(NotificationKind) - 1
    assert "AI budgets" not in page  # told to those who teach
    assert "AI budgets" in api(cast, "instructor").get(SETTINGS).content.decode()
    on = {f"{kind}-in_app": "on" for kind in NotificationKind}
    modes = {f"{kind}-mail": "at_once" for kind in NotificationKind}
    client.post("/me/notifications/switches/", on | modes | {"announcement-mail": "daily"})
    page = client.get(SETTINGS).content.decode()
    assert "Your next daily digest comes on 3 Mar 2026, 07:00." in page
    assert "weekly digest comes" not in page
    client.post("/me/notifications/switches/", on | modes | {"announcement-mail": "nonsense"})
    row = NotificationPreference.objects.get(kind="announcement")
    assert (row.mail, row.push, row.frequency) == (True, True, "daily")
    client.post("/me/notifications/switches/", on | modes | {"has_push": "1"})
    assert not NotificationPreference.objects.filter(push=True).exists()


def test_settings_page_saves_times_and_says_what_is_wrong(cast: Cast) -> None:
    client = api(cast, "learner")
    digests = {"digest_hour": "9", "digest_day": "6", "review_hour": ""}
    assert client.post("/me/notifications/digests/", digests).status_code == 302
    quiet = {"quiet_from": "22:00", "quiet_until": "06:30", "quiet_days": ["0", "6"]}
    assert client.post("/me/notifications/quiet/", quiet).status_code == 302
    row = NotificationTimes.objects.get()
    assert (row.digest_hour, row.digest_day, row.review_hour) == (9, 6, None)
    assert (str(row.quiet_from), str(row.quiet_until), row.quiet_days) == (
        "22:00:00",
        "06:30:00",
        0b1000001,
    )
    wrong = client.post("/me/notifications/quiet/", {"quiet_from": "22:00"})
    assert wrong.status_code == 422
    assert "Quiet hours need a beginning and an end." in wrong.content.decode()
    wrong = client.post("/me/notifications/quiet/", {"quiet_from": "x"})
    assert wrong.status_code == 422
    assert client.post("/me/notifications/digests/", {"digest_hour": "24"}).status_code == 422
    row.refresh_from_db()
    assert (row.digest_hour, str(row.quiet_from)) == (9, "22:00:00")
    assert client.post("/me/notifications/quiet/", {}).status_code == 302
    row.refresh_from_db()
    assert row.quiet_from is None


def test_settings_page_mutes_by_form(cast: Cast) -> None:
    client = api(cast, "learner")
    url = f"/me/notifications/mute/{cast.course.public_id}/"
    assert client.post(url, {"act": "mute"}).status_code == 302
    assert MutedCourse.objects.get().course == cast.course
    assert f"Hear of {cast.course.title} again" in client.get(SETTINGS).content.decode()
    assert client.post(url, {"act": "unmute"}).status_code == 302
    assert not MutedCourse.objects.exists()
    assert client.post(url, {"act": "unmute"}).status_code == 404
    assert api(cast, "anonymous").get(SETTINGS).status_code == 302

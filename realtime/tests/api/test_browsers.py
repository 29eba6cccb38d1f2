"""Browsers through the API and by form, and the worker that they load."""

from typing import Any

import pytest

from accounts.queries.personal_data import holdings_of
from lms.kernel.testing import assert_constant_queries
from realtime.models import PushSubscription
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast
from realtime.tests.push_service import Receiver

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/me/push-subscriptions/"
SETTINGS = "/me/notifications/settings/"
FCM = "https://fcm.googleapis.com/fcm/send/"


def given(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "endpoint": f"{FCM}address-{number}",
        "keys": Receiver().keys,
        "name": "Firefox, Linux",
        **changes,
    }


def add(client: Any, **changes: Any) -> Any:
    return client.post(ROOT, given(**changes), content_type="application/json")


def test_browsers_are_added_listed_and_removed(cast: Cast) -> None:
    client = api(cast, "learner")
    made = add(client)
    assert made.status_code == 201
    found = client.get(ROOT).json()
    assert found["results"] == [made.json()]
    assert made.json() | {"id": "", "created_at": ""} == {
        "id": "",
        "name": "Firefox, Linux",
        "endpoint_tail": "ddress-1",
        "created_at": "",
        "used_at": None,
    }
    assert api(cast, "learner2").get(ROOT).json()["count"] == 0
    page = client.get(SETTINGS).content.decode()
    assert "Switch off: Firefox, Linux" in page
    assert FCM not in page
    url = f"{ROOT}{made.json()['id']}/"
    assert api(cast, "learner2").delete(url).status_code == 404
    assert client.delete(url).status_code == 204
    assert client.delete(url).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "https://169.254.169.254/latest"}, "endpoint"),
        ({"endpoint": FCM + "a" * 2000}, "endpoint"),
        ({"endpoint": ""}, "endpoint"),
        ({"keys": {"p256dh": "x", "auth": "y"}}, "keys"),
        ({"keys": {"p256dh": "x" * 101, "auth": "y"}}, "keys"),
        ({"keys": None}, "keys"),
        ({"keys": {}}, "keys"),
        ({"name": "x" * 61}, "name"),
    ],
)
def test_what_is_no_browser_is_refused(cast: Cast, change: dict[str, Any], field: str) -> None:
    answer = add(api(cast, "learner"), **change)
    assert answer.status_code == 400
    assert {name.split(".")[0] for name in answer.json()["errors"]} == {field}
    assert not PushSubscription.objects.exists()


def test_the_key_is_public_and_empty_without_one(cast: Cast, settings: Any) -> None:
    client = api(cast, "learner")
    assert len(client.get("/api/v1/me/push-key/").json()["key"]) == 87
    settings.PUSH_KEY = ""
    assert client.get("/api/v1/me/push-key/").json() == {"key": ""}
    assert add(client).status_code == 409
    page = client.get(SETTINGS).content.decode()
    assert "Push is not set up on this site." in page
    assert "As push" not in page


def test_a_browser_is_switched_off_by_form(cast: Cast) -> None:
    client = api(cast, "learner")
    url = f"/me/notifications/browsers/{add(client).json()['id']}/"
    assert api(cast, "learner2").post(url).status_code == 404
    assert client.post(url)["Location"] == SETTINGS
    assert not PushSubscription.objects.exists()


def test_browsers_take_the_same_queries_for_any_number(cast: Cast) -> None:
    client, numbers = api(cast, "learner"), iter(range(2, 9))

    def more() -> None:
        assert add(client, endpoint=f"{FCM}{next(numbers)}").status_code == 201

    more()
    assert_constant_queries(lambda: client.get(ROOT), more)
    assert_constant_queries(lambda: client.get(SETTINGS), more)


def test_a_copy_of_ones_data_holds_no_secret_of_a_browser(cast: Cast) -> None:
    add(api(cast, "learner"))
    held = {one.label: list(one.values()) for one in holdings_of(cast.people["learner"].pk)}
    (row,) = held["realtime.pushsubscription"]
    assert row["name"] == "Firefox, Linux"
    assert {"endpoint", "p256dh", "auth"} & set(row) == set()


def test_the_worker_is_a_script_that_browsers_ask_for_anew(cast: Cast) -> None:
    answer = api(cast, "anonymous").get("/push/worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    words = answer.content.decode()
    assert words.startswith('importScripts("/static/js/push-worker')
    assert "script-src" in answer["Content-Security-Policy"]

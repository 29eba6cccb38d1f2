"""Signing out on a computer that others use: its browser is told of nothing more."""

from typing import Any

import pytest
from django.test import Client

from realtime.models import PushSubscription
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast
from realtime.tests.push_service import Receiver

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/me/push-subscriptions/"


def switch_on(client: Client, name: str) -> str:
    endpoint = f"https://fcm.googleapis.com/fcm/send/{name}"
    given: dict[str, Any] = {"endpoint": endpoint, "keys": Receiver().keys}
    assert client.post(ADDRESS, given, content_type="application/json").status_code == 201
    return endpoint


def left() -> set[str]:
    return {row.endpoint.rpartition("/")[2] for row in PushSubscription.objects.all()}


def test_signing_out_ends_push_in_this_browser_alone(cast: Cast) -> None:
    here, phone, other = api(cast, "learner"), api(cast, "learner"), api(cast, "learner2")
    for client, name in ((here, "here"), (phone, "phone"), (other, "other")):
        switch_on(client, name)
    assert here.post("/accounts/logout/").status_code == 302
    assert left() == {"phone", "other"}


def test_the_form_names_a_browser_that_an_earlier_session_switched_on(cast: Cast) -> None:
    address = switch_on(api(cast, "learner"), "old")
    others = switch_on(api(cast, "learner2"), "other")
    for endpoint, kept in (
        (others, {"old", "other"}),
        ("\0", {"old", "other"}),
        (address, {"other"}),
    ):
        api(cast, "learner").post("/accounts/logout/", {"push_endpoint": endpoint})
        assert left() == kept
    Client().post("/accounts/logout/", {"push_endpoint": others})
    assert left() == {"other"}

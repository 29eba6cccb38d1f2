"""Switches by purpose through the API: the same choices as on the pages."""

from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from ai.enums import Purpose
from ai.services.asking import ask
from ai.services.consent import switch_site
from ai.services.routes import NoModel
from ai.tests.fake_model import FakeModel
from ai.tests.services.test_asking import prompt
from assessments.tests.factories import School, make_school
from lms.kernel.actors import for_user
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
SITE = "/api/v1/ai/switches/site/"


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def url(school: School, client: Client) -> str:
    client.force_login(school.instructor)
    return f"/api/v1/ai/switches/{school.course.public_id}/"


def patch(client: Client, url: str, **changes: Any) -> Any:
    return client.patch(url, changes, content_type="application/json")


def test_a_course_shows_what_it_chose_and_what_the_site_has_off(
    school: School, client: Client, url: str
) -> None:
    assert client.get(url).json() == {
        "course": school.course.public_id,
        "off": False,
        "style": "answers",
        "ask_consent": False,
        "off_purposes": [],
        "site": {"off": False, "ask_consent": True, "off_purposes": []},
    }


def test_what_is_left_out_stays(school: School, client: Client, url: str, model: FakeModel) -> None:
    patch(client, url, off_purposes=["marking", "questions"], style="hints")
    found = patch(client, url, ask_consent=True).json()
    assert found["off_purposes"] == ["questions", "marking"]
    assert (found["style"], found["ask_consent"], found["off"]) == ("hints", True, False)
    with pytest.raises(NoModel, match="in this course"):
        ask(
            actor=school.actor("instructor"),
            purpose=Purpose.MARKING,
            prompt=prompt(),
            course=school.course,
        )
    assert patch(client, url, off=True).json()["off"] is True
    assert patch(client, url).status_code == 200
    told = [(row["off_purposes"], row["asks"]) for row in events_of("ai.setting_changed")]
    assert told == [("questions,marking", True), ("questions,marking", True)]


def test_a_course_that_is_off_stays_off_while_the_site_is_off_too(
    school: School, client: Client, url: str
) -> None:
    assert patch(client, url, off=True).json()["off"] is True
    switch_site(actor=for_user(UserFactory(site_role="admin")), off=True)
    found = client.get(url).json()
    assert (found["off"], found["site"]["off"]) == (True, True)
    page = f"/teach/{school.course.slug}/ai/settings/"
    form = client.get(page).context["form"]
    assert form.initial["on"] is False
    chosen = {**form.initial, "style": "hints"}
    sent = {name: value for name, value in chosen.items() if value is not False}
    assert client.post(page, sent).status_code == 302
    switch_site(actor=for_user(UserFactory(site_role="admin")), off=False)
    assert client.get(url).json()["off"] is True


@pytest.mark.parametrize(
    ("field", "value"),
    [("off_purposes.0", ["probe"]), ("style", "loud"), ("off", "perhaps"), ("off_purposes", "x")],
)
def test_odd_choices_are_named(client: Client, url: str, field: str, value: Any) -> None:
    answer = patch(client, url, **{field.removesuffix(".0"): value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_the_site_is_chosen_by_admins(school: School, client: Client, url: str) -> None:
    client.force_login(UserFactory(site_role="admin"))
    assert client.get(SITE).json() == {"off": False, "ask_consent": True, "off_purposes": []}
    answer = patch(client, SITE, off_purposes=["tutor"], ask_consent=False)
    assert answer.json() == {"off": False, "ask_consent": False, "off_purposes": ["tutor"]}
    assert patch(client, SITE, off=True).json()["off"] is True
    client.force_login(school.instructor)
    site = {"off": True, "ask_consent": False, "off_purposes": ["tutor"]}
    assert client.get(url).json()["site"] == site
    assert patch(client, SITE, off=False).status_code == 403

import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.privacy import erase_person, export_person
from accounts.tests.factories import UserFactory
from ai.enums import Purpose
from ai.models import AiCall, AiConsent, AiSite, AiSwitch, Budget, CallText, Price
from ai.queries.spend import cost_words
from ai.services.asking import ask
from ai.services.consent import switch_person
from ai.tests.factories import agree
from ai.tests.fake_model import FakeModel
from ai.tests.services.test_asking import prompt
from courses.models import Course
from courses.tests.factories import CourseFactory, people_around
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory(title="Bridges")


@pytest.fixture
def learner(course: Course) -> Actor:
    return people_around(course)["learner"]


@pytest.fixture
def person(learner: Actor) -> User:
    return User.objects.get(pk=learner.user_id or 0)


@pytest.fixture
def browser(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def act(browser: Client, name: str, **more: str) -> str:
    page = browser.post("/me/ai/", {"act": name, **more}, follow=True)
    return page.content.decode()


def test_agreeing_needs_age_and_can_be_taken_back(browser: Client, person: User) -> None:  # V4
    assert "It is a machine." in browser.get("/me/ai/").content.decode()
    assert "AI stays off for people under 16" in act(browser, "agree")
    assert not AiConsent.objects.exists()
    assert "You agreed on" in act(browser, "agree", of_age="on")
    act(browser, "agree", of_age="on")
    assert AiConsent.objects.filter(person=person, withdrawn_at=None).count() == 1
    assert "Taken back." in act(browser, "withdraw")
    assert "Agree to talk to an AI" in browser.get("/me/ai/").content.decode()
    told = [row["given"] for row in events_of("ai.consent_changed")]
    assert told == [True, False]


@pytest.mark.parametrize(
    ("days", "words"), [(0, "is not kept here"), (1, "for 1 day,"), (30, "for 30 days,")]
)
def test_the_page_says_how_long_texts_are_kept(browser: Client, days: int, words: str) -> None:
    AiSite.objects.create(text_days=days)
    assert words in browser.get("/me/ai/").content.decode()


def test_the_switch_is_ones_own_but_not_an_admins(browser: Client, person: User) -> None:
    assert "AI is off for you." in act(browser, "off")
    assert AiSwitch.objects.get().person == person
    assert "AI is on for you." in act(browser, "on")
    admin = actors.for_user(UserFactory(site_role="admin"))
    switch_person(actor=admin, person=person, off=True)
    assert "An administrator turned AI off for you." in act(browser, "on")
    assert AiSwitch.objects.get().by_admin


def test_an_admin_turns_off_for_good_what_was_off_already(browser: Client, person: User) -> None:
    act(browser, "off")
    admin = actors.for_user(UserFactory(site_role="admin"))
    switch_person(actor=admin, person=person, off=True)
    assert "An administrator turned AI off for you." in act(browser, "on")
    assert len(events_of("ai.switched")) == 2


def test_what_ai_saw_is_listed_exported_deleted_and_erased(
    browser: Client, person: User, learner: Actor, course: Course, model: FakeModel
) -> None:
    agree(learner)
    for text in ("first zqtext", "second zqtext"):
        ask(actor=learner, purpose=Purpose.TUTOR, prompt=prompt(text), course=course)
    page = browser.get("/me/ai/").content.decode()
    assert page.count("zqtext") == 2
    assert "Bridges" in page
    archive = b"".join(export_person(actor=learner, person=person))
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        texts = "".join(files.read(name).decode(errors="replace") for name in files.namelist())
    assert texts.count("zqtext") == 2
    newest = CallText.objects.order_by("-id").first()
    assert newest is not None
    browser.post(f"/me/ai/seen/{newest.public_id}/delete/")
    assert browser.get("/me/ai/").content.decode().count("zqtext") == 1
    assert "All texts are deleted." in act(browser, "forget")
    assert not CallText.objects.exists()
    assert AiCall.objects.count() == 2
    ask(actor=learner, purpose=Purpose.TUTOR, prompt=prompt(), course=course)
    erase_person(actor=learner, person=person)
    assert not CallText.objects.exists()
    assert not AiConsent.objects.exists()
    assert set(AiCall.objects.values_list("person_id", flat=True)) == {None}


def test_the_list_costs_the_same_with_more_rows(browser: Client, person: User) -> None:
    counts = []
    for many in (1, 2):
        for _ in range(many):
            call = AiCall.objects.create(actor_kind="user", person=person, purpose="tutor")
            CallText.objects.create(call=call, person=person, sent="x")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/me/ai/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_spend_page_shows_costs_and_budgets_and_gives_a_table(client: Client) -> None:
    admin = UserFactory(site_role="admin")
    course = CourseFactory(title="=Bridges")
    client.force_login(admin)
    Budget.objects.create(scope="site", period="month", tokens=1_000, money=200)
    Price.objects.create(
        model="m", valid_from="2020-01-01", per_million_in=250, per_million_out=1_000
    )
    AiCall.objects.create(
        actor_kind="user",
        purpose="tutor",
        course=course,
        tokens_in=1_000_000,
        tokens_out=2_000,
        cost=1_000_000 * 250 + 2_000 * 1_000,
    )
    AiCall.objects.create(actor_kind="user", purpose="summary", saved_tokens=77)
    page = client.get("/ai/spend/").content.decode()
    assert "2.52 USD" in page
    assert "1002000" in page.replace(",", "").replace("\xa0", "")
    assert "77" in page
    assert "0 of 1" in page
    assert "2.52 USD" in client.get("/ai/spend/", {"days": "9" * 5_000}).content.decode()
    table = client.get("/ai/spend.csv").content.decode().splitlines()
    assert table[1] == "Tutor,'=Bridges,1,1002000,2.52,USD,0,0"
    assert table[2] == "Summaries,,1,0,0,USD,77,0"


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        ("123456", "USD", "1,234.56 USD"),
        ("42", "EUR", "0.4200 EUR"),
        ("0", "USD", "0.00 USD"),
        ("123456", "JPY", "123,456 JPY"),
        ("0.42", "JPY", "0.42 JPY"),
        ("123456", "KWD", "123.456 KWD"),
        ("123", "KWD", "0.12300 KWD"),
        ("500", "jpy", "500 jpy"),
    ],
)
def test_costs_have_the_decimals_of_their_currency(minor: str, currency: str, words: str) -> None:
    assert cost_words(Decimal(minor), currency) == words


def test_the_table_counts_in_units_of_the_currency(client: Client) -> None:
    client.force_login(UserFactory(site_role="admin"))
    AiSite.objects.create(currency="JPY")
    AiCall.objects.create(actor_kind="user", purpose="tutor", cost=1_250_000)
    assert "1 JPY" in client.get("/ai/spend/").content.decode()
    table = client.get("/ai/spend.csv").content.decode().splitlines()
    assert table[1] == "Tutor,,1,0,1.25,JPY,0,0"


def test_who_came_from_a_page_to_agree_goes_back_to_it_and_nowhere_else(browser: Client) -> None:
    assert 'name="next" value="/courses/"' in browser.get("/me/ai/?next=/courses/").content.decode()
    assert "evil" not in browser.get("/me/ai/?next=//evil.example/").content.decode()
    for wished, there in (("/courses/", "/courses/"), ("https://evil.example/", "/me/ai/")):
        body = {"act": "agree", "of_age": "on", "next": wished}
        assert browser.post("/me/ai/", body).headers["Location"] == there


def test_the_pane_leads_to_the_agreement_where_only_that_is_missing(
    browser: Client, person: User, course: Course, model: FakeModel
) -> None:
    address = f"/c/{course.slug}/tutor/"
    assert f"/me/ai/?next={address}" in browser.get(address).content.decode()
    agree(actors.for_user(person))
    assert "/me/ai/?next=" not in browser.get(address).content.decode()


def test_who_turned_ai_off_is_told_so_by_the_tutor(browser: Client, course: Course) -> None:
    act(browser, "off")
    page = browser.get(f"/c/{course.slug}/tutor/").content.decode()
    assert "AI is turned off for you." in page
    assert "data-tutor-form" not in page


def test_the_admins_form_of_a_provider_shows_where_the_key_goes_and_never_the_key() -> None:
    browser, admin = Client(), UserFactory(admin=True)
    browser.force_login(admin)
    page = browser.get("/admin/ai/provider/add/").content.decode()
    (field,) = re.findall(r'<input[^>]*name="key"[^>]*>', page)
    assert 'type="password"' in field
    assert "border" in field
    for name in ("profile", "price", "budget"):
        assert "Empty:" in browser.get(f"/admin/ai/{name}/add/").content.decode()

"""The admin's list names what somebody looks for, and shows no conversation to anybody."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from accounts.tests.factories import UserFactory
from ai.models import CachedAnswer, Conversation, Exchange
from courses.tests.factories import EnrolmentFactory

pytestmark = pytest.mark.django_db
TABLES = sorted(model._meta.model_name or "" for model in apps.get_app_config("ai").get_models())


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(UserFactory(admin=True))
    return client


def test_the_list_names_what_somebody_looks_for(browser: Client) -> None:
    page = browser.get("/admin/").content.decode()
    assert set(re.findall(r'href="/admin/ai/(\w+)/"', page)) == {
        "aicall",
        "aiconsent",
        "aisite",
        "aiswitch",
        "allowedaddress",
        "budget",
        "contentpiece",
        "draft",
        "faq",
        "price",
        "profile",
        "provider",
    }


@pytest.mark.parametrize("table", TABLES)
def test_every_table_keeps_its_address(browser: Client, table: str) -> None:
    assert admin.site.is_registered(apps.get_model("ai", table))
    assert browser.get(f"/admin/ai/{table}/").status_code == 200


def test_no_administrator_reads_a_conversation(browser: Client) -> None:
    member = EnrolmentFactory()
    talk = Conversation.objects.create(course=member.course, learner=member.user)
    one = Exchange.objects.create(
        conversation=talk,
        course=member.course,
        question="SLATE-ASKED",
        answer="SLATE-ANSWERED",
        mode="full",
        provider="p",
    )
    kept = CachedAnswer.objects.create(digest="d", reply="SLATE-KEPT", tokens_in=1, tokens_out=1)
    for table, key in (("exchange", one.pk), ("conversation", talk.pk), ("cachedanswer", kept.pk)):
        listed = browser.get(f"/admin/ai/{table}/")
        assert "SLATE-" not in listed.content.decode()
        assert browser.get(f"/admin/ai/{table}/{key}/change/").status_code == 403

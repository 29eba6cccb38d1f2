"""The admin shows rooms and how they are kept in order, and nothing that two people wrote."""

import io
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from lms.kernel.testing import assert_constant_queries
from realtime.models import DirectMessage, MessageFile
from realtime.services.direct import report_direct, send_direct
from realtime.services.files import Named, add_file
from realtime.services.moderation import restrict_member
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, enrol, person

pytestmark = pytest.mark.django_db
PRIVATE = {"conversation", "conversationmember", "directmessage", "personblock"}
SHOWN = sorted(
    {row._meta.model_name or "" for row in apps.get_app_config("realtime").get_models()} - PRIVATE
)
SECRET = "zqsecretwords"


@pytest.fixture
def admin(cast: Cast) -> Client:
    return api(cast, "admin")


def listed(name: str) -> str:
    return reverse(f"admin:realtime_{name}_changelist")


@pytest.fixture
def written(cast: Cast, settings: Settings, tmp_path: Path) -> DirectMessage:
    """Words and a file that somebody sent to a teacher, who reports them."""
    settings.MEDIA_ROOT = tmp_path
    learner = cast.actor("learner")
    file = add_file(actor=learner, name=f"{SECRET}.txt", content=io.BytesIO(b"notes"))
    message = send_direct(
        actor=learner,
        person=cast.people["instructor"],
        client_id=uuid4(),
        body=SECRET,
        files=(Named(file.public_id),),
    ).message
    report_direct(actor=cast.actor("instructor"), message=message, reason=SECRET)
    return message


@pytest.mark.parametrize("name", SHOWN)
def test_tables_are_looked_at_and_not_changed(
    admin: Client, written: DirectMessage, name: str
) -> None:
    page = admin.get(listed(name))
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
    assert admin.get(reverse(f"admin:realtime_{name}_add")).status_code == 403


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_talk_between_two_people_is_not_there(
    admin: Client, written: DirectMessage, name: str
) -> None:
    assert admin.get(listed(name)).status_code == 403
    one = reverse(f"admin:realtime_{name}_change", args=[written.pk])
    assert admin.get(one).status_code in {302, 403}
    assert listed(name) not in admin.get(reverse("admin:index")).content.decode()


def test_a_report_and_a_file_between_two_people_tell_no_words(
    admin: Client, written: DirectMessage
) -> None:
    report = written.reports.get()
    page = admin.get(reverse("admin:realtime_directreport_change", args=[report.pk]))
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
    file = MessageFile.objects.get()
    kept = admin.get(reverse("admin:realtime_messagefile_change", args=[file.pk]))
    assert kept.status_code == 302  # as for a row that is not there


def test_the_list_of_bans_costs_no_more_with_more_of_them(admin: Client, cast: Cast) -> None:
    staff = cast.actor("instructor")

    def ban() -> None:
        user = person("More")
        enrol(user, cast.course)
        restrict_member(actor=staff, course=cast.course, person=user, kind="ban")

    ban()
    assert_constant_queries(lambda: admin.get(listed("roomrestriction")), ban)

"""The admin shows what analytics keeps and changes nothing."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import UserFactory
from analytics.models import FoldState, LearnerFeature
from analytics.tests.factories import make_figures
from assessments.tests.factories import make_school
from lms.kernel.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory(admin=True))
    return client


SHOWN = sorted(
    model._meta.model_name or ""
    for model in apps.get_app_config("analytics").get_models()
    if model.__name__ != "PatternPoint"
)


@pytest.mark.parametrize("name", SHOWN)
def test_admin_lists_every_table_read_only(client: Client, name: str) -> None:
    assert client.get(reverse(f"admin:analytics_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:analytics_{name}_add")).status_code == 403


def test_admin_changes_no_row(client: Client) -> None:
    school = make_school()
    row = make_figures(school.course, school.learner, seconds=5)
    own = reverse("admin:analytics_learnerfeature_change", args=[row.pk])
    assert client.get(own).status_code == 200
    assert client.post(own, {"seconds": 99}).status_code == 403
    gone = reverse("admin:analytics_learnerfeature_delete", args=[row.pk])
    assert client.post(gone, {"post": "yes"}).status_code == 403
    assert LearnerFeature.objects.get().seconds == 5


def test_admin_starts_a_rebuild(client: Client) -> None:
    state = FoldState.objects.create(name="activity")
    answer = client.post(
        reverse("admin:analytics_foldstate_changelist"),
        {"action": "fold_again", "_selected_action": [state.pk]},
    )
    assert answer.status_code == 302
    assert Job.objects.get().kind == "analytics.rebuild"


def test_admin_knows_every_table_that_is_shown() -> None:
    registered = {model.__name__ for model in admin.site._registry}
    assert {"DailyActivity", "FoldState", "HelpContact", "PatternRun"} <= registered

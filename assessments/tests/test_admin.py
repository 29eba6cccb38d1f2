import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from assessments.tests.factories import make_attempt, make_quiz, make_school

PAGES = [
    model._meta.model_name
    for model in admin.site._registry
    if model._meta.app_label == "assessments"
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_the_admin_shows_and_changes_nothing(name: str) -> None:
    school = make_school()
    make_attempt(school, make_quiz(school))
    client = Client()
    client.force_login(school.admin)
    url = reverse(f"admin:assessments_{name}_changelist")
    assert client.get(url).status_code == 200
    assert client.get(reverse(f"admin:assessments_{name}_add")).status_code == 403


def test_every_table_is_in_the_admin() -> None:
    tables = {model._meta.model_name for model in apps.get_app_config("assessments").get_models()}
    assert set(PAGES) == tables

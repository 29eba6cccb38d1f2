"""The item analysis on the pages of assessments."""

import pytest
from django.test import Client

from assessments.tests.factories import make_quiz, make_school

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["instructor", "assistant"])
def test_results_lead_down_to_the_item_analysis(who: str) -> None:
    school = make_school()
    quiz = make_quiz(school)
    client = Client()
    client.force_login(getattr(school, who))
    shown = client.get(f"/teach/{school.course.slug}/results/{quiz.public_id}/").content.decode()
    assert 'href="#items"' in shown
    assert 'id="items"' in shown

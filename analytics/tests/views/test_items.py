"""The item analysis on the pages of assessments."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from analytics.models import ItemStatistics
from analytics.services.items import count_items
from analytics.tests.factories import make_learner
from analytics.tests.services.test_items import SYSTEM, take
from analytics.views import latent
from assessments.enums import QuestionKind
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


def test_results_show_the_latent_model_or_why_there_is_none() -> None:
    school = make_school()
    quiz = make_quiz(school, *[QuestionKind.TRUE_FALSE] * 4)
    client = Client()
    client.force_login(school.instructor)
    address = f"/teach/{school.course.slug}/results/{quiz.public_id}/"
    take(quiz, school.learner, "1100")
    count_items(actor=SYSTEM, quiz=quiz)
    shown = client.get(address).content.decode()
    assert "A latent model needs at least 30 learners; there is" in shown.replace("are", "is")
    assert "What a latent model means and cannot know" in shown
    for at, pattern in enumerate(("1111", "0000", "1100", "0110", "1000", "1110") * 6):
        take(quiz, make_learner(school.course), pattern if at else "0011")
    count_items(actor=SYSTEM, quiz=quiz)
    shown = client.get(address).content.decode()
    assert "Where the quiz measures" in shown
    assert "Only 37 learners: below 250 the figures are rough." in shown
    assert re.search(r"-?\d\.\d\d ± \d\.\d\d", shown)


def test_no_two_curves_of_a_quiz_are_drawn_alike() -> None:
    found: Any = [
        (ItemStatistics(ordinal=number), {"information": [0.1 * number, 0.2]})
        for number in range(1, 54)
    ]
    series = latent._curves([-1.0, 1.0], found).option["series"]
    looks = {
        (place % latent.COLOURS, str(one["lineStyle"]["type"])) for place, one in enumerate(series)
    }
    assert len(looks) == len(series) == 54
    script = (settings.BASE_DIR / "static" / "js" / "chart.js").read_text(encoding="utf-8")
    assert len(set(re.findall(r'"--series-\d"', script))) == latent.COLOURS

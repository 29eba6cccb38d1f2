"""Who is told of an AI budget, once a window and level, in which words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from ai.enums import AiRole, CallOutcome, Purpose
from ai.gateway.provider import Usage
from ai.models import Budget
from ai.services.budget import Asked, alert, reserve, settle
from ai.services.exchanges import send_on, settle_exchange
from ai.services.routes import Line
from ai.services.tutor import ask_tutor
from lms.kernel.actors import for_user
from lms.kernel.testing import run_jobs
from realtime.enums import NotificationKind
from realtime.models import Notification
from realtime.queries.notifications import words_of
from realtime.services.preferences import set_preference
from realtime.tests.deliver import deliver
from realtime.tests.factories import Cast

pytestmark = pytest.mark.django_db
Spend = Callable[[int], None]


@pytest.fixture
def spend(cast: Cast, django_capture_on_commit_callbacks: Any) -> Spend:
    """One call of the learner's; what it sets off is delivered."""
    line = Line(cast.actor("learner"), Purpose.TUTOR, cast.course)

    def call(tokens: int) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            held = reserve(line, Asked("p", "m", "test-1", tokens, 0, 60.0))
            settle(held, Usage(tokens, 0), CallOutcome.ANSWERED)
            alert(line)

    return call


def told(cast: Cast) -> dict[str, list[str]]:
    """Titles by the name of who was told, oldest first."""
    names = {person.pk: name for name, person in cast.people.items()}
    found: dict[str, list[str]] = {}
    for row in Notification.objects.filter(kind=NotificationKind.AI_BUDGET).order_by("pk"):
        found.setdefault(names[row.user_id], []).append(words_of(row).title)
    return found


EIGHTY, FULL = "80 % of an AI budget are used", "An AI budget is used up"


def test_a_courses_budget_is_told_to_its_instructors_and_admins_once_a_level(
    cast: Cast, spend: Spend
) -> None:
    Budget.objects.create(scope="course", period="month", course=cast.course, tokens=100)
    spend(79)
    assert told(cast) == {}
    spend(1)
    spend(1)
    assert told(cast) == {"instructor": [EIGHTY], "admin": [EIGHTY]}
    spend(19)
    assert told(cast) == {"instructor": [EIGHTY, FULL], "admin": [EIGHTY, FULL]}
    row = Notification.objects.filter(user=cast.people["instructor"]).latest("pk")
    assert words_of(row).detail == (
        f"It is that of {cast.course.title}. It begins anew next month. "
        "Until then no model is asked; rules do what they can."
    )
    browser = Client()
    browser.force_login(cast.people["instructor"])
    page = browser.get(row.url)
    assert page.status_code == 200
    assert b"100 %" in page.content


@pytest.mark.parametrize(
    ("scope", "role", "who", "words"),
    [
        ("person", "", "learner", "It is your own. It begins anew at midnight UTC."),
        ("role", AiRole.LEARNER, "admin", "It is that of everybody of one role. It begins"),
        ("site", "", "admin", "It is that of the whole site. It begins"),
    ],
)
def test_other_budgets_are_told_to_who_can_act(
    cast: Cast, spend: Spend, scope: str, role: str, who: str, words: str
) -> None:
    Budget.objects.create(scope=scope, period="day", role=role, tokens=100)
    spend(85)
    assert told(cast) == {who: [EIGHTY]}
    row = Notification.objects.get(kind=NotificationKind.AI_BUDGET)
    assert words_of(row).detail.startswith(words)
    browser = Client()
    browser.force_login(cast.people[who])
    assert browser.get(row.url).status_code == 200


def test_mail_follows_the_switches(cast: Cast, spend: Spend) -> None:
    Budget.objects.create(scope="site", period="day", tokens=100)
    admin = for_user(cast.people["admin"])
    set_preference(actor=admin, kind=NotificationKind.AI_BUDGET, in_app=True, mail=False)
    spend(85)
    run_jobs()
    deliver()
    assert told(cast) == {"admin": [EIGHTY]}
    assert mail.outbox == []
    set_preference(actor=admin, kind=NotificationKind.AI_BUDGET, in_app=True, mail=True)
    spend(15)
    run_jobs()
    deliver()
    assert [message.subject for message in mail.outbox] == [FULL]


def test_a_learner_is_told_once_of_an_answer_and_not_of_what_is_only_closed(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    learner, teacher = cast.actor("learner"), cast.actor("instructor")
    with django_capture_on_commit_callbacks(execute=True):
        for reply in ("See page 3.", ""):
            row = ask_tutor(actor=learner, course=cast.course, message="Which page?").exchange
            assert row is not None
            row = send_on(actor=learner, exchange=row)
            settle_exchange(actor=teacher, exchange=row, reply=reply)
    (told_of,) = Notification.objects.filter(kind=NotificationKind.TUTOR_REPLY)
    assert told_of.user_id == learner.user_id
    assert told_of.url == f"/c/{cast.course.slug}/tutor/"
    assert words_of(told_of).title == "Your teachers answered your question"
    assert "page" not in str(told_of.args)

"""What people keep to themselves or between two stands in no table of the admin."""

import io
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from analytics.models import Flashcard
from analytics.scoring.spacing import Recall
from analytics.services.flashcards import Sides, add_own_cards, suspend_flashcard
from analytics.services.review import rate_card
from realtime.enums import NotificationKind
from realtime.models import Notification
from realtime.services.direct import send_direct
from realtime.services.files import Named, add_file
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast
from realtime.tests.factories import cast as make_cast

pytestmark = pytest.mark.django_db
SECRET = "zqbetweenus"
OWN = "zqmyowncard"


@pytest.fixture
def cast(settings: Settings, tmp_path: Path) -> Cast:
    """Words and a file between two people, and cards of one's own, by service and by API."""
    settings.MEDIA_ROOT = tmp_path
    found = make_cast()
    learner = found.actor("learner")
    file = add_file(actor=learner, name=f"{SECRET}.txt", content=io.BytesIO(b"notes"))
    send_direct(
        actor=learner,
        person=found.people["instructor"],
        client_id=uuid4(),
        body=SECRET,
        files=(Named(file.public_id),),
    )
    Notification.objects.create(
        user=found.people["instructor"],
        kind=NotificationKind.DIRECT,
        key="direct:1",
        args={"subject": SECRET},
    )
    cards = [Sides(front=OWN, back=OWN)]
    (card,) = add_own_cards(actor=learner, course=found.course, cards=cards)
    rate_card(actor=learner, item_id=card.public_id, recall=Recall.GOOD, reps=0)
    suspend_flashcard(actor=learner, flashcard=card)
    sent = api(found, "learner").post(
        "/api/v1/review/cards/",
        {"course": found.course.public_id, "front": OWN, "back": OWN},
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert sent.status_code == 201
    return found


def pages(client: Client, model: type[Model]) -> str:
    """The list of a table and each of its rows."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    found = client.get(reverse(f"{name}_changelist")).content.decode()
    for pk in model._default_manager.values_list("pk", flat=True)[:5]:
        found += client.get(reverse(f"{name}_change", args=[pk])).content.decode()
    return found


def test_no_table_shows_what_is_private(cast: Cast) -> None:
    client = api(cast, "admin")
    telling = [
        (model._meta.label, word)
        for model in admin.site._registry
        if model._meta.app_label in {"realtime", "analytics", "kernel"}
        for word in (SECRET, OWN, Flashcard.objects.earliest("pk").public_id)
        if word in pages(client, model)
    ]
    assert telling == []

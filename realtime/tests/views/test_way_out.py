"""The way out of mail: one click, signed, for its person and kinds alone (RFC 8058)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.test import Client

from lms.kernel import clock
from realtime.enums import Frequency, NotificationKind
from realtime.models import NotificationPreference
from realtime.queries.notifications import preferences_of
from realtime.queries.way_out import OFF, way_back, way_out
from realtime.services.preferences import set_preference
from realtime.tests.deliver import deliver
from realtime.tests.factories import Cast
from realtime.tests.services.test_mail import tell

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
QUIZ, CHAT = NotificationKind.QUIZ_PUBLISHED, NotificationKind.MENTIONED


def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def off(cast: Cast, who: str = "learner") -> set[str]:
    return {row.kind.value for row in preferences_of(cast.people[who].pk) if not row.mail}


def test_a_mail_program_ends_the_mail_by_its_header(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_URL = "https://learn.example.org"
    tell(cast, "a", "learner", "learner2")
    tell(cast, "b", kind=CHAT)
    deliver()
    sent = next(one for one in mail.outbox if one.to == [cast.people["learner"].email])
    address = sent.extra_headers["List-Unsubscribe"].strip("<>")
    path = address.removeprefix("https://learn.example.org")
    assert f"{address}\n" in str(sent.body)
    assert address in str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    answer = strict().post(path, ONE_CLICK)
    assert answer.status_code == 200
    assert answer["Cache-Control"].count("no-store") == 1
    assert off(cast) == {"quiz_published", "mentioned"}
    assert off(cast, "learner2") == set()
    assert strict().post(path, ONE_CLICK).status_code == 200
    tell(cast, "c")
    tell(cast, "d", kind=NotificationKind.GRADE_CHANGED)
    deliver(clock.now() + timedelta(hours=1))
    assert [one.subject for one in mail.outbox[2:]] == ["Your grade for d is there"]


def test_opening_the_link_asks_and_changes_nothing(cast: Cast) -> None:
    path = way_out(cast.people["learner"], ["quiz_published"])
    page = strict().get(path)
    assert page.status_code == 200
    assert "New quizzes" in page.content.decode()
    assert off(cast) == set()
    assert strict().head(path).status_code == 200
    assert off(cast) == set()


def test_a_token_does_its_kinds_and_its_person_alone(cast: Cast) -> None:
    learner = cast.people["learner"]
    strict().post(way_out(learner, ["quiz_published"]))
    assert off(cast) == {"quiz_published"}
    assert not NotificationPreference.objects.exclude(user=learner).exists()
    row = next(row for row in preferences_of(learner.pk) if row.kind == QUIZ)
    assert (row.in_app, row.push) == (True, True)


def test_undo_takes_it_back_for_an_hour_and_keeps_the_digest(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to("2026-03-01T10:00:00Z", tick=False)
    learner = cast.people["learner"]
    set_preference(
        actor=cast.actor("learner"), kind=QUIZ, in_app=True, mail=True, frequency=Frequency.WEEKLY
    )
    set_preference(actor=cast.actor("learner"), kind=CHAT, in_app=True, mail=False)
    browser = strict()
    page = browser.post(way_out(learner, ["quiz_published", "mentioned"])).content.decode()
    (back,) = re.findall(r'action="(/mail/on/[^"]+)"', page)
    assert browser.post(back).status_code == 403  # the form's own token is wanted here
    token = browser.cookies["csrf"].value
    for moment, status in (("2026-03-01T10:59:00Z", 200), ("2026-03-01T11:01:00Z", 404)):
        time_machine.move_to(moment, tick=False)
        done = browser.post(back, {"csrfmiddlewaretoken": token})
        assert done.status_code == status
    assert off(cast) == {"mentioned"}  # which was off before
    assert NotificationPreference.objects.get(kind=QUIZ).frequency == "weekly"


def test_the_mails_own_token_cannot_start_mail(cast: Cast) -> None:
    learner = cast.people["learner"]
    path = way_out(learner, ["quiz_published"])
    strict().post(path)
    forged = path.replace("/off/", "/on/")
    assert Client().post(forged).status_code == 404
    assert Client().post(way_back(learner, []).replace("/on/", "/off/")).status_code == 404
    assert Client().get(way_back(learner, ["quiz_published"])).status_code == 405
    assert off(cast) == {"quiz_published"}


@pytest.mark.parametrize("token", ["x", "a:b:c", "e30:1a:AAAA", "\u00e9"])
def test_what_nobody_signed_is_missing(cast: Cast, token: str) -> None:
    assert Client().get(f"/mail/off/{token}/").status_code == 404
    assert Client().post(f"/mail/off/{token}/", ONE_CLICK).status_code == 404


def test_a_token_survives_a_password_and_ends_with_the_account(cast: Cast) -> None:
    learner = cast.people["learner"]
    path = way_out(learner, ["quiz_published"])
    learner.set_password("another long password")
    learner.save()
    assert strict().post(path, ONE_CLICK).status_code == 200
    assert off(cast) == {"quiz_published"}
    learner.is_active = False
    learner.save()
    assert strict().post(path, ONE_CLICK).status_code == 404


def test_a_kind_that_is_gone_is_left_out(cast: Cast) -> None:
    held = {"p": cast.people["learner"].public_id, "k": ["gone", "quiz_published"]}
    token = signing.dumps(held, salt=OFF)
    assert strict().post(f"/mail/off/{token}/", ONE_CLICK).status_code == 200
    assert off(cast) == {"quiz_published"}

"""One-use tickets."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.enums import SiteRole
from accounts.models import ApiToken, User
from accounts.services.people import set_password
from accounts.services.tokens import issue_token, revoke_token
from lms.kernel import actors
from lms.kernel.errors import Throttled
from realtime.models import WsTicket
from realtime.services.tickets import forget_old_tickets, issue_ticket, take_ticket
from realtime.tests.factories import Cast, outcome

pytestmark = pytest.mark.django_db


def test_ticket_is_kept_as_a_hash_and_lives_thirty_seconds(
    cast: Cast, time_machine: Any
) -> None:  # A7
    time_machine.move_to("2026-03-01T10:00:00Z", tick=False)
    made = issue_ticket(actor=cast.actor("learner"), course=cast.course)
    row = WsTicket.objects.get()
    assert made.ticket not in str(row.__dict__)
    assert len(made.ticket) >= 43  # 256 bits
    assert made.expires_at.isoformat() == "2026-03-01T10:00:30+00:00"
    time_machine.move_to("2026-03-01T10:00:30Z", tick=False)
    assert take_ticket(made.ticket, course_id=cast.course.public_id) is None


def test_ticket_is_taken_once_at_its_own_door(cast: Cast) -> None:
    ours = cast.course.public_id
    made = issue_ticket(actor=cast.actor("learner"), course=cast.course)
    taken = take_ticket(made.ticket, course_id=ours)
    assert taken is not None
    assert (taken.user, taken.may_write) == (cast.people["learner"], True)
    assert take_ticket(made.ticket, course_id=ours) is None
    wrong = issue_ticket(actor=cast.actor("learner"), course=cast.course)
    assert take_ticket(wrong.ticket, course_id=None) is None
    assert take_ticket(wrong.ticket, course_id=ours) is None
    general = issue_ticket(actor=cast.actor("learner"))
    assert take_ticket(general.ticket, course_id=None) is not None
    for nonsense in ("", "x", "x" * 5000, "ä\x00"):
        assert take_ticket(nonsense, course_id=None) is None


def test_ticket_carries_the_scope_of_its_token(cast: Cast) -> None:
    made = issue_ticket(actor=cast.actor("read_token"), course=cast.course)
    taken = take_ticket(made.ticket, course_id=cast.course.public_id)
    assert taken is not None
    assert not taken.may_write


TICKETS = {
    "anonymous": 401,
    "outsider": 403,
    "observer": 403,
    "other_instructor": 403,
    "learner": 200,
    "assistant": 200,
    "preview": 200,
    "admin": 200,
}


@pytest.mark.parametrize(("who", "status"), TICKETS.items())
def test_ticket_for_a_room_is_for_those_who_may_be_in_it(cast: Cast, who: str, status: int) -> None:
    act = lambda: issue_ticket(actor=cast.actor(who), course=cast.course)  # noqa: E731
    assert outcome(act) == status
    assert WsTicket.objects.exists() == (status == 200)


def test_ticket_issue_is_limited_and_old_ones_are_forgotten(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to("2026-03-01T10:00:00Z", tick=False)
    for _ in range(20):
        issue_ticket(actor=cast.actor("learner"))
    with pytest.raises(Throttled) as throttled:
        issue_ticket(actor=cast.actor("learner"))
    assert throttled.value.retry_after == 30
    issue_ticket(actor=cast.actor("learner2"))
    time_machine.move_to("2026-03-01T10:01:00Z", tick=False)
    issue_ticket(actor=cast.actor("learner"))
    time_machine.move_to("2026-03-02T10:01:10Z", tick=False)
    forget_old_tickets()
    assert WsTicket.objects.count() == 1


def _revoke(cast: Cast) -> None:
    revoke_token(actor=cast.actor("learner"), token=ApiToken.objects.get())


def _expire(_cast: Cast) -> None:
    ApiToken.objects.update(expires_at="2020-01-01T00:00:00Z")


def _new_password(cast: Cast) -> None:
    learner = cast.people["learner"]
    set_password(actor=actors.for_user(learner), person=learner, password="quarry-lantern-7301")


def _new_role(_cast: Cast) -> None:
    User.objects.update(site_role=SiteRole.INSTRUCTOR)


def _close_account(_cast: Cast) -> None:
    User.objects.update(is_active=False)


@pytest.mark.parametrize("end", [_revoke, _expire, _new_password, _new_role, _close_account])
def test_a_ticket_ends_with_what_stood_behind_it(cast: Cast, end: Callable[[Cast], None]) -> None:
    learner = cast.people["learner"]  # A3
    token = issue_token(
        actor=cast.actor("learner"), person=learner, name="R", scopes=actors.ALL_SCOPES, days=1
    ).token
    actor = actors.for_token(learner, actors.ALL_SCOPES, f"token:{token.pk}")
    first, second = (issue_ticket(actor=actor, course=cast.course).ticket for _ in range(2))
    assert take_ticket(first, course_id=cast.course.public_id) is not None
    end(cast)
    assert take_ticket(second, course_id=cast.course.public_id) is None


def test_a_ticket_ends_with_its_session(cast: Cast) -> None:  # A3
    client = Client()
    client.force_login(cast.people["learner"])
    body = json.dumps({"course": cast.course.public_id})
    tickets = [
        client.post("/api/v1/ws-tickets/", body, content_type="application/json").json()["ticket"]
        for _ in range(2)
    ]
    assert take_ticket(tickets[0], course_id=cast.course.public_id) is not None
    client.logout()
    assert take_ticket(tickets[1], course_id=cast.course.public_id) is None


def test_a_ticket_asked_for_with_a_token_names_it(cast: Cast) -> None:
    issued = issue_token(
        actor=cast.actor("learner"),
        person=cast.people["learner"],
        name="R",
        scopes=actors.ALL_SCOPES,
        days=1,
    )
    client = Client(headers={"authorization": f"Bearer {issued.text}"})
    answer = client.post("/api/v1/ws-tickets/", "{}", content_type="application/json")
    assert answer.status_code == 201
    assert WsTicket.objects.get().credential == f"token:{issued.token.pk}"

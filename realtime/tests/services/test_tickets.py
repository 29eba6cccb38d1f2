"""One-use tickets."""

from typing import Any

import pytest

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

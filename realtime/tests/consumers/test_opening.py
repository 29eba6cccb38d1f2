"""What a socket that opens and joins asks of the database: ten thousand may do so at once."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime.consumers import ChatConsumer
from realtime.services.tickets import issue_ticket
from realtime.tests.factories import cast as make_cast

MOST = 13


@pytest.mark.django_db
def test_a_learner_opens_and_joins_with_few_questions() -> None:
    cast = make_cast()
    issued = issue_ticket(actor=cast.actor("learner"), course=cast.course)
    scope: dict[str, Any] = {
        "query_string": f"ticket={issued.ticket}".encode(),
        "url_route": {"kwargs": {"public_id": cast.course.public_id}},
        "headers": [],
    }
    consumer = ChatConsumer()
    with CaptureQueriesContext(connection) as asked:
        caller = consumer.admit(scope)
        assert caller is not None
        consumer.caller = caller
        joined = consumer._joined(0, None)
    assert joined["present"] == 1
    assert len(asked) <= MOST, asked.captured_queries

"""Makes rooms and people of the socket benchmarks in Cairn's database; prints the addresses' tails.

`python benchmarks/peers/prepare.py ROOMS PEOPLE`: as many courses, people in each in turn, one
ticket each that is good for an hour: thousands of sockets are opened one after the other.
"""

import json
import secrets
import sys
from datetime import timedelta

import django

django.setup()

from accounts.models import User  # noqa: E402 - Django must be set up first
from courses.models import Course, Enrolment  # noqa: E402
from lms.kernel import clock  # noqa: E402
from realtime.models import WsTicket  # noqa: E402
from realtime.queries.access import stamp_of  # noqa: E402
from realtime.queries.tickets import digest_of  # noqa: E402


def main(rooms: int, people: int) -> None:
    """Print a JSON list of (course, ticket)."""
    run = secrets.token_hex(3)
    owner = User.objects.create_user(
        f"owner-{run}@bench.example", site_role="instructor", name="Owner"
    )
    courses = Course.objects.bulk_create(
        Course(slug=f"room-{run}-{n}", title="Room", state="published", created_by=owner)
        for n in range(rooms)
    )
    users = User.objects.bulk_create(
        User(email=f"p{n}-{run}@bench.example", name=f"Person {n}", password="!")
        for n in range(people)
    )
    places = [(user, courses[n % rooms]) for n, user in enumerate(users)]
    Enrolment.objects.bulk_create(Enrolment(user=user, course=course) for user, course in places)
    tickets = [secrets.token_urlsafe(32) for _user in users]
    until = clock.now() + timedelta(hours=1)
    WsTicket.objects.bulk_create(
        WsTicket(
            digest=digest_of(ticket),
            user=user,
            course=course,
            stamp=stamp_of(user),
            expires_at=until,
        )
        for ticket, (user, course) in zip(tickets, places, strict=True)
    )
    rows = [
        (course.public_id, ticket) for ticket, (_user, course) in zip(tickets, places, strict=True)
    ]
    print(json.dumps(rows))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

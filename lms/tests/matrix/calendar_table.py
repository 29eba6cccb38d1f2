"""Who reads and plans what in calendars, and who has an address of one."""

from typing import Any

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, cid, thing
from lms.tests.matrix.page_table import READERS, SENT, C, T, at, get, post
from lms.tests.matrix.run import Row
from lms.tests.world import World

WHEN = {"title": "A visit", "starts_at": "2026-05-01T10:00:00Z"}
SEEN = p.members(others=HIDDEN)
CHANGED = p.seen_by_members(p.managers())
OWN = p.own("learner", reads=False) | {"staff token": 404}


def key(world: World) -> dict[str, str]:
    """The key of the learner's address."""
    return {"token": world.tokens["feed"]}


API = [
    Row(f"GET {V1}/calendar/", p.signed_in()),
    Row(f"GET {V1}/calendar/", p.members(), query="?course={course}", note="of one course"),
    Row(f"GET {V1}/calendar/events/", p.signed_in()),
    Row(f"GET {V1}/calendar/events/{{id}}/", SEEN, thing("event")),
    Row(f"GET {V1}/calendar/events/{{id}}/", p.own("learner"), thing("own event"), note="private"),
    Row(f"POST {V1}/calendar/events/", p.signed_in(201, writes=True), body=body(**WHEN)),
    Row(
        f"POST {V1}/calendar/events/",
        p.managers(201),
        body=body(course=cid, **WHEN),
        note="of a course",
    ),
    Row(f"PATCH {V1}/calendar/events/{{id}}/", CHANGED, thing("event"), body=body(title="A climb")),
    Row(
        f"PATCH {V1}/calendar/events/{{id}}/",
        OWN,
        thing("own event"),
        body=body(title="A climb"),
        note="private",
    ),
    Row(
        f"DELETE {V1}/calendar/events/{{id}}/",
        CHANGED | {"instructor": 204, "admin": 204},
        thing("event"),
    ),
    Row(f"GET {V1}/calendar/feeds/", p.signed_in()),
    Row(f"POST {V1}/calendar/feeds/", p.signed_in(201, writes=True), body=body()),
    Row(
        f"POST {V1}/calendar/feeds/",
        p.members(201) | dict.fromkeys(("token", "staff token", "preview"), 403),
        body=body(course=cid),
        note="of a course",
    ),
    Row(
        f"POST {V1}/calendar/feeds/",
        p.signed_in(201, writes=True),
        body=body(scope="reviews"),
        note="of reviews",
    ),
    Row(f"DELETE {V1}/calendar/feeds/{{id}}/", OWN | {"learner": 204}, thing("feed")),
]

FORM: dict[str, Any] = {"title": "A visit", "starts_at": "2026-05-01T10:00"}
PAGES = [
    get("/me/calendar/", p.signed_in()),
    get(f"{C}/calendar/", READERS),
    get("/me/calendar/new/", p.signed_in()),
    post("/me/calendar/new/", p.signed_in(SENT, writes=True), **FORM),
    get(f"{T}/calendar/new/", p.only("instructor", "admin")),
    post(f"{T}/calendar/new/", p.managers(SENT), **FORM),
    get("/me/calendar/{event_id}/", SEEN, at(event_id="event")),
    get("/me/calendar/{event_id}/", p.own("learner"), at(event_id="own event"), note="private"),
    post(
        "/me/calendar/{event_id}/",
        CHANGED | {"instructor": SENT, "admin": SENT},
        at(event_id="event"),
        **FORM,
    ),
    post(
        "/me/calendar/{event_id}/off/",
        CHANGED | {"instructor": SENT, "admin": SENT},
        at(event_id="event"),
    ),
    get("/me/calendar/addresses/", p.signed_in()),
    post("/me/calendar/addresses/", p.signed_in(200, writes=True)),
    post("/me/calendar/addresses/{feed_id}/end/", OWN | {"learner": SENT}, at(feed_id="feed")),
    post("/me/calendar/addresses/", p.signed_in(200, writes=True), course="reviews:"),
    get("/calendars/{token}.ics", p.public(), lambda world: {"token": world.tokens["feed"]}),
    get(
        "/calendars/reviews/{token}.ics", p.public(), lambda world: {"token": world.tokens["feed"]}
    ),
]

"""The permission table of the API: operation by asker, on a published course of the world."""

import io
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from courses.models import Enrolment
from lms.tests.matrix import profiles as p
from lms.tests.matrix.run import Row
from lms.tests.world import World

V1 = "/api/v1"
Values = Callable[[World], dict[str, str]]
HIDDEN = 404


def picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    return out.getvalue()


def thing(name: str, brace: str = "id") -> Values:
    """The public id of a thing of the world."""
    return lambda world: {brace: world.things[name].public_id}


def course(state: str = "published") -> Values:
    """The public id of a course."""
    return lambda world: {"id": world.courses[state].public_id}


def lesson(name: str) -> Values:
    """The public id of a lesson."""
    return lambda world: {"id": world.lessons[name].public_id}


def section(world: World) -> dict[str, str]:
    """The first section of the published course."""
    return {"id": world.lessons["published live"].section.public_id}


def member(name: str) -> Values:
    """The public id of somebody's enrolment."""

    def found(world: World) -> dict[str, str]:
        rows = Enrolment.objects.filter(course=world.course, user=world.people[name])
        return {"id": rows.get().public_id}

    return found


def body(**fixed: Any) -> Callable[[World], dict[str, Any]]:
    """A body; callables are asked with the world."""
    return lambda world: {
        name: value(world) if callable(value) else value for name, value in fixed.items()
    }


def cid(world: World) -> str:
    """The id of the published course, for bodies."""
    return world.course.public_id


def tid(name: str) -> Callable[[World], str]:
    """The id of a thing, for bodies."""
    return lambda world: world.things[name].public_id


def lid(name: str) -> Callable[[World], str]:
    """The id of a lesson, for bodies."""
    return lambda world: world.lessons[name].public_id


def upload(_world: World) -> SimpleUploadedFile:
    """A small picture."""
    return SimpleUploadedFile("stone.png", picture(), content_type="image/png")


def order(world: World) -> list[dict[str, Any]]:
    """The outline of the published course in its present order."""
    here = world.lessons["published live"].section
    lessons = here.lessons.filter(deleted_at=None).order_by("ordinal", "id")
    return [{"id": here.public_id, "lessons": [row.public_id for row in lessons]}]


def in_course(name: str) -> str:
    """A query that names the published course (filled in by the runner)."""
    return f"?{name}={{course}}"


OUTSIDE_GROUP = dict.fromkeys(("outsider", "other instructor", "observer", "preview"), HIDDEN)
IN_GROUP = p.staff(others=HIDDEN) | {"learner": 200, "token": 200}


ANALYTICS = [
    Row(
        f"GET {V1}/analytics/learning-patterns/",
        p.staff(),
        query="?course={course}",
    ),
    Row(
        f"POST {V1}/analytics/learning-patterns/",
        p.staff(202, writes=True),
        body=body(course=cid),
    ),
    Row(
        f"POST {V1}/analytics/learning-patterns/",
        p.teachers(202, writes=True) | {"assistant": 202},
        body=body(rows=[{"student": "a", "time_spent": 1, "completion_rate": 1, "performance": 1}]),
        note="rows sent in",
    ),
    Row(
        f"GET {V1}/analytics/item-statistics/",
        p.seen_by_members(p.staff()),
        query="?quiz={quiz}",
    ),
    Row(
        f"POST {V1}/analytics/item-statistics/",
        p.seen_by_members(p.staff(202, writes=True)),
        body=body(quiz=tid("quiz")),
    ),
    Row(
        f"GET {V1}/analytics/item-statistics/{{quiz_id}}/",
        p.seen_by_members(p.staff()),
        thing("quiz", "quiz_id"),
    ),
    Row(f"GET {V1}/analytics/overview/", p.totals(), query="?course={course}"),
    Row(f"GET {V1}/analytics/recommendations/", p.signed_in()),
    Row(f"GET {V1}/analytics/risk/", p.staff(), query="?course={course}"),
    Row(
        f"POST {V1}/analytics/risk/contacts/",
        p.staff(201, writes=True),
        body=body(course=cid, student=lambda world: world.people["learner"].public_id),
    ),
]

COURSES = [
    Row(f"GET {V1}/courses/", p.public()),
    Row(f"POST {V1}/courses/", p.teachers(201, writes=True), body=body(title="A new course")),
    Row(f"GET {V1}/courses/{{id}}/", p.public(), course()),
    Row(
        f"GET {V1}/courses/{{id}}/",
        p.only("assistant", "instructor", "admin", "staff token", "admin", others=HIDDEN)
        | {"anonymous": HIDDEN, "inactive": HIDDEN, "preview": 200},
        course("draft"),
        note="a draft course; the preview is of another course",
    ),
    Row(f"PATCH {V1}/courses/{{id}}/", p.managers(), course(), body(title="Renamed")),
    Row(f"DELETE {V1}/courses/{{id}}/", p.managers(204), course()),
    Row(f"POST {V1}/courses/{{id}}/archive/", p.managers(), course()),
    Row(f"POST {V1}/courses/{{id}}/publish/", p.managers(), course()),
    Row(
        f"POST {V1}/courses/{{id}}/restore/",
        p.only("instructor", "admin", others=HIDDEN) | {"staff token": 403, "preview": 403},
        course("deleted"),
    ),
    Row(f"PUT {V1}/courses/{{id}}/cover/", p.managers(), course(), body(file=upload), form=True),
    Row(f"DELETE {V1}/courses/{{id}}/cover/", p.managers(204), course()),
    Row(f"PUT {V1}/courses/{{id}}/join-link/", p.managers(), course(), body(on=True)),
    Row(f"POST {V1}/courses/{{id}}/join-link/rotate/", p.managers(), course()),
    Row(f"PUT {V1}/courses/{{id}}/order/", p.managers(), course(), body(sections=order)),
    Row(f"GET {V1}/courses/{{id}}/outline/", p.public(), course()),
    Row(f"GET {V1}/sections/", p.public(), query="?course={course}"),
    Row(f"POST {V1}/sections/", p.managers(201), body=body(course=cid, title="More")),
    Row(f"GET {V1}/sections/{{id}}/", p.public(), section),
    Row(f"PATCH {V1}/sections/{{id}}/", p.managers(), section, body(title="Renamed")),
    Row(f"DELETE {V1}/sections/{{id}}/", p.managers(204), section),
    Row(f"POST {V1}/sections/{{id}}/move/", p.managers(), section, body(direction="down")),
    Row(f"POST {V1}/sections/{{id}}/restore/", p.managers(), section),
]

LIVE = "published live"
LESSONS = [
    Row(f"GET {V1}/lessons/", p.public(), query="?course={course}"),
    Row(
        f"POST {V1}/lessons/",
        p.managers(201),
        body=body(section=lambda world: section(world)["id"], title="New lesson"),
    ),
    Row(
        f"GET {V1}/lessons/{{id}}/",
        p.members(others=HIDDEN) | {"anonymous": HIDDEN, "inactive": HIDDEN},
        lesson(LIVE),
    ),
    Row(f"GET {V1}/lessons/{{id}}/", p.public(), lesson("published free"), note="free preview"),
    Row(
        f"GET {V1}/lessons/{{id}}/",
        p.staff(others=HIDDEN) | {"anonymous": HIDDEN, "inactive": HIDDEN},
        lesson("published hidden"),
        note="not published",
    ),
    Row(
        f"PATCH {V1}/lessons/{{id}}/",
        p.seen_by_members(p.managers()),
        lesson(LIVE),
        body(title="X"),
    ),
    Row(f"DELETE {V1}/lessons/{{id}}/", p.seen_by_members(p.managers(204)), lesson(LIVE)),
    Row(
        f"GET {V1}/lessons/{{id}}/blocks/",
        p.members(others=HIDDEN) | {"anonymous": HIDDEN, "inactive": HIDDEN},
        lesson(LIVE),
    ),
    Row(
        f"GET {V1}/lessons/{{id}}/draft/",
        p.seen_by_members(p.only("instructor", "admin")) | {"anonymous": 404, "inactive": 404},
        lesson(LIVE),
    ),
    Row(
        f"PUT {V1}/lessons/{{id}}/draft/",
        p.seen_by_members(p.managers()),
        lesson(LIVE),
        body(markdown="New text."),
    ),
    Row(f"DELETE {V1}/lessons/{{id}}/draft/", p.seen_by_members(p.managers(204)), lesson(LIVE)),
    Row(f"POST {V1}/lessons/{{id}}/hide/", p.seen_by_members(p.managers()), lesson(LIVE)),
    Row(
        f"POST {V1}/lessons/{{id}}/move/",
        p.seen_by_members(p.managers()),
        lesson(LIVE),
        body(direction="down"),
    ),
    Row(f"POST {V1}/lessons/{{id}}/publish/", p.seen_by_members(p.managers()), lesson(LIVE)),
    Row(f"POST {V1}/lessons/{{id}}/restore/", p.seen_by_members(p.managers()), lesson(LIVE)),
    Row(f"GET {V1}/attachments/", p.public(), query="?course={course}"),
    Row(
        f"POST {V1}/attachments/",
        p.managers(201),
        body=body(course=cid, file=upload),
        form=True,
    ),
    Row(
        f"GET {V1}/attachments/{{id}}/",
        p.members(others=HIDDEN) | {"anonymous": HIDDEN, "inactive": HIDDEN},
        thing("published live file"),
    ),
    Row(
        f"DELETE {V1}/attachments/{{id}}/",
        p.seen_by_members(p.managers(204)),
        thing("published live file"),
    ),
]

PEOPLE = [
    Row(f"GET {V1}/enrolments/", p.signed_in()),
    Row(
        f"GET {V1}/enrolments/",
        p.staff(),
        query="?course={course}",
        note="everybody of a course",
    ),
    Row(
        f"POST {V1}/enrolments/",
        p.signed_in(200, writes=True) | {"outsider": 201, "other instructor": 201, "admin": 201},
        body=body(course=cid),
    ),
    Row(
        f"GET {V1}/enrolments/{{id}}/",
        p.staff(others=HIDDEN) | {"learner": 200, "token": 200},
        member("learner"),
    ),
    Row(
        f"PATCH {V1}/enrolments/{{id}}/",
        p.only("instructor", "admin", others=HIDDEN)
        | dict.fromkeys(("learner", "assistant", "token", "staff token"), 403),
        member("learner"),
        body(role="observer"),
    ),
    Row(
        f"DELETE {V1}/enrolments/{{id}}/",
        p.only("learner", "instructor", "admin", ok=204, others=HIDDEN)
        | dict.fromkeys(("assistant", "token", "staff token"), 403),
        member("learner"),
    ),
    Row(f"GET {V1}/groups/", p.signed_in(), query="?course={course}"),
    Row(f"POST {V1}/groups/", p.managers(201), body=body(course=cid, name="Second row")),
    Row(f"GET {V1}/groups/{{id}}/", IN_GROUP, thing("group")),
    Row(
        f"PATCH {V1}/groups/{{id}}/",
        p.managers() | OUTSIDE_GROUP,
        thing("group"),
        body(name="Last row"),
    ),
    Row(f"DELETE {V1}/groups/{{id}}/", p.managers(204) | OUTSIDE_GROUP, thing("group")),
    Row(f"GET {V1}/invitations/", p.only("instructor", "admin"), query="?course={course}"),
    Row(
        f"POST {V1}/invitations/",
        p.managers(),
        body=body(course=cid, people=[{"email": "someone@example.com"}]),
    ),
    Row(
        f"GET {V1}/invitations/{{id}}/",
        p.only("instructor", "admin", "staff token", others=HIDDEN),
        thing("invitation"),
    ),
    Row(
        f"DELETE {V1}/invitations/{{id}}/",
        p.only("instructor", "admin", ok=204, others=HIDDEN) | {"staff token": 403},
        thing("invitation"),
    ),
    Row(
        f"POST {V1}/invitations/accept/",
        p.signed_in(404, writes=True),
        body=body(token="x" * 43),
        note="a link that is none",
    ),
    Row(
        f"GET {V1}/progress/",
        p.members(others=HIDDEN) | {"admin": HIDDEN},
        query="?course={course}",
        note="one's own, so not an administrator's who is no member",
    ),
    Row(
        f"POST {V1}/progress/",
        p.seen_by_members(p.learners()),
        body=body(lesson=lid(LIVE), seconds=5),
    ),
    Row(
        f"POST {V1}/progress/complete/",
        p.seen_by_members(p.learners()),
        body=body(lesson=lid(LIVE)),
    ),
]

ME = [
    Row(f"POST {V1}/auth/token/", p.public(401), body=body(email="a@example.com", password="x")),
    Row(f"GET {V1}/me/", p.signed_in()),
    Row(f"PATCH {V1}/me/", p.signed_in(writes=True), body=body(name="New Name")),
    Row(f"GET {V1}/me/due/", p.signed_in()),
    Row(f"GET {V1}/me/tokens/", p.signed_in()),
    Row(
        f"POST {V1}/me/tokens/",
        p.signed_in(201, writes=True),
        body=body(name="mine", scopes=["read"]),
    ),
    Row(
        f"DELETE {V1}/me/tokens/{{id}}/",
        p.own("learner", 204, reads=False),
        thing("learner token"),
    ),
    Row(f"GET {V1}/jobs/", p.signed_in()),
    Row(
        f"GET {V1}/jobs/{{id}}/",
        p.own("instructor") | {"admin": 200, "preview": 200},
        thing("instructor job"),
    ),
    Row(
        f"POST {V1}/jobs/{{id}}/cancel/",
        p.own("instructor", reads=False) | {"admin": 200, "preview": 403},
        thing("instructor job"),
    ),
    Row(f"GET {V1}/notifications/", p.signed_in()),
    Row(f"GET {V1}/notifications/unread-count/", p.signed_in()),
    Row(f"POST {V1}/notifications/read-all/", p.signed_in(writes=True)),
    Row(f"GET {V1}/notifications/{{id}}/", p.own("learner"), thing("learner notification")),
    Row(
        f"POST {V1}/notifications/{{id}}/read/",
        p.own("learner", reads=False),
        thing("learner notification"),
    ),
]

TALK = [
    Row(f"GET {V1}/announcements/", p.members(), query="?course={course}"),
    Row(
        f"POST {V1}/announcements/",
        p.managers(201),
        body=body(course=cid, title="News", body="Text"),
    ),
    Row(f"GET {V1}/announcements/{{id}}/", p.members(others=HIDDEN), thing("announcement")),
    Row(
        f"PATCH {V1}/announcements/{{id}}/",
        p.seen_by_members(p.managers()),
        thing("announcement"),
        body=body(title="Other words"),
    ),
    Row(
        f"DELETE {V1}/announcements/{{id}}/",
        p.seen_by_members(p.managers(204)),
        thing("announcement"),
    ),
    Row(f"GET {V1}/rooms/", p.signed_in()),
    Row(f"GET {V1}/rooms/{{id}}/", p.chatters(), course()),
    Row(f"GET {V1}/messages/", p.chatters(), query="?room={course}"),
    Row(
        f"POST {V1}/messages/",
        p.talkers(201),
        body=body(
            room=cid, client_id="6f9619ff-8b86-4011-b42d-00c04fc964ff", body="Hello everybody"
        ),
    ),
    Row(
        f"DELETE {V1}/messages/{{id}}/",
        p.only("learner", "assistant", "instructor", "admin", ok=204, others=HIDDEN)
        | dict.fromkeys(("token", "staff token", "preview"), 403),
        thing("learner message"),
    ),
    Row(f"POST {V1}/ws-tickets/", p.signed_in(201), body=body()),
]

ROWS = [*ANALYTICS, *COURSES, *LESSONS, *PEOPLE, *ME, *TALK]

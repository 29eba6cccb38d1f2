"""A course with every kind of person, for the tests of this app."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.enums import SiteRole
from accounts.models import User
from courses.enums import CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import KernelError
from realtime.models import ForumPost, ForumThread
from realtime.services.forum import NewThread, start_thread, write_post

_numbers = itertools.count(1)
PASSWORD = "a long enough password"


def person(name: str = "Person", role: str = SiteRole.STUDENT) -> User:
    number = next(_numbers)
    return User.objects.create_user(
        f"{name.lower().replace(' ', '.')}{number}@example.com",
        PASSWORD,
        name=f"{name} {number}",
        site_role=role,
    )


def course_of(owner: User, *, state: str = CourseState.PUBLISHED, title: str = "Rivers") -> Course:
    number = next(_numbers)
    course = Course.objects.create(
        slug=f"course-{number}", title=f"{title} {number}", state=state, created_by=owner
    )
    enrol(owner, course, CourseRole.INSTRUCTOR)
    return course


def enrol(user: User, course: Course, role: str = CourseRole.LEARNER) -> Enrolment:
    return Enrolment.objects.create(
        user=user, course=course, role=role, state=EnrolmentState.ACTIVE
    )


@dataclass
class Cast:
    """Everybody who may stand at a door of `course`."""

    course: Course
    other_course: Course
    people: dict[str, User]

    def actor(self, name: str) -> Actor:
        if name == "anonymous":
            return actors.ANONYMOUS
        if name == "read_token":
            return actors.for_token(self.people["learner"], frozenset({"read"}))
        if name == "preview":
            return actors.for_user(self.people["instructor"]).previewing(self.course.pk)
        return actors.for_user(self.people[name])

    @property
    def actors(self) -> dict[str, Actor]:
        names = ["anonymous", "read_token", "preview", *self.people]
        return {name: self.actor(name) for name in names}


def outcome(act: Callable[[], object]) -> int:
    """200, or the status of the kernel error that `act` raised."""
    try:
        act()
    except KernelError as problem:
        return problem.status
    return 200


def cast() -> Cast:
    people = {
        "instructor": person("Ines Instructor", SiteRole.INSTRUCTOR),
        "other_instructor": person("Otto Other", SiteRole.INSTRUCTOR),
        "assistant": person("Asa Assistant"),
        "learner": person("Lea Learner"),
        "learner2": person("Leo Learner"),
        "observer": person("Obi Observer"),
        "outsider": person("Ola Outsider"),
        "admin": person("Ada Admin", SiteRole.ADMIN),
    }
    course = course_of(people["instructor"])
    other = course_of(people["other_instructor"], title="Bridges")
    enrol(people["assistant"], course, CourseRole.ASSISTANT)
    enrol(people["learner"], course)
    enrol(people["learner2"], course)
    enrol(people["observer"], course, CourseRole.OBSERVER)
    return Cast(course, other, people)


def begin(cast: Cast, who: str = "learner", title: str = "Why?", **fields: Any) -> ForumPost:
    """A thread of the forum, by its first post."""
    given = {"body": "Tell me.", "client_id": uuid.uuid4(), **fields}
    new = NewThread(title=title, **given)
    return start_thread(actor=cast.actor(who), course=cast.course, new=new).post


def answer(cast: Cast, who: str, post: ForumPost, body: str = "So.", **fields: Any) -> ForumPost:
    """A reply in the thread of a post."""
    thread = ForumThread.objects.select_related("course").get(pk=post.thread_id)
    given = {"client_id": uuid.uuid4(), **fields}
    return write_post(actor=cast.actor(who), thread=thread, body=body, **given).post

"""A small world with every role beside courses in every state, for tests that need all apps."""

from dataclasses import dataclass, field
from typing import Any

from accounts.enums import SiteRole
from accounts.models import User
from courses.enums import CourseRole, CourseState, EnrolmentState, LessonKind, VersionState
from courses.models import Course, Enrolment, Lesson, LessonVersion, Section
from lms.kernel import actors, clock
from lms.kernel.actors import ANONYMOUS, Actor

PASSWORD = "demo-cairn-2026"
COURSE_PEOPLE = {
    "learner": CourseRole.LEARNER,
    "observer": CourseRole.OBSERVER,
    "assistant": CourseRole.ASSISTANT,
    "instructor": CourseRole.INSTRUCTOR,
}


@dataclass
class World:
    """People and actors by role, and the courses."""

    people: dict[str, User] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    lessons: dict[str, Lesson] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    @property
    def course(self) -> Course:
        """The published course that every role belongs to."""
        return self.courses["published"]

    @property
    def actors(self) -> dict[str, Actor]:
        """Every kind of asker the doors must tell apart."""
        found = {name: actors.for_user(person) for name, person in self.people.items()}
        found["anonymous"] = ANONYMOUS
        found["token"] = actors.for_token(self.people["learner"], frozenset({"read"}))
        found["staff token"] = actors.for_token(self.people["instructor"], frozenset({"read"}))
        found["preview"] = found["instructor"].previewing(self.course.pk)
        found["admin preview"] = found["admin"].previewing(self.course.pk)
        found["former staff preview"] = found["left"].previewing(self.course.pk)
        found["outsider preview"] = found["outsider"].previewing(self.course.pk)
        found["ai tool"] = actors.ai_tool(found["learner"])
        found["inactive"] = actors.for_user(self.people["gone"])
        return found


def build() -> World:
    """One world: five courses in different states with the same people, one of another teacher."""
    world = World()
    _people(world)
    for state in ("draft", "published", "archived", "deleted"):
        world.courses[state] = _course(world, state)
    world.courses["foreign"] = _foreign(world)
    return world


def _people(world: World) -> None:
    roles = {
        "outsider": SiteRole.STUDENT,
        "learner": SiteRole.STUDENT,
        "learner2": SiteRole.STUDENT,
        "left": SiteRole.STUDENT,
        "gone": SiteRole.STUDENT,
        "observer": SiteRole.STUDENT,
        "assistant": SiteRole.STUDENT,
        "instructor": SiteRole.INSTRUCTOR,
        "other instructor": SiteRole.INSTRUCTOR,
        "analyst": SiteRole.ANALYST,
        "admin": SiteRole.ADMIN,
    }
    for name, role in roles.items():
        address = f"{name.replace(' ', '-')}@example.com"
        world.people[name] = User.objects.create_user(
            address, PASSWORD, name=name.title(), site_role=role
        )
    User.objects.filter(pk=world.people["gone"].pk).update(is_active=False)
    world.people["gone"].refresh_from_db()


def _course(world: World, state: str) -> Course:
    deleted = state == "deleted"
    course = Course.objects.create(
        slug=f"{state}-course",
        title=f"{state.title()} course",
        state=CourseState.PUBLISHED if deleted else state,
        published_at=clock.now(),
        deleted_at=clock.now() if deleted else None,
        created_by=world.people["instructor"],
        learner_count=2,
        lesson_count=1,
    )
    for name, role in {**COURSE_PEOPLE, "learner2": CourseRole.LEARNER}.items():
        Enrolment.objects.create(course=course, user=world.people[name], role=role)
    Enrolment.objects.create(course=course, user=world.people["left"], state=EnrolmentState.REMOVED)
    _lessons(world, course, state)
    return course


def _lessons(world: World, course: Course, state: str) -> None:
    section = Section.objects.create(course=course, title="First section", ordinal=1)
    gone = Section.objects.create(
        course=course, title="Gone section", ordinal=2, deleted_at=clock.now()
    )
    cases: dict[str, dict[str, Any]] = {
        "live": {"published": True},
        "free": {"published": True, "free_preview": True},
        "hidden": {"published": False},
        "binned": {"published": True, "deleted_at": clock.now()},
        "orphan": {"published": True, "section": gone},
        "quiz": {"published": True, "kind": LessonKind.QUIZ},
        "assignment": {"published": True, "kind": LessonKind.ASSIGNMENT},
    }
    for ordinal, (name, fields) in enumerate(cases.items(), 1):
        filled: dict[str, Any] = {
            "course": course,
            "section": section,
            "title": f"{name} lesson",
            "ordinal": ordinal,
            **fields,
        }
        lesson = Lesson.objects.create(**filled)
        LessonVersion.objects.create(
            lesson=lesson,
            number=1,
            state=VersionState.PUBLISHED,
            markdown="Stones stand by their weight.",
            html="<p>Stones stand by their weight.</p>",
        )
        world.lessons[f"{state} {name}"] = lesson


def _foreign(world: World) -> Course:
    other = world.people["other instructor"]
    course = Course.objects.create(
        slug="foreign-course",
        title="Foreign course",
        state=CourseState.PUBLISHED,
        published_at=clock.now(),
        created_by=other,
    )
    Enrolment.objects.create(course=course, user=other, role=CourseRole.INSTRUCTOR)
    return course

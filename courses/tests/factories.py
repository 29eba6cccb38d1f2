"""Courses for tests, written through the services unless a test needs an odd state.

`CourseFactory()` is a published course with one instructor; `CourseFactory(draft=True)` is not
published. `LessonFactory()` is a published text lesson in the course's first section.
"""

from collections.abc import Callable
from typing import Any, cast

import factory

from accounts.models import User
from accounts.tests.factories import UserFactory
from courses.enums import CourseRole, CourseState, EnrolmentSource, EnrolmentState, LessonKind
from courses.models import Course, Enrolment, Lesson, Section
from courses.services.lesson import publish_lesson, save_draft
from lms.kernel import actors, clock
from lms.kernel.actors import Actor

SYSTEM = actors.system("factory")


class _CourseFactory(factory.django.DjangoModelFactory):
    """A published, open course taught by `created_by`."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(state=CourseState.DRAFT, published_at=None)
        archived = factory.Trait(state=CourseState.ARCHIVED)
        deleted = factory.Trait(deleted_at=factory.LazyFunction(clock.now))

    title = factory.Sequence(lambda n: f"Course {n}")
    slug = factory.Sequence(lambda n: f"course-{n}")
    summary = "What it is about."
    state = CourseState.PUBLISHED
    published_at = factory.LazyFunction(clock.now)
    created_by = factory.SubFactory(UserFactory, instructor=True)

    @factory.post_generation
    def instructor(obj: Course, create: Any, extracted: Any, **kwargs: Any) -> None:  # noqa: N805
        """Put the creator in as instructor; `instructor=False` leaves the course without."""
        if create and extracted is not False:
            Enrolment.objects.create(
                course=obj,
                user=obj.created_by,
                role=CourseRole.INSTRUCTOR,
                source=EnrolmentSource.CREATOR,
            )


class _SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    course = factory.SubFactory(_CourseFactory)
    title = factory.Sequence(lambda n: f"Section {n}")
    ordinal = factory.LazyAttribute(
        lambda section: Section.objects.filter(course=section.course).count()
    )


class _LessonFactory(factory.django.DjangoModelFactory):
    """A lesson with `text`, published unless `published=False`; `text=None` writes nothing."""

    class Meta:
        model = Lesson

    course = factory.SubFactory(_CourseFactory)
    section = factory.LazyAttribute(lambda lesson: section_of(lesson.course))
    title = factory.Sequence(lambda n: f"Lesson {n}")
    kind = LessonKind.TEXT
    ordinal = factory.LazyAttribute(
        lambda lesson: Lesson.objects.filter(section=lesson.section).count()
    )
    published = True
    text = "# Welcome\n\nFirst paragraph.\n\nSecond paragraph."

    @classmethod
    def _create(cls, model_class: type[Lesson], *args: Any, **kwargs: Any) -> Lesson:
        markdown = kwargs.pop("text")
        published = kwargs.pop("published")
        lesson = model_class.objects.create(**kwargs, published=False)
        if markdown is not None:
            save_draft(actor=SYSTEM, lesson=lesson, markdown=markdown)
        if published:
            publish_lesson(actor=SYSTEM, lesson=lesson)
        lesson.refresh_from_db()
        return lesson


class _EnrolmentFactory(factory.django.DjangoModelFactory):
    """An active learner; the course's counter follows."""

    class Meta:
        model = Enrolment

    course = factory.SubFactory(_CourseFactory)
    user = factory.SubFactory(UserFactory)
    role = CourseRole.LEARNER
    state = EnrolmentState.ACTIVE

    @classmethod
    def _create(cls, model_class: type[Enrolment], *args: Any, **kwargs: Any) -> Enrolment:
        row = super()._create(model_class, *args, **kwargs)
        course = row.course
        course.learner_count = course.enrolments.filter(
            role=CourseRole.LEARNER, state=EnrolmentState.ACTIVE
        ).count()
        course.save(update_fields=["learner_count"])
        return row  # type: ignore[no-any-return]


# Calling a factory makes a model; its class cannot say so to a type checker.
CourseFactory = cast("Callable[..., Course]", _CourseFactory)
SectionFactory = cast("Callable[..., Section]", _SectionFactory)
LessonFactory = cast("Callable[..., Lesson]", _LessonFactory)
EnrolmentFactory = cast("Callable[..., Enrolment]", _EnrolmentFactory)


def person(**traits: Any) -> User:
    return UserFactory(**traits)


def section_of(course: Course) -> Section:
    """The first section of a course, made when there is none."""
    found = Section.objects.filter(course=course).first()
    return found or SectionFactory(course=course)


def actor_in(course: Course, role: str) -> Actor:
    """A new person's actor with a role in a course."""
    return actors.for_user(EnrolmentFactory(course=course, role=role).user)


def actor_for(user: User) -> Actor:
    """The actor of a person."""
    return actors.for_user(user)


def people_around(course: Course) -> dict[str, Actor]:
    """One actor of every kind around a course, by name."""
    site_admin = person(admin=True)
    learner = EnrolmentFactory(course=course).user
    elsewhere = CourseFactory()
    return {
        "anonymous": actors.ANONYMOUS,
        "outsider": actors.for_user(person()),
        "learner": actors.for_user(learner),
        "observer": actor_in(course, CourseRole.OBSERVER),
        "assistant": actor_in(course, CourseRole.ASSISTANT),
        "instructor": actors.for_user(course.created_by),
        "other_instructor": actors.for_user(elsewhere.created_by),
        "admin": actors.for_user(site_admin),
        "reader_token": actors.for_token(course.created_by, frozenset({"read"})),
        "writer_token": actors.for_token(course.created_by, frozenset({"read", "write"})),
        "left": actors.for_user(EnrolmentFactory(course=course, state=EnrolmentState.LEFT).user),
        "preview": actors.for_user(course.created_by).previewing(course.pk),
        "admin_preview": actors.for_user(site_admin).previewing(course.pk),
        "system": SYSTEM,
    }

"""A course's life, who lives it, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from courses.enums import CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment, Tag
from courses.services.course import (
    CourseContent,
    archive_course,
    content_of,
    create_course,
    delete_course,
    publish_course,
    restore_course,
    update_course,
)
from courses.services.enrolment import (
    add_member,
    change_role,
    enrol_learner,
    leave_course,
    remove_member,
)
from courses.services.preview import start_preview, stop_preview
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    EnrolmentFactory,
    actor_for,
    people_around,
    person,
)
from lms.kernel import actors, clock
from lms.kernel.errors import (
    Conflict,
    Denied,
    Invalid,
    KernelError,
    NotFound,
    SignInRequired,
    Stale,
)
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db


def _teacher() -> Any:
    return actor_for(person(instructor=True))


def test_creating_makes_the_actor_the_instructor() -> None:
    actor = _teacher()
    content = CourseContent(title=" Stones ", tags=("Rock", "rock", "Geology"), description="*x*")
    course = create_course(actor=actor, content=content)
    row = Enrolment.objects.get(course=course)
    assert (row.user_id, row.role, row.source) == (actor.user_id, "instructor", "creator")
    assert (course.title, course.state, course.learner_count) == ("Stones", "draft", 0)
    assert course.description_html == "<p><em>x</em></p>\n"
    assert sorted(tag.slug for tag in course.tags.all()) == ["geology", "rock"]
    assert events_of("courses.course_created") == [
        {"course_id": course.pk, "actor_id": actor.user_id}
    ]


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (lambda: actors.ANONYMOUS, SignInRequired),
        (lambda: actor_for(person()), Denied),
        (lambda: actors.for_token(person(instructor=True), frozenset({"read"})), Denied),
        (lambda: SYSTEM, Denied),
    ],
)
def test_creating_is_for_people_who_teach(actor: Any, refusal: type[KernelError]) -> None:
    with pytest.raises(refusal):
        create_course(actor=actor(), content=CourseContent(title="x"))
    assert Course.objects.count() == 0


def test_addresses_are_made_of_any_title() -> None:
    actor = _teacher()
    titles = ["Über Größe!", "数学", "数学", "x" * 150]
    slugs = [create_course(actor=actor, content=CourseContent(title=t)).slug for t in titles]
    assert slugs == ["uber-groe", "course", "course-2", "x" * 70]


@pytest.mark.parametrize("title", ["New", "Preview"])
def test_address_is_never_a_word_that_the_pages_of_teaching_use(title: str) -> None:
    actor = actors.for_user(person(instructor=True))
    made = create_course(actor=actor, content=CourseContent(title=title))
    assert made.slug == f"{title.lower()}-2"


def test_every_problem_is_told_at_once() -> None:
    now = clock.now()
    content = CourseContent(
        title=" ",
        level="guru",
        language="x",
        currency="e",
        capacity=0,
        price_minor=-1,
        starts_at=now,
        ends_at=now,
        enrolment_policy="never",
        tags=("!",),
    )
    with pytest.raises(Invalid) as caught:
        create_course(actor=_teacher(), content=content)
    assert set(caught.value.errors) == {
        "title",
        "level",
        "language",
        "currency",
        "capacity",
        "price_minor",
        "ends_at",
        "enrolment_policy",
        "tags",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "a\0b"}, "title"),
        ({"summary": "\ud800"}, "summary"),
        ({"description": "x" * 200_001}, "description"),
        ({"tags": tuple("abcdefghijklm")}, "tags"),
        ({"tags": ("a\0",)}, "tags"),
    ],
)
def test_text_that_cannot_be_stored_is_refused(changes: dict[str, Any], field: str) -> None:  # C4
    with pytest.raises(Invalid) as caught:
        create_course(actor=_teacher(), content=replace(CourseContent(title="x"), **changes))
    assert list(caught.value.errors) == [field]


def test_updating_keeps_what_is_not_changed() -> None:
    course = create_course(actor=_teacher(), content=CourseContent(title="x", tags=("A", "B")))
    actor = actor_for(course.created_by)
    changed = update_course(
        actor=actor, course=course, content=replace(content_of(course), summary="New"), expected=1
    )
    assert content_of(changed) == replace(content_of(course), summary="New")
    assert (changed.version, Tag.objects.count()) == (2, 2)
    with pytest.raises(Stale):
        update_course(actor=actor, course=course, content=content_of(course), expected=1)


def test_capacity_stays_above_who_is_in() -> None:
    course = CourseFactory()
    EnrolmentFactory(course=course)
    EnrolmentFactory(course=course)
    actor = actor_for(course.created_by)
    with pytest.raises(Invalid) as caught:
        update_course(actor=actor, course=course, content=replace(content_of(course), capacity=1))
    assert list(caught.value.errors) == ["capacity"]


def test_a_course_moves_between_its_states_and_each_step_is_told_once() -> None:
    course = CourseFactory(draft=True)
    actor = actor_for(course.created_by)
    steps = [
        (publish_course, CourseState.PUBLISHED, "courses.course_published"),
        (archive_course, CourseState.ARCHIVED, "courses.course_archived"),
    ]
    for act, state, kind in steps:
        assert act(actor=actor, course=course).state == state
        assert act(actor=actor, course=course).state == state
        assert len(events_of(kind)) == 1
    first = Course.objects.get().published_at
    assert publish_course(actor=actor, course=course).published_at == first
    for _ in range(2):
        delete_course(actor=actor, course=course)
    assert len(events_of("courses.course_deleted")) == 1
    for _ in range(2):
        assert restore_course(actor=actor, course=course).deleted_at is None
    assert len(events_of("courses.course_restored")) == 1


@pytest.mark.parametrize(
    "act", [publish_course, archive_course, delete_course, restore_course], ids=lambda f: f.__name__
)
def test_only_managers_move_a_course(act: Any) -> None:  # Z1
    course = CourseFactory()
    allowed = set()
    for name, actor in people_around(course).items():
        try:
            act(actor=actor, course=course)
        except KernelError:
            continue
        allowed.add(name)
    assert allowed == {"instructor", "admin", "writer_token", "system"}


def test_enrolling_somebody_else_is_adding_them() -> None:
    course, guest = CourseFactory(), person()
    with pytest.raises(Denied):
        enrol_learner(actor=actor_for(person()), course=course, learner=guest)
    row = enrol_learner(actor=actor_for(course.created_by), course=course, learner=guest)
    assert (row.user, row.source) == (guest, "staff")


def test_adding_forgives_who_was_removed_and_refuses_closed_accounts() -> None:
    course = CourseFactory()
    actor = actor_for(course.created_by)
    row = EnrolmentFactory(course=course)
    remove_member(actor=actor, enrolment=row)
    with pytest.raises(Conflict):
        enrol_learner(actor=actor_for(row.user), course=course)
    assert add_member(actor=actor, course=course, user=row.user).state == EnrolmentState.ACTIVE
    with pytest.raises(Invalid):
        add_member(actor=actor, course=course, user=person(inactive=True))
    with pytest.raises(Invalid):
        add_member(actor=actor, course=course, user=person(), role="king")
    course.refresh_from_db()
    assert course.learner_count == 1


def test_an_active_member_keeps_the_role_they_have() -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course, role=CourseRole.OBSERVER)
    actor = actor_for(course.created_by)
    assert add_member(actor=actor, course=course, user=row.user, role="learner").role == "observer"


def test_a_full_course_takes_staff_but_no_learner() -> None:
    course = CourseFactory(capacity=1)
    actor = actor_for(course.created_by)
    EnrolmentFactory(course=course)
    with pytest.raises(Conflict) as caught:
        add_member(actor=actor, course=course, user=person())
    assert caught.value.code == "course_full"
    helper = add_member(actor=actor, course=course, user=person(), role=CourseRole.ASSISTANT)
    with pytest.raises(Conflict):
        change_role(actor=actor, enrolment=helper, role=CourseRole.LEARNER)


def test_a_place_is_free_again_when_somebody_leaves() -> None:
    course = CourseFactory(capacity=1)
    first = EnrolmentFactory(course=course)
    leave_course(actor=actor_for(first.user), course=course)
    assert enrol_learner(actor=actor_for(person()), course=course).state == EnrolmentState.ACTIVE


def test_leaving_needs_to_be_in() -> None:
    course = CourseFactory()
    with pytest.raises(NotFound):
        leave_course(actor=actor_for(person()), course=course)
    with pytest.raises(Denied):
        leave_course(actor=SYSTEM, course=course)


def test_a_role_of_somebody_who_left_does_not_change() -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course, state=EnrolmentState.LEFT)
    actor = actor_for(course.created_by)
    with pytest.raises(Conflict) as caught:
        change_role(actor=actor, enrolment=row, role=CourseRole.ASSISTANT)
    assert caught.value.code == "not_active"
    assert remove_member(actor=actor, enrolment=row).state == EnrolmentState.LEFT


def test_giving_the_same_role_again_is_not_told() -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course)
    change_role(actor=actor_for(course.created_by), enrolment=row, role=CourseRole.LEARNER)
    assert events_of("courses.role_changed") == []


def test_preview_is_for_staff_and_logged() -> None:  # Z8
    course = CourseFactory()
    actor = actor_for(course.created_by)
    assert start_preview(actor=actor, course=course) == course.pk
    stop_preview(actor=actor)
    stop_preview(actor=actor.previewing(course.pk))
    staff = {"course_id": course.pk, "staff_id": actor.user_id, "actor_id": actor.user_id}
    assert events_of("courses.preview_started") == [staff]
    assert events_of("courses.preview_stopped") == [staff]
    for refused in (EnrolmentFactory(course=course).user, person()):
        with pytest.raises(Denied):
            start_preview(actor=actor_for(refused), course=course)


def test_preview_writes_nothing() -> None:  # Z8
    course = CourseFactory()
    actor = actor_for(course.created_by).previewing(course.pk)
    with pytest.raises(Denied):
        update_course(actor=actor, course=course, content=content_of(course))
    with pytest.raises(Denied):
        leave_course(actor=actor, course=course)


def test_join_waits_for_no_course_that_has_ended() -> None:
    course = CourseFactory(ends_at=clock.now() + timedelta(hours=1))
    with clock.travel(clock.now() + timedelta(hours=2)), pytest.raises(Conflict) as caught:
        enrol_learner(actor=actor_for(person()), course=course)
    assert caught.value.code == "ended"

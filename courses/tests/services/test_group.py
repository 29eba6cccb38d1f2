"""Groups of learners: names, members, dealing out, what leaving does."""

import pytest

from accounts.models import User
from courses.models import Course, LearnerGroup
from courses.queries.group import group_ids, groups, members, names_in
from courses.services.enrolment import leave_course
from courses.services.group import change_group, create_group, deal_out, delete_group
from courses.tests.factories import CourseFactory, EnrolmentFactory, actor_for
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, NotFound, Stale
from lms.kernel.testing.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actor_for(course.created_by)


def learners(course: Course, count: int) -> list[User]:
    return [EnrolmentFactory(course=course).user for _number in range(count)]


def test_a_group_has_the_learners_it_was_given(course: Course, teacher: Actor) -> None:
    one, two, three = learners(course, 3)
    group = create_group(actor=teacher, course=course, name="  First   row ", learners=[one, two])
    assert group.name == "First row"
    assert set(members(group)) == {one, two}
    change_group(actor=teacher, group=group, learners=[two, three])
    assert set(members(group)) == {two, three}
    assert group_ids(course_id=course.pk, learner_id=three.pk) == {group.pk}
    assert group_ids(course_id=course.pk, learner_id=one.pk) == frozenset()


@pytest.mark.parametrize("name", ["", "  ", "FIRST ROW", "x" * 101])
def test_a_name_is_there_once_and_fits(course: Course, teacher: Actor, name: str) -> None:
    create_group(actor=teacher, course=course, name="First row")
    with pytest.raises(Invalid) as refused:
        create_group(actor=teacher, course=course, name=name)
    assert list(refused.value.errors) == ["name"]
    create_group(actor=actor_for(CourseFactory().created_by), course=_other(), name="First row")


def _other() -> Course:
    return Course.objects.order_by("-pk")[0]


def test_only_learners_of_the_course_come_in(course: Course, teacher: Actor) -> None:
    stranger = EnrolmentFactory().user
    with pytest.raises(Invalid) as refused:
        create_group(actor=teacher, course=course, name="Row", learners=[stranger])
    assert list(refused.value.errors) == ["learners"]
    assert not LearnerGroup.objects.exists()
    with pytest.raises(Invalid):
        create_group(actor=teacher, course=course, name="Row", learners=[course.created_by])


def test_an_edit_of_an_old_state_is_refused(course: Course, teacher: Actor) -> None:
    group = create_group(actor=teacher, course=course, name="Row")
    change_group(actor=teacher, group=group, name="Line", expected=1)
    with pytest.raises(Stale):
        change_group(actor=teacher, group=group, name="Column", expected=1)
    group.refresh_from_db()
    assert (group.name, group.version) == ("Line", 2)


def test_everybody_is_dealt_out_evenly(course: Course, teacher: Actor) -> None:
    everybody = learners(course, 7)
    made = deal_out(actor=teacher, course=course, count=3, title="Table")
    assert [group.name for group in made] == ["Table 1", "Table 2", "Table 3"]
    hands = [list(members(group)) for group in made]
    assert sorted(len(hand) for hand in hands) == [2, 2, 3]
    assert {person.pk for hand in hands for person in hand} == {p.pk for p in everybody}
    for count in (0, 8):
        with pytest.raises(Invalid):
            deal_out(actor=teacher, course=course, count=count, title="Desk")


def test_who_leaves_counts_no_more(course: Course, teacher: Actor) -> None:
    one, two = learners(course, 2)
    group = create_group(actor=teacher, course=course, name="Row", learners=[one, two])
    leave_course(actor=actor_for(one), course=course)
    assert list(members(group)) == [two]
    assert names_in([group]) == {group.pk: [two]}
    assert list(groups(actor_for(one))) == []
    assert list(groups(actor_for(two))) == [group]


def test_learners_change_nothing(course: Course, teacher: Actor) -> None:
    inside, outside = learners(course, 2)
    group = create_group(actor=teacher, course=course, name="Row", learners=[inside])
    with pytest.raises(Denied):
        delete_group(actor=actor_for(inside), group=group)
    with pytest.raises(NotFound):
        change_group(actor=actor_for(outside), group=group, name="Mine")
    with pytest.raises(Denied):
        deal_out(actor=actor_for(inside), course=course, count=1, title="Mine")
    delete_group(actor=teacher, group=group)
    assert not LearnerGroup.objects.exists()


def test_names_of_many_groups_are_one_query(course: Course, teacher: Actor) -> None:
    def add() -> None:
        name = f"Row {LearnerGroup.objects.count()}"
        create_group(actor=teacher, course=course, name=name, learners=learners(course, 2))

    add()
    assert_constant_queries(lambda: names_in(groups(teacher, course=course)), add)

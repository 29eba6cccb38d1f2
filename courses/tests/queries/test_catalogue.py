"""The catalogue: who sees what, filters, order, and that it stays cheap."""

import pytest

from courses.models import Course, Tag
from courses.queries.catalogue import (
    Filters,
    catalogue,
    catalogue_choices,
    check_filters,
    count_courses,
    course_rows,
    language_name,
    visible_courses,
)
from courses.queries.outline import attachments_of, blocks_of, draft_of, lessons_of, sections_of
from courses.queries.roles import active_members, learners_of, member_course_ids, staff_course_ids
from courses.rules import VIEW_ATTACHMENT, VIEW_COURSE, VIEW_LESSON, VIEW_SECTION
from courses.services.lesson import save_draft
from courses.services.stamp import catalogue_stamp
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    actor_for,
    people_around,
    person,
)
from lms.kernel import actors
from lms.kernel.errors import Denied, Invalid, NotFound
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


def test_the_list_shows_exactly_what_the_rule_shows() -> None:  # Z1
    first = CourseFactory()
    people = people_around(first)
    for course in (
        CourseFactory(draft=True),
        CourseFactory(archived=True),
        CourseFactory(deleted=True),
    ):
        for name in ("learner", "observer", "assistant", "instructor"):
            EnrolmentFactory(course=course, user_id=people[name].user_id, user=None, role=name)
    for name, actor in people.items():
        listed = set(visible_courses(actor, Filters()).values_list("pk", flat=True))
        allowed = set(VIEW_COURSE.rows(actor).values_list("pk", flat=True))
        assert listed == allowed, name


def test_the_page_lists_live_courses_only_whoever_asks() -> None:
    live = CourseFactory()
    draft = CourseFactory(draft=True)
    assert list(catalogue(actor_for(draft.created_by), Filters())) == [live]


def test_filters_narrow_and_count() -> None:
    CourseFactory(level="advanced", language="de")
    CourseFactory(price_minor=500)
    draft = CourseFactory(draft=True)
    mine = actor_for(draft.created_by)

    def count(**asked: str) -> int:
        return visible_courses(mine, Filters(**asked)).count()

    assert count() == 3
    assert count(level="advanced") == count(language="de") == count(price="paid") == 1
    assert count(price="free") == 2
    assert count(state="draft") == count(mine="staff") == count(slug=draft.slug) == 1
    assert count(policy="invitation") == count(tag="none") == 0
    assert Filters(ordering="title").narrowed is False
    assert Filters(search="x").narrowed is True


def test_filters_refuse_what_is_not_on_their_lists() -> None:  # P2
    for wrong in ({"level": "x"}, {"price": "x"}, {"ordering": "password"}, {"mine": "x"}):
        with pytest.raises(Invalid) as caught:
            check_filters(Filters(**wrong))
        assert list(caught.value.errors) == list(wrong)


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "🙂", "(", "a & b", "*"])
def test_search_takes_any_text(text: str) -> None:  # P6
    CourseFactory()
    assert visible_courses(actors.ANONYMOUS, Filters(search=text)).count() in (0, 1)


def test_a_page_of_rows_is_one_query_and_its_count_often_none() -> None:
    for _ in range(3):
        CourseFactory()
    rows = visible_courses(actors.ANONYMOUS, Filters())
    assert count_queries(lambda: course_rows(rows, 0, 100)) == 1
    assert count_queries(lambda: count_courses(rows, 0, 100, 3)) == 0
    assert count_queries(lambda: count_courses(rows, 0, 2, 2)) == 1
    assert count_courses(rows, 0, 100, 3) == count_courses(rows, 0, 2, 2) == 3
    assert count_courses(rows, 100, 20, 0) == 3


def test_rows_carry_cover_instructor_and_tags() -> None:
    course = CourseFactory(cover="covers/a.webp")
    course.tags.set([Tag.objects.create(name=n, slug=n) for n in ("b", "a")])
    (row,) = course_rows(Course.objects.all(), 0, 1)
    assert row["cover"] == f"/covers/{course.public_id}/1/"
    assert row["tags"] == ["a", "b"]
    assert row["instructor"]["id"] == course.created_by.public_id


def test_choices_offer_what_live_courses_have() -> None:
    course = CourseFactory(language="de")
    CourseFactory(language="fr", draft=True)
    course.tags.add(Tag.objects.create(name="Maths", slug="maths"))
    Tag.objects.create(name="Unused", slug="unused")
    choices = catalogue_choices()
    assert choices.languages == [("de", "Deutsch")]
    assert [tag.slug for tag in choices.tags] == ["maths"]
    assert [value for value, _label in choices.orderings] == ["", "-learner_count", "title"]
    assert language_name("tlh") == "tlh"


def test_outline_queries_show_what_the_rules_show() -> None:  # Z1
    course = CourseFactory()
    lesson = LessonFactory(course=course)
    LessonFactory(course=course, published=False)
    for actor in people_around(course).values():
        assert set(lessons_of(actor)) == set(VIEW_LESSON.rows(actor))
        assert set(lessons_of(actor, course=course, section=lesson.section)) == set(
            VIEW_LESSON.rows(actor)
        )
        assert set(sections_of(actor)) == set(VIEW_SECTION.rows(actor))
        assert set(attachments_of(actor, lesson=lesson)) == set(VIEW_ATTACHMENT.rows(actor))


def test_a_draft_is_for_those_who_edit() -> None:
    lesson = LessonFactory()
    learner = actor_for(EnrolmentFactory(course=lesson.course).user)
    with pytest.raises(Denied):
        draft_of(learner, lesson)
    with pytest.raises(NotFound):
        draft_of(SYSTEM, lesson)
    draft = save_draft(actor=SYSTEM, lesson=lesson, markdown="x")
    assert draft_of(SYSTEM, lesson) == draft
    assert blocks_of(None).count() == 0


def test_roles_answer_for_lists() -> None:
    course = CourseFactory()
    row = EnrolmentFactory(course=course)
    teacher, learner = actor_for(course.created_by), actor_for(row.user)
    assert list(staff_course_ids(teacher)) == [course.pk]
    assert list(staff_course_ids(learner)) == []
    assert list(member_course_ids(learner)) == [course.pk]
    assert active_members(course).count() == 2
    assert list(learners_of(teacher, course)) == [row.user]
    with pytest.raises(NotFound):
        learners_of(actor_for(person()), CourseFactory(draft=True))


def test_the_stamp_stays_until_it_is_renewed() -> None:
    assert catalogue_stamp() == catalogue_stamp() is not None

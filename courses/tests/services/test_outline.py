"""The outline: order, moves, deleting, what is refused."""

from typing import Any

import pytest

from courses.models import Course, Lesson, Section
from courses.services import outline
from courses.services.outline import (
    add_lesson,
    add_section,
    delete_lesson,
    delete_section,
    move_lesson,
    move_section,
    rename_section,
    reorder,
    update_lesson,
)
from courses.tests.factories import (
    CourseFactory,
    LessonFactory,
    SectionFactory,
    actor_for,
    people_around,
)
from lms.kernel.errors import Conflict, Denied, Invalid, KernelError, NotFound, Stale
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db


def _titles(course: Course) -> list[list[str]]:
    sections = Section.objects.filter(course=course, deleted_at=None)
    return [
        [lesson.title for lesson in section.lessons.filter(deleted_at=None).order_by("ordinal")]
        for section in sections
    ]


@pytest.fixture
def course() -> Course:
    """Two sections: a b c, and d."""
    course = CourseFactory()
    actor = actor_for(course.created_by)
    for titles in ("abc", "d"):
        section = add_section(actor=actor, course=course, title=f"Section {titles}")
        for title in titles:
            add_lesson(actor=actor, section=section, title=title)
    return course


@pytest.mark.parametrize(
    ("title", "steps", "titles"),
    [
        ("a", ["up"], [["a", "b", "c"], ["d"]]),
        ("a", ["down"], [["b", "a", "c"], ["d"]]),
        ("c", ["down"], [["a", "b"], ["c", "d"]]),
        ("c", ["down", "down"], [["a", "b"], ["d", "c"]]),
        ("d", ["up"], [["a", "b", "c", "d"], []]),
        ("d", ["down"], [["a", "b", "c"], ["d"]]),
        ("d", ["up", "up", "down", "down"], [["a", "b", "c"], ["d"]]),
    ],
)
def test_lessons_move_by_steps(
    course: Course, title: str, steps: list[Any], titles: list[list[str]]
) -> None:
    actor = actor_for(course.created_by)
    for step in steps:
        lesson = Lesson.objects.get(course=course, title=title)
        move_lesson(actor=actor, lesson=lesson, direction=step)
    assert _titles(course) == titles


@pytest.mark.parametrize(
    ("position", "titles"),
    [(0, ["d", "a", "b", "c"]), (2, ["a", "b", "d", "c"]), (None, ["a", "b", "c", "d"])],
)
def test_lessons_move_to_a_place(course: Course, position: int | None, titles: list[str]) -> None:
    first = Section.objects.filter(course=course).order_by("ordinal")[0]
    lesson = Lesson.objects.get(course=course, title="d")
    actor = actor_for(course.created_by)
    move_lesson(actor=actor, lesson=lesson, section=first, position=position)
    assert _titles(course)[0] == titles


def test_sections_move_by_steps_and_stop_at_the_edge(course: Course) -> None:
    actor = actor_for(course.created_by)
    second = Section.objects.get(course=course, title="Section d")
    move_section(actor=actor, section=second, direction="up")
    move_section(actor=actor, section=second, direction="up")
    assert _titles(course) == [["d"], ["a", "b", "c"]]
    move_section(actor=actor, section=second, direction="down")
    assert _titles(course) == [["a", "b", "c"], ["d"]]


def test_reorder_puts_everything_in_its_place_and_loses_nothing(course: Course) -> None:
    actor = actor_for(course.created_by)
    first, second = Section.objects.filter(course=course).order_by("ordinal")
    ids = {lesson.title: lesson.public_id for lesson in Lesson.objects.filter(course=course)}
    order = [(second.public_id, [ids["c"], ids["d"]]), (first.public_id, [ids["b"], ids["a"]])]
    reorder(actor=actor, course=course, order=order)
    assert _titles(course) == [["c", "d"], ["b", "a"]]
    for wrong in (
        order[:1],
        [*order, order[0]],
        [(second.public_id, [ids["c"]]), order[1]],
        [(second.public_id, [ids["c"], ids["d"], ids["d"]]), order[1]],
        [(second.public_id, [ids["c"], "x"]), order[1]],
    ):
        with pytest.raises(Conflict) as caught:
            reorder(actor=actor, course=course, order=wrong)
        assert caught.value.code == "outline_changed"
    assert _titles(course) == [["c", "d"], ["b", "a"]]


def test_only_managers_change_the_outline(course: Course) -> None:  # Z1
    section = Section.objects.filter(course=course)[0]
    lesson = Lesson.objects.filter(course=course)[0]
    before = len(events_of("courses.outline_changed"))
    allowed = set()
    for name, actor in people_around(course).items():
        for act in (
            lambda a: add_section(actor=a, course=course, title="x"),
            lambda a: rename_section(actor=a, section=section, title="x"),
            lambda a: update_lesson(actor=a, lesson=lesson, title="x"),
        ):
            try:
                act(actor)
            except KernelError:
                continue
            allowed.add(name)
    assert allowed == {"instructor", "admin", "writer_token", "system"}
    assert len(events_of("courses.outline_changed")) == before + 12


@pytest.mark.parametrize("title", ["", "  ", "x" * 151, "a\0b"])
def test_titles_are_checked(course: Course, title: str) -> None:  # C4
    actor = actor_for(course.created_by)
    section = Section.objects.filter(course=course)[0]
    with pytest.raises(Invalid) as caught:
        add_section(actor=actor, course=course, title=title)
    assert list(caught.value.errors) == ["title"]
    with pytest.raises(Invalid):
        add_lesson(actor=actor, section=section, title=title)


def test_lessons_refuse_odd_kinds_and_minutes(course: Course) -> None:
    actor = actor_for(course.created_by)
    section = Section.objects.filter(course=course)[0]
    for options, field in (
        ({"kind": "hologram"}, "kind"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 6001}, "minutes"),
    ):
        with pytest.raises(Invalid) as caught:
            add_lesson(actor=actor, section=section, title="x", **options)
        assert list(caught.value.errors) == [field]


def test_changes_count_versions_and_refuse_stale_ones(course: Course) -> None:  # P4
    actor = actor_for(course.created_by)
    lesson = Lesson.objects.filter(course=course)[0]
    assert update_lesson(actor=actor, lesson=lesson, minutes=9, expected=1).version == 2
    with pytest.raises(Stale):
        update_lesson(actor=actor, lesson=lesson, minutes=9, expected=1)


def test_deleting_twice_is_told_once_and_a_deleted_section_takes_no_lesson(course: Course) -> None:
    actor = actor_for(course.created_by)
    section = Section.objects.filter(course=course)[0]
    lesson = Lesson.objects.filter(section=section)[0]
    for _ in range(2):
        delete_lesson(actor=actor, lesson=lesson)
        delete_section(actor=actor, section=section)
    actions = [event["action"] for event in events_of("courses.outline_changed")]
    assert (actions.count("lesson_deleted"), actions.count("section_deleted")) == (1, 1)
    with pytest.raises(Conflict):
        add_lesson(actor=actor, section=section, title="x")


def test_a_course_holds_so_many_sections_and_lessons(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = actor_for(course.created_by)
    monkeypatch.setattr(outline, "MAX_SECTIONS", 2)
    monkeypatch.setattr(outline, "MAX_LESSONS", 4)
    with pytest.raises(Conflict):
        add_section(actor=actor, course=course, title="x")
    with pytest.raises(Conflict):
        add_lesson(actor=actor, section=Section.objects.filter(course=course)[0], title="x")


def test_a_section_of_another_course_is_no_place(course: Course) -> None:  # Z3
    actor = actor_for(course.created_by)
    lesson = Lesson.objects.filter(course=course)[0]
    foreign = SectionFactory(course=CourseFactory(created_by=course.created_by))
    with pytest.raises(Invalid):
        move_lesson(actor=actor, lesson=lesson, section=foreign)


def test_what_is_gone_meanwhile_is_not_found(course: Course) -> None:
    lesson = LessonFactory(course=course)
    Lesson.objects.filter(pk=lesson.pk).delete()
    with pytest.raises(NotFound):
        update_lesson(actor=actor_for(course.created_by), lesson=lesson, title="x")
    with pytest.raises(Denied):
        update_lesson(
            actor=actor_for(course.created_by).previewing(course.pk),
            lesson=LessonFactory(course=course),
            title="x",
        )

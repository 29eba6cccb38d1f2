"""A quiz begins on the page of quizzes."""

import pytest

from assessments.tests.factories import School, make_lesson, make_quiz, make_school
from assessments.tests.views.test_attempt import client_of, page
from courses.enums import LessonKind
from courses.models import Lesson, Section

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def url(school: School) -> str:
    return f"/teach/{school.course.slug}/quizzes/"


def test_a_quiz_is_added_to_a_section_and_its_builder_opens(school: School) -> None:
    client = client_of(school, "instructor")
    second = Section.objects.create(course=school.course, title="Part two", ordinal=2)
    shown = page(client, url(school))
    assert "Give the first one a name" in shown
    assert f'value="{second.public_id}" selected' in shown, "the last section is offered"
    form = {"title": "Lava and ash", "section": school.section.public_id}
    sent = client.post(f"{url(school)}new/", form)
    lesson = Lesson.objects.get(title="Lava and ash")
    assert (lesson.kind, lesson.section, lesson.published) == (
        LessonKind.QUIZ,
        school.section,
        False,
    )
    assert sent["Location"] == f"{url(school)}{lesson.public_id}/"
    assert "No questions yet" in page(client, sent["Location"])
    assert "New quiz" in page(client, url(school))


def test_what_is_missing_is_said_in_its_field(school: School) -> None:
    client = client_of(school, "instructor")
    foreign = make_school().section.public_id
    for title, section in (("", school.section.public_id), ("Lava", foreign), ("x" * 151, "")):
        refused = client.post(f"{url(school)}new/", {"title": title, "section": section})
        assert refused.status_code == 400
        assert 'class="field-error"' in refused.content.decode()
    assert not Lesson.objects.exists()


def test_assistants_see_no_form(school: School) -> None:
    make_lesson(school)
    shown = page(client_of(school, "assistant"), url(school))
    assert "New quiz" not in shown
    refused = client_of(school, "assistant").post(f"{url(school)}new/", {"title": "x"})
    assert refused.status_code == 403


def test_a_menu_that_always_has_an_answer_is_not_called_optional(school: School) -> None:
    quiz = make_quiz(school)
    shown = page(client_of(school, "instructor"), f"{url(school)}{quiz.lesson.public_id}/settings/")
    layout, _cut, rest = shown.partition('for="id_layout"')[2].partition("</label>")
    assert "optional" not in layout
    assert "optional" in rest, "instructions are"

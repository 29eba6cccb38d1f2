"""A story becomes a course, and the report tells what its questions are worth."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import SiteRole
from accounts.tests.factories import UserFactory
from ai.enums import DraftState
from ai.models import Draft
from courses.enums import CourseState
from courses.models import Course, Lesson

pytestmark = pytest.mark.django_db(transaction=True)

STORY = """section,text
1,"A miller named Anselm kept seven geese behind the mill. Every morning the geese walked to the
river Orne and drank. One day the oldest goose found a silver ring in the mud. Anselm carried the
ring to the bishop of Lisieux, who had lost it in April."
2,"The bishop gave Anselm a donkey as a reward. The donkey refused to cross the stone bridge.
So Anselm built a ferry from the old mill door, and the donkey travelled on the ferry every
Sunday. After two years the ferry earned more money than the mill."
3,"Ha!"
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "the-miller-and-the-ring-story.csv"
    path.write_text(STORY, encoding="utf-8")
    return path


def test_story_becomes_a_draft_course_with_a_lesson_per_section(story: Path) -> None:
    UserFactory(email="instructor@example.com", site_role=SiteRole.INSTRUCTOR)
    call_command("story_course", str(story), count=2, stdout=StringIO())
    course = Course.objects.get()
    assert (course.title, course.state) == ("The Miller And The Ring", CourseState.DRAFT)
    titles = Lesson.objects.filter(course=course, published=True).values_list("title", flat=True)
    assert list(titles) == ["Part 1", "Part 2", "Part 3"]
    version = Lesson.objects.get(title="Part 2").versions.get()
    assert version.provenance == {
        "source": "the-miller-and-the-ring-story.csv",
        "section": 2,
        "data_set": "FairytaleQA, Apache-2.0",
    }


def test_report_counts_what_the_drafts_say(story: Path, tmp_path: Path) -> None:
    UserFactory(email="teacher@example.com", site_role=SiteRole.INSTRUCTOR)
    said, path = StringIO(), tmp_path / "report.json"
    call_command(
        "story_course",
        str(story),
        teacher="teacher@example.com",
        count=2,
        report=path,
        stdout=said,
    )
    report = json.loads(path.read_text(encoding="utf-8"))
    drafts = Draft.objects.filter(state=DraftState.DRAFT)
    assert report["totals"]["asked"] == 6
    assert report["totals"]["valid"] == report["totals"]["answerable"] == drafts.count() >= 2
    assert report["lessons"][2]["valid"] == 0
    assert report["lessons"][2]["remarks"]
    stems = [question["stem"] for lesson in report["lessons"] for question in lesson["questions"]]
    assert stems == [draft.content["stem"] for draft in drafts.order_by("pk")]
    assert "The Miller And The Ring: 6 asked" in said.getvalue()


def test_unknown_teacher_and_story_are_named(story: Path) -> None:
    with pytest.raises(CommandError, match=r"nobody@example\.com"):
        call_command("story_course", str(story), teacher="nobody@example.com")
    UserFactory(email="instructor@example.com", site_role=SiteRole.INSTRUCTOR)
    with pytest.raises(CommandError, match="no-such-tale"):
        call_command("story_course", "no-such-tale")
    assert not Course.objects.exists()


def test_student_cannot_make_a_course_of_a_story(story: Path) -> None:
    UserFactory(email="student@example.com")
    with pytest.raises(CommandError, match="instructors"):
        call_command("story_course", str(story), teacher="student@example.com")
    assert not Course.objects.exists()

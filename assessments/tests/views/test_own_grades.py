from decimal import Decimal

import pytest
from django.test import Client

from assessments.enums import Aggregate
from assessments.models import GradeItem
from assessments.services.cells import set_cell
from assessments.services.grade_status import StatusFields, create_status
from assessments.services.gradebook import (
    CategoryFields,
    GradebookSettings,
    ItemFields,
    create_category,
    create_manual_item,
    update_gradebook,
)
from assessments.services.posting import post_grades
from assessments.tests.factories import School, make_attempt, make_quiz, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    """Quizzes weigh three quarters, talks one; one talk is graded and posted, one only graded."""
    school = make_school()
    teacher = school.actor("instructor")
    update_gradebook(
        actor=teacher,
        course=school.course,
        settings=GradebookSettings(
            rule=Aggregate.WEIGHTED_MEAN,
            levels=[("Pass", Decimal(50)), ("Fail", Decimal(0))],
        ),
    )
    quizzes, talks = (
        create_category(
            actor=teacher,
            course=school.course,
            fields=CategoryFields(name=name, weight=Decimal(weight)),
        )
        for name, weight in (("Quizzes", 3), ("Talks", 1))
    )
    quiz = make_quiz(school)
    type(quiz.grade_item).objects.filter(pk=quiz.grade_item.pk).update(category=quizzes)
    make_attempt(school, quiz, wrong=3)
    for title, score in (("First talk", "8"), ("Secret talk", "1.2345")):
        item = create_manual_item(
            actor=teacher,
            course=school.course,
            fields=ItemFields(title=title, max_score=Decimal(10), category=talks),
        )
        set_cell(
            actor=teacher,
            item=item,
            learner=school.learner,
            score=Decimal(score),
            reason=f"Why {title}.",
        )
        if title == "First talk":
            post_grades(actor=teacher, item=item, released=True)
    return school


def shown(school: School, path: str = "", who: str = "learner") -> str:
    client = Client()
    client.force_login(getattr(school, who))
    answer = client.get(f"/c/{school.course.slug}/grades/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_posted_grades_by_category_with_weights_and_reasons(school: School) -> None:  # Z7
    page = shown(school)
    # A quiz of 3 of 6 weighs 75 %, a talk of 8 of 10 weighs 25 %.
    assert "57.50 % · Pass" in page
    assert "75 % of what is around it" in page
    assert "Why First talk." in page
    assert "Why Secret talk." not in page
    assert "1.23" not in page
    assert page.count("none yet") == 1
    assert 'data-module="whatif"' in page


def test_a_status_of_the_course_is_named(school: School) -> None:
    teacher = school.actor("instructor")
    fields = StatusFields(name="Plagiarised", sign="pl", effect="zero")
    made = create_status(actor=teacher, course=school.course, fields=fields)
    item = GradeItem.objects.get(title="First talk")
    set_cell(actor=teacher, item=item, learner=school.learner, score=Decimal(8), status=made.key)
    page = shown(school)
    assert '<span class="badge warn">Plagiarised</span>' in page
    assert "Plagiarised: counts as 0" in page
    assert "Plagiarised" in shown(school, "transcript/")
    client = Client()
    client.force_login(school.learner)
    found = client.get("/api/v1/grades/?mine=true").json()["results"]
    assert {row["status"]: row["status_name"] for row in found}[made.key] == "Plagiarised"
    set_cell(actor=teacher, item=item, learner=school.learner, score=None, status=made.key)
    assert "Plagiarised" in client.get("/me/").content.decode()


def test_a_classmate_sees_their_own_page_only(school: School) -> None:
    page = shown(school, who="classmate")
    assert "Nothing is posted yet" in page
    assert "Why First talk." not in page


def test_staff_previewing_see_no_grades_and_may_not_try(school: School) -> None:
    page = shown(school, who="instructor")
    assert "Why First talk." not in page
    assert 'data-module="whatif"' not in page


def test_the_transcript_lists_what_is_posted(school: School) -> None:
    page = shown(school, "transcript/")
    assert school.learner.display_name in page
    assert "57.50 %" in page
    assert "1.23" not in page


def test_hidden_totals_leave_the_lines(school: School) -> None:
    update_gradebook(
        actor=school.actor("instructor"),
        course=school.course,
        settings=GradebookSettings(show_totals=False),
    )
    page = shown(school)
    assert "Total so far" not in page
    assert "First talk" in page
    assert 'data-module="whatif"' not in page

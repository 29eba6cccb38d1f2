from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from assessments.services.originality import similar_works
from assessments.services.submission import submit
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import begin, hand_in, make_assignment, put_file
from lms.kernel.errors import Denied

pytestmark = pytest.mark.django_db
TEXT = "I counted eleven ferries on Monday morning and four of them on Sunday, in the rain."


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def test_a_copy_in_the_course_is_shown_side_by_side(school: School) -> None:
    earlier = hand_in(school, make_assignment(school), "classmate", f"See: {TEXT}")
    foreign = make_school()
    hand_in(foreign, make_assignment(foreign), text=TEXT)
    asked = make_assignment(school, anonymous=True)
    row = hand_in(school, asked, text=TEXT)
    (found,) = similar_works(actor=school.actor("assistant"), submission=row)
    assert (found.submission, found.shared) == (earlier, 1.0)
    assert [(pair.here, pair.there) for pair in found.pairs] == [(TEXT[:-1], TEXT[:-1])]
    client = Client()
    client.force_login(school.assistant)
    page = f"/teach/{school.course.slug}/marking/{asked.public_id}/{row.public_id}/similar/"
    shown = client.get(page).content.decode()
    assert school.classmate.name in shown
    assert school.learner.name not in shown  # Z7
    with pytest.raises(Denied):
        similar_works(actor=school.actor("learner"), submission=row)


def test_plain_text_files_count_and_ones_own_work_does_not(school: School) -> None:
    hand_in(school, make_assignment(school), text=TEXT)
    asked = make_assignment(school)
    row = hand_in(school, asked, text=TEXT)
    assert similar_works(actor=school.actor("assistant"), submission=row) == []
    other = begin(school, asked, "classmate")
    put_file(school, other, "classmate", name="log.txt", data=TEXT.encode())
    submit(actor=school.actor("classmate"), submission=other)
    found = similar_works(actor=school.actor("assistant"), submission=row)
    assert [one.submission for one in found] == [other]

from typing import Any

import pytest

from assessments.enums import GradeItemKind
from assessments.models import Grade, GradeItem
from realtime.services.gradebook import show_cell
from realtime.tests.factories import Cast
from realtime.tests.services.test_notify import Pushed

pytestmark = pytest.mark.django_db


def test_staff_hear_which_cell_changed_and_nothing_else(cast: Cast, pushed: Pushed) -> None:  # R6
    item = GradeItem.objects.create(
        course=cast.course, kind=GradeItemKind.MANUAL, title="Talk", max_score=5
    )
    learner = cast.people["learner"]
    grade = Grade.objects.create(item=item, learner=learner, score=4, max_score=5)
    told = show_cell(grade_id=grade.pk)
    frame: dict[str, Any] = {
        "type": "gradebook",
        "course": cast.course.public_id,
        "item": item.public_id,
        "learner": learner.public_id,
        "version": 1,
    }
    assert told == len(pushed) > 0
    assert all(sent == frame for _room, sent in pushed)
    assert f"person:{learner.pk}" not in {room for room, _sent in pushed}
    assert show_cell(grade_id=0) == 0

"""Everything that waits for a marker stands in one list, most first."""

from decimal import Decimal

import pytest

from assessments.enums import PeerPhase
from assessments.models import PeerReview
from assessments.queries.desk import desk_lines
from assessments.services.marking import Judgement, save_mark
from assessments.services.peer import PeerSettings, set_up_peer_review
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from assessments.tests.handed_in import begin, hand_in, make_assignment
from assessments.tests.views.test_answer_marking import ESSAY
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def shown(school: School, who: str = "assistant") -> list[tuple[str, int]]:
    return [(line.kind, line.waiting) for line in desk_lines(school.actor(who), school.course)]


def test_answers_and_works_wait_side_by_side(school: School) -> None:
    make_attempt(school, make_quiz(school, ESSAY))
    asked = make_assignment(school)
    for who in ("learner", "classmate"):
        hand_in(school, asked, who)
    assert shown(school) == [("assignment", 2), ("quiz", 1)]
    assert desk_lines(school.actor("assistant"))[0].id == asked.public_id


def test_drafts_and_marked_works_do_not_wait(school: School) -> None:
    asked = make_assignment(school)
    begin(school, asked, "classmate", "Not yet.")
    work = hand_in(school, asked)
    assert shown(school) == [("assignment", 1)]
    judgement = Judgement(score=Decimal(1))
    save_mark(actor=school.actor("assistant"), submission=work, judgement=judgement, done=True)
    assert shown(school) == []


def test_works_under_peer_review_wait_once_it_is_closed(school: School) -> None:
    asked = make_assignment(school)
    hand_in(school, asked)
    teacher = school.actor("instructor")
    set_up_peer_review(actor=teacher, assignment=asked, settings=PeerSettings(each=1, least=1))
    assert shown(school) == []
    PeerReview.objects.update(phase=PeerPhase.CLOSED)
    assert shown(school) == [("assignment", 1)]


def test_learners_and_strangers_see_nothing(school: School) -> None:
    hand_in(school, make_assignment(school))
    for who in ("learner", "classmate"):
        assert shown(school, who) == []


def test_it_asks_the_same_for_many(school: School) -> None:
    def ask() -> None:
        desk_lines(school.actor("assistant"))

    hand_in(school, make_assignment(school))
    make_attempt(school, make_quiz(school, ESSAY))
    few = count_queries(ask)
    for _more in range(2):
        hand_in(school, make_assignment(school))
        make_attempt(school, make_quiz(school, ESSAY))
    assert count_queries(ask) == few

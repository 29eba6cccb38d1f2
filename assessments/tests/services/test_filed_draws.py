"""Draws out of categories, tags, learning outcomes, and banks that are lent."""

from decimal import Decimal

import pytest

from assessments.enums import QuestionKind, ShareLevel
from assessments.queries.draws import draw_lines, matching
from assessments.scoring.narrow import Narrow, narrow_json, narrow_of
from assessments.services.bank import add_question
from assessments.services.bank_share import open_own_bank, share_with_course
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_category import add_category
from assessments.services.quiz import create_quiz
from assessments.services.quiz_draws import add_draw
from assessments.tests.factories import CONTENTS, make_lesson, make_question, make_school

pytestmark = pytest.mark.django_db


def test_a_draw_is_narrowed_by_category_tag_and_outcome() -> None:
    school = make_school()
    teacher = school.actor("instructor")
    deep, wide, _plain = (make_question(school, stem=f"Stone {n}?") for n in range(3))
    rocks = add_category(actor=teacher, bank=deep.bank, name="Rocks")
    lava = add_category(actor=teacher, bank=deep.bank, name="Lava", parent=rocks)
    aim = add_outcome(
        actor=teacher, course=school.course, fields=OutcomeFields(code="G1", title="Tell rocks")
    )
    file_question(actor=teacher, question=deep, filing=Filing(category=lava, tags=["hot", "old"]))
    file_question(actor=teacher, question=wide, filing=Filing(category=rocks, outcomes=[aim]))
    quiz = create_quiz(actor=teacher, lesson=make_lesson(school))
    hot, old = (deep.tags.get(name=name).public_id for name in ("hot", "old"))
    inside = Narrow(categories=(rocks.public_id,), tags=(hot, old))
    for narrow, expected in (
        (Narrow(), 3),
        (Narrow(categories=(rocks.public_id,)), 2),
        (Narrow(categories=(lava.public_id,)), 1),
        (Narrow(tags=(hot, old)), 1),
        (Narrow(outcomes=(aim.public_id,)), 1),
        (inside, 1),
        (Narrow(categories=(lava.public_id,), outcomes=(aim.public_id,)), 0),
        (Narrow(categories=("gone",)), 0),
    ):
        assert matching(teacher, quiz, narrow) == expected
        assert narrow_of(narrow_json(narrow)) == narrow
    draw = add_draw(actor=teacher, quiz=quiz, count=2, points=Decimal(1), narrow=inside)
    line = draw_lines(quiz, [draw])[0]
    assert (line.matching, line.missing, line.words) == (1, 1, ("Rocks", "hot, old"))
    rocks.delete()
    assert draw_lines(quiz, [draw])[0].words[0] == "deleted"


def test_a_lent_bank_is_drawn_from_only_when_it_is_named() -> None:
    school = make_school()
    teacher = school.actor("instructor")
    make_question(school)
    own = open_own_bank(actor=teacher)
    add_question(actor=teacher, bank=own, content=CONTENTS[QuestionKind.TRUE_FALSE])
    quiz = create_quiz(actor=teacher, lesson=make_lesson(school))
    named = Narrow(banks=(own.public_id,))
    assert (matching(teacher, quiz, Narrow()), matching(teacher, quiz, named)) == (1, 0)
    share_with_course(actor=teacher, bank=own, course=school.course, level=ShareLevel.READ)
    assert (matching(teacher, quiz, Narrow()), matching(teacher, quiz, named)) == (1, 1)

"""The mastery map: one's own tells no unreleased result, staff see all, small cells are hidden."""

import json
from zipfile import ZipFile

import pytest

from accounts.services.privacy import export_person
from analytics.models import SkillMastery
from analytics.queries.mastery import class_lines, outcomes_of, own_map
from analytics.queries.mastery_evidence import learner_evidence, own_evidence
from analytics.queries.mastery_totals import mastery_totals
from analytics.queries.next_step import next_step
from analytics.queries.practice import Practice, practice_quizzes, recommended_practice
from analytics.scoring.mastery.cells import Level
from analytics.tests.factories import make_learner
from analytics.tests.mastery import answer, make_outcome, make_skill_quiz, take_all
from assessments.models import LearningOutcome
from assessments.services.attempt import start_attempt
from assessments.services.quiz import release_results
from assessments.tests.factories import School, make_school
from lms.kernel.errors import Denied
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def outcome(school: School) -> LearningOutcome:
    return make_outcome(school, "G1")


def test_own_map_waits_for_results_that_staff_release(
    school: School, outcome: LearningOutcome
) -> None:
    """Z7: neither a figure nor an answer tells what is not released; staff see it at once."""
    quiz = make_skill_quiz(school, outcome, show_review=False)
    answer(quiz, school.learner, "1101")
    take_all(school)
    learner, staff = school.actor("learner"), school.actor("assistant")
    (cell,) = own_map(learner, school.course).cells
    assert (cell.answers, cell.mastery, cell.level) == (0, None, Level.UNKNOWN)
    assert own_evidence(learner, school.course, outcome).lines == []
    seen = learner_evidence(staff, school.course, outcome, school.learner)
    assert [line.right for line in seen.lines] == [True, False, True, True]
    release_results(actor=school.actor("instructor"), quiz=quiz)
    (cell,) = own_map(learner, school.course).cells
    assert (cell.answers, cell.right) == (4, 3)
    assert cell.mastery == SkillMastery.objects.get().mastery


def test_a_copy_of_ones_data_keeps_back_what_is_not_released(
    school: School, outcome: LearningOutcome
) -> None:
    quiz = make_skill_quiz(school, outcome, show_review=False)
    answer(quiz, school.learner, "1101")
    take_all(school)
    assert exported(school) == [(None, None)]
    release_results(actor=school.actor("instructor"), quiz=quiz)
    row = SkillMastery.objects.get()
    assert exported(school) == [(row.mastery, row.right)]


def exported(school: School) -> list[tuple[object, object]]:
    """Mastery and right answers of each skill in the learner's copy of their data."""
    kept = export_person(actor=school.actor("learner"), person=school.learner)
    with ZipFile(kept) as archive:
        rows = json.loads(archive.read("analytics.skillmastery.json"))
    return [(row["mastery"], row["right"]) for row in rows]


def test_own_map_is_closed_during_an_exam(school: School, outcome: LearningOutcome) -> None:
    answer(make_skill_quiz(school, outcome), school.learner, "1101")
    exam = make_skill_quiz(school, outcome, exam_mode=True, attempts_allowed=1)
    start_attempt(actor=school.actor("learner"), quiz=exam)
    found = own_map(school.actor("learner"), school.course)
    assert (found.closed, found.cells) == (True, [])
    with pytest.raises(Denied) as refused:
        own_evidence(school.actor("learner"), school.course, outcome)
    assert refused.value.code == "exam_mode"


def test_evidence_says_what_each_answer_did(school: School, outcome: LearningOutcome) -> None:
    answer(make_skill_quiz(school, outcome, count=3), school.learner, "110")
    found = own_evidence(school.actor("learner"), school.course, outcome)
    assert [(line.right, line.after > line.before) for line in found.lines] == [
        (False, False),
        (True, True),
        (True, True),
    ]
    assert found.lines[0].question == "A cairn is a pile of stones."
    assert found.lines[0].before == found.lines[1].after
    assert found.cell.mastery == found.lines[0].after


def test_own_map_takes_as_many_queries_for_three_quizzes_as_for_one(
    school: School, outcome: LearningOutcome
) -> None:
    actor = school.actor("learner")
    answer(make_skill_quiz(school, outcome), school.learner, "1000")

    def whole() -> None:
        found = own_map(actor, school.course)
        recommended_practice(actor, school.course, found.cells)

    whole()
    one = count_queries(whole)
    for code in ("G2", "G3"):
        answer(make_skill_quiz(school, make_outcome(school, code)), school.learner, "1001")
    assert count_queries(whole) == one


def test_class_takes_as_many_queries_for_three_learners_as_for_one(
    school: School, outcome: LearningOutcome
) -> None:
    quiz = make_skill_quiz(school, outcome)
    people = [school.learner, school.classmate, make_learner(school.course)]
    for person in people:
        answer(quiz, person, "1101")
    take_all(school)
    staff, outcomes = school.actor("assistant"), outcomes_of(school.course)
    one = count_queries(lambda: class_lines(staff, school.course, people[:1], outcomes))
    assert count_queries(lambda: class_lines(staff, school.course, people, outcomes)) == one
    lines = class_lines(staff, school.course, people, outcomes)
    assert [line.cells[0].answers for line in lines] == [4, 4, 4]


def test_observers_get_totals_of_five_and_more(school: School, outcome: LearningOutcome) -> None:
    """V6."""
    quiz = make_skill_quiz(school, outcome)
    for person in (school.learner, school.classmate):
        answer(quiz, person, "1111")
    take_all(school)
    (blind,) = mastery_totals(school.actor("observer"), school.course)
    assert (blind.learners, blind.mean, blind.levels) == (None, None, None)
    (full,) = mastery_totals(school.actor("assistant"), school.course)
    assert (full.learners, full.levels) == (
        2,
        {Level.SECURE: 2, Level.GROWING: 0, Level.SHAKY: 0, Level.UNKNOWN: 0},
    )
    for _ in range(4):
        answer(quiz, make_learner(school.course), "1111")
    take_all(school)
    (blind,) = mastery_totals(school.actor("observer"), school.course)
    assert (blind.learners, blind.levels) == (
        6,
        {Level.SECURE: 6, Level.GROWING: 0, Level.SHAKY: 0, Level.UNKNOWN: 0},
    )


def test_practice_takes_the_lowest_first_and_says_why(school: School) -> None:
    low, high, new = (make_outcome(school, code) for code in ("G1", "G2", "G3"))
    quizzes = {one.pk: make_skill_quiz(school, one) for one in (low, high, new)}
    answer(quizzes[high.pk], school.learner, "0101")
    answer(quizzes[low.pk], school.learner, "0000")
    actor = school.actor("learner")
    found = recommended_practice(actor, school.course, own_map(actor, school.course).cells)
    assert [one.cell.outcome for one in found] == [low, high, new]
    assert [one.lesson for one in found] == [quizzes[one.pk].lesson for one in (low, high, new)]
    assert found[0].reason.startswith("You got 0 of 4 answers right; the estimate is")
    assert found[2].reason == "You have not answered anything on this yet."


def test_practice_waits_behind_what_it_builds_on_and_says_so(school: School) -> None:
    base, low, other = (make_outcome(school, code, code) for code in ("G1", "G2", "G3"))
    low.prerequisites.set([base])
    quizzes = {one.pk: make_skill_quiz(school, one) for one in (base, low, other)}
    answer(quizzes[low.pk], school.learner, "0000")
    answer(quizzes[base.pk], school.learner, "0101")
    answer(quizzes[other.pk], school.learner, "0001")
    actor = school.actor("learner")

    def found() -> list[Practice]:
        return recommended_practice(actor, school.course, own_map(actor, school.course).cells)

    order = [one.cell.outcome for one in found()]
    assert order.index(base) < order.index(low)
    reasons = {one.cell.outcome: one.reason for one in found()}
    assert reasons[low].endswith("It builds on “G1”, which comes first.")
    assert "builds on" not in reasons[base] + reasons[other]
    step = next_step(actor, school.course)
    assert step is not None
    assert step.lesson != quizzes[low.pk].lesson.public_id
    cells = {cell.outcome: cell.builds_on for cell in own_map(actor, school.course).cells}
    assert cells[low] == (base,)
    answer(quizzes[base.pk], school.learner, "1111")
    answer(quizzes[base.pk], school.learner, "1111")
    assert found()[0].cell.outcome == low
    assert "builds on" not in found()[0].reason


def test_a_prerequisite_that_no_visible_quiz_asks_is_not_told(school: School) -> None:
    """Z7: what is still being prepared in the bank."""
    secret, known = make_outcome(school, "G1", "zqsecret"), make_outcome(school, "G2")
    known.prerequisites.set([secret])
    answer(make_skill_quiz(school, known), school.learner, "0000")
    actor = school.actor("learner")
    (cell,) = own_map(actor, school.course).cells
    assert cell.builds_on == ()
    (one,) = recommended_practice(actor, school.course, [cell])
    assert "zqsecret" not in one.reason


def test_practice_is_never_a_graded_or_closed_quiz(
    school: School, outcome: LearningOutcome
) -> None:
    make_skill_quiz(school, outcome, attempts_allowed=2)
    make_skill_quiz(school, outcome, exam_mode=True)
    make_skill_quiz(school, outcome, published=False)
    actor = school.actor("learner")
    assert practice_quizzes(actor, school.course) == []
    practice = make_skill_quiz(school, outcome)
    assert practice_quizzes(actor, school.course) == [(practice, False)]
    practice.lesson.published = False
    practice.lesson.save()
    assert practice_quizzes(actor, school.course) == []


def test_nobody_in_preview_has_a_map_of_answers(school: School, outcome: LearningOutcome) -> None:
    answer(make_skill_quiz(school, outcome), school.learner, "1111")
    previewing = school.actor("instructor").previewing(school.course.pk)
    assert [cell.answers for cell in own_map(previewing, school.course).cells] == [0]

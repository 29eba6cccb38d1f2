"""Sections and draws of a quiz, and what an attempt gets of them."""

from collections import Counter
from decimal import Decimal

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from assessments.enums import AttemptState, Difficulty, Layout, QuestionKind, QuizState
from assessments.models import AttemptQuestion, Question, QuestionUse, Quiz, QuizDraw
from assessments.queries.content import version_content
from assessments.queries.draws import asked_questions, matching
from assessments.queries.reconcile import mismatches
from assessments.queries.structure import structure
from assessments.scoring.narrow import Narrow
from assessments.services.attempt import start_attempt
from assessments.services.bank import retire_question, revise_question
from assessments.services.grading import regrade_question
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_draws import add_draw, remove_draw, update_draw
from assessments.services.quiz_entries import move_entry, order_of, reorder_items
from assessments.services.quiz_items import add_item, remove_item
from assessments.services.quiz_sections import add_section, remove_section, update_section
from assessments.tests.factories import (
    School,
    make_attempt,
    make_lesson,
    make_question,
    make_quiz,
    make_school,
)
from assessments.views.preview import previewed
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel import actors
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
TRUTH = Narrow(kinds=(QuestionKind.TRUE_FALSE,))


@pytest.fixture
def school() -> School:
    return make_school()


def fill(
    school: School, count: int, kind: QuestionKind = QuestionKind.TRUE_FALSE
) -> list[Question]:
    return [make_question(school, kind, stem=f"Stone {n}?") for n in range(count)]


def drawn_quiz(
    school: School,
    count: int = 2,
    *,
    narrow: Narrow = TRUTH,
    publish: bool = True,
    **settings: object,
) -> Quiz:
    """A quiz that draws `count` questions and asks nothing else."""
    actor = school.actor("instructor")
    quiz = create_quiz(
        actor=actor,
        lesson=make_lesson(school),
        settings=QuizSettings(**settings),  # type: ignore[arg-type]
    )
    add_draw(actor=actor, quiz=quiz, count=count, points=Decimal(2), narrow=narrow)
    quiz.refresh_from_db()
    return publish_quiz(actor=actor, quiz=quiz) if publish else quiz


def asked(attempt: object) -> list[int]:
    rows = AttemptQuestion.objects.filter(attempt=attempt).order_by("ordinal")  # type: ignore[misc]
    return list(rows.values_list("version__question", flat=True))


def test_a_new_quiz_has_one_section_without_title(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    section = quiz.sections.get()
    assert (section.title, section.ordinal, quiz.items.get().section) == ("", 1, section)
    assert structure(school.actor("assistant"), quiz).is_plain


def test_points_and_questions_count_what_is_drawn(school: School) -> None:
    fill(school, 5)
    quiz = make_quiz(school, QuestionKind.NUMERIC, published=False)
    draw = add_draw(
        actor=school.actor("instructor"), quiz=quiz, count=3, points=Decimal("1.5"), narrow=TRUTH
    )
    quiz.refresh_from_db()
    assert (quiz.item_count, quiz.points, draw.ordinal) == (4, Decimal("5.5"), 2)
    update_draw(
        actor=school.actor("instructor"), draw=draw, count=1, points=Decimal(4), narrow=Narrow()
    )
    quiz.refresh_from_db()
    assert (quiz.item_count, quiz.points) == (2, Decimal(5))
    assert remove_draw(actor=school.actor("instructor"), draw=draw).points == 1


def test_an_attempt_gets_each_question_once_with_the_points_of_its_draw(school: School) -> None:
    questions = fill(school, 4)
    actor = school.actor("instructor")
    quiz = create_quiz(actor=actor, lesson=make_lesson(school))
    add_item(actor=actor, quiz=quiz, question=questions[0], points=Decimal(7))
    for _twice in range(2):
        add_draw(actor=actor, quiz=quiz, count=1, points=Decimal(2), narrow=TRUTH)
    add_draw(actor=actor, quiz=quiz, count=1, points=Decimal(3), narrow=Narrow())
    quiz = publish_quiz(actor=actor, quiz=quiz)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert sorted(asked(attempt)) == sorted(one.pk for one in questions)
    assert asked(attempt)[0] == questions[0].pk
    points = attempt.questions.order_by("ordinal").values_list("points", flat=True)
    assert [*points] == [7, 2, 2, 3]
    assert attempt.max_score == quiz.points == 14


def test_what_was_drawn_stays(school: School) -> None:
    fill(school, 5)
    quiz = drawn_quiz(school)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    before = asked(attempt)
    for question in Question.objects.all():
        retire_question(actor=school.actor("instructor"), question=question)
    assert start_attempt(actor=actor, quiz=quiz) == attempt
    assert asked(attempt) == before


def test_the_filter_narrows_what_is_drawn(school: School) -> None:
    fill(school, 3)
    fill(school, 3, QuestionKind.NUMERIC)
    hard = make_question(school, QuestionKind.TRUE_FALSE, difficulty=Difficulty.HARD)
    quiz = create_quiz(actor=school.actor("instructor"), lesson=make_lesson(school))
    teacher = school.actor("assistant")
    for narrow, expected in (
        (Narrow(), 7),
        (TRUTH, 4),
        (Narrow(difficulties=(Difficulty.HARD,)), 1),
        (Narrow(kinds=(QuestionKind.NUMERIC,), difficulties=(Difficulty.HARD,)), 0),
        (Narrow(kinds=(QuestionKind.NUMERIC, QuestionKind.TRUE_FALSE)), 7),
    ):
        assert matching(teacher, quiz, narrow) == expected
    add_item(actor=school.actor("instructor"), quiz=quiz, question=hard)
    assert matching(teacher, quiz, TRUTH) == 3
    with pytest.raises(Denied):
        matching(
            school.actor("learner"),
            publish_quiz(actor=school.actor("instructor"), quiz=quiz),
            TRUTH,
        )


def test_publishing_says_how_many_questions_are_missing(school: School) -> None:
    fill(school, 3)
    quiz = drawn_quiz(school, 2, publish=False)
    actor = school.actor("instructor")
    add_draw(actor=actor, quiz=quiz, count=3, points=Decimal(1), narrow=Narrow())
    quiz.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        publish_quiz(actor=actor, quiz=quiz)
    assert refused.value.code == "draw_short"
    assert "2 questions too few" in refused.value.detail
    entries = structure(actor, quiz).entries
    assert [one.line.missing for one in entries if one.line] == [0, 2]
    assert entries[1].rivals == ("1\N{EN DASH}2",)
    fill(school, 2)
    assert publish_quiz(actor=actor, quiz=quiz).state == QuizState.PUBLISHED


def test_a_start_with_too_few_questions_leaves_nothing(school: School) -> None:
    questions = fill(school, 2)
    quiz = drawn_quiz(school)
    retire_question(actor=school.actor("instructor"), question=questions[0])
    with pytest.raises(Conflict) as refused:
        start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert refused.value.code == "draw_short"
    assert not quiz.attempts.exists()
    assert not QuestionUse.objects.exists()


def test_drafts_and_questions_of_other_courses_are_not_drawn(school: School) -> None:
    fill(school, 1)
    fill(make_school(), 3)
    Question.objects.filter(pk=fill(school, 1)[0].pk).update(state="draft")
    with pytest.raises(Conflict):
        drawn_quiz(school, 2)


def test_over_many_learners_each_question_is_used_about_equally_often(school: School) -> None:
    fill(school, 6)
    quiz = drawn_quiz(school, 2)
    counts: Counter[int] = Counter()
    for _learner in range(12):
        person = UserFactory()
        Enrolment.objects.create(course=school.course, user=person, role=CourseRole.LEARNER)
        counts.update(asked(start_attempt(actor=actors.for_user(person), quiz=quiz)))
    assert [*counts.values()] == [4] * 6


def test_going_again_gives_other_questions_as_far_as_there_are_some(school: School) -> None:
    fill(school, 5)
    quiz = drawn_quiz(school, 2, attempts_allowed=None)
    met = [asked(make_attempt(school, quiz)) for _again in range(3)]
    assert not set(met[0]) & set(met[1])
    assert len({*met[0], *met[1], *met[2]}) == 5


def test_drawn_formulas_get_values_of_their_own(school: School) -> None:
    make_question(school, QuestionKind.FORMULA)
    quiz = drawn_quiz(school, 1, narrow=Narrow(kinds=(QuestionKind.FORMULA,)))
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    part = attempt.questions.get()
    assert set(part.drawn or ()) == {"a", "h"}
    assert part.version.question.kind == QuestionKind.FORMULA


def test_drawn_questions_are_regraded_listed_and_reconciled(school: School) -> None:
    question = fill(school, 1)[0]
    quiz = drawn_quiz(school, 1)
    attempt = make_attempt(school, quiz)
    teacher = school.actor("instructor")
    assert [*asked_questions(teacher, quiz)] == [question]
    content = version_content(question.latest)
    from dataclasses import replace

    revise_question(actor=teacher, question=question, content=replace(content, truth=False))
    assert regrade_question(actor=teacher, quiz=quiz, question=question) == 1
    attempt.refresh_from_db()
    assert attempt.score == 0
    assert attempt.state == AttemptState.RELEASED
    assert not any(mismatches().values())


def test_starting_a_drawn_quiz_costs_the_same_for_any_number_of_draws(school: School) -> None:
    fill(school, 8)
    few, many = drawn_quiz(school, 1), drawn_quiz(school, 3)
    narrow = Narrow(difficulties=(), kinds=(QuestionKind.TRUE_FALSE, QuestionKind.NUMERIC))
    act = {"actor": school.actor("instructor"), "count": 3, "points": Decimal(1), "narrow": narrow}
    add_draw(quiz=many, **act)  # type: ignore[arg-type]
    fixed = make_quiz(school, QuestionKind.NUMERIC)

    def spent(quiz: Quiz) -> int:
        fresh = Quiz.objects.get(pk=quiz.pk)
        return count_queries(lambda: start_attempt(actor=school.actor("learner"), quiz=fresh))

    start_attempt(actor=school.actor("learner"), quiz=make_quiz(school, QuestionKind.NUMERIC))
    plain = spent(fixed)
    assert (spent(few) - plain, spent(many) - plain) == (6, 6)


def test_sections_keep_their_order_and_shuffle_inside(school: School) -> None:
    actor = school.actor("instructor")
    quiz = create_quiz(
        actor=actor, lesson=make_lesson(school), settings=QuizSettings(layout=Layout.SECTION)
    )
    first = quiz.sections.get()
    second = add_section(actor=actor, quiz=quiz, title="Second", introduction="Read **this**.")
    late, early = fill(school, 4), fill(school, 4)
    for question in late:
        add_item(actor=actor, quiz=quiz, question=question)
    for question in early:
        add_item(actor=actor, quiz=quiz, question=question, section=first)
    update_section(
        actor=actor, section=second, title="Second", introduction=second.introduction, shuffle=True
    )
    quiz = publish_quiz(actor=actor, quiz=quiz)
    orders = set()
    for who in ("learner", "classmate"):
        attempt = start_attempt(actor=school.actor(who), quiz=quiz)
        got = asked(attempt)
        assert got[:4] == [one.pk for one in early]
        assert sorted(got[4:]) == [one.pk for one in late]
        orders.add(tuple(got))
        pages = attempt.questions.order_by("ordinal").values_list("page", "section")
        assert [*pages] == [(1, first.pk)] * 4 + [(2, second.pk)] * 4
        assert attempt.page_count == 2
    assert "<strong>this</strong>" in second.introduction_html


def test_moving_across_the_border_of_a_section(school: School) -> None:
    actor = school.actor("instructor")
    quiz = make_quiz(school, QuestionKind.NUMERIC, QuestionKind.ESSAY, published=False)
    fill(school, 3)
    second = add_section(actor=actor, quiz=quiz, title="Second")
    draw = add_draw(actor=actor, quiz=quiz, count=1, points=Decimal(1), narrow=TRUTH)
    first = quiz.sections.get(ordinal=1)
    one, two = (item.public_id for item in quiz.items.order_by("ordinal"))
    s1, s2, drawn = first.public_id, second.public_id, draw.public_id
    assert order_of(quiz) == [s1, one, two, s2, drawn]
    move_entry(actor=actor, quiz=quiz, public_id=two, by=1)
    assert order_of(quiz) == [s1, one, s2, two, drawn]
    move_entry(actor=actor, quiz=quiz, public_id=drawn, by=-9)
    assert order_of(quiz) == [s1, drawn, one, s2, two]
    move_entry(actor=actor, quiz=quiz, public_id=s2, by=-1)
    assert order_of(quiz) == [s2, two, s1, drawn, one]
    assert sorted(quiz.items.values_list("ordinal", flat=True)) == [1, 3]
    reorder_items(actor=actor, quiz=quiz, order=[one, drawn, two])
    assert order_of(quiz) == [s2, two, s1, one, drawn]
    for wrong in ([s1, one, two], [one, s1, s2, two, drawn], [s1, one, one, s2, two, drawn], []):
        with pytest.raises(Invalid):
            reorder_items(actor=actor, quiz=quiz, order=wrong)


def test_removing_a_section_keeps_its_questions(school: School) -> None:
    actor = school.actor("instructor")
    quiz = make_quiz(school, QuestionKind.NUMERIC, published=False)
    first = quiz.sections.get()
    with pytest.raises(Conflict) as refused:
        remove_section(actor=actor, section=first)
    assert refused.value.code == "last_section"
    second = add_section(actor=actor, quiz=quiz)
    question = fill(school, 1)[0]
    add_item(actor=actor, quiz=quiz, question=question, section=second)
    remove_section(actor=actor, section=first)
    assert quiz.sections.get() == second
    assert quiz.items.filter(section=second).count() == 2
    foreign = make_quiz(school).sections.get()
    with pytest.raises(NotFound):
        add_item(actor=actor, quiz=quiz, question=fill(school, 1)[0], section=foreign)


def test_what_a_published_quiz_must_keep(school: School) -> None:
    actor = school.actor("instructor")
    fill(school, 3)
    quiz = drawn_quiz(school, 2)
    draw = quiz.draws.get()
    with pytest.raises(Conflict) as refused:
        remove_draw(actor=actor, draw=draw)
    assert refused.value.code == "quiz_empty"
    item = add_item(actor=actor, quiz=quiz, question=make_question(school))
    remove_draw(actor=actor, draw=draw)
    with pytest.raises(Conflict):
        remove_item(actor=actor, item=item)


def test_draws_and_sections_are_refused_out_of_range(school: School) -> None:
    actor = school.actor("instructor")
    quiz = make_quiz(school, QuestionKind.NUMERIC, published=False)
    for count, points, narrow in (
        (0, "1", Narrow()),
        (151, "1", Narrow()),
        (1, "0", Narrow()),
        (1, "1", Narrow(tags=("nothing",))),
        (1, "1", Narrow(categories=("nothing",))),
        (1, "1", Narrow(outcomes=("nothing",))),
    ):
        with pytest.raises(Invalid):
            add_draw(actor=actor, quiz=quiz, count=count, points=Decimal(points), narrow=narrow)
    with pytest.raises(Conflict) as refused:
        add_draw(actor=actor, quiz=quiz, count=150, points=Decimal(1), narrow=Narrow())
    assert refused.value.code == "quiz_full"
    with pytest.raises(Invalid):
        add_section(actor=actor, quiz=quiz, title="x" * 151)
    assert not QuizDraw.objects.exists()
    for who in ("assistant", "other_instructor", "learner"):
        with pytest.raises((Denied, NotFound)):
            add_section(actor=school.actor(who), quiz=quiz)


@pytest.mark.parametrize("what", ["sections", "draws"])
def test_lists_of_the_api_cost_the_same_for_any_number_of_rows(school: School, what: str) -> None:
    fill(school, 6)
    quiz = drawn_quiz(school, 1, publish=False)
    client, teacher = Client(), school.actor("instructor")
    client.force_login(school.instructor)
    address = f"/api/v1/quizzes/{quiz.public_id}/{what}/"
    client.get(address)
    spent = []
    for expected in (1, 3):
        while getattr(quiz, what).count() < expected:
            part = add_section(actor=teacher, quiz=quiz, title="More")
            add_draw(
                actor=teacher, quiz=quiz, count=1, points=Decimal(1), narrow=TRUTH, section=part
            )
        assert client.get(address).json()["count"] == expected
        spent.append(count_queries(lambda: client.get(address)))
    assert spent[0] == spent[1]


def test_a_preview_costs_the_same_for_any_number_of_questions(school: School) -> None:
    fill(school, 8)
    teacher, spent = school.actor("instructor"), []
    for fixed, drawn in ((1, 1), (3, 4)):
        quiz = make_quiz(school, *[QuestionKind.NUMERIC] * fixed, published=False)
        add_draw(actor=teacher, quiz=quiz, count=drawn, points=Decimal(1), narrow=TRUTH)
        quiz.refresh_from_db()
        assert len(previewed(teacher, quiz)) == fixed + drawn
        spent.append(count_queries(lambda quiz=quiz: previewed(teacher, quiz)))  # type: ignore[misc]
    assert spent[0] == spent[1]

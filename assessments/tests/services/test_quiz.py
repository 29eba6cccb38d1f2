from decimal import Decimal

import pytest

from assessments.enums import Behaviour, Counting, QuestionKind, QuizState, ReviewPreset
from assessments.models import GradeItem, Quiz, QuizItem
from assessments.queries.content import version_content
from assessments.scoring.review import PRESETS
from assessments.services.bank import retire_question, revise_question
from assessments.services.quiz import (
    QuizSettings,
    create_quiz,
    publish_quiz,
    settings_of,
    unpublish_quiz,
    update_quiz,
)
from assessments.services.quiz_entries import move_entry
from assessments.services.quiz_items import (
    add_item,
    remove_item,
    reorder_items,
    update_item,
)
from assessments.tests.factories import (
    School,
    make_attempt,
    make_lesson,
    make_question,
    make_quiz,
    make_school,
)
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def test_create_quiz_makes_one_per_lesson_with_its_grade_item(school: School) -> None:
    actor, lesson = school.actor("instructor"), make_lesson(school)
    first = create_quiz(actor=actor, lesson=lesson)
    assert create_quiz(actor=actor, lesson=lesson) == first
    assert (Quiz.objects.count(), GradeItem.objects.filter(quiz=first).count()) == (1, 1)
    assert settings_of(first) == QuizSettings()


def test_create_quiz_refuses_a_lesson_of_another_kind(school: School) -> None:
    with pytest.raises(Invalid) as refused:
        create_quiz(actor=school.actor("instructor"), lesson=make_lesson(school, kind="text"))
    assert list(refused.value.errors) == ["lesson"]


@pytest.mark.parametrize("who", ["assistant", "learner", "observer", "outsider"])
def test_only_instructors_change_quizzes(school: School, who: str) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    item = quiz.items.get()
    other = make_question(school)
    actor = school.actor(who)
    acts = [
        lambda: create_quiz(actor=actor, lesson=quiz.lesson),
        lambda: update_quiz(actor=actor, quiz=quiz, settings=QuizSettings()),
        lambda: publish_quiz(actor=actor, quiz=quiz),
        lambda: unpublish_quiz(actor=actor, quiz=quiz),
        lambda: add_item(actor=actor, quiz=quiz, question=other),
        lambda: update_item(actor=actor, item=item, points=Decimal(9), pinned=None),
        lambda: remove_item(actor=actor, item=item),
        lambda: reorder_items(actor=actor, quiz=quiz, order=[item.public_id]),
    ]
    for act in acts:
        with pytest.raises((Denied, NotFound)):
            act()
    assert Quiz.objects.get(pk=quiz.pk).version == quiz.version


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_limit_seconds", 9),
        ("time_limit_seconds", 7 * 24 * 3600 + 1),
        ("attempts_allowed", 0),
        ("attempts_allowed", 1001),
        ("instructions", "\x00"),
    ],
)
def test_update_quiz_names_the_field_out_of_range(
    school: School, field: str, value: object
) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    with pytest.raises(Invalid) as refused:
        update_quiz(
            actor=school.actor("instructor"),
            quiz=quiz,
            settings=QuizSettings(**{field: value}),  # type: ignore[arg-type]
        )
    assert list(refused.value.errors) == [field]


def test_update_quiz_writes_every_setting(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    settings = QuizSettings(
        instructions="Be *calm*.",
        time_limit_seconds=600,
        attempts_allowed=None,
        counting=Counting.LAST,
        shuffle_questions=True,
        shuffle_options=False,
        review=PRESETS[ReviewPreset.EXAM],
        behaviour=Behaviour.IMMEDIATE,
        tries_allowed=4,
        try_penalty=Decimal("12.50"),
    )
    actor = school.actor("instructor")
    update_quiz(actor=actor, quiz=quiz, settings=settings, expected=quiz.version)
    stored = Quiz.objects.get(pk=quiz.pk)
    assert settings_of(stored) == settings
    assert stored.instructions_html == "<p>Be <em>calm</em>.</p>\n"
    with pytest.raises(Stale):  # P4
        update_quiz(actor=actor, quiz=quiz, settings=settings, expected=quiz.version)


def test_publish_quiz_tells_once_and_needs_a_question(school: School) -> None:
    actor = school.actor("instructor")
    quiz = create_quiz(actor=actor, lesson=make_lesson(school))
    with pytest.raises(Conflict) as refused:
        publish_quiz(actor=actor, quiz=quiz)
    assert refused.value.code == "quiz_empty"
    add_item(actor=actor, quiz=quiz, question=make_question(school))
    assert publish_quiz(actor=actor, quiz=quiz).state == QuizState.PUBLISHED
    publish_quiz(actor=actor, quiz=quiz)
    assert events_of("assessments.quiz_published") == [
        {"course_id": school.course.pk, "quiz_id": quiz.pk, "lesson_id": quiz.lesson_id,
         "actor_id": school.instructor.pk}
    ]  # fmt: skip
    assert unpublish_quiz(actor=actor, quiz=quiz).state == QuizState.DRAFT


def test_add_item_keeps_counts_points_and_order(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, QuestionKind.MULTIPLE_CHOICE)
    assert (quiz.item_count, quiz.points) == (2, Decimal(3))
    question = make_question(school)
    actor = school.actor("instructor")
    item = add_item(actor=actor, quiz=quiz, question=question, points=Decimal("2.5"))
    assert add_item(actor=actor, quiz=quiz, question=question) == item
    quiz.refresh_from_db()
    question.refresh_from_db()
    assert (quiz.item_count, quiz.points, item.ordinal) == (3, Decimal("5.5"), 3)
    assert question.use_count == 1


def test_add_item_refuses_what_does_not_belong(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    actor = school.actor("instructor")
    with pytest.raises(NotFound):
        add_item(
            actor=school.actor("admin"), quiz=quiz, question=make_question(make_school())
        )  # Z3
    other, retired = make_question(school), make_question(school)
    retire_question(actor=actor, question=retired)
    retired.refresh_from_db()
    with pytest.raises(Conflict):
        add_item(actor=actor, quiz=quiz, question=retired)
    with pytest.raises(Invalid):
        add_item(actor=actor, quiz=quiz, question=other, pinned=retired.latest)
    with pytest.raises(Invalid):
        add_item(actor=actor, quiz=quiz, question=other, points=Decimal(0))
    assert quiz.items.count() == 1


def test_add_item_refuses_more_than_a_quiz_holds(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.services.quiz_entries.MAX_ITEMS", 1)
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    with pytest.raises(Conflict) as refused:
        add_item(actor=school.actor("instructor"), quiz=quiz, question=make_question(school))
    assert refused.value.code == "quiz_full"


def test_remove_item_counts_down_and_keeps_the_last_of_a_published_quiz(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, QuestionKind.NUMERIC)
    actor = school.actor("instructor")
    first, second = quiz.items.order_by("ordinal")
    after = remove_item(actor=actor, item=first)
    assert (after.item_count, after.points) == (1, Decimal(1))
    first.question.refresh_from_db()
    assert first.question.use_count == 0
    with pytest.raises(Conflict) as refused:
        remove_item(actor=actor, item=second)
    assert refused.value.code == "quiz_empty"
    unpublish_quiz(actor=actor, quiz=quiz)
    assert remove_item(actor=actor, item=second).item_count == 0


def test_reorder_items_needs_every_item_once(school: School) -> None:
    quiz = make_quiz(school)
    ids = [item.public_id for item in quiz.items.all()]
    actor = school.actor("instructor")
    for wrong in (ids[:-1], [*ids[:-1], ids[0]], [*ids, "x"], []):
        with pytest.raises(Invalid):
            reorder_items(actor=actor, quiz=quiz, order=wrong)
    reorder_items(actor=actor, quiz=quiz, order=ids[::-1])
    assert list(quiz.items.values_list("public_id", flat=True)) == ids[::-1]


def test_move_item_stops_at_the_ends(school: School) -> None:
    quiz = make_quiz(school)
    actor = school.actor("instructor")
    ids = [item.public_id for item in quiz.items.all()]
    move_entry(actor=actor, quiz=quiz, public_id=ids[1], by=-1)
    move_entry(actor=actor, quiz=quiz, public_id=ids[1], by=-1)
    move_entry(actor=actor, quiz=quiz, public_id=ids[3], by=9)
    assert [item.public_id for item in QuizItem.objects.filter(quiz=quiz)] == [
        ids[1],
        ids[0],
        ids[2],
        ids[4],
        ids[3],
    ]


def test_update_item_pins_a_version_or_follows_the_latest(school: School) -> None:
    actor = school.actor("instructor")
    quiz = make_quiz(school, QuestionKind.SINGLE_CHOICE, attempts_allowed=None)
    item = quiz.items.get()
    first = item.question.latest
    revise_question(actor=actor, question=item.question, content=version_content(first))
    assert make_attempt(school, quiz).questions.get().version.number == 2
    update_item(actor=actor, item=item, points=Decimal(4), pinned=first)
    attempt = make_attempt(school, quiz)
    assert attempt.questions.get().version.number == 1
    assert attempt.max_score == Decimal(4)

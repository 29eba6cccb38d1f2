from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from assessments.enums import Aggregate, AttemptState, CurveKind, GradeStatus, Ungraded
from assessments.models import (
    Attempt,
    CourseTotal,
    Grade,
    GradeCategory,
    GradeChange,
    GradeCurve,
    GradeItem,
    TotalOverride,
)
from assessments.queries.gradebook import grid, total_of
from assessments.queries.own_grades import own_gradebook, what_if
from assessments.queries.reconcile import mismatches
from assessments.scoring.gradebook_trace import evaluate, figure_of, to_data
from assessments.services.cells import follow_work, set_cell
from assessments.services.curve import CurveWish, apply_curve, preview_curve, undo_curve
from assessments.services.gradebook import (
    CategoryFields,
    GradebookSettings,
    ItemFields,
    create_category,
    create_manual_item,
    delete_category,
    delete_item,
    update_category,
    update_gradebook,
    update_item,
)
from assessments.services.posting import post_grades
from assessments.services.totals import override_total
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from courses.services.group import create_group
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from lms.kernel.testing import assert_constant_queries, events_of, run_jobs

pytestmark = pytest.mark.django_db
TEN = Decimal(10)


@pytest.fixture
def school() -> School:
    return make_school()


def column(school: School, title: str = "Talk", **fields: Any) -> GradeItem:
    return create_manual_item(
        actor=school.actor("instructor"),
        course=school.course,
        fields=ItemFields(title=title, **{"max_score": TEN, **fields}),
    )


def give(
    school: School, item: GradeItem, score: str | None, who: str = "learner", **more: Any
) -> Grade:
    return set_cell(
        actor=school.actor("assistant"),
        item=item,
        learner=getattr(school, who),
        score=None if score is None else Decimal(score),
        **more,
    )


def total(school: School, who: str = "learner") -> tuple[Decimal | None, Decimal | None]:
    row = CourseTotal.objects.get(course=school.course, learner=getattr(school, who))
    return row.total, row.posted


def test_a_grade_by_hand_counts_at_once_and_is_seen_once_posted(school: School) -> None:  # Z7
    item = column(school)
    give(school, item, "7")
    assert total(school) == (Decimal(70), None)
    learner, teacher = school.actor("learner"), school.actor("instructor")
    own = own_gradebook(learner, school.course)
    assert (own.figure, own.lines[item.public_id].grade) == (None, None)
    assert post_grades(actor=teacher, item=item, released=True) == 1
    assert total(school) == (Decimal(70), Decimal(70))
    own = own_gradebook(learner, school.course)
    assert own.figure == 70
    assert own.lines[item.public_id].grade == Grade.objects.get()
    assert post_grades(actor=teacher, item=item, released=True) == 0
    assert post_grades(actor=teacher, item=item, released=False, reason="Too early.") == 1
    assert own_gradebook(learner, school.course).figure is None
    told = [(t["posted"], t["count"]) for t in events_of("assessments.grades_posted")]
    assert told == [(True, 1), (False, 1)]
    assert GradeChange.objects.latest("pk").reason == "Too early."
    assert not any(mismatches().values())


def test_posting_one_group_leaves_the_others(school: School) -> None:  # Z7
    item, teacher = column(school), school.actor("instructor")
    for who in ("learner", "classmate"):
        give(school, item, "5", who)
    group = create_group(actor=teacher, course=school.course, name="A", learners=[school.learner])
    assert post_grades(actor=teacher, item=item, released=True, group=group) == 1
    posted = Grade.objects.filter(released=True).values_list("learner", flat=True)
    assert list(posted) == [school.learner.pk]
    other = make_school()
    foreign = create_group(actor=other.actor("instructor"), course=other.course, name="B")
    with pytest.raises(NotFound):  # Z3
        post_grades(actor=teacher, item=item, released=True, group=foreign)
    with pytest.raises(Denied):
        post_grades(actor=school.actor("assistant"), item=item, released=True)


def test_posting_a_quiz_shows_and_hides_its_attempts_too(school: School) -> None:  # Z7
    quiz = make_quiz(school, show_review=False)
    attempt = make_attempt(school, quiz)
    item, teacher = quiz.grade_item, school.actor("instructor")
    for released, state in ((True, AttemptState.RELEASED), (False, AttemptState.SCORED)):
        assert post_grades(actor=teacher, item=item, released=released) == 1
        assert Attempt.objects.get(pk=attempt.pk).state == state
        assert Grade.objects.get().released is released
        assert not any(mismatches().values())


def test_a_grade_over_a_quiz_stands_until_it_follows_again(school: School) -> None:
    quiz = make_quiz(school, attempts_allowed=None)
    make_attempt(school, quiz, wrong=1)
    grade = give(school, quiz.grade_item, "1", reason="Oral exam.")
    make_attempt(school, quiz)
    assert Grade.objects.get().score == 1
    with pytest.raises(Stale):
        follow_work(actor=school.actor("assistant"), grade=grade, expected=1)
    back = follow_work(actor=school.actor("assistant"), grade=grade, expected=grade.version)
    assert (back.score, back.overridden) == (Decimal(6), False)
    with pytest.raises(Conflict):
        follow_work(
            actor=school.actor("assistant"), grade=give(school, column(school), "1"), expected=None
        )
    assert not any(mismatches().values())


def test_cells_refuse(school: School) -> None:
    item = column(school)
    for score, status, field in (
        ("10.0001", "graded", "score"),
        ("-1", "graded", "score"),
        ("1.00001", "graded", "score"),
        (None, "graded", "score"),
        ("1", "excused", "score"),
        ("1", "nonsense", "status"),
    ):
        with pytest.raises(Invalid) as refused:
            give(school, item, score, status=status)
        assert list(refused.value.errors) == [field]
    with pytest.raises(Denied):
        set_cell(actor=school.actor("learner"), item=item, learner=school.learner, score=TEN)
    give(school, item, "1", expected=0)
    with pytest.raises(Stale):  # P4
        give(school, item, "2", expected=0)


def test_categories_weights_and_drops_make_the_total(school: School) -> None:
    teacher = school.actor("instructor")
    update_gradebook(
        actor=teacher,
        course=school.course,
        settings=GradebookSettings(
            rule=Aggregate.WEIGHTED_MEAN,
            levels=[("Fail", Decimal(0)), ("Pass", Decimal(50))],
        ),
    )
    tests, talks = (
        create_category(
            actor=teacher,
            course=school.course,
            fields=CategoryFields(
                name=name, rule=Aggregate.MEAN, weight=Decimal(weight), drop_lowest=drop
            ),
        )
        for name, weight, drop in (("Tests", 3, 1), ("Talks", 1, 0))
    )
    for category, scores in ((tests, ("2", "8", "9")), (talks, ("4",))):
        for number, score in enumerate(scores):
            give(school, column(school, f"{category} {number}", category=category), score)
    run_jobs()
    # Tests: the mean of 8 and 9; three quarters of it and a quarter of 40 %.
    assert total(school) == (Decimal("73.75"), None)
    view = total_of(school.actor("assistant"), school.course, school.learner)
    assert (figure_of(view.trace), view.level) == (Decimal("73.75"), "Pass")
    assert evaluate(to_data(view.trace)) == Decimal("73.75")
    update_category(
        actor=teacher, category=tests, fields=CategoryFields(name="Tests", weight=Decimal(3))
    )
    run_jobs()
    assert total(school)[0] == round((Decimal(3) * 19 / 30 + Decimal("0.4")) / 4 * 100, 4)
    delete_category(actor=teacher, category=tests)
    assert GradeItem.objects.filter(category=None).count() == 3
    run_jobs()
    assert not any(mismatches().values())


def test_empty_cells_count_as_the_course_says(school: School) -> None:
    first, _second = column(school), column(school, "Essay")
    give(school, first, "8")
    assert total(school)[0] == 80
    update_gradebook(
        actor=school.actor("instructor"),
        course=school.course,
        settings=GradebookSettings(ungraded=Ungraded.ZERO),
    )
    run_jobs()
    assert total(school) == (Decimal(40), Decimal(0))
    assert total(school, "classmate") == (Decimal(0), Decimal(0))


def test_structure_refuses(school: School) -> None:
    teacher, other = school.actor("instructor"), make_school()
    category = create_category(
        actor=teacher, course=school.course, fields=CategoryFields(name="Tests")
    )
    foreign = create_category(
        actor=other.actor("instructor"), course=other.course, fields=CategoryFields(name="Tests")
    )
    bad: list[tuple[str, dict[str, Any]]] = [
        ("name", {"name": " "}),
        ("rule", {"name": "A", "rule": "median"}),
        ("weight", {"name": "A", "weight": Decimal("-0.01")}),
        ("weight", {"name": "A", "weight": Decimal("0.001")}),
        ("drop_lowest", {"name": "A", "drop_lowest": 21}),
        ("parent", {"name": "A", "parent": category}),
        ("parent", {"name": "A", "parent": foreign}),
    ]
    for field, fields in bad:
        with pytest.raises(Invalid) as refused:
            update_category(actor=teacher, category=category, fields=CategoryFields(**fields))
        assert list(refused.value.errors) == [field]
    for field, wrong in (
        ("title", {"title": ""}),
        ("max_score", {"title": "A", "max_score": Decimal(0)}),
        ("category", {"title": "A", "max_score": TEN, "category": foreign}),
        ("period", {"title": "A", "max_score": TEN, "period": "nope"}),
    ):
        with pytest.raises(Invalid) as refused:
            create_manual_item(
                actor=teacher,
                course=school.course,
                fields=ItemFields(**wrong),
            )
        assert list(refused.value.errors) == [field]
    talk = ItemFields(title="A", max_score=TEN)
    with pytest.raises(Denied):
        create_manual_item(actor=school.actor("assistant"), course=school.course, fields=talk)
    with pytest.raises(Stale):
        update_gradebook(
            actor=teacher, course=school.course, settings=GradebookSettings(), expected=7
        )


def test_a_column_keeps_its_points_once_graded_and_goes_only_when_empty(school: School) -> None:
    teacher, item = school.actor("instructor"), column(school)
    update_item(actor=teacher, item=item, fields=ItemFields(title="Speech", max_score=Decimal(5)))
    item.refresh_from_db()
    assert (item.title, item.max_score) == ("Speech", Decimal(5))
    give(school, item, "3")
    fields = ItemFields(title="Speech", max_score=Decimal(6))
    with pytest.raises(Conflict):
        update_item(actor=teacher, item=item, fields=fields)
    with pytest.raises(Conflict):
        delete_item(actor=teacher, item=item)
    with pytest.raises(Conflict):
        delete_item(actor=teacher, item=make_quiz(school).grade_item)
    delete_item(actor=teacher, item=column(school, "Empty"))
    assert not GradeItem.objects.filter(title="Empty").exists()


def test_a_closed_period_keeps_its_grades(school: School) -> None:
    teacher = school.actor("instructor")
    period = {"name": "Term", "starts": date(2026, 9, 1), "ends": date(2026, 12, 31)}
    book = update_gradebook(
        actor=teacher, course=school.course, settings=GradebookSettings(periods=[period])
    )
    key = book.periods[0]["key"]
    item, outside = column(school, period=key), column(school, "Outside")
    give(school, item, "5")
    give(school, outside, "10")
    update_gradebook(
        actor=teacher,
        course=school.course,
        settings=GradebookSettings(periods=[{**period, "key": key, "closed": True}]),
    )
    acts = [
        lambda: give(school, item, "6"),
        lambda: post_grades(actor=teacher, item=item, released=True),
        lambda: apply_curve(actor=teacher, item=item, wish=CurveWish(CurveKind.SQUARE_ROOT)),
    ]
    for act in acts:
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "period_closed"
    assert figure_of(total_of(teacher, school.course, school.learner, period=key).trace) == 50
    assert total(school)[0] == 75


def test_a_curve_is_recorded_applied_and_undone(school: School) -> None:
    teacher, item = school.actor("instructor"), column(school)
    give(school, item, "4")
    give(school, item, "8", "classmate")
    wish = CurveWish(CurveKind.LINEAR, mean=Decimal(8), highest=TEN)
    pairs = preview_curve(actor=teacher, item=item, wish=wish)
    assert sorted(after for _grade, after in pairs) == [6, 10]
    apply_curve(actor=teacher, item=item, wish=wish, reason="Too hard.")
    assert total(school) == (Decimal(60), None)
    change = GradeChange.objects.filter(grade__learner=school.learner).latest("pk")
    assert (change.before, change.after) == (Decimal(4), Decimal(6))
    assert (change.source, change.reason) == ("curve", "Too hard.")
    with pytest.raises(Conflict):
        apply_curve(actor=teacher, item=item, wish=wish)
    assert undo_curve(actor=teacher, item=item) == 2
    assert set(Grade.objects.values_list("score", "raw_score")) == {
        (Decimal(4), None),
        (Decimal(8), None),
    }
    assert GradeCurve.objects.get().undone_at is not None
    with pytest.raises(Conflict):
        undo_curve(actor=teacher, item=item)
    assert not any(mismatches().values())


def test_a_later_attempt_goes_through_the_curve(school: School) -> None:
    quiz, teacher = make_quiz(school, attempts_allowed=None), school.actor("instructor")
    make_attempt(school, quiz, wrong=4)
    item = quiz.grade_item
    apply_curve(actor=teacher, item=item, wish=CurveWish(CurveKind.FLAT, points=Decimal("0.5")))
    make_attempt(school, quiz, wrong=2)
    grade = Grade.objects.get()
    assert (grade.raw_score, grade.score) == (Decimal(4), Decimal("4.5"))
    assert not any(mismatches().values())
    undo_curve(actor=teacher, item=item)
    assert Grade.objects.get().score == 4


def test_curves_refuse(school: School) -> None:
    teacher, item = school.actor("instructor"), column(school)
    wishes = [
        ("kind", CurveWish(CurveKind.SQUARE_ROOT)),
        ("points", CurveWish(CurveKind.FLAT)),
        ("points", CurveWish(CurveKind.FLAT, points=Decimal(11))),
        ("kind", CurveWish("wavy")),
        ("mean", CurveWish(CurveKind.LINEAR, highest=TEN)),
        ("highest", CurveWish(CurveKind.LINEAR, mean=TEN, highest=Decimal(9))),
    ]
    for number, (field, wish) in enumerate(wishes):
        with pytest.raises(Invalid) as refused:
            preview_curve(actor=teacher, item=item, wish=wish)
        assert list(refused.value.errors) == [field]
        if number == 0:
            give(school, item, "5")


def test_a_total_by_hand_keeps_its_history(school: School) -> None:  # D3
    teacher = school.actor("instructor")
    give(school, column(school), "5")
    for figure, reason in (("81.5", "Agreed."), (None, "Withdrawn.")):
        override_total(
            actor=teacher,
            course=school.course,
            learner=school.learner,
            total=None if figure is None else Decimal(figure),
            reason=reason,
        )
        view = total_of(teacher, school.course, school.learner)
        assert figure_of(view.trace) == evaluate(to_data(view.trace))
        assert figure_of(view.trace) == (Decimal(50) if figure is None else Decimal(figure))
    rows = list(TotalOverride.objects.order_by("pk").values_list("before", "after", "reason"))
    assert rows == [(None, Decimal("81.5"), "Agreed."), (Decimal("81.5"), None, "Withdrawn.")]
    for act in (
        lambda: TotalOverride.objects.update(after=1),
        lambda: TotalOverride.objects.update(reason="x"),
        TotalOverride.objects.all().delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    TotalOverride.objects.update(reason="")  # V2
    for figure, reason, field in (("1001", "x", "total"), ("50", " ", "reason")):
        with pytest.raises(Invalid) as refused:
            override_total(
                actor=teacher,
                course=school.course,
                learner=school.learner,
                total=Decimal(figure),
                reason=reason,
            )
        assert list(refused.value.errors) == [field]


def test_what_if_tries_scores_and_stores_nothing(school: School) -> None:
    first, second = column(school), column(school, "Essay")
    give(school, first, "4")
    give(school, second, "9")
    post_grades(actor=school.actor("instructor"), item=first, released=True)
    learner, before = school.actor("learner"), list(Grade.objects.values())
    assert what_if(learner, school.course, {})[1] == 40
    key = second.public_id
    assert what_if(learner, school.course, {key: Decimal(10)})[1] == 70
    assert what_if(learner, school.course, {first.public_id: None, key: TEN})[1] == 100
    for wrong in ({"nope": TEN}, {key: Decimal(11)}):
        with pytest.raises(Invalid):
            what_if(learner, school.course, wrong)
    assert list(Grade.objects.values()) == before


def test_a_course_may_keep_its_totals_to_itself(school: School) -> None:  # Z7
    item = column(school)
    give(school, item, "4")
    teacher = school.actor("instructor")
    post_grades(actor=teacher, item=item, released=True)
    update_gradebook(
        actor=teacher, course=school.course, settings=GradebookSettings(show_totals=False)
    )
    own = own_gradebook(school.actor("learner"), school.course)
    assert (own.trace, own.figure, own.level) == (None, None, "")
    assert own.lines[item.public_id].grade is not None
    with pytest.raises(Invalid):
        what_if(school.actor("learner"), school.course, {})


def test_a_hidden_quiz_does_not_count(school: School) -> None:
    quiz = make_quiz(school)
    make_attempt(school, quiz)
    give(school, column(school), "5")
    assert total(school)[0] == Decimal("68.75")
    lesson = quiz.lesson
    type(lesson).objects.filter(pk=lesson.pk).update(published=False)
    give(school, column(school, "Essay"), "5")
    assert total(school)[0] == 50


def test_the_grid_costs_the_same_for_any_number_of_rows(school: School) -> None:
    actor = school.actor("assistant")
    item = column(school)
    give(school, item, "1")

    def grow() -> None:
        more = column(school, "More")
        for who in ("learner", "classmate"):
            give(school, more, "2", who)
        create_category(
            actor=school.actor("instructor"),
            course=school.course,
            fields=CategoryFields(name="More"),
        )

    assert assert_constant_queries(lambda: grid(actor, school.course), grow, most=7) <= 7


def test_the_grid_shows_cells_and_figures(school: School) -> None:
    item = column(school)
    grade = give(school, item, "7.5", status=GradeStatus.LATE)
    found = grid(school.actor("assistant"), school.course)
    rows = {row.public_id: row for row in found.rows}
    assert set(rows) == {school.learner.public_id, school.classmate.public_id}
    mine = rows[school.learner.public_id]
    assert [[float(value) for value in cell] for cell in json_of(mine.cells)] == [
        [0, 7.5, 2, 0, grade.version, 0]
    ]
    assert (mine.total, mine.posted, mine.override) == (Decimal(75), None, None)
    assert rows[school.classmate.public_id].cells == "[]"
    with pytest.raises(Denied):
        grid(school.actor("learner"), school.course)


def json_of(text: str) -> Any:
    import json

    return json.loads(text)


def test_the_database_keeps_weights_sane(school: School) -> None:  # D2
    column(school)
    category = create_category(
        actor=school.actor("instructor"), course=school.course, fields=CategoryFields(name="A")
    )
    for act in (
        lambda: GradeItem.objects.update(weight=-1),
        lambda: GradeCategory.objects.filter(pk=category.pk).update(weight=1001),
        lambda: GradeCategory.objects.filter(pk=category.pk).update(drop_lowest=21),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

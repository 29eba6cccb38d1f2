from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import CurveKind, StatusColour, StatusEffect
from assessments.models import CourseTotal, Grade, Gradebook, GradeChange, GradeItem
from assessments.queries.grade_status import course_statuses
from assessments.queries.gradebook import grid, total_of
from assessments.queries.own_grades import own_gradebook, what_if
from assessments.queries.reconcile import mismatches
from assessments.scoring.gradebook_statuses import CourseStatus
from assessments.scoring.gradebook_trace import evaluate, figure_of, to_data
from assessments.services.cells import follow_work, set_cell
from assessments.services.curve import CurveWish, apply_curve, undo_curve
from assessments.services.grade_status import (
    MAX_STATUSES,
    StatusFields,
    archive_status,
    create_status,
    delete_status,
    update_status,
)
from assessments.services.gradebook import ItemFields, create_manual_item
from assessments.services.posting import post_grades
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db
TEN = Decimal(10)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def item(school: School) -> GradeItem:
    fields = ItemFields(title="Talk", max_score=TEN)
    return create_manual_item(actor=school.actor("instructor"), course=school.course, fields=fields)


def status(
    school: School, name: str = "Incomplete", sign: str = "inc", **more: Any
) -> CourseStatus:
    fields = StatusFields(**{"name": name, "sign": sign} | more)
    return create_status(actor=school.actor("instructor"), course=school.course, fields=fields)


def give(school: School, item: GradeItem, score: str | None, key: str) -> Grade:
    return set_cell(
        actor=school.actor("assistant"),
        item=item,
        learner=school.learner,
        score=None if score is None else Decimal(score),
        status=key,
    )


def stored(school: School) -> Decimal | None:
    return CourseTotal.objects.get(course=school.course, learner=school.learner).total


def test_a_status_is_kept_as_it_was_given(school: School) -> None:
    made = status(
        school,
        "  Incomplete ",
        " INC ",
        colour="warn",
        effect="percent",
        percent=Decimal("12.5"),
    )
    book, found = course_statuses(school.actor("assistant"), school.course)
    assert found == [made]
    assert (made.name, made.sign, made.colour) == ("Incomplete", "inc", StatusColour.WARN)
    assert (made.effect, made.percent) == (StatusEffect.PERCENT, Decimal("12.5"))
    assert made.key.startswith("own_")
    assert len(made.key) <= 20
    assert book.version == 1


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 41}),
        ("name", {"name": "INCOMPLETE", "sign": "new"}),
        ("sign", {"sign": ""}),
        ("sign", {"sign": "7a"}),
        ("sign", {"sign": "abcde"}),
        ("sign", {"sign": "=a"}),
        ("sign", {"sign": "Ex"}),
        ("sign", {"sign": "L"}),
        ("sign", {"sign": "INC"}),
        ("colour", {"colour": "url(x)"}),
        ("effect", {"effect": "double"}),
        ("percent", {"effect": "percent"}),
        ("percent", {"effect": "percent", "percent": Decimal(101)}),
        ("percent", {"effect": "percent", "percent": Decimal("NaN")}),
        ("percent", {"effect": "percent", "percent": Decimal("1.234")}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    school: School, field: str, fields: dict[str, Any]
) -> None:
    status(school)
    with pytest.raises(Invalid) as refused:
        status(school, **{"name": "Other", "sign": "oth", **fields})
    assert list(refused.value.errors) == [field]
    assert len(Gradebook.objects.get().statuses) == 1


def test_instructors_define_them_and_assistants_use_them(
    school: School, item: GradeItem
) -> None:  # Z3
    for who in ("assistant", "learner", "observer", "outsider"):
        with pytest.raises((Denied, NotFound)):
            create_status(
                actor=school.actor(who),
                course=school.course,
                fields=StatusFields(name="Mine", sign="mi"),
            )
    assert give(school, item, "5", status(school).key).score == 5


def test_a_status_of_another_course_is_none_here(school: School, item: GradeItem) -> None:
    foreign = status(make_school())
    for key in (foreign.key, "own_unknown", "", "GRADED"):
        with pytest.raises(Invalid, match="not a status"):
            give(school, item, "5", key)
    with pytest.raises(NotFound):
        archive_status(
            actor=school.actor("instructor"), course=school.course, key=foreign.key, archived=True
        )


@pytest.mark.parametrize(
    ("effect", "percent", "score", "total"),
    [
        ("as_given", None, "8", "80"),
        ("as_given", None, None, None),
        ("left_out", None, "8", None),
        ("zero", None, "8", "0"),
        ("percent", Decimal(40), None, "40"),
        ("percent", Decimal(40), "8", "40"),
    ],
)
def test_its_effect_is_in_the_total_and_the_trace(
    school: School,
    item: GradeItem,
    effect: str,
    percent: Decimal | None,
    score: str | None,
    total: str | None,
) -> None:
    made = status(school, effect=effect, percent=percent)
    give(school, item, score, made.key)
    expected = None if total is None else Decimal(total)
    assert stored(school) == expected
    trace = total_of(school.actor("assistant"), school.course, school.learner).trace
    assert evaluate(to_data(trace)) == figure_of(trace) == expected
    assert to_data(trace)["step"]["parts"][0]["status"] == "Incomplete"
    assert not any(mismatches().values())


def test_another_effect_counts_everybody_again(school: School, item: GradeItem) -> None:
    made = status(school)
    give(school, item, "8", made.key)
    fields = StatusFields(name="Incomplete", sign="inc", effect="zero")
    update_status(
        actor=school.actor("instructor"), course=school.course, key=made.key, fields=fields
    )
    run_jobs()
    assert stored(school) == 0
    assert not any(mismatches().values())


def test_a_status_that_moved_on_is_stale(school: School) -> None:  # P4
    made = status(school)
    fields = StatusFields(name="Later", sign="lat")
    teacher = school.actor("instructor")
    with pytest.raises(Stale):
        update_status(actor=teacher, course=school.course, key=made.key, fields=fields, expected=0)
    with pytest.raises(Stale):
        create_status(actor=teacher, course=school.course, fields=fields, expected=7)
    update_status(actor=teacher, course=school.course, key=made.key, fields=fields, expected=1)
    assert Gradebook.objects.get().version == 2


def test_every_change_of_status_is_in_the_history(school: School, item: GradeItem) -> None:  # D3
    made = status(school)
    give(school, item, "8", "graded")
    give(school, item, "8", made.key)
    rows = GradeChange.objects.order_by("pk").values_list("status_before", "status_after")
    assert list(rows) == [("", "graded"), ("graded", made.key)]


def test_an_archived_status_stays_where_it_is(school: School, item: GradeItem) -> None:
    made, teacher = status(school), school.actor("instructor")
    give(school, item, "8", made.key)
    archive_status(actor=teacher, course=school.course, key=made.key, archived=True)
    assert give(school, item, "9", made.key).score == 9
    give(school, item, "9", "graded")
    with pytest.raises(Invalid, match="archived"):
        give(school, item, "9", made.key)
    archive_status(actor=teacher, course=school.course, key=made.key, archived=False)
    assert give(school, item, "9", made.key).status == made.key


def test_what_was_borne_once_is_never_removed(school: School, item: GradeItem) -> None:
    made, teacher = status(school), school.actor("instructor")
    never = status(school, "Never", "nev")
    give(school, item, "8", made.key)
    give(school, item, "8", "graded")
    with pytest.raises(Conflict) as refused:
        delete_status(actor=teacher, course=school.course, key=made.key)
    assert refused.value.code == "status_used"
    delete_status(actor=teacher, course=school.course, key=never.key)
    assert [one["key"] for one in Gradebook.objects.get().statuses] == [made.key]


def test_there_are_only_so_many(school: School) -> None:
    letters = "abcdefghijklmnopqrst"
    for number in range(MAX_STATUSES):
        status(school, f"S{number}", f"s{letters[number]}")
    with pytest.raises(Invalid, match="at most 20"):
        status(school)


def test_a_curve_and_its_undoing_keep_the_status(school: School, item: GradeItem) -> None:
    made, teacher = status(school), school.actor("instructor")
    give(school, item, "4", made.key)
    apply_curve(actor=teacher, item=item, wish=CurveWish(CurveKind.FLAT, points=Decimal(1)))
    assert Grade.objects.values_list("score", "status").get() == (Decimal(5), made.key)
    undo_curve(actor=teacher, item=item)
    assert Grade.objects.values_list("score", "status").get() == (Decimal(4), made.key)


def test_work_that_is_followed_again_loses_it(school: School) -> None:
    quiz = make_quiz(school)
    make_attempt(school, quiz)
    grade = give(school, quiz.grade_item, None, status(school, effect="left_out").key)
    assert (stored(school), grade.overridden) == (None, True)
    followed = follow_work(actor=school.actor("assistant"), grade=grade, expected=None)
    assert (followed.status, stored(school)) == ("graded", Decimal(100))


def test_a_learner_reads_its_name_once_it_is_posted(school: School, item: GradeItem) -> None:  # Z7
    made = status(school, effect="percent", percent=Decimal(50))
    give(school, item, None, made.key)
    learner = school.actor("learner")
    line = own_gradebook(learner, school.course).lines[item.public_id]
    assert (line.grade, line.status) == (None, "")
    post_grades(actor=school.actor("instructor"), item=item, released=True)
    own = own_gradebook(learner, school.course)
    assert (own.lines[item.public_id].status, own.figure) == ("Incomplete", Decimal(50))
    assert what_if(learner, school.course, {})[1] == 50
    assert what_if(learner, school.course, {item.public_id: Decimal(8)})[1] == 80


def test_the_grid_points_at_statuses_of_the_course(school: School, item: GradeItem) -> None:
    made = status(school)
    give(school, item, "8", made.key)
    found = grid(school.actor("assistant"), school.course)
    row = next(one for one in found.rows if one.public_id == school.learner.public_id)
    place = list(found.statuses).index(made.key)
    assert found.statuses[made.key] == "Incomplete"
    assert row.cells.replace(" ", "") in {f"[[0,8,{place},0,1,0]]", f"[[0,8.0000,{place},0,1,0]]"}

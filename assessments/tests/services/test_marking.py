import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.services.privacy import erase_person
from assessments.enums import GradeStatus, LateUnit, SubmissionState
from assessments.models import (
    BankComment,
    Grade,
    GradeChange,
    Mark,
    Outcome,
    Rubric,
    RubricVersion,
    Submission,
    WorkComment,
)
from assessments.queries.marking import (
    MarkingFilter,
    comments_on,
    marking_lines,
    other_marks,
    own_mark,
    shown_to_authors,
    to_mark,
)
from assessments.rules import VIEW_MARK
from assessments.scoring.rubric import Criterion, Level, Pick
from assessments.services.assignment import (
    AssignmentSettings,
    follow_rubric,
    update_assignment,
)
from assessments.services.comments import Place, add_comment, keep_comment, remove_comment
from assessments.services.marking import Judgement, agree_mark, grade_apart, save_mark
from assessments.services.missing import settle_missing
from assessments.services.returning import ask_revision, release_marks
from assessments.services.rubric import copy_rubric, create_rubric, revise_rubric
from assessments.services.submission import save_draft, submit
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import begin, hand_in, make_assignment, make_group, put_file
from lms.kernel import actors, clock
from lms.kernel.errors import Conflict, Denied, Invalid, KernelError, NotFound, Stale
from lms.kernel.testing import assert_constant_queries, events_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LEVELS = (Level("good", "Good", Decimal(4)), Level("poor", "Poor", Decimal(1)))
CRITERIA = [Criterion(id="clear", title="Clear", levels=LEVELS)]


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def code_of(act: Any) -> str:
    with pytest.raises(KernelError) as refused, transaction.atomic():
        act()
    return refused.value.code


def make_rubric(school: School) -> Rubric:
    return create_rubric(
        actor=school.actor("instructor"),
        course=school.course,
        kind="rubric",
        title="Writing",
        criteria=CRITERIA,
    )


def mark(school: School, row: Submission, score: Any, who: str = "assistant", **more: Any) -> Mark:
    judgement = Judgement(score=None if score is None else Decimal(score), **more)
    return save_mark(actor=school.actor(who), submission=row, judgement=judgement, done=True)


def release(school: School, row: Submission) -> int:
    return release_marks(actor=school.actor("instructor"), assignment=row.assignment)


def grade_of(row: Submission) -> Grade:
    return Grade.objects.get(item__assignment=row.assignment, learner=row.learner)


def test_a_grade_is_a_draft_until_it_is_released(school: School) -> None:  # Z7
    rubric = make_rubric(school)
    row = hand_in(school, make_assignment(school, rubric=rubric.public_id))
    mark(school, row, None, picks={"clear": Pick(level="poor")}, feedback="Go on.")
    draft = grade_of(row)
    assert (draft.score, draft.released) == (Decimal(25), False)
    assert shown_to_authors(row) is None
    assert release(school, row) == 1
    assert release(school, row) == 0
    found = grade_of(row)
    assert (found.score, found.released, found.status) == (
        Decimal(25),
        True,
        GradeStatus.GRADED,
    )
    words = "Rubric: 1 of 4, which makes 25 of 100."
    assert set(GradeChange.objects.values_list("reason", flat=True)) == {words}
    shown = shown_to_authors(row)
    assert shown is not None
    assert (shown["score"], shown["words"], shown["feedback"]) == ("25", words, ["Go on."])
    assert shown["criteria"][0]["level"] == "Poor"
    row.refresh_from_db()
    assert row.state == SubmissionState.RETURNED
    assert [one["revise"] for one in events_of("assessments.submission_returned")] == [False]


def test_later_changes_wait_for_the_next_release(school: School) -> None:
    row = hand_in(school, make_assignment(school))
    mark(school, row, "50")
    release(school, row)
    mark(school, row, "70", feedback="Better than I thought.")
    assert grade_of(row).score == 50
    assert (shown_to_authors(row) or {})["score"] == "50"
    release(school, row)
    assert grade_of(row).score == 70
    scores = list(GradeChange.objects.order_by("id").values_list("before", "after"))
    fifty, seventy = Decimal(50), Decimal(70)
    assert scores == [(None, fifty), (fifty, fifty), (fifty, seventy)]


def test_a_new_version_waits_to_be_marked_again(school: School) -> None:
    row, actor = hand_in(school, make_assignment(school)), school.actor("learner")
    mark(school, row, "50")
    release(school, row)
    save_draft(actor=actor, submission=row, text="Better.", seq=2)
    submit(actor=actor, submission=row, number=2)
    waiting = to_mark(school.actor("assistant"), row.assignment, MarkingFilter(state="unmarked"))
    assert list(waiting) == [row]
    assert (shown_to_authors(row) or {})["score"] == "50"
    assert (grade_of(row).score, release(school, row)) == (Decimal(50), 0)


def test_lateness_is_taken_off_with_its_arithmetic(school: School) -> None:
    now = clock.now()
    late: dict[str, Any] = {
        "late_unit": LateUnit.DAY,
        "late_percent": Decimal(10),
        "due_at": now - DAY,
    }
    row = hand_in(school, make_assignment(school, **late))
    mark(school, row, "80")
    found = Outcome.objects.get()
    assert [found.mark, found.taken, found.score] == [80, 20, 60]
    words = "2 days late: 2 \u00d7 10 % = 20 % of 100 points = 20; 80 - 20 = 60."
    release(school, row)
    assert (grade_of(row).status, found.words) == (GradeStatus.LATE, words)


def test_a_revision_is_as_late_as_what_it_revises(school: School) -> None:
    asked = make_assignment(school, due_at=clock.now() + DAY, resubmit="never")
    row, actor = hand_in(school, asked), school.actor("learner")
    comment_on_all(school, row)
    ask_revision(actor=school.actor("assistant"), submission=row)
    again = lambda: ask_revision(actor=school.actor("assistant"), submission=row)  # noqa: E731
    assert code_of(again) == "revision_asked"
    shown = shown_to_authors(row) or {}
    assert (shown["score"], [one["body"] for one in shown["comments"]]) == (None, ["Why?"])
    with clock.travel(clock.now() + 9 * DAY):
        save_draft(actor=actor, submission=row, text="Revised.", seq=2)
        submit(actor=actor, submission=row, number=2)
        mark(school, row, "90")
    assert Outcome.objects.get().taken == 0
    assert code_of(lambda: submit(actor=actor, submission=row, number=3)) == "no_resubmission"


def test_a_revision_tells_what_was_written_and_nothing_of_the_mark(school: School) -> None:
    levels = (Level("good", "Good", Decimal(4), "Every step is clear."), LEVELS[1])
    criteria = [
        Criterion(id="clear", title="Clear", levels=levels),
        Criterion(id="short", title="Short", levels=LEVELS),
    ]
    rubric = create_rubric(
        actor=school.actor("instructor"),
        course=school.course,
        kind="rubric",
        title="Writing",
        criteria=criteria,
    )
    row = hand_in(school, make_assignment(school, rubric=rubric.public_id))
    picks = {"clear": Pick(level="good", note="Say how."), "short": Pick(level="poor")}
    mark(school, row, None, picks=picks, feedback="Go on.")
    ask_revision(actor=school.actor("assistant"), submission=row)
    shown = shown_to_authors(row) or {}
    none = {"points": None, "level": "", "description": ""}
    assert shown["criteria"] == [{"title": "Clear", "most": "4", "note": "Say how.", **none}]
    assert [shown[name] for name in ("mark", "taken", "score", "words")] == [None, None, None, ""]
    assert shown["feedback"] == ["Go on."]


def comment_on_all(school: School, row: Submission, who: str = "assistant") -> WorkComment:
    work = row.versions.order_by("-number")[0]
    return add_comment(actor=school.actor(who), work=work, body="Why?", place=Place(start=2, end=6))


def test_two_markers_are_blind_until_both_are_done(school: School) -> None:
    row = hand_in(school, make_assignment(school, two_markers=True))
    first, second = school.actor("assistant"), school.actor("instructor")
    mark(school, row, "60", private_note="weak")
    comment_on_all(school, row)
    work = row.versions.get()
    assert list(other_marks(second, row)) == []
    assert list(comments_on(second, work)) == []
    assert own_mark(second, row) is None
    assert Outcome.objects.get().mark is None
    assert not VIEW_MARK.rows(school.actor("admin")).exists()
    mark(school, row, "65", "instructor")
    assert [one.score for one in other_marks(second, row)] == [60]
    assert [one.score for one in other_marks(first, row)] == [65]
    assert len(comments_on(second, work)) == 1
    found = Outcome.objects.get()
    assert found.mark == Decimal("62.5")
    assert found.words == "Two markers gave 60 and 65: their mean is 62.5."
    assert code_of(lambda: mark(school, row, "1", "admin")) == "marked_by_others"


def test_marks_too_far_apart_need_an_instructor(school: School) -> None:
    row = hand_in(school, make_assignment(school, two_markers=True, threshold=Decimal(5)))
    teacher = school.actor("instructor")
    agree = lambda who: agree_mark(  # noqa: E731
        actor=school.actor(who), submission=row, score=Decimal(66), reason="Read it together."
    )
    assert code_of(lambda: agree("instructor")) == "nothing_to_agree"
    mark(school, row, "60")
    mark(school, row, "70", "instructor")
    assert (Outcome.objects.get().mark, release(school, row)) == (None, 0)
    listed = to_mark(teacher, row.assignment, MarkingFilter(state="needs_agreement"))
    assert list(listed) == [row]
    with pytest.raises(Denied):
        agree("assistant")
    agree("instructor")
    assert release(school, row) == 1
    found = Outcome.objects.get()
    assert found.score == 66
    assert found.agreed_reason == "Read it together."
    assert grade_of(row).changes.latest("id").reason == "Two markers gave 60, 70; agreed on 66."


def test_another_marker_needs_the_first_to_be_done(school: School) -> None:
    row = hand_in(school, make_assignment(school))
    draft = Judgement(score=Decimal(5))
    save_mark(actor=school.actor("instructor"), submission=row, judgement=draft, done=False)
    assert code_of(lambda: mark(school, row, "1")) == "marked_by_others"
    assert own_mark(school.actor("assistant"), row) is None
    mark(school, row, "5", "instructor")
    assert mark(school, row, "6").marker == school.assistant
    stale = lambda: save_mark(  # noqa: E731
        actor=school.actor("assistant"), submission=row, judgement=draft, done=True, expected=1
    )
    with pytest.raises(Stale):  # P4
        stale()


@pytest.mark.parametrize(
    ("judgement", "field"),
    [
        (Judgement(), "score"),
        (Judgement(score=Decimal(101)), "score"),
        (Judgement(score=Decimal("1.00001")), "score"),
        (Judgement(score=Decimal(1), feedback="\x00"), "feedback"),
        (Judgement(picks={"clear": Pick(level="none")}), "picks"),
    ],
)
def test_marks_out_of_range_name_their_field(
    school: School, judgement: Judgement, field: str
) -> None:
    rubric = make_rubric(school)
    row = hand_in(school, make_assignment(school, rubric=rubric.public_id))
    with pytest.raises(Invalid) as refused, transaction.atomic():
        save_mark(actor=school.actor("assistant"), submission=row, judgement=judgement, done=True)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("who", ["learner", "classmate", "observer", "outsider"])
def test_only_staff_mark(school: School, who: str) -> None:
    row = hand_in(school, make_assignment(school))
    mark(school, row, "50")
    work = row.versions.get()
    acts = [
        lambda: mark(school, row, "100", who),
        lambda: ask_revision(actor=school.actor(who), submission=row),
        lambda: add_comment(actor=school.actor(who), work=work, body="x", place=Place()),
        lambda: release_marks(actor=school.actor(who), assignment=row.assignment),
    ]
    for act in acts:
        with pytest.raises((Denied, NotFound)):
            act()
    assert Mark.objects.get().score == 50
    with pytest.raises(Denied):
        release_marks(actor=school.actor("assistant"), assignment=row.assignment)


def test_a_rubric_is_locked_once_it_judged_work(school: School) -> None:
    rubric, teacher = make_rubric(school), school.actor("instructor")
    change = {"actor": teacher, "rubric": rubric, "criteria": CRITERIA}
    revise_rubric(title="Still open", **change)  # type: ignore[arg-type]
    assert RubricVersion.objects.count() == 1
    asked = make_assignment(school, rubric=rubric.public_id)
    row = hand_in(school, asked)
    mark(school, row, None, picks={"clear": Pick(level="good")})
    rubric = revise_rubric(title="Anew", **change)  # type: ignore[arg-type]
    assert rubric.latest is not None
    assert (rubric.latest.number, rubric.latest.locked_at) == (2, None)
    asked.refresh_from_db()
    assert asked.rubric is not None
    assert asked.rubric.number == 1
    changed = lambda: update_assignment(  # noqa: E731
        actor=teacher, assignment=asked, settings=AssignmentSettings()
    )
    assert code_of(changed) == "marking_begun"
    other = make_assignment(school, rubric=rubric.public_id)
    newest = revise_rubric(title="Once more", **change)  # type: ignore[arg-type]
    assert follow_rubric(actor=teacher, assignment=other).rubric == newest.latest
    assert code_of(lambda: follow_rubric(actor=teacher, assignment=asked)) == "marking_begun"
    copied = copy_rubric(actor=teacher, rubric=rubric)
    assert copied.latest is not None
    assert copied.latest.criteria == rubric.latest.criteria


def test_nothing_tells_the_marker_before_release(school: School) -> None:  # Z7
    asked = make_assignment(school, anonymous=True)
    row = begin(school, asked, text="My work.")
    file = put_file(school, row, name=f"{school.learner.name}.pdf")
    submit(actor=school.actor("learner"), submission=row)
    row.refresh_from_db()
    mark(school, row, "50")
    name, email, own = school.learner.name, school.learner.email, school.learner.public_id
    staff, course = Client(), school.course.slug
    staff.force_login(school.assistant)
    one = f"/teach/{course}/marking/{asked.public_id}/"
    api = f"/api/v1/submissions/{row.public_id}/"
    pages = [
        one,
        f"{one}?search={name}",
        f"{one}export.csv",
        f"{one}{row.public_id}/",
        f"/api/v1/submissions/?assignment={asked.public_id}",
        api,
        f"{api}marking/",
        f"{api}comments/",
        f"{api}files/{file.public_id}/",
    ]
    for page in pages:
        text = staff.get(page).content.decode()
        text = text.replace(f'value="{name}"', "").replace(f"search={name}", "")
        assert (page, [word for word in (name, email, own) if word in text]) == (page, [])
    assert row.code in staff.get(one).content.decode()
    lead = staff.get(f"{one}{row.public_id}/files/{file.public_id}/")
    served = staff.get(lead.headers["Location"])
    assert "file-1.pdf" in served.headers["Content-Disposition"]
    assert not Grade.objects.filter(item__assignment=asked).exists()
    release(school, row)
    assert grade_of(row).score == 50
    assert name in staff.get(one).content.decode()


def test_a_member_of_a_group_can_be_graded_apart(school: School) -> None:
    make_group(school, "learner", "classmate")
    row = hand_in(school, make_assignment(school, group_work=True))
    mark(school, row, "80")
    member = row.members.get(learner=school.classmate)
    grade_apart(
        actor=school.actor("assistant"), member=member, score=Decimal(40), reason="Came once."
    )
    release(school, row)
    grades = Grade.objects.filter(item__assignment=row.assignment)
    assert {one.learner: one.score for one in grades} == {school.learner: 80, school.classmate: 40}
    assert GradeChange.objects.filter(reason="Came once.").exists()
    alone = hand_in(school, make_assignment(school)).members.get()
    refused = lambda: grade_apart(  # noqa: E731
        actor=school.actor("assistant"), member=alone, score=Decimal(1), reason="x"
    )
    assert code_of(refused) == "not_a_group"


def test_missing_work_is_graded_by_the_rule_and_once(school: School) -> None:
    now = clock.now() + DAY
    asked = make_assignment(school, due_at=now, missing_percent=Decimal(10), points=Decimal(50))
    hand_in(school, asked)
    assert settle_missing() == 0
    with clock.travel(now + timedelta(seconds=1)):
        assert (settle_missing(), settle_missing()) == (1, 0)
        found = Grade.objects.get(item__assignment=asked)
        assert (found.learner, found.score, found.status, found.released) == (
            school.classmate,
            Decimal(5),
            GradeStatus.MISSING,
            True,
        )
        assert found.changes.get().reason == ("Nothing was handed in: 10 % of 50 points = 5.")
        row = hand_in(school, asked, "classmate")
        found.refresh_from_db()
        assert (found.score, found.status) == (None, GradeStatus.IN_PROGRESS)
        mark(school, row, "30")
        release(school, row)
    assert grade_of(row).score == 30


def test_a_grade_overridden_in_the_gradebook_stays(school: School) -> None:
    row = hand_in(school, make_assignment(school))
    mark(school, row, "50")
    Grade.objects.update(overridden=True)
    mark(school, row, "60")
    release(school, row)
    assert grade_of(row).score == 50


@pytest.mark.parametrize(
    "place",
    [
        Place(start=3),
        Place(start=5, end=5),
        Place(start=0, end=999),
        Place(page=2),
        Place(x=3),
    ],
)
def test_comments_need_a_place_in_the_work(school: School, place: Place) -> None:
    work = hand_in(school, make_assignment(school)).versions.get()
    with pytest.raises(Invalid):
        add_comment(actor=school.actor("assistant"), work=work, body="x", place=place)


def test_kept_comments_are_ones_own_and_kept_once(school: School) -> None:
    helper = school.actor("assistant")
    row = hand_in(school, make_assignment(school))
    work = row.versions.get()
    for _twice in range(2):
        add_comment(actor=helper, work=work, body=" Cite it. ", place=Place(), keep=True)
    assert BankComment.objects.get().body == "Cite it."
    keep_comment(actor=school.actor("instructor"), course=school.course, body="Cite it.")
    assert BankComment.objects.count() == 2
    comment = WorkComment.objects.first()
    assert comment is not None
    with pytest.raises(NotFound):
        remove_comment(actor=school.actor("instructor"), comment=comment)
    remove_comment(actor=helper, comment=comment)
    assert WorkComment.objects.count() == 1


def test_filters_find_what_waits(school: School) -> None:
    asked = make_assignment(school, due_at=clock.now() + DAY)
    group = make_group(school, "classmate")
    early = hand_in(school, asked)
    with clock.travel(clock.now() + 2 * DAY):
        late = hand_in(school, asked, "classmate")
    mark(school, early, "50")
    teacher = school.actor("instructor")

    def found(**narrow: Any) -> list[Submission]:
        return list(to_mark(teacher, asked, MarkingFilter(**narrow)))

    assert found(state="unmarked") == [late]
    assert found(state="marked") == [early]
    assert found(late=True) == [late]
    assert found(group=group.public_id) == [late]
    assert found(search=school.learner.name) == [early]
    lines = marking_lines(teacher, found())
    assert [(line.who, bool(line.late)) for line in lines] == [
        (school.learner.display_name, False),
        (school.classmate.display_name, True),
    ]


def test_the_list_costs_the_same_with_more_rows(school: School) -> None:
    asked, staff = make_assignment(school), Client()
    staff.force_login(school.instructor)
    hand_in(school, asked)
    others = iter(("classmate", "outsider"))

    def grow() -> None:
        who = next(others)
        if who == "outsider":
            from courses.models import Enrolment

            Enrolment.objects.create(course=school.course, user=school.outsider)
        hand_in(school, asked, who)

    url = f"/teach/{school.course.slug}/marking/{asked.public_id}/"
    assert_constant_queries(lambda: staff.get(url), grow)
    rows = list(csv.reader(io.StringIO(staff.get(f"{url}export.csv").content.decode())))
    assert [len(rows), rows[0][0], rows[1][1]] == [4, "who", "unmarked"]


def test_erasure_leaves_no_word_about_a_person(
    school: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:  # V2
    row = hand_in(school, make_assignment(school), text="MARKER text")
    mark(school, row, "50", feedback="MARKER", private_note="MARKER")
    work = row.versions.get()
    add_comment(
        actor=school.actor("assistant"), work=work, body="MARKER", place=Place(start=0, end=6)
    )
    release(school, row)
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=actors.for_user(school.learner), person=school.learner)
    models: list[Any] = [Mark, WorkComment, Outcome, Submission]
    left = [list(model.objects.values()) for model in models]
    assert "MARKER" not in str(left)
    assert grade_of(row).score == 50


def test_own_work_is_not_marked_by_oneself(school: School) -> None:
    from courses.models import Enrolment

    row = hand_in(school, make_assignment(school))
    Enrolment.objects.filter(user=school.learner).update(role="assistant")
    with pytest.raises(Denied):
        mark(school, row, "100", "learner")


def test_the_history_of_a_conflict_is_not_lost(school: School) -> None:
    row = hand_in(school, make_assignment(school))
    mark(school, row, "50")
    with pytest.raises(Conflict):
        agree_mark(actor=school.actor("instructor"), submission=row, score=Decimal(1), reason="x")
    assert Outcome.objects.get().mark == 50

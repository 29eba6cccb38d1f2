"""Other dates in assignments: one answer for handing in, lateness, missing work, peers, pages."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from accounts.tests.factories import UserFactory
from assessments.enums import GradeStatus, LateUnit, PeerPhase
from assessments.models import Assignment, DateOverride, Grade, Outcome, Submission
from assessments.queries.due import own_dates, window_of_submission, windows_for
from assessments.queries.marking import MarkingFilter, marking_lines, to_mark
from assessments.queries.submission import standing_in
from assessments.scoring.dates import Change
from assessments.services import missing
from assessments.services.accommodation import remove_accommodation, set_accommodation
from assessments.services.assignment import assignment_settings_of, update_assignment
from assessments.services.cells import set_cell
from assessments.services.grade import item_of_assignment
from assessments.services.marking import Judgement, save_mark
from assessments.services.missing import settle_missing
from assessments.services.override import remove_override, set_override
from assessments.services.peer import (
    PeerSettings,
    move_phase,
    object_to_reviews,
    set_up_peer_review,
    write_review,
)
from assessments.services.returning import release_marks
from assessments.services.submission import open_submission, submit
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import begin, hand_in, make_assignment, make_group
from courses.models import Enrolment
from courses.services.group import change_group
from lms.kernel import actors, clock
from lms.kernel.errors import Conflict, Denied, Invalid
from lms.kernel.testing import assert_constant_queries, events_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
COSTLY: dict[str, Any] = {"late_unit": LateUnit.DAY, "late_percent": Decimal(10)}


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def give(school: School, asked: Assignment, change: Change, **whose: Any) -> DateOverride:
    return set_override(actor=school.actor("instructor"), work=asked, change=change, **whose)


def mark(school: School, row: Submission, score: int = 80) -> Outcome:
    judgement = Judgement(picks={}, score=Decimal(score), feedback="", private_note="")
    save_mark(actor=school.actor("assistant"), submission=row, judgement=judgement, done=True)
    return Outcome.objects.get(submission=row)


def grade_of(asked: Assignment, learner: Any) -> tuple[str, Decimal | None]:
    row = Grade.objects.get(item__assignment=asked, learner=learner)
    return row.status, row.score


def test_person_stands_over_group_and_group_over_everybody(school: School) -> None:
    now = clock.now()
    asked = make_assignment(school, due_at=now - 3 * DAY, cutoff_at=now - 2 * DAY)
    learner = school.actor("learner")
    assert standing_in(learner, asked).refused == "assignment_closed"
    give(school, asked, Change(closes_at=now + DAY), group=make_group(school, "learner"))
    standing = standing_in(learner, asked)
    assert (standing.refused, standing.window.due_at) == (None, now - 3 * DAY)
    give(school, asked, Change(due_at=now + DAY, closes_at=now + 2 * DAY), person=school.learner)
    assert standing_in(learner, asked).window.due_at == now + DAY
    assert standing_in(school.actor("classmate"), asked).refused == "assignment_closed"
    row = hand_in(school, asked)
    assert row.versions.get().due_at == now + DAY
    with pytest.raises(Conflict) as refused:
        hand_in(school, asked, "classmate")
    assert refused.value.code == "assignment_closed"


def test_an_earlier_opening_and_extra_days_hold_too(school: School) -> None:
    now = clock.now()
    asked = make_assignment(
        school, opens_at=now + DAY, due_at=now + 2 * DAY, cutoff_at=now + 3 * DAY
    )
    with pytest.raises(Conflict):
        open_submission(actor=school.actor("learner"), assignment=asked)
    give(school, asked, Change(opens_at=now - DAY), person=school.learner)
    open_submission(actor=school.actor("learner"), assignment=asked)
    set_accommodation(actor=school.actor("admin"), person=school.learner, extra_days=4)
    window = standing_in(school.actor("learner"), asked).window
    assert (window.due_at, window.cutoff_at) == (now + 6 * DAY, now + 7 * DAY)


def test_of_a_group_whoever_has_most_time_decides(school: School) -> None:
    now = clock.now()
    asked = make_assignment(school, group_work=True, due_at=now - DAY, cutoff_at=now - DAY)
    make_group(school, "learner", "classmate")
    give(school, asked, Change(closes_at=now + DAY), person=school.classmate)
    assert own_dates(school.actor("learner"), asked).closes_at == now + DAY
    row = begin(school, asked, "learner", "Ours.")
    assert window_of_submission(row).cutoff_at == now + DAY
    submit(actor=school.actor("learner"), submission=row)
    found = windows_for(asked, [school.learner.pk, school.classmate.pk])
    assert {one.cutoff_at for one in found.values()} == {now + DAY}


def test_a_mark_follows_dates_that_move_and_waits_for_release(school: School) -> None:
    now = clock.now()
    asked = make_assignment(school, due_at=now - timedelta(hours=30), **COSTLY)
    row = hand_in(school, asked)
    outcome = mark(school, row)
    assert (outcome.taken, outcome.score) == (Decimal(20), Decimal(60))
    teacher = school.actor("instructor")
    release_marks(actor=teacher, assignment=asked)
    give(school, asked, Change(due_at=now - timedelta(hours=3)), person=school.learner)
    outcome.refresh_from_db()
    assert (outcome.taken, outcome.score, outcome.released) == (Decimal(10), Decimal(70), False)
    assert outcome.words == "1 day late: 1 \u00d7 10 % = 10 % of 100 points = 10; 80 - 10 = 70."
    assert grade_of(asked, school.learner) == (GradeStatus.LATE, Decimal(60))
    line = marking_lines(teacher, list(to_mark(teacher, asked, MarkingFilter(late=True))))[0]
    assert timedelta(hours=3) <= line.late < timedelta(hours=4)
    release_marks(actor=teacher, assignment=asked)
    assert grade_of(asked, school.learner) == (GradeStatus.LATE, Decimal(70))
    override = give(school, asked, Change(due_at=now + DAY), person=school.learner)
    release_marks(actor=teacher, assignment=asked)
    assert grade_of(asked, school.learner) == (GradeStatus.GRADED, Decimal(80))
    assert not to_mark(teacher, asked, MarkingFilter(late=True)).exists()
    remove_override(actor=teacher, override=override)
    outcome.refresh_from_db()
    assert (outcome.score, outcome.released) == (Decimal(60), False)


def test_extra_days_and_new_costs_for_everybody_move_marks_too(school: School) -> None:
    asked = make_assignment(school, due_at=clock.now() - timedelta(hours=30), **COSTLY)
    row = hand_in(school, asked)
    assert mark(school, row).score == Decimal(60)
    set_accommodation(actor=school.actor("admin"), person=school.learner, extra_days=1)
    assert Outcome.objects.get(submission=row).score == Decimal(70)
    remove_accommodation(actor=school.actor("admin"), person=school.learner)
    assert Outcome.objects.get(submission=row).score == Decimal(60)
    settings = replace(assignment_settings_of(asked), late_percent=Decimal(5))
    update_assignment(actor=school.actor("instructor"), assignment=asked, settings=settings)
    assert Outcome.objects.get(submission=row).score == Decimal(70)


def test_missing_work_follows_each_learner(school: School) -> None:
    now = clock.now()
    asked = make_assignment(
        school, due_at=now + DAY, missing_percent=Decimal(10), points=Decimal(50)
    )
    longer = give(school, asked, Change(due_at=now + 5 * DAY), person=school.classmate)
    with clock.travel(now + 2 * DAY):
        assert settle_missing() == 1
        assert grade_of(asked, school.learner) == (GradeStatus.MISSING, Decimal(5))
        assert not Grade.objects.filter(learner=school.classmate).exists()
        give(school, asked, Change(due_at=now + 4 * DAY), person=school.learner)
        assert grade_of(asked, school.learner) == (GradeStatus.IN_PROGRESS, None)
        assert settle_missing() == 0
        remove_override(actor=school.actor("instructor"), override=longer)
        assert settle_missing() == 1
        assert grade_of(asked, school.classmate) == (GradeStatus.MISSING, Decimal(5))
    with clock.travel(now + 4 * DAY + timedelta(seconds=1)):
        assert settle_missing() == 1
        assert grade_of(asked, school.learner) == (GradeStatus.MISSING, Decimal(5))


def test_who_is_excused_while_missing_work_is_graded_stays_excused(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    asked = make_assignment(school, due_at=now + DAY, missing_percent=Decimal(0))
    listed = missing._missing

    def then_excused(row: Assignment) -> list[Enrolment]:
        found = listed(row)
        set_cell(
            actor=school.actor("instructor"),
            item=item_of_assignment(row),
            learner=school.learner,
            score=None,
            status=GradeStatus.EXCUSED,
        )
        return found

    monkeypatch.setattr(missing, "_missing", then_excused)
    with clock.travel(now + 2 * DAY):
        settle_missing()
    assert grade_of(asked, school.learner) == (GradeStatus.EXCUSED, None)
    assert grade_of(asked, school.classmate) == (GradeStatus.MISSING, Decimal(0))


def test_who_comes_into_a_group_has_its_dates_also_for_what_was_missing(
    school: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    now = clock.now()
    asked = make_assignment(school, due_at=now + DAY, missing_percent=Decimal(0))
    masons = make_group(school, "classmate")
    give(school, asked, Change(due_at=now + 5 * DAY), group=masons)
    with clock.travel(now + 2 * DAY):
        assert settle_missing() == 1
        assert grade_of(asked, school.learner) == (GradeStatus.MISSING, Decimal(0))
        with django_capture_on_commit_callbacks(execute=True):
            change_group(
                actor=school.actor("instructor"),
                group=masons,
                learners=[school.classmate, school.learner],
            )
        assert grade_of(asked, school.learner) == (GradeStatus.IN_PROGRESS, None)
        assert settle_missing() == 0
        with django_capture_on_commit_callbacks(execute=True):
            change_group(actor=school.actor("instructor"), group=masons, name="Stone masons")
    assert len(events_of("courses.group_changed")) == 2


def test_who_has_less_time_is_missing_before_the_others(school: School) -> None:
    now = clock.now()
    asked = make_assignment(school, missing_percent=Decimal(0), due_at=now + 9 * DAY)
    give(school, asked, Change(due_at=now + DAY), person=school.learner)
    with clock.travel(now + 2 * DAY):
        assert settle_missing() == 1
    assert grade_of(asked, school.learner) == (GradeStatus.MISSING, Decimal(0))


def test_reviews_and_objections_have_dates_of_their_own(school: School) -> None:
    now = clock.now()
    asked, teacher = make_assignment(school), school.actor("instructor")
    settings = PeerSettings(each=1, least=1, due_at=now - DAY, appeal_until=now - DAY)
    row = set_up_peer_review(actor=teacher, assignment=asked, settings=settings)
    hand_in(school, asked)
    hand_in(school, asked, "classmate", "Another pile.")
    for phase in (PeerPhase.SUBMISSION, PeerPhase.ALLOCATION, PeerPhase.REVIEW):
        row = move_phase(actor=teacher, review=row, to=phase)
    task = row.tasks.get(reviewer=school.learner)
    mine, half = actors.for_user(school.learner), Decimal(50)
    with pytest.raises(Conflict) as over:
        write_review(actor=mine, task=task, picks={}, score=half, feedback="Fine.")
    assert over.value.code == "reviews_over"
    later = Change(due_at=now + DAY, closes_at=now + DAY)
    give(school, asked, Change(), reviews=later, group=make_group(school, "learner"))
    write_review(actor=mine, task=task, picks={}, score=half, feedback="Fine.")
    move_phase(actor=teacher, review=row, to=PeerPhase.CLOSED)
    own = Submission.objects.get(members__learner=school.learner)
    object_to_reviews(actor=school.actor("learner"), submission=own, reason="Too short.")
    theirs = Submission.objects.get(members__learner=school.classmate)
    with pytest.raises(Conflict) as late:
        object_to_reviews(actor=school.actor("classmate"), submission=theirs, reason="No.")
    assert late.value.code == "appeals_over"
    set_accommodation(actor=school.actor("admin"), person=school.classmate, extra_days=3)
    object_to_reviews(actor=school.actor("classmate"), submission=theirs, reason="No.")


@pytest.mark.parametrize(
    ("change", "reviews", "field"),
    [
        ({}, {}, "closes_at"),
        ({"limit_seconds": 60}, {}, "time_limit_seconds"),
        ({"attempts_allowed": 2}, {}, "attempts_allowed"),
        ({}, {"due_at": DAY}, "reviews_due_at"),
        ({}, {"closes_at": DAY}, "appeal_until"),
        ({"due_at": 9 * DAY}, {}, "closes_at"),
    ],
)
def test_what_an_assignment_does_not_have_is_refused(
    school: School, change: dict[str, Any], reviews: dict[str, Any], field: str
) -> None:
    now = clock.now()
    asked = make_assignment(school, due_at=now, cutoff_at=now + DAY)

    def dated(fields: dict[str, Any]) -> Change:
        moved = {name: now + by for name, by in fields.items() if isinstance(by, timedelta)}
        return Change(**(fields | moved))

    with pytest.raises(Invalid) as refused:
        give(school, asked, dated(change), reviews=dated(reviews), person=school.learner)
    assert list(refused.value.errors) == [field]
    with pytest.raises(Denied):
        set_override(
            actor=school.actor("assistant"),
            work=asked,
            change=Change(opens_at=now),
            person=school.learner,
        )
    assert DateOverride.objects.count() == 0


def test_dates_of_a_list_cost_the_same_however_many(school: School) -> None:
    asked = make_assignment(school, due_at=clock.now() + DAY)
    give(school, asked, Change(due_at=clock.now() + 2 * DAY), group=make_group(school, "learner"))
    teacher = school.actor("instructor")
    hand_in(school, asked)

    def one_more() -> None:
        school.outsider = UserFactory()
        Enrolment.objects.create(course=school.course, user=school.outsider)
        hand_in(school, asked, "outsider")

    assert_constant_queries(
        lambda: marking_lines(teacher, list(to_mark(teacher, asked, MarkingFilter(late=True)))),
        one_more,
    )
    assert_constant_queries(lambda: marking_lines(teacher, list(to_mark(teacher, asked))), one_more)


def test_pages_and_api_set_and_show_them(school: School) -> None:
    now = clock.now().replace(microsecond=0)
    asked = make_assignment(school, due_at=now + DAY)
    at = f"/teach/{school.course.slug}/assignments/{asked.lesson.public_id}/dates/"
    client = Client()
    client.force_login(school.instructor)
    sent = {"whose": f"person:{school.learner.public_id}", "due_at": "2031-05-06T07:08"}
    assert client.post(f"{at}new/", sent).status_code == 302
    row = DateOverride.objects.get()
    page = client.get(at).content.decode()
    assert school.learner.display_name in page
    assert "Own dates" in page
    shown = client.get(f"{at}{row.public_id}/").content.decode()
    assert "2031-05-06T07:08" in shown
    assert "Attempts" not in shown
    assert client.post(f"{at}{row.public_id}/remove/").status_code == 302
    api = f"/api/v1/assignments/{asked.public_id}/"
    body = {"person": school.learner.public_id, "due_at": (now + 3 * DAY).isoformat()}
    made = client.put(f"{api}overrides/", body, content_type="application/json")
    assert (made.status_code, made.json()["reviews_due_at"]) == (200, None)
    learner = Client()
    learner.force_login(school.learner)
    own = learner.get(f"{api}own-dates/").json()
    assert own["due_at"].startswith((now + 3 * DAY).isoformat()[:19])
    assert learner.get(f"{api}dates/").status_code == 403
    lines = client.get(f"{api}dates/").json()["results"]
    assert [line["own"] for line in lines].count(True) == 1
    assert client.delete(f"{api}overrides/{made.json()['id']}/").status_code == 204

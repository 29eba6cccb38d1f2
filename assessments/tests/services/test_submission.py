from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.services.privacy import erase_person, export_person
from assessments.enums import Resubmission, SubmissionState
from assessments.models import Submission, SubmissionFile, SubmissionMember, SubmissionVersion
from assessments.queries.submission import file_of, standing_in, submission
from assessments.services.assignment import AssignmentSettings, update_assignment
from assessments.services.private_file import file_by_token, grant_file
from assessments.services.submission import (
    add_submission_file,
    open_submission,
    remove_submission_file,
    save_draft,
    submit,
)
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import begin, hand_in, make_assignment, make_group, put_file
from courses.models import LessonProgress
from lms.kernel import actors, clock
from lms.kernel.errors import Invalid, KernelError, NotFound
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def code_of(act: object) -> str:
    with pytest.raises(KernelError) as refused, transaction.atomic():
        act()  # type: ignore[operator]
    return refused.value.code


def test_a_draft_is_its_authors_alone(school: School) -> None:  # Z7
    row = begin(school, make_assignment(school), text="secret")
    file = put_file(school, row)
    for who in ("instructor", "assistant", "classmate", "admin", "observer"):
        with pytest.raises(NotFound):
            submission(school.actor(who), row.public_id)
    submit(actor=school.actor("learner"), submission=row)
    later = put_file(school, row, name="later.pdf")
    seen = submission(school.actor("assistant"), row.public_id)
    assert file_of(school.actor("assistant"), seen, file.public_id) == file
    with pytest.raises(NotFound):
        file_of(school.actor("assistant"), seen, later.public_id)


def test_a_draft_keeps_the_highest_number(school: School) -> None:
    row, actor = begin(school, make_assignment(school)), school.actor("learner")
    first = save_draft(actor=actor, submission=row, text="One", seq=3)
    assert save_draft(actor=actor, submission=row, text="One", seq=3) == first
    for text, seq in (("Two", 3), ("One", 2)):
        stale = lambda: save_draft(actor=actor, submission=row, text=text, seq=seq)  # noqa: B023, E731
        assert code_of(stale) == "stale_draft"
    row.refresh_from_db()
    assert (row.draft_text, row.draft_seq, row.state) == ("One", 3, SubmissionState.DRAFT)
    with pytest.raises(Invalid):
        save_draft(actor=actor, submission=row, text="\x00", seq=4)  # C4


def test_each_version_is_made_exactly_once(school: School) -> None:
    asked = make_assignment(school)
    row, actor = begin(school, asked, text="First"), school.actor("learner")
    for _again in range(3):
        submit(actor=actor, submission=row, number=1)
        submit(actor=actor, submission=row)
    assert SubmissionVersion.objects.count() == 1
    assert code_of(lambda: submit(actor=actor, submission=row, number=3)) == "version_skipped"
    save_draft(actor=actor, submission=row, text="Second", seq=2)
    for _again in range(2):
        submit(actor=actor, submission=row, number=2)
    texts = SubmissionVersion.objects.order_by("number").values_list("number", "text")
    assert list(texts) == [(1, "First"), (2, "Second")]
    told = events_of("assessments.submission_received")
    assert [(one["number"], one["late"]) for one in told] == [(1, False), (2, False)]
    done = LessonProgress.objects.get(lesson=asked.lesson)
    assert (done.state, done.enrolment.user_id) == ("completed", school.learner.pk)


def test_files_go_into_versions_and_stay_there(
    school: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    row, actor = begin(school, make_assignment(school)), school.actor("learner")
    kept, gone = put_file(school, row), put_file(school, row, name="b.pdf")
    path = Path(gone.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        remove_submission_file(actor=actor, submission=row, file=gone)
    assert not path.exists()
    submit(actor=actor, submission=row)
    remove_submission_file(actor=actor, submission=row, file=kept)
    version = SubmissionVersion.objects.get()
    assert list(version.files.all()) == [kept]
    assert Path(kept.file.path).name != "a.pdf"  # U1
    with pytest.raises(NotFound):
        remove_submission_file(actor=actor, submission=row, file=kept)


def test_files_are_told_by_content_and_bounded(school: School) -> None:  # U1
    asked = make_assignment(school, file_kinds=("pdf",), max_files=2, max_file_mb=1)
    row, actor = begin(school, asked), school.actor("learner")
    for data in (b"MZ program", b"", b"GIF89a....", b"%PDF-" + b"x" * 1024 * 1024):
        with pytest.raises(Invalid) as refused:
            add_submission_file(actor=actor, submission=row, name="a.pdf", content=BytesIO(data))
        assert list(refused.value.errors) == ["file"]
    put_file(school, row)
    put_file(school, row)
    assert code_of(lambda: put_file(school, row)) == "too_many_files"


def test_a_signed_address_serves_one_file_for_five_minutes(school: School) -> None:  # U3
    file = put_file(school, begin(school, make_assignment(school)))
    access = grant_file(file=file)
    token = access.url.split("/")[2]
    assert file_by_token(token).file == file
    with pytest.raises(NotFound):
        file_by_token(token + "x")


def test_nothing_to_hand_in_is_refused(school: School) -> None:
    actor = school.actor("learner")
    row = begin(school, make_assignment(school, takes_url=True))
    assert code_of(lambda: submit(actor=actor, submission=row)) == "empty_submission"
    save_draft(actor=actor, submission=row, text=" ", url="javascript:alert(1)", seq=1)
    with pytest.raises(Invalid) as refused, transaction.atomic():
        submit(actor=actor, submission=row)
    assert list(refused.value.errors) == ["url"]


def test_dates_and_the_rule_for_again_hold_at_the_service(school: School) -> None:
    now, actor = clock.now(), school.actor("learner")
    asked = make_assignment(
        school,
        opens_at=now + DAY,
        due_at=now + 2 * DAY,
        cutoff_at=now + 4 * DAY,
        resubmit=Resubmission.UNTIL_DUE,
    )
    opening = lambda: open_submission(actor=actor, assignment=asked)  # noqa: E731
    assert code_of(opening) == "not_open_yet"
    with clock.travel(now + DAY):
        row = begin(school, asked, text="In time")
    with clock.travel(now + 2 * DAY + timedelta(seconds=1)):
        other = begin(school, asked, "classmate", text="Late")
        submit(actor=school.actor("classmate"), submission=other)
        submit(actor=actor, submission=row)
        assert (
            code_of(lambda: save_draft(actor=actor, submission=row, text="More", seq=9))
            == "past_due"
        )
    told = events_of("assessments.submission_received")
    assert [one["late"] for one in told] == [True, True]
    with clock.travel(now + 4 * DAY + timedelta(seconds=1)):
        standing = standing_in(actor, asked)
        assert (standing.late, standing.refused) == (timedelta(seconds=1), "assignment_closed")


def test_a_groups_work_counts_for_every_member(school: School) -> None:
    asked = make_assignment(school, group_work=True)
    assert code_of(lambda: begin(school, asked)) == "no_group"
    make_group(school, "learner", "classmate")
    row = begin(school, asked, text="Ours")
    assert begin(school, asked, "classmate") == row
    submit(actor=school.actor("classmate"), submission=row)
    members = SubmissionMember.objects.filter(submission=row).values_list("learner_id", flat=True)
    assert set(members) == {school.learner.pk, school.classmate.pk}
    done = LessonProgress.objects.filter(lesson=asked.lesson, state="completed")
    assert done.count() == 2
    make_group(school, "learner", name="Others")
    second = make_assignment(school, group_work=True)
    assert code_of(lambda: begin(school, second)) == "several_groups"


def test_who_never_opened_the_page_is_counted_with_the_group(school: School) -> None:
    asked = make_assignment(school, group_work=True)
    make_group(school, "learner", "classmate")
    row = hand_in(school, asked)
    assert row.members.count() == 2
    assert standing_in(school.actor("classmate"), asked).submission == row


def test_what_was_handed_in_cannot_be_rewritten(school: School) -> None:  # D3
    hand_in(school, make_assignment(school))
    rows = SubmissionVersion.objects.all()
    acts = [
        lambda: rows.update(text="rewritten"),
        lambda: rows.update(url="https://example.com"),
        lambda: rows.update(number=9),
        lambda: rows.update(submitted_at="2020-01-01T00:00Z"),
        lambda: rows._raw_delete(rows.db),
    ]
    for act in acts:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert rows.get().text == "A pile of stones."


def test_erasure_leaves_no_word_and_no_file(
    school: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:  # V2
    row = begin(school, make_assignment(school, takes_url=True), text="MARKER text")
    actor = school.actor("learner")
    save_draft(actor=actor, submission=row, text="MARKER", url="https://MARKER.org", seq=2)
    file = put_file(school, row, name="MARKER.txt", data=b"MARKER in a file")
    submit(actor=actor, submission=row)
    path, person = Path(file.file.path), school.learner
    with export_person(actor=actors.for_user(person), person=person) as out:
        assert b"assessments.submissionversion" in out.read()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=actors.for_user(person), person=person)
    assert not path.exists()
    assert not SubmissionFile.objects.exists()
    left = [list(model.objects.values()) for model in (Submission, SubmissionVersion)]
    assert "MARKER" not in str(left)
    assert SubmissionVersion.objects.get().number == 1


def test_settings_that_turn_a_kind_off_leave_it_out_of_the_version(school: School) -> None:
    asked = make_assignment(school, takes_url=True)
    row, actor = begin(school, asked), school.actor("learner")
    save_draft(actor=actor, submission=row, text="Words", url="https://example.com", seq=1)
    update_assignment(
        actor=school.actor("instructor"),
        assignment=asked,
        settings=AssignmentSettings(takes_url=False),
    )
    submit(actor=actor, submission=row)
    assert SubmissionVersion.objects.values_list("text", "url").get() == ("Words", "")

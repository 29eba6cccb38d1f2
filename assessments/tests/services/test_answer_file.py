"""Files as answers: two steps, private, counted, swept, and gone with their learner."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.services.privacy import erase_person, export_person
from assessments.enums import AttemptState, QuestionKind, StepKind
from assessments.models import AnswerFile, Attempt, AttemptQuestion
from assessments.queries.answer_file import answer_file
from assessments.queries.answer_marking import answer_to_mark, queue
from assessments.services import answer_file as services
from assessments.services.answer_file import sweep_unnamed
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.closing import submit_attempt
from assessments.services.private_file import file_by_token, grant_file
from assessments.tasks import sweep_answer_files
from assessments.tests.factories import School, bring_file, make_quiz, make_school
from assessments.tests.views.test_attempt import client_of, item_url, page
from lms.kernel import clock
from lms.kernel.clock import travel
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
NOTES = b"A cairn on the ridge."
UPLOAD, ESSAY = QuestionKind.FILE_UPLOAD, QuestionKind.ESSAY


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def begun(school: School, *kinds: QuestionKind, **settings: Any) -> tuple[Attempt, Any]:
    quiz = make_quiz(school, *(kinds or (UPLOAD,)), **settings)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    return attempt, attempt.questions.get(version__question__kind=UPLOAD)


def bring(school: School, attempt: Attempt, part: AttemptQuestion, **given: Any) -> AnswerFile:
    return bring_file(attempt, school.actor("learner"), part, **given)


def save(
    school: School, attempt: Attempt, part: AttemptQuestion, *files: AnswerFile, seq: int
) -> None:
    answer = {"files": [{"id": one.public_id} for one in files]}
    save_answer(
        actor=school.actor("learner"), attempt=attempt, question=part, answer=answer, seq=seq
    )


def test_the_log_names_files_by_their_hash(school: School) -> None:
    attempt, part = begun(school)
    file = bring(school, attempt, part)
    assert not file.acknowledged
    save(school, attempt, part, file, seq=1)
    named = {
        "id": file.public_id,
        "name": "notes.txt",
        "size": len(NOTES),
        "sha256": hashlib.sha256(NOTES).hexdigest(),
    }
    step = part.steps.get(kind=StepKind.ANSWER_SAVED)
    part.refresh_from_db()
    file.refresh_from_db()
    assert step.data == {"answer": {"files": [named]}} == {"answer": part.answer}
    assert file.acknowledged
    assert file.file.read() == NOTES
    save(school, attempt, part, file, seq=1)
    assert part.steps.count() == 1


def test_taking_out_is_an_answer_without_it_and_the_log_keeps_the_file(school: School) -> None:
    attempt, part = begun(school)
    first, second = bring(school, attempt, part), bring(school, attempt, part, name="more.txt")
    save(school, attempt, part, first, second, seq=1)
    save(school, attempt, part, second, seq=2)
    with pytest.raises(Conflict) as stale:
        save(school, attempt, part, first, seq=1)
    assert stale.value.code == "stale_seq"
    save(school, attempt, part, seq=3)
    part.refresh_from_db()
    assert part.answer is None
    with travel(clock.now() + timedelta(days=3)):
        assert sweep_unnamed() == 0
    assert AnswerFile.objects.count() == 2


def test_nobody_names_files_of_another_answer(school: School) -> None:  # Z3
    attempt, part = begun(school)
    theirs = start_attempt(actor=school.actor("classmate"), quiz=attempt.quiz)
    foreign = bring_file(theirs, school.actor("classmate"), theirs.questions.get())
    with pytest.raises(Invalid) as refused:
        save(school, attempt, part, foreign, seq=1)
    assert list(refused.value.errors) == ["answer"]
    foreign.refresh_from_db()
    assert not foreign.acknowledged


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "This file is empty."),
        ("big.txt", b"x" * 1_048_577, "A file may have at most 1 MB."),
        ("hill.png", b"\x89PNG\r\n\x1a\n....", "This is a .png file. Accepted: .txt, .pdf."),
        (
            "notes.pdf",
            b"\x89PNG\r\n\x1a\n....",
            "By its name it is a .pdf file, by its content a .png file. Accepted: .txt, .pdf.",
        ),
        ("run.exe", b"MZ\x90\x00", "Files of this kind are not allowed."),
        ("page.html", b"<html></html>", "Files of this kind are not allowed."),
    ],
)
def test_files_are_told_by_their_content(
    school: School, name: str, content: bytes, words: str
) -> None:  # U1
    attempt, part = begun(school)
    with pytest.raises(Invalid) as refused:
        bring(school, attempt, part, name=name, content=content)
    assert list(refused.value.errors) == ["file"]
    assert refused.value.detail.startswith(words)
    assert not AnswerFile.objects.exists()


def test_a_file_gets_the_name_of_what_it_is(school: School) -> None:
    attempt, part = begun(school)
    file = bring(school, attempt, part, name="../../etc/notes.docx", content=b"%PDF-1.7 x")
    assert (file.name, file.content_type) == ("notes.pdf", "application/pdf")
    assert Path(str(file.file.name)).parent.name == "answers"


def test_other_questions_take_no_files(school: School) -> None:
    attempt, _part = begun(school, ESSAY, UPLOAD)
    essay = attempt.questions.get(version__question__kind=ESSAY)
    with pytest.raises(Invalid) as refused:
        bring(school, attempt, essay)
    assert refused.value.detail == "This question takes no files."


def test_nothing_is_taken_after_the_deadline(school: School) -> None:
    attempt, part = begun(school, time_limit_seconds=60)
    kept, late = bring(school, attempt, part), bring(school, attempt, part)
    save(school, attempt, part, kept, seq=1)
    with travel(clock.now() + timedelta(minutes=2)):
        for act in (
            lambda: bring(school, attempt, part),
            lambda: save(school, attempt, part, late, seq=2),
        ):
            with pytest.raises(Conflict) as refused:
                act()
            assert refused.value.code == "deadline_passed"
    part.refresh_from_db()
    assert [one["id"] for one in part.answer["files"]] == [kept.public_id]


def test_only_its_learner_brings_files(school: School) -> None:
    attempt, part = begun(school)
    for who, refusal in (("classmate", NotFound), ("instructor", Denied)):
        with pytest.raises(refusal):
            bring_file(attempt, school.actor(who), part)


def test_an_attempt_holds_so_much_and_no_more(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, part = begun(school)
    monkeypatch.setattr(services, "MAX_ATTEMPT_BYTES", 2 * len(NOTES))
    for _again in range(2):
        bring(school, attempt, part)
    with pytest.raises(Conflict) as refused:
        bring(school, attempt, part)
    assert refused.value.code == "quota"
    assert AnswerFile.objects.count() == 2


def test_what_no_answer_names_is_swept_after_a_day(
    school: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    attempt, part = begun(school)
    named, loose = bring(school, attempt, part), bring(school, attempt, part)
    save(school, attempt, part, named, seq=1)
    path = Path(loose.file.path)
    assert sweep_answer_files() == 0
    with (
        travel(clock.now() + timedelta(hours=25)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert sweep_answer_files() == 1
        assert path.exists(), "not before the commit"
    assert not path.exists()
    assert list(AnswerFile.objects.all()) == [named]
    with pytest.raises(Invalid):
        save(school, attempt, part, named, loose, seq=2)


def test_files_are_seen_by_their_learner_and_staff_alone(school: School) -> None:  # Z2 Z3
    attempt, part = begun(school)
    file = bring(school, attempt, part)
    assert answer_file(school.actor("learner"), part.public_id, file.public_id) == file
    for who in ("instructor", "assistant"):
        with pytest.raises(NotFound):
            answer_file(school.actor(who), part.public_id, file.public_id)
    save(school, attempt, part, file, seq=1)
    for who in ("learner", "instructor", "assistant", "admin"):
        assert answer_file(school.actor(who), part.public_id, file.public_id) == file
    for who in ("classmate", "observer", "outsider", "other_instructor"):
        with pytest.raises(NotFound):
            answer_file(school.actor(who), part.public_id, file.public_id)
    with pytest.raises(NotFound):
        answer_file(school.actor("learner"), attempt.public_id, file.public_id)


def test_a_signed_address_serves_it_as_a_download(school: School) -> None:  # U2 U3
    attempt, part = begun(school)
    file = bring(school, attempt, part, name="a.pdf", content=b"%PDF-1.7 <script>")
    access = grant_file(file=file, framed=True)
    answer = Client().get(access.url)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    token = access.url.split("/")[-2]
    with pytest.raises(NotFound):
        file_by_token(token)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert Client().get(access.url).status_code == 404


def test_it_waits_for_a_person_who_opens_the_files(school: School) -> None:
    attempt, part = begun(school)
    file = bring(school, attempt, part)
    save(school, attempt, part, file, seq=1)
    attempt = submit_attempt(actor=school.actor("learner"), attempt=attempt)
    assert attempt.state == AttemptState.SUBMITTED
    actor = school.actor("assistant")
    assert [one.pk for one in queue(actor, attempt.quiz)] == [part.pk]
    found = answer_to_mark(actor, attempt.quiz, part.public_id)
    assert "<strong>dates</strong>" in found.notes_html
    url = f"/teach/{school.course.slug}/results/{attempt.quiz.public_id}/marking/"
    client = client_of(school, "assistant")
    link = f'href="/answers/{part.public_id}/files/{file.public_id}/"'
    assert link in page(client, f"{url}{part.public_id}/")
    assert link in page(
        client, f"/teach/{school.course.slug}/results/attempts/{attempt.public_id}/"
    )
    sent = client.get(f"/answers/{part.public_id}/files/{file.public_id}/")
    served: Any = client.get(sent.headers["Location"])
    assert b"".join(served.streaming_content) == NOTES


def test_the_plain_form_brings_and_takes_out_files(school: School) -> None:
    attempt, part = begun(school)
    client, url = (
        client_of(school, "learner"),
        f"{item_url(attempt.quiz)}attempt/{attempt.public_id}/",
    )
    assert 'enctype="multipart/form-data"' in page(client, url)
    name = f"answer-{part.public_id}"
    form: dict[str, Any] = {f"asked-{part.public_id}": "1", name: ""}
    odd = client.post(url, {**form, f"{name}-files": [sent("page.html", b"<html>")]})
    assert odd.status_code == 400
    assert "Files of this kind are not allowed." in odd.content.decode()
    both = [sent("one.txt", NOTES), sent("two.txt", NOTES)]
    assert client.post(url, {**form, f"{name}-files": both}).status_code == 302
    part.refresh_from_db()
    assert [one["name"] for one in part.answer["files"]] == ["one.txt", "two.txt"]
    shown = page(client, url)
    assert "one.txt" in shown
    form[name] = json.dumps(part.answer)
    first = part.answer["files"][0]["id"]
    assert client.post(url, {**form, f"{name}-drop": [first]}).status_code == 302
    part.refresh_from_db()
    assert [one["name"] for one in part.answer["files"]] == ["two.txt"]
    assert client.post(url, {**form, name: "nonsense"}).status_code == 400


def sent(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def exported(school: School) -> Iterator[str]:
    actor = school.actor("learner")
    with export_person(actor=actor, person=school.learner) as out:
        yield from zipfile.ZipFile(io.BytesIO(out.read())).namelist()


def test_export_and_erasure_reach_the_files(
    school: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:  # V2
    attempt, part = begun(school)
    file = bring(school, attempt, part)
    save(school, attempt, part, file, seq=1)
    submit_attempt(actor=school.actor("learner"), attempt=attempt)
    path = Path(file.file.path)
    assert {"assessments.answerfile.json", f"files/{file.file.name}"} <= set(exported(school))
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=school.actor("learner"), person=school.learner)
    part.refresh_from_db()
    assert part.answer is None
    assert not AnswerFile.objects.exists()
    assert not path.exists()


def test_a_learner_holds_so_much_in_a_course_and_no_more(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, part = begun(school)
    bring(school, first, part)
    second, other = begun(school)  # another quiz of the same course
    monkeypatch.setattr(services, "MAX_LEARNER_BYTES", 2 * len(NOTES))
    bring(school, second, other)
    with pytest.raises(Conflict) as refused:
        bring(school, second, other)
    assert refused.value.code == "quota"
    assert "in this course" in refused.value.detail
    with pytest.raises(Conflict):
        bring(school, first, part)
    monkeypatch.setattr(services, "MAX_LEARNER_BYTES", 3 * len(NOTES))
    monkeypatch.setattr(services, "MAX_LEARNER_FILES", 2)
    with pytest.raises(Conflict):
        bring(school, second, other)
    elsewhere = make_school()
    third, last = begun(elsewhere)
    assert bring(elsewhere, third, last).size == len(NOTES), "each course counts for itself"

"""Files about a person: in the copy of their data, and gone with their erasure."""

import dataclasses
import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from accounts.services.privacy import erase_person, export_person
from accounts.tests.factories import UserFactory
from courses.models import Attachment
from courses.tests.factories import CourseFactory
from lms.kernel import actors

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(settings: Settings, tmp_path: Path) -> User:
    """Somebody who uploaded one file."""
    settings.MEDIA_ROOT = tmp_path
    uploader: User = UserFactory()
    Attachment.objects.create(
        course=CourseFactory(),
        file=ContentFile(b"what I wrote", name="notes.txt"),
        name="notes.txt",
        content_type="text/plain",
        size=12,
        uploaded_by=uploader,
    )
    return uploader


def names_in_export(person: User) -> dict[str, bytes]:
    with export_person(actor=actors.for_user(person), person=person) as out:
        archive = zipfile.ZipFile(io.BytesIO(out.read()))
    return {name: archive.read(name) for name in archive.namelist()}


def test_export_holds_the_files(person: User) -> None:  # V2
    stored = Attachment.objects.get().file.name
    assert names_in_export(person)[f"files/{stored}"] == b"what I wrote"


def test_export_goes_on_without_a_file_that_is_missing(person: User) -> None:
    Path(Attachment.objects.get().file.path).unlink()
    names = names_in_export(person)
    assert "courses.attachment.json" in names
    assert not [name for name in names if name.startswith("files/")]


def test_erasure_removes_the_files_of_rows_it_deletes(
    person: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # V2
    entry = dataclasses.replace(Attachment.personal_data, erase="delete", blank=())
    monkeypatch.setattr(Attachment, "personal_data", entry)
    path = Path(Attachment.objects.get().file.path)
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=actors.for_user(person), person=person)
        assert path.exists(), "not before the commit"
    assert not path.exists()
    assert not Attachment.objects.exists()

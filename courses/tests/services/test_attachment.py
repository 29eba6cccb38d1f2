"""Files: told by content, bounded, named by us, handed out for minutes."""

import struct
import zipfile
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from PIL import Image

from courses.models import Attachment
from courses.services import attachment as service
from courses.services import sniffing
from courses.services.attachment import (
    attach_file,
    attachment_by_token,
    grant_access,
    remove_attachment,
    remove_cover,
    set_cover,
)
from courses.services.sniffing import sniff
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    LessonFactory,
    actor_for,
    people_around,
)
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, KernelError, NotFound
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n"


def _archive(**members: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def _picture(kind: str, size: tuple[int, int] = (20, 10)) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a", PDF, ("application/pdf", "pdf")),
        ("a.html", b"\x89PNG\r\n\x1a\n....", ("image/png", "png")),
        ("a", b"\xff\xd8\xff\xe0", ("image/jpeg", "jpg")),
        ("a", b"GIF89a....", ("image/gif", "gif")),
        ("a", b"RIFF....WEBPVP8 ", ("image/webp", "webp")),
        ("a", b"RIFF....WAVEfmt ", ("audio/wav", "wav")),
        ("a", b"\0\0\0\x18ftypisom", ("video/mp4", "mp4")),
        ("a", b"\0\0\0\x18ftypM4A ", ("audio/mp4", "m4a")),
        ("a", b"\x1a\x45\xdf\xa3....", ("video/webm", "webm")),
        ("a", b"OggS....", ("audio/ogg", "ogg")),
        ("a", b"ID3.....", ("audio/mpeg", "mp3")),
        ("a", _archive(a="x"), ("application/zip", "zip")),
        ("a", _archive(mimetype="application/epub+zip"), ("application/epub+zip", "epub")),
        ("a", _archive(mimetype="text/html"), ("application/zip", "zip")),
        ("notes.TXT", "Zoë".encode(), ("text/plain", "txt")),
        ("t.csv", b"a,b\n=1+1,2\n", ("text/csv", "csv")),
        ("t.txt", b"x" * 4095 + "ë".encode(), ("text/plain", "txt")),
        ("t.txt", b"x\xff" + b"x" * 5000, None),
        ("t.html", b"<p>", None),
        ("t.svg", b"<svg/>", None),
        ("t", b"plain", None),
        ("t.exe", b"MZ", None),
        ("t.zip", b"PK\x03\x04 broken", None),
    ],
)
def test_a_kind_is_told_by_content(  # U1
    name: str, content: bytes, kind: tuple[str, str] | None
) -> None:
    stream = BytesIO(content)
    assert sniff(stream, name) == kind
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("folder", "extension"), [("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")]
)
def test_office_documents_are_told_by_their_members(folder: str, extension: str) -> None:
    content = _archive(**{"[Content_Types].xml": "<x/>", f"{folder}__a.xml": "<x/>"})
    found = sniff(BytesIO(content), "a.bin")
    assert found is not None
    assert found[1] == extension


def test_an_archive_with_a_scratch_is_of_no_kind() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
    packed = stream.getvalue()
    at = 30 + len("mimetype")
    assert sniff(BytesIO(packed), "a.bin") == ("application/epub+zip", "epub")
    assert sniff(BytesIO(packed[:at] + b"\xff" * 8 + packed[at + 8 :]), "a.bin") is None


def test_archives_of_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:  # U4
    monkeypatch.setattr(sniffing, "MAX_MEMBERS", 1)
    assert sniff(BytesIO(_archive(a="x", b="y")), "a.zip") is None


def test_size_and_quota_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:  # U1
    course = CourseFactory()
    actor = actor_for(course.created_by)
    monkeypatch.setattr(service, "MAX_BYTES", len(PDF))
    monkeypatch.setattr(service, "MAX_COURSE_FILES", 2)
    with pytest.raises(Invalid):
        attach_file(actor=actor, course=course, name="a", content=BytesIO(PDF + b"x"))
    for _ in range(2):
        attach_file(actor=actor, course=course, name="a", content=BytesIO(PDF))
    with pytest.raises(Conflict) as caught:
        attach_file(actor=actor, course=course, name="a", content=BytesIO(PDF))
    assert caught.value.code == "quota"
    monkeypatch.setattr(service, "MAX_COURSE_FILES", 9)
    monkeypatch.setattr(service, "MAX_COURSE_BYTES", 3 * len(PDF) - 1)
    with pytest.raises(Conflict):
        attach_file(actor=actor, course=course, name="a", content=BytesIO(PDF))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\a\\b.exe", "b.pdf"),
        ("a\u202egnp.exe", "agnp.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("Größe 1.pdf", "Größe 1.pdf"),
    ],
)
def test_names_are_made_plain(name: str, shown: str) -> None:
    course = CourseFactory()
    row = attach_file(actor=SYSTEM, course=course, name=name, content=BytesIO(PDF))
    assert row.name == shown


def test_a_name_with_nul_is_refused() -> None:  # C4
    with pytest.raises(Invalid):
        attach_file(actor=SYSTEM, course=CourseFactory(), name="a\0b", content=BytesIO(PDF))


def test_only_managers_put_files_in() -> None:  # Z1
    course = CourseFactory()
    allowed = set()
    for name, actor in people_around(course).items():
        try:
            attach_file(actor=actor, course=course, name="a", content=BytesIO(PDF))
        except KernelError:
            continue
        allowed.add(name)
    assert allowed == {"instructor", "admin", "writer_token", "system"}
    assert Attachment.objects.count() == 4


def test_access_follows_the_rule_and_ends() -> None:  # U3 Z7
    course = CourseFactory()
    lesson = LessonFactory(course=course, published=False)
    row = attach_file(actor=SYSTEM, course=course, name="a", content=BytesIO(PDF), lesson=lesson)
    seen = set()
    for name, actor in people_around(course).items():
        try:
            access = grant_access(actor=actor, attachment=row)
        except KernelError:
            continue
        seen.add(name)
        token = access.url.split("/")[2]
        assert attachment_by_token(token) == row
        with time_machine.travel(clock.now() + timedelta(minutes=6)), pytest.raises(NotFound):
            attachment_by_token(token)
    assert seen == {"assistant", "instructor", "admin", "reader_token", "writer_token", "system"}
    remove_attachment(actor=SYSTEM, attachment=row)
    with pytest.raises(NotFound):
        attachment_by_token(token)
    assert len(events_of("courses.attachment_removed")) == 1


def test_a_cover_is_drawn_anew_and_the_one_before_goes(
    django_capture_on_commit_callbacks: object,
) -> None:
    course = CourseFactory()
    actor = actor_for(course.created_by)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        first = set_cover(actor=actor, course=course, content=_picture("PNG", (3200, 100)))
        before = str(first.cover.name)
        with Image.open(first.cover) as drawn:
            assert (drawn.format, drawn.size) == ("WEBP", (1600, 50))
        second = set_cover(actor=actor, course=course, content=_picture("JPEG"))
    assert not second.cover.storage.exists(before)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        remove_cover(actor=actor, course=course)
        remove_cover(actor=actor, course=course)
    course.refresh_from_db()
    assert (course.cover.name, course.version) == ("", 4)


def test_a_cover_that_is_no_picture_or_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = CourseFactory()
    monkeypatch.setattr(service, "MAX_PIXELS", 100)
    monkeypatch.setattr(service, "MAX_COVER_BYTES", 10_000)
    for content in (
        BytesIO(b""),
        BytesIO(PDF),
        BytesIO(b"x" * 10_001),
        _picture("PNG"),
        _picture("BMP"),
    ):
        with pytest.raises(Invalid) as caught:
            set_cover(actor=SYSTEM, course=course, content=content)
        assert list(caught.value.errors) == ["file"]


def test_a_cover_with_damaged_metadata_is_taken() -> None:
    out, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x011A] = 6, (72, 1)
    packed = bytearray(exif.tobytes())
    # The resolution is said to be text.
    at = packed.index(bytes.fromhex("011a0005")) + 3
    packed[at] = 2
    Image.new("RGB", (20, 10)).save(out, "JPEG", exif=bytes(packed))
    assert set_cover(actor=SYSTEM, course=CourseFactory(), content=out).cover


def test_a_picture_that_claims_more_than_it_may_unfold_to_is_refused() -> None:  # P6
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    bomb += struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(Invalid) as caught:
        set_cover(actor=SYSTEM, course=CourseFactory(), content=BytesIO(bomb))
    assert list(caught.value.errors) == ["file"]

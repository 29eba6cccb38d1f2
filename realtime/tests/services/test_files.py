"""Files of messages: what is kept, who sees it, and when it goes."""

import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageOps
from pytest_django.fixtures import Settings

from accounts.services.privacy import erase_person, export_person
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.testing import assert_constant_queries
from realtime.models import Message, MessageFile
from realtime.queries.chat import missed_since
from realtime.queries.files import file_seen
from realtime.queries.frames import message_body
from realtime.services import files as file_services
from realtime.services.chat import delete_message, send_message
from realtime.services.editing import edit_message
from realtime.services.files import Named, add_file, drop_file, named_files, sweep_files
from realtime.tests.factories import Cast, outcome

pytestmark = [pytest.mark.django_db, pytest.mark.services]
MAKER = "A maker of cameras"


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def photo(size: tuple[int, int] = (60, 40), kind: str = "JPEG") -> io.BytesIO:
    """A picture that lies on its side and tells who took it where."""
    image, out = Image.new("RGB", size, (200, 30, 30)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = MAKER, 6
    image.save(out, format=kind, exif=exif)
    out.seek(0)
    return out


def bring(cast: Cast, who: str = "learner", name: str = "notes.txt", text: str = "My notes") -> str:
    row = add_file(actor=cast.actor(who), name=name, content=io.BytesIO(text.encode()))
    return row.public_id


def say(cast: Cast, *ids: str, who: str = "learner", body: str = "", alt: str = "") -> Message:
    sent = send_message(
        actor=cast.actor(who),
        course=cast.course,
        client_id=uuid.uuid4(),
        body=body,
        files=[Named(one, alt) for one in ids],
    )
    return sent.message


def test_a_picture_is_drawn_anew_upright_and_without_what_a_camera_tells(cast: Cast) -> None:
    given = photo()
    assert MAKER.encode() in given.getvalue()
    row = add_file(actor=cast.actor("learner"), name="me.JPEG", content=given)
    kept = row.file.read()
    assert MAKER.encode() not in kept
    assert (row.name, row.content_type, row.width, row.height) == ("me.jpg", "image/jpeg", 40, 60)
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()
    large = add_file(actor=cast.actor("learner"), name="a.png", content=photo((5000, 100), "PNG"))
    assert (large.width, large.height, large.size) == (51, 2560, large.file.size)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_a_program_noted_in_a_picture_travels_with_it(cast: Cast, kind: str) -> None:
    image, out, noted = Image.new("RGB", (60, 40), (200, 30, 30)), io.BytesIO(), b"zqnoted" * 30
    more: dict[str, Any] = {"comment": noted} if kind == "JPEG" else {}
    image.save(out, format=kind, icc_profile=noted, xmp=noted, **more)
    assert b"zqnoted" in out.getvalue() or kind == "PNG"
    row = add_file(actor=cast.actor("learner"), name="a.png", content=out)
    kept = row.file.read()
    assert b"zqnoted" not in kept
    with Image.open(io.BytesIO(kept)) as seen:
        assert not {"comment", "icc_profile", "xmp", "exif"} & set(seen.info)


@pytest.mark.parametrize("held", range(1, 9))
def test_a_picture_is_turned_as_it_was_held(cast: Cast, held: int) -> None:
    image, out = Image.new("RGB", (60, 40), "blue"), io.BytesIO()
    image.paste("red", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = held
    image.save(out, format="PNG", exif=exif)
    row = add_file(actor=cast.actor("learner"), name="a.png", content=out)
    with Image.open(row.file) as kept, Image.open(out) as given:
        right = ImageOps.exif_transpose(given).convert("RGBA")
        assert kept.convert("RGBA").tobytes() == right.tobytes()


@pytest.mark.parametrize(
    "exif",
    [b"II*\0", b"Exif\0\0II*\0", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0\xff\xff\xff\xff", b"x"],
)
def test_a_picture_with_damaged_metadata_is_kept_without_it(cast: Cast, exif: bytes) -> None:
    image, out = Image.new("RGB", (60, 40)), io.BytesIO()
    image.save(out, format="JPEG", exif=exif)
    row = add_file(actor=cast.actor("learner"), name="a.jpg", content=out)
    assert (row.width, row.height) == (60, 40)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("empty.txt", b""),
        ("broken.png", b"\x89PNG\r\n\x1a\n and no picture"),
        ("large.txt", b"x" * (10 * 1024 * 1024 + 1)),
    ],
)
def test_other_files_are_refused(cast: Cast, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        add_file(actor=cast.actor("learner"), name=name, content=io.BytesIO(content))
    assert "file" in refused.value.errors
    assert not MessageFile.objects.exists()


def test_a_file_is_its_owners_until_a_message_takes_it_along(cast: Cast) -> None:
    key = bring(cast)
    for who in ("learner2", "instructor", "admin", "outsider"):
        with pytest.raises(NotFound):
            file_seen(cast.actor(who), key)
    with pytest.raises(Invalid):
        say(cast, key, who="learner2")  # of somebody else
    assert not Message.objects.exists()
    message = say(cast, key)
    (shown,) = message_body(message)["files"]
    assert (shown["id"], shown["name"], shown["size"]) == (key, "notes.txt", 8)
    assert (shown["url"], shown["picture"]) == (f"/message-files/{key}/", False)
    got = {who: outcome(lambda who=who: file_seen(cast.actor(who), key)) for who in cast.actors}  # type: ignore[misc]
    seen = {"learner", "learner2", "assistant", "instructor", "admin", "read_token", "preview"}
    assert {who for who, status in got.items() if status == 200} == seen
    with pytest.raises(Invalid):
        say(cast, key)  # once
    assert (
        outcome(
            lambda: drop_file(
                actor=cast.actor("learner"), file=file_seen(cast.actor("learner"), key)
            )
        )
        == 403
    )


def test_words_may_be_empty_only_with_files_and_alt_is_of_pictures(cast: Cast) -> None:
    with pytest.raises(Invalid):
        say(cast)
    picture = add_file(actor=cast.actor("learner"), name="a.png", content=photo(kind="PNG"))
    message = say(cast, picture.public_id, bring(cast), alt="  A red\nwall ")
    shown = message_body(message)["files"]
    assert [(one["alt"], one["picture"]) for one in shown] == [("A red wall", True), ("", False)]
    assert edit_message(actor=cast.actor("learner"), message=message, body="").body == ""
    edit_message(actor=cast.actor("learner"), message=message, body="Words")
    missed = missed_since(cast.actor("learner2"), cast.course, 0).messages
    assert [file["id"] for file in missed[0]["files"]] == [one["id"] for one in shown]


@pytest.mark.parametrize(
    "given",
    [
        "x",
        [1],
        [{"id": 3}],
        [{"id": "a", "alt": 5}],
        [{"id": "a"}] * 2,
        [{"id": str(number)} for number in range(7)],
        [{"id": "\0"}],
        [{"id": "a", "alt": "x" * 301}],
    ],
)
def test_files_that_are_named_wrongly_are_refused(given: Any) -> None:
    with pytest.raises(Invalid):
        named_files(given)


def test_a_deleted_message_hides_its_files_but_from_staff_until_they_are_swept(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    key = bring(cast)
    message = say(cast, key, body="Look")
    path = Path(MessageFile.objects.get().file.path)
    gone = delete_message(actor=cast.actor("learner"), message=message)
    assert message_body(gone)["files"] == []
    got = {
        who: outcome(lambda who=who: file_seen(cast.actor(who), key))  # type: ignore[misc]
        for who in ("learner", "learner2", "assistant", "instructor")
    }
    assert got == {"learner": 404, "learner2": 404, "assistant": 200, "instructor": 200}
    client = Client()
    client.force_login(cast.people["assistant"])
    thread = f"/c/{cast.course.slug}/chat/{message.public_id}/thread/"
    assert "Files of the deleted message" in client.get(thread).content.decode()
    with clock.travel(clock.now() + timedelta(days=89)):
        assert sweep_files() == 0
    with (
        clock.travel(clock.now() + timedelta(days=91)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert sweep_files() == 1
    assert not path.exists()


def test_what_was_not_sent_is_swept_after_a_day(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    bring(cast)
    say(cast, bring(cast))
    with clock.travel(clock.now() + timedelta(hours=23)):
        assert sweep_files() == 0
    later = clock.travel(clock.now() + timedelta(hours=25))
    with later, django_capture_on_commit_callbacks(execute=True):
        assert sweep_files() == 1
    assert MessageFile.objects.get().message_id is not None


def test_a_person_keeps_so_many_files(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_services, "MAX_UNSENT", 2)
    monkeypatch.setattr(file_services, "MAX_PERSON_FILES", 3)
    say(cast, bring(cast), bring(cast))
    bring(cast)
    with pytest.raises(Conflict) as full:
        bring(cast)
    assert full.value.code == "quota"
    bring(cast, "learner2")
    drop = MessageFile.objects.get(message=None, uploaded_by=cast.people["learner"])
    drop_file(actor=cast.actor("learner"), file=drop)
    bring(cast)


def test_who_is_in_no_room_brings_no_file(cast: Cast) -> None:
    got = {who: outcome(lambda who=who: bring(cast, who)) for who in cast.actors}  # type: ignore[misc]
    refused = {
        "anonymous": 401,
        "observer": 403,
        "outsider": 403,
        "read_token": 403,
        "preview": 403,
    }
    assert {who: status for who, status in got.items() if status != 200} == refused


def test_a_copy_of_ones_data_holds_the_files_and_erasure_removes_them(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    own, other = bring(cast, text="zqmine"), bring(cast, "learner2", text="zqtheirs")
    say(cast, own)
    say(cast, other, who="learner2")
    learner = cast.people["learner"]
    with export_person(actor=cast.actor("learner"), person=learner) as out:
        archive = zipfile.ZipFile(io.BytesIO(out.read()))
    held = b"".join(archive.read(name) for name in archive.namelist() if "files/" in name)
    assert held == b"zqmine"
    path = Path(MessageFile.objects.get(public_id=own).file.path)
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=cast.actor("learner"), person=learner)
    assert not path.exists()
    assert message_body(Message.objects.get(seq=1))["files"] == []
    assert [row.public_id for row in MessageFile.objects.all()] == [other]


def test_a_list_with_files_costs_no_more_queries(cast: Cast) -> None:
    def more() -> None:
        say(cast, bring(cast), bring(cast))

    more()
    actor = cast.actor("learner2")
    assert_constant_queries(lambda: missed_since(actor, cast.course, 0), more)


def test_addresses_ask_the_rule_and_hand_out_nothing_that_runs(cast: Cast) -> None:
    client, other = Client(), Client()
    client.force_login(cast.people["learner"])
    other.force_login(cast.people["outsider"])
    sent = client.post(
        "/api/v1/message-files/", {"file": SimpleUploadedFile("a.txt", b"<b>text</b>")}
    )
    assert sent.status_code == 201
    key = sent.json()["id"]
    assert other.get(f"/message-files/{key}/").status_code == 404
    assert Client().get(f"/message-files/{key}/").status_code == 302
    told = client.get(f"/api/v1/message-files/{key}/").json()
    shown = Client().get(told["url"])
    assert shown.getvalue() == b"<b>text</b>"
    assert shown["Content-Disposition"].startswith("attachment")
    assert (shown["X-Content-Type-Options"], shown["Content-Type"]) == ("nosniff", "text/plain")
    assert "sandbox" in shown["Content-Security-Policy"]
    with clock.travel(clock.now() + timedelta(minutes=6)):
        assert Client().get("/message-files/signed/forged/").status_code == 404
    said = client.post(
        "/api/v1/messages/",
        {"room": cast.course.public_id, "client_id": str(uuid.uuid4()), "files": [{"id": key}]},
        content_type="application/json",
    )
    assert (said.status_code, said.json()["files"][0]["id"]) == (201, key)
    assert client.delete(f"/api/v1/message-files/{key}/").status_code == 403


def test_the_pages_form_sends_files_without_scripts(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.people["learner"])
    page = f"/c/{cast.course.slug}/chat/"
    client.post(page, {"client_id": str(uuid.uuid4()), "body": "", "files": [photo()]})
    message = Message.objects.get()
    shown = client.get(page).content.decode()
    assert f'src="/message-files/{message.files.get().public_id}/"' in shown
    client.post(page, {"body": "", "files": [SimpleUploadedFile("a.html", b"<p>")]})
    assert Message.objects.count() == 1
    assert "Files of this kind are not allowed" in client.get(page).content.decode()

"""Private files of a course: taken in by content, handed out by short-lived signed addresses."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from django.core import signing
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from courses.events import AttachmentAdded, AttachmentRemoved, CourseChanged
from courses.models import Attachment, Course, Lesson
from courses.rules import EDIT_ATTACHMENT, MANAGE_COURSE, VIEW_ATTACHMENT
from courses.services.editing import locked, save_changes
from courses.services.sniffing import TEXT_EXTENSIONS, sniff
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES: Final = 50 * 1024 * 1024
MAX_COURSE_BYTES: Final = 2 * 1024 * 1024 * 1024
MAX_COURSE_FILES: Final = 500
MAX_NAME: Final = 200
ACCESS_FOR: Final = timedelta(minutes=5)  # U3
MAX_COVER_BYTES: Final = 5 * 1024 * 1024
COVER_SIZE: Final = (1600, 900)
MAX_PIXELS: Final = 40_000_000
ORIENTATION: Final = 0x0112
# By what EXIF says of how the camera was held.
TURNS: Final = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_SALT: Final = "courses.attachment"


@dataclass(frozen=True, slots=True)
class Access:
    """A relative address that serves one file to whoever holds it, until `expires_at`."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Intake:
    """A file as its content tells: the name people see, its type, its size in bytes (U1)."""

    name: str
    content_type: str
    extension: str
    size: int

    def new_stored_name(self) -> str:
        """A random name with the true ending, under which the bytes are kept."""
        return f"{secrets.token_hex(16)}.{self.extension}"


def take_in(*, content: IO[bytes], name: str, most: int) -> Intake:
    """Look at a file before it is stored.

    Raises Invalid for `file` when it is empty, above `most` bytes or of a kind that is not allowed.
    """
    size = _size(content, most)
    kind = sniff(content, name)
    if kind is None:
        raise Invalid(_refused_kind(), field="file")
    content_type, extension = kind
    return Intake(_shown_name(name, extension), content_type, extension, size)


@transaction.atomic
def attach_file(
    *, actor: Actor, course: Course, name: str, content: IO[bytes], lesson: Lesson | None = None
) -> Attachment:
    """Store a file of a course, or of one of its lessons, under a generated name (U1).

    Raises Invalid for `file` when it is empty, too large or of a kind that is not allowed,
    Conflict `quota` when the course holds as much as it can.
    """
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    if lesson is not None and lesson.course_id != course.pk:
        raise Invalid(_("This lesson belongs to another course."), field="lesson")
    taken = take_in(content=content, name=name, most=MAX_BYTES)
    _require_room(course, taken.size)
    row = Attachment(
        course=course,
        lesson=lesson,
        name=taken.name,
        content_type=taken.content_type,
        size=taken.size,
        uploaded_by_id=actor.user_id,
        created_at=clock.now(),
    )
    row.file.save(taken.new_stored_name(), File(content), save=False)
    row.save()
    told = AttachmentAdded(
        course_id=course.pk, attachment_id=row.pk, lesson_id=lesson.pk if lesson else None
    )
    publish(told, actor=actor)
    return row


@transaction.atomic
def remove_attachment(*, actor: Actor, attachment: Attachment) -> None:
    """Delete a file and its row; the stored bytes go once that is committed."""
    require(actor, EDIT_ATTACHMENT, attachment)
    told = AttachmentRemoved(
        course_id=attachment.course_id,
        attachment_id=attachment.pk,
        lesson_id=attachment.lesson_id,
    )
    storage, stored = attachment.file.storage, str(attachment.file.name)
    attachment.delete()
    publish(told, actor=actor)
    transaction.on_commit(lambda: storage.delete(stored), robust=True)


def grant_access(*, actor: Actor, attachment: Attachment) -> Access:
    """Return an address for a file the actor may see, good for five minutes (U3)."""
    require(actor, VIEW_ATTACHMENT, attachment)
    return address_of(attachment)


def address_of(attachment: Attachment) -> Access:
    """The same for apps that show a file where their own rules allow it; the caller has asked."""
    token = signing.dumps(attachment.public_id, salt=_SALT)
    return Access(url=f"/files/{token}/", expires_at=clock.now() + ACCESS_FOR)


def attachment_by_token(token: str) -> Attachment:
    """Return the file a signed address names; raises NotFound when forged, old or gone."""
    try:
        public_id = signing.loads(token, salt=_SALT, max_age=ACCESS_FOR)
    except signing.BadSignature as problem:
        raise NotFound from problem
    found = Attachment.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def set_cover(*, actor: Actor, course: Course, content: IO[bytes]) -> Course:
    """Set the course's picture, drawn anew as WebP so that nothing else travels in it.

    Raises Invalid for `file` when it is no PNG, JPEG, GIF or WebP image, or too large.
    """
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    picture = _redrawn(content)
    storage, before = course.cover.storage, course.cover.name
    course.cover.save(f"{secrets.token_hex(16)}.webp", ContentFile(picture), save=False)
    save_changes(course, cover=course.cover)
    publish(CourseChanged(course_id=course.pk), actor=actor)
    if before:
        transaction.on_commit(lambda: storage.delete(before), robust=True)
    return course


@transaction.atomic
def remove_cover(*, actor: Actor, course: Course) -> Course:
    """Take the course's picture away. Idempotent."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    storage, before = course.cover.storage, course.cover.name
    if before:
        save_changes(course, cover="")
        publish(CourseChanged(course_id=course.pk), actor=actor)
        transaction.on_commit(lambda: storage.delete(before), robust=True)
    return course


def upright(picture: "Image") -> "Image":
    """A picture as it is to be seen; a camera says in it how it was held."""
    from PIL.Image import Transpose

    try:
        held = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - damaged metadata raise all kinds, the picture is there
        return picture
    turn = TURNS.get(held)
    return picture if turn is None else picture.transpose(Transpose[turn])


def _size(content: IO[bytes], most: int) -> int:
    content.seek(0, 2)
    size = content.tell()
    content.seek(0)
    if not size:
        raise Invalid(_("This file is empty."), field="file")
    if size > most:
        message = _("A file may have at most %(limit)d MB.") % {"limit": most // 1024**2}
        raise Invalid(message, field="file")
    return size


def _refused_kind() -> str:
    """Which kinds are allowed, for somebody who offered another one."""
    words = _(
        "Files of this kind are not allowed. Images (PNG, JPEG, GIF, WebP), PDF, Office and "
        "OpenDocument files, EPUB, video (MP4, WebM), audio (MP3, M4A, OGG, WAV), ZIP and plain "
        "text (%(text)s) are."
    )
    return words % {"text": ", ".join(TEXT_EXTENSIONS)}


def _require_room(course: Course, size: int) -> None:
    held = Attachment.objects.filter(course=course).aggregate(count=Count("pk"), size=Sum("size"))
    if held["count"] >= MAX_COURSE_FILES or (held["size"] or 0) + size > MAX_COURSE_BYTES:
        raise Conflict(_("This course holds as many files as it can."), code="quota")


def _shown_name(name: str, extension: str) -> str:
    """The name people see: the last part of what was sent, printable, with the true ending."""
    require_text(name, field="file")
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ").strip()
    stem = (kept.rpartition(".")[0] if "." in kept else kept).strip(". ") or "file"
    return f"{stem[: MAX_NAME - len(extension) - 1]}.{extension}"


def _redrawn(content: IO[bytes]) -> bytes:
    from io import BytesIO

    from PIL import Image

    refused = Invalid(_("Choose a PNG, JPEG, GIF or WebP image of at most 5 MB."), field="file")
    content.seek(0, 2)
    if not 0 < content.tell() <= MAX_COVER_BYTES:
        raise refused
    content.seek(0)
    try:
        with Image.open(content, formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise refused
            drawn = upright(image).convert("RGB")
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError) as problem:
        raise refused from problem
    drawn.thumbnail(COVER_SIZE)
    out = BytesIO()
    drawn.save(out, format="WEBP", quality=82, method=4)
    return out.getvalue()

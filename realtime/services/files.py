"""Files of messages: kept for whoever brought them, until a message takes them along."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import IO, Any, Final

from django.core import signing
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from courses.rules import talk_in_course_rows
from courses.services.attachment import (
    ACCESS_FOR,
    MAX_PIXELS,
    Access,
    Intake,
    take_in,
    upright,
)
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.rules import require, require_write
from lms.kernel.text import require_text
from realtime.enums import MAX_ALT, MAX_FILE_MB, MAX_FILES
from realtime.models import DirectMessage, Message, MessageFile
from realtime.rules.files import CHANGE_FILE

MEGABYTE: Final = 1024 * 1024
MAX_UNSENT: Final = 20
MAX_PERSON_FILES: Final = 1_000
MAX_PERSON_BYTES: Final = 500 * MEGABYTE
UNSENT_FOR: Final = timedelta(days=1)
DELETED_FOR: Final = timedelta(days=90)
LARGEST: Final = (2560, 2560)
FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_SALT: Final = "realtime.message-files"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a message takes along, and what it shows in words."""

    id: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is kept of a file: its bytes, and of a picture its size in pixels."""

    intake: Intake
    content: IO[bytes]
    width: int | None = None
    height: int | None = None


def add_file(*, actor: Actor, name: str, content: IO[bytes]) -> MessageFile:
    """Keep a file for a message that the actor is about to send, told by its content (U1).

    A picture is drawn anew: nothing but what is seen stays in it. Raises Invalid for `file`, Denied
    for somebody who is in no room, Conflict `quota`.
    """
    require_write(actor)
    if actor.user_id is None or not talk_in_course_rows(actor).exists():
        raise Denied
    intake = take_in(content=content, name=name, most=MAX_FILE_MB * MEGABYTE)
    taken = _redrawn(intake, content) if intake.content_type.startswith("image/") else None
    taken = taken or _Taken(intake, content)
    with transaction.atomic():
        _require_room(actor.user_id, taken.intake.size)
        row = MessageFile.objects.create(
            uploaded_by_id=actor.user_id,
            file=f"messages/{taken.intake.new_stored_name()}",
            name=taken.intake.name,
            content_type=taken.intake.content_type,
            size=taken.intake.size,
            width=taken.width,
            height=taken.height,
            created_at=clock.now(),
        )
    # A row without its bytes is swept, bytes without a row never would be.
    row.file.storage.save(str(row.file.name), File(taken.content))
    return row


def drop_file(*, actor: Actor, file: MessageFile) -> None:
    """Forget a file that was not sent. Raises NotFound, Denied for one that was."""
    require(actor, CHANGE_FILE, file)
    _remove(file.pk, MessageFile.objects.filter(message=None, direct=None))


def take_along(
    actor: Actor, files: Sequence[Named], *, message: Message | None, direct: DirectMessage | None
) -> None:
    """Give the actor's unsent files to a message, in the caller's transaction. Raises Invalid."""
    if not files:
        return
    ids = [one.id for one in files]
    waiting = MessageFile.objects.filter(
        uploaded_by=actor.user_id, message=None, direct=None, public_id__in=ids
    )
    found = {row.public_id: row for row in lock(waiting.order_by("pk"))}
    if len(found) != len(ids):
        raise Invalid(_("A file is not kept any more. Add it again."), field="files")
    for ordinal, one in enumerate(files):
        row = found[one.id]
        row.message, row.direct, row.ordinal = message, direct, ordinal
        row.alt = " ".join(one.alt.split()) if row.is_picture else ""
        row.save(update_fields=["message", "direct", "ordinal", "alt"])


def named_files(given: Any) -> tuple[Named, ...]:
    """What a client names as files of a message: [{id, alt}]. Raises Invalid."""
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Invalid(_("files is a list of {id, alt}."), field="files")
    if len(given) > MAX_FILES:
        raise Invalid(_("At most %s files go with a message.") % MAX_FILES, field="files")
    found = []
    for one in given:
        key, alt = one.get("id"), one.get("alt") or ""
        if not isinstance(key, str) or not isinstance(alt, str):
            raise Invalid(_("files is a list of {id, alt}."), field="files")
        words = require_text(alt, field="files", max_length=MAX_ALT)
        found.append(Named(require_text(key, field="files", max_length=40), words))
    if len({one.id for one in found}) != len(found):
        raise Invalid(_("Name each file once."), field="files")
    return tuple(found)


def grant_file(file: MessageFile) -> Access:
    """An address that serves a file for five minutes; the caller has asked the rule (U3)."""
    token = signing.dumps(file.public_id, salt=_SALT)
    return Access(f"/message-files/signed/{token}/", clock.now() + ACCESS_FOR)


def file_by_token(token: str) -> MessageFile:
    """The file that such an address names; raises NotFound when forged, old or gone."""
    try:
        public_id = signing.loads(token, salt=_SALT, max_age=ACCESS_FOR)
    except signing.BadSignature as problem:
        raise NotFound from problem
    rows = MessageFile.objects.select_related("message", "direct").filter(public_id=public_id)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def sweep_files(*, limit: int = 500) -> int:
    """Remove files that no message took within a day, and those of long deleted messages."""
    now = clock.now()
    unsent = Q(message=None, direct=None, created_at__lt=now - UNSENT_FOR)
    gone = Q(message__deleted_at__lt=now - DELETED_FOR) | Q(
        direct__deleted_at__lt=now - DELETED_FOR
    )
    rows = MessageFile.objects.filter(unsent | gone)
    done = 0
    for key in list(rows.order_by("pk").values_list("pk", flat=True)[:limit]):
        try:
            done += _remove(key, rows)
        except Exception:
            log.exception("file %s of a message could not be removed", key)
    return done


@transaction.atomic
def _remove(key: int, rows: QuerySet[MessageFile]) -> bool:
    row = lock(MessageFile.objects.filter(pk=key)).first()
    if row is None or not rows.filter(pk=key).exists():
        return False
    storage, stored = row.file.storage, str(row.file.name)
    row.delete()
    transaction.on_commit(lambda: storage.delete(stored), robust=True)
    return True


def _require_room(user_id: int, size: int) -> None:
    """Raise Conflict `quota`. Counted under the lock of their next upload."""
    lock(User.objects.filter(pk=user_id).only("pk")).get()
    mine = MessageFile.objects.filter(uploaded_by=user_id)
    held = mine.aggregate(
        count=Count("pk"),
        size=Sum("size"),
        unsent=Count("pk", filter=Q(message=None, direct=None)),
    )
    if held["unsent"] >= MAX_UNSENT:
        words = _("Send the files that you have added, or take them out, before you add more.")
        raise Conflict(words, code="quota")
    if held["count"] >= MAX_PERSON_FILES or (held["size"] or 0) + size > MAX_PERSON_BYTES:
        words = _("Your messages hold as many files as they can. Delete some of them first.")
        raise Conflict(words, code="quota")


def _redrawn(intake: Intake, content: IO[bytes]) -> _Taken:
    """A picture drawn anew, upright and no larger than a screen; a moving one stands still."""
    from PIL import Image

    refused = Invalid(_("This picture is damaged or too large."), field="file")
    kind = FORMATS.get(intake.content_type, "PNG")
    try:
        with Image.open(content, formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise refused
            mode = "RGB" if kind == "JPEG" else "RGBA"
            # Drawn smaller first: every copy at full size would be 160 MB of memory.
            small = image.convert(mode) if image.mode in {"1", "P"} else image
            small.thumbnail(LARGEST)
            drawn = upright(small).convert(mode)
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError) as problem:
        raise refused from problem
    # A JPEG's comment and a PNG's profile would be written down again.
    drawn.info.clear()
    out = BytesIO()
    drawn.save(out, format=kind, **({} if kind == "PNG" else {"quality": 85}))
    ending = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}[kind]
    stem = intake.name.rpartition(".")[0]
    seen = Intake(f"{stem}.{ending}", f"image/{kind.lower()}", ending, out.tell())
    return _Taken(seen, ContentFile(out.getvalue()), drawn.width, drawn.height)

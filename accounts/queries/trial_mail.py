"""The mail of the trial, which lands in files of the data folder."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

SEPARATOR = b"\n" + b"-" * 79 + b"\n"
NEWEST = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as a person reads it; `number` is its place in time, from 0."""

    number: int
    to: str
    subject: str
    sent_at: datetime | None
    text: str
    html: str


def all_mail(folder: Path) -> list[Mail]:
    """The newest 200 mails that Django's file backend wrote into a folder, newest first."""
    raw: list[bytes] = []
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
    for path in files:
        parts = path.read_bytes().replace(b"\r\n", b"\n").split(SEPARATOR)
        raw += [part for part in parts if part.strip()]
    mails = [_read(number, text) for number, text in enumerate(raw)]
    return mails[-NEWEST:][::-1]


def _read(number: int, raw: bytes) -> Mail:
    # As bytes: the parser takes text for ASCII and escapes every other letter of an 8-bit body.
    message = email.message_from_bytes(raw.strip(), policy=email.policy.default)
    plain, html = (_body(message, kind) for kind in ("plain", "html"))
    return Mail(
        number=number,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=parsedate_to_datetime(message["Date"]) if message["Date"] else None,
        text=plain,
        html=html,
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""

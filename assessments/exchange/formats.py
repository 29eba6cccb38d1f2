"""Files of every format: tell, read, write."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import ExchangeFormat
from assessments.exchange.aiken import read_aiken, write_aiken
from assessments.exchange.filed import Filed
from assessments.exchange.gift import read_gift, write_gift
from assessments.exchange.moodle_xml import read_moodle_xml, write_moodle_xml
from assessments.exchange.reading import Reading, Unreadable, Written, decoded, sized
from assessments.scoring.content import QuestionContent

EXTENSIONS: Final = {
    ExchangeFormat.GIFT: "gift.txt",
    ExchangeFormat.MOODLE_XML: "xml",
    ExchangeFormat.AIKEN: "aiken.txt",
}
_HEAD: Final = 4_096


def format_of(data: bytes) -> ExchangeFormat:
    """The format of a file by its content: XML begins with <, Aiken has lines ANSWER:."""
    sized(data)
    head = data[:_HEAD].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf")
    if head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip().startswith(b"<"):
        return ExchangeFormat.MOODLE_XML
    plain = data.replace(b"\x00", b"")
    if b"{" not in plain and b"ANSWER:" in plain:
        return ExchangeFormat.AIKEN
    return ExchangeFormat.GIFT


def read_file(data: bytes, format: ExchangeFormat) -> Reading:  # noqa: A002 - the field's word
    """The questions of a file; raises Unreadable, with the line where there is one."""
    if format == ExchangeFormat.MOODLE_XML:
        reading = read_moodle_xml(sized(data))
    elif format == ExchangeFormat.AIKEN:
        reading = read_aiken(decoded(data))
    else:
        reading = read_gift(decoded(data))
    if not reading.taken and not reading.left:
        raise Unreadable(_("There is no question in this file."))
    return reading


def write_file(
    contents: Sequence[QuestionContent],
    format: ExchangeFormat,  # noqa: A002 - the field's word
    filed: Sequence[Filed] = (),
) -> Written:
    """A file of the questions, in their order, with what it cannot say.

    `filed` has a place for each, or is empty.
    """
    if format == ExchangeFormat.MOODLE_XML:
        return write_moodle_xml(list(contents), filed)
    if format == ExchangeFormat.AIKEN:
        return write_aiken(list(contents), filed)
    return write_gift(list(contents), filed)

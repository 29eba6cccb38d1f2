"""Essays in Moodle XML: https://docs.moodle.org/en/Essay_question_type.

`responseformat` is editor, editorfilepicker, plain, monospaced or noinline; the word limits,
`responsetemplate` and `graderinfo` are ours by other names. An essay without a text field is a file
upload: `attachments` says how many files (-1 for any number), `maxbytes` how large each may be,
`filetypeslist` which endings are accepted.
"""

from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from assessments.exchange.xml_tree import Node
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.essay import MOST_WORDS, Essay
from assessments.scoring.file_upload import MOST_FILES, MOST_MB, Uploads
from courses.services.sniffing import KNOWN_EXTENSIONS

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = MOST_MB * MEGABYTE
MOODLE_FILES: Final = 3  # above it Moodle knows only "any number"
FORMATTED: Final = ("editor", "editorfilepicker")


def essay_of(node: Node, text: Callable[[Node | None], str]) -> tuple[Essay, list[str]]:
    """What an essay asks for, and what Cairn does not; `text` makes Markdown of an element."""
    form = node.said("responseformat")
    lost = []
    if form == "editorfilepicker" or node.said("attachments") not in {"", "0"}:
        lost.append(_("Learners attach no files to an essay here."))
    essay = Essay(
        min_words=_limit(node.said("minwordlimit")),
        max_words=_limit(node.said("maxwordlimit")),
        markdown=form in FORMATTED or not form,
        template=text(node.one("responsetemplate")),
        notes=text(node.one("graderinfo")),
    )
    return essay, lost


def write_essay(content: QuestionContent) -> list[str]:
    """The elements of an essay besides those of every question."""
    essay = detail_of(content, Essay)
    limits = (("minwordlimit", essay.min_words), ("maxwordlimit", essay.max_words))
    texts = (("graderinfo", essay.notes), ("responsetemplate", essay.template))
    return [
        f"<responseformat>{'editor' if essay.markdown else 'plain'}</responseformat>",
        "<responserequired>1</responserequired>",
        "<attachments>0</attachments>",
        *(f"<{name}>{words}</{name}>" for name, words in limits if words),
        *(line for name, words in texts for line in _text_element(name, words)),
    ]


def is_upload(node: Node) -> bool:
    """Whether an essay asks for files and nothing else."""
    return node.said("responseformat") == "noinline"


def uploads_of(node: Node, text: Callable[[Node | None], str]) -> tuple[Uploads, list[str]]:
    """What a file upload asks for, and what Cairn does not."""
    endings = node.said("filetypeslist").replace(";", ",").replace(" ", ",").lower().split(",")
    named = [one.strip().lstrip("*").lstrip(".") for one in endings if one.strip()]
    known = tuple(dict.fromkeys(one for one in named if one in KNOWN_EXTENSIONS))
    lost = [
        _("Files of the kind “%(kind)s” are not accepted here.") % {"kind": one}
        for one in named
        if one not in KNOWN_EXTENSIONS
    ]
    count, size = node.said("attachments"), _limit(node.said("maxbytes"), most=MOST_BYTES)
    uploads = Uploads(
        kinds=known,
        most=MOST_FILES if count == "-1" else max(_limit(count, most=MOST_FILES), 1),
        max_mb=-(-size // MEGABYTE) or MOST_MB,
        notes=text(node.one("graderinfo")),
    )
    return uploads, lost


def write_uploads(content: QuestionContent) -> list[str]:
    """The elements of a file upload besides those of every question."""
    asked = detail_of(content, Uploads)
    count = asked.most if asked.most <= MOODLE_FILES else -1
    endings = ",".join(f".{one}" for one in asked.kinds)
    return [
        "<responseformat>noinline</responseformat>",
        "<responserequired>0</responserequired>",
        f"<attachments>{count}</attachments>",
        "<attachmentsrequired>1</attachmentsrequired>",
        f"<maxbytes>{asked.max_mb * MEGABYTE}</maxbytes>",
        f"<filetypeslist>{endings}</filetypeslist>",
        *_text_element("graderinfo", asked.notes),
    ]


def _text_element(name: str, words: str) -> list[str]:
    said = escape(words, {chr(13): "&#13;"})
    return [f'<{name} format="markdown"><text>{said}</text></{name}>'] if words else []


def _limit(said: str, *, most: int = MOST_WORDS) -> int:
    return min(int(said[:15]), most) if said.isascii() and said.isdigit() else 0

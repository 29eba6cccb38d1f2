"""Essays in Moodle XML: https://docs.moodle.org/en/Essay_question_type.

`responseformat` is editor, editorfilepicker, plain, monospaced or noinline; the word limits,
`responsetemplate` and `graderinfo` are ours by other names.
"""

from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from assessments.exchange.xml_tree import Node
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.essay import MOST_WORDS, Essay

FORMATTED: Final = ("editor", "editorfilepicker")


def essay_of(node: Node, text: Callable[[Node | None], str]) -> tuple[Essay, list[str]]:
    """What an essay asks for, and what Cairn does not; `text` makes Markdown of an element."""
    form = node.said("responseformat")
    lost = []
    if form in {"noinline", "editorfilepicker"} or node.said("attachments") not in {"", "0"}:
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
        *(
            f'<{name} format="markdown"><text>{escape(words, {chr(13): "&#13;"})}</text></{name}>'
            for name, words in texts
            if words
        ),
    ]


def _limit(said: str) -> int:
    return min(int(said), MOST_WORDS) if said.isascii() and said.isdigit() else 0

"""One question of a Moodle XML file: its texts read and written."""

from decimal import Decimal, InvalidOperation
from typing import Final
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from assessments.exchange.answers import Weighted
from assessments.exchange.extras import extras_in
from assessments.exchange.filed import Filed, read_filed
from assessments.exchange.markup import markdown_of
from assessments.exchange.reading import Unreadable
from assessments.exchange.xml_tree import Node
from assessments.scoring.content import MAX_HINTS, MAX_TEXT

LOST_PARTS: Final = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


class MoodleQuestion:
    """One <question> on its way: its texts as Markdown, and what was lost."""

    def __init__(self, node: Node) -> None:
        self.node, self.lost = node, list[str]()
        self.stem = self.text(node.one("questiontext"))
        self.explanation = self.text(node.one("generalfeedback"))

    def lose(self, words: str) -> None:
        if words not in self.lost:
            self.lost.append(words)

    def text(self, node: Node | None) -> str:
        """The text of an element as Markdown, by its own format."""
        if node is None:
            return ""
        if node.one("file"):
            self.lose(_("Pictures did not come along."))
        return self.markdown(node.said("text"), node.attributes.get("format", ""))

    def markdown(self, words: str, markup: str) -> str:
        """Words of a format as Markdown."""
        if markup in {"markdown", "plain_text"}:
            return words
        markdown, lost = markdown_of(words)
        for one in lost:
            self.lose(one)
        return markdown

    def extras(self, category: tuple[str, ...]) -> tuple[dict[str, str], Filed]:
        """What Cairn's own tags and the default grade say, and where the question belongs."""
        tags = [tag for all_tags in self.node.all("tags") for tag in all_tags.all("tag")]
        said, others = extras_in([tag.said("text") for tag in tags])
        filed, misfits = read_filed(category, said, others)
        for words in misfits:
            self.lose(words)
        if any(part.said("text") for name in LOST_PARTS for part in self.node.all(name)):
            self.lose(_("Combined feedback is not kept."))
        return {"points": self.node.said("defaultgrade"), **said}, filed

    def hints(self) -> tuple[str, ...]:
        """The hints that fit, in their order; the others are lost."""
        said = [hint for hint in map(self.text, self.node.all("hint")) if hint.strip()]
        fitting = [hint for hint in said if len(hint) <= MAX_TEXT][:MAX_HINTS]
        if len(fitting) < len(said):
            self.lose(_("Hints that are too long or too many are not kept."))
        return tuple(fitting)

    def answers(self) -> list[Weighted]:
        """The weighted answers; raises Unreadable for a weight that is no number."""
        return [
            Weighted(self.text(one), percent_of(one), self.text(one.one("feedback")))
            for one in self.node.all("answer")
        ]


def percent_of(node: Node) -> Decimal:
    """The weight of an answer in per cent; raises Unreadable when it is no number."""
    try:
        percent = Decimal(node.attributes.get("fraction", "0"))
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite():
        raise Unreadable(_("The fraction of this answer is no number."), node.line)
    return percent


def xml_answer(
    text: str, percent: object, *, feedback: str = "", more: str = "", markup: str = "plain_text"
) -> str:
    """An <answer> with its weight in per cent."""
    said = f'<feedback format="markdown">{xml_text(feedback)}</feedback>' if feedback else ""
    return f'<answer fraction="{percent}" format="{markup}">{xml_text(text)}{more}{said}</answer>'


def xml_text(words: str) -> str:
    """A <text> element."""
    return f"<text>{escape(words, {chr(13): '&#13;'})}</text>"

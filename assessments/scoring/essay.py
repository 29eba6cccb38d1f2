"""Essay: free text that a person reads and marks.

The word limits are told and counted, not enforced: nobody's text is refused for its length, and
who marks it sees the count. A template that was left as it is counts as no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import MAX_STEM, QuestionContent, check_text, detail_of
from assessments.scoring.kinds import (
    NOTHING,
    Answer,
    Counted,
    Json,
    Marking,
    QuestionType,
    Render,
    Shown,
)
from assessments.scoring.words import word_count
from lms.kernel.errors import Invalid

MAX_ESSAY: Final = 100_000
MOST_WORDS: Final = 20_000
SUMMARY_LENGTH: Final = 300


@dataclass(frozen=True, slots=True)
class Essay:
    """What an essay asks for: between `min_words` and `max_words`, 0 for no limit.

    `markdown` lets learners format. `template` is the text that the field begins with, `notes` are
    for whoever marks it, both Markdown or plain text as they are.
    """

    min_words: int = 0
    max_words: int = 0
    markdown: bool = False
    template: str = ""
    notes: str = ""


class EssayType(QuestionType):
    kind = QuestionKind.ESSAY
    marking = Marking.PERSON

    def check(self, content: QuestionContent) -> None:
        essay = detail_of(content, Essay)
        check_text(essay.template, field="template", limit=MAX_STEM)
        check_text(essay.notes, field="notes", limit=MAX_STEM)
        for name, words in (("min_words", essay.min_words), ("max_words", essay.max_words)):
            if not 0 <= words <= MOST_WORDS:
                said = _("A limit lies between 0 and %(most)s words.") % {"most": MOST_WORDS}
                raise Invalid(said, field=name)
        if essay.max_words and essay.max_words < essay.min_words:
            raise Invalid(_("The most words are fewer than the fewest."), field="max_words")

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        essay = detail_of(content, Essay)
        return {
            "min_words": essay.min_words,
            "max_words": essay.max_words,
            "markdown": essay.markdown,
            "template": essay.template,
        }

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {"notes": detail_of(content, Essay).notes}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        return {"detail": Essay(**body, notes=str(key.get("notes", "")))}

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        return Shown(rule=_rule(body), settings=body)

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The text as it was typed; nothing but white space or the template is no answer."""
        if not isinstance(raw, str):
            raise Invalid(_("Answer with text."), field="answer")
        text = raw.replace("\r\n", "\n")
        check_text(text, field="answer", limit=MAX_ESSAY)
        untouched = text.strip() == detail_of(content, Essay).template.strip()
        return None if untouched or not text.strip() else text

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        """Nobody asks: a person says what it is worth."""
        return NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        """There is no right essay."""
        return None

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        """How long it is; no two essays say the same."""
        count = word_count(str(answer))
        return [Counted(choice="", words=_("%(n)s words") % {"n": count}, right=False)]

    def summary(self, content: QuestionContent, answer: Answer) -> str:
        line = " ".join(str(answer).split())
        return line if len(line) <= SUMMARY_LENGTH else f"{line[: SUMMARY_LENGTH - 1]}…"

    def rendered(self, content: QuestionContent, answer: Answer, render: Render) -> str:
        if detail_of(content, Essay).markdown:
            return render(str(answer))
        return linebreaks(str(answer), autoescape=True)

    def notes(self, content: QuestionContent) -> str:
        return detail_of(content, Essay).notes

    def extras(self, content: QuestionContent) -> dict[str, str]:
        essay = detail_of(content, Essay)
        said = {"words": f"{essay.min_words}-{essay.max_words}"}
        said |= {"template": essay.template} if essay.template else {}
        said |= {"notes": essay.notes} if essay.notes else {}
        return said | ({"format": "markdown"} if essay.markdown else {})

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        """The whole detail, when Cairn wrote the question."""
        fewest, dash, most = said.get("words", "").partition("-")
        if not dash or not (fewest.isdecimal() and most.isdecimal()):
            return {}
        essay = Essay(
            min_words=int(fewest[:9]),
            max_words=int(most[:9]),
            markdown=said.get("format") == "markdown",
            template=said.get("template", ""),
            notes=said.get("notes", ""),
        )
        return {"detail": essay}


def _rule(body: Json) -> str:
    """The limits and the format in words."""
    fewest, most = body.get("min_words", 0), body.get("max_words", 0)
    said = {"fewest": fewest, "most": most}
    parts = []
    if fewest and most:
        parts.append(_("Write between %(fewest)s and %(most)s words.") % said)
    elif fewest:
        parts.append(_("Write at least %(fewest)s words.") % said)
    elif most:
        parts.append(_("Write at most %(most)s words.") % said)
    if body.get("markdown"):
        parts.append(_("You may use Markdown, with $math$."))
    return " ".join([*parts, _("A person marks this answer.")])

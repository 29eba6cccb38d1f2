"""Embedded answers of Moodle (Cloze): `{2:SHORTANSWER:=cooled~=solid}` inside a question."""

import re
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.exchange.moodle_question import MoodleQuestion
from assessments.exchange.reading import short
from assessments.scoring.cloze import Blank, Blanks
from assessments.scoring.content import MAX_OPTIONS, QuestionContent, detail_of
from lms.kernel.errors import Invalid

_CODE: Final = re.compile(r"\{(\d{0,3}):([A-Z_]{2,20}):((?:[^\\}]|\\.){1,4000})\}", re.DOTALL)
_GAP: Final = re.compile(r"\[\[(\d{1,2})\]\]")
_WEIGHT: Final = re.compile(r"(=|%-?\d{1,3}(?:\.\d{1,5})?%)?(.*)", re.DOTALL)
_ESCAPED: Final = re.compile(r"([\\}#~/\"=%])")
TEXT: Final = {"SHORTANSWER", "SA", "MW"}
CASED: Final = {"SHORTANSWER_C", "SAC", "MWC"}
MENU: Final = re.compile(r"(?:MULTICHOICE(?:_[VHS]{1,2})?|MC[VHS]{0,2})")
MARK: Final = "\ue000{}\ue001"  # private characters that no markup touches
HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Answer:
    words: str
    percent: Decimal
    feedback: bool


def read_cloze(question: MoodleQuestion) -> QuestionContent:
    """Gaps of text and menus, numbered as they come; raises Invalid for other kinds of gaps."""
    node = question.node.one("questiontext")
    markup = node.attributes.get("format", "") if node else ""
    words = node.said("text") if node else ""
    blanks: list[Blank] = []
    cased: list[bool] = []

    def gap(found: re.Match[str]) -> str:
        if len(blanks) >= MAX_OPTIONS:
            raise Invalid(_("It has too many gaps."))
        body = found[3] if markup in {"markdown", "plain_text"} else unescape(found[3])
        blanks.append(_blank(question, found[1], found[2], body))
        if not blanks[-1].wrong:
            cased.append(found[2] in CASED)
        return MARK.format(len(blanks))

    marked = question.markdown(_CODE.sub(gap, words), markup)
    stem = re.sub(r"\ue000(\d+)\ue001", r"[[\1]]", marked)
    if len(set(cased)) > 1:
        question.lose(_("Upper and lower case matter in all gaps or in none; here in all."))
    return QuestionContent(
        kind=QuestionKind.CLOZE,
        stem=stem,
        detail=Blanks(tuple(blanks)),
        partial_credit=True,
        match_case=any(cased),
        explanation=question.explanation,
    )


def cloze_stem(content: QuestionContent) -> str:
    """The stem with Moodle's code in place of each gap."""
    blanks = detail_of(content, Blanks).blanks
    name = "SHORTANSWER_C" if content.match_case else "SHORTANSWER"
    return _GAP.sub(lambda found: _code(blanks[int(found[1]) - 1], name), content.stem)


def _blank(question: MoodleQuestion, weight: str, name: str, body: str) -> Blank:
    menu = MENU.fullmatch(name) is not None
    if not menu and name not in TEXT | CASED:
        words = _("It has a gap of the kind “%(kind)s”, which is not supported.")
        raise Invalid(words % {"kind": name})
    answers = [_answer(one) for one in _split(body, "~")]
    if any(one.feedback for one in answers):
        question.lose(_("Feedback on the answers is not kept."))
    for one in answers:
        if 0 < one.percent < HUNDRED:
            words = _("“%(text)s” earned a part of the points; it is not accepted here.")
            question.lose(words % {"text": short(one.words)})
    accepted = [one.words for one in answers if one.percent >= HUNDRED]
    wrong = [one.words for one in answers if one.percent < HUNDRED] if menu else []
    return Blank(
        accepted=tuple(dict.fromkeys(accepted)),
        wrong=tuple(dict.fromkeys(wrong)),
        weight=int(weight or 1) or 1,
    )


def _answer(code: str) -> _Answer:
    words, *feedback = _split(code, "#")
    found = _WEIGHT.fullmatch(words.strip())
    mark, text = (found[1] or "", found[2]) if found else ("", words)
    percent = HUNDRED if mark == "=" else Decimal(mark.strip("%") or 0)
    plain = re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL).strip()
    return _Answer(plain, percent, any(part.strip() for part in feedback))


def _split(text: str, mark: str) -> list[str]:
    """The pieces between marks that no backslash stands before."""
    pieces, start, place = [], 0, 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == mark:
            pieces.append(text[start:place])
            start = place + 1
        place += 1
    return [*pieces, text[start:]]


def _code(blank: Blank, text_name: str) -> str:
    name = "MULTICHOICE" if blank.wrong else text_name
    answers = [f"={_escape(one)}" for one in blank.accepted]
    answers += [_escape(one) for one in blank.wrong]
    return f"{{{blank.weight}:{name}:{'~'.join(answers)}}}"


def _escape(words: str) -> str:
    return _ESCAPED.sub(r"\\\1", words)

"""Aiken, the plainest text for single choice: https://docs.moodle.org/en/Aiken_format."""

import re
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.exchange.filed import NOWHERE, Filed, placed
from assessments.exchange.reading import Left, Reading, Unreadable, Written, short
from assessments.scoring.content import Option, QuestionContent

_OPTION = re.compile(r"([A-Z])[.)]\s+(.*)")
_ANSWER = re.compile(r"ANSWER:\s*([A-Z])\s*")
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_aiken(text: str) -> Reading:
    """The questions of an Aiken file; raises Unreadable where its order is broken."""
    reading = Reading()
    stem: list[str] = []
    options: list[str] = []
    start = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line:
            continue
        answer, option = _ANSWER.fullmatch(line), _OPTION.fullmatch(line)
        if not stem:
            start = number
        if answer:
            reading.take(start, _question(stem, options, answer[1], number))
            stem, options = [], []
        elif option and stem:
            options.append(_next_option(option, len(options), number))
        elif options:
            raise Unreadable(_("Here an option or ANSWER: was expected."), number)
        else:
            stem.append(line)
    if stem:
        raise Unreadable(_("This question has no line ANSWER:"), start)
    return reading


def write_aiken(contents: list[QuestionContent], filed: Sequence[Filed] = ()) -> Written:
    """An Aiken file of the single choice questions; the rest, and more than words, is lost."""
    blocks: list[str] = []
    lost: list[Left] = []
    for number, (content, place) in enumerate(placed(contents, filed), start=1):
        title = short(content.stem)
        if content.kind != QuestionKind.SINGLE_CHOICE:
            lost.append(Left(number, title, _("Aiken has single choice alone.")))
            continue
        if content.explanation or any(option.feedback for option in content.options):
            lost.append(Left(number, title, _("Aiken has no feedback.")))
        if content.points != 1 or content.difficulty:
            lost.append(Left(number, title, _("Aiken has neither points nor difficulty.")))
        if content.hints or place != NOWHERE:
            words = _("Aiken has neither hints, tags, learning outcomes nor categories.")
            lost.append(Left(number, title, words))
        right = next(i for i, option in enumerate(content.options) if option.correct)
        lines = [f"{LETTERS[i]}. {_line(o.text)}" for i, o in enumerate(content.options)]
        blocks.append("\n".join([_line(content.stem), *lines, f"ANSWER: {LETTERS[right]}", ""]))
    return Written("\n".join(blocks), tuple(lost))


def _question(stem: list[str], options: list[str], right: str, number: int) -> QuestionContent:
    place = LETTERS.index(right)
    if place >= len(options):
        raise Unreadable(_("There is no option %(letter)s.") % {"letter": right}, number)
    return QuestionContent(
        kind=QuestionKind.SINGLE_CHOICE,
        stem=" ".join(stem),
        options=tuple(Option(text, correct=i == place) for i, text in enumerate(options)),
    )


def _next_option(found: re.Match[str], count: int, number: int) -> str:
    expected = LETTERS[min(count, len(LETTERS) - 1)]
    if found[1] != expected or count >= len(LETTERS):
        words = _("Here option %(letter)s was expected.") % {"letter": expected}
        raise Unreadable(words, number)
    return found[2]


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()

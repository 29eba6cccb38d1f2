"""GIFT, Moodle's plain text for questions: https://docs.moodle.org/en/GIFT_format."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import QuestionKind, ToleranceKind
from assessments.exchange.answers import (
    HUNDRED,
    Weighted,
    choice_question,
    numeric_tolerance,
    numeric_value,
    plain_number,
    short_question,
    short_weights,
    weights_of,
)
from assessments.exchange.extras import extras_in, tags_of, with_extras
from assessments.exchange.filed import (
    Filed,
    placed,
    read_filed,
    read_path,
    written_filed,
    written_path,
)
from assessments.exchange.gift_text import escaped, escaped_answer, plain, split, unescaped
from assessments.exchange.markup import markdown_of
from assessments.exchange.reading import Left, Reading, Unreadable, Written, not_written, short
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.essay import Essay
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.numbers import read_number
from lms.kernel.errors import Invalid

BLANK: Final = "_____"
CATEGORY: Final = "$CATEGORY:"
FEEDBACK_LOST: Final = gettext_lazy("Feedback on the answers is not kept.")
_TAG = re.compile(r"\[tag:([^\[\]]*)\]")  # no bracket inside, or it takes time squared
MAX_ANSWERS: Final = 200
MAX_BLOCK: Final = 200_000
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE)\s*", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    line: int
    text: str
    tags: list[str]
    category: tuple[str, ...]


def read_gift(text: str) -> Reading:
    """The questions of a GIFT file; raises Unreadable where braces do not match."""
    reading = Reading()
    for block in _blocks(text):
        if len(block.text) > MAX_BLOCK:
            reading.leave(block.line, block.text, _("It is too long."))
        else:
            _read_block(block, reading)
    return reading


def write_gift(contents: list[QuestionContent], filed: Sequence[Filed] = ()) -> Written:
    """A GIFT file that `read_gift` reads back without loss; `filed` has a place for each."""
    lost = [
        Left(number, short(content.stem), not_written("GIFT", content))
        for number, content in enumerate(contents, start=1)
        if content.kind not in _WRITERS
    ]
    parts: list[str] = []
    here: tuple[str, ...] = ()
    for content, place in placed(contents, filed):
        if content.kind not in _WRITERS:
            continue
        if place.category != here:
            here = place.category
            parts.append(f"$CATEGORY: {written_path(here)}\n")
        parts.append(_written(content, place))
    return Written("\n".join(parts), tuple(lost))


# ---------------------------------------------------------------- reading


def _blocks(text: str) -> Iterator[_Block]:
    """What stands between blank lines; a blank line inside braces parts nothing."""
    lines: list[str] = []
    start, opened, tags, category = 0, 0, list[str](), tuple[str, ...]()
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.lstrip().startswith("//"):
            tags += _TAG.findall(line)
            continue
        moves = line.startswith(CATEGORY)
        if not opened and (moves or not line.strip()):
            if lines:
                yield _Block(start, "\n".join(lines), tags, category)
                lines, tags = [], []
            category = read_path(line.removeprefix(CATEGORY).strip()) if moves else category
            continue
        if not lines:
            start = number
        opened = _opened(line, opened, number)
        lines.append(line)
    if opened:
        raise Unreadable(_("The brace of this question is never closed."), start)


def _opened(line: str, opened: int, number: int) -> int:
    """The line whose brace is open after this one, 0 when none is; `opened` is that before it."""
    for place in unescaped(line, "{}"):
        opens = line[place] == "{"
        if opens and opened:
            words = _("The brace of line %(line)s is not closed before this one opens.")
            raise Unreadable(words % {"line": opened}, number)
        if not opens and not opened:
            words = _("This brace has no partner. Write \\{ or \\} for a brace.")
            raise Unreadable(words, number)
        opened = number if opens else 0
    return opened


def _read_block(block: _Block, reading: Reading) -> None:
    text, lost = block.text, list[str]()
    if text.lstrip().startswith("::"):
        marks = [p for p in unescaped(text, ":") if text.startswith("::", p)]
        if len(marks) < 2:
            raise Unreadable(_("The title of this question is never closed."), block.line)
        second = next(place for place in marks if place > marks[0] + 1)
        text = text[second + 2 :]
        reading.note(_("Titles of questions are not kept; the list shows their first words."))
    given = _FORMAT.match(text)
    html = given is not None and given[1].lower() == "html"
    text = text[given.end() :] if given else text
    braces = list(unescaped(text, "{}"))
    if not braces:
        reading.leave(block.line, plain(text), _("This is a text without a question."))
        return
    if len(braces) > 2:
        reading.leave(block.line, plain(text), _("It has more than one gap."))
        return
    before, inside, after = (
        text[: braces[0]],
        text[braces[0] + 1 : braces[1]],
        text[braces[1] + 1 :],
    )
    stem = plain(before).strip()
    if after.strip():
        stem = f"{stem} {BLANK} {plain(after).strip()}"
    said, others = extras_in(block.tags)
    filed, misfits = read_filed(block.category, said, others)
    lost += misfits
    answers, explanation = _explained(inside)
    texts = _Texts(html=html)
    found = _asked(stem, answers, explanation, texts)
    if isinstance(found, str):
        reading.leave(block.line, stem, found)
        return
    content, missed = found
    lost += [*texts.lost, *([] if "credit" in said else missed)]
    reading.take(block.line, with_extras(content, said), lost, filed)


class _Texts:
    """Turns the texts of one question into Markdown and remembers what was lost."""

    def __init__(self, *, html: bool) -> None:
        self.html, self.lost = html, list[str]()

    def of(self, text: str) -> str:
        if not self.html:
            return text.strip()
        markdown, lost = markdown_of(text)
        self.lost += [words for words in lost if words not in self.lost]
        return markdown


_Found = tuple[QuestionContent, list[str]] | str


def _asked(stem: str, inside: str, explanation: str, texts: _Texts) -> _Found:
    """The question from texts that are no Markdown yet."""
    try:
        return _question(texts.of(stem), inside, texts.of(explanation), texts)
    except Invalid as problem:
        return problem.detail


def _question(stem: str, inside: str, explanation: str, texts: _Texts) -> _Found:
    """The question, or why it cannot come."""
    if not inside.strip():
        essay = QuestionContent(
            kind=QuestionKind.ESSAY, stem=stem, detail=Essay(), explanation=explanation
        )
        return essay, []
    first, *feedback = [part for _mark, part in split(inside, "#")]
    truth = _TRUTH.fullmatch(first)
    if truth:
        content = QuestionContent(
            kind=QuestionKind.TRUE_FALSE,
            stem=stem,
            truth=truth[1].upper().startswith("T"),
            explanation=explanation,
        )
        return content, [str(FEEDBACK_LOST)] if any(part.strip() for part in feedback) else []
    if inside.lstrip().startswith("#"):
        return _numeric(stem, inside.lstrip()[1:], explanation)
    return _listed(stem, list(split(inside, "=~")), explanation, texts)


def _listed(stem: str, parts: list[tuple[str, str]], explanation: str, texts: _Texts) -> _Found:
    """A question with a list of answers, each after = or ~."""
    if len(parts) > MAX_ANSWERS:
        return _("It has too many answers.")
    if parts[0][1].strip():
        return _("Its answers begin with neither = nor ~.")
    if any(mark == "=" and "->" in part.replace("\\-", "") for mark, part in parts[1:]):
        return _matching(stem, [part for _mark, part in parts[1:]], explanation, texts)
    answers = [_weighted(mark, part, texts) for mark, part in parts[1:]]
    marks = {mark for mark, _part in parts[1:]}
    if marks == {"="}:
        return short_question(stem, answers, explanation=explanation)
    return choice_question(stem, answers, single="=" in marks, explanation=explanation)


def _matching(stem: str, parts: list[str], explanation: str, texts: _Texts) -> _Found:
    """Prompts and choices around ->; a choice without a prompt belongs nowhere."""
    pairs: list[tuple[str, str]] = []
    for part in parts:
        arrow = next((p for p in unescaped(part, "-") if part.startswith("->", p)), None)
        if arrow is None:
            return _("A pair of this matching has no arrow.")
        pairs.append((texts.of(plain(part[:arrow])), texts.of(plain(part[arrow + 2 :]))))
    content = QuestionContent(
        kind=QuestionKind.MATCHING,
        stem=stem,
        detail=Pairs(
            tuple(Pair(prompt, choice) for prompt, choice in pairs if prompt),
            tuple(ExtraChoice(choice) for prompt, choice in pairs if not prompt),
        ),
        partial_credit=True,
        explanation=explanation,
    )
    return content, []


def _weighted(mark: str, part: str, texts: _Texts) -> Weighted:
    weight = _WEIGHT.match(part)
    if weight:
        percent, part = Decimal(weight[1]), part[weight.end() :]
    else:
        percent = HUNDRED if mark == "=" else Decimal(0)
    pieces = [plain(piece) for _mark, piece in split(part, "#")]
    return Weighted(texts.of(pieces[0]), percent, texts.of(" ".join(pieces[1:])))


def _numeric(stem: str, inside: str, explanation: str) -> _Found:
    parts = list(split(inside, "="))
    lost: list[str] = []
    if len(parts) > MAX_ANSWERS:
        return _("It has too many answers.")
    if len(parts) > 1:
        weights = [_weighted("=", part, _Texts(html=False)) for _mark, part in parts[1:]]
        full = [w for w in weights if w.percent == HUNDRED] or weights[:1]
        if len(weights) > 1:
            lost.append(_("Only the first number that earns all points is kept."))
        chosen, feedback = full[0].text, any(w.feedback for w in weights)
    else:
        pieces = [plain(piece) for _mark, piece in split(inside, "#")]
        chosen, feedback = pieces[0], any(piece.strip() for piece in pieces[1:])
    if feedback:
        lost.append(str(FEEDBACK_LOST))
    try:
        value, tolerance = _range(chosen)
    except (Invalid, InvalidOperation):
        return _("“%(text)s” is no number.") % {"text": short(chosen)}
    content = QuestionContent(
        kind=QuestionKind.NUMERIC,
        stem=stem,
        value=value,
        tolerance=tolerance,
        tolerance_kind=ToleranceKind.ABSOLUTE,
        explanation=explanation,
    )
    return content, lost


def _range(text: str) -> tuple[str, str]:
    """Value and tolerance of `5`, `5:0.1` or `4.9..5.1`."""
    if ".." in text:
        low, high = (read_number(part) for part in text.split("..", 1))
        return plain_number((low + high) / 2), plain_number(abs(high - low) / 2)
    value, _colon, tolerance = text.partition(":")
    read_number(value)
    return value.strip(), tolerance.strip() or "0"


def _explained(inside: str) -> tuple[str, str]:
    """The answers and, after ####, the general feedback."""
    for place in unescaped(inside, "#"):
        if inside.startswith("####", place):
            return inside[:place], plain(inside[place + 4 :])
    return inside, ""


# ---------------------------------------------------------------- writing


def _written(content: QuestionContent, filed: Filed) -> str:
    said = [*tags_of(content, hints=True), *written_filed(filed)]
    tags = " ".join(f"[tag:{tag}]" for tag in said)
    comment = f"// {tags}\n" if tags else ""
    explanation = f" ####{escaped(content.explanation)}" if content.explanation else ""
    answers = _WRITERS[content.kind](content)
    return f"{comment}[markdown]{escaped(content.stem)} {{{answers}{explanation}}}\n"


def _write_choice(content: QuestionContent) -> str:
    single = content.kind == QuestionKind.SINGLE_CHOICE
    return " ".join(_choice(one, single=single) for one in weights_of(content))


def _write_truth(content: QuestionContent) -> str:
    return "TRUE" if content.truth else "FALSE"


def _write_short_answer(content: QuestionContent) -> str:
    return " ".join(_weighed(one) for one in short_weights(content))


def _write_number(content: QuestionContent) -> str:
    return f"#{escaped(numeric_value(content))}:{escaped(numeric_tolerance(content))}"


def _write_essay(_content: QuestionContent) -> str:
    """Nothing stands in its braces."""
    return ""


def _write_matching(content: QuestionContent) -> str:
    detail = detail_of(content, Pairs)
    pairs = [(pair.prompt, pair.choice) for pair in detail.pairs]
    pairs += [("", one.text) for one in detail.extra]
    return " ".join(f"={escaped_answer(p)} -> {escaped_answer(c)}" for p, c in pairs)


_WRITERS: Final[dict[QuestionKind, Callable[[QuestionContent], str]]] = {
    QuestionKind.SINGLE_CHOICE: _write_choice,
    QuestionKind.MULTIPLE_CHOICE: _write_choice,
    QuestionKind.TRUE_FALSE: _write_truth,
    QuestionKind.SHORT_ANSWER: _write_short_answer,
    QuestionKind.NUMERIC: _write_number,
    QuestionKind.ESSAY: _write_essay,
    QuestionKind.MATCHING: _write_matching,
}


def _weighed(one: Weighted) -> str:
    weight = "" if one.percent == HUNDRED else f"%{plain_number(one.percent)}%"
    feedback = f" #{escaped(one.feedback)}" if one.feedback else ""
    return f"={weight}{escaped_answer(one.text)}{feedback}"


def _choice(one: Weighted, *, single: bool) -> str:
    mark = "=" if single and one.percent == HUNDRED else "~"
    weight = "" if single else f"%{plain_number(one.percent)}%"
    feedback = f" #{escaped(one.feedback)}" if one.feedback else ""
    return f"{mark}{weight}{escaped_answer(one.text)}{feedback}"

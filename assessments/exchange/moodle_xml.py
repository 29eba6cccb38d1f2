"""Moodle XML: https://docs.moodle.org/en/Moodle_XML_format."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
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
from assessments.exchange.extras import tags_of, with_extras
from assessments.exchange.filed import Filed, placed, read_path, written_filed, written_path
from assessments.exchange.moodle_cloze import cloze_stem, read_cloze
from assessments.exchange.moodle_essay import (
    essay_of,
    is_upload,
    uploads_of,
    write_essay,
    write_uploads,
)
from assessments.exchange.moodle_parts import (
    read_drag_words,
    read_gap_select,
    read_matching,
    read_ordering,
    write_drag_words,
    write_matching,
    write_ordering,
)
from assessments.exchange.moodle_question import (
    MoodleQuestion,
    percent_of,
    xml_answer,
    xml_text,
)
from assessments.exchange.moodle_units import units_of, written_units
from assessments.exchange.reading import Left, Reading, Unreadable, Written, not_written, short
from assessments.exchange.xml_tree import Node, parse_xml
from assessments.scoring.content import QuestionContent
from assessments.scoring.numbers import read_number
from lms.kernel.errors import Invalid

HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>'


def read_moodle_xml(data: bytes) -> Reading:
    """The questions of a Moodle XML file; raises Unreadable for what is not one."""
    root = parse_xml(data)
    if root.name != "quiz":
        words = _("A Moodle XML file begins with <quiz>, this one with <%(name)s>.")
        raise Unreadable(words % {"name": root.name[:40]}, root.line)
    reading = Reading()
    category: tuple[str, ...] = ()
    for node in root.all("question"):
        kind = node.attributes.get("type", "")
        if kind == "category":
            category = read_path(node.said("category", "text"))
        else:
            _read_question(node, kind, reading, category)
    return reading


def write_moodle_xml(contents: list[QuestionContent], filed: Sequence[Filed] = ()) -> Written:
    """A Moodle XML file that `read_moodle_xml` reads back without loss; `filed` as for GIFT."""
    lost: list[Left] = []
    parts: list[str] = []
    here: tuple[str, ...] = ()
    for number, (content, place) in enumerate(placed(contents, filed), start=1):
        if content.kind not in _WRITERS:
            words = not_written("Moodle XML", content)
            lost.append(Left(number, short(content.stem), words))
            continue
        if place.category != here:
            here = place.category
            named = xml_text(written_path(here))
            parts.append(f'<question type="category"><category>{named}</category></question>')
        part = _written(content, place)
        clean = "".join(char for char in part if _in_xml(char))
        if clean != part:
            words = _("Control characters cannot stand in XML and were left out.")
            lost.append(Left(number, short(content.stem), words))
        parts.append(clean)
    body = "\n".join(parts)
    return Written(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{body}\n</quiz>\n', tuple(lost)
    )


# ---------------------------------------------------------------- reading


def _read_question(node: Node, kind: str, reading: Reading, category: tuple[str, ...]) -> None:
    build = _BUILDERS.get(kind)
    if build is None:
        title = node.said("name", "text") or node.said("questiontext", "text")
        words = _("The type “%(kind)s” is not supported yet.") % {"kind": kind[:40]}
        reading.leave(node.line, title, words)
        return
    try:
        question = MoodleQuestion(node)
        said, filed = question.extras(category)
        before = list(question.lost)
        content = replace(build(question), hints=question.hints())
    except Unreadable:
        raise
    except Invalid as problem:
        reading.leave(node.line, node.said("questiontext", "text"), problem.detail)
        return
    if node.said("name", "text"):
        reading.note(_("Titles of questions are not kept; the list shows their first words."))
    lost = before if "credit" in said else question.lost
    reading.take(node.line, with_extras(content, said), lost, filed)


def _choice(question: MoodleQuestion) -> QuestionContent:
    single = question.node.said("single") != "false"
    content, lost = choice_question(
        question.stem, question.answers(), single=single, explanation=question.explanation
    )
    for words in lost:
        question.lose(words)
    return content


def _truth(question: MoodleQuestion) -> QuestionContent:
    answers = question.answers()
    if any(one.feedback for one in answers):
        question.lose(_("Feedback on the answers is not kept."))
    right = [one.text.strip().lower() for one in answers if one.percent == HUNDRED]
    if right not in (["true"], ["false"]):
        raise Invalid(_("It does not say whether it is true."))
    return QuestionContent(
        kind=QuestionKind.TRUE_FALSE,
        stem=question.stem,
        truth=right == ["true"],
        explanation=question.explanation,
    )


def _short(question: MoodleQuestion) -> QuestionContent:
    answers = [
        Weighted(one.said("text"), percent_of(one), question.text(one.one("feedback")))
        for one in question.node.all("answer")
    ]
    content, lost = short_question(question.stem, answers, explanation=question.explanation)
    for words in lost:
        question.lose(words)
    return replace(content, match_case=question.node.said("usecase") == "1")


def _number(question: MoodleQuestion) -> QuestionContent:
    answers = [one for one in question.node.all("answer") if percent_of(one) == HUNDRED]
    if not answers:
        raise Invalid(_("No number earns all points."))
    if len(list(question.node.all("answer"))) > 1:
        question.lose(_("Only the first number that earns all points is kept."))
    if any(one.said("feedback", "text") for one in question.node.all("answer")):
        question.lose(_("Feedback on the answers is not kept."))
    value = answers[0].said("text")
    read_number(value)
    return QuestionContent(
        kind=QuestionKind.NUMERIC,
        stem=question.stem,
        value=value,
        tolerance=answers[0].said("tolerance") or "0",
        explanation=question.explanation,
        **units_of(question.node),
    )


def _essay(question: MoodleQuestion) -> QuestionContent:
    upload = is_upload(question.node)
    detail: object
    if upload:
        detail, lost = uploads_of(question.node, question.text)
    else:
        detail, lost = essay_of(question.node, question.text)
    for words in lost:
        question.lose(words)
    return QuestionContent(
        kind=QuestionKind.FILE_UPLOAD if upload else QuestionKind.ESSAY,
        stem=question.stem,
        detail=detail,
        explanation=question.explanation,
    )


_BUILDERS: Final[dict[str, Callable[[MoodleQuestion], QuestionContent]]] = {
    "multichoice": _choice,
    "multichoiceset": _choice,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _number,
    "essay": _essay,
    "matching": read_matching,
    "match": read_matching,
    "ordering": read_ordering,
    "cloze": read_cloze,
    "multianswer": read_cloze,
    "gapselect": read_gap_select,
    "ddwtos": read_drag_words,
}


# ---------------------------------------------------------------- writing


def _written(content: QuestionContent, filed: Filed) -> str:
    name, own = _WRITERS[content.kind]
    stem = cloze_stem(content) if content.kind == QuestionKind.CLOZE else content.stem
    tags = "".join(f"<tag>{xml_text(tag)}</tag>" for tag in _tags(content, filed))
    lines = [
        f'<question type="{name}">',
        f"<name>{xml_text(short(content.stem))}</name>",
        f'<questiontext format="markdown">{xml_text(stem)}</questiontext>',
        f'<generalfeedback format="markdown">{xml_text(content.explanation)}</generalfeedback>',
        f"<defaultgrade>{content.points}</defaultgrade>",
        *own(content),
        *(f'<hint format="markdown">{xml_text(hint)}</hint>' for hint in content.hints),
        f"<tags>{tags}</tags>" if tags else "",
        "</question>",
    ]
    return "\n".join(line for line in lines if line)


def _tags(content: QuestionContent, filed: Filed) -> list[str]:
    return [*tags_of(content), *written_filed(filed)]


def _write_truth(content: QuestionContent) -> list[str]:
    return [xml_answer(w, 100 * (content.truth == (w == "true"))) for w in ("true", "false")]


def _write_short(content: QuestionContent) -> list[str]:
    usecase = f"<usecase>{int(content.match_case)}</usecase>"
    answers = [
        xml_answer(one.text, plain_number(one.percent), feedback=one.feedback)
        for one in short_weights(content)
    ]
    return [usecase, *answers]


def _write_number(content: QuestionContent) -> list[str]:
    within = f"<tolerance>{numeric_tolerance(content)}</tolerance>"
    return [xml_answer(numeric_value(content), 100, more=within), *written_units(content)]


def _write_choice(content: QuestionContent) -> list[str]:
    single = content.kind == QuestionKind.SINGLE_CHOICE
    answers = [
        xml_answer(one.text, plain_number(one.percent), feedback=one.feedback, markup="markdown")
        for one in weights_of(content)
    ]
    return [f"<single>{str(single).lower()}</single>", *answers]


_WRITERS: Final[dict[QuestionKind, tuple[str, Callable[[QuestionContent], list[str]]]]] = {
    QuestionKind.SINGLE_CHOICE: ("multichoice", _write_choice),
    QuestionKind.MULTIPLE_CHOICE: ("multichoice", _write_choice),
    QuestionKind.TRUE_FALSE: ("truefalse", _write_truth),
    QuestionKind.SHORT_ANSWER: ("shortanswer", _write_short),
    QuestionKind.NUMERIC: ("numerical", _write_number),
    QuestionKind.ESSAY: ("essay", write_essay),
    QuestionKind.FILE_UPLOAD: ("essay", write_uploads),
    QuestionKind.MATCHING: ("matching", write_matching),
    QuestionKind.ORDERING: ("ordering", write_ordering),
    QuestionKind.CLOZE: ("cloze", lambda _content: []),
    QuestionKind.DRAG_WORDS: ("ddwtos", write_drag_words),
}


def _in_xml(char: str) -> bool:
    code = ord(char)
    return char in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000

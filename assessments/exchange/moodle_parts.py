"""Moodle's questions of several parts: matching, ordering, and words for the gaps of a text."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.exchange.moodle_question import MoodleQuestion, xml_text
from assessments.exchange.reading import Unreadable
from assessments.exchange.xml_tree import Node
from assessments.scoring.cloze import Blank, Blanks
from assessments.scoring.content import MAX_OPTIONS, QuestionContent, detail_of
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.ordering import Item, Items
from lms.kernel.errors import Invalid

_GAP: Final = re.compile(r"\[\[(\d{1,3})\]\]")
MOST: Final = 5 * MAX_OPTIONS
ORDER: Final = (
    "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>0</selectcount>"
    "<gradingtype>LONGEST_ORDERED_SUBSET</gradingtype><showgrading>SHOW</showgrading>"
)


# ---------------------------------------------------------------- matching


def read_matching(question: MoodleQuestion) -> QuestionContent:
    """Subquestions; one without words is a choice that belongs nowhere."""
    nodes = _few(list(question.node.all("subquestion")))
    pairs = [(question.text(node), node.said("answer", "text")) for node in nodes]
    return QuestionContent(
        kind=QuestionKind.MATCHING,
        stem=question.stem,
        detail=Pairs(
            tuple(Pair(prompt, choice) for prompt, choice in pairs if prompt),
            tuple(ExtraChoice(choice) for prompt, choice in pairs if not prompt),
        ),
        partial_credit=True,
        explanation=question.explanation,
    )


def write_matching(content: QuestionContent) -> list[str]:
    """Pairs, then choices without a prompt."""
    detail = detail_of(content, Pairs)
    pairs = [(pair.prompt, pair.choice) for pair in detail.pairs]
    pairs += [("", one.text) for one in detail.extra]
    return [
        "<shuffleanswers>true</shuffleanswers>",
        *(
            f'<subquestion format="markdown">{xml_text(prompt)}'
            f"<answer>{xml_text(choice)}</answer></subquestion>"
            for prompt, choice in pairs
        ),
    ]


# ---------------------------------------------------------------- ordering


def read_ordering(question: MoodleQuestion) -> QuestionContent:
    """Answers in the order of the file, which is the right one."""
    grading = question.node.said("gradingtype")
    partial = grading not in {"ALL_OR_NOTHING", "-1"}
    if partial and grading != "LONGEST_ORDERED_SUBSET":
        question.lose(_("Parts of the points are given by another rule here."))
    if question.node.said("selecttype") not in {"", "ALL"}:
        question.lose(_("Learners always order all items here."))
    items = tuple(Item(question.text(node)) for node in _few(list(question.node.all("answer"))))
    return QuestionContent(
        kind=QuestionKind.ORDERING,
        stem=question.stem,
        detail=Items(items),
        partial_credit=partial,
        explanation=question.explanation,
    )


def write_ordering(content: QuestionContent) -> list[str]:
    """Items in their right order; `fraction` is their place."""
    items = detail_of(content, Items).items
    grading = ORDER if content.partial_credit else _all_or_nothing(ORDER)
    return [
        grading,
        *(
            f'<answer fraction="{place}" format="markdown">{xml_text(item.text)}</answer>'
            for place, item in enumerate(items, start=1)
        ),
    ]


def _all_or_nothing(order: str) -> str:
    return order.replace("LONGEST_ORDERED_SUBSET", "ALL_OR_NOTHING")


# ---------------------------------------------------------------- gaps


@dataclass(frozen=True, slots=True)
class _Box:
    words: str
    group: str


def read_drag_words(question: MoodleQuestion) -> QuestionContent:
    """Boxes; the gap [[n]] takes the n-th. Other boxes belong nowhere."""
    boxes = _boxes(question, "dragbox")
    if len({box.group for box in boxes}) > 1:
        question.lose(_("Groups of words are not kept: every word may go into every gap."))
    stem, numbers = _renumbered(question, len(boxes))
    words = {boxes[number - 1].words for number in numbers}
    spare = list(dict.fromkeys(box.words for box in boxes if box.words not in words))
    return QuestionContent(
        kind=QuestionKind.DRAG_WORDS,
        stem=stem,
        detail=Pairs(
            tuple(Pair(str(n), boxes[k - 1].words) for n, k in enumerate(numbers, start=1)),
            tuple(map(ExtraChoice, spare)),
        ),
        partial_credit=True,
        explanation=question.explanation,
    )


def write_drag_words(content: QuestionContent) -> list[str]:
    """A box per gap in the order of their numbers, then words for no gap."""
    detail = detail_of(content, Pairs)
    words = [pair.choice for pair in detail.pairs] + [one.text for one in detail.extra]
    return [
        "<shuffleanswers>1</shuffleanswers>",
        *(f"<dragbox>{xml_text(one)}<group>1</group><infinite/></dragbox>" for one in words),
    ]


def read_gap_select(question: MoodleQuestion) -> QuestionContent:
    """Menus: the gap [[n]] takes the n-th option among those of its group."""
    options = _boxes(question, "selectoption")
    stem, numbers = _renumbered(question, len(options))
    blanks = []
    for number in numbers:
        right = options[number - 1]
        others = (o.words for o in options if o.group == right.group and o.words != right.words)
        blanks.append(Blank(accepted=(right.words,), wrong=tuple(dict.fromkeys(others))))
    return QuestionContent(
        kind=QuestionKind.CLOZE,
        stem=stem,
        detail=Blanks(tuple(blanks)),
        partial_credit=True,
        explanation=question.explanation,
    )


def _boxes(question: MoodleQuestion, name: str) -> list[_Box]:
    nodes = _few(list(question.node.all(name)))
    return [_Box(node.said("text"), node.said("group") or "1") for node in nodes]


def _renumbered(question: MoodleQuestion, count: int) -> tuple[str, list[int]]:
    """The stem with gaps numbered from 1, and which box each one takes.

    Gaps that are numbered so already keep their numbers.
    """
    found = [int(number) for number in _GAP.findall(question.stem)]
    if any(not 1 <= number <= count for number in found):
        raise Invalid(_("A gap names a word that is not there."))
    if sorted(found) == list(range(1, len(found) + 1)):
        return question.stem, sorted(found)
    numbers = iter(range(1, len(found) + 1))
    return _GAP.sub(lambda _found: f"[[{next(numbers)}]]", question.stem), found


def _few(nodes: list[Node]) -> list[Node]:
    if len(nodes) > MOST:
        raise Unreadable(_("It has too many answers."), nodes[0].line)
    return nodes

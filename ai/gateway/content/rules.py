"""Teaching material by rules: what a text says itself, arranged; nothing is invented.

Summaries quote the most central sentences (TextRank, Mihalcea and Tarau 2004); terms and
flashcards come from sentences that define or name something; discussion prompts and rubrics are
templates filled with the text's own terms and headings, and say so.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from ai.enums import ContentKind
from ai.gateway.content.shape import Made, Numbered
from ai.gateway.documents.shape import escaped
from ai.gateway.extractive.analysis import analyse
from ai.gateway.extractive.answers import Answer, defines, find_answers, naming_bonus
from ai.gateway.text import contains

SENTENCES, TERMS, PROMPTS, CRITERIA = 5, 8, 5, 6
VERSION = "content-rules-1"
_TEMPLATE = gettext_lazy("A template filled with words of the text: read it with that in mind.")
_QUOTED = gettext_lazy("Sentences of the text, word for word.")


def make_by_rules(
    kind: ContentKind, blocks: Sequence[Numbered], headings: dict[str, str]
) -> list[Made]:
    """Pieces of a kind; an empty list when the text gives none.

    `headings` are the translated words above the pieces, by kind. Outline and lesson are cut from
    the source's Markdown and not made here.
    """
    makers = {
        ContentKind.SUMMARY: _summary,
        ContentKind.KEY_TERMS: _terms,
        ContentKind.FLASHCARDS: _cards,
        ContentKind.DISCUSSION: _discussion,
        ContentKind.RUBRIC: _rubric,
    }
    made = makers[kind](blocks)
    heading = headings.get(kind, "")
    return [Made(m.title, m.markdown, m.refs, heading, m.data, m.notes) for m in made if m.refs]


def _text(blocks: Sequence[Numbered]) -> str:
    return "\n\n".join(block.text for block in blocks)


def _refs(blocks: Sequence[Numbered], sentence: str) -> tuple[int, ...]:
    """The first block that holds a sentence."""
    return tuple(block.ref for block in blocks if contains(block.text, sentence))[:1]


def _summary(blocks: Sequence[Numbered]) -> list[Made]:
    sentences = [s for s in analyse(_text(blocks)).usable if not s.context]
    best = sorted(sentences, key=lambda s: (-s.rank, s.ordinal))[:SENTENCES]
    chosen = sorted(best, key=lambda s: s.ordinal)
    if not chosen:
        return []
    refs = dict.fromkeys(ref for s in chosen for ref in _refs(blocks, s.text))
    lines = "\n".join(f"- {escaped(s.text)}" for s in chosen)
    return [Made("", lines, tuple(refs), notes=(str(_QUOTED),))]


def _defined(blocks: Sequence[Numbered]) -> list[Answer]:
    """Terms that a sentence of the text defines or names, best first, each once."""
    found: dict[str, Answer] = {}
    for answer in find_answers(analyse(_text(blocks))):
        if answer.kind in {"YEAR", "NUMBER", "PERSON"} or answer.key in found:
            continue
        if _is_defined(answer):
            found[answer.key] = answer
    return list(found.values())


def _is_defined(answer: Answer) -> bool:
    span = answer.sentence.span.doc[answer.start : answer.end]
    root = span.root
    # "A dash is not a zero" says what something is not: no definition.
    denied = any(child.dep_ == "neg" for child in root.head.children)
    subject = root.dep_ in {"nsubj", "nsubjpass"} and root.head.dep_ == "ROOT" and not denied
    return (subject and defines(root.head)) or naming_bonus(span) > 0


def _terms(blocks: Sequence[Numbered]) -> list[Made]:
    return [
        Made(
            a.text,
            f"**{escaped(a.text)}**: {escaped(a.sentence.text)}",
            _refs(blocks, a.sentence.text),
            notes=(str(_QUOTED),),
        )
        for a in _defined(blocks)[:TERMS]
    ]


def _cards(blocks: Sequence[Numbered]) -> list[Made]:
    """One card a defined term: the term in front, the sentence that says what it is behind."""
    return [
        Made(
            answer.text,
            f"> **{escaped(answer.text)}**\n>\n> {escaped(answer.sentence.text)}",
            _refs(blocks, answer.sentence.text),
            data={"front": answer.text, "back": answer.sentence.text},
            notes=(str(_QUOTED),),
        )
        for answer in _defined(blocks)[:TERMS]
    ]


_PROMPTS = (
    "What would change if there were no {term}? Argue from the text.",
    "Where have you met {term} outside of this course? Compare it with what the text says.",
    "How would you explain {term} to somebody who has not read this text?",
    "Which question about {term} does the text leave open?",
    "What speaks against what the text says about {term}?",
)


def _discussion(blocks: Sequence[Numbered]) -> list[Made]:
    terms: dict[str, Answer] = {}
    for answer in [*_defined(blocks), *find_answers(analyse(_text(blocks)))]:
        if answer.kind not in {"YEAR", "NUMBER", "PERSON", "NORP"}:
            terms.setdefault(answer.key, answer)
    return [
        Made(
            answer.text,
            escaped(pattern.format(term=answer.text)),
            _refs(blocks, answer.sentence.text),
            notes=(str(_TEMPLATE),),
        )
        for pattern, answer in zip(_PROMPTS, list(terms.values())[:PROMPTS], strict=False)
    ]


def _rubric(blocks: Sequence[Numbered]) -> list[Made]:
    """Criteria from the text's headings, or from its terms when it has none."""
    criteria: dict[str, tuple[int, ...]] = {}
    for block in blocks:
        if block.heading_path:
            name = block.heading_path[-1]
            criteria[name] = (*criteria.get(name, ()), block.ref)
    if not criteria:
        criteria = {a.text: _refs(blocks, a.sentence.text) for a in _defined(blocks)}
    chosen = dict(list(criteria.items())[:CRITERIA])
    if not chosen:
        return []
    rows = [
        f"| {escaped(name)} | Explains it in own words and applies it | States it correctly "
        "| Leaves it out or gets it wrong |"
        for name in chosen
    ]
    head = "| Criterion | Full marks | Part | None |\n| --- | --- | --- | --- |"
    refs = dict.fromkeys(ref for found in chosen.values() for ref in found)
    return [Made("", "\n".join([head, *rows]), tuple(refs), notes=(str(_TEMPLATE),))]

"""Turning a sentence and an answer into something to ask: a question, or a sentence with a gap."""

import re
from typing import TYPE_CHECKING

from ai.gateway.extractive.answers import Answer, defines
from ai.gateway.extractive.lexicon import PERSONAL
from ai.gateway.extractive.phrases import NAMES
from ai.gateway.text import contains, words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

GAP = "_____"
MAX_QUESTION_WORDS = 26
MIN_REMAINING = 4
_PREFIX = 5
_SPACE_BEFORE = re.compile(r"\s+([,.;:!?)])")
_ARTICLE = re.compile(r"\b([Aa])n? (?=_____)")


def stem_for(answer: Answer) -> str:
    """A question when the answer is the subject, else the sentence with a gap; "" if neither works.

    The sentence before goes in front where the stem would not be understood without it.
    """
    if gives_away(answer):
        return ""
    body = subject_question(answer) or gap_sentence(answer)
    context = answer.sentence.context
    if context and contains(context, answer.text):
        return ""
    return f"{context} {body}".strip()


def gap_sentence(answer: Answer, filling: str = GAP) -> str:
    """The sentence with the answer replaced, without its opening connective."""
    span = answer.sentence.span
    doc = span.doc
    start = span.start + answer.sentence.lead
    before = doc[start : answer.start].text_with_ws
    after = doc[answer.gap_end : span.end].text
    glue = doc[answer.gap_end - 1].whitespace_ if filling else ""
    text = " ".join(f"{before}{filling}{glue}{after}".split())
    text = _ARTICLE.sub(r"\1(n) ", _SPACE_BEFORE.sub(r"\1", text))
    return text[:1].upper() + text[1:]


def gives_away(answer: Answer) -> bool:
    """Whether what remains of the sentence repeats a word of the answer, or too little remains."""
    span = answer.sentence.span
    outside = [
        token
        for token in span
        if not answer.start <= token.i < answer.gap_end and token.is_alpha and not token.is_stop
    ]
    if (
        len([token for token in span if token.is_alpha]) - (answer.end - answer.start)
        < MIN_REMAINING
    ):
        return True
    if answer.kind in {"YEAR", "NUMBER"}:
        return any(
            token.text == answer.text
            for token in span
            if not answer.start <= token.i < answer.gap_end
        )
    inside = [t for t in span.doc[answer.start : answer.end] if t.is_alpha and not t.is_stop]
    initials = "".join(t.text[0] for t in inside).lower()
    return any(
        _akin(one.lemma_.lower(), two.lemma_.lower()) for one in inside for two in outside
    ) or (len(initials) > 2 and any(t.lower_ == initials for t in outside))


def _akin(one: str, two: str) -> bool:
    """Same word, or same first letters of long words (photosynthesis, photosynthetic)."""
    return one == two or (min(len(one), len(two)) >= _PREFIX and one[:_PREFIX] == two[:_PREFIX])


def subject_question(answer: Answer) -> str:
    """A "Who" or "What is" question when the answer is the whole subject at the start, else "".

    English needs no change of word order when the subject itself is asked for.
    """
    span = answer.sentence.span
    rest = span.doc[answer.end : span.end]
    asks = (
        _is_whole_subject(answer)
        and not any(token.lower_ in PERSONAL for token in rest)
        and len(rest) <= MAX_QUESTION_WORDS
        and _singular_or_past(rest, answer)
    )
    if not asks:
        return ""
    opener = "Who" if answer.kind == "PERSON" else "What"
    return f"{opener} {rest.text.strip().rstrip('.')}?"


def _is_whole_subject(answer: Answer) -> bool:
    """Whether the sentence is the answer, an article at most before it, and what is said of it."""
    span = answer.sentence.span
    doc: Doc = span.doc
    head = doc[answer.end - 1]
    begins = span.start + answer.sentence.lead
    if head.dep_ not in {"nsubj", "nsubjpass"} or head.head != span.root:
        return False
    if answer.kind != "PERSON" and (answer.is_name or not defines(span.root)):
        return False
    if any(token.dep_ != "det" for token in doc[begins : answer.start]):
        return False
    alone = answer.gap_end == answer.end and not doc[answer.end].is_punct
    return alone and head.left_edge.i >= begins and head.right_edge.i == answer.end - 1


def _singular_or_past(rest: "Span", answer: Answer) -> bool:
    """Whether the verb after "What" is singular or past: "What absorb" sounds wrong."""
    first = next((t for t in rest if t.pos_ in {"VERB", "AUX"}), None)
    if first is None or first.lower_ in {"are", "were", "have", "do"}:
        return False
    many = answer.kind == "MANY"
    return first.tag_ in {"VBD", "VBZ", "MD"} and not (many and first.tag_ == "MD")


def true_statement(answer: Answer) -> str:
    """The sentence as a statement that can stand alone, or "" when it leans on another."""
    if answer.sentence.context:
        return ""
    doc, span = answer.sentence.span.doc, answer.sentence.span
    text = " ".join(doc[span.start + answer.sentence.lead : span.end].text.split())
    return text[:1].upper() + text[1:]


def false_statement(answer: Answer, wrong: str) -> str:
    """The same statement with the answer swapped; articles follow the new word."""
    if not true_statement(answer):
        return ""
    doc = answer.sentence.span.doc
    before = doc[answer.start - 1] if answer.start > answer.sentence.span.start else None
    swapped = gap_sentence(answer, filling=wrong)
    if before is not None and before.lower_ in {"a", "an"}:
        right = "an" if wrong[0].lower() in "aeiou" else "a"
        swapped = swapped.replace(f"{before.text} {wrong}", f"{right} {wrong}", 1)
    return swapped[:1].upper() + swapped[1:]


def reads_well(answer: Answer) -> bool:
    """Whether the sentence still parses as a sentence with a plain noun in the gap."""
    from ai.gateway.extractive.analysis import has_finite_root, language_model

    if answer.kind in {"YEAR", "NUMBER"}:
        return True
    filler = "Robert" if answer.kind in NAMES else ("books" if answer.kind == "MANY" else "book")
    doc = language_model()(gap_sentence(answer, filling=filler))
    spans = list(doc.sents)
    if len(spans) != 1 or not has_finite_root(spans[0]):
        return False
    return any(token.text == filler and token.pos_ in {"NOUN", "PROPN"} for token in spans[0])


def shares_words(one: str, two: str) -> bool:
    """Whether two phrases have a longer word in common."""
    return bool({w for w in words(one) if len(w) > 3} & {w for w in words(two) if len(w) > 3})

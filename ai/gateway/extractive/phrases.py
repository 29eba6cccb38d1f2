"""Cutting phrases out of a parsed sentence and deciding whether they can stand in a gap."""

import re
from typing import TYPE_CHECKING

from ai.gateway.extractive.lexicon import CALENDAR, EMPTY, GENERIC, TITLES
from ai.gateway.extractive.numbers import YEAR, value_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

MAX_WORDS, MAX_NAME_WORDS = 3, 4
PLACES = frozenset({"GPE", "LOC", "FAC"})
WORKS = frozenset({"EVENT", "WORK_OF_ART", "LAW", "PRODUCT"})
COUNTS = frozenset({"CARDINAL", "QUANTITY", "PERCENT", "MONEY", "DATE", "TIME"})
NAMES = frozenset({"PERSON", "PLACE", "ORG", "WORK", "NORP", "NAME"})
ROLES = {
    "nsubj": 0.2,
    "nsubjpass": 0.2,
    "attr": 0.15,
    "dobj": 0.15,
    "oprd": 0.3,
    "appos": 0.1,
    "pobj": 0.05,
    "conj": -0.1,
}

_WORDY = re.compile("^[^\\W_][\\w'\u2019.& -]*$")


def entities(sentence: "Span") -> "list[tuple[Span, str]]":
    """Named entities that look like names, with their kind."""
    found = []
    for entity in sentence.ents:
        kind = _entity_kind(entity.label_)
        span = without_lead(entity)
        if kind and span is not None and looks_like_name(span):
            found.append((span, kind))
    return found


def _entity_kind(label: str) -> str:
    if label in PLACES:
        return "PLACE"
    if label in WORKS:
        return "WORK"
    return label if label in {"PERSON", "ORG", "NORP"} else ""


def numbers(sentence: "Span") -> "list[tuple[Span, str]]":
    """Years inside dates, and numbers that count something; one token each."""
    found = []
    for token in sentence:
        span = sentence.doc[token.i : token.i + 1]
        if YEAR.match(token.text) and token.ent_type_ == "DATE":
            found.append((span, "YEAR"))
        elif token.ent_type_ in COUNTS and _counts_something(token):
            found.append((span, "NUMBER"))
    return found


def _counts_something(token: "Token") -> bool:
    """Whether a number above one stands alone before what it counts, outside ranges and dates."""
    value = value_of(token.text)
    round_word = token.lower_ in {"hundred", "thousand", "dozen"}
    if value is None or value <= 1 or round_word or token.i + 1 >= len(token.doc):
        return False
    after = token.nbor(1)
    if after.lower_ in CALENDAR or not (after.is_alpha or after.text == "%"):
        return False
    if token.i > 0 and (
        token.nbor(-1).like_num or token.nbor(-1).lower_ in {"-", "\u2013", "/", "to"}
    ):
        return False
    return after.pos_ in {"NOUN", "ADJ", "PROPN", "SYM"}


def phrases(sentence: "Span") -> "list[tuple[Span, str]]":
    """Noun phrases of one to three words, without determiners and empty words."""
    found = []
    for chunk in sentence.noun_chunks:
        span = without_lead(chunk)
        if span is None or not _is_term(span, chunk.root):
            continue
        if chunk.root.pos_ == "PROPN" and looks_like_name(span):
            found.append((span, "NAME"))
        else:
            found.append((span, "MANY" if chunk.root.tag_ in {"NNS", "NNPS"} else "ONE"))
    return found


def _is_term(span: "Span", head: "Token") -> bool:
    """A short phrase that ends in its head noun and says something on its own."""
    if head.pos_ not in {"NOUN", "PROPN"} or head.i != span.end - 1:
        return False
    if (
        head.lemma_.lower() in GENERIC
        or head.ent_type_ in COUNTS
        or len(span.text.split()) > MAX_WORDS
    ):
        return False
    inner = {token.pos_ for token in span[:-1]} | {token.tag_ for token in span[:-1]}
    mixed = inner & {"CCONJ", "PRON", "NUM", "VERB", "ADV", "ADP", "POS"}
    # "law" of "the law of demand" is only half a term.
    halved = any(child.dep_ == "prep" and child.lower_ == "of" for child in head.rights)
    return not mixed and not halved and bool(_WORDY.match(span.text))


def without_lead(span: "Span") -> "Span | None":
    """The phrase without leading determiners, numbers and empty adjectives, and possessive end."""
    start, end = span.start, span.end
    while start < end and _is_lead(span.doc[start]):
        start += 1
    while end > start and span.doc[end - 1].tag_ in {"POS", ",", "."}:
        end -= 1
    return span.doc[start:end] if start < end else None


def _is_lead(token: "Token") -> bool:
    return (
        token.pos_ in {"DET", "PRON", "NUM", "PUNCT", "ADP"}
        or token.tag_ in {"PRP$", "PDT", "POS"}
        or token.lower_ in EMPTY
    )


def looks_like_name(span: "Span") -> bool:
    """Every word that matters is capitalised, one is tagged as a name, and it is not a date."""
    if len(span.text.split()) > MAX_NAME_WORDS or not span[0].text[0].isupper():
        return False
    if len(span) == 1 and (span[0].is_stop or span[0].lower_ in CALENDAR | TITLES):
        return False
    if span[-1].is_stop or span[-1].is_punct:
        return False
    capital = all(t.text[0].isupper() or t.is_stop or t.is_punct for t in span)
    return capital and any(token.pos_ == "PROPN" for token in span)


def stands_free(span: "Span", kind: str) -> bool:
    """Whether the phrase can be taken out: nothing hangs on to it and its role is a noun's."""
    doc = span.doc
    before = doc[span.start - 1] if span.start > 0 else None
    after = doc[span.end] if span.end < len(doc) else None
    joined = (before is not None and before.text in "-/'\u2019\u2013") or (
        after is not None and after.text in "-/\u2013"
    )
    if joined:
        return False
    if kind in {"YEAR", "NUMBER"}:
        return True
    if before is not None and before.pos_ == "PROPN" and before.head in span:
        return False
    if _inside_title(span):
        return False
    return _free_name(span) if kind in NAMES else _free_noun(span, after)


def _free_name(span: "Span") -> bool:
    """Names may also be possessive ("Darwin's") but not the front of a longer phrase."""
    return span.root.dep_ in ROLES or span.root.dep_ == "poss"


def _free_noun(span: "Span", after: "Token | None") -> bool:
    """A common noun must be a whole phrase in a noun's role, not inside a longer name."""
    # "the physicist John Bardeen": the name belongs to the phrase.
    if after is not None and (after.tag_ == "POS" or after.pos_ == "PROPN"):
        return False
    named = PLACES | WORKS | {"ORG", "PERSON"}
    if any(token.ent_type_ in named and token.text[0].isupper() for token in span):
        return False
    # A head hung on the wrong word shows as a role that no noun phrase of a clause has.
    return span.root.dep_ in ROLES


def _inside_title(span: "Span") -> bool:
    """Whether the phrase is the tail of a capitalised title ("Rights of Man")."""
    head = span.root.head
    if span.root.dep_ != "pobj" or head.lower_ != "of":
        return False
    while head.pos_ == "ADP" and head.head is not head:
        head = head.head
    starts = head.i == head.sent.start
    return head.text[0].isupper() and not starts

"""Finding in a text what could be asked for, and how good a question each promises."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ai.gateway.extractive.analysis import Analysis, Sentence
from ai.gateway.extractive.lexicon import DEFINING, NAMING
from ai.gateway.extractive.phrases import (
    NAMES,
    ROLES,
    entities,
    numbers,
    phrases,
    stands_free,
)

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

BONUS = {"PERSON": 0.45, "PLACE": 0.4, "ORG": 0.3, "WORK": 0.35, "YEAR": 0.3, "NUMBER": 0.3}
LONG_WORD = 8


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Something in a sentence to ask for.

    `kind` is PERSON, PLACE, ORG, WORK, NORP, NAME, YEAR, NUMBER, or ONE and MANY for common nouns;
    `bare` says that no article or possessive stood before it, `plural` that it takes "are".
    `start` and `end` are token
    positions in the document, `gap_end` reaches over an acronym in brackets that would give the
    answer away; `also` holds that acronym.
    """

    text: str
    kind: str
    start: int
    end: int
    gap_end: int
    score: float
    sentence: Sentence
    key: str
    bare: bool
    plural: bool
    also: tuple[str, ...] = ()

    @property
    def is_name(self) -> bool:
        """Whether it is a proper name."""
        return self.kind in NAMES


def find_answers(analysis: Analysis, *, only_usable: bool = True) -> list[Answer]:
    """Every answer of every sentence, best first; with `only_usable` false, of all sentences."""
    counts = Counter(
        token.lemma_.lower()
        for sentence in analysis.sentences
        for token in sentence.span
        if token.pos_ in {"NOUN", "PROPN"}
    )
    found = [
        answer
        for sentence in analysis.sentences
        if sentence.usable or not only_usable
        for answer in answers_in(sentence, counts)
    ]
    return sorted(found, key=lambda a: (-a.score, a.sentence.ordinal, a.start))


def answers_in(sentence: Sentence, counts: Counter[str]) -> list[Answer]:
    """The answers of one sentence: names first, then numbers and phrases beside them."""
    found: list[Answer] = []
    taken: set[int] = set()
    span = sentence.span
    for part, kind in [*entities(span), *numbers(span), *phrases(span)]:
        here = range(part.start, part.end)
        if taken.isdisjoint(here) and stands_free(part, kind):
            taken.update(here)
            found.append(_answer(part, kind, sentence, counts))
    return found


def _answer(span: "Span", kind: str, sentence: Sentence, counts: Counter[str]) -> Answer:
    gap_end, also = _acronym(span)
    before = span.doc[span.start - 1] if span.start > sentence.span.start else None
    return Answer(
        text=_written(span, kind),
        kind=kind,
        start=span.start,
        end=span.end,
        gap_end=gap_end,
        score=_score(span, kind, sentence, counts),
        sentence=sentence,
        key=" ".join(token.lemma_.lower() for token in span),
        bare=before is None or before.tag_ not in {"DT", "PRP$", "POS", "PDT"},
        plural=_takes_plural(span),
        also=also,
    )


def _takes_plural(span: "Span") -> bool:
    """Whether the phrase is plural by its tag or by the verb after it ("the Andes were")."""
    root = span.root
    if root.dep_ in {"nsubj", "nsubjpass"}:
        verbs = [root.head, *(c for c in root.head.children if c.dep_ in {"aux", "auxpass"})]
        if any(verb.lower_ in {"are", "were", "have"} for verb in verbs):
            return True
    return bool(root.tag_ in {"NNS", "NNPS"})


def _written(span: "Span", kind: str) -> str:
    """The phrase on one line; the capital that only opens a sentence goes."""
    text = " ".join(span.text.split())
    first = span[0]
    opens = span.start == span.sent.start
    plain = kind in {"ONE", "MANY"} and first.pos_ != "PROPN" and not first.ent_type_
    return text[0].lower() + text[1:] if opens and plain and not first.text.isupper() else text


def _acronym(span: "Span") -> tuple[int, tuple[str, ...]]:
    """End of the gap and the short form when "(ABC)" follows the long one."""
    doc, at = span.doc, span.end
    if at + 2 < len(doc) and doc[at].text == "(" and doc[at + 2].text == ")":
        short = doc[at + 1].text
        if short.isupper():
            return at + 3, (short,)
    return span.end, ()


def _score(span: "Span", kind: str, sentence: Sentence, counts: Counter[str]) -> float:
    """How good a question this answer promises, higher is better; weights found by reading."""
    root = span.root
    score = 0.4 * sentence.rank - sentence.cost + BONUS.get(kind, 0.0)
    score += ROLES.get(root.dep_, -0.1) + naming_bonus(span)
    if any(child.dep_ == "conj" for child in root.children):
        score -= 0.25
    if kind in {"ONE", "MANY"}:
        score += _term_bonus(span, counts)
    if root.dep_ in {"nsubj", "nsubjpass"} and root.head.dep_ == "ROOT" and defines(root.head):
        score += 0.4
    return score


def _term_bonus(span: "Span", counts: Counter[str]) -> float:
    """Technical terms are longer, come in pairs of words, and come back in the text."""
    content = [token for token in span if token.is_alpha]
    longest = max((len(token) for token in content), default=0)
    bonus = 0.1 * (len(content) > 1) + 0.1 * (longest >= LONG_WORD)
    trailing = any(child.dep_ == "prep" for child in span.root.rights)
    return bonus + 0.1 * (counts[span.root.lemma_.lower()] > 1) - 0.2 * trailing


def naming_bonus(span: "Span") -> float:
    """Terms introduced by "called", "known as", "named" are what a course wants remembered."""
    doc = span.doc
    for at in range(span.start - 1, max(span.start - 4, -1), -1):
        if doc[at].lemma_.lower() in NAMING and doc[at].tag_ in {"VBN", "VBD"}:
            return 0.8
        if doc[at].pos_ not in {"DET", "ADP", "ADJ"}:
            break
    return 0.0


def defines(verb: "Token") -> bool:
    """Whether the main verb says what its subject is: "is a", "is the", "is defined as"."""
    if verb.lemma_ == "be":
        return any(child.dep_ == "attr" for child in verb.children)
    return verb.lemma_ in DEFINING

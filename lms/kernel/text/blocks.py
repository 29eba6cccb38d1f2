"""Split a document into blocks whose keys survive edits.

A block is one top-level paragraph, list, table, quotation, code or formula. AI answers cite blocks
and remember their hashes, so an edited paragraph must stay the same block: a new split is aligned
with the previous one, first by identical text, then by order and likeness between the identical
neighbours, then by likeness anywhere (a paragraph that moved and changed).
"""

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.utils.safestring import SafeString
from markdown_it.token import Token

from lms.kernel.text.markdown import as_heading_level, parse, render_tokens
from lms.kernel.text.plain import inline_text, text_of

KEY_LENGTH: Final = 12
# Share of common words (Sørensen-Dice) from which two texts count as one edited block.
LIKE_IN_PLACE: Final = 0.4
LIKE_ANYWHERE: Final = 0.6
# Above this many pairs likeness anywhere is not looked for: time stays linear on huge rewrites.
MAX_PAIRS: Final = 40_000

_WORD: Final = re.compile(r"\w+")
_SKIPPED: Final = frozenset({"hr", "footnote_block"})


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """One block as split from Markdown.

    ``key`` names it within its lesson across versions, ``ordinal`` counts from 1,
    ``heading_path`` lists the headings above it, outermost first, ``sha256`` is of ``text`` in
    hexadecimal.
    """

    key: str
    ordinal: int
    heading_path: tuple[str, ...]
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Document:
    """Rendered HTML whose top-level elements carry ``id="b-<key>"``, with the blocks."""

    html: SafeString
    blocks: list[BlockDraft]


@dataclass(frozen=True, slots=True)
class KnownBlock:
    """What has to be known of a block of the previous version."""

    key: str
    text: str


@dataclass(slots=True)
class _Piece:
    opening: Token
    heading_path: tuple[str, ...]
    text: str


def split_blocks(
    markdown: str, *, previous: Iterable[KnownBlock | BlockDraft] = ()
) -> list[BlockDraft]:
    """Split ``markdown`` into blocks, keeping the keys of the ``previous`` version's blocks."""
    return _draft(list(_pieces(parse(markdown))), list(previous))


def render_document(
    markdown: str, *, previous: Iterable[KnownBlock | BlockDraft] = (), namespace: str = ""
) -> Document:
    """Render ``markdown`` and split it in one parse, so that each block can be linked to."""
    tokens = parse(markdown)
    pieces = list(_pieces(tokens))
    blocks = _draft(pieces, list(previous))
    for piece, block in zip(pieces, blocks, strict=True):
        piece.opening.attrSet("id", f"b-{block.key}")
    return Document(html=render_tokens(tokens, namespace=namespace), blocks=blocks)


def _draft(
    pieces: Sequence[_Piece], previous: Sequence[KnownBlock | BlockDraft]
) -> list[BlockDraft]:
    texts = [piece.text for piece in pieces]
    keys = align_keys(texts, [(known.key, known.text) for known in previous])
    return [
        BlockDraft(key, ordinal, piece.heading_path, piece.text, _sha256(piece.text))
        for ordinal, (piece, key) in enumerate(zip(pieces, keys, strict=True), start=1)
    ]


def _pieces(tokens: Sequence[Token]) -> Iterator[_Piece]:
    """Walk the top level of the token stream; headings are context, not blocks."""
    path: list[tuple[int, str]] = []
    for chunk in _chunks(tokens):
        opening = chunk[0]
        if opening.type == "heading_open":
            level = as_heading_level(opening.tag)
            path = [above for above in path if above[0] < level]
            path.append((level, inline_text(chunk[1].children or ())))
            continue
        text = text_of(chunk)
        if text and opening.type.removesuffix("_open") not in _SKIPPED:
            yield _Piece(opening, tuple(title for _, title in path), text)


def _chunks(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def align_keys(texts: Sequence[str], previous: Sequence[tuple[str, str]]) -> list[str]:
    """Return one key per text: the key of its predecessor among ``previous``, else a new one."""
    matches = _Alignment(texts, [text for _, text in previous]).matches
    taken = {key for key, _ in previous}
    copies: Counter[str] = Counter()
    keys: list[str] = []
    for index, text in enumerate(texts):
        source = matches.get(index)
        keys.append(previous[source][0] if source is not None else _new_key(text, taken, copies))
    return keys


class _Alignment:
    """Pairs of indices of the new and the old texts, one to one."""

    def __init__(self, new: Sequence[str], old: Sequence[str]) -> None:
        self._new, self._old = new, old
        self._bags: dict[tuple[bool, int], Counter[str]] = {}
        anchors = _anchors(new, old)
        self.matches: dict[int, int] = dict(anchors)
        self._used = set(self.matches.values())
        edges = pairwise([(-1, -1), *anchors, (len(new), len(old))])
        gaps = [(range(a + 1, c), range(b + 1, d)) for (a, b), (c, d) in edges]
        everywhere = (range(len(new)), range(len(old)))
        for fresh, gone in [*gaps, everywhere]:
            self._pair_equal(fresh, gone)
        for fresh, gone in gaps:
            self._pair_alike(fresh, gone, LIKE_IN_PLACE)
        self._pair_alike(*everywhere, LIKE_ANYWHERE)

    def _pair(self, new: int, old: int) -> None:
        self.matches[new] = old
        self._used.add(old)

    def _pair_equal(self, fresh: range, gone: range) -> None:
        """Pair identical texts within two ranges, first to first."""
        places: dict[str, list[int]] = {}
        for index in reversed(gone):
            if index not in self._used:
                places.setdefault(self._old[index], []).append(index)
        for index in fresh:
            if index not in self.matches and places.get(self._new[index]):
                self._pair(index, places[self._new[index]].pop())

    def _pair_alike(self, fresh: range, gone: range, least: float) -> None:
        """Pair what is left of two ranges, most alike first, nearer first on a tie."""
        left = [index for index in fresh if index not in self.matches]
        right = [index for index in gone if index not in self._used]
        if len(left) * len(right) > MAX_PAIRS:
            return
        scored = sorted((-self._likeness(a, b), abs(a - b), a, b) for a in left for b in right)
        for score, _, a, b in scored:
            if -score < least:
                return
            if a not in self.matches and b not in self._used:
                self._pair(a, b)

    def _likeness(self, new: int, old: int) -> float:
        """Return the Sørensen-Dice coefficient of the two texts' words, 0 to 1."""
        ours, theirs = self._bag(new, is_new=True), self._bag(old, is_new=False)
        total = ours.total() + theirs.total()
        return 2 * (ours & theirs).total() / total if total else 0.0

    def _bag(self, index: int, *, is_new: bool) -> Counter[str]:
        key = (is_new, index)
        if key not in self._bags:
            text = (self._new if is_new else self._old)[index]
            self._bags[key] = Counter(_WORD.findall(text.casefold()))
        return self._bags[key]


def _anchors(new: Sequence[str], old: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest rising run of pairs whose text occurs once on each side.

    The idea of Bram Cohen's patience diff: unique lines place the rest; n log n by patience
    sorting, where a general diff is quadratic on repeated text.
    """
    ours, theirs = _once(new), _once(old)
    pairs = [(ours[text], theirs[text]) for text in ours if text in theirs]
    tops: list[int] = []  # smallest last old index of a run of each length
    runs: list[int] = []  # the pair that ends it
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        before.append(runs[length - 1] if length else -1)
        tops[length : length + 1] = [place]
        runs[length : length + 1] = [index]
    chain: list[tuple[int, int]] = []
    cursor = runs[-1] if runs else -1
    while cursor >= 0:
        chain.append(pairs[cursor])
        cursor = before[cursor]
    return chain[::-1]


def _once(texts: Sequence[str]) -> dict[str, int]:
    """Map each text that occurs once to its index, in order."""
    counts = Counter(texts)
    return {text: index for index, text in enumerate(texts) if counts[text] == 1}


def _new_key(text: str, taken: set[str], copies: Counter[str]) -> str:
    """Derive a key from the text, so that the same source splits into the same keys."""
    while True:
        key = _sha256(f"{copies[text]}:{text}")[:KEY_LENGTH]
        copies[text] += 1
        if key not in taken:
            taken.add(key)
            return key


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
